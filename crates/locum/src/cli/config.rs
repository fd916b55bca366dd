//! The two files of AWS's configuration, and the profile that the command works with.
//!
//! `config` names its profiles `[profile NAME]`, `credentials` names them `[NAME]`; a key of `credentials` wins over the
//! same key of `config`. Keys that only sit under another (`s3 =` and indented lines) are kept apart, because one of
//! them may hold the endpoint of a service. The parser is our own: a broken line is reported with its number instead of
//! being read in some way (`facts: cli §2`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::errors::Failure;
use super::paramfile;

/// The environment variables as the command sees them; a map, so that tests need no process of their own.
#[derive(Debug, Default)]
pub(crate) struct Environment(HashMap<String, String>);

impl Environment {
    /// Takes the variables of this process. Those that are not text are left out: none that is read here may be such.
    pub(crate) fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        Self(
            variables
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    /// Returns a variable, set or empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// Returns a variable that is set to something.
    pub(crate) fn non_empty(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Returns the home directory.
    pub(crate) fn home(&self) -> Option<String> {
        self.non_empty("HOME").or_else(|| self.non_empty("USERPROFILE"))
    }
}

/// A section of a configuration file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// Its keys, in lower case.
    pub(crate) values: HashMap<String, String>,
    /// The indented keys below a key.
    pub(crate) nested: HashMap<String, HashMap<String, String>>,
}

/// Both files, read.
#[derive(Debug, Default)]
pub(crate) struct Files {
    config: HashMap<String, Section>,
    credentials: HashMap<String, Section>,
}

impl Files {
    /// Reads the files that the environment names, or those in the home directory. A file that is not there is empty.
    pub(crate) fn load(environment: &Environment) -> Result<Self, Failure> {
        let path = |variable: &str, fallback: &str| -> Option<PathBuf> {
            let text = environment
                .non_empty(variable)
                .unwrap_or_else(|| fallback.to_owned());
            let path = paramfile::expand(&text, environment);
            // Without a home directory there is nothing to look into.
            (!path.starts_with("~")).then_some(path)
        };
        let load = |path: Option<PathBuf>| path.map_or_else(|| Ok(HashMap::new()), |path| read(&path));
        Ok(Self {
            config: load(path("AWS_CONFIG_FILE", "~/.aws/config"))?,
            credentials: load(path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))?,
        })
    }
}

/// The profile in force.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// Its name.
    pub(crate) name: String,
    /// Whether `--profile` named it, which puts it before credentials of the environment.
    pub(crate) explicit: bool,
    /// Its section of the `config` file.
    pub(crate) config: Section,
    /// Its section of the `credentials` file.
    pub(crate) credentials: Section,
    /// The `services` section that it refers to.
    pub(crate) services: Option<Section>,
}

impl Profile {
    /// Chooses the profile by `--profile`, `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`; one that was named must exist.
    pub(crate) fn choose(
        files: Files,
        flag: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let named = flag
            .map(str::to_owned)
            .or_else(|| environment.non_empty("AWS_PROFILE"))
            .or_else(|| environment.non_empty("AWS_DEFAULT_PROFILE"));
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let Files {
            mut config,
            mut credentials,
        } = files;
        let section = config.remove(&format!("profile {name}"));
        let section = section.or_else(|| {
            if name == "default" {
                config.remove("default")
            } else {
                None
            }
        });
        let keys = credentials.remove(&name);
        if named.is_some() && section.is_none() && keys.is_none() {
            return Err(Failure::General(format!(
                "The config profile ({name}) could not be found"
            )));
        }
        let section = section.unwrap_or_default();
        let services = match section.values.get("services") {
            Some(services) => Some(config.remove(&format!("services {services}")).ok_or_else(|| {
                Failure::Configuration(format!(
                    "The profile is configured to use the services section \"{services}\" but it is not present in \
                     the config file."
                ))
            })?),
            None => None,
        };
        Ok(Self {
            name,
            explicit: flag.is_some(),
            config: section,
            credentials: keys.unwrap_or_default(),
            services,
        })
    }

    /// Returns a setting; the `credentials` file wins.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self
            .credentials
            .values
            .get(key)
            .or_else(|| self.config.values.get(key));
        found.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns a setting of a service from the `services` section.
    pub(crate) fn of_service(&self, service: &str, key: &str) -> Option<&str> {
        self.services
            .as_ref()?
            .nested
            .get(service)?
            .get(key)
            .map(String::as_str)
    }
}

fn read(path: &Path) -> Result<HashMap<String, Section>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|line| {
            Failure::General(format!(
                "Unable to parse config file: {} (line {line})",
                path.display()
            ))
        }),
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(HashMap::new())
        }
        // Passing over a file that is there would mean other credentials than the ones asked for.
        Err(error) => Err(Failure::General(format!(
            "Unable to read {}: {error}",
            path.display()
        ))),
    }
}

/// Parses the text of a file to its sections, or returns the number of the line that cannot be read.
fn parse(text: &str) -> Result<HashMap<String, Section>, usize> {
    let mut sections: HashMap<String, Section> = HashMap::new();
    let mut section: Option<String> = None;
    let mut key: Option<String> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end();
        if line.is_empty() || line.trim_start().starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            let (name, _) = header.split_once(']').ok_or(number)?;
            let name = unquote(name.trim());
            sections.entry(name.clone()).or_default();
            (section, key) = (Some(name), None);
            continue;
        }
        let current = section
            .as_ref()
            .and_then(|name| sections.get_mut(name))
            .ok_or(number)?;
        if line.starts_with([' ', '\t']) {
            let parent = key.as_ref().ok_or(number)?;
            if let Some((name, value)) = line.split_once('=') {
                let nested = current.nested.entry(parent.clone()).or_default();
                nested.insert(name.trim().to_lowercase(), value.trim().to_owned());
            }
            continue;
        }
        let (name, value) = line.split_once(['=', ':']).ok_or(number)?;
        let name = name.trim().to_lowercase();
        if name.is_empty() {
            return Err(number);
        }
        current.values.insert(name.clone(), value.trim().to_owned());
        key = Some(name);
    }
    Ok(sections)
}

/// Returns the name of a section with runs of blanks made one, and quotes around its second word taken off.
fn unquote(name: &str) -> String {
    let Some((kind, rest)) = name.split_once(char::is_whitespace) else {
        return name.to_owned();
    };
    let rest = rest.trim();
    let bare = ['"', '\'']
        .iter()
        .find_map(|q| rest.strip_prefix(*q)?.strip_suffix(*q))
        .unwrap_or(rest);
    if matches!(kind, "profile" | "services" | "sso-session") {
        format!("{kind} {bare}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
# comment
[default]
region = us-east-1
s3 =
    endpoint_url = http://s3
[profile  \"two words\"]
region=eu-west-1
services = local
; comment
[profile dev]
Output : text
aws_access_key_id = from-config
[services local]
sts =
  endpoint_url = http://127.0.0.1:1
";

    fn files(config: &str, credentials: &str) -> Files {
        Files {
            config: parse(config).unwrap(),
            credentials: parse(credentials).unwrap(),
        }
    }

    fn profile(flag: Option<&str>, variables: &[(&str, &str)]) -> Result<Profile, Failure> {
        let files = files(
            CONFIG,
            "[dev]\naws_access_key_id = from-credentials\n[only]\nregion = x\n",
        );
        Profile::choose(files, flag, &Environment::of(variables))
    }

    #[test]
    fn the_credentials_file_wins() {
        let dev = profile(Some("dev"), &[]).unwrap();
        assert_eq!(dev.get("aws_access_key_id"), Some("from-credentials"));
        assert_eq!(dev.get("output"), Some("text"));
        assert!(dev.explicit);
    }

    #[test]
    fn the_flag_wins_over_the_environment() {
        let both = [("AWS_PROFILE", "only"), ("AWS_DEFAULT_PROFILE", "dev")];
        assert_eq!(profile(Some("dev"), &both).unwrap().name, "dev");
        assert_eq!(profile(None, &both).unwrap().name, "only");
        assert_eq!(profile(None, &both[1..]).unwrap().name, "dev");
        assert_eq!(profile(None, &[]).unwrap().get("region"), Some("us-east-1"));
    }

    #[test]
    fn services_hold_endpoints_of_their_own() {
        let two = profile(Some("two words"), &[]).unwrap();
        assert_eq!(two.of_service("sts", "endpoint_url"), Some("http://127.0.0.1:1"));
        assert_eq!(two.get("endpoint_url"), None);
        let default = profile(None, &[]).unwrap();
        assert_eq!(
            default.of_service("s3", "endpoint_url"),
            None,
            "nested keys of a profile are no services section"
        );
    }

    #[test]
    fn a_named_profile_must_exist() {
        for (flag, variables) in [(Some("nope"), &[][..]), (None, &[("AWS_PROFILE", "nope")][..])] {
            let failure = profile(flag, variables).unwrap_err();
            assert_eq!(
                failure,
                Failure::General("The config profile (nope) could not be found".into())
            );
        }
        assert!(Profile::choose(Files::default(), None, &Environment::default()).is_ok());
    }

    #[test]
    fn a_line_that_is_nothing_is_named() {
        assert_eq!(parse("[a]\nregion us-east-1\n"), Err(2));
        assert_eq!(parse("region = x\n"), Err(1));
        assert_eq!(parse("[a\n"), Err(1));
        assert_eq!(parse("[a]\n  nested = x\n"), Err(2));
        assert_eq!(parse("[a]\n= x\n"), Err(2));
    }
}
