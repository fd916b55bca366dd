//! Whether there is a program of a name, found out before credentials are: an MFA code is good once, and a slip of the keyboard
//! must not cost one.
//!
//! The search is that of execvp(3). Where it is not sure that the program cannot be run, it says nothing: running it tells.

use std::ffi::OsStr;
use std::fs::metadata;
use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

/// Where programs are looked for without a `PATH`. The C libraries differ, and this is what musl's does, which looks in one more place.
const USUAL: &str = "/usr/local/bin:/bin:/usr/bin";

/// Refuses a program that is nowhere, or that nobody may run.
pub(super) fn look_for(name: &OsStr, path: Option<&OsStr>) -> io::Result<()> {
    if name.as_encoded_bytes().contains(&b'/') {
        return runs(Path::new(name)).map_err(io::Error::from);
    }
    let mut refused = Errno::NOENT;
    if name.is_empty() {
        return Err(refused.into());
    }
    for directory in std::env::split_paths(path.unwrap_or(OsStr::new(USUAL))) {
        // A directory without a name is the current one.
        match runs(&Path::new(".").join(directory).join(name)) {
            Ok(()) => return Ok(()),
            Err(Errno::ACCESS) => refused = Errno::ACCESS,
            Err(_) => {}
        }
    }
    Err(refused.into())
}

fn runs(file: &Path) -> Result<(), Errno> {
    match metadata(file).map(|file| file.is_file()) {
        Ok(true) => {}
        Ok(false) => return Err(Errno::ACCESS),
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound => Err(Errno::NOENT),
                io::ErrorKind::NotADirectory => Err(Errno::NOTDIR),
                io::ErrorKind::PermissionDenied => Err(Errno::ACCESS),
                _ => Ok(()),
            };
        }
    }
    match accessat(CWD, file, Access::EXEC_OK, AtFlags::EACCESS) {
        Err(Errno::ACCESS) => Err(Errno::ACCESS),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, create_dir, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn programs_are_found_as_they_are_run() {
        let room = tempfile::tempdir().unwrap();
        let at = |name: &str| room.path().join(name);
        for directory in ["first", "second", "first/folder", "second/folder"] {
            create_dir(at(directory)).unwrap();
        }
        for (file, mode) in [
            ("first/data", 0o644),
            ("first/both", 0o644),
            ("second/both", 0o755),
            ("second/tool", 0o755),
        ] {
            write(at(file), "").unwrap();
            set_permissions(at(file), Permissions::from_mode(mode)).unwrap();
        }
        let path =
            std::env::join_paths([at("absent"), at("first"), at("second/tool"), at("second")]).unwrap();
        let within = |name: &str| at(name).into_os_string();
        for (name, expected) in [
            ("tool".into(), Ok(())),
            ("both".into(), Ok(())),
            ("data".into(), Err(Errno::ACCESS)),
            ("folder".into(), Err(Errno::ACCESS)),
            ("missing".into(), Err(Errno::NOENT)),
            ("".into(), Err(Errno::NOENT)),
            (within("second/tool"), Ok(())),
            (within("first/data"), Err(Errno::ACCESS)),
            (within("first"), Err(Errno::ACCESS)),
            (within("first/tool"), Err(Errno::NOENT)),
            (within("second/tool/x"), Err(Errno::NOTDIR)),
            // Not even looked at: the system says what is wrong.
            (within(&"x".repeat(300)), Ok(())),
        ] {
            let found = look_for(&name, Some(&path));
            let found = found.map_err(|error| error.raw_os_error());
            assert_eq!(
                found,
                expected.map_err(|errno: Errno| Some(errno.raw_os_error())),
                "{}",
                name.display()
            );
            // Said as running it says.
            let ran = std::process::Command::new(&name).env("PATH", &path).spawn();
            if let Err(number) = expected {
                assert_eq!(
                    ran.map_err(|error| error.raw_os_error()).err(),
                    Some(Some(number.raw_os_error()))
                );
            } else if let Ok(mut child) = ran {
                child.wait().unwrap();
            }
        }
        assert!(look_for("sh".as_ref(), None).is_ok());
        // A `PATH` that is empty is the current directory.
        assert!(look_for("sh".as_ref(), Some("".as_ref())).is_err());
        assert!(
            look_for("Cargo.toml".as_ref(), Some("".as_ref()))
                .is_err_and(|error| { error.kind() == io::ErrorKind::PermissionDenied })
        );
    }
}
