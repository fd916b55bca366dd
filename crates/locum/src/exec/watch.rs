//! Watching over a command that runs as a child.
//!
//! The child stays in this process group, so the terminal treats both as one job: Ctrl-C and Ctrl-Z reach the child as they
//! would without us, and a shell that reads a script sees them too. What the terminal sends is therefore not passed on, or
//! the child would get it twice; what another process sends to us alone is. The two are told apart by who sent the signal.
//!
//! When the child stops, we stop as well, because the shell waits for us; when we go on, so does the child. Being killed by
//! Ctrl-C is told on by dying of it: a shell script would go on after a mere exit status.

use std::io;
use std::process::{Command, ExitCode};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, waitpid};
use signal_hook::consts::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::iterator::exfiltrator::origin::Origin;
use signal_hook::low_level::{emulate_default_handler, siginfo::Cause};

use crate::cli::stream;
use crate::ignored_signals::heeded;

/// Signals that are the child's business.
const PASSED_ON: [i32; 9] = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT,
];
/// What shells add to the number of a signal that ended a command.
const BY_SIGNAL: i32 = 128;

/// Why there is no status of the command.
#[derive(Debug, thiserror::Error)]
pub(super) enum WatchError {
    #[error("{0}")]
    Run(io::Error),
    #[error("{0}")]
    Watch(io::Error),
}

/// Runs a command to its end.
pub(super) fn run(mut command: Command) -> Result<ExitCode, WatchError> {
    // What we are to ignore the child is to ignore too, which it does unless we handle it.
    let passed_on = heeded(PASSED_ON).into_iter();
    // Before the child is there, so that no signal is missed.
    let mut signals =
        SignalsInfo::<WithOrigin>::new(passed_on.chain([SIGCHLD])).map_err(WatchError::Watch)?;
    // Until here they ended us, from here on they are passed on.
    stream::leave_signals();
    let child = command.spawn().map_err(WatchError::Run)?;
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let child = child.ok_or_else(|| WatchError::Watch(io::Error::other("the command has no number")))?;
    for origin in signals.forever() {
        if origin.signal != SIGCHLD {
            pass_on(&origin, child);
        } else if let Some(status) = follow(child).map_err(WatchError::Watch)? {
            return Ok(ended(status));
        }
    }
    Err(WatchError::Watch(io::Error::other("no more signals come")))
}

/// Stops and goes on with the child; returns how it ended, once it has.
fn follow(child: Pid) -> io::Result<Option<WaitStatus>> {
    let options = WaitOptions::NOHANG | WaitOptions::UNTRACED | WaitOptions::CONTINUED;
    let news = || waitpid(Some(child), options).map_err(io::Error::from);
    let mut status = news()?;
    while let Some((_, seen)) = status {
        if seen.exited() || seen.signaled() {
            return Ok(Some(seen));
        }
        let stop = seen.stopped() && has_terminal();
        if stop {
            kill_process(rustix::process::getpid(), Signal::STOP)?;
        }
        // Here somebody let us go on: a shell the whole group, which may not have the child in it, or another process us alone.
        status = news()?;
        if stop && status.is_none() {
            // Only if it has not moved since: it may have gone on and been stopped again, which is not ours to undo.
            send(child, SIGCONT);
            status = news()?;
        }
    }
    Ok(None)
}

/// Passes a signal on if the child has not got it already: from the terminal, or from itself for its whole group.
fn pass_on(origin: &Origin, child: Pid) {
    let sender = origin.process.map(|process| process.pid);
    let from_terminal = matches!(origin.cause, Cause::Kernel);
    // With a terminal, a shell lets the child go on, and we see to it when we do.
    let settled = origin.signal == SIGCONT && has_terminal();
    if !from_terminal && !settled && sender != Some(child.as_raw_nonzero().get()) {
        send(child, origin.signal);
    }
}

fn send(child: Pid, signal: i32) {
    // It may have ended in this moment; its status says so.
    let _ = Signal::from_named_raw(signal).map(|signal| kill_process(child, signal));
}

/// Without a terminal no shell would let us go on again.
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

fn ended(status: WaitStatus) -> ExitCode {
    let signal = status.terminating_signal();
    if signal == Some(SIGINT) {
        // It does not return unless the signal is blocked.
        let _ = emulate_default_handler(SIGINT);
    }
    let number = match signal {
        Some(signal) => BY_SIGNAL.saturating_add(signal),
        None => status.exit_status().unwrap_or(BY_SIGNAL),
    };
    ExitCode::from(u8::try_from(number).unwrap_or(u8::MAX))
}
