//! `locum revoke`: ends sessions before they run out.
//!
//! It calls RevokeSessions, which only locum has. AWS's way is a policy against older sessions, and whoever asks there is
//! told so.

mod options;
mod principal;

use std::ffi::OsString;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use self::options::{Options, OptionsError, parse};
use self::principal::Principal;
use crate::caller::Caller;
use crate::cli::{config, credentials::Credentials, errors::Failure, prompt::Terminal};
use crate::outcome::{FAILED, Refusal, USAGE, answer, status};

/// How often a call is tried: a revocation that was stored already is stored once more to no effect.
const ATTEMPTS: u32 = 3;

/// Why nothing was revoked, as far as is known.
#[derive(Debug, thiserror::Error)]
enum RevokeError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(
        "{0} cannot revoke sessions. In AWS, give the role or user an inline policy that denies everything to sessions of \
         before, such as AWSRevokeOlderSessions, which IAM's console makes: a Deny of * on * under the condition \
         DateLessThan aws:TokenIssueTime. If you mean locum, say where it is, with --endpoint-url or AWS_ENDPOINT_URL"
    )]
    NotThere(&'static str),
    #[error("{}", .0.sentence())]
    Call(Box<Failure>),
    #[error("the service does not say whose credentials these are")]
    Identity,
    #[error("the service answered, but not until when sessions are revoked")]
    Answer,
}

impl From<Failure> for RevokeError {
    fn from(failure: Failure) -> Self {
        Self::Call(Box::new(failure))
    }
}

impl RevokeError {
    /// Tells a service that has no such operation from one that refused it.
    fn of_call(failure: Failure) -> Self {
        match &failure {
            Failure::Service { code, .. }
                if matches!(
                    &**code,
                    "UnknownOperationException" | "InvalidAction" | "UnknownOperation" | "Unknown"
                ) =>
            {
                Self::NotThere("the service")
            }
            _ => failure.into(),
        }
    }
}

impl Refusal for RevokeError {
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
    answer(words, options::help, revoke)
}

fn revoke(words: Vec<OsString>) -> Result<String, RevokeError> {
    let Options {
        principal,
        issued_before,
        json,
        caller,
    } = parse(words)?;
    let environment = config::environment()?;
    let caller = Caller::open(&caller, &environment)?;
    if caller.custom_url()?.is_none() {
        return Err(RevokeError::NotThere("AWS"));
    }
    let mut signer = caller.credentials()?;
    let arn = match principal {
        Principal::Arn(arn) => arn,
        Principal::Own(resource) => {
            let identity;
            (identity, signer) = caller.sts_by(&Terminal, "GetCallerIdentity", &Map::new(), &signer)?;
            Principal::of_account(&resource, &identity).ok_or(RevokeError::Identity)?
        }
    };
    let mut parameters = json!({ "PrincipalArn": arn });
    if let (Some(time), Some(members)) = (issued_before, parameters.as_object_mut()) {
        members.insert("IssuedBefore".to_owned(), time.as_second().into());
    }
    let remote = caller.remote()?;
    let send = |signer: &Credentials| remote.send("locum", "RevokeSessions", &parameters, signer, ATTEMPTS);
    let answer = match send(&signer) {
        // Whoever revokes the role that he works in has its session no longer.
        Err(failure) => {
            let again = match &failure {
                Failure::Service { code, .. } => caller.credentials_again(code)?,
                _ => None,
            };
            again.map_or(Err(failure), |again| send(&again))
        }
        sent => sent,
    };
    let answer = answer.map_err(RevokeError::of_call)?;
    told(&arn, &answer, json).ok_or(RevokeError::Answer)
}

/// What no longer counts: a line, or JSON for a program.
fn told(arn: &str, answer: &Value, json: bool) -> Option<String> {
    let second = answer.get("RevokedBefore")?.as_i64()?;
    let time = Timestamp::from_second(second).ok()?;
    if json {
        let document = json!({ "principalArn": arn, "revokedBefore": time.to_string() });
        return Some(format!("{document:#}\n"));
    }
    let provider = [":saml-provider/", ":oidc-provider/"]
        .iter()
        .any(|kind| arn.contains(kind));
    Some(if provider {
        format!("What {arn} vouched for up to {time} no longer counts.\n")
    } else {
        format!("Sessions of {arn} that were issued up to {time} no longer count.\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> Failure {
        Failure::Service {
            code: code.into(),
            message: "no".into(),
            operation: "RevokeSessions",
            retried: String::new(),
            authorization_message: None,
            request_index: None,
        }
    }

    #[test]
    fn whoever_has_no_such_operation_is_not_locum() {
        for (code, there) in [
            ("UnknownOperationException", false),
            ("InvalidAction", false),
            ("AccessDenied", true),
            ("NoSuchEntity", true),
            ("ValidationException", true),
        ] {
            let error = RevokeError::of_call(refused(code));
            assert_eq!(error.exit_code(), FAILED);
            assert_eq!(
                error.to_string().contains("AWSRevokeOlderSessions"),
                !there,
                "{code}"
            );
        }
    }

    #[test]
    fn one_line_tells_what_ended() {
        let answer = json!({ "RevokedBefore": 1_795_342_830 });
        for (arn, line) in [
            (
                "arn:aws:iam::111122223333:role/worker",
                "Sessions of arn:aws:iam::111122223333:role/worker that were issued up to 2026-11-22T10:20:30Z no longer \
                 count.\n",
            ),
            (
                "arn:aws:iam::111122223333:saml-provider/idp",
                "What arn:aws:iam::111122223333:saml-provider/idp vouched for up to 2026-11-22T10:20:30Z no longer \
                 counts.\n",
            ),
        ] {
            assert_eq!(told(arn, &answer, false).unwrap(), line);
            let document: Value = serde_json::from_str(&told(arn, &answer, true).unwrap()).unwrap();
            let expected = json!({ "principalArn": arn, "revokedBefore": "2026-11-22T10:20:30Z" });
            assert_eq!(document, expected);
        }
        for json in [false, true] {
            assert_eq!(told("a", &json!({}), json), None);
        }
    }
}
