//! Where services are, for a program that is told no profile: it falls back to `[default]`, whose endpoints are others.
//!
//! What the profile says is told by variables, which come first everywhere. Where it says nothing, the endpoints of
//! `[default]` are switched off, for they are not meant for these credentials; that takes a switch for all or none.

use std::collections::BTreeMap;

use locum_credentials::{Environment, Files};

use crate::caller::Caller;
use crate::cli::config::Profile;
use crate::cli::endpoint::ignores_configured_urls;
use crate::cli::errors::Failure;

const ALL: &str = "AWS_ENDPOINT_URL";
/// How the variables for one service start.
pub(crate) const OF_SERVICE: &str = "AWS_ENDPOINT_URL_";
const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
const KEY: &str = "endpoint_url";
/// Kinds of endpoints of AWS: the variable and the setting.
const KINDS: [(&str, &str); 2] = [
    ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
];

/// What a program has to be told of endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// Variables to set.
    pub(super) set: BTreeMap<String, String>,
    /// Variables to remove.
    pub(super) remove: Vec<String>,
    /// Whether the program will go by those of `[default]` for what the profile names none.
    pub(super) of_default: bool,
}

impl Endpoints {
    /// What is configured for a caller.
    pub(super) fn of(caller: &Caller<'_>, environment: &Environment) -> Result<Self, Failure> {
        Self::find(caller.called_url()?, caller.profile(), environment)
    }

    fn find(sts: Option<String>, profile: &Profile, environment: &Environment) -> Result<Self, Failure> {
        let ignored = ignores_configured_urls(environment, profile);
        let inherited: Vec<&str> = environment
            .names()
            .filter(|name| is_url(name) && environment.non_empty(name).is_some())
            .collect();
        let mut found = Self::default();
        if !ignored && !inherited.contains(&ALL) {
            if let Some(url) = profile.trusted(KEY)? {
                found.set.insert(ALL.to_owned(), url.to_owned());
            }
            let services = profile.services.iter();
            // A service without settings of its own is refused if a value stands there instead.
            for service in services.flat_map(|section| section.nested.keys().chain(section.values.keys())) {
                let name = format!("{OF_SERVICE}{}", service.to_uppercase());
                if is_url(&name)
                    && !inherited.contains(&name.as_str())
                    && let Some(url) = profile.of_service(service, KEY)?
                {
                    found.set.insert(name, url.to_owned());
                }
            }
        }
        if let Some(url) = sts {
            found.set.insert(format!("{OF_SERVICE}STS"), url);
        }
        found.keep_apart(ignored, &inherited, profile, environment);
        Ok(found)
    }

    /// Sees to it that the program goes by what is set, and not by `[default]`.
    fn keep_apart(
        &mut self,
        ignored: bool,
        inherited: &[&str],
        profile: &Profile,
        environment: &Environment,
    ) {
        let default = Profile {
            name: "default".to_owned(),
            files: profile.files.clone(),
            ..Profile::default()
        };
        let will_ignore = ignores_configured_urls(environment, &default);
        let other = profile.name != default.name || ignored;
        let of_default = other && names_urls(&profile.files);
        if self.set.is_empty() && (ignored || inherited.is_empty()) {
            if !will_ignore && (of_default || !inherited.is_empty()) {
                self.set.insert(IGNORE.to_owned(), "true".to_owned());
            }
        } else {
            if will_ignore {
                self.set.insert(IGNORE.to_owned(), "false".to_owned());
            }
            if ignored {
                let left = inherited.iter().filter(|name| !self.set.contains_key(**name));
                self.remove = left.map(|name| (*name).to_owned()).collect();
            }
            let for_all = self.set.contains_key(ALL) || (!ignored && inherited.contains(&ALL));
            self.of_default = of_default && !for_all;
        }
        for (variable, key) in KINDS {
            let is_on = |profile: &Profile| {
                profile
                    .get(key)
                    .is_some_and(|value| value.eq_ignore_ascii_case("true"))
            };
            let on = is_on(profile);
            if environment.non_empty(variable).is_none() && (on || is_on(&default)) {
                self.set.insert(variable.to_owned(), on.to_string());
            }
        }
    }
}

/// Tells whether a variable says where services are; its name is printed for shells to run.
pub(crate) fn is_url(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name == ALL
        || name
            .strip_prefix(OF_SERVICE)
            .is_some_and(|rest| rest.bytes().all(plain))
}

/// Tells whether `[default]` says where services are.
fn names_urls(files: &Files) -> bool {
    let view = files.profile("default").unwrap_or_default();
    let services = view.get("services").and_then(|name| files.services(name));
    view.has(KEY)
        || services.is_some_and(|section| section.nested.values().any(|keys| keys.contains_key(KEY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT_URL: &str = "[default]\nendpoint_url = http://default\n";
    const TEAM: &str = "[profile team]\nregion = r-1\n";
    const TEAM_URL: &str = "[profile team]\nendpoint_url = http://team\n";
    const TEAM_S3: &str = "[profile team]\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://s3\n";

    fn team(config: &str) -> Profile {
        Profile {
            name: "team".to_owned(),
            files: Files::of(config, "").unwrap(),
            services: Files::of(config, "").unwrap().services("s").cloned(),
            ..Profile::default()
        }
    }

    /// What is told, each removal by its name alone.
    fn told(config: &str, sts: Option<&str>, variables: &[(&str, &str)]) -> (Vec<String>, bool) {
        let variables = Environment::of(variables);
        let found = Endpoints::find(sts.map(str::to_owned), &team(config), &variables).unwrap();
        let set = found.set.iter().map(|(name, value)| format!("{name}={value}"));
        (set.chain(found.remove).collect(), found.of_default)
    }

    #[test]
    fn a_program_goes_by_the_profile_and_not_by_default() {
        let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        let all = ("AWS_ENDPOINT_URL", "http://all");
        let ec2 = ("AWS_ENDPOINT_URL_EC2", "http://ec2");
        let is_ignored = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true";
        let is_heard = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false";
        let (of_all, of_s3) = ("AWS_ENDPOINT_URL=http://team", "AWS_ENDPOINT_URL_S3=http://s3");
        let of_sts = "AWS_ENDPOINT_URL_STS=http://sts";
        let sts = Some("http://sts");
        for (config, sts, variables, set, of_default) in [
            (TEAM.to_owned(), None, &[][..], &[][..], false),
            (format!("{DEFAULT_URL}{TEAM}"), None, &[], &[is_ignored], false),
            (format!("{DEFAULT_URL}{TEAM_URL}"), None, &[], &[of_all], false),
            (format!("{DEFAULT_URL}{TEAM_S3}"), None, &[], &[of_s3], true),
            (TEAM_S3.to_owned(), None, &[], &[of_s3], false),
            (format!("{DEFAULT_URL}{TEAM_S3}"), None, &[all], &[], false),
            (format!("{DEFAULT_URL}{TEAM}"), None, &[ec2], &[], true),
            (format!("{DEFAULT_URL}{TEAM}"), None, &[ignore], &[], false),
            (
                TEAM_URL.to_owned(),
                sts,
                &[ignore, all, ec2],
                &[of_sts, is_heard, "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"],
                false,
            ),
            (
                format!("{DEFAULT_URL}{TEAM}"),
                sts,
                &[ignore],
                &[of_sts, is_heard],
                true,
            ),
            (
                format!("{TEAM_URL}ignore_configured_endpoint_urls = true\n"),
                None,
                &[all],
                &[is_ignored],
                false,
            ),
            (
                format!("[default]\nignore_configured_endpoint_urls = true\n{TEAM_URL}"),
                None,
                &[],
                &[of_all, is_heard],
                false,
            ),
        ] {
            let (found, default) = told(&config, sts, variables);
            let sorted = |mut names: Vec<String>| {
                names.sort();
                names
            };
            let set = sorted(set.iter().map(|text| (*text).to_owned()).collect());
            assert_eq!(
                (sorted(found), default),
                (set, of_default),
                "{config} {variables:?}"
            );
        }
    }

    #[test]
    fn kinds_of_endpoints_are_told_where_they_differ_from_default() {
        let fips = "use_fips_endpoint = True\n";
        for (config, variables, expected) in [
            (
                format!("{TEAM}{fips}"),
                &[][..],
                &["AWS_USE_FIPS_ENDPOINT=true"][..],
            ),
            (
                format!("[default]\n{fips}{TEAM}"),
                &[],
                &["AWS_USE_FIPS_ENDPOINT=false"],
            ),
            (
                format!("{TEAM}{fips}"),
                &[("AWS_USE_FIPS_ENDPOINT", "false")],
                &[],
            ),
            (
                format!("{TEAM}use_dualstack_endpoint = true\n"),
                &[],
                &["AWS_USE_DUALSTACK_ENDPOINT=true"],
            ),
            (TEAM.to_owned(), &[], &[]),
        ] {
            assert_eq!(told(&config, None, variables).0, expected, "{config}");
        }
    }

    #[test]
    fn a_url_without_a_line_of_its_own_is_not_passed_over() {
        let flat = "[profile team]\nservices = s\n[services s]\ns3 = http://s3\nec2 =\n";
        let find = |variables: &[_]| Endpoints::find(None, &team(flat), &Environment::of(variables));
        assert!(find(&[]).is_err_and(|error| error.to_string().contains("gives s3 a value of its own")));
        assert!(find(&[("AWS_ENDPOINT_URL_S3", "http://other")]).is_ok());
    }

    #[test]
    fn names_are_those_of_variables() {
        assert!(is_url("AWS_ENDPOINT_URL") && is_url("AWS_ENDPOINT_URL_ELASTIC_BEANSTALK"));
        assert!(!is_url("AWS_ENDPOINT_URL_X;ls") && !is_url("AWS_ENDPOINT_URLS") && !is_url("AWS_REGION"));
        let odd = "[profile team]\nservices = s\n[services s]\ns3$(ls) =\n  endpoint_url = http://s3\n";
        assert_eq!(told(odd, None, &[]).0, [""; 0]);
    }
}
