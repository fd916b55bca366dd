//! `credential_process`: a program of the user's choice that prints credentials as JSON.
//!
//! It runs without a shell, so the line in the file means its words and nothing else, and only from a file that nobody
//! else can change: such a line is code (facts: security §1.11). What it prints is never quoted, for it may be a secret.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use locum_crypto::SecretBytes;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::outside::{Output, Runner};
use crate::quote::plain;
use crate::recipe::Process;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;
use crate::words;

/// How long a program may take: it may be asking somebody in a browser.
const LIMIT: Duration = Duration::from_secs(600);
/// What is kept of what a program writes, in bytes. More than its credentials is not credentials.
const MAX_STDOUT: usize = 1 << 20;
const MAX_STDERR: usize = 64 << 10;

/// Counts programs that ask for credentials within such a program: one that prints those of its own profile would go on
/// for ever.
const DEPTH: &str = "LOCUM_CREDENTIAL_PROCESS_DEPTH";
/// How deep such programs may be nested, as the original has it.
const MAX_DEPTH: u32 = 4;

const PRINTED: Spelling = Spelling::usual("SessionToken", false);

impl Resolver<'_> {
    /// Runs a program for its credentials.
    pub(crate) fn run_process(&self, process: &Process) -> Result<Credentials, CredentialsError> {
        let retrieval = |reason: String| CredentialsError::Retrieval {
            provider: Source::Process.name(),
            reason,
        };
        if let Some(untrusted) = &process.untrusted {
            return Err(retrieval(untrusted.to_string()));
        }
        let words = words::split(&process.command).map_err(|error| retrieval(error.to_string()))?;
        let output = self.runner.run(&words, LIMIT).map_err(retrieval)?;
        if !output.success {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(retrieval(plain(&complaint)));
        }
        let answer: Value = serde_json::from_slice(output.stdout.expose())
            .map_err(|_| retrieval("The program did not print JSON".to_owned()))?;
        if answer.get("Version").and_then(Value::as_u64) != Some(1) {
            let version = match answer.get("Version") {
                None => "<Version key not provided>".to_owned(),
                Some(Value::String(text)) => plain(text),
                Some(other) => plain(&other.to_string()),
            };
            return Err(retrieval(format!(
                "Unsupported version '{version}' for credential process provider, supported versions: 1"
            )));
        }
        let mut credentials = read_spelled(&answer, &PRINTED, Source::Process)?;
        if credentials.expiration.is_some_and(|end| end <= self.clock.now()) {
            return Err(CredentialsError::Expired);
        }
        credentials.account_id = credentials.account_id.or_else(|| process.account_id.clone());
        Ok(credentials)
    }
}

/// Programs of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRunner {
    end: Option<Instant>,
}

impl SystemRunner {
    /// Programs of which none runs past `end`, whatever limit it has besides.
    #[must_use]
    pub const fn until(end: Instant) -> Self {
        Self { end: Some(end) }
    }
}

impl Runner for SystemRunner {
    fn run(&self, words: &[String], limit: Duration) -> Result<Output, String> {
        let (program, arguments) = words.split_first().ok_or("The command line is empty")?;
        let cannot = |error: io::Error| format!("Unable to run {}: {error}", plain(program));
        let depth = std::env::var(DEPTH)
            .ok()
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or_default();
        let now = Instant::now();
        let limit = self
            .end
            .map_or(limit, |end| limit.min(end.saturating_duration_since(now)));
        if depth >= MAX_DEPTH {
            return Err(format!("{} leads to itself", plain(program)));
        }
        let mut child = Command::new(program)
            .args(arguments)
            .env(DEPTH, depth.saturating_add(1).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let deadline = now + limit;
        let stdout = child.stdout.take().map(|pipe| collect(pipe, MAX_STDOUT));
        let stderr = child.stderr.take().map(|pipe| collect(pipe, MAX_STDERR));
        let wait = |pipe: Option<Receiver<Vec<u8>>>| {
            let left = deadline.saturating_duration_since(Instant::now());
            pipe.and_then(|pipe| pipe.recv_timeout(left).ok())
        };
        let (stdout, stderr) = (wait(stdout), wait(stderr));
        // Both pipes are closed; most programs end in the same moment.
        let mut pause = Duration::from_millis(1);
        loop {
            match child.try_wait().map_err(cannot)? {
                Some(status) => {
                    let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
                        break;
                    };
                    if stdout.len() > MAX_STDOUT {
                        return Err("The program printed more than credentials".to_owned());
                    }
                    return Ok(Output {
                        success: status.success(),
                        stdout: SecretBytes::new(stdout),
                        stderr,
                    });
                }
                None if Instant::now() >= deadline => break,
                None => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        Err(format!(
            "{} did not end within {} seconds",
            plain(program),
            limit.as_secs()
        ))
    }
}

/// Reads a pipe to its end on a thread, so that neither pipe can fill up; keeps one byte more than `limit`.
fn collect(mut pipe: impl Read + Send + 'static, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let _ = pipe
            .by_ref()
            .take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1))
            .read_to_end(&mut kept);
        let _ = sender.send(kept);
        let _ = io::copy(&mut pipe, &mut io::sink());
    });
    receiver
}
