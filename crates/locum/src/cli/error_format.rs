//! In which form standard error gets a failure: `--cli-error-format` (`facts: cli §1.6`).
//!
//! The setting is looked for when something has failed, not before: what failed may be the command line, or the files
//! that it stands in. Then the next place down decides. A value that is none is passed over in the environment and in the
//! files, as AWS's command does; on the command line it is a mistake.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::config::{Environment, Files, Profile};
use super::errors::{Failure, escape_controls};
use super::options::{self, Options};
use super::output::{Format, Look, render};
use super::program::Name;
use super::query::Query;
use super::{args, stream};

/// A form of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// A sentence, with the code of every failure that has one.
    Enhanced,
    /// A sentence; mistakes of the command line have no code.
    Legacy,
    /// Code and message in a format of results.
    Structured(Format),
}

impl ErrorFormat {
    /// The names, in the order of AWS's help.
    pub(crate) const NAMES: [&'static str; 6] = ["legacy", "json", "yaml", "text", "table", "enhanced"];

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "enhanced" => Self::Enhanced,
            "legacy" => Self::Legacy,
            "json" | "yaml" | "text" | "table" => Self::Structured(Format::named(name)?),
            _ => return None,
        })
    }
}

/// How a failure is told.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// The name in the usage.
    pub(crate) name: Name,
    /// The form.
    pub(crate) format: ErrorFormat,
    /// What of a failure that has a structure is told (`--query`).
    pub(crate) query: Option<String>,
    /// What a table needs to know.
    pub(crate) look: Look,
    /// Whether a person reads it.
    pub(crate) terminal: bool,
}

impl Manner {
    /// Finds out from whatever of the words, the environment and the files can be read.
    pub(crate) fn of(name: Name, words: &[String], environment: Option<&Environment>) -> Self {
        let options = args::split(words, &options::flags(), Some("command"))
            .map_or_else(|_| Options::default(), |split| Options::of(&split.values));
        let terminal = stream::stderr_is_terminal();
        let configured = || {
            let environment = environment?;
            environment.non_empty("AWS_CLI_ERROR_FORMAT").or_else(|| {
                let files = Files::load(environment).ok()?;
                let profile = Profile::choose(files, options.profile.as_deref(), environment).ok()?;
                profile.get("cli_error_format").map(str::to_owned)
            })
        };
        let named = options.error_format.clone().or_else(configured);
        let format = named.and_then(|name| ErrorFormat::named(&name.to_lowercase()));
        Self {
            name,
            format: format.unwrap_or(ErrorFormat::Enhanced),
            query: options.query.clone(),
            look: Look {
                width: stream::width(),
                colour: match options.color.as_deref() {
                    Some("on") => true,
                    Some("off") => false,
                    _ => terminal,
                },
            },
            terminal,
        }
    }

    /// Returns what standard error gets. On a terminal, control characters of a server are made harmless and a sealed
    /// explanation is announced.
    pub(crate) fn tell(&self, failure: &Failure) -> String {
        let clean = |text: String| {
            if self.terminal {
                escape_controls(&text)
            } else {
                text
            }
        };
        match (self.format, failure.code_and_message(self.name)) {
            (ErrorFormat::Structured(format), Some((code, message))) => {
                let fields = json!({"Code": clean(code.to_owned()), "Message": clean(message)});
                let asked = self.asked_of(&fields).unwrap_or(fields);
                render(format, "error", &asked, self.look)
            }
            (format, _) => {
                let mut text = clean(self.sentence(failure, format == ErrorFormat::Legacy));
                if let Some(sealed) = failure.sealed()
                    && self.terminal
                {
                    let _ = writeln!(text, "Why: locum decode {sealed}");
                }
                text
            }
        }
    }

    /// What the query finds in a failure. One that is meant for the result, or is wrong, finds nothing, and must not keep the
    /// failure from whoever waits for it.
    fn asked_of(&self, fields: &Value) -> Option<Value> {
        let query = Query::parse(self.query.as_deref()?).ok()?;
        query.apply(fields).ok().filter(|found| !is_nothing(found))
    }

    fn sentence(&self, failure: &Failure, legacy: bool) -> String {
        let usage = self.name.usage();
        let sentence = match failure.code_and_message(self.name) {
            Some((_, message)) if legacy && !matches!(failure, Failure::Service { .. }) => message,
            _ => match failure {
                Failure::Usage(_) => format!("{failure}\n\n{usage}"),
                other => other.to_string(),
            },
        };
        match failure {
            Failure::UnknownOptions(_) => format!("\n{usage}\naws: [ERROR]: {sentence}\n"),
            _ => format!("\naws: [ERROR]: {sentence}\n"),
        }
    }
}

/// Whether nothing was found, however it is arranged.
fn is_nothing(found: &Value) -> bool {
    match found {
        Value::Null => true,
        Value::Array(values) => values.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(failure: &Failure, format: &str, terminal: bool) -> String {
        asked(failure, format, None, terminal)
    }

    fn asked(failure: &Failure, format: &str, query: Option<&str>, terminal: bool) -> String {
        Manner {
            name: Name::Aws,
            format: ErrorFormat::named(format).unwrap(),
            query: query.map(str::to_owned),
            look: Look {
                width: 80,
                colour: false,
            },
            terminal,
        }
        .tell(failure)
    }

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
        let sentence = "\naws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation: no\u{1b}[2J\n";
        assert_eq!(told(&denied("abc"), "enhanced", false), sentence);
        assert_eq!(told(&denied("abc"), "legacy", false), sentence);
    }

    #[test]
    fn a_terminal_gets_a_hint_and_no_control_characters() {
        let report = told(&denied("AQ-_="), "enhanced", true);
        assert!(report.contains("no\\x1b[2J\n"), "{report}");
        assert!(report.ends_with("\nWhy: locum decode AQ-_=\n"), "{report}");
        assert!(!told(&denied("x"), "table", true).contains('\u{1b}'));
    }

    #[test]
    fn a_message_in_the_sentence_gets_a_hint_too() {
        let mut failure = denied("$(reboot)");
        if let Failure::Service { message, .. } = &mut failure {
            *message = "No. Encoded authorization failure message: -7i6cGIOHlTkIaWHQD0Q0m6 (x)".into();
        }
        let report = told(&failure, "enhanced", true);
        assert!(
            report.ends_with("\nWhy: locum decode -7i6cGIOHlTkIaWHQD0Q0m6\n"),
            "{report}"
        );
        assert!(!told(&failure, "enhanced", false).contains("Why:"));
    }

    #[test]
    fn a_sealed_message_that_a_shell_would_read_is_not_offered() {
        assert!(!told(&denied("$(reboot)"), "enhanced", true).contains("Why:"));
    }

    #[test]
    fn each_format_has_code_and_message() {
        let failure = Failure::Validation("bad \"x\"".into());
        for (format, expected) in [
            (
                "enhanced",
                "\naws: [ERROR]: An error occurred (ParamValidation): bad \"x\"\n",
            ),
            ("legacy", "\naws: [ERROR]: bad \"x\"\n"),
            (
                "json",
                "{\n    \"Code\": \"ParamValidation\",\n    \"Message\": \"bad \\\"x\\\"\"\n}\n",
            ),
            ("yaml", "Code: ParamValidation\nMessage: bad \"x\"\n"),
            ("text", "ParamValidation\tbad \"x\"\n"),
        ] {
            assert_eq!(told(&failure, format, false), expected, "{format}");
        }
        assert!(told(&failure, "table", false).contains("|  ParamValidation"));
    }

    #[test]
    fn a_query_finds_its_way_in_a_failure_or_leaves_it_whole() {
        let failure = Failure::Validation("bad".into());
        let whole = told(&failure, "json", false);
        for (query, expected) in [
            ("Code", "\"ParamValidation\"\n"),
            ("[Message, Code]", "[\n    \"bad\",\n    \"ParamValidation\"\n]\n"),
            ("Credentials.SessionToken", whole.as_str()),
            ("[Account, Arn]", &whole),
            ("{a: Account, b: [Arn]}", &whole),
            ("foo[", &whole),
            ("length(Account)", &whole),
        ] {
            assert_eq!(asked(&failure, "json", Some(query), false), expected, "{query}");
        }
        assert_eq!(asked(&failure, "text", Some("Code"), false), "ParamValidation\n");
        let sentence = told(&failure, "enhanced", false);
        assert_eq!(asked(&failure, "enhanced", Some("Code"), false), sentence);
        let cleaned = asked(&denied("x"), "text", Some("Message"), true);
        assert_eq!(cleaned, "no\\x1b[2J\n");
    }

    #[test]
    fn some_failures_have_no_structure() {
        for format in ["json", "yaml", "text", "table"] {
            let general = told(&Failure::General("x".into()), format, false);
            assert_eq!(general, "\naws: [ERROR]: x\n");
            let unknown = told(&Failure::UnknownOptions(vec!["--foo".into()]), format, false);
            assert!(
                unknown.starts_with("\nusage: aws [options] <command> <subcommand>")
                    && unknown.ends_with("\naws: [ERROR]: Unknown options: --foo\n"),
                "{unknown}"
            );
        }
        let usage = told(&Failure::Usage("x".into()), "json", false);
        assert!(
            usage.contains("\"Message\": \"x\\n\\nusage: aws [options]"),
            "{usage}"
        );
    }

    #[test]
    fn the_nearer_setting_wins_and_nonsense_is_passed_over() {
        let format = |words: &[&str], variables: &[(&str, &str)]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let mut all = vec![
                ("AWS_CONFIG_FILE", "/dev/null"),
                ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ];
            all.extend(variables);
            Manner::of(Name::Locum, &words, Some(&Environment::of(&all))).format
        };
        let yaml = ErrorFormat::Structured(Format::Yaml);
        assert_eq!(format(&["sts"], &[]), ErrorFormat::Enhanced);
        assert_eq!(format(&["sts"], &[("AWS_CLI_ERROR_FORMAT", "YAML")]), yaml);
        assert_eq!(
            format(&["sts"], &[("AWS_CLI_ERROR_FORMAT", "xml")]),
            ErrorFormat::Enhanced
        );
        let flag = ["sts", "--cli-error-format", "legacy", "x"];
        assert_eq!(
            format(&flag, &[("AWS_CLI_ERROR_FORMAT", "yaml")]),
            ErrorFormat::Legacy
        );
        assert_eq!(format(&["--cli-error-format", "xml"], &[]), ErrorFormat::Enhanced);
    }
}
