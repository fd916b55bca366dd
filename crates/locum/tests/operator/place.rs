//! A directory to run the program in, and a service that runs in it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Where the program runs.
pub struct Place {
    pub home: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.home.path().join(name), text).unwrap();
        self
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_locum"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .args(line.split_whitespace());
        command
    }

    pub fn run(&self, line: &str) -> Told {
        Told::of(&self.command(line).output().unwrap())
    }

    /// Starts a service in `data`, with these variables.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Service {
        let mut command = self.command("serve --data data --listen 127.0.0.1:0 --account 123456789012");
        let child = command
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.trim_end().rsplit(' ').next().unwrap().to_owned();
        Service { child, url }
    }
}

/// A running service.
pub struct Service {
    child: Child,
    pub url: String,
}

impl Service {
    /// Runs a command as its root user.
    pub fn command(&self, place: &Place, line: &str) -> Command {
        let mut command = place.command(line);
        command
            .env("AWS_SHARED_CREDENTIALS_FILE", "data/credentials")
            .env("AWS_ENDPOINT_URL", &self.url);
        command
    }

    pub fn run(&self, place: &Place, line: &str) -> Told {
        Told::of(&self.command(place, line).output().unwrap())
    }

    /// Stops it, and returns what it said on standard error.
    pub fn stop(mut self) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut said = String::new();
        self.child
            .stderr
            .as_mut()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (self.child.wait().unwrap(), said)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Stopped already, mostly.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// It ended so, with this in its one line on standard error.
    pub fn refused(&self, code: i32, sentence: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains(sentence), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
    }
}
