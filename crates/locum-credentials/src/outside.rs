//! What the resolver needs of the world: a service, HTTP, a program, a person, a clock.
//!
//! Each is a small trait, so that a test can be all of them, and so that sockets and terminals stay in the program.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use locum_crypto::SecretString;
use serde_json::{Map, Value};

use crate::credentials::Credentials;

/// An error of the program's own client, handed through as it is.
pub type CallError = Box<dyn Error + Send + Sync>;

/// Calls to services whose operations the program has declarations for.
pub trait Services {
    /// Calls an operation of STS and returns the members of its result, times as they came over the wire. Without a
    /// signer the call is not signed.
    ///
    /// # Errors
    /// Whatever the program's client says.
    fn sts(
        &self,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<Value, CallError>;

    /// Returns the code of the service's own error, if that is what a call ended with.
    fn code(&self, error: &CallError) -> Option<String>;

    /// Returns what tells the STS that calls go to from others whose credentials it does not take; `None` where it is not
    /// known, which the call itself will say.
    fn realm(&self) -> Option<String>;

    /// Returns the URL of a service (`sso`, `sso-oidc`, `signin`), without a slash at the end; in the configured region
    /// if none is named.
    ///
    /// # Errors
    /// No such region, or a configured URL that is none.
    fn url(&self, service: &'static str, region: Option<&str>) -> Result<String, CallError>;
}

/// How a request may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Like any call: proxies of the environment, certificates of the configuration.
    Usual,
    /// Without a proxy: what is asked is on this machine or its link.
    Direct,
    /// Without a proxy, and only if the name resolves to this machine.
    Loopback,
}

/// A request.
#[derive(Debug)]
pub struct HttpRequest<'a> {
    /// `GET`, `PUT` or `POST`.
    pub method: &'static str,
    /// The URL.
    pub url: &'a str,
    /// Headers; some values are secrets, which are not for logs.
    pub headers: &'a [(&'static str, SecretString)],
    /// A body of JSON.
    pub body: Option<SecretString>,
    /// How long to wait for a connection, and again for the answer.
    pub timeout: Duration,
    /// How it may travel.
    pub reach: Reach,
}

/// An answer. A redirection is an answer too: nothing here follows one.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The value of `x-amzn-errortype`.
    pub error_type: Option<String>,
    /// The body, up to a mebibyte.
    pub body: SecretString,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Nobody there, or nobody in time: another try may do better.
    #[error("{0}")]
    Transient(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// HTTP.
pub trait Transport {
    /// Sends a request.
    ///
    /// # Errors
    /// No answer.
    fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError>;
}

/// What a program left behind.
#[derive(Debug, Clone)]
pub struct Output {
    /// Whether it ended with status 0.
    pub success: bool,
    /// What it printed, up to a mebibyte: credentials, if all went well.
    pub stdout: locum_crypto::SecretBytes,
    /// What it complained of, up to 64 KiB.
    pub stderr: Vec<u8>,
}

/// Programs.
pub trait Runner {
    /// Runs a program to its end, its standard input that of this one, and gives it up after `limit`.
    ///
    /// # Errors
    /// A sentence: it cannot be started, or did not end in time.
    fn run(&self, words: &[String], limit: Duration) -> Result<Output, String>;
}

/// A person.
pub trait Prompt {
    /// Asks for the present code of an MFA device.
    ///
    /// # Errors
    /// A sentence: nobody to ask, or no answer.
    fn code(&self, serial: &str) -> Result<SecretString, String>;
}

/// Time.
pub trait Clock {
    /// Returns the present.
    fn now(&self) -> Timestamp;
    /// Lets time pass.
    fn sleep(&self, duration: Duration);
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) {
        (**self).sleep(duration);
    }
}
