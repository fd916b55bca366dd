//! The `locum` program: which word runs what.

mod cli;

use std::process::ExitCode;

/// The commands and their one line of help; each is routed below.
const COMMANDS: [(&str, &str); 1] = [(
    "sts",
    "Call an operation of a Security Token Service: locum's or AWS's.",
)];

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    // The options of a service's command may stand before it, so all that is no other command goes there.
    cli::run(words, &COMMANDS)
}
