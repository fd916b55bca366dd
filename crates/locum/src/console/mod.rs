//! `locum console`: from the credentials at hand to a page of the web console.
//!
//! ```text
//! caller ─▶ temporary credentials ─▶ federation endpoint ─▶ sign-in token ─▶ URL ─▶ browser
//!             └ a user's own keys become a session of GetFederationToken first
//! ```

mod federation;
mod options;

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

use locum_credentials::{Credentials, Environment, Recipe, plain};
use locum_crypto::SecretString;
use serde_json::{Map, Value, json};

use self::federation::Federation;
use self::options::{HELP, Options, OptionsError};
use crate::browser;
use crate::caller::{CALLER_HELP, Caller};
use crate::cli::{config, errors::Failure};
use crate::outcome::{FAILED, Refusal, USAGE, answer, hint, status};
use crate::secure_url::{InsecureUrl, SecureUrl};

/// What a session of a user's own keys is called unless somebody names it.
const SESSION_NAME: &str = "locum";
/// How long a browser may take to come for the page.
const WAIT: Duration = Duration::from_secs(30);
/// The longest policy in a file, in bytes: more than any service takes.
const MAX_POLICY: u64 = 64 << 10;

/// Why no console opens, in one sentence.
#[derive(Debug, thiserror::Error)]
enum ConsoleError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Insecure(#[from] InsecureUrl),
    /// The configuration or the service, as every command says it.
    #[error("{}", plain(&.0.sentence()))]
    Call(#[from] Failure),
    #[error("the console of the partition of {0} has no published address; give --federation-url")]
    Partition(String),
    #[error(
        "{0} is not AWS; say with --federation-url or locum_federation_url where its sign-in URLs are made"
    )]
    NotAws(String),
    #[error(
        "a user's own keys cannot sign in: assume a role with --role, or say with --policy or --policy-arn what a session \
         of GetFederationToken may do"
    )]
    OwnKeys,
    #[error("--policy, --policy-arn and --name are for a user's own keys; these credentials are temporary")]
    Temporary,
    #[error("--session-duration cannot be had with {0}: the console's session ends with the credentials")]
    Duration(&'static str),
    #[error("the federation endpoint cannot be asked: {0}")]
    Unreached(String),
    #[error("the federation endpoint answers with status {status}{hint}")]
    Refused { status: u16, hint: &'static str },
    #[error("the federation endpoint's answer has no SigninToken")]
    NoToken,
    #[error("--logout-first is for AWS; this federation endpoint has no sign-out page")]
    NoLogout,
    #[error("the policy cannot be read from {path}: {reason}")]
    Policy { path: String, reason: String },
    #[error("the service's answer has no {0}")]
    Answer(&'static str),
}

impl Refusal for ConsoleError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => USAGE,
            Self::Call(failure) => status(failure),
            _ => FAILED,
        }
    }
}

/// Runs `locum console`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(
        words,
        || format!("{HELP}\nWHOSE CREDENTIALS\n{CALLER_HELP}"),
        open,
    )
}

fn open(words: Vec<OsString>) -> Result<String, ConsoleError> {
    let options = &Options::parse(words)?;
    let environment = config::environment()?;
    let caller = Caller::open(&options.caller, &environment)?;
    let region = caller.region();
    let federation = match federation_url(options, &caller)? {
        Some(url) => Federation::at(&url, region.as_deref())?,
        None => match caller.custom_url()? {
            Some(url) => return Err(ConsoleError::NotAws(plain(&url))),
            None => Federation::of_aws(region.as_deref())?,
        },
    };
    // What is wrong with these is told before a code is asked for or a session made.
    let destination = match &options.destination {
        Some(url) => SecureUrl::parse("--destination", url)?.as_str().to_owned(),
        None => federation.page(options.service.as_deref()),
    };
    if let Some(issuer) = &options.issuer {
        SecureUrl::parse("--issuer", issuer)?;
    }
    if options.logout_first && !federation.signs_out() {
        return Err(ConsoleError::NoLogout);
    }
    let policies = policies(options)?;
    let named = options.name.is_some();
    let recipe = caller.plan().outcome.ok().flatten();
    let is = |what: fn(&Recipe) -> bool| recipe.as_ref().is_some_and(what);
    if (named || !policies.is_empty()) && is(is_temporary) {
        return Err(ConsoleError::Temporary);
    }
    if options.session_duration.is_some() && is(is_chained) {
        return Err(ConsoleError::Duration(
            "a role that was assumed with another role's credentials",
        ));
    }
    let mut credentials = caller.credentials()?;
    if credentials.session_token.is_none() {
        if policies.is_empty() {
            return Err(ConsoleError::OwnKeys);
        }
        if options.session_duration.is_some() {
            return Err(ConsoleError::Duration("a session of GetFederationToken"));
        }
        credentials = federated(options, policies, &caller, &credentials)?;
    } else if !policies.is_empty() || named {
        return Err(ConsoleError::Temporary);
    }
    let token = federation.sign_in_token(&credentials, options.session_duration, &caller)?;
    let url = federation.sign_in_url(
        &token,
        &destination,
        options.issuer.as_deref(),
        options.logout_first,
    )?;
    if options.print {
        return Ok(format!("{}\n", url.expose()));
    }
    Ok(show(&url, &destination, &environment))
}

/// Opens the URL, or prints it where nothing opens.
fn show(url: &SecretString, destination: &str, environment: &Environment) -> String {
    if browser::open_unseen(url, environment, WAIT) {
        return format!("Opened {}.\n", plain(destination));
    }
    hint("no browser opens; this URL signs in whoever opens it within 15 minutes");
    format!("{}\n", url.expose())
}

fn federation_url(options: &Options, caller: &Caller<'_>) -> Result<Option<String>, ConsoleError> {
    match &options.federation_url {
        Some(url) => Ok(Some(url.clone())),
        None => Ok(caller
            .profile()
            .trusted("locum_federation_url")?
            .map(str::to_owned)),
    }
}

/// Whether it is known that the credentials are a session's.
const fn is_temporary(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::Keys { credentials, .. } => credentials.session_token.is_some(),
        Recipe::Process(_) => false,
        Recipe::Role(_)
        | Recipe::MfaSession(_)
        | Recipe::WebIdentity(_)
        | Recipe::Sso(_)
        | Recipe::Login(_)
        | Recipe::Container(_)
        | Recipe::Instance(_) => true,
    }
}

/// Whether it is known that a role is assumed with temporary credentials, for which AWS gives no longer console session.
fn is_chained(recipe: &Recipe) -> bool {
    let Recipe::Role(role) = recipe else {
        return false;
    };
    match &role.from {
        Recipe::Keys { credentials, .. } => credentials.session_token.is_some(),
        Recipe::Role(_)
        | Recipe::WebIdentity(_)
        | Recipe::Sso(_)
        | Recipe::Container(_)
        | Recipe::Instance(_) => true,
        _ => false,
    }
}

/// The parameters of GetFederationToken that say what the session may do.
fn policies(options: &Options) -> Result<Map<String, Value>, ConsoleError> {
    let mut parameters = Map::new();
    if let Some(policy) = &options.policy {
        let text = match policy.strip_prefix("file://") {
            None => policy.clone(),
            Some(path) => {
                let unreadable = |reason: String| ConsoleError::Policy {
                    path: plain(path),
                    reason,
                };
                let mut text = String::new();
                File::open(path)
                    .and_then(|file| file.take(MAX_POLICY + 1).read_to_string(&mut text))
                    .map_err(|error| unreadable(error.to_string()))?;
                if text.len() as u64 > MAX_POLICY {
                    return Err(unreadable("it is too large".to_owned()));
                }
                text
            }
        };
        parameters.insert("Policy".to_owned(), text.into());
    }
    if !options.policy_arns.is_empty() {
        let arns = options.policy_arns.iter().map(|arn| json!({ "arn": arn }));
        parameters.insert("PolicyArns".to_owned(), arns.collect());
    }
    Ok(parameters)
}

/// A session for a user's own keys.
fn federated(
    options: &Options,
    mut parameters: Map<String, Value>,
    caller: &Caller<'_>,
    own: &Credentials,
) -> Result<Credentials, ConsoleError> {
    let name = options.name.as_deref().unwrap_or(SESSION_NAME);
    parameters.insert("Name".to_owned(), name.into());
    let answer = caller.sts("GetFederationToken", &parameters, Some(own))?;
    Credentials::of_answer(&answer).map_err(ConsoleError::Answer)
}
