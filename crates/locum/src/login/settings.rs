//! How a profile signs in, out of options and `~/.aws/config`.
//!
//! What decides where a browser and a token go is taken only from a file that nobody else may write (facts: security
//! §1.11). An option wins over the profile.

use std::ffi::OsString;
use std::time::Duration;

use locum_credentials::plain;
use locum_crypto::SecretString;

use super::error::LoginError;
use super::options::LoginOptions;
use super::values::{self, Callback, Flow};
use crate::cli::config::Profile;
use crate::secure_url::SecureUrl;

/// What is asked for of an issuer: the name for the session comes from the last two.
const SCOPES: &str = "openid profile email";
/// The audience of a response for AWS, and for locum.
const ENTITY_ID: &str = "urn:amazon:webservices";
const REDIRECT_URL: &str = "http://127.0.0.1/callback";
/// Identity providers take an address to the letter, so the port is not just any.
const ACS_URL: &str = "http://127.0.0.1:8377/saml";

/// How to sign in, and for what.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) how: How,
    pub(super) role_arn: Option<String>,
    pub(super) session_name: Option<String>,
    pub(super) duration_seconds: Option<i64>,
    pub(super) wait: Duration,
}

/// By which protocol.
#[derive(Debug)]
pub(super) enum How {
    Oidc(Oidc),
    Saml(Saml),
}

/// How an OpenID Connect issuer is asked.
#[derive(Debug)]
pub(super) struct Oidc {
    /// As its documents and tokens must say it, to the letter.
    pub(super) issuer: String,
    pub(super) client_id: String,
    /// Some issuers want one of programs too, though it is no secret there.
    pub(super) client_secret: Option<SecretString>,
    pub(super) scopes: String,
    pub(super) flow: Flow,
    pub(super) redirect: Callback,
}

/// How a SAML identity provider is asked.
#[derive(Debug)]
pub(super) struct Saml {
    pub(super) start: Start,
    pub(super) acs: Callback,
    pub(super) provider_arn: Option<String>,
}

/// What brings a response about.
#[derive(Debug)]
pub(super) enum Start {
    /// A page that starts by itself.
    Page(SecureUrl),
    /// A page that takes a request.
    Request { sso: SecureUrl, entity_id: String },
    /// Nothing: the response is in a file, or on standard input for `-`.
    Given(OsString),
}

/// One place to look a setting up.
struct Source<'a> {
    options: &'a LoginOptions,
    profile: &'a Profile,
}

impl Source<'_> {
    /// A setting of the option's name, or of `locum_` and the name in the profile.
    fn get(&self, option: &'static str, key: &'static str) -> Result<Option<String>, LoginError> {
        match self.options.setting(option) {
            Some(value) => Ok(Some(value.to_owned()).filter(|value| !value.is_empty())),
            None => Ok(self.profile.trusted(key)?.map(str::to_owned)),
        }
    }

    fn url(&self, option: &'static str, key: &'static str) -> Result<Option<SecureUrl>, LoginError> {
        let url = self.get(option, key)?;
        Ok(url.map(|url| SecureUrl::parse(key, &url)).transpose()?)
    }
}

/// Reads at which identity provider `profile` signs in, and as which client; `None` where it does not say.
pub(super) fn provider(
    options: &LoginOptions,
    profile: &Profile,
) -> Result<Option<(String, String)>, LoginError> {
    let source = Source { options, profile };
    if let Some(issuer) = source.get("oidc-issuer", "locum_oidc_issuer")? {
        let client = source.get("oidc-client-id", "locum_oidc_client_id")?;
        return Ok(Some((issuer, client.unwrap_or_default())));
    }
    let start = match source.get("saml-url", "locum_saml_url")? {
        Some(page) => Some(page),
        None => source.get("saml-sso-url", "locum_saml_sso_url")?,
    };
    let entity = source.get("saml-entity-id", "locum_saml_entity_id")?;
    Ok(start.map(|start| (start, entity.unwrap_or_default())))
}

impl Settings {
    /// Reads how `profile` signs in.
    pub(super) fn read(options: &LoginOptions, profile: &Profile) -> Result<Self, LoginError> {
        let source = Source { options, profile };
        let how = match (oidc(&source)?, saml(&source)?) {
            (Some(_), Some(saml)) if options.saml_response.is_some() => How::Saml(saml),
            (Some(_), Some(_)) => return Err(LoginError::Both),
            (Some(oidc), None) => How::Oidc(oidc),
            (None, Some(saml)) => How::Saml(saml),
            (None, None) => return Err(LoginError::Unconfigured(plain(&profile.name))),
        };
        let role_arn = role_arn(options, profile)?;
        let duration = match options.setting("duration-seconds") {
            Some(text) => Some(text),
            None => profile.get("duration_seconds"),
        };
        if role_arn.is_none() && matches!(how, How::Oidc(_)) {
            return Err(LoginError::NoRole);
        }
        Ok(Self {
            how,
            role_arn: role_arn
                .map(|role| values::role("locum_role_arn or role_arn", &role))
                .transpose()?,
            session_name: options
                .setting("role-session-name")
                .or_else(|| profile.get("role_session_name"))
                .map(str::to_owned),
            duration_seconds: duration
                .map(|text| values::seconds("duration_seconds", text))
                .transpose()?,
            wait: options.wait(),
        })
    }
}

/// The role that a profile signs in for. `aws` takes a profile with `role_arn` and no source for a mistake, hence the key of
/// our own.
pub(super) fn role_arn(options: &LoginOptions, profile: &Profile) -> Result<Option<String>, LoginError> {
    let source = Source { options, profile };
    match source.get("role-arn", "locum_role_arn")? {
        Some(arn) => Ok(Some(arn)),
        None => Ok(profile.trusted("role_arn")?.map(str::to_owned)),
    }
}

fn oidc(source: &Source<'_>) -> Result<Option<Oidc>, LoginError> {
    let Some(issuer) = source.get("oidc-issuer", "locum_oidc_issuer")? else {
        return Ok(None);
    };
    // Refused here by its name, before anything is asked.
    SecureUrl::parse("locum_oidc_issuer", &issuer)?;
    let client_id = source.get("oidc-client-id", "locum_oidc_client_id")?;
    let scopes = source.get("oidc-scopes", "locum_oidc_scopes")?;
    let scopes = scopes.unwrap_or_else(|| SCOPES.to_owned());
    if !scopes.split_whitespace().any(|scope| scope == "openid") {
        return Err(LoginError::Scopes);
    }
    let flow = source.get("oidc-flow", "locum_oidc_flow")?;
    let flow = flow
        .map(|flow| Flow::parse("locum_oidc_flow", &flow))
        .transpose()?;
    let redirect = source.get("oidc-redirect-url", "locum_oidc_redirect_url")?;
    let secret = source.profile.trusted("locum_oidc_client_secret")?;
    Ok(Some(Oidc {
        issuer,
        client_id: client_id.ok_or(LoginError::NoClient)?,
        client_secret: secret.map(SecretString::from),
        scopes,
        flow: flow.unwrap_or(Flow::Browser),
        redirect: Callback::parse(
            "locum_oidc_redirect_url",
            redirect.as_deref().unwrap_or(REDIRECT_URL),
        )?,
    }))
}

fn saml(source: &Source<'_>) -> Result<Option<Saml>, LoginError> {
    let page = source.url("saml-url", "locum_saml_url")?;
    let sso = source.url("saml-sso-url", "locum_saml_sso_url")?;
    let entity_id = source.get("saml-entity-id", "locum_saml_entity_id")?;
    let start = match (&source.options.saml_response, page, sso) {
        (Some(file), _, _) => Start::Given(file.clone()),
        (None, None, None) => return Ok(None),
        (None, Some(_), Some(_)) => return Err(LoginError::TwoStarts),
        (None, Some(page), None) => Start::Page(page),
        (None, None, Some(sso)) => Start::Request {
            sso,
            entity_id: entity_id.unwrap_or_else(|| ENTITY_ID.to_owned()),
        },
    };
    let acs = source.get("saml-acs-url", "locum_saml_acs_url")?;
    let acs = Callback::parse("locum_saml_acs_url", acs.as_deref().unwrap_or(ACS_URL))?;
    // The port is known, so another user could wait for the response at [::1], which browsers may take for that name.
    if acs.host != "127.0.0.1" {
        return Err(LoginError::Localhost(plain(&acs.url(acs.port))));
    }
    Ok(Some(Saml {
        start,
        acs,
        provider_arn: source.get("saml-provider-arn", "locum_saml_provider_arn")?,
    }))
}

#[cfg(test)]
impl Oidc {
    /// A client `cli` at `https://idp`.
    pub(super) fn for_tests() -> Self {
        Self {
            issuer: "https://idp".into(),
            client_id: "cli".into(),
            client_secret: None,
            scopes: "openid".into(),
            flow: Flow::Browser,
            redirect: Callback {
                host: "127.0.0.1".into(),
                port: 0,
                path: "/callback".into(),
            },
        }
    }
}

#[cfg(test)]
impl Settings {
    /// Those of that client.
    pub(super) fn for_tests() -> Self {
        Self {
            how: How::Oidc(Oidc::for_tests()),
            role_arn: Some("arn".into()),
            session_name: None,
            duration_seconds: None,
            wait: Duration::from_secs(300),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::{Environment, Files};

    const OIDC: &str = "locum_oidc_issuer = https://idp.example.com\nlocum_oidc_client_id = cli\n";

    fn read(config: &str, line: &str) -> Result<Settings, LoginError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        std::fs::write(&path, format!("[default]\n{config}")).unwrap();
        let environment = Environment::of(&[
            ("AWS_CONFIG_FILE", path.to_str().unwrap()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file"),
        ]);
        let profile = Profile::choose(Files::load(&environment).unwrap(), None, &environment).unwrap();
        let options = LoginOptions::parse(line.split_whitespace().map(Into::into).collect())?;
        Settings::read(&options, &profile)
    }

    #[test]
    fn a_profile_says_how_and_an_option_wins() {
        let config = format!(
            "{OIDC}role_arn = other\nlocum_role_arn = arn:r\nrole_session_name = me\nduration_seconds = 900\n\
             locum_oidc_redirect_url = http://localhost:8400/back\nlocum_oidc_client_secret = s\n"
        );
        let settings = read(&config, "--oidc-flow device --duration-seconds 1000").unwrap();
        assert_eq!(settings.role_arn.as_deref(), Some("arn:r"));
        assert_eq!(settings.session_name.as_deref(), Some("me"));
        assert_eq!(settings.duration_seconds, Some(1000));
        let How::Oidc(oidc) = settings.how else {
            panic!("{settings:?}")
        };
        assert_eq!(
            (oidc.issuer.as_str(), oidc.client_id.as_str()),
            ("https://idp.example.com", "cli")
        );
        assert_eq!((oidc.scopes.as_str(), oidc.flow), (SCOPES, Flow::Device));
        assert!(oidc.client_secret.is_some_and(|secret| secret.matches("s")));
        assert_eq!(
            oidc.redirect.url(oidc.redirect.port),
            "http://localhost:8400/back"
        );
    }

    #[test]
    fn saml_starts_with_a_page_a_request_or_a_file() {
        let of = |config: &str, line: &str| match read(config, line).unwrap().how {
            How::Saml(saml) => saml,
            How::Oidc(oidc) => panic!("{oidc:?}"),
        };
        let page = of("locum_saml_url = https://idp/app\n", "");
        assert!(matches!(page.start, Start::Page(url) if url.as_str() == "https://idp/app"));
        assert_eq!(page.acs.url(page.acs.port), ACS_URL);
        let request = of(
            "locum_saml_sso_url = https://idp/sso\n",
            "--saml-acs-url http://127.0.0.1/a",
        );
        assert!(matches!(request.start, Start::Request { entity_id, .. } if entity_id == ENTITY_ID));
        assert_eq!(request.acs.url(99), "http://127.0.0.1:99/a");
        assert!(matches!(of("", "--saml-response -").start, Start::Given(file) if file == "-"));
    }

    #[test]
    fn mistakes_are_told_before_anything_is_asked() {
        let role = format!("{OIDC}role_arn = arn:r\n");
        for (config, line) in [
            ("", ""),
            (OIDC, ""),
            ("locum_oidc_issuer = https://a\nrole_arn = arn:r\n", ""),
            (
                "locum_oidc_issuer = http://idp.example.com\nrole_arn = arn:r\n",
                "",
            ),
            (OIDC, "--role-arn admin"),
            ("locum_saml_url = https://idp\nlocum_role_arn = admin\n", ""),
            (&role, "--saml-url https://idp"),
            (&role, "--oidc-flow magic"),
            (&role, "--oidc-scopes profile"),
            (&role, "--duration-seconds 1"),
            (&role, "--duration-seconds x"),
            (&role, "--oidc-redirect-url https://127.0.0.1/"),
            (&role, "--oidc-redirect-url http://idp.example.com/"),
            (&role, "--oidc-redirect-url http://127.0.0.1:99999/"),
            (&role, "--oidc-redirect-url http://127.0.0.1/?a"),
            ("", "--saml-url https://a --saml-sso-url https://b"),
            ("", "--saml-url file:///etc/passwd"),
            (
                "",
                "--saml-url https://a --saml-acs-url http://localhost:8377/saml",
            ),
        ] {
            let error = read(config, line).unwrap_err().to_string();
            assert!(
                !error.contains('\n') && !error.is_empty(),
                "{config} {line}: {error}"
            );
        }
    }
}
