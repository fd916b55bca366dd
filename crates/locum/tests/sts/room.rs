//! A room to run the program in, with nothing of the machine's own, and what became of a run.

use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::server::Server;

pub const ROLE: [&str; 4] = [
    "--role-arn",
    "arn:aws:iam::123456789012:role/demo",
    "--role-session-name",
    "bob",
];

pub fn with_role<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["sts", "assume-role"]
        .into_iter()
        .chain(ROLE)
        .chain(more.iter().copied())
        .collect()
}

/// A place to run the program in.
pub struct Room {
    pub home: TempDir,
}

impl Room {
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn command(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_locum"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
            .env("AWS_MAX_ATTEMPTS", "1")
            .envs(variables.iter().copied())
            .args(words);
        command
    }

    pub fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Run {
        Run::of(&self.command(words, variables).output().unwrap())
    }

    /// Runs with a key and a region, against a server.
    pub fn call(&self, server: &Server, words: &[&str]) -> Run {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIAQNZGKIQY56JQ7WML"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", server.url.as_str()),
        ];
        self.run(words, &variables)
    }
}

#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    #[track_caller]
    pub fn failed(&self, code: i32, sentence: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(
            self.err.contains(&format!("aws: [ERROR]: {sentence}")),
            "{}",
            self.err
        );
    }
}
