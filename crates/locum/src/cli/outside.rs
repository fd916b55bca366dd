//! The world for the chain of credentials: STS through this command's own client, other hosts through its transport.

use std::time::Duration;

use locum_api::model::{Service, find};
use locum_credentials::{CallError, HttpError, HttpReply, HttpRequest, Services};
use locum_crypto::SystemRandom;
use serde_json::{Map, Value};

use super::client::{Call, Protocol, unparsable};
use super::config::{Environment, Profile};
use super::credentials::{Credentials, Ways};
use super::endpoint::{self, Wanted};
use super::errors::Failure;
use super::timestamp::Style;
use super::transport::{Settings, Transport, is_tls};
use super::{parameters, wire};

const TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPTS: u32 = 3;

/// The world, as environment, profile and command line describe it.
///
/// For `sts …`, `--endpoint-url` and `--no-verify-ssl` are about the call itself: as with AWS's command, the calls on the way
/// to its credentials go where the configuration says, and check whom they meet.
pub(crate) struct Outside<'a> {
    /// The environment.
    pub(crate) environment: &'a Environment,
    /// The profile in force.
    pub(crate) profile: &'a Profile,
    /// What the command line says.
    pub(crate) ways: &'a Ways<'a>,
}

impl Outside<'_> {
    fn wanted(&self, signed: bool) -> Wanted<'_> {
        Wanted {
            region: self.ways.region,
            endpoint_url: self.ways.endpoint_url,
            signed,
        }
    }

    /// Calls an operation of STS.
    pub(crate) fn call(
        &self,
        name: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<Value, Failure> {
        let operation = find(Service::Sts, name)
            .ok_or_else(|| Failure::General(format!("STS has no operation {name}")))?;
        parameters::validate(operation.input, parameters)?;
        let endpoint = endpoint::find(&self.wanted(signer.is_some()), self.environment, self.profile)?;
        let transport = Transport::new(&Settings {
            connect_timeout: Some(TIMEOUT),
            read_timeout: Some(TIMEOUT),
            verify: self.ways.verify,
            ca_bundle: self.ways.ca_bundle.clone(),
            tls: is_tls(&endpoint.url),
        })?;
        let call = Call {
            operation: operation.name,
            signing_name: operation.service.signing_name(),
            protocol: Protocol::Query,
            body: &wire::encode(operation, parameters),
            endpoint: &endpoint,
            credentials: signer,
            user_agent: concat!("locum/", env!("CARGO_PKG_VERSION"), " md/credentials").to_owned(),
            attempts: ATTEMPTS,
        };
        let text = call.send(&transport, &mut SystemRandom, self.ways.debug)?;
        wire::decode(operation, &text, Style::Wire).map_err(|error| unparsable(&error, ""))
    }
}

impl Services for Outside<'_> {
    fn sts(
        &self,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
    ) -> Result<Value, CallError> {
        Ok(self.call(operation, parameters, signer)?)
    }

    fn code(&self, error: &CallError) -> Option<String> {
        match error.downcast_ref() {
            Some(Failure::Service { code, .. }) => Some(code.clone()),
            _ => None,
        }
    }

    fn realm(&self) -> Option<String> {
        endpoint::realm(&self.wanted(true), self.environment, self.profile).ok()
    }

    fn url(&self, service: &'static str, region: Option<&str>) -> Result<String, CallError> {
        Ok(endpoint::of_service(
            service,
            region.or(self.ways.region),
            self.environment,
            self.profile,
        )?)
    }
}

impl locum_credentials::Transport for Outside<'_> {
    fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
        let settings = Settings {
            connect_timeout: Some(request.timeout),
            read_timeout: Some(request.timeout),
            verify: true,
            ca_bundle: self.ways.ca_bundle.clone(),
            tls: is_tls(request.url),
        };
        let transport = Transport::reaching(&settings, request.reach)
            .map_err(|failure| HttpError::Other(failure.to_string()))?;
        let reply = transport.exchange(request).map_err(|error| {
            let sentence = error.describe(request.url);
            if error.is_transient() {
                HttpError::Transient(sentence)
            } else {
                HttpError::Other(sentence)
            }
        })?;
        let error_type = reply
            .headers
            .into_iter()
            .find(|(name, _)| name == "x-amzn-errortype");
        Ok(HttpReply {
            status: reply.status,
            error_type: error_type.map(|(_, value)| value),
            body: reply.body.into(),
        })
    }
}
