//! An answer in hyper's words.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body_util::Full;

use crate::Answer;

/// Headers that hyper and the edge add.
const ADDED: usize = 2;

/// The response to send, its headers in `room`, which is empty. Of an answer to `HEAD` only the head is sent, with the
/// length of the body that a `GET` would bring.
pub(crate) fn response(answer: Answer, room: HeaderMap, only_head: bool) -> Response<Full<Bytes>> {
    let length = answer.body.len();
    // hyper writes the length of a body that is sent.
    let body = if only_head { Bytes::new() } else { answer.body };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    *headers = room;
    headers.reserve(answer.headers.len() + ADDED);
    for (name, value) in answer.headers {
        match (header_name(name), header_value(value)) {
            // The length is not for the application to say.
            (Some(name), Some(value)) if name != CONTENT_LENGTH => {
                headers.append(name, value);
            }
            // A value with a line break would be a second header; it never leaves.
            (_, _) => tracing::error!(name, "the application gave a header that cannot be sent"),
        }
    }
    if only_head {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// The name of a header; those that every answer has need not be read.
fn header_name(name: &'static str) -> Option<HeaderName> {
    static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
    static EXTENDED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-sts-extended-request-id");
    match name {
        "content-type" => Some(CONTENT_TYPE),
        "x-amzn-requestid" => Some(REQUEST_ID.clone()),
        "x-amz-sts-extended-request-id" => Some(EXTENDED_REQUEST_ID.clone()),
        other => HeaderName::from_bytes(other.as_bytes()).ok(),
    }
}

/// The value of a header, unless it cannot be one.
fn header_value(value: Cow<'static, str>) -> Option<HeaderValue> {
    let value = match value {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    };
    HeaderValue::from_maybe_shared(value).ok()
}
