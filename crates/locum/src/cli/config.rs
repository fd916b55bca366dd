//! The profile that the command works with, out of the files and the environment.

use locum_credentials::Which;
pub(crate) use locum_credentials::{Environment, Section};

use super::errors::Failure;

/// Reads the environment of this process.
pub(crate) fn environment() -> Result<Environment, Failure> {
    Environment::of_process().map_err(|error| Failure::General(error.to_string()))
}

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

    /// The names of all profiles.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.names().into_iter().map(str::to_owned).collect()
    }
}

/// Returns the variable that names a profile, if there is one. It counts as soon as it is set: one that is empty by mistake
/// means no profile, and not the default one with somebody else's credentials.
pub(crate) fn naming_variable(environment: &Environment) -> Option<&'static str> {
    let variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
    variables.into_iter().find(|name| environment.get(name).is_some())
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
        let flag = flag.filter(|name| !name.is_empty());
        let of_variable = || naming_variable(environment).and_then(|name| environment.get(name));
        let named = flag.map(str::to_owned).or_else(of_variable);
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

    /// Returns a setting that names a host, if it is not empty; refuses it if others may write its file.
    pub(crate) fn trusted(&self, key: &'static str) -> Result<Option<&str>, Failure> {
        let view = self.files.profile(&self.name).unwrap_or_default();
        match view.get(key) {
            Some(value) => self.check(view.file_of(key), key).map(|()| Some(value)),
            None => Ok(None),
        }
    }

    /// Returns a setting of the `config` file that names a program, which may be empty; refuses it if others may write the
    /// file.
    pub(crate) fn trusted_of_config(&self, key: &'static str) -> Result<Option<String>, Failure> {
        let section = self.files.profile(&self.name).and_then(|view| view.config);
        match section.and_then(|section| section.values.get(key)) {
            Some(value) if !value.is_empty() => self.check(Which::Config, key).map(|()| Some(value.clone())),
            other => Ok(other.cloned()),
        }
    }

    fn check(&self, which: Which, key: &'static str) -> Result<(), Failure> {
        let checked = self.files.check_trusted(which, key);
        checked.map_err(|error| Failure::General(error.to_string()))
    }

    /// Returns a setting of a service that names a host from the `services` section, if it is not empty; refuses it if others may
    /// write `config`, and a service that is no group of settings (`sts = http://…`), for then its host was meant.
    pub(crate) fn of_service(&self, service: &str, key: &'static str) -> Result<Option<&str>, Failure> {
        let Some(section) = &self.services else {
            return Ok(None);
        };
        if section.values.get(service).is_some_and(|value| !value.is_empty()) {
            return Err(Failure::Configuration(format!(
                "The services section gives {service} a value of its own: its settings stand below it, indented, such \
                 as {key} = …"
            )));
        }
        let found = section.nested.get(service).and_then(|settings| settings.get(key));
        match found.filter(|value| !value.is_empty()) {
            Some(value) => self.check(Which::Config, key).map(|()| Some(value.as_str())),
            None => Ok(None),
        }
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
        assert_eq!(dev.trusted_of_config("output").unwrap().as_deref(), Some("text"));
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
    fn an_empty_variable_is_not_the_default_profile() {
        for variables in [
            &[("AWS_PROFILE", "")][..],
            &[("AWS_DEFAULT_PROFILE", "")],
            &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "dev")],
        ] {
            assert_eq!(
                profile(None, variables).unwrap_err(),
                Failure::General("The config profile () could not be found".into())
            );
            assert_eq!(profile(Some("dev"), variables).unwrap().name, "dev");
        }
        assert_eq!(profile(Some(""), &[("AWS_PROFILE", "dev")]).unwrap().name, "dev");
    }

    #[test]
    fn services_hold_endpoints_of_their_own() {
        let two = profile(Some("two words"), &[]).unwrap();
        assert_eq!(
            two.of_service("sts", "endpoint_url"),
            Ok(Some("http://127.0.0.1:1"))
        );
        assert_eq!(two.get("endpoint_url"), None);
        let default = profile(None, &[]).unwrap();
        assert_eq!(
            default.of_service("s3", "endpoint_url"),
            Ok(None),
            "nested keys of a profile are no services section"
        );
        let of = |services: &str| {
            let config =
                format!("[default]\nendpoint_url = http://all\nservices = s\n[services s]\n{services}");
            let files = locum_credentials::Files::of(&config, "").unwrap();
            let profile = Profile::choose(Files(files), None, &Environment::default()).unwrap();
            let found = profile.of_service("sts", "endpoint_url");
            found
                .map(|url| url.map(str::to_owned))
                .map_err(|error| error.to_string())
        };
        for (services, expected) in [
            ("sts =\n  endpoint_url = http://own\n", Some("http://own")),
            // As anywhere, what is empty says nothing.
            ("sts =\n  endpoint_url =\n", None),
            ("sts =\n", None),
            ("sso = http://own\n", None),
        ] {
            assert_eq!(of(services), Ok(expected.map(str::to_owned)), "{services}");
        }
        let flat = of("sts = http://own\n").unwrap_err();
        assert!(flat.contains("endpoint_url = …"), "{flat}");
    }

    #[test]
    fn a_file_that_others_may_write_names_no_program_and_no_host() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        let text = "[default]\nregion = r-1\ncli_pager = most\nendpoint_url = http://all\n[profile off]\ncli_pager =\n\
                    [profile own]\nservices = local\n[services local]\nsts =\n  endpoint_url = http://sts\n";
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let open = |mode, flag| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            let environment = Environment::of(&[
                ("AWS_CONFIG_FILE", path),
                ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file"),
            ]);
            Profile::choose(Files::load(&environment).unwrap(), flag, &environment).unwrap()
        };
        let own = open(0o600, None);
        assert_eq!(own.trusted("endpoint_url"), Ok(Some("http://all")));
        assert_eq!(own.trusted_of_config("cli_pager"), Ok(Some("most".to_owned())));
        assert_eq!(
            open(0o664, Some("own")).of_service("sts", "endpoint_url"),
            Ok(Some("http://sts"))
        );
        let default = open(0o666, None);
        assert_eq!(default.get("region"), Some("r-1"));
        let refused = |setting: &str| {
            Failure::General(format!(
                "The setting {setting} of {path} is not followed, because other users may write it; the file must be \
                 yours or root's, and not writable by others"
            ))
        };
        assert_eq!(default.trusted("endpoint_url"), Err(refused("endpoint_url")));
        assert_eq!(default.trusted_of_config("cli_pager"), Err(refused("cli_pager")));
        let services = open(0o666, Some("own"));
        assert_eq!(
            services.of_service("sts", "endpoint_url"),
            Err(refused("endpoint_url"))
        );
        assert_eq!(services.of_service("sso", "endpoint_url"), Ok(None));
        let off = open(0o666, Some("off"));
        assert_eq!(off.trusted_of_config("cli_pager"), Ok(Some(String::new())));
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
