//! `locum token`: a signed GetCallerIdentity, for those who would know who somebody is and cannot ask for a secret.
//!
//! Whoever gets the token sends it to STS and reads the answer. Nothing here goes over the network but, if need be, the way
//! to the credentials.

mod kubernetes;
mod options;
mod request;
mod vault;

use std::ffi::OsString;
use std::process::ExitCode;

use jiff::Timestamp;
use locum_sigv4::{PathRule, SignError, Signer};

use self::options::{Audience, Options, OptionsError, parse};
use self::request::Request;
use crate::caller::Caller;
use crate::cli::{config, errors::Failure};
use crate::outcome::{FAILED, Refusal, USAGE, answer, hint, status};

/// What a token is good for where STS is AWS's, in seconds; AWS makes fifteen minutes of it (facts: cli §4.1).
const LIFETIME: u32 = 60;
/// What it is good for elsewhere: a service that takes the number at its word must take the token for as long as kubectl
/// keeps it. Authenticators take no more.
const OWN_LIFETIME: u32 = 900;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error("{}", .0.sentence())]
    Call(Box<Failure>),
    #[error("{0}")]
    Sign(#[from] SignError),
    #[error(
        "the token is {0} bytes long, and authenticators take 4096; use credentials with a shorter session token"
    )]
    TooLong(usize),
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        Self::Call(Box::new(failure))
    }
}

impl Refusal for TokenError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => USAGE,
            Self::Call(failure) => status(failure),
            _ => FAILED,
        }
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(words, options::help, make)
}

fn make(words: Vec<OsString>) -> Result<String, TokenError> {
    let Options {
        audience,
        expires_in,
        caller,
    } = parse(words)?;
    let environment = config::environment()?;
    let caller = Caller::open(&caller, &environment)?;
    let endpoint = caller.endpoint(true)?;
    let is_own = caller.custom_url()?.is_some();
    let lifetime = expires_in.unwrap_or(if is_own { OWN_LIFETIME } else { LIFETIME });
    let credentials = caller.credentials()?;
    let request = Request {
        signer: Signer {
            access_key_id: &credentials.access_key_id,
            secret: &credentials.secret_access_key,
            session_token: credentials.session_token.as_ref(),
            region: &endpoint.signing_region,
            service: "sts",
            path: PathRule::SERVICE,
        },
        endpoint: &endpoint.url,
        now: Timestamp::now(),
    };
    match audience {
        Audience::Anybody => Ok(format!("{}\n", request.presigned(&[], lifetime)?)),
        Audience::Vault { server, role } => Ok(vault::login(&request, &server, role.as_deref())?),
        Audience::Kubernetes { cluster, bare } => {
            let token = kubernetes::token(&request, &cluster, lifetime)?;
            if token.len() > kubernetes::MAX_TOKEN {
                return Err(TokenError::TooLong(token.len()));
            }
            if bare {
                return Ok(format!("{token}\n"));
            }
            let (version, complaint) =
                kubernetes::version(environment.get("KUBERNETES_EXEC_INFO").as_deref());
            if let Some(complaint) = complaint {
                hint(complaint);
            }
            let end = kubernetes::end(request.now, is_own.then_some(lifetime), credentials.expiration);
            Ok(kubernetes::credential(version, &token, end))
        }
    }
}
