//! How a command ends when it fails: the exit codes and sentences of AWS CLI v2 (`facts: cli §1.6`).
//!
//! Every module of the command line returns this one type, so the mapping from a failure to what a script sees stands
//! in one place. The sentences keep the `aws: [ERROR]: ` prefix, because scripts match on it.

use std::fmt::Write as _;

use super::program::Name;
use crate::decode::find;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line itself is wrong; the usage follows the sentence.
    #[error("An error occurred (ParamValidation): {0}")]
    Usage(String),
    /// Options that nothing declares; the usage precedes the sentence.
    #[error("Unknown options: {}", .0.join(", "))]
    UnknownOptions(Vec<String>),
    /// A parameter, file or query that cannot be sent.
    #[error("An error occurred (ParamValidation): {0}")]
    Validation(String),
    /// No credentials were found anywhere.
    #[error(
        "An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running \
         \"aws login\"."
    )]
    NoCredentials,
    /// No region was found anywhere.
    #[error(
        "An error occurred (NoRegion): You must specify a region. You can also configure your region by running \
         \"aws configure\"."
    )]
    NoRegion,
    /// The configuration asks for something that is wrong or not supported.
    #[error("An error occurred (Configuration): {0}")]
    Configuration(String),
    /// The service answered with an error.
    #[error("An error occurred ({code}) when calling the {operation} operation{retried}: {message}")]
    Service {
        /// The code of the service.
        code: String,
        /// The message of the service.
        message: String,
        /// The operation that was called.
        operation: &'static str,
        /// ` (reached max retries: 2)`, or nothing.
        retried: String,
        /// The sealed explanation that came with a denial.
        authorization_message: Option<String>,
        /// Which request of a transaction it is about.
        request_index: Option<u32>,
    },
    /// Anything else.
    #[error("{0}")]
    General(String),
}

/// What commands of our own say of an answer that is no service's: of another server, or of another path.
pub(crate) const ELSEWHERE: &str =
    "what answers there is not what was called; look at the endpoint's address and path";

/// What commands of our own say besides where a service took a signature's time for wrong.
pub(crate) const CLOCK: &str =
    "see whether the clock of this machine is right; `locum doctor --online` compares it";

/// Tells whether a service says that a signature is of another time than its own.
pub(crate) fn is_about_the_clock(message: &str) -> bool {
    ["Signature not yet current: ", "Signature expired: "]
        .into_iter()
        .any(|start| message.starts_with(start))
}

impl Failure {
    /// Tells whether the command line is what is wrong, which has a status of its own.
    pub(crate) const fn is_mistyped(&self) -> bool {
        matches!(
            self,
            Self::Usage(_) | Self::UnknownOptions(_) | Self::Validation(_)
        )
    }

    /// Returns the exit code.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::UnknownOptions(_) | Self::Validation(_) => 252,
            Self::NoCredentials | Self::NoRegion | Self::Configuration(_) => 253,
            Self::Service { .. } => 254,
            Self::General(_) => 255,
        }
    }

    /// Returns the code and the message apart, for the formats that have them apart; `None` of a failure without a code.
    pub(crate) fn code_and_message(&self, name: Name) -> Option<(&str, String)> {
        let code = match self {
            Self::Usage(_) | Self::Validation(_) => "ParamValidation",
            Self::NoCredentials => "NoCredentials",
            Self::NoRegion => "NoRegion",
            Self::Configuration(_) => "Configuration",
            Self::Service { code, .. } => code,
            Self::UnknownOptions(_) | Self::General(_) => return None,
        };
        let message = match self {
            Self::Usage(text) => format!("{text}\n\n{}", name.usage()),
            Self::Service { message, .. } => message.clone(),
            other => {
                let text = other.to_string();
                let prefix = format!("An error occurred ({code}): ");
                text.strip_prefix(&prefix).unwrap_or(&text).to_owned()
            }
        };
        Some((code, message))
    }

    /// Tells whether what answered is no service of this shape: no error of one is without code and message.
    pub(crate) fn is_from_elsewhere(&self) -> bool {
        matches!(self, Self::Service { code, message, .. } if code == "Unknown" && message == "Unknown")
    }

    /// Returns the sentence for commands of our own, on one line: only what a service said is introduced as scripts of `aws`
    /// expect it.
    pub(crate) fn sentence(&self) -> String {
        match self {
            // A heading, and what is wrong line by line.
            Self::Usage(text) | Self::Validation(text) | Self::Configuration(text) => {
                text.replacen(":\n", ": ", 1).replace('\n', "; ")
            }
            Self::NoCredentials => {
                "Unable to locate credentials. `locum doctor` tells where was looked, and how to give some."
                    .to_owned()
            }
            Self::Service { .. } if self.is_from_elsewhere() => format!("{self}: {ELSEWHERE}"),
            Self::Service { message, .. } if is_about_the_clock(message) => format!("{self}: {CLOCK}"),
            Self::NoRegion => {
                let told = self.to_string();
                told.split_once("): ")
                    .map_or_else(|| told.clone(), |(_, rest)| rest.to_owned())
            }
            Self::UnknownOptions(_) | Self::Service { .. } | Self::General(_) => self.to_string(),
        }
    }

    /// The encoded explanation of a denial: locum's comes with it, that of EC2 and others in its sentence.
    pub(crate) fn sealed(&self) -> Option<String> {
        let Self::Service {
            message,
            authorization_message,
            ..
        } = self
        else {
            return None;
        };
        // Quoting is not needed: what is not plain base64 text is not offered for pasting into a shell.
        let is_plain = |sealed: &str| {
            sealed
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b))
        };
        let attached = authorization_message.clone().filter(|sealed| is_plain(sealed));
        attached.or_else(|| find::in_sentence(message))
    }
}

/// Replaces control characters other than line feed and tab, and direction marks, so that a server cannot drive the
/// terminal or turn its text around.
pub(crate) fn escape_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(sealed: &str) -> Failure {
        Failure::Service {
            code: "AccessDenied".into(),
            message: "no".into(),
            operation: "AssumeRole",
            retried: String::new(),
            authorization_message: Some(sealed.into()),
            request_index: None,
        }
    }

    #[test]
    fn exit_codes_are_those_of_aws() {
        assert_eq!(Failure::Usage(String::new()).exit_code(), 252);
        assert_eq!(Failure::NoRegion.exit_code(), 253);
        assert_eq!(denied("x").exit_code(), 254);
        assert_eq!(Failure::General(String::new()).exit_code(), 255);
    }

    #[test]
    fn codes_and_messages_come_apart() {
        for failure in [
            Failure::NoCredentials,
            Failure::NoRegion,
            Failure::Configuration("x".into()),
            Failure::Validation("x".into()),
        ] {
            let (code, message) = failure.code_and_message(Name::Aws).unwrap();
            assert_eq!(
                failure.to_string(),
                format!("An error occurred ({code}): {message}")
            );
        }
        assert_eq!(
            denied("x").code_and_message(Name::Aws),
            Some(("AccessDenied", "no".to_owned()))
        );
        assert_eq!(Failure::General("x".into()).code_and_message(Name::Aws), None);
    }

    #[test]
    fn commands_of_our_own_say_it_in_a_line() {
        for (failure, sentence) in [
            (
                Failure::Validation("Parameter validation failed:\nno a\nno b".into()),
                "Parameter validation failed: no a; no b",
            ),
            (Failure::Usage("--x needs y".into()), "--x needs y"),
            (Failure::Configuration("x".into()), "x"),
            (
                Failure::NoRegion,
                "You must specify a region. You can also configure your region by running \"aws configure\".",
            ),
            (
                Failure::NoCredentials,
                "Unable to locate credentials. `locum doctor` tells where was looked, and how to give some.",
            ),
            (
                Failure::Service {
                    code: "Unknown".into(),
                    message: "Unknown".into(),
                    operation: "GetCallerIdentity",
                    retried: String::new(),
                    authorization_message: None,
                    request_index: None,
                },
                "An error occurred (Unknown) when calling the GetCallerIdentity operation: Unknown: what answers there is \
                 not what was called; look at the endpoint's address and path",
            ),
            (
                Failure::Service {
                    code: "SignatureDoesNotMatch".into(),
                    message: "Signature not yet current: a is still later than b".into(),
                    operation: "GetCallerIdentity",
                    retried: String::new(),
                    authorization_message: None,
                    request_index: None,
                },
                "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet \
                 current: a is still later than b: see whether the clock of this machine is right; `locum doctor --online` \
                 compares it",
            ),
            (Failure::General("a (x): b".into()), "a (x): b"),
            (
                denied("x"),
                "An error occurred (AccessDenied) when calling the AssumeRole operation: no",
            ),
        ] {
            assert_eq!(failure.sentence(), sentence);
        }
    }
}
