//! A task of several steps: each has a heading, its time is told, and one failure does not hide the next.
//!
//! Headings and times go to stderr, so that stdout carries what the tools themselves print and ends with
//! the last one's own summary.

use crate::error::TaskError;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// The steps taken so far.
pub(crate) struct Steps {
    started: Instant,
    taken: Vec<(&'static str, Duration)>,
    failed: Vec<&'static str>,
}

impl Steps {
    /// Starts the clock.
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            taken: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Takes one step; its error is printed now and remembered for [`finish`](Self::finish).
    pub(crate) fn take(&mut self, name: &'static str, step: impl FnOnce() -> Result<(), TaskError>) -> bool {
        say(&format!("==> {name}"));
        let begun = Instant::now();
        let result = step();
        let took = begun.elapsed();
        self.taken.push((name, took));
        match result {
            Ok(()) => {
                say(&format!("    {name}: {}", seconds(took)));
                true
            }
            Err(error) => {
                say(&format!("    {name} failed after {}: {error}", seconds(took)));
                self.failed.push(name);
                false
            }
        }
    }

    /// Leaves out a step, with the reason.
    pub(crate) fn skip(&self, name: &'static str, reason: &str) {
        say(&format!("==> {name}\n    left out: {reason}"));
    }

    /// Counts a step that could not even be tried as failed.
    pub(crate) fn give_up(&mut self, name: &'static str, reason: &str) {
        say(&format!("==> {name}\n    not run: {reason}"));
        self.failed.push(name);
    }

    /// Prints what each step took so far.
    pub(crate) fn tell_times(&self) {
        for (name, took) in &self.taken {
            say(&format!("    {:>8}  {name}", seconds(*took)));
        }
        say(&format!("    {:>8}  so far", seconds(self.started.elapsed())));
    }

    /// Succeeds if every step did.
    pub(crate) fn finish(self) -> Result<(), TaskError> {
        if self.failed.is_empty() {
            Ok(())
        } else {
            Err(TaskError::Steps(self.failed))
        }
    }
}

fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[expect(clippy::print_stderr, reason = "progress is what a task runner shows")]
fn say(text: &str) {
    if std::io::stderr().is_terminal() && text.starts_with("==>") {
        eprintln!("\x1b[1m{text}\x1b[0m");
    } else {
        eprintln!("{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_remembered_and_the_next_step_still_runs() {
        let mut steps = Steps::new();
        assert!(!steps.take("first", || Err(TaskError::Usage("no".to_owned()))));
        assert!(steps.take("second", || Ok(())));
        steps.give_up("third", "the second is not enough");
        assert_eq!(steps.finish().unwrap_err().to_string(), "failed: first, third");
    }

    #[test]
    fn success_needs_no_step_and_a_skipped_one_is_none() {
        let steps = Steps::new();
        steps.skip("optional", "absent");
        assert!(steps.finish().is_ok());
    }

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(61)), "1 min 01 s");
    }
}
