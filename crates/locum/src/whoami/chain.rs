//! By which way credentials are come by: from the source that won, over the roles in between, to the beginning.

use std::fmt;

use locum_credentials::{Files, Recipe, Source, split_words};
use serde_json::{Value, json};

use crate::cli::proxy::without_password;

/// One stretch of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) source: Source,
    /// The profile that says so.
    pub(super) profile: Option<String>,
    pub(super) role_arn: Option<String>,
    /// The name that the profile gives the session.
    pub(super) session_name: Option<String>,
    /// What else tells it apart: a key, a program, a portal, a URL.
    pub(super) detail: Option<String>,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        for text in [&self.role_arn, &self.detail].into_iter().flatten() {
            write!(f, " {text}")?;
        }
        match &self.profile {
            Some(profile) => write!(f, " (profile {profile})"),
            None => Ok(()),
        }
    }
}

impl Hop {
    pub(super) fn document(&self) -> Value {
        json!({
            "source": self.source.name(),
            "profile": self.profile,
            "roleArn": self.role_arn,
            "sessionName": self.session_name,
            "detail": self.detail,
        })
    }
}

/// The way of a recipe that `profile` leads to. With `on_top` its first role is none of a profile.
pub(crate) fn hops(recipe: &Recipe, files: &Files, profile: &str, on_top: bool) -> Vec<Hop> {
    let mut hops = Vec::new();
    let mut profile = Some(profile.to_owned());
    let mut is_top = on_top;
    let mut recipe = Some(recipe);
    let mut device: Option<String> = None;
    while let Some(current) = recipe {
        if let Recipe::MfaSession(session) = current {
            // A session is no source of its own: it is told with the keys that it is made of.
            device = Some(session.mfa.serial.clone());
            recipe = Some(&session.from);
            continue;
        }
        let mut hop = Hop {
            source: current.source(),
            profile: None,
            role_arn: None,
            session_name: None,
            detail: None,
        };
        let of_profile = !is_top
            && !matches!(
                hop.source,
                Source::Environment | Source::Container | Source::Instance
            );
        hop.profile = profile.clone().filter(|_| of_profile);
        recipe = None;
        match current {
            Recipe::MfaSession(_) => {}
            Recipe::Keys { credentials, .. } => hop.detail = Some(credentials.access_key_id.clone()),
            Recipe::Role(role) => {
                hop.role_arn = Some(role.arn.clone());
                hop.session_name.clone_from(&role.session_name);
                recipe = Some(&role.from);
                if !is_top {
                    let view = profile.as_deref().and_then(|name| files.profile(name));
                    let next = view.and_then(|view| view.get("source_profile"));
                    profile = next.map(str::to_owned);
                }
            }
            Recipe::WebIdentity(role) => {
                hop.role_arn = Some(role.role_arn.clone());
                hop.session_name.clone_from(&role.session_name);
            }
            Recipe::Sso(sso) => {
                hop.detail = Some(format!(
                    "{} of {} at {}",
                    sso.role_name,
                    sso.account_id,
                    shown(&sso.start_url)
                ));
            }
            Recipe::Login(login) => hop.detail = Some(login.session.clone()),
            Recipe::Process(process) => hop.detail = program_of(&process.command),
            Recipe::Container(container) => hop.detail = Some(shown(&container.url)),
            Recipe::Instance(instance) => hop.detail = Some(shown(&instance.endpoint)),
        }
        if let Some(device) = device.take() {
            let detail = hop.detail.take().unwrap_or_default();
            hop.detail = Some(format!("{detail}, with {device}"));
        }
        is_top = false;
        hops.push(hop);
    }
    hops
}

/// The program of a command line; its arguments may hold secrets.
pub(crate) fn program_of(command: &str) -> Option<String> {
    split_words(command).unwrap_or_default().into_iter().next()
}

/// A URL without what may be secret in it: name, password and query.
fn shown(url: &str) -> String {
    let place = url.split_once('?').map_or(url, |(place, _)| place);
    without_password(place)
}

#[cfg(test)]
mod tests {
    use locum_credentials::{Chain, Environment};

    use super::*;

    const CONFIG: &str = "\
[profile top]
role_arn = arn:aws:iam::1:role/top
role_session_name = me
source_profile = middle
[profile middle]
role_arn = arn:aws:iam::2:role/middle
source_profile = keys
[profile session]
mfa_serial = arn:aws:iam::1:mfa/me
aws_access_key_id = AKIA
aws_secret_access_key = s
[profile program]
credential_process = /bin/helper --password secret
[profile instance]
role_arn = arn:aws:iam::1:role/x
credential_source = Environment
";

    fn told(profile: &str, on_top: bool) -> Vec<String> {
        let credentials = "[keys]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
        let files = Files::of(CONFIG, credentials).unwrap();
        let environment = Environment::of(&[("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")]);
        let chain = Chain {
            environment: &environment,
            files: &files,
            profile,
            explicit: true,
            sessions: true,
        };
        let recipe = chain.plan().outcome.unwrap().unwrap();
        let hops = hops(&recipe, &files, profile, on_top);
        hops.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_stretch_names_its_profile() {
        assert_eq!(
            told("top", false),
            [
                "assume-role arn:aws:iam::1:role/top (profile top)",
                "assume-role arn:aws:iam::2:role/middle (profile middle)",
                "shared-credentials-file AKIA (profile keys)",
            ]
        );
        assert_eq!(
            told("session", false),
            ["config-file AKIA, with arn:aws:iam::1:mfa/me (profile session)"]
        );
        assert_eq!(
            told("instance", false),
            ["assume-role arn:aws:iam::1:role/x (profile instance)", "env ENV"]
        );
        assert_eq!(
            told("middle", true),
            [
                "assume-role arn:aws:iam::2:role/middle",
                "shared-credentials-file AKIA (profile middle)"
            ],
            "as if its role were that of --role"
        );
    }

    #[test]
    fn the_secrets_of_urls_are_not_told() {
        for (url, told) in [
            (
                "http://me:hush@127.0.0.1:9/get?token=hush",
                "http://********@127.0.0.1:9/get",
            ),
            (
                "http://169.254.170.2/v2/credentials",
                "http://169.254.170.2/v2/credentials",
            ),
        ] {
            assert_eq!(shown(url), told);
        }
    }

    #[test]
    fn the_arguments_of_a_program_are_not_told() {
        assert_eq!(
            told("program", false),
            ["custom-process /bin/helper (profile program)"]
        );
    }
}
