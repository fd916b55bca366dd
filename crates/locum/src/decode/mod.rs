//! `locum decode`: why a request was denied, from the encoded message that came with the denial.
//!
//! ```text
//! words, standard input ─▶ find ─▶ DecodeAuthorizationMessage ─▶ policy::explain ─▶ a page, or JSON
//!                            └─ decoded already ─────────────────────▲
//! ```

pub(crate) mod find;
mod options;

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use serde_json::{Map, Value};

use self::find::{Found, MOST};
use self::options::{OptionsError, parse};
use crate::caller::Caller;
use crate::cli::{config, errors::Failure};
use crate::outcome::{FAILED, Refusal, USAGE, answer, hint, status};
use crate::policy::{
    explain::{Message, MessageError},
    source::{self, SourceError},
};

const INVALID: &str = "InvalidAuthorizationMessageException";

/// Why nothing was told.
#[derive(Debug, thiserror::Error)]
enum DecodeError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("what was given is not a decoded message, and no encoded one is in it: {0}")]
    Document(MessageError),
    #[error(
        "no authorization message was found; give the whole error text, or the message alone, as it stands there after \
         \"Encoded authorization failure message:\""
    )]
    NotFound,
    #[error("more than {MOST} messages were found; give fewer at a time")]
    TooMany,
    #[error(
        "the message cannot be decoded: it is cut or changed, it is too old, or another service than the one asked made it \
         ({0})"
    )]
    Invalid(String),
    #[error(
        "{0}. Ask somebody who has sts:DecodeAuthorizationMessage in this account, and give them the message"
    )]
    Denied(String),
    #[error("{}", .0.sentence())]
    Call(Box<Failure>),
    #[error("what the service decoded cannot be read: {0}")]
    Answer(MessageError),
}

impl From<Failure> for DecodeError {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::Service { code, .. } if code == INVALID => Self::Invalid(failure.to_string()),
            Failure::Service { code, .. } if code == "AccessDenied" => Self::Denied(failure.to_string()),
            _ => Self::Call(Box::new(failure)),
        }
    }
}

impl Refusal for DecodeError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) | Self::Source(_) | Self::Document(_) | Self::NotFound | Self::TooMany => USAGE,
            Self::Call(failure) => status(failure),
            _ => FAILED,
        }
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(words, options::help, decode)
}

fn decode(words: Vec<OsString>) -> Result<String, DecodeError> {
    let options = parse(words)?;
    let text = match options.words.as_slice() {
        [] => pasted()?,
        [word] if word == "-" => pasted()?,
        words => words.join(" "),
    };
    let explained = |message: &Message| {
        if options.json {
            format!("{:#}\n", message.document())
        } else {
            message.page()
        }
    };
    if text.trim_start().starts_with(['{', '[', '"']) {
        match Message::read(&text) {
            Ok(message) => return Ok(explained(&message)),
            // It may be an event or an answer with an encoded message in it.
            Err(error) if find::messages(&text).is_empty() => return Err(DecodeError::Document(error)),
            Err(_) => {}
        }
    }
    let found = find::messages(&text);
    match found.len() {
        0 => return Err(DecodeError::NotFound),
        1..=MOST => {}
        _ => return Err(DecodeError::TooMany),
    }
    let environment = config::environment()?;
    let caller = Caller::open(&options.caller, &environment)?;
    let signer = caller.credentials_for("DecodeAuthorizationMessage")?;
    let ask = |message: &str| {
        let mut parameters = Map::new();
        parameters.insert("EncodedMessage".to_owned(), Value::from(message));
        caller.sts("DecodeAuthorizationMessage", &parameters, Some(&signer))
    };
    let mut pages = Vec::new();
    for one in &found {
        let answer = ask_for(one, &ask)?;
        let message = Message::read(&answer.to_string()).map_err(DecodeError::Answer)?;
        pages.push(explained(&message));
    }
    Ok(pages.join("\n"))
}

/// Has a message decoded by its readings.
fn ask_for(found: &Found, ask: &dyn Fn(&str) -> Result<Value, Failure>) -> Result<Value, DecodeError> {
    match (ask(&found.message), &found.or) {
        (Err(Failure::Service { code, .. }), Some(other)) if code == INVALID => Ok(ask(other)?),
        (answer, _) => Ok(answer?),
    }
}

fn pasted() -> Result<String, DecodeError> {
    if io::stdin().is_terminal() {
        hint("paste the error text, and end it with Ctrl-D on a line of its own");
    }
    Ok(source::read(OsStr::new("-"))?.text)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn refused(code: &str) -> Failure {
        Failure::Service {
            code: code.into(),
            message: "no".into(),
            operation: "DecodeAuthorizationMessage",
            retried: String::new(),
            authorization_message: None,
            request_index: None,
        }
    }

    #[test]
    fn a_doubtful_message_is_asked_twice_at_most() {
        let found = Found {
            message: "likely".into(),
            or: Some("other".into()),
        };
        for (good, asked_for, works) in [
            ("likely", &["likely"][..], true),
            ("other", &["likely", "other"], true),
            ("neither", &["likely", "other"], false),
        ] {
            let asked = RefCell::new(Vec::new());
            let answer = ask_for(&found, &|message| {
                asked.borrow_mut().push(message.to_owned());
                let answer = (message == good).then(|| Value::from("x"));
                answer.ok_or_else(|| refused(INVALID))
            });
            assert_eq!(
                (asked.into_inner(), answer.is_ok()),
                (asked_for.iter().map(|s| (*s).to_owned()).collect(), works)
            );
        }
        let denied = ask_for(&found, &|_| Err(refused("AccessDenied")));
        assert!(matches!(denied, Err(DecodeError::Denied(_))));
    }
}
