//! What the machine adds to the candidates: profiles, aliases, files, and the pages of this program's own commands.

use std::path::Path;
use std::process::{Command, Stdio};

use locum_credentials::{Aliases, Environment, Files};

use super::engine::World;

/// No list of files that is longer helps anybody.
const MOST_PATHS: usize = 500;

/// The surroundings of this process.
pub(super) struct Surroundings {
    environment: Environment,
}

impl Surroundings {
    /// Takes the environment; one that cannot be read is empty.
    pub(super) fn of_process() -> Self {
        Self {
            environment: Environment::of_process().unwrap_or_default(),
        }
    }
}

/// A name that is one word of one line: what a file says must not become lines of its own in somebody's shell.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(char::is_control)
}

impl World for Surroundings {
    fn profiles(&self) -> Vec<String> {
        let files = Files::load(&self.environment).unwrap_or_default();
        let names = files.names().into_iter().filter(|name| is_plain(name));
        names.map(str::to_owned).collect()
    }

    fn aliases(&self, of: Option<&str>) -> Vec<String> {
        let aliases = Aliases::load(&self.environment).unwrap_or_default();
        let names = aliases.names(of).into_iter().filter(|name| is_plain(name));
        names.map(str::to_owned).collect()
    }

    fn paths(&self, start: &str) -> Vec<String> {
        let (directory, name) = start.rsplit_once('/').map_or(("", start), |(directory, name)| {
            (start.get(..=directory.len()).unwrap_or_default(), name)
        });
        let place = match directory {
            "" => ".".into(),
            directory => self.environment.expand(directory),
        };
        let Ok(entries) = std::fs::read_dir(place) else {
            return Vec::new();
        };
        let mut found: Vec<String> = entries
            .flatten()
            .filter_map(|entry| {
                let entry_name = entry.file_name().into_string().ok()?;
                let hidden = entry_name.starts_with('.') && !name.starts_with('.');
                let fits = entry_name.starts_with(name) && !hidden && is_plain(&entry_name);
                let slash = if is_directory(&entry.path()) { "/" } else { "" };
                fits.then(|| format!("{directory}{entry_name}{slash}"))
            })
            .take(MOST_PATHS)
            .collect();
        found.sort_unstable();
        found
    }

    fn page(&self, command: &[&str]) -> String {
        // The page is printed before anything else happens, and says what the command's own table says.
        let printed = std::env::current_exe().and_then(|own| {
            Command::new(own)
                .args(command)
                .arg("--help")
                .env_remove("COMP_LINE")
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output()
        });
        printed.map_or_else(
            |_| String::new(),
            |printed| String::from_utf8_lossy(&printed.stdout).into_owned(),
        )
    }
}

fn is_directory(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_below_what_is_typed() {
        let home = tempfile::tempdir().unwrap();
        for name in ["one.json", "other", ".hidden", "bad\nname"] {
            std::fs::write(home.path().join(name), "").unwrap();
        }
        std::fs::create_dir(home.path().join("old")).unwrap();
        let surroundings = Surroundings {
            environment: Environment::of(&[("HOME", home.path().to_str().unwrap())]),
        };
        assert_eq!(surroundings.paths("~/o"), ["~/old/", "~/one.json", "~/other"]);
        assert_eq!(surroundings.paths("~/.h"), ["~/.hidden"]);
        let whole = format!("{}/one", home.path().display());
        assert_eq!(surroundings.paths(&whole), [format!("{whole}.json")]);
        assert!(surroundings.paths("/nonexistent/x").is_empty());
        assert!(surroundings.paths("~/b").is_empty());
    }

    #[test]
    fn names_come_from_the_files() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws/cli");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            home.path().join(".aws/config"),
            "[profile dev]\n[profile x\u{7}y]\n",
        )
        .unwrap();
        std::fs::write(home.path().join(".aws/credentials"), "[ops]\n").unwrap();
        std::fs::write(folder.join("alias"), "[toplevel]\nme = sts get-caller-identity\n").unwrap();
        let surroundings = Surroundings {
            environment: Environment::of(&[("HOME", home.path().to_str().unwrap())]),
        };
        assert_eq!(surroundings.profiles(), ["dev", "ops"]);
        assert_eq!(surroundings.aliases(None), ["me"]);
        assert!(surroundings.aliases(Some("sts")).is_empty());
    }
}
