//! What the two files say, looked at without the machine: every profile, not only the one in force.

use locum_credentials::{Chain, ConfigError, Environment, Files, ProfileView, Section, plain};

use super::report::Report;
use super::settings::KNOWN;
use crate::cli::{python, similar::closest};

/// The kinds of sections in `config`.
const KINDS: [&str; 4] = ["profile ", "sso-session ", "services ", "preview"];

/// Looks at every profile.
pub(super) fn look(files: &Files, environment: &Environment, report: &mut Report) {
    for name in files.names() {
        let view = files.profile(name).unwrap_or_default();
        plan(files, environment, name, report);
        conflicts(name, view, report);
        shadowed(name, view, report);
        for section in [view.config, view.credentials].into_iter().flatten() {
            misspelt(&format!("the profile {}", plain(name)), section, report);
        }
        if let Some(services) = view.get("services")
            && files.services(services).is_none()
        {
            report.find(
                "missing-services",
                format!(
                    "The profile {} names the services section {}, which is not in config: add [services {}] or remove the \
                     setting.",
                    plain(name),
                    plain(services),
                    plain(services)
                ),
            );
        }
        if let Some(session) = view.get("sso_session") {
            match files.session(session) {
                Some(section) => misspelt(&format!("the sso-session {}", plain(session)), section, report),
                // One that an account or role is named for is told as what ends the search.
                None if view.has("sso_account_id") || view.has("sso_role_name") => {}
                None => report.find(
                    "missing-session",
                    format!(
                        "The profile {} names the sso-session {}, which is not in config: add [sso-session {}] or remove the \
                         setting.",
                        plain(name),
                        plain(session),
                        plain(session)
                    ),
                ),
            }
        }
        numbers(name, view, report);
    }
}

/// Headings that make no profile, though they look like one.
pub(super) fn headings(config: &[(String, Section)], credentials: &[(String, Section)], report: &mut Report) {
    for (heading, section) in config {
        let known = heading == "default" || KINDS.iter().any(|kind| heading.starts_with(kind));
        if !known && heading != "plugins" && !section.values.is_empty() {
            let heading = plain(heading);
            report.find(
                "ignored-section",
                format!(
                    "The section [{heading}] of config is passed over, because profiles are called [profile NAME] there: \
                     write [profile {heading}]."
                ),
            );
        }
    }
    for (heading, _) in credentials {
        if let Some(name) = heading.strip_prefix("profile ") {
            let (heading, name) = (plain(heading), plain(name));
            report.find(
                "ignored-section",
                format!(
                    "The section [{heading}] of credentials is a profile called \"{heading}\", because profiles are called \
                     [NAME] there: write [{name}]."
                ),
            );
        }
    }
}

/// What would end the search for credentials.
fn plan(files: &Files, environment: &Environment, name: &str, report: &mut Report) {
    let chain = Chain {
        environment,
        files,
        profile: name,
        explicit: true,
        sessions: true,
    };
    let Err(error) = chain.plan().outcome else { return };
    let cure = cure(&error, files);
    let sentence = error.to_string();
    let sentence = sentence.trim_end_matches('.');
    let text = match error {
        // These name the profile themselves, or are about no profile.
        ConfigError::TwoSources(_)
        | ConfigError::NoSourceProfile { .. }
        | ConfigError::UnknownSource { .. }
        | ConfigError::EmptySource { .. }
        | ConfigError::SsoMissing { .. }
        | ConfigError::ExpirationVariable => format!("{sentence}: {cure}."),
        _ => format!("The profile {} cannot be used. {sentence}: {cure}.", plain(name)),
    };
    report.find("broken-profile", text.replace("?.", "?"));
}

/// How to mend a configuration that cannot be.
pub(super) fn cure(error: &ConfigError, files: &Files) -> String {
    match error {
        ConfigError::Partial { missing, .. } => format!("add {missing}, or remove what needs it"),
        ConfigError::TwoSources(_) => "remove one of them".to_owned(),
        ConfigError::NoSourceProfile { named, .. } => {
            let names = files.names();
            match closest(named, &names).first() {
                Some(other) => format!("did you mean {}?", plain(other)),
                None => format!("add the profile {}, or name another", plain(named)),
            }
        }
        ConfigError::EmptySourceProfile(named) => format!("give {} keys or another source", plain(named)),
        ConfigError::Loop { .. } => "let one of them name a profile that has keys".to_owned(),
        ConfigError::UnknownSource { .. } => {
            "it is Environment, EcsContainer or Ec2InstanceMetadata".to_owned()
        }
        ConfigError::EmptySource { .. } => "set what that source needs, or name a source_profile".to_owned(),
        ConfigError::NoRoleArn => "set role_arn".to_owned(),
        ConfigError::NoSsoSession(named) => format!("add [sso-session {}] to config", plain(named)),
        ConfigError::SsoMissing { .. } => "run `aws configure sso`".to_owned(),
        ConfigError::SsoDiffers { .. } => "remove it from the profile".to_owned(),
        ConfigError::ExpirationVariable => "set it to a time".to_owned(),
        ConfigError::EndpointMode(_)
        | ConfigError::MetadataEndpoint(_)
        | ConfigError::Number { .. }
        | ConfigError::Switch { .. } => "correct the setting".to_owned(),
    }
}

/// Settings that stand in both files and differ.
fn conflicts(name: &str, view: ProfileView<'_>, report: &mut Report) {
    let (Some(config), Some(credentials)) = (view.config, view.credentials) else {
        return;
    };
    let mut keys: Vec<&String> = credentials.values.keys().collect();
    keys.sort_unstable();
    for key in keys {
        let (one, other) = (config.values.get(key), credentials.values.get(key));
        if one.is_some() && one != other {
            report.find(
                "conflict",
                format!(
                    "The profile {} has {} in both files, and they differ; that of credentials counts: remove it from \
                     config.",
                    plain(name),
                    plain(key)
                ),
            );
        }
    }
}

/// Sources of one profile of which only the first is ever asked.
fn shadowed(name: &str, view: ProfileView<'_>, report: &mut Report) {
    let has_keys =
        |section: Option<&Section>| section.is_some_and(|s| s.values.contains_key("aws_access_key_id"));
    let keys = has_keys(view.credentials) || has_keys(view.config);
    let has_role = view.has("role_arn") && !view.has("web_identity_token_file");
    // Whoever names itself takes its own keys for its own role.
    let own = has_role && view.get("source_profile") == Some(name);
    let found = [
        ("role_arn", has_role),
        ("web_identity_token_file", view.has("web_identity_token_file")),
        (
            "sso_account_id",
            view.has("sso_account_id") || view.has("sso_role_name"),
        ),
        ("keys", has_keys(view.credentials) && !own),
        ("login_session", view.has("login_session")),
        ("credential_process", view.has("credential_process")),
        ("keys", keys && !has_keys(view.credentials) && !own),
    ];
    let mut found = found
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(what, _)| what);
    let Some(first) = found.next() else { return };
    for other in found {
        report.find(
            "shadowed",
            format!(
                "The profile {} has {first} and {other}, and {first} wins, so {other} is never used: remove one of them.",
                plain(name)
            ),
        );
    }
}

fn misspelt(whose: &str, section: &Section, report: &mut Report) {
    let mut keys: Vec<&String> = section.values.keys().collect();
    keys.sort_unstable();
    for key in keys.into_iter().filter(|key| !KNOWN.contains(&key.as_str())) {
        if let Some(meant) = closest(key, &KNOWN).first() {
            let key = plain(key);
            report.find(
                "unknown-setting",
                format!("The setting {key} of {whose} is not known; did you mean {meant}?"),
            );
        }
    }
}

/// Numbers that are none, which are passed over.
fn numbers(name: &str, view: ProfileView<'_>, report: &mut Report) {
    if let Some(text) = view.get("duration_seconds")
        && python::int(text).is_none()
    {
        report.find(
            "no-number",
            format!(
                "The duration_seconds of the profile {} is \"{}\" and passed over: write a number of seconds.",
                plain(name),
                plain(text)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use locum_credentials::parse_profile_file;

    use super::*;

    fn findings(config: &str, credentials: &str) -> Vec<String> {
        let mut report = Report::default();
        let files = Files::of(config, credentials).unwrap();
        let environment = Environment::of(&[("AWS_EC2_METADATA_DISABLED", "true")]);
        headings(
            &parse_profile_file(config).unwrap(),
            &parse_profile_file(credentials).unwrap(),
            &mut report,
        );
        look(&files, &environment, &mut report);
        let texts = report.findings.into_iter();
        texts
            .map(|finding| format!("{}: {}", finding.code, finding.text))
            .collect()
    }

    const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = hush\n";

    #[test]
    fn settings_are_in_order_and_once() {
        assert!(KNOWN.is_sorted() && KNOWN.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn nothing_is_wrong_with_what_is_right() {
        let config = format!(
            "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 5\n[profile own]\nrole_arn = arn:r\n\
             source_profile = own\nduration_seconds = 1_800\n{KEYS}[profile sso]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n\
             [sso-session s]\nsso_start_url = https://x\nsso_region = r-1\n[profile x]\nservices = l\nmy_own_setting = 1\n\
             [services l]\nsts =\n  endpoint_url = http://x\n[plugins]\nfoo = bar\n"
        );
        assert_eq!(findings(&config, &format!("[default]\n{KEYS}")), [""; 0]);
    }

    #[test]
    fn each_slip_is_found_and_its_cure_is_told() {
        let keys = |name: &str| format!("[{name}]\n{KEYS}");
        for (config, credentials, code, says) in [
            (
                "[profile p]\nregoin = x\n",
                String::new(),
                "unknown-setting",
                "did you mean region?",
            ),
            (
                "[profile p]\nlocum_oidc_isuer = https://x\n",
                String::new(),
                "unknown-setting",
                "did you mean locum_oidc_issuer?",
            ),
            (
                "[profile p]\nrole_arn = a\nsource_profile = dveloper\n",
                keys("developer"),
                "broken-profile",
                "did you mean developer?",
            ),
            (
                "[profile p]\nrole_arn = a\nsource_profile = q\n",
                String::new(),
                "broken-profile",
                "add the profile q",
            ),
            (
                "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nrole_arn = y\nsource_profile = a\n",
                String::new(),
                "broken-profile",
                "let one of them name a profile that has keys",
            ),
            (
                "[profile p]\nrole_arn = a\n",
                String::new(),
                "broken-profile",
                "add source_profile or credential_source",
            ),
            (
                "[profile p]\nrole_arn = a\ncredential_source = Ec2\n",
                String::new(),
                "broken-profile",
                "it is Environment, EcsContainer",
            ),
            (
                "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n",
                String::new(),
                "broken-profile",
                "add [sso-session s]",
            ),
            (
                "[profile p]\naws_access_key_id = x\n",
                String::new(),
                "broken-profile",
                "add aws_secret_access_key",
            ),
            (
                "[profile p]\ncredential_process = x\n",
                keys("p"),
                "shadowed",
                "keys wins, so credential_process is never used",
            ),
            (
                "[profile p]\nrole_arn = a\nsource_profile = q\n",
                keys("p") + &keys("q"),
                "shadowed",
                "role_arn wins, so keys is never used",
            ),
            (
                "[profile p]\naws_access_key_id = other\naws_secret_access_key = hush\n",
                keys("p"),
                "conflict",
                "aws_access_key_id in both files",
            ),
            (
                "[p]\nregion = x\n",
                String::new(),
                "ignored-section",
                "write [profile p]",
            ),
            ("", keys("profile p"), "ignored-section", "write [p]"),
            (
                "[profile p]\nservices = s\n",
                String::new(),
                "missing-services",
                "add [services s]",
            ),
            (
                "[profile p]\nsso_session = s\n",
                String::new(),
                "missing-session",
                "add [sso-session s]",
            ),
            (
                "[profile p]\nduration_seconds = 1h\n",
                String::new(),
                "no-number",
                "write a number of seconds",
            ),
        ] {
            let found = findings(config, &credentials);
            assert!(
                found
                    .iter()
                    .any(|text| text.starts_with(code) && text.contains(says)),
                "{config}{credentials}\n{found:#?}"
            );
            assert!(
                !found.concat().contains("hush"),
                "secrets are not shown: {found:?}"
            );
        }
    }
}
