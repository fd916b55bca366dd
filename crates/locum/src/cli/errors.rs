//! How a command ends when it fails: the exit codes and sentences of AWS CLI v2 (`facts: cli §1.6`).
//!
//! Every module of the command line returns this one type, so the mapping from a failure to what a script sees stands
//! in one place. The sentences keep the `aws: [ERROR]: ` prefix, because scripts match on it.

use std::fmt::Write as _;

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

/// The command that shows the way out of a usage error.
pub(crate) const USAGE: &str = "usage: locum [options] sts <operation> [parameters]\n\
    To see help text, you can run:\n\n  locum help\n  locum sts help\n  locum sts <operation> help\n";

impl Failure {
    /// Returns the exit code.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::UnknownOptions(_) | Self::Validation(_) => 252,
            Self::NoCredentials | Self::NoRegion | Self::Configuration(_) => 253,
            Self::Service { .. } => 254,
            Self::General(_) => 255,
        }
    }

    /// Returns what standard error gets. On a terminal, control characters of a server are made harmless and a sealed
    /// explanation is announced.
    pub(crate) fn report(&self, terminal: bool) -> String {
        let sentence = self.to_string();
        let sentence = if terminal {
            escape_controls(&sentence)
        } else {
            sentence
        };
        let mut text = match self {
            Self::Usage(_) => format!("\naws: [ERROR]: {sentence}\n\n{USAGE}\n"),
            Self::UnknownOptions(_) => format!("\n{USAGE}\naws: [ERROR]: {sentence}\n"),
            _ => format!("\naws: [ERROR]: {sentence}\n"),
        };
        if let Some(sealed) = self.sealed()
            && terminal
        {
            let _ = writeln!(text, "Why: locum decode {sealed}");
        }
        text
    }

    /// The encoded explanation of a denial: locum's comes with it, that of EC2 and others in its sentence.
    fn sealed(&self) -> Option<String> {
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

/// Replaces control characters other than line feed and tab, so that a server cannot drive the terminal.
pub(crate) fn escape_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' && c != '\t' {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        } else {
            out.push(c);
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
            message: "no\u{1b}[2J".into(),
            operation: "AssumeRole",
            retried: String::new(),
            authorization_message: Some(sealed.into()),
            request_index: None,
        }
    }

    #[test]
    fn a_pipe_gets_the_message_as_it_came() {
        let report = denied("abc").report(false);
        assert_eq!(
            report,
            "\naws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation: no\u{1b}[2J\n"
        );
    }

    #[test]
    fn a_terminal_gets_a_hint_and_no_control_characters() {
        let report = denied("AQ-_=").report(true);
        assert!(report.contains("no\\x1b[2J\n"), "{report}");
        assert!(report.ends_with("\nWhy: locum decode AQ-_=\n"), "{report}");
    }

    #[test]
    fn a_message_in_the_sentence_gets_a_hint_too() {
        let mut failure = denied("$(reboot)");
        if let Failure::Service { message, .. } = &mut failure {
            *message = "No. Encoded authorization failure message: -7i6cGIOHlTkIaWHQD0Q0m6 (x)".into();
        }
        let report = failure.report(true);
        assert!(
            report.ends_with("\nWhy: locum decode -7i6cGIOHlTkIaWHQD0Q0m6\n"),
            "{report}"
        );
        assert!(!failure.report(false).contains("Why:"));
    }

    #[test]
    fn a_sealed_message_that_a_shell_would_read_is_not_offered() {
        assert!(!denied("$(reboot)").report(true).contains("Why:"));
    }

    #[test]
    fn exit_codes_are_those_of_aws() {
        assert_eq!(Failure::Usage(String::new()).exit_code(), 252);
        assert_eq!(Failure::NoRegion.exit_code(), 253);
        assert_eq!(denied("x").exit_code(), 254);
        assert_eq!(Failure::General(String::new()).exit_code(), 255);
    }
}
