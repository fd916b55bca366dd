//! A world made up for a test: its services, hosts, programs and people, and what they were asked.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use locum_credentials::{
    Cache, CallError, Chain, Clock, Codes, Credentials, CredentialsError, Environment, FileVault, Files,
    HttpError, HttpReply, HttpRequest, Known, Offline, Output, Prompt, Resolver, Runner, Services, Transport,
    Vault,
};
use locum_crypto::{SecretBytes, SecretString, SeededRandom};
use serde_json::{Map, Value, json};

pub(crate) const NOW: &str = "2027-01-01T00:00:00Z";

/// What a host answers: status and body, or nothing.
pub(crate) type Answer = Result<(u16, String), HttpError>;

/// A request as it was sent: method, URL, headers and body.
pub(crate) type Request = (String, String, Vec<(String, String)>, String);

pub(crate) struct World {
    now: Cell<Timestamp>,
    /// Operation, parameters and the signer's key of each call.
    pub(crate) calls: RefCell<Vec<(String, Value, Option<String>)>>,
    /// How long sessions last, in seconds.
    pub(crate) lasting: Cell<i64>,
    pub(crate) requests: RefCell<Vec<Request>>,
    answers: RefCell<VecDeque<Answer>>,
    /// The words of each program.
    pub(crate) programs: RefCell<Vec<Vec<String>>>,
    pub(crate) output: RefCell<Result<(bool, String, String), String>>,
    /// Serial numbers that a code was asked for.
    pub(crate) asked: RefCell<Vec<String>>,
    /// Whether commands make sessions with a second factor.
    pub(crate) making: Cell<bool>,
    /// Where STS is.
    pub(crate) realm: Cell<&'static str>,
    /// What calls fail with, in order: the operation, and the code of the service.
    pub(crate) refusals: RefCell<VecDeque<(&'static str, &'static str)>>,
    pub(crate) vault: Box<dyn Vault>,
    pub(crate) codes: Codes,
    pub(crate) sessions: Cache,
    pub(crate) tokens: Cache,
    pub(crate) logins: Cache,
    random: RefCell<SeededRandom>,
    directory: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            now: Cell::new(NOW.parse().unwrap()),
            calls: RefCell::default(),
            lasting: Cell::new(3_600),
            requests: RefCell::default(),
            answers: RefCell::default(),
            programs: RefCell::default(),
            output: RefCell::new(Err("no program".to_owned())),
            asked: RefCell::default(),
            making: Cell::new(false),
            realm: Cell::new("aws"),
            refusals: RefCell::default(),
            vault: Box::new(FileVault::new(Some(directory.path().join("state")), Still)),
            codes: Codes::default(),
            sessions: Cache::new(Some(directory.path().join("aws/cli/cache"))),
            tokens: Cache::new(Some(directory.path().join("aws/sso/cache"))),
            logins: Cache::new(Some(directory.path().join("aws/login/cache"))),
            random: RefCell::new(SeededRandom::new(7)),
            directory,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.now
            .set(self.now.get() + jiff::SignedDuration::from_secs(seconds));
    }

    pub(crate) fn answering(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.answers.borrow_mut().extend(answers);
        self
    }

    pub(crate) fn resolver(&self) -> Resolver<'_> {
        Resolver {
            services: self,
            http: self,
            runner: self,
            prompt: self,
            clock: self,
            sessions: &self.sessions,
            tokens: &self.tokens,
            logins: &self.logins,
            vault: &*self.vault,
            codes: &self.codes,
            random: &self.random,
            debug: &|_| (),
        }
    }

    /// The credentials of a profile, or the sentence.
    pub(crate) fn find(
        &self,
        config: &str,
        profile: &str,
        variables: &[(&str, &str)],
    ) -> Result<Credentials, String> {
        self.try_find(config, profile, variables)
            .map_err(|error| error.to_string())
    }

    pub(crate) fn try_find(
        &self,
        config: &str,
        profile: &str,
        variables: &[(&str, &str)],
    ) -> Result<Credentials, CredentialsError> {
        let environment = Environment::of(variables);
        let files = Files::of(
            config,
            "[keys]\naws_access_key_id = KEYS\naws_secret_access_key = s\n",
        )
        .unwrap();
        let chain = Chain {
            environment: &environment,
            files: &files,
            profile,
            explicit: profile != "default",
            sessions: self.making.get(),
        };
        self.follow(&chain)
    }

    /// Plans, and follows the plan.
    pub(crate) fn follow(&self, chain: &Chain<'_>) -> Result<Credentials, CredentialsError> {
        let recipe = chain.plan().outcome?.ok_or(CredentialsError::None)?;
        self.resolver().resolve(&recipe)?.ok_or(CredentialsError::None)
    }
}

impl World {
    /// What is known of a profile's credentials without asking anybody.
    pub(crate) fn look(&self, config: &str, profile: &str, variables: &[(&str, &str)]) -> Known {
        let environment = Environment::of(variables);
        let files = Files::of(
            config,
            "[keys]\naws_access_key_id = KEYS\naws_secret_access_key = s\n",
        )
        .unwrap();
        self.look_in(&files, &environment, profile)
    }

    /// As [`look`](Self::look), with files that were read.
    pub(crate) fn look_in(&self, files: &Files, environment: &Environment, profile: &str) -> Known {
        let chain = Chain {
            environment,
            files,
            profile,
            explicit: profile != "default",
            sessions: self.making.get(),
        };
        let offline = Offline {
            sessions: &self.sessions,
            tokens: &self.tokens,
            logins: &self.logins,
            vault: &*self.vault,
            realm: self.realm.get(),
            now: self.now.get(),
        };
        let known = offline.look(&chain.plan().outcome.unwrap().unwrap());
        assert!(self.requests.borrow().is_empty() && self.programs.borrow().is_empty());
        known
    }
}

impl Services for World {
    fn sts(
        &self,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<Value, CallError> {
        let mut calls = self.calls.borrow_mut();
        calls.push((
            operation.to_owned(),
            Value::Object(parameters.clone()),
            signer.map(|signer| signer.access_key_id.clone()),
        ));
        if parameters.get("RoleArn").is_some_and(|arn| arn == "arn:closed") {
            return Err("closed".into());
        }
        let mut refusals = self.refusals.borrow_mut();
        if refusals.front().is_some_and(|(refused, _)| *refused == operation) {
            return Err(refusals.pop_front().unwrap().1.into());
        }
        let end = self.now.get() + jiff::SignedDuration::from_secs(self.lasting.get());
        Ok(json!({
            "Credentials": {
                "AccessKeyId": format!("ASIA{}", calls.len()), "SecretAccessKey": "s3cret", "SessionToken": "t0ken",
                "Expiration": end.to_string(),
            },
            "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": "arn:aws:sts::123456789012:assumed-role/r/x"},
        }))
    }

    fn code(&self, error: &CallError) -> Option<String> {
        Some(error.to_string())
    }

    fn realm(&self) -> Option<String> {
        Some(self.realm.get().to_owned())
    }

    fn url(&self, service: &'static str, region: Option<&str>) -> Result<String, CallError> {
        Ok(format!("https://{service}.{}.test", region.unwrap_or("home")))
    }
}

impl Transport for World {
    fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
        let headers = request.headers.iter();
        let body = request
            .body
            .as_ref()
            .map(SecretString::expose)
            .unwrap_or_default();
        self.requests.borrow_mut().push((
            request.method.to_owned(),
            request.url.to_owned(),
            headers
                .map(|(name, value)| ((*name).to_owned(), value.expose().to_owned()))
                .collect(),
            body.to_owned(),
        ));
        let answer = self.answers.borrow_mut().pop_front();
        let (status, body) = answer.unwrap_or_else(|| Err(HttpError::Transient("nobody".to_owned())))?;
        Ok(HttpReply {
            status,
            error_type: None,
            body: body.into(),
        })
    }
}

impl Runner for World {
    fn run(&self, words: &[String], _: Duration) -> Result<Output, String> {
        self.programs.borrow_mut().push(words.to_vec());
        let (success, stdout, stderr) = self.output.borrow().clone()?;
        Ok(Output {
            success,
            stdout: SecretBytes::new(stdout.into_bytes()),
            stderr: stderr.into_bytes(),
        })
    }
}

impl Prompt for World {
    fn code(&self, serial: &str) -> Result<SecretString, String> {
        self.asked.borrow_mut().push(serial.to_owned());
        if serial == "arn:lost" {
            return Err("there is no terminal".to_owned());
        }
        // The device shows another one each time.
        Ok(format!("{:06}", 123_455 + self.asked.borrow().len()).into())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration.min(Duration::from_millis(1)));
        self.now.set(self.now.get() + duration);
    }
}

/// A clock for the vault, where nobody waits for long.
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, _: Duration) {
        std::thread::sleep(Duration::from_millis(1));
    }
}
