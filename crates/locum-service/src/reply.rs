//! The replies of a call: bodies into envelopes, ids into headers.

use std::borrow::Cow;

use locum_api::{ApiError, Body, Format, contained_error_body, error_body, errors, model::Service};

use crate::{attempt::Answered, identifiers::Identifiers, incoming::Reply};

/// The reply of a call that succeeded.
pub(crate) fn success(answered: Answered, operation: &'static str) -> Reply {
    let mut reply = reply(200, answered.body, operation, "ok");
    let headers = answered.headers.into_iter();
    let headers = headers.map(|(name, value)| (name, Cow::Owned(value.expose().to_owned())));
    reply.headers.extend(headers);
    reply
}

/// The reply of a call that did not.
pub(crate) fn failure(
    service: Service,
    error: &ApiError,
    request_id: &str,
    format: Format,
    operation: &'static str,
) -> Reply {
    let body = error_body(service, error, request_id, format);
    let mut reply = reply(error.status, body, operation, outcome(error));
    if service == Service::AccessAnalyzer {
        reply.headers.push(("x-amzn-errortype", error.code.clone()));
    }
    reply
}

/// The reply of a transaction that failed because of the request at `index`.
pub(crate) fn contained_failure(error: &ApiError, index: usize, operation: &'static str) -> Reply {
    let body = contained_error_body(error, index);
    reply(error.status, body, operation, outcome(error))
}

fn outcome(error: &ApiError) -> &'static str {
    match error.code {
        Cow::Borrowed(code) => code,
        Cow::Owned(_) => "other",
    }
}

fn reply(status: u16, body: Body, operation: &'static str, outcome: &'static str) -> Reply {
    // Room for the ids and one more, so that nothing is moved.
    let mut headers = Vec::with_capacity(4);
    headers.push(("content-type", Cow::Borrowed(body.content_type)));
    Reply {
        status,
        headers,
        body: body.text,
        operation,
        outcome,
    }
}

/// Adds the ids that every reply carries (`facts: sts §1.2`).
pub(crate) fn with_ids(mut reply: Reply, ids: &Identifiers) -> Reply {
    for (name, id) in [
        ("x-amzn-requestid", ids.request.as_str()),
        ("x-amz-sts-extended-request-id", ids.extended.as_str()),
    ] {
        reply.headers.push((name, Cow::Owned(id.to_owned())));
    }
    reply
}

/// The error of a write that another one overtook.
pub(crate) fn conflict(service: Service) -> ApiError {
    let text =
        "The request was rejected because it was submitted at the same time as another change. Try again.";
    match service {
        Service::Sts | Service::Iam => errors::CONCURRENT_MODIFICATION.with(text),
        Service::Organizations | Service::Locum => errors::ORGANIZATIONS_CONCURRENT_MODIFICATION.with(text),
        // It has nothing that changes, nor a word for it.
        Service::AccessAnalyzer => ApiError::service_unavailable(),
    }
}
