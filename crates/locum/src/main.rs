//! The `locum` program: which word runs what.

mod apply;
mod browser;
mod caller;
mod cli;
mod columns;
mod console;
mod decode;
mod doctor;
mod env;
mod exec;
mod handout;
mod ignored_signals;
mod keys;
mod login;
mod loopback;
mod outcome;
mod policy;
mod quickstart;
mod rekey;
mod remote;
mod revoke;
mod secure_url;
mod serve;
mod serve_credentials;
mod token;
mod vault;
mod whoami;

use std::ffi::OsString;
use std::process::ExitCode;

#[cfg(target_env = "musl")]
use locum_musl as _;
use mimalloc::MiMalloc;

use crate::cli::{Name, Program};

/// An eighth of a call's time and more went to the system's allocator (docs/decisions/0007-allocator.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A command of the program.
struct Command {
    /// The word that runs it.
    name: &'static str,
    /// Its line in the help.
    doc: &'static str,
    /// What it does with the words of the command line, its own name first.
    run: fn(Vec<OsString>) -> ExitCode,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        doc: "Run a Security Token Service on this machine.",
        run: |words| serve::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "rekey",
        doc: "Seal a service's store under another key.",
        run: |words| rekey::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "quickstart",
        doc: "Run one for a moment and show what it does.",
        run: |words| quickstart::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "apply",
        doc: "Make accounts what a file describes.",
        run: |words| apply::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "export",
        doc: "Write accounts as such a file.",
        run: |words| apply::export(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "revoke",
        doc: "End sessions before they run out.",
        run: |words| revoke::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "whoami",
        doc: "Tell who you are, in which account, and for how much longer.",
        run: |words| whoami::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "doctor",
        doc: "Tell which credentials win and why, and what is wrong.",
        run: |words| doctor::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "token",
        doc: "Prove to a Kubernetes cluster or to Vault who you are.",
        run: |words| token::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "decode",
        doc: "Tell why a request was denied, from the message in its error.",
        run: |words| decode::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "policy",
        doc: "Find what is wrong with policies, try them, and understand denials.",
        run: |words| policy::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "exec",
        doc: "Run a command with credentials.",
        run: |words| exec::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "env",
        doc: "Print credentials for a shell or a program.",
        run: |words| env::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "serve-credentials",
        doc: "Give out credentials on this machine, as containers and instances get them.",
        run: |words| serve_credentials::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "completion",
        doc: "Print the script that completes these commands in a shell.",
        run: |words| cli::completion(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "login",
        doc: "Sign in with a browser, by OpenID Connect or SAML, and keep the credentials.",
        run: |words| login::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "logout",
        doc: "Forget them.",
        run: |words| login::logout(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "console",
        doc: "Open the web console with the credentials at hand.",
        run: |words| console::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "keys",
        doc: "Keep long-term keys out of plain text.",
        run: |words| keys::run(words.into_iter().skip(1).collect()),
    },
    Command {
        name: "sts",
        doc: "Call an operation of a Security Token Service: locum's or AWS's.",
        run: call,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let name = Name::of(words.next().as_deref());
    let words: Vec<OsString> = words.collect();
    let words = match name {
        Name::Locum => page_meant(words),
        Name::Aws => words,
    };
    if words.first().is_some_and(|word| word == cli::complete::WORD) && name == Name::Locum {
        return cli::complete::run(&words, &commands());
    }
    let named = words
        .first()
        .filter(|_| name == Name::Locum)
        .and_then(|word| COMMANDS.iter().find(|command| word == command.name));
    // The options of a service's command may stand before it, so what starts with no command goes there as well.
    match named {
        Some(command) => (command.run)(words),
        None => call_as(name, &words),
    }
}

/// Turns `help serve` into `serve --help`, and likewise where a command has commands of its own: `help sts assume-role`,
/// `sts help assume-role`. What follows such a command is never run: it may be the name of something else.
fn page_meant(words: Vec<OsString>) -> Vec<OsString> {
    let texts: Vec<&str> = words.iter().map_while(|word| word.to_str()).collect();
    let (command, own) = match texts.as_slice() {
        ["help", command @ ("sts" | "policy"), own, ..] | [command @ ("sts" | "policy"), "help", own, ..]
            if !own.starts_with('-') =>
        {
            (*command, Some(*own))
        }
        ["help", command, ..] => (*command, None),
        _ => return words,
    };
    if !COMMANDS.iter().any(|known| known.name == command) {
        return words;
    }
    let page = [Some(command), own, Some("--help")];
    page.into_iter().flatten().map(OsString::from).collect()
}

fn call(words: Vec<OsString>) -> ExitCode {
    call_as(Name::Locum, &words)
}

fn call_as(name: Name, words: &[OsString]) -> ExitCode {
    let commands = commands();
    cli::run(
        words,
        &Program {
            name,
            commands: &commands,
        },
    )
}

/// The commands and their one line of help.
fn commands() -> Vec<(&'static str, &'static str)> {
    COMMANDS
        .iter()
        .map(|command| (command.name, command.doc))
        .collect()
}
