//! `locum apply` and `locum export`: accounts as files describe them.
//!
//! ```text
//! files ─▶ locum_apply::read ─▶ engine ─▶ Reach ─▶ client: a running service, with the caller's rights
//!                                  │             └▶ operator: a service in this process, before it listens
//!                                  └─ plans, shown and agreed to
//! ```

mod carry;
mod client;
mod engine;
mod export;
mod files;
#[cfg(test)]
mod one_run;
mod operator;
mod options;
mod reach;

use std::{
    ffi::OsString,
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use locum_apply::{Plan, json_text, summary, visible};
use serde_json::json;

use self::{
    client::Client,
    engine::{Wishes, Work},
    options::{APPLY_HELP, ApplyOptions},
};
pub(crate) use self::{
    engine::EngineError,
    export::run as export,
    files::{FilesError, described},
    operator::apply_in_process,
};
use crate::{
    caller::CALLER_HELP,
    cli::stream,
    outcome::{FAILED, USAGE, asks_for_help, print, refuse, write_out},
};

/// There is something to do that was not done.
const PENDING: u8 = 3;
/// The schema of the files; a test compares it with the types that read them.
const SCHEMA: &str = include_str!("../../../../docs/schema/locum.schema.json");

/// Runs `locum apply …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    // A prompt for a code hides what is typed, and an interrupt must not leave the terminal so.
    stream::watch_interrupts();
    if asks_for_help(&words) {
        return print(&page(APPLY_HELP), ExitCode::SUCCESS);
    }
    let options = match ApplyOptions::parse(words) {
        Ok(options) => options,
        Err(error) => return refuse(&error.to_string(), USAGE),
    };
    if options.schema {
        return print(SCHEMA, ExitCode::SUCCESS);
    }
    let terminal = io::stdin().is_terminal() && !options.files.iter().any(|file| file == "-");
    if !options.yes && !options.dry_run && !terminal {
        return refuse(
            "nobody can be asked here: give --yes to apply, or --dry-run to see the plan",
            USAGE,
        );
    }
    let described = match described(&options.files) {
        Ok(described) => described,
        Err(error) => return refuse(&error.to_string(), USAGE),
    };
    let mut client = match Client::connect(&options.connection) {
        Ok(client) => client,
        Err(error) => return refuse(&error.to_string(), error.status()),
    };
    let wishes = Wishes {
        described: &described,
        prune: options.prune,
        access_role: options.connection.access_role(),
    };
    match apply(&options, &wishes, &mut client) {
        Ok(code) => code,
        Err(error) => refuse(&error.to_string(), FAILED),
    }
}

/// Why the work was not done, or not told.
#[derive(Debug, thiserror::Error)]
enum ApplyError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("nothing was changed: the plan cannot be written to standard output: {0}")]
    Unseen(#[from] io::Error),
    #[error("everything was applied, but cannot write to standard output: {0}")]
    Untold(io::Error),
}

fn apply(options: &ApplyOptions, wishes: &Wishes<'_>, client: &mut Client) -> Result<ExitCode, ApplyError> {
    let work = engine::prepare(wishes, client)?;
    let plans: Vec<Plan> = work.plans().into_iter().cloned().collect();
    if !options.json {
        let shown: String = plans
            .iter()
            .filter(|plan| worth_showing(plan))
            .map(Plan::text)
            .collect();
        let plans: Vec<&Plan> = plans.iter().collect();
        let end = if work.is_done() {
            "Everything is as described.\n".to_owned()
        } else {
            format!("{}.\n", summary(&plans))
        };
        // What nobody can see, nobody agreed to.
        show(&format!("{shown}{end}"))?;
    }
    if work.is_done() {
        report(options, &plans, false)?;
        return Ok(ExitCode::SUCCESS);
    }
    carry::try_out(&work, client)?;
    if options.dry_run || !(options.yes || agrees()) {
        report(options, &plans, false)?;
        return Ok(ExitCode::from(PENDING));
    }
    carry_out(options, work, client)?;
    report(options, &plans, true).map_err(ApplyError::Untold)?;
    Ok(ExitCode::SUCCESS)
}

fn worth_showing(plan: &Plan) -> bool {
    !plan.is_empty() || !plan.kept.is_empty()
}

fn carry_out(options: &ApplyOptions, work: Work, client: &mut Client) -> Result<(), ApplyError> {
    let mut untold = None;
    let mut told = |plan: &Plan| {
        if !options.json {
            let shown = show(&format!("applied: {}\n", visible(&plan.title)));
            untold = untold.take().or(shown.err());
        }
    };
    carry::carry_out(work, client, &mut told)?;
    untold.map_or(Ok(()), |source| Err(ApplyError::Untold(source)))
}

/// Writes what a person reads. A reader that went away has seen enough.
fn show(text: &str) -> io::Result<()> {
    match write_out(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes the answer for a program if one was asked for.
fn report(options: &ApplyOptions, plans: &[Plan], applied: bool) -> io::Result<()> {
    if !options.json {
        return Ok(());
    }
    let plans: Vec<_> = plans.iter().map(Plan::json).collect();
    let answer = json!({"plans": plans, "applied": applied});
    show(&format!("{}\n", json_text(&answer)))
}

/// Asks whoever sits there, where the question is seen if the plan goes to a file. Only the whole word will do.
fn agrees() -> bool {
    let question = b"Apply this? Only `yes` is taken for one: ";
    let _ = if io::stdout().is_terminal() {
        let mut out = io::stdout().lock();
        out.write_all(question).and_then(|()| out.flush())
    } else {
        io::stderr().lock().write_all(question)
    };
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}

/// The page of a command, with the options that all have.
fn page(own: &str) -> String {
    format!("{own}\nWHOSE CREDENTIALS, AND WHERE\n{CALLER_HELP}")
}
