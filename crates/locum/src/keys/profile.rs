//! What becomes of the configuration files when keys move: they leave `credentials`, and `config` says where they went.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use locum_credentials::{
    Environment, Files, ProfileView, RewriteError, Which, check_replaceable, plain, replace, with_key,
    without_keys,
};

use super::entry::{Entry, EntryError};
use crate::whoami::chain::program_of;

const SETTING: &str = "credential_process";
const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

/// Why the files are left as they are.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProfileError {
    #[error("the credentials file has no keys for the profile {}", plain(.0))]
    NoKeys(String),
    #[error("{0}")]
    Entry(#[from] EntryError),
    #[error("the profile {} has a credential_process already: {}", plain(.profile), plain(.program))]
    Taken { profile: String, program: String },
    #[error(
        "the profile {} has keys in the credentials file, and SDKs would go on using those; move them with \
         --from-profile, or write the line by hand", plain(.0)
    )]
    Shadowed(String),
    #[error(
        "the profile {} assumes a role, and would not ask a credential_process; give the keys a profile of their own, and \
         name it as source_profile", plain(.0)
    )]
    Role(String),
    #[error("a profile whose name holds quotes, brackets or a line break has to be changed by hand: {}", plain(.0))]
    Name(String),
    #[error("HOME is not set, or the variable that names the file is empty, so there is no file to change")]
    NoFile,
    #[error("cannot change {}: {reason}; {after}", plain(&.path.display().to_string()))]
    File {
        path: PathBuf,
        reason: String,
        /// Where the keys are now.
        after: &'static str,
    },
}

/// What finds the keys of a name, for a [`SETTING`].
fn line_for(name: &str) -> String {
    format!("locum keys get {name}")
}

/// The profiles that ask for the keys of a name.
pub(super) fn asking_for<'a>(files: &'a Files, name: &str) -> Vec<&'a str> {
    let line = line_for(name);
    let asks = |profile: &&str| files.profile(profile).unwrap_or_default().get(SETTING) == Some(&line);
    files.names().into_iter().filter(asks).collect()
}

/// A profile, and the name under which its keys are kept.
pub(super) struct Plan<'a> {
    environment: &'a Environment,
    files: &'a Files,
    profile: &'a str,
    name: &'a str,
}

impl<'a> Plan<'a> {
    pub(super) const fn new(
        environment: &'a Environment,
        files: &'a Files,
        profile: &'a str,
        name: &'a str,
    ) -> Self {
        Self {
            environment,
            files,
            profile,
            name,
        }
    }

    fn view(&self) -> ProfileView<'_> {
        self.files.profile(self.profile).unwrap_or_default()
    }

    /// The headings by which the profile may go in `config`.
    fn headings(&self) -> Vec<String> {
        let name = self.profile;
        if name == "default" {
            return vec!["default".to_owned(), "profile default".to_owned()];
        }
        let (bare, quoted) = (format!("profile {name}"), format!("profile \"{name}\""));
        let mut headings = vec![bare, quoted, format!("profile '{name}'")];
        if name.contains(char::is_whitespace) {
            headings.remove(0);
        }
        headings
    }

    /// The heading to tell a person.
    pub(super) fn heading(&self) -> String {
        self.headings().swap_remove(0)
    }

    fn check_role(&self) -> Result<(), ProfileError> {
        match self.view().has("role_arn") {
            true => Err(ProfileError::Role(self.profile.to_owned())),
            false => Ok(()),
        }
    }

    fn path(&self, which: Which) -> Result<PathBuf, ProfileError> {
        let [config, credentials] = Files::paths(self.environment);
        let path = match which {
            Which::Config => config,
            Which::Credentials => credentials,
        };
        path.ok_or(ProfileError::NoFile)
    }

    fn check_file(&self, which: Which) -> Result<(), ProfileError> {
        let path = self.path(which)?;
        check_replaceable(&path).map_err(|error| ProfileError::File {
            path,
            reason: error.to_string(),
            after: "no keys are kept, and no file is changed",
        })
    }

    /// The keys that the credentials file has for the profile, if they can be taken out of it.
    pub(super) fn keys(&self) -> Result<Entry, ProfileError> {
        self.check_role()?;
        self.check_file(Which::Credentials)?;
        let section = self.view().credentials;
        let get = |key: &str| section.and_then(|section| section.values.get(key));
        let none = || ProfileError::NoKeys(self.profile.to_owned());
        if get("aws_session_token").is_some() || get("aws_security_token").is_some() {
            return Err(EntryError::Temporary.into());
        }
        let [id, secret] = KEYS.map(get);
        let secret = secret.ok_or_else(none)?;
        Ok(Entry::new(id.ok_or_else(none)?, secret.as_str().into())?)
    }

    /// Checks that a `credential_process` may be written, and would be followed; `moving` are keys that leave the profile.
    pub(super) fn check_config(&self, moving: bool) -> Result<(), ProfileError> {
        let named = || self.profile.to_owned();
        if self.profile.contains(['"', '\'', '\\', '[', ']']) || self.profile.contains(char::is_control) {
            return Err(ProfileError::Name(named()));
        }
        let view = self.view();
        self.check_role()?;
        if let Some(line) = view.get(SETTING).filter(|line| *line != line_for(self.name)) {
            return Err(ProfileError::Taken {
                profile: named(),
                program: program_of(line).unwrap_or_else(|| "a line that is no command".to_owned()),
            });
        }
        let stays = view.credentials.filter(|_| !moving);
        if stays.is_some_and(|section| section.values.contains_key(KEYS[0])) {
            return Err(ProfileError::Shadowed(named()));
        }
        self.check_file(Which::Config)
    }

    /// Takes the keys out of the credentials file.
    pub(super) fn take_keys_out(&self, now: Timestamp) -> Result<(), ProfileError> {
        self.change(
            Which::Credentials,
            now,
            "the keys are kept, and still in the file as well",
            |text| without_keys(text, self.profile, &KEYS),
        )
        .map(drop)
    }

    /// Writes where the keys are, and returns the path of the file.
    pub(super) fn write_config(&self, now: Timestamp) -> Result<String, ProfileError> {
        let has_it = self.view().get(SETTING).is_some();
        let path = self.change(
            Which::Config,
            now,
            "the keys are kept, and no file is changed",
            |text| {
                if has_it {
                    Ok(text.to_owned())
                } else {
                    with_key(text, &self.headings(), SETTING, &line_for(self.name))
                }
            },
        )?;
        Ok(plain(&path.display().to_string()))
    }

    fn change(
        &self,
        which: Which,
        now: Timestamp,
        after: &'static str,
        how: impl FnOnce(&str) -> Result<String, RewriteError>,
    ) -> Result<PathBuf, ProfileError> {
        let path = self.path(which)?;
        let failed = |reason: String| ProfileError::File {
            path: path.clone(),
            reason,
            after,
        };
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(|error| failed(error.to_string()))?,
        };
        let changed = how(&text).map_err(|error| failed(error.to_string()))?;
        if changed != text {
            replace(&path, &changed, now).map_err(|error| failed(error.to_string()))?;
        }
        Ok(path)
    }
}
