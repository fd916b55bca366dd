//! Aliases of the command line: a word of `~/.aws/cli/alias` stands for other words, or with `!` for a script.
//!
//! An alias is followed once: a word that leads back to itself means the command of that name, as `sts = sts --region x`
//! does with AWS's command.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use locum_credentials::{Aliases, split_words};

use super::args::{Split, split};
use super::config::Environment;
use super::errors::Failure;
use super::options;

/// Options that no alias may set.
const REFUSED: [&str; 2] = ["debug", "profile"];

/// A command line up to the word that names a service or an operation.
#[derive(Debug)]
pub(crate) struct Line {
    /// The global options, parallel to their table.
    pub(crate) values: Vec<Option<Vec<String>>>,
    /// The word.
    pub(crate) command: String,
    /// What follows.
    pub(crate) rest: Vec<String>,
}

/// Where a command line leads.
#[derive(Debug)]
pub(crate) enum Way {
    /// To a command, with the options that aliases added.
    Command(Line),
    /// To a script of the user's, with its arguments.
    Script(String),
}

/// Reads the aliases of the user.
pub(crate) fn load(environment: &Environment) -> Result<Aliases, Failure> {
    Aliases::load(environment).map_err(|error| Failure::General(error.to_string()))
}

impl Line {
    /// Reads a line up to the service.
    pub(crate) fn read(words: &[String]) -> Result<Self, Failure> {
        let Split {
            values,
            positional,
            rest,
        } = split(words, &options::flags(), Some("command"))?;
        Ok(Self {
            values,
            command: positional.unwrap_or_default(),
            rest,
        })
    }

    /// Goes on to the operation.
    pub(crate) fn operation(self) -> Result<Self, Failure> {
        let Split { positional, rest, .. } = split(&self.rest, &[], Some("operation"))?;
        Ok(Self {
            values: self.values,
            command: positional.unwrap_or_default(),
            rest,
        })
    }

    /// Follows the aliases of the top level, or those of a command.
    pub(crate) fn follow(mut self, aliases: &Aliases, of: Option<&str>) -> Result<Way, Failure> {
        let mut followed: Vec<String> = Vec::new();
        while !followed.contains(&self.command) {
            let found = aliases.get(of, &self.command);
            let found = found.map_err(|error| Failure::General(error.to_string()))?;
            let Some(stands_for) = found else { break };
            if let Some(script) = stands_for.strip_prefix('!') {
                let quoted = self.rest.iter().map(|word| quote(word));
                let words: Vec<String> = std::iter::once(script.to_owned()).chain(quoted).collect();
                return Ok(Way::Script(words.join(" ")));
            }
            let mut words = split_words(stands_for).map_err(|error| {
                Failure::General(format!(
                    "Value of alias \"{}\" could not be parsed. Received error: {error} when parsing:\n{stands_for}",
                    self.command
                ))
            })?;
            // The options of the top level are read with a service before them.
            words.splice(..0, of.map(str::to_owned));
            let mut inner = Self::read(&words)?;
            if of.is_some() {
                inner = inner.operation()?;
            }
            self = self.replaced_by(inner, &mut followed)?;
        }
        Ok(Way::Command(self))
    }

    fn replaced_by(mut self, inner: Self, followed: &mut Vec<String>) -> Result<Self, Failure> {
        let flags = options::flags();
        for ((slot, flag), value) in self.values.iter_mut().zip(&flags).zip(inner.values) {
            let Some(value) = value else { continue };
            if REFUSED.contains(&flag.name.as_str()) {
                return Err(Failure::General(format!(
                    "Global parameter \"--{}\" detected in alias \"{}\" which is not support in subcommand aliases.",
                    flag.name, self.command
                )));
            }
            *slot = Some(value);
        }
        followed.push(self.command);
        let mut rest = inner.rest;
        rest.append(&mut self.rest);
        Ok(Self {
            values: self.values,
            command: inner.command,
            rest,
        })
    }
}

/// Becomes the shell that runs a script; returns only if there is none.
pub(crate) fn become_script(script: &str) -> Failure {
    let error = Command::new("sh").arg("-c").arg(script).exec();
    Failure::General(format!(
        "The shell that runs the alias cannot be started: {error}"
    ))
}

/// Quotes a word for a POSIX shell, those that need it.
fn quote(word: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !word.is_empty() && word.bytes().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\"'\"'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
[toplevel]
whoami = sts get-caller-identity
ids = whoami --output text
sts = sts --region eu-west-1
loop = pool
pool = loop
sh = !printf '%s\\n'
broken = sts 'x
spy = sts --debug
quiet = --no-cli-pager
[command sts]
me = get-caller-identity --query Arn --region us-west-2
get-caller-identity = get-caller-identity --output yaml
as = assume-role --profile other
";

    fn follow(line: &str, of: Option<&str>) -> Result<String, String> {
        let aliases = Aliases::of(FILE).unwrap();
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let line = Line::read(&words).and_then(|line| if of.is_some() { line.operation() } else { Ok(line) });
        let way = line.and_then(|line| line.follow(&aliases, of));
        match way.map_err(|failure| failure.to_string())? {
            Way::Script(script) => Ok(format!("!{script}")),
            Way::Command(line) => {
                let flags = options::flags();
                let mut shown = vec![line.command.clone()];
                for (flag, value) in flags.iter().zip(&line.values) {
                    if let Some(value) = value {
                        shown.push(format!("--{}={}", flag.name, value.join(",")));
                    }
                }
                shown.extend(line.rest);
                Ok(shown.join(" "))
            }
        }
    }

    #[test]
    fn words_stand_for_other_words() {
        for (line, expected) in [
            ("iam list-users", "iam list-users"),
            (
                "whoami --query Arn",
                "sts --query=Arn --region=eu-west-1 get-caller-identity",
            ),
            (
                "ids --output json",
                "sts --output=text --region=eu-west-1 get-caller-identity",
            ),
            ("sts x --region z", "sts --region=eu-west-1 x"),
            ("loop x", "loop x"),
            ("sh a --region x it's", "!printf '%s\\n' a 'it'\"'\"'s'"),
        ] {
            assert_eq!(follow(line, None).as_deref(), Ok(expected), "{line}");
        }
        for (line, expected) in [
            (
                "sts me --output text",
                "get-caller-identity --output=yaml --query=Arn --region=us-west-2",
            ),
            ("sts get-caller-identity x", "get-caller-identity --output=yaml x"),
            ("sts assume-role x", "assume-role x"),
        ] {
            assert_eq!(follow(line, Some("sts")).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn some_aliases_are_refused() {
        for (line, of, expected) in [
            (
                "broken",
                None,
                "Value of alias \"broken\" could not be parsed. Received error: No closing quotation",
            ),
            (
                "spy",
                None,
                "Global parameter \"--debug\" detected in alias \"spy\"",
            ),
            (
                "sts as",
                Some("sts"),
                "Global parameter \"--profile\" detected in alias \"as\"",
            ),
            (
                "quiet",
                None,
                "An error occurred (ParamValidation): the following arguments are required: command",
            ),
        ] {
            let error = follow(line, of).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, quoted) in [
            ("a/b:c=d", "a/b:c=d"),
            ("", "''"),
            ("$(x)", "'$(x)'"),
            ("a b", "'a b'"),
            ("é", "'é'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }
}
