//! `locum policy`: questions about policies that need no service, only the documents.

pub(crate) mod explain;
mod json;
mod options;
mod sarif;
mod simulate;
pub(crate) mod source;
mod text;
mod validate;

use std::{ffi::OsString, io, process::ExitCode};

use crate::outcome::{USAGE, asks_for_help, hint, write_out};

/// A command of `locum policy`.
struct Command {
    name: &'static str,
    doc: &'static str,
    run: fn(Vec<OsString>) -> ExitCode,
}

const COMMANDS: [Command; 3] = [
    Command {
        name: "explain",
        doc: "Tell what a decoded authorization message says.",
        run: explain::run,
    },
    Command {
        name: "simulate",
        doc: "Tell what policies in files would make of a request, or test them.",
        run: simulate::run,
    },
    Command {
        name: "validate",
        doc: "Tell the errors, warnings and suggestions about policies in files.",
        run: validate::run,
    },
];

/// Runs `locum policy …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    let named = words
        .first()
        .and_then(|word| COMMANDS.iter().find(|command| word == command.name));
    match (named, words.first()) {
        (Some(command), _) => (command.run)(words.into_iter().skip(1).collect()),
        (None, _) if asks_for_help(words.get(..1).unwrap_or_default()) => print(&help(), ExitCode::SUCCESS),
        (None, Some(word)) => refuse(&format!(
            "{} is not known here; run `locum policy --help`",
            word.display()
        )),
        (None, None) => refuse("say what to do; run `locum policy --help`"),
    }
}

fn help() -> String {
    let rows = COMMANDS.map(|command| format!("  {:12}{}\n", command.name, command.doc));
    format!(
        "locum policy: questions about policies\n\nUSAGE\n  locum policy <command> [options]\n\nCOMMANDS\n{}\n\
         Run `locum policy <command> --help` for the options of a command.\n",
        rows.concat()
    )
}

/// Tells what is wrong with the command line or with a file.
fn refuse(text: &str) -> ExitCode {
    hint(text);
    ExitCode::from(USAGE)
}

/// Prints a result and ends with `code`. A reader that went away has seen enough.
fn print(text: &str, code: ExitCode) -> ExitCode {
    match write_out(text) {
        Ok(()) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        Err(error) => refuse(&format!("cannot write to standard output: {error}")),
    }
}
