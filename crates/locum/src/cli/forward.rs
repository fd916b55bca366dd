//! Handing a command line on to the next `aws`: this program serves `sts` under that name, and nothing else.
//!
//! The next one is the first on the `PATH` that is another file than every `aws` of this program's that already handed the
//! line on; an environment variable remembers those, so that two copies of this program pass a line to the third and not
//! to each other for ever. It bounds wrappers that call back as well.

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::config::Environment;
use super::errors::Failure;

/// The files that handed the line on, by device and number.
const PASSED: &str = "LOCUM_AWS_PASSED";
/// No honest chain of wrappers and calls within calls is longer.
const LONGEST: usize = 8;

/// Becomes the next `aws` with the same words. Returns only if that fails: `Ok` when there is none, the failure when it
/// cannot be started or the line has gone round in circles.
pub(crate) fn hand_on(words: &[OsString], environment: &Environment) -> Result<(), Failure> {
    let own = std::env::current_exe().and_then(std::fs::metadata);
    let passed = passed(environment.get(PASSED).as_deref(), own.ok().as_ref());
    if passed.len() > LONGEST {
        return Err(Failure::General(format!(
            "This command line was handed from one aws to the next {LONGEST} times; some aws on the PATH calls itself."
        )));
    }
    let Some(next) = next(std::env::var_os("PATH").as_deref(), &passed) else {
        return Ok(());
    };
    let error = Command::new(&next)
        .arg0("aws")
        .args(words)
        .env(PASSED, passed.join(" "))
        .exec();
    Err(Failure::General(format!(
        "{} cannot be started: {error}",
        next.display()
    )))
}

fn passed(before: Option<&str>, own: Option<&Metadata>) -> Vec<String> {
    let mut passed: Vec<String> = before
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    passed.push(own.map(identity).unwrap_or_default());
    passed
}

/// Two paths with the same identity are one file, whatever links lead there.
fn identity(file: &Metadata) -> String {
    format!("{}:{}", file.dev(), file.ino())
}

fn next(path: Option<&OsStr>, passed: &[String]) -> Option<PathBuf> {
    let mut found = programs("aws", path);
    found.find_map(|(path, identity)| (!passed.contains(&identity)).then_some(path))
}

/// Finds the first program of a name on the `PATH`.
pub(super) fn installed(name: &str) -> Option<PathBuf> {
    programs(name, std::env::var_os("PATH").as_deref())
        .next()
        .map(|(path, _)| path)
}

/// The programs of a name and their identities. Relative directories are passed over: what the current directory holds
/// is not what somebody installed.
fn programs(name: &str, path: Option<&OsStr>) -> impl Iterator<Item = (PathBuf, String)> {
    let directories = std::env::split_paths(path.unwrap_or_default());
    let candidates = directories
        .filter(|directory| directory.is_absolute())
        .map(move |directory| directory.join(name));
    candidates.filter_map(|path| {
        let file = std::fs::metadata(&path).ok()?;
        let runs = file.is_file() && file.mode() & 0o111 != 0;
        runs.then(|| (path, identity(&file)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    #[test]
    fn the_next_is_the_first_other_program() {
        let room = tempfile::tempdir().unwrap();
        let directory = |name: &str| {
            let path = room.path().join(name);
            std::fs::create_dir(&path).unwrap();
            path
        };
        let program = |path: &Path, mode| {
            std::fs::write(path, "").unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let own = room.path().join("locum");
        program(&own, 0o755);
        let mut path: Vec<PathBuf> = vec![
            "".into(),
            ".".into(),
            "relative".into(),
            room.path().join("absent"),
        ];
        let linked = directory("linked");
        symlink(&own, linked.join("aws")).unwrap();
        let hard = directory("hard");
        std::fs::hard_link(&own, hard.join("aws")).unwrap();
        let data = directory("data");
        program(&data.join("aws"), 0o644);
        let folder = directory("folder");
        std::fs::create_dir(folder.join("aws")).unwrap();
        path.extend([linked, hard, data, folder]);
        let joined = std::env::join_paths(&path).unwrap();
        let known = passed(None, Some(&std::fs::metadata(&own).unwrap()));
        assert_eq!(next(Some(&joined), &known), None);
        let (copy, real) = (directory("copy").join("aws"), directory("real").join("aws"));
        program(&copy, 0o755);
        program(&real, 0o755);
        path.extend([&copy, &real].map(|file| file.parent().unwrap().to_owned()));
        let joined = std::env::join_paths(&path).unwrap();
        assert_eq!(next(Some(&joined), &known).as_deref(), Some(&*copy));
        let both = passed(Some(&known.join(" ")), Some(&std::fs::metadata(&copy).unwrap()));
        assert_eq!(
            (both.len(), next(Some(&joined), &both).as_deref()),
            (2, Some(&*real))
        );
        assert_eq!(next(None, &known), None);
    }
}
