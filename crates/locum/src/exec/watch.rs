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
    // Before the child is there, so that no signal is missed.
    let mut signals =
        SignalsInfo::<WithOrigin>::new(PASSED_ON.iter().chain([&SIGCHLD])).map_err(WatchError::Watch)?;
    let child = command.spawn().map_err(WatchError::Run)?;
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let child = child.ok_or_else(|| WatchError::Watch(io::Error::other("the command has no number")))?;
    for origin in signals.forever() {
        if origin.signal != SIGCHLD {
            pass_on(&origin, child);
            continue;
        }
        let options = WaitOptions::NOHANG | WaitOptions::UNTRACED;
        while let Some((_, status)) =
            waitpid(Some(child), options).map_err(|error| WatchError::Watch(error.into()))?
        {
            if !status.stopped() {
                return Ok(ended(status));
            }
            if has_terminal() {
                let _ = kill_process(rustix::process::getpid(), Signal::STOP);
                // Here somebody let us go on.
                send(child, SIGCONT);
            }
        }
    }
    Err(WatchError::Watch(io::Error::other("no more signals come")))
}

/// Passes a signal on if the child has not got it already: from the terminal, or from itself for its whole group.
fn pass_on(origin: &Origin, child: Pid) {
    let sender = origin.process.map(|process| process.pid);
    let from_terminal = matches!(origin.cause, Cause::Kernel);
    if !from_terminal && sender != Some(child.as_raw_nonzero().get()) {
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
