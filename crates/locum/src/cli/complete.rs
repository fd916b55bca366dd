//! `locum complete`: what the word under the cursor may become, for the shells' scripts.
//!
//! Two callers are served: a shell that names itself and gives the words up to the cursor, the last of them the one being
//! typed; and `complete -C 'locum complete' …` of bash, which gives the line in `COMP_LINE` and `COMP_POINT`. Nothing is
//! asked of any host. Whatever goes wrong, there are fewer candidates and no message in the middle of somebody's line.

mod engine;
mod own;
mod regions;
mod surroundings;
mod typed;
mod words;

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use self::engine::{Candidate, World as _, candidates, names_another_service};
use self::surroundings::Surroundings;
use super::program::{Name, Program};
use super::{forward, stream};

/// The word that asks for candidates; it is not in the help.
pub(crate) const WORD: &str = "complete";
/// AWS's completer, which knows the services that this program does not.
const AWS_COMPLETER: &str = "aws_completer";

/// Prints the candidates, one a line. `words` starts with [`WORD`].
pub(crate) fn run(words: &[OsString], commands: &[(&str, &str)]) -> ExitCode {
    let words: Vec<String> = words
        .iter()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let printed = match std::env::var("COMP_LINE") {
        Ok(line) => of_line(&line, &words, commands),
        Err(_) => of_words(&words, commands),
    };
    // A shell that has gone away needs no candidates.
    let _ = stream::print(&printed, None);
    ExitCode::SUCCESS
}

/// Candidates for a line; `given` is what bash adds: the command, the part of the word that it will replace, and the
/// word before.
fn of_line(line: &str, given: &[String], commands: &[(&str, &str)]) -> String {
    let point = std::env::var("COMP_POINT")
        .ok()
        .and_then(|point| point.parse().ok());
    let shown: String = line.chars().take(point.unwrap_or(usize::MAX)).collect();
    let line = words::split(&shown);
    let Some((first, rest)) = line.words.split_first() else {
        return String::new();
    };
    let program = program(first, commands);
    if program.name == Name::Aws
        && names_another_service(rest)
        && let Some(completer) = forward::installed(AWS_COMPLETER)
    {
        // It reads the same variables.
        let _ = Command::new(completer).args(given).exec();
    }
    let current = rest.last().map(String::as_str).unwrap_or_default();
    // To bash, a word ends at `=` and `:`, and only what follows them is replaced.
    let replaced = given.get(1).map_or(current, String::as_str);
    let kept = current.strip_suffix(replaced).unwrap_or_default();
    let found = candidates(&program, rest, &Surroundings::of_process());
    let described = given.first().is_some_and(|shell| shell == "powershell");
    let lines = found.iter().filter_map(|candidate| {
        let text = candidate.text.strip_prefix(kept)?;
        Some(match described {
            true => format!("{}\t{}\n", words::quoted_for_powershell(text), candidate.doc),
            false if line.in_quote => format!("{text}\n"),
            false => format!("{}\n", words::escaped(text)),
        })
    });
    lines.collect()
}

/// Candidates for words; the first names the shell.
fn of_words(words: &[String], commands: &[(&str, &str)]) -> String {
    let [shell, first, rest @ ..] = words else {
        return String::new();
    };
    let surroundings = Surroundings::of_process();
    let mut found = candidates(&program(first, commands), rest, &surroundings);
    if found.is_empty() && shell == "fish" {
        // The other shells complete the names of files themselves.
        let current = rest.last().map(String::as_str).unwrap_or_default();
        let paths = surroundings.paths(current).into_iter();
        found.extend(paths.filter(|_| !current.starts_with('-')).map(Candidate::plain));
    }
    found
        .iter()
        .map(|Candidate { text, doc }| match shell.as_str() {
            "zsh" => format!("{}:{doc}\n", text.replace('\\', "\\\\").replace(':', "\\:")),
            _ => format!("{text}\t{doc}\n"),
        })
        .collect()
}

fn program<'a>(typed: &str, commands: &'a [(&'a str, &'a str)]) -> Program<'a> {
    let name = Path::new(typed).file_name();
    Program {
        name: Name::of(name),
        commands,
    }
}
