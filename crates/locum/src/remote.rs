//! Calls to a service at a known address, by anyone whose credentials are at hand: the client of `locum sts` without
//! its configuration, for any service that is declared.

use locum_api::model::{Service, find};
use locum_credentials::Reach;
use locum_crypto::SystemRandom;
use serde_json::{Map, Value};

use crate::cli::{
    client::{Call, Protocol, unparsable},
    credentials::Credentials,
    endpoint::Endpoint,
    errors::Failure,
    timestamp::Style,
    transport::{Settings, Transport, is_tls},
    wire::{self, Unparsable},
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
            tls: is_tls(url),
        };
        let transport = Transport::reaching(&settings, Reach::Direct);
        let transport = transport.map_err(|failure| failed("connect", &failure))?;
        let endpoint = Endpoint {
            url: url.to_owned(),
            signing_region: "us-east-1".to_owned(),
        };
        Ok(Self::at(endpoint, transport))
    }

    /// The service at an endpoint.
    pub(crate) const fn at(endpoint: Endpoint, transport: Transport) -> Self {
        Self { endpoint, transport }
    }

    /// Calls an operation and returns its result.
    pub(crate) fn call(
        &self,
        service: &str,
        operation: &'static str,
        parameters: Value,
        caller: &Caller,
    ) -> Result<Value, RemoteError> {
        let answer = self.send(service, operation, &parameters, caller, 1);
        answer.map_err(|failure| match failure {
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
            other => failed(operation, &other),
        })
    }

    /// Calls an operation, up to `attempts` times if it is not answered, and returns its result.
    pub(crate) fn send(
        &self,
        service: &str,
        operation: &'static str,
        parameters: &Value,
        caller: &Caller,
        attempts: u32,
    ) -> Result<Value, Failure> {
        let found = Service::ALL.into_iter().find(|s| s.cli_name() == service);
        let found = found.and_then(|service| find(service, operation));
        let declared = found
            .ok_or_else(|| Failure::General(format!("there is no operation {operation} of {service}")))?;
        let nothing = Map::new();
        let members = parameters.as_object().unwrap_or(&nothing);
        let (protocol, body) = match declared.service.target_prefix() {
            None => (Protocol::Query, wire::encode(declared, members)),
            Some(target) => (Protocol::Json { target }, parameters.to_string()),
        };
        let call = Call {
            operation: declared.name,
            signing_name: declared.service.signing_name(),
            protocol,
            body: &body,
            endpoint: &self.endpoint,
            credentials: Some(caller),
            user_agent: concat!("locum/", env!("CARGO_PKG_VERSION")).to_owned(),
            attempts,
        };
        let text = call.send(&self.transport, &mut SystemRandom, &|_| ())?;
        let result = match protocol {
            Protocol::Query => wire::decode(declared, &text, Style::Wire),
            Protocol::Json { .. } if text.trim().is_empty() => Ok(Value::Object(Map::new())),
            Protocol::Json { .. } => {
                serde_json::from_str(&text).map_err(|error| Unparsable(error.to_string()))
            }
        };
        result.map_err(|error| unparsable(&error, ""))
    }
}

fn failed(operation: &'static str, failure: &Failure) -> RemoteError {
    RemoteError::Failed {
        operation,
        reason: failure.to_string(),
    }
}
