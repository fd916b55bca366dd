//! Accounts reached as a client: the caller's credentials, and sessions of a role in other accounts.

use std::collections::{HashMap, hash_map::Entry};
use std::time::Duration;

use locum_apply::{Api, ApiFailure, Caller};
use serde_json::{Value, json};

use super::{
    options::Connection,
    reach::{Reach, ReachError},
};
use crate::{
    caller,
    cli::{
        config,
        credentials::Credentials,
        errors::{CLOCK, ELSEWHERE, Failure, is_about_the_clock},
    },
    outcome::{FAILED, status},
    remote::Remote,
};

/// How often a call that only reads is tried.
const ATTEMPTS: u32 = 3;
/// How often a transaction is sent that others overtook.
const TURNS: u32 = 5;
/// What sessions in other accounts are called.
const SESSION_NAME: &str = "locum-apply";

/// Why there is no way to the service.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("{}", .0.sentence())]
    Failure(Box<Failure>),
    #[error(
        "say where locum is, with --endpoint-url or AWS_ENDPOINT_URL; AWS itself has no transactions, so there is nothing \
         to apply to"
    )]
    NoEndpoint,
    #[error("cannot tell who calls: {0}")]
    Caller(ApiFailure),
}

impl ConnectError {
    /// The exit status.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Failure(failure) => status(failure),
            _ => FAILED,
        }
    }
}

impl From<Failure> for ConnectError {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

/// A service and those who call it.
pub(super) struct Client {
    remote: Remote,
    caller: Caller,
    own: Credentials,
    access_role: String,
    sessions: HashMap<String, Credentials>,
}

impl Client {
    /// Finds the service and the credentials, and asks whose they are.
    pub(super) fn connect(connection: &Connection) -> Result<Self, ConnectError> {
        let environment = config::environment()?;
        let who = caller::Caller::open(&connection.caller, &environment)?;
        if who.custom_url()?.is_none() {
            return Err(ConnectError::NoEndpoint);
        }
        let mut own = who.credentials()?;
        let remote = who.remote()?;
        let ask = |credentials: &Credentials| {
            Caller::ask(&mut Calls {
                remote: &remote,
                credentials,
            })
        };
        let mut caller = ask(&own);
        if let Err(failure) = &caller
            && let Some(again) = who.credentials_again(&failure.code)?
        {
            own = again;
            caller = ask(&own);
        }
        Ok(Self {
            caller: caller.map_err(ConnectError::Caller)?,
            remote,
            own,
            access_role: connection.access_role().to_owned(),
            sessions: HashMap::new(),
        })
    }

    /// The calls in an account, whose role is assumed once.
    fn enter(&mut self, account: &str) -> Result<Calls<'_>, ReachError> {
        let (remote, own, caller) = (&self.remote, &self.own, &self.caller);
        let credentials = if account == caller.account {
            own
        } else {
            match self.sessions.entry(account.to_owned()) {
                Entry::Occupied(session) => session.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(assume(remote, own, caller, account, &self.access_role)?)
                }
            }
        };
        Ok(Calls { remote, credentials })
    }
}

/// A session of a role of another account.
fn assume(
    remote: &Remote,
    own: &Credentials,
    caller: &Caller,
    account: &str,
    role: &str,
) -> Result<Credentials, ReachError> {
    let closed = |reason| ReachError::Closed {
        account: account.to_owned(),
        role: role.to_owned(),
        reason,
    };
    let arn = format!("arn:{}:iam::{account}:role/{role}", caller.partition);
    let parameters = json!({"RoleArn": arn, "RoleSessionName": SESSION_NAME});
    let answer = remote.send("sts", "AssumeRole", &parameters, own, ATTEMPTS);
    let answer = answer.map_err(|failure| match &failure {
        // It is asked all the same: other services let a root user do it.
        Failure::Service { code, .. } if code == "AccessDenied" && caller.principal.is_none() => {
            ReachError::Root
        }
        _ => closed(failure.to_string()),
    })?;
    Credentials::of_answer(&answer).map_err(|member| closed(format!("the service's answer has no {member}")))
}

impl Reach for Client {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn may_enter_others(&self) -> Result<(), ReachError> {
        self.caller.principal.as_ref().map(|_| ()).ok_or(ReachError::Root)
    }

    fn api<'a>(&'a mut self, account: &str) -> Result<Box<dyn Api + 'a>, ReachError> {
        Ok(Box::new(self.enter(account)?))
    }

    fn transact(&mut self, account: &str, transaction: &Value) -> Result<(), ReachError> {
        let Calls { remote, credentials } = self.enter(account)?;
        // Once only: a second attempt after a lost answer would trip over what the first one stored.
        let send = || remote.send("locum", "ApplyTransaction", transaction, credentials, 1);
        let answer = in_turn(send, std::thread::sleep);
        match answer {
            Ok(_) => Ok(()),
            Err(Failure::Service {
                code,
                message,
                request_index,
                ..
            }) => Err(match (&*code, request_index) {
                ("UnknownOperationException" | "InvalidAction" | "UnknownOperation" | "Unknown", None) => {
                    ReachError::NoTransactions
                }
                _ => ReachError::Refused {
                    request: request_index.and_then(|index| index.try_into().ok()),
                    code,
                    message,
                },
            }),
            Err(other) => Err(ReachError::NoAnswer(other.to_string())),
        }
    }
}

/// Sends once more, a little later each time, what was overtaken by other writers: then the answer says that nothing of it
/// was stored.
fn in_turn<T>(
    mut send: impl FnMut() -> Result<T, Failure>,
    mut pause: impl FnMut(Duration),
) -> Result<T, Failure> {
    for turn in 1..TURNS {
        match send() {
            Err(Failure::Service { code, .. }) if code == "ConcurrentModificationException" => {
                pause(Duration::from_millis(200) * turn);
            }
            answer => return answer,
        }
    }
    send()
}

/// The calls of one caller.
struct Calls<'a> {
    remote: &'a Remote,
    credentials: &'a Credentials,
}

impl Api for Calls<'_> {
    fn call(&mut self, service: &str, action: &'static str, parameters: Value) -> Result<Value, ApiFailure> {
        let answer = self
            .remote
            .send(service, action, &parameters, self.credentials, ATTEMPTS);
        answer.map_err(|failure| {
            let elsewhere = failure.is_from_elsewhere();
            let (code, message) = match failure {
                Failure::Service { code, .. } if elsewhere => (code, ELSEWHERE.to_owned()),
                Failure::Service { code, message, .. } if is_about_the_clock(&message) => {
                    (code, format!("{message}: {CLOCK}"))
                }
                Failure::Service { code, message, .. } => (code, message),
                other => ("no answer".to_owned(), other.to_string()),
            };
            ApiFailure {
                action: action.to_owned(),
                code,
                message,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> Failure {
        Failure::Service {
            code: code.to_owned(),
            message: String::new(),
            operation: "ApplyTransaction",
            retried: String::new(),
            authorization_message: None,
            request_index: None,
        }
    }

    #[test]
    fn only_what_was_overtaken_is_sent_again() {
        let overtaken = "ConcurrentModificationException";
        for (codes, sent) in [
            (vec![], 1),
            (vec![overtaken], 2),
            (vec![overtaken; 4], 5),
            (vec![overtaken; 9], 5),
            (vec!["ServiceUnavailable"], 1),
            (vec![overtaken, "EntityAlreadyExists", overtaken], 2),
        ] {
            let (mut turns, mut pauses) = (0, 0);
            let answer = in_turn(
                || {
                    turns += 1;
                    codes.get(turns - 1).map_or(Ok(()), |code| Err(refused(code)))
                },
                |_| pauses += 1,
            );
            assert_eq!((turns, pauses), (sent, sent - 1));
            assert_eq!(answer.is_ok(), codes.len() < sent);
        }
    }
}
