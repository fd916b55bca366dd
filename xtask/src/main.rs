//! The project's own tasks: everything that continuous integration runs, a person runs with the same words.
//!
//! `cargo xtask test` needs a Rust toolchain, python3 and Node.js; what else it needs it installs, or says in one sentence.

mod architecture;
mod bench;
mod clients;
mod dist;
mod environment;
mod error;
mod fuzz;
mod guided;
mod instructions;
mod node;
mod packages;
mod places;
mod steps;
mod tool;

use error::TaskError;
use lexopt::Arg;
use std::ffi::OsString;
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;
use steps::Steps;
use tool::Tool;

const USAGE: &str = "\
Usage: cargo xtask <task>

  test          everything below but `bench`, `micro` and `dist`, in order; what CI runs
  lint          formatting, clippy, licences and bans, the architecture check
  clients       the real clients (aws, boto3) and identity providers against the built program; further words go to pytest
  fuzz [SECS]   every fuzz target for SECS seconds (5)
  bench [WORDS] the program beside a bare HTTP server and other servers, and its command beside `aws`, as ratios; `--only PART`
                measures a part, `--whole` with a million principals, `--guided` of programs built as `dist` builds them,
                `--write` puts the tables into docs/performance.md, `--help` names the rest
  dist          the program for Linux as one static binary, its build guided by a profile of every kind of call
  instructions  the instructions of whole calls against those committed; prints the lines to commit where they differ
  micro [NAME]  the benchmarks of the crates that have them; NAME filters
  architecture  the map in ARCHITECTURE.md against the manifests";

/// In continuous integration: ten targets must fit beside the rest.
const FUZZ_SECONDS: u32 = 5;

fn main() -> ExitCode {
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn task() -> Result<(), TaskError> {
    let mut parser = lexopt::Parser::from_env();
    let Some(first) = parser.next()? else {
        return Err(TaskError::Usage(USAGE.to_owned()));
    };
    if let Arg::Long("help") | Arg::Short('h') = first {
        return help();
    }
    let Arg::Value(name) = first else {
        return Err(refuse(first));
    };
    match name.to_str() {
        Some("clients") => {
            let rest: Vec<OsString> = parser.raw_args()?.collect();
            clients::prepare()?;
            build()?;
            clients::run(rest)
        }
        Some("bench") => bench::run(parser.raw_args()?.collect()),
        Some("dist") => alone(&mut parser).and_then(|()| dist::build()),
        Some("micro") => micro(optional(&mut parser)?),
        Some("instructions") => alone(&mut parser).and_then(|()| {
            instructions::prepare()?;
            build()?;
            instructions::check()
        }),
        Some("fuzz") => fuzz::run(match optional(&mut parser)? {
            Some(seconds) => number(&seconds)?,
            None => FUZZ_SECONDS,
        }),
        Some("test") => alone(&mut parser).and_then(|()| test()),
        Some("lint") => alone(&mut parser).and_then(|()| lint()),
        Some("architecture") => alone(&mut parser).and_then(|()| architecture::check()),
        _ => Err(TaskError::Usage(format!("there is no task {name:?}\n\n{USAGE}"))),
    }
}

fn test() -> Result<(), TaskError> {
    let mut steps = Steps::new();
    // Fetching waits for the network and unpacks; compiling uses the processors: side by side they take as long as one.
    let prepared = thread::scope(|scope| {
        let preparing = scope.spawn(prepare);
        check(&mut steps);
        steps.take("set up the clients, beside the above", || {
            preparing.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    });
    steps.take("cargo test", || {
        Tool::cargo()
            .words("test --workspace --locked --no-fail-fast")
            .run()
    });
    if fuzz::manifest().is_some() {
        steps.take("fuzz", || fuzz::run(FUZZ_SECONDS));
    } else {
        steps.skip("fuzz", "fuzz/Cargo.toml does not exist");
    }
    let built = steps.take("build the program", build);
    if built {
        steps.take("count instructions", instructions::check);
    } else {
        steps.give_up(
            "count instructions",
            "the program to count was not built, see above",
        );
    }
    // The last tool's own summary stays the last line, so the times come before it.
    steps.tell_times();
    if prepared && built {
        steps.take("client tests", || clients::run(Vec::new()));
    } else {
        steps.give_up("client tests", "what they need is missing, see above");
    }
    steps.finish()
}

/// Installs what the steps after the first ones need.
fn prepare() -> Result<(), TaskError> {
    instructions::prepare()?;
    clients::prepare()
}

fn lint() -> Result<(), TaskError> {
    let mut steps = Steps::new();
    check(&mut steps);
    steps.finish()
}

/// What needs no running program: formatting, lints, licences, the map.
fn check(steps: &mut Steps) {
    steps.take("cargo fmt", || Tool::cargo().words("fmt --all --check").run());
    steps.take("cargo clippy", || {
        Tool::cargo()
            .words("clippy --workspace --all-targets --locked -- -D warnings")
            .run()
    });
    if Tool::cargo().words("deny --version").output().is_some() {
        // Advisories need a database from the network; licences, bans and sources do not.
        steps.take("cargo deny", || {
            Tool::cargo()
                .words("deny --locked --offline check licenses bans sources")
                .run()
        });
    } else {
        steps.skip(
            "cargo deny",
            "cargo-deny is not installed (`cargo install cargo-deny --locked`)",
        );
    }
    steps.take("architecture", architecture::check);
}

/// Builds the program, and the examples that tests talk to. With the tests beside it, for then the libraries are those that `cargo test` built.
fn build() -> Result<(), TaskError> {
    Tool::cargo()
        .words("build --workspace --bins --examples --tests --locked")
        .run()
}

fn micro(filter: Option<String>) -> Result<(), TaskError> {
    let mut steps = Steps::new();
    for directory in places::crates()?
        .iter()
        .filter(|directory| directory.join("benches").is_dir())
    {
        let name = directory.file_name().unwrap_or_default();
        let mut bench = Tool::cargo()
            .words("bench --locked --package")
            .arg(name)
            .arg("--benches")
            .arg("--");
        if let Some(filter) = &filter {
            bench = bench.arg(filter);
        }
        steps.take("cargo bench", || bench.run());
    }
    steps.finish()
}

fn optional(parser: &mut lexopt::Parser) -> Result<Option<String>, TaskError> {
    let value = match parser.next()? {
        None => None,
        Some(Arg::Value(value)) => Some(value.to_string_lossy().into_owned()),
        Some(other) => return Err(refuse(other)),
    };
    alone(parser)?;
    Ok(value)
}

fn alone(parser: &mut lexopt::Parser) -> Result<(), TaskError> {
    parser.next()?.map_or(Ok(()), |argument| Err(refuse(argument)))
}

fn number(text: &str) -> Result<u32, TaskError> {
    text.parse()
        .map_err(|_| TaskError::Usage(format!("{text:?} is not a number of seconds\n\n{USAGE}")))
}

fn refuse(argument: Arg<'_>) -> TaskError {
    TaskError::Usage(format!("{}\n\n{USAGE}", argument.unexpected()))
}

#[expect(clippy::print_stdout, reason = "help that was asked for is the result")]
fn help() -> Result<(), TaskError> {
    println!("{USAGE}");
    Ok(())
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where a task says why it failed"
)]
fn complain(error: &TaskError) {
    eprintln!("xtask: {error}");
}
