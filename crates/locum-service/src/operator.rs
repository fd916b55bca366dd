//! Acting for whoever runs the program: calls without a signature, made inside the process.
//!
//! Whoever starts the server holds its store and its key, so nothing is given away. Such a call takes the way of every other
//! from there on: the same authorization, as the root user of an account, the same functions and a record of its own.
//! [`Service::handle`], which is all that an edge calls, cannot make one.

use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use locum_api::{
    ApiError,
    model::{Fault, Service as ApiService, find},
};
use locum_crypto::Random;
use locum_names::AccountId;
use serde_json::{Map, Value};

use crate::{
    asked::Asked,
    attempt::Credentials,
    commit::Commit,
    incoming::{Incoming, Reply},
    service::Service,
};

/// What a record says made the call.
pub(crate) const INVOKED_BY: &str = "locum serve --apply";

/// The root user of an account, without a key. See [`Service::operator`].
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    service: &'a Service,
    account: AccountId,
}

/// Why a call of the operator failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{error}", .request_index.map(|index| format!("request {index}: ")).unwrap_or_default())]
pub struct OperatorError {
    /// What a client of the operation would have been told.
    pub error: ApiError,
    /// Which request of a transaction it was, counted from 0.
    pub request_index: Option<usize>,
}

impl OperatorError {
    const fn of(error: ApiError) -> Self {
        Self {
            error,
            request_index: None,
        }
    }
}

impl Service {
    /// Acts as the root user of `account`, for whoever runs the program: nothing proves it but that this is called, so no
    /// request from outside may lead here.
    #[must_use]
    pub const fn operator(&self, account: AccountId) -> Operator<'_> {
        Operator {
            service: self,
            account,
        }
    }
}

impl Operator<'_> {
    /// Calls an operation of IAM, Organizations or locum's own with a JSON object of parameters under the names of the model,
    /// as of the newest durable state. Returns the members of the result, as JSON has them on the wire (policy documents
    /// percent-encoded, times in epoch seconds), and the write that must be durable before it counts.
    ///
    /// The account's organization binds it like every root user: what a service control policy denies is denied.
    ///
    /// # Errors
    /// [`OperatorError`], with what a client would have been told.
    pub fn call(
        &self,
        service: ApiService,
        action: &str,
        parameters: &Value,
        now: Timestamp,
        random: &mut dyn Random,
    ) -> Result<(Value, Option<Commit>), OperatorError> {
        let unknown = || OperatorError::of(ApiError::unknown_operation());
        if service == ApiService::Sts {
            return Err(unknown());
        }
        let operation = find(service, action).ok_or_else(unknown)?;
        let parameters = parameters.to_string();
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &[
                ("accept", b"application/json"),
                ("user-agent", INVOKED_BY.as_bytes()),
            ],
            body: parameters.as_bytes(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: None,
        };
        let credentials = Credentials::Operator(self.account);
        let asked = Ok(Asked::of(operation));
        let outcome = self.service.respond(&incoming, asked, credentials, now, random);
        let body = body(&outcome.reply);
        if outcome.reply.status != 200 {
            return Err(failed(&outcome.reply, &body));
        }
        let result = match operation.service {
            ApiService::Sts | ApiService::Iam => body
                .get(format!("{}Response", operation.name))
                .and_then(|response| response.get(operation.result_wrapper?))
                .cloned(),
            ApiService::Organizations | ApiService::Locum | ApiService::AccessAnalyzer => Some(body),
        };
        let result = result.unwrap_or_else(|| Value::Object(Map::new()));
        Ok((result, outcome.commit))
    }
}

fn body(reply: &Reply) -> Value {
    // INVARIANT: asked for as JSON, every reply is JSON.
    serde_json::from_str(&reply.body).unwrap_or_default()
}

/// Reads the error out of either of the two envelopes it may stand in.
fn failed(reply: &Reply, body: &Value) -> OperatorError {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let error = body.get("Error").unwrap_or(body);
    let code = text(error, "Code").or_else(|| text(error, "__type"));
    let index = body.get("RequestIndex").and_then(Value::as_u64);
    OperatorError {
        error: ApiError {
            status: reply.status,
            code: code.unwrap_or_default().into(),
            message: text(error, "Message"),
            fault: if reply.status < 500 {
                Fault::Sender
            } else {
                Fault::Receiver
            },
            reason: None,
        },
        request_index: index.and_then(|index| usize::try_from(index).ok()),
    }
}
