//! What stands around a result or an error, for each service and format (`facts: sts §1.2–1.4`).

use crate::{
    ApiError, Record, errors, json,
    model::{Operation, Service},
    xml::Writer,
};

/// The namespace of `InvalidAction`: the fault comes from before any service (`facts: sts §1.3`).
const FAULT_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// Room for the response of AssumeRole with the longest session token, so that it is never copied.
const CAPACITY: usize = 6 * 1024;

/// How an awsQuery client wants its answer. The services of AWS JSON always answer in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// XML, unless asked otherwise.
    #[default]
    Xml,
    /// JSON.
    Json,
}

impl Format {
    /// Returns the format that an `Accept` header asks for.
    pub fn from_accept(accept: &str) -> Self {
        let json = |range: &str| {
            let kind = range.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/json")
        };
        if accept.split(',').any(json) {
            Self::Json
        } else {
            Self::Xml
        }
    }
}

/// A response body and its media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The body.
    pub text: String,
}

const XML: &str = "text/xml";
/// Of awsQuery with `Accept: application/json`, and of REST-JSON.
const JSON: &str = "application/json";
const AWS_JSON: &str = "application/x-amz-json-1.1";

/// Returns the body of a success.
pub fn success_body(operation: &Operation, result: &dyn Record, request_id: &str, format: Format) -> Body {
    match (operation.service, format) {
        (Service::Organizations | Service::Locum, _) => Body {
            content_type: AWS_JSON,
            text: record_json(result),
        },
        (Service::AccessAnalyzer, _) => Body {
            content_type: JSON,
            text: record_json(result),
        },
        (Service::Sts | Service::Iam, Format::Json) => Body {
            content_type: JSON,
            text: query_json(operation, result, request_id),
        },
        (Service::Sts | Service::Iam, Format::Xml) => Body {
            content_type: XML,
            text: query_xml(operation, result, request_id),
        },
    }
}

fn record_json(result: &dyn Record) -> String {
    let mut text = String::with_capacity(1024);
    json::write_record(&mut text, result);
    text
}

fn query_xml(operation: &Operation, result: &dyn Record, request_id: &str) -> String {
    let frame = &operation.frame;
    let mut writer = Writer::with_capacity(CAPACITY);
    writer.raw(frame.start);
    if let Some(wrapper) = frame.wrapper {
        writer.record(wrapper, result);
    }
    writer.raw("  <ResponseMetadata>\n    <RequestId>");
    writer.escaped(request_id);
    writer.raw(frame.end);
    writer.finish()
}

fn query_json(operation: &Operation, result: &dyn Record, request_id: &str) -> String {
    let mut text = String::with_capacity(CAPACITY);
    text.push_str("{\"");
    text.push_str(operation.name);
    text.push_str("Response\":{");
    if let Some(wrapper) = operation.result_wrapper {
        json::write_text(&mut text, wrapper);
        text.push(':');
        json::write_record(&mut text, result);
        text.push(',');
    }
    text.push_str("\"ResponseMetadata\":{\"RequestId\":");
    json::write_text(&mut text, request_id);
    text.push_str("}}}");
    text
}

/// Returns the body of the error of one request among several: as [`error_body`] has it for AWS JSON, with the position of
/// the request in `RequestIndex`.
pub fn contained_error_body(error: &ApiError, index: usize) -> Body {
    Body {
        content_type: AWS_JSON,
        text: target_error(error, Some(index)),
    }
}

/// Returns the body of an error. Where the service is not known yet, callers pass STS.
pub fn error_body(service: Service, error: &ApiError, request_id: &str, format: Format) -> Body {
    match (service, format) {
        (Service::Organizations | Service::Locum, _) => Body {
            content_type: AWS_JSON,
            text: target_error(error, None),
        },
        (Service::AccessAnalyzer, _) => Body {
            content_type: JSON,
            text: rest_error(error),
        },
        (Service::Sts | Service::Iam, Format::Json) => Body {
            content_type: JSON,
            text: query_error_json(error, request_id),
        },
        (Service::Sts | Service::Iam, Format::Xml) => Body {
            content_type: XML,
            text: query_error_xml(service, error, request_id),
        },
    }
}

fn query_error_xml(service: Service, error: &ApiError, request_id: &str) -> String {
    let namespace = match error.code.as_ref() {
        "InvalidAction" => FAULT_NAMESPACE,
        _ => service.xml_namespace(),
    };
    let mut writer = Writer::with_capacity(1024);
    writer.raw("<ErrorResponse xmlns=\"");
    writer.raw(namespace);
    writer.raw("\">\n  <Error>\n    <Type>");
    writer.raw(error.fault.as_str());
    writer.raw("</Type>\n    <Code>");
    writer.escaped(&error.code);
    writer.raw("</Code>\n");
    match error.message.as_deref() {
        None => {}
        Some("") => writer.raw("    <Message/>\n"),
        Some(message) => {
            writer.raw("    <Message>");
            writer.escaped(message);
            writer.raw("</Message>\n");
        }
    }
    writer.raw("  </Error>\n  <RequestId>");
    writer.escaped(request_id);
    writer.raw("</RequestId>\n</ErrorResponse>\n");
    writer.finish()
}

fn query_error_json(error: &ApiError, request_id: &str) -> String {
    let mut text = String::with_capacity(512);
    text.push_str("{\"Error\":{\"Code\":");
    json::write_text(&mut text, &error.code);
    if let Some(message) = &error.message {
        text.push_str(",\"Message\":");
        json::write_text(&mut text, message);
    }
    text.push_str(",\"Type\":");
    json::write_text(&mut text, error.fault.as_str());
    text.push_str("},\"RequestId\":");
    json::write_text(&mut text, request_id);
    text.push('}');
    text
}

fn target_error(error: &ApiError, index: Option<usize>) -> String {
    let mut text = String::with_capacity(256);
    text.push_str("{\"__type\":");
    json::write_text(&mut text, &error.code);
    if let Some(message) = &error.message {
        text.push_str(",\"Message\":");
        json::write_text(&mut text, message);
    }
    if let Some(reason) = error.reason {
        text.push_str(",\"Reason\":");
        json::write_text(&mut text, reason);
    }
    if let Some(index) = index {
        text.push_str(",\"RequestIndex\":");
        text.push_str(&index.to_string());
    }
    text.push('}');
    text
}

/// REST-JSON has the code in a header, `x-amzn-ErrorType`. A `ValidationException` says in one word what it is about.
fn rest_error(error: &ApiError) -> String {
    let mut text = String::with_capacity(256);
    text.push_str("{\"message\":");
    json::write_text(&mut text, error.message.as_deref().unwrap_or_default());
    if error.code == errors::VALIDATION_EXCEPTION.code {
        text.push_str(",\"reason\":\"fieldValidationFailed\"");
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Frame, operations};

    #[test]
    fn frames_are_spelled_as_their_operations() {
        for operation in [Service::Sts, Service::Iam].into_iter().flat_map(operations) {
            let Operation { name, service, .. } = operation;
            let Frame { start, wrapper, end } = &operation.frame;
            let namespace = service.xml_namespace();
            assert_eq!(*start, format!("<{name}Response xmlns=\"{namespace}\">\n"));
            assert_eq!(
                wrapper.map(|tags| tags.close.to_owned()),
                operation.result_wrapper.map(|wrapper| format!("</{wrapper}>\n"))
            );
            assert_eq!(
                *end,
                format!("</RequestId>\n  </ResponseMetadata>\n</{name}Response>\n")
            );
        }
    }
}
