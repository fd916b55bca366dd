//! Calls to a service at a known address, by anyone whose credentials are at hand: the client of `locum sts` without
//! its configuration.

use locum_api::model::{Service, find};
use locum_crypto::SystemRandom;
use serde_json::{Map, Value};

use crate::cli::{
    client::Call,
    credentials::Credentials,
    endpoint::Endpoint,
    errors::Failure,
    timestamp::Style,
    transport::{Settings, Transport},
    wire,
};

/// Whose credentials sign a call.
pub(crate) type Caller = Credentials;

/// A service at a known address.
pub(crate) struct Remote {
    endpoint: Endpoint,
    transport: Transport,
}

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// The caller may not.
    #[error("{0}")]
    Denied(Denied),
    /// Everything else, as the command line would say it.
    #[error("{operation} failed: {reason}")]
    Failed {
        /// The operation.
        operation: &'static str,
        /// What went wrong.
        reason: String,
    },
}

/// A denial, with its sealed explanation.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Denied {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) authorization_message: Option<String>,
}

impl Remote {
    /// The service at `url`, reached without a proxy or a certificate of one's own.
    pub(crate) fn new(url: &str) -> Result<Self, RemoteError> {
        let settings = Settings {
            connect_timeout: Some(std::time::Duration::from_secs(10)),
            read_timeout: Some(std::time::Duration::from_secs(60)),
            verify: true,
            ca_bundle: None,
            tls: url.starts_with("https://"),
        };
        let transport = Transport::new(&settings).map_err(|failure| failed("connect", &failure))?;
        let endpoint = Endpoint {
            url: url.to_owned(),
            signing_region: "us-east-1".to_owned(),
        };
        Ok(Self { endpoint, transport })
    }

    /// Calls an awsQuery operation and returns its result.
    pub(crate) fn call(
        &self,
        service: &str,
        operation: &'static str,
        parameters: Value,
        caller: &Caller,
    ) -> Result<Value, RemoteError> {
        let unknown = || RemoteError::Failed {
            operation,
            reason: "there is no such operation".to_owned(),
        };
        let service = Service::ALL
            .into_iter()
            .find(|s| s.cli_name() == service)
            .ok_or_else(unknown)?;
        let operation = find(service, operation).ok_or_else(unknown)?;
        let parameters = match parameters {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        let call = Call {
            operation: operation.name,
            signing_name: service.signing_name(),
            body: &wire::encode(operation, &parameters),
            endpoint: &self.endpoint,
            credentials: Some(caller),
            user_agent: concat!("locum/", env!("CARGO_PKG_VERSION")).to_owned(),
            attempts: 1,
        };
        let answer = call.send(&self.transport, &mut SystemRandom, &|_| ());
        let text = answer.map_err(|failure| match failure {
            Failure::Service {
                code,
                message,
                authorization_message,
                ..
            } if code == "AccessDenied" => RemoteError::Denied(Denied {
                code,
                message,
                authorization_message,
            }),
            other => failed(operation.name, &other),
        })?;
        wire::decode(operation, &text, Style::Wire).map_err(|error| RemoteError::Failed {
            operation: operation.name,
            reason: error.0,
        })
    }
}

fn failed(operation: &'static str, failure: &Failure) -> RemoteError {
    RemoteError::Failed {
        operation,
        reason: failure.report(false).trim().to_owned(),
    }
}
