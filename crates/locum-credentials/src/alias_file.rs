//! `~/.aws/cli/alias`: words that stand for others, or for a script.
//!
//! `[toplevel]` holds those that stand where a service does, `[command sts]` those that stand where an operation of `sts`
//! does. What a script does is its own business, so a file that other users may write is not followed (facts: cli §1.7).

use std::path::PathBuf;

use crate::environment::Environment;
use crate::files::{FileError, UntrustedFile, Waiting, read_with};
use crate::profile_file::{Section, parse_flat};

/// The aliases of a user.
#[derive(Debug, Default)]
pub struct Aliases {
    sections: Vec<(String, Section)>,
    /// Where the file is, if other users may write it.
    open: Option<PathBuf>,
}

impl Aliases {
    /// Reads the file of the home directory; one that is not there is empty.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn load(environment: &Environment) -> Result<Self, FileError> {
        if environment.home().is_none() {
            return Ok(Self::default());
        }
        let path = environment.expand("~/.aws/cli/alias");
        let read = read_with(&path, parse_flat, Waiting::Never)?;
        Ok(Self {
            sections: read.sections,
            open: read.open_to_others.then_some(path),
        })
    }

    /// Takes the text of the file.
    ///
    /// # Errors
    /// The number of the first line that cannot be read.
    pub fn of(text: &str) -> Result<Self, usize> {
        Ok(Self {
            sections: parse_flat(text)?,
            open: None,
        })
    }

    /// Returns what a word stands for: of the top level, or of a command.
    ///
    /// # Errors
    /// There is something, in a file that other users may write.
    pub fn get(&self, command: Option<&str>, word: &str) -> Result<Option<&str>, UntrustedFile> {
        let Some(found) = self.section(command).and_then(|section| section.values.get(word)) else {
            return Ok(None);
        };
        match &self.open {
            Some(path) => Err(UntrustedFile {
                setting: "alias",
                path: path.clone(),
            }),
            None => Ok(Some(found.trim())),
        }
    }

    /// Returns the words that stand for something, sorted.
    #[must_use]
    pub fn names(&self, command: Option<&str>) -> Vec<&str> {
        let section = self.section(command);
        let mut names: Vec<&str> = section
            .iter()
            .flat_map(|section| section.values.keys().map(String::as_str))
            .collect();
        names.sort_unstable();
        names
    }

    fn section(&self, command: Option<&str>) -> Option<&Section> {
        let found = self.sections.iter().find(|(heading, _)| match command {
            None => heading == "toplevel",
            Some(command) => heading.split_whitespace().eq(["command", command]),
        });
        found.map(|(_, section)| section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
[toplevel]
whoami = sts get-caller-identity
Loud = !echo
func =
  !f() {
    echo \"$1\" = x
  }; f
[command  sts]
me = get-caller-identity --query Arn
[command ec2 wait]
me = other
";

    #[test]
    fn words_stand_for_others_in_their_section() {
        let aliases = Aliases::of(TEXT).unwrap();
        for (command, word, expected) in [
            (None, "whoami", Some("sts get-caller-identity")),
            (None, "loud", Some("!echo")),
            (None, "func", Some("!f() {\necho \"$1\" = x\n}; f")),
            (None, "me", None),
            (Some("sts"), "me", Some("get-caller-identity --query Arn")),
            (Some("ec2"), "me", None),
            (Some("sts"), "whoami", None),
        ] {
            assert_eq!(aliases.get(command, word), Ok(expected), "{command:?} {word}");
        }
        assert_eq!(aliases.names(None), ["func", "loud", "whoami"]);
        assert!(Aliases::of("[toplevel]\nnothing\n").is_err());
    }

    #[test]
    fn nobody_waits_for_a_pipe_or_a_device() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::of(&[("HOME", home.path().to_str().unwrap())]);
        let path = home.path().join(".aws/cli/alias");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let error = Aliases::load(&environment).unwrap_err();
        assert!(error.to_string().ends_with("not a regular file"), "{error}");
        for (device, is_read) in [("/dev/null", true), ("/dev/zero", false)] {
            std::fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink(device, &path).unwrap();
            assert_eq!(Aliases::load(&environment).is_ok(), is_read, "{device}");
        }
    }

    #[test]
    fn a_file_that_others_may_write_stands_for_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::of(&[("HOME", home.path().to_str().unwrap())]);
        assert!(Aliases::load(&environment).unwrap().names(None).is_empty());
        let path = home.path().join(".aws/cli/alias");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, TEXT).unwrap();
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        let aliases = Aliases::load(&environment).unwrap();
        assert_eq!(aliases.get(None, "loud"), Ok(Some("!echo")));
        mode(0o666);
        let aliases = Aliases::load(&environment).unwrap();
        assert_eq!(aliases.get(None, "sts"), Ok(None));
        let error = aliases.get(None, "loud").unwrap_err();
        assert_eq!((error.setting, &error.path), ("alias", &path));
        assert!(
            Aliases::load(&Environment::default())
                .unwrap()
                .names(None)
                .is_empty()
        );
    }
}
