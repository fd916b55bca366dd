//! The two files of AWS's configuration, and what they say of a profile.
//!
//! `config` names its profiles `[profile NAME]`, `credentials` names them `[NAME]`; a key of `credentials` wins over the
//! same key of `config`. A file that is not there is empty; one that is there and cannot be read ends the command, for
//! passing it over would mean other credentials than the ones asked for.
//!
//! What a file says of programs and hosts is followed only if nobody else can write it (facts: security §1.11): whoever can
//! would run programs as this user, or have the user's tokens sent to themselves.

use std::collections::{HashMap, HashSet};
use std::fs::{Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::profile_file::{Section, parse};
use crate::quote::plain;
use crate::words;

/// The largest file that is read, in bytes: some ten thousand profiles, and nothing that a device could go on giving.
const MAX_FILE: u64 = 16 << 20;

const CONFIG_FILE: &str = "AWS_CONFIG_FILE";
const CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";

/// A file that is there and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A line that is nothing.
    #[error("Unable to parse config file: {} (line {line})", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
    },
    /// Not text.
    #[error("Unable to parse config file: {} (not UTF-8)", .0.display())]
    Text(PathBuf),
    /// Larger than any configuration.
    #[error("Unable to parse config file: {} (larger than {MAX_FILE} bytes)", .0.display())]
    Size(PathBuf),
    /// The system does not let it be read.
    #[error("Unable to read {}: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
}

/// A setting that is not followed, because of the file it stands in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The setting {setting} of {} is not followed, because other users may write it; the file must be yours or root's, and \
     not writable by others", shown(.path)
)]
pub struct UntrustedFile {
    /// The setting.
    pub setting: &'static str,
    /// The file.
    pub path: PathBuf,
}

fn shown(path: &Path) -> String {
    plain(&path.display().to_string())
}

/// One of both files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `config`.
    Config,
    /// `credentials`.
    Credentials,
}

/// Both files, read.
#[derive(Debug, Default, Clone)]
pub struct Files {
    profiles: Vec<(String, Section)>,
    sessions: Vec<(String, Section)>,
    services: Vec<(String, Section)>,
    credentials: Vec<(String, Section)>,
    /// Where `config` is, if other users may write it.
    open_config: Option<PathBuf>,
    /// The same of `credentials`.
    open_credentials: Option<PathBuf>,
}

/// A file as it was read.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) sections: Vec<(String, Section)>,
    pub(crate) open_to_others: bool,
}

/// A syntax: sections, or the number of the first line that cannot be read.
type Parse = fn(&str) -> Result<Vec<(String, Section)>, usize>;

impl Files {
    /// Reads the files that the environment names, or those in the home directory.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn load(environment: &Environment) -> Result<Self, FileError> {
        let [config_path, credentials_path] = Self::paths(environment);
        let load = |path: &Option<PathBuf>, variable: &str| {
            // `AWS_CONFIG_FILE=<(…)` is a pipe on purpose.
            let waiting = match environment.non_empty(variable) {
                Some(_) => Waiting::ForPipes,
                None => Waiting::Never,
            };
            let read = |path: &Path| read_with(path, parse, waiting);
            path.as_deref().map_or_else(|| Ok(Read::default()), read)
        };
        let (config, credentials) = (
            load(&config_path, CONFIG_FILE)?,
            load(&credentials_path, CREDENTIALS_FILE)?,
        );
        let mut files = Self::sorted(config.sections, credentials.sections);
        files.open_config = config_path.filter(|_| config.open_to_others);
        files.open_credentials = credentials_path.filter(|_| credentials.open_to_others);
        Ok(files)
    }

    /// Returns where `config` and `credentials` are: nowhere without a home directory, nor where a variable is set and empty,
    /// for that turns a file off, and one that is empty by mistake must not mean another file.
    #[must_use]
    pub fn paths(environment: &Environment) -> [Option<PathBuf>; 2] {
        let path = |variable: &str, fallback: &str| -> Option<PathBuf> {
            let text = environment.get(variable).unwrap_or_else(|| fallback.to_owned());
            let path = environment.expand(&text);
            // Without a home directory there is nothing to look into.
            (!text.is_empty() && !path.starts_with("~")).then_some(path)
        };
        [
            path(CONFIG_FILE, "~/.aws/config"),
            path(CREDENTIALS_FILE, "~/.aws/credentials"),
        ]
    }

    /// Takes the texts of `config` and `credentials`.
    ///
    /// # Errors
    /// The number of the first line that cannot be read.
    pub fn of(config: &str, credentials: &str) -> Result<Self, usize> {
        Ok(Self::sorted(parse(config)?, parse(credentials)?))
    }

    /// Sorts the sections of `config` by what they are; of two that say the same name the later one counts.
    fn sorted(config: Vec<(String, Section)>, credentials: Vec<(String, Section)>) -> Self {
        let mut files = Self {
            credentials,
            ..Self::default()
        };
        let mut positions = HashMap::new();
        for (heading, section) in config {
            let (kind, list, name) = if heading == "default" {
                ("profile".to_owned(), &mut files.profiles, heading)
            } else {
                let Ok([kind, name]) = <[String; 2]>::try_from(words::split(&heading).unwrap_or_default())
                else {
                    continue;
                };
                // With a blank or a quote before it, the original takes the word for no kind.
                if !heading.starts_with(&kind) {
                    continue;
                }
                let list = match kind.as_str() {
                    "profile" => &mut files.profiles,
                    "sso-session" => &mut files.sessions,
                    "services" => &mut files.services,
                    _ => continue,
                };
                (kind, list, name)
            };
            let position = *positions.entry((kind, name.clone())).or_insert(list.len());
            match list.get_mut(position) {
                Some((_, found)) => *found = section,
                None => list.push((name, section)),
            }
        }
        files
    }

    /// Returns what both files say of a profile, or `None` when neither knows it.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<ProfileView<'_>> {
        let view = ProfileView {
            config: named(&self.profiles, name),
            credentials: named(&self.credentials, name),
        };
        (view.config.is_some() || view.credentials.is_some()).then_some(view)
    }

    /// Returns the names of all profiles, those of `config` first, in the order of the files.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let all = self.profiles.iter().chain(&self.credentials);
        all.map(|(name, _)| name.as_str())
            .filter(|name| seen.insert(*name))
            .collect()
    }

    /// Returns an `sso-session` section of `config`.
    #[must_use]
    pub fn session(&self, name: &str) -> Option<&Section> {
        named(&self.sessions, name)
    }

    /// Returns a `services` section of `config`.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<&Section> {
        named(&self.services, name)
    }

    /// Checks that nobody else could have written a setting: for those that name programs or hosts.
    ///
    /// # Errors
    /// Other users may write the file, or it is another user's.
    pub fn check_trusted(&self, which: Which, setting: &'static str) -> Result<(), UntrustedFile> {
        let open = match which {
            Which::Config => &self.open_config,
            Which::Credentials => &self.open_credentials,
        };
        open.as_ref().map_or(Ok(()), |path| {
            Err(UntrustedFile {
                setting,
                path: path.clone(),
            })
        })
    }
}

fn named<'a>(sections: &'a [(String, Section)], name: &str) -> Option<&'a Section> {
    sections
        .iter()
        .find(|(other, _)| other == name)
        .map(|(_, section)| section)
}

/// What both files say of one profile.
#[derive(Debug, Default, Clone, Copy)]
pub struct ProfileView<'a> {
    /// Its section of `config`.
    pub config: Option<&'a Section>,
    /// Its section of `credentials`.
    pub credentials: Option<&'a Section>,
}

impl<'a> ProfileView<'a> {
    /// Returns a setting that is not empty; `credentials` wins.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let found = [self.credentials, self.config]
            .into_iter()
            .flatten()
            .find_map(|section| section.values.get(key));
        found.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Tells which file [`get`](Self::get) takes a setting from.
    #[must_use]
    pub fn file_of(&self, key: &str) -> Which {
        match self.credentials {
            Some(section) if section.values.contains_key(key) => Which::Credentials,
            _ => Which::Config,
        }
    }

    /// Tells whether a setting is not empty.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

/// Whether another user can change what a file says. Of one's own files the group may: where each user has a group of their
/// own, that is the usual mode.
fn is_open_to_others(metadata: &Metadata) -> bool {
    let own = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    !own || metadata.mode() & 0o002 != 0
}

/// Whether somebody may be waited for who writes into a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// No: a file that nobody named must not keep every command.
    Never,
    /// Yes.
    ForPipes,
}

/// Whether a file has an end that comes by itself: a regular one, or `/dev/null`.
fn has_an_end(path: &Path, metadata: &Metadata) -> bool {
    let is_null = || std::fs::canonicalize(path).is_ok_and(|whole| whole == Path::new("/dev/null"));
    metadata.is_file() || (metadata.file_type().is_char_device() && is_null())
}

/// Reads a file of sections, and tells whether other users may write it. One that is not there is empty.
pub(crate) fn read_with(path: &Path, parse: Parse, waiting: Waiting) -> Result<Read, FileError> {
    let unreadable = |error: io::Error| FileError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let mut how = OpenOptions::new();
    if waiting == Waiting::Never {
        // Opening a pipe would wait as well; of a regular file this changes nothing.
        how.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = match how.read(true).open(path) {
        Ok(file) => file,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Read::default());
        }
        Err(error) => return Err(unreadable(error)),
    };
    // Of what was opened, not of what may stand at the path by now.
    let metadata = file.metadata().map_err(unreadable)?;
    let open_to_others = is_open_to_others(&metadata);
    if waiting == Waiting::Never && !metadata.is_dir() && !has_an_end(path, &metadata) {
        return Err(unreadable(io::Error::other("not a regular file")));
    }
    let mut bytes = Vec::new();
    let read = file
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if read as u64 > MAX_FILE {
        return Err(FileError::Size(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| FileError::Text(path.to_owned()))?;
    let sections = parse(&text).map_err(|line| FileError::Line {
        path: path.to_owned(),
        line,
    })?;
    Ok(Read {
        sections,
        open_to_others,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_starts_with_its_kind() {
        for (heading, expected) in [
            ("[profile a]", true),
            ("[profile 'a' ]", true),
            ("[profile\ta]", true),
            ("[ profile a]", false),
            ("['profile' a]", false),
            ("[\"profile\" a]", false),
            ("[profile-old a]", false),
        ] {
            let files = Files::of(&format!("{heading}\nregion = r\n"), "").unwrap();
            assert_eq!(files.profile("a").is_some(), expected, "{heading}");
        }
        let files = Files::of("[profile a]\nregion = r\n[ profile a]\nregion = other\n", "").unwrap();
        assert_eq!(files.profile("a").unwrap().get("region"), Some("r"));
    }

    #[test]
    fn an_empty_variable_names_no_file() {
        let home = ("HOME", "/home/a");
        let of = |variables: &[(&str, &str)]| {
            let found = Files::paths(&Environment::of(variables));
            found.map(|path| path.map(|path| path.display().to_string()))
        };
        let (config, credentials) = ("/home/a/.aws/config", "/home/a/.aws/credentials");
        for (variables, expected) in [
            (&[home][..], [Some(config), Some(credentials)]),
            (&[home, (CONFIG_FILE, "")], [None, Some(credentials)]),
            (&[home, (CREDENTIALS_FILE, "")], [Some(config), None]),
            (&[home, (CREDENTIALS_FILE, "/c")], [Some(config), Some("/c")]),
            (&[("HOME", "")], [None, None]),
        ] {
            assert_eq!(
                of(variables),
                expected.map(|path| path.map(str::to_owned)),
                "{variables:?}"
            );
        }
    }
}
