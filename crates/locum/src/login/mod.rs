//! `locum login`: from a browser to temporary credentials in the vault; and `locum logout`.
//!
//! ```text
//! settings ─▶ issuer, code or device ─▶ tokens ─┐
//!          └▶ saml ─▶ response, role ───────────┴▶ STS ─▶ session in the vault ─▶ credential_process
//! ```
//!
//! The identity provider's word goes to the service as it is; what only this program can know about it is checked here.

mod code;
mod device;
mod error;
mod identity_center;
mod issuer;
mod logout;
mod menu;
mod options;
mod pages;
mod renewal;
mod saml;
mod session;
mod settings;
mod tokens;
mod values;
mod web;

use std::ffi::OsString;
use std::process::ExitCode;

use jiff::Timestamp;
use locum_credentials::{Cache, Environment, Kind, Vault, Which, plain, quoted};
use locum_crypto::SystemRandom;
use serde_json::{Map, Value};

use self::error::LoginError;
use self::issuer::Issuer;
use self::options::{LOGIN_HELP, LoginOptions, LogoutOptions};
use self::session::{Origin, Session};
use self::settings::{How, Oidc, Saml, Settings, Start};
use self::tokens::Tokens;
use self::values::Flow;
use self::web::Web;
use crate::caller::{Caller, CallerOptions};
use crate::cli::config;
use crate::cli::errors::Failure;
use crate::outcome::{FAILED, USAGE, hint, print, refuse, status};
use crate::secure_url::SecureUrl;
use crate::{browser, vault};

/// Runs `locum login`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    let options = LoginOptions::parse(words).map_err(LoginError::from);
    finish(options.and_then(|options| login(&options)))
}

/// Runs `locum logout`.
pub(crate) fn logout(words: Vec<OsString>) -> ExitCode {
    let options = LogoutOptions::parse(words).map_err(LoginError::from);
    finish(options.and_then(|options| logout::logout(&options)))
}

fn login(options: &LoginOptions) -> Result<String, LoginError> {
    if options.help {
        return Ok(LOGIN_HELP.to_owned());
    }
    let environment = config::environment()?;
    let caller = CallerOptions {
        profile: options.profile.clone(),
        region: options.setting("region").map(str::to_owned),
        endpoint_url: options.setting("endpoint-url").map(str::to_owned),
        ca_bundle: options.ca_bundle.clone(),
        ..CallerOptions::default()
    };
    let caller = Caller::open(&caller, &environment)?;
    let setting = caller.profile().trusted(vault::SETTING)?;
    let vault = vault::open(&environment, setting).map_err(LoginError::Keep)?;
    Login {
        options,
        environment: &environment,
        caller: &caller,
        vault: &*vault,
    }
    .run()
}

fn finish(outcome: Result<String, LoginError>) -> ExitCode {
    match outcome {
        Ok(text) => print(&text, ExitCode::SUCCESS),
        Err(error @ LoginError::Options(_)) => refuse(&error.to_string(), USAGE),
        Err(ref error @ LoginError::Call(ref failure)) => refuse(&error.to_string(), status(failure)),
        Err(error) => refuse(&error.to_string(), FAILED),
    }
}

/// One login.
struct Login<'a> {
    options: &'a LoginOptions,
    environment: &'a Environment,
    caller: &'a Caller<'a>,
    vault: &'a dyn Vault,
}

impl Login<'_> {
    fn profile(&self) -> &str {
        &self.caller.profile().name
    }

    fn origin(&self) -> Result<Origin, LoginError> {
        Ok(Origin {
            realm: match self.caller.realm() {
                // Nobody set a URL, so it is AWS.
                Err(Failure::NoRegion) => "aws".to_owned(),
                other => other?,
            },
            provider: settings::provider(self.options, self.caller.profile())?,
        })
    }

    /// Refuses a service that would get the identity provider's word over a network in plain text.
    fn check_service(&self) -> Result<(), LoginError> {
        SecureUrl::parse("endpoint_url", &self.caller.endpoint(false)?.url)?;
        Ok(())
    }

    fn run(&self) -> Result<String, LoginError> {
        let role_arn = settings::role_arn(self.options, self.caller.profile())?;
        let kept = Session::load(self.vault, self.profile(), &self.origin()?, role_arn.as_deref())?;
        let good = kept.filter(|kept| kept.is_good(Timestamp::now()));
        if self.options.credential_process {
            return match good {
                Some(session) => Ok(session.printed()),
                None => self.renewed().map(|session| session.printed()),
            };
        }
        let settings = match Settings::read(self.options, self.caller.profile()) {
            Err(LoginError::Unconfigured(profile)) => {
                return self
                    .by_identity_center()?
                    .ok_or(LoginError::Unconfigured(profile));
            }
            other => other?,
        };
        self.check_service()?;
        let asked_for = self.options.force || self.options.saml_response.is_some();
        if let Some(session) = good.filter(|_| !asked_for) {
            return Ok(told("Already signed in", &session));
        }
        if let How::Oidc(oidc) = &settings.how
            && !asked_for
            && let Ok(Some(session)) = self.renew(oidc, &settings)
        {
            return Ok(told("Signed in again, without a browser,", &session));
        }
        session::check_room(self.vault, self.profile())?;
        let session = match &settings.how {
            How::Oidc(oidc) => self.by_oidc(oidc, &settings)?,
            How::Saml(saml) => self.by_saml(saml, &settings)?,
        };
        if self.caller.profile().get("credential_process").is_none() {
            hint(&format!(
                "for aws and the SDKs, let the profile say: credential_process = locum login --profile {} \
                 --credential-process",
                quoted(self.profile())
            ));
        }
        Ok(told("Signed in", &session))
    }

    fn by_oidc(&self, oidc: &Oidc, settings: &Settings) -> Result<Session, LoginError> {
        let web = Web(self.caller);
        let issuer = Issuer::discover(oidc, &web)?;
        let open = |url: &str| self.open(url);
        let tokens = match oidc.flow {
            Flow::Browser => code::sign_in(oidc, settings, &issuer, &web, &open, &mut SystemRandom)?,
            Flow::Device => device::sign_in(
                oidc,
                settings,
                &issuer,
                &web,
                &|task| self.show(task),
                &std::thread::sleep,
            )?,
        };
        let _lock = self.vault.lock(Kind::RefreshToken, self.profile());
        // What renewed the session before is somebody else's now, or used up.
        session::forget_renewal(self.vault, self.profile())?;
        let session = self.redeem_token(&tokens, settings)?;
        self.keep_renewal(oidc, &tokens)?;
        session.store(self.vault, self.profile(), &self.origin()?)?;
        Ok(session)
    }

    /// Signs in at IAM Identity Center, if the profile has to do with it.
    fn by_identity_center(&self) -> Result<Option<String>, LoginError> {
        let plan = self.caller.plan();
        let Ok(Some(recipe)) = plan.outcome else {
            return Ok(None);
        };
        let Some(sso) = identity_center::behind(&recipe) else {
            return Ok(None);
        };
        let files = &self.caller.profile().files;
        // They say where a browser goes.
        let trusted = files.check_trusted(Which::Config, "sso_start_url");
        trusted.map_err(|error| LoginError::Untrusted(error.to_string()))?;
        let home = self.environment.home();
        let tokens = Cache::new(home.map(|_| self.environment.expand("~/.aws/sso/cache")));
        let told = |how: &str, until: Timestamp| {
            Some(format!("{how} at {} until {until}.\n", plain(&sso.start_url)))
        };
        if let Some(until) = identity_center::signed_in_until(sso, &tokens, Timestamp::now())
            && !self.options.force
        {
            return Ok(told("Already signed in", until));
        }
        let section = sso.session.as_ref().and_then(|name| files.session(name));
        let scopes = section.and_then(|section| section.values.get("sso_registration_scopes"));
        let center = identity_center::Center {
            sso,
            url: &self.caller.service_url("sso-oidc", &sso.region)?,
            scopes: scopes.map(String::as_str).filter(|scopes| !scopes.is_empty()),
            web: &Web(self.caller),
            wait: self.options.wait(),
            open: &|url| self.open(url),
            show: &|task| self.show(task),
        };
        // As the original has it: a browser on this machine only where there is a section for the session.
        let by_device = sso.session.is_none() || self.options.setting("oidc-flow") == Some("device");
        let until = center.sign_in(by_device, &tokens, &vault::SystemClock, &mut SystemRandom)?;
        Ok(told("Signed in", until))
    }

    fn redeem_token(&self, tokens: &Tokens, settings: &Settings) -> Result<Session, LoginError> {
        let role_arn = settings.role_arn.as_deref().ok_or(LoginError::NoRole)?;
        let name = settings.session_name.clone();
        let name = name.unwrap_or_else(|| tokens.session_name());
        let parameters = [
            ("RoleArn", role_arn),
            ("RoleSessionName", &name),
            ("WebIdentityToken", tokens.id_token.expose()),
        ];
        self.redeem("AssumeRoleWithWebIdentity", &parameters, role_arn, settings)
    }

    fn by_saml(&self, saml: &Saml, settings: &Settings) -> Result<Session, LoginError> {
        let open = |url: &str| self.open(url);
        let response = saml::sign_in(saml, settings, &open, &mut SystemRandom, Timestamp::now())?;
        // Standard input is used up when it held the response, the terminal is not.
        let ask = |roles: &[String]| {
            if matches!(saml.start, Start::Page(_)) {
                hint("nobody can tell who brought this response; take a role only if it is of your account");
            }
            menu::choose("Which role?", roles)
        };
        let chosen = saml::choose(response, saml, settings, &ask)?;
        let parameters = [
            ("RoleArn", chosen.role_arn.as_str()),
            ("PrincipalArn", &chosen.provider_arn),
            ("SAMLAssertion", chosen.response.expose()),
        ];
        let _lock = self.vault.lock(Kind::RefreshToken, self.profile());
        let session = self.redeem("AssumeRoleWithSAML", &parameters, &chosen.role_arn, settings)?;
        session.store(self.vault, self.profile(), &self.origin()?)?;
        Ok(session)
    }

    /// Changes the identity provider's word for credentials.
    fn redeem(
        &self,
        operation: &'static str,
        parameters: &[(&str, &str)],
        role_arn: &str,
        settings: &Settings,
    ) -> Result<Session, LoginError> {
        let mut members = Map::new();
        for (name, value) in parameters {
            members.insert((*name).to_owned(), Value::from(*value));
        }
        if let Some(seconds) = settings.duration_seconds {
            members.insert("DurationSeconds".to_owned(), seconds.into());
        }
        let answer = self.caller.sts(operation, &members, None)?;
        Session::answered(&answer, role_arn)
    }

    /// Shows a page: opens it, and says where it is in case nothing opens.
    fn open(&self, url: &str) {
        if self.options.no_browser {
            hint(&format!("open this page in a browser on this machine: {url}"));
            return;
        }
        hint(&format!(
            "opening a browser; if none comes, open this page on this machine: {url}"
        ));
        self.open_unseen(url);
    }

    /// Opens a page whose `state` or code would let another user of this machine come back in our place.
    fn open_unseen(&self, url: &str) {
        let (url, environment, wait) = (url.into(), self.environment.clone(), self.options.wait());
        // Not waited for: who signs in comes back, or nobody does.
        let _ = std::thread::Builder::new().spawn(move || browser::open_unseen(&url, &environment, wait));
    }

    fn show(&self, task: &device::Task<'_>) {
        hint(&format!(
            "open {} and enter the code {}",
            task.page.as_str(),
            task.code
        ));
        if let Some(whole) = task.whole.filter(|_| !self.options.no_browser) {
            self.open_unseen(whole.as_str());
        }
    }
}

/// Who is signed in, and until when.
fn told(how: &str, session: &Session) -> String {
    let minutes = session.seconds_left(Timestamp::now()).max(0) / 60;
    let left = match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    format!(
        "{how} as {} until {} ({left}).\n",
        plain(&session.arn),
        session.expiration
    )
}
