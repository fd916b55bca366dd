//! The profile that the command works with, out of the files and the environment.

pub(crate) use locum_credentials::{Environment, Section};

use super::errors::Failure;

/// Both files, read.
#[derive(Debug, Default)]
pub(crate) struct Files(locum_credentials::Files);

impl Files {
    /// Reads the files that the environment names, or those in the home directory. A file that is not there is empty.
    pub(crate) fn load(environment: &Environment) -> Result<Self, Failure> {
        let files = locum_credentials::Files::load(environment);
        files
            .map(Self)
            .map_err(|error| Failure::General(error.to_string()))
    }
}

/// The profile in force.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// Its name.
    pub(crate) name: String,
    /// Whether `--profile` named it, which puts it before credentials of the environment.
    pub(crate) explicit: bool,
    /// Both files: a profile may name others.
    pub(crate) files: locum_credentials::Files,
    /// The `services` section that it refers to.
    pub(crate) services: Option<Section>,
}

impl Profile {
    /// Chooses the profile by `--profile`, `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`; one that was named must exist.
    pub(crate) fn choose(
        Files(files): Files,
        flag: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let named = flag
            .map(str::to_owned)
            .or_else(|| environment.non_empty("AWS_PROFILE"))
            .or_else(|| environment.non_empty("AWS_DEFAULT_PROFILE"));
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let view = files.profile(&name);
        if named.is_some() && view.is_none() {
            return Err(Failure::General(format!(
                "The config profile ({name}) could not be found"
            )));
        }
        let services = match view.unwrap_or_default().get("services") {
            Some(services) => Some(files.services(services).cloned().ok_or_else(|| {
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
            files,
            services,
        })
    }

    /// Returns a setting that is not empty; the `credentials` file wins.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.files.profile(&self.name)?.get(key)
    }

    /// Returns a setting of the `config` file, which may be empty.
    pub(crate) fn of_config(&self, key: &str) -> Option<String> {
        self.files.profile(&self.name)?.config?.values.get(key).cloned()
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

    fn profile(flag: Option<&str>, variables: &[(&str, &str)]) -> Result<Profile, Failure> {
        let credentials = "[dev]\naws_access_key_id = from-credentials\n[only]\nregion = x\n";
        let files = locum_credentials::Files::of(CONFIG, credentials).unwrap();
        Profile::choose(Files(files), flag, &Environment::of(variables))
    }

    #[test]
    fn the_credentials_file_wins() {
        let dev = profile(Some("dev"), &[]).unwrap();
        assert_eq!(dev.get("aws_access_key_id"), Some("from-credentials"));
        assert_eq!(dev.get("output"), Some("text"));
        assert_eq!(dev.of_config("aws_access_key_id").as_deref(), Some("from-config"));
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
}
