use std::{borrow::Cow, fmt};

use crate::model::Fault;

/// An error as it goes over the wire. [`crate::error_body`] puts it into the envelope of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The code that clients match on.
    pub code: Cow<'static, str>,
    /// What a person reads. A few errors have no message at all (`facts: sts §1.7`).
    pub message: Option<String>,
    /// Whose fault it is.
    pub fault: Fault,
    /// Which rule was broken, in Organizations' own words; most errors have none.
    pub reason: Option<&'static str>,
}

impl ApiError {
    /// Returns an error of the sender.
    pub fn sender(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: Some(message.into()),
            fault: Fault::Sender,
            reason: None,
        }
    }

    /// Returns this error with the reason that the model of Organizations has for it.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// Returns `InvalidAction`: no such operation in this version (`facts: sts §1.5`).
    pub fn invalid_action(action: &str, version: &str) -> Self {
        Self::sender(
            400,
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }

    /// Returns `MissingAction`, where AWS's front end redirects to its web site.
    pub fn missing_action() -> Self {
        Self::sender(
            400,
            "MissingAction",
            "The request must contain the parameter Action.",
        )
    }

    /// Returns `ValidationError` with this text (`facts: sts §1.7`).
    pub fn validation(message: impl Into<String>) -> Self {
        Self::sender(400, "ValidationError", message)
    }

    /// Returns the `ValidationError` of a role's ARN that is long enough but no ARN (`facts: sts §1.7`).
    pub fn not_an_arn(value: &str) -> Self {
        Self::validation(format!("{value} is invalid"))
    }

    /// Returns `MalformedInput` without a message: a number that is none (`facts: sts §1.7`).
    pub fn malformed_input() -> Self {
        Self {
            status: 400,
            code: "MalformedInput".into(),
            message: None,
            fault: Fault::Sender,
            reason: None,
        }
    }

    /// Returns `MalformedInput` with a message.
    pub fn malformed_input_because(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::malformed_input()
        }
    }

    /// Returns `MalformedQueryString`: the form or query is not urlencoded (`facts: sts §1.6`).
    pub fn malformed_query_string(message: impl Into<String>) -> Self {
        Self::sender(400, "MalformedQueryString", message)
    }

    /// Returns `InvalidQueryParameter`: a parameter was given in an ambiguous way.
    pub fn invalid_query_parameter(message: impl Into<String>) -> Self {
        Self::sender(400, "InvalidQueryParameter", message)
    }

    /// Returns `InvalidParameterValue` (`facts: sts §1.8`).
    pub fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::sender(400, "InvalidParameterValue", message)
    }

    /// Returns the error of a transitive key without a tag (`facts: sts §1.8`).
    pub fn transitive_key_without_tag() -> Self {
        Self::invalid_parameter_value(
            "The specified transitive tag key must be included in the requested tags.",
        )
    }

    /// Returns the error of tag keys that are equal but for case (`facts: sts §1.8`).
    pub fn duplicate_tag_keys() -> Self {
        Self::invalid_parameter_value(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    }

    /// Returns the error of a tag that the calling session has already fixed (`facts: sts §1.8`).
    pub fn transitive_tag_conflict() -> Self {
        Self::invalid_parameter_value(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
             from the calling session.",
        )
    }

    /// Returns `AccessDenied` with this text.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::sender(403, "AccessDenied", message)
    }

    /// Returns `InternalFailure`, which says nothing about the cause: that goes to the log.
    pub fn internal_failure() -> Self {
        Self {
            status: 500,
            code: "InternalFailure".into(),
            message: Some("The request failed because of an internal error.".to_owned()),
            fault: Fault::Receiver,
            reason: None,
        }
    }

    /// Returns `ServiceUnavailable`: the same request may succeed later.
    pub fn service_unavailable() -> Self {
        Self {
            status: 503,
            code: "ServiceUnavailable".into(),
            message: Some("The service is temporarily unable to handle the request.".to_owned()),
            fault: Fault::Receiver,
            reason: None,
        }
    }

    /// Returns `SerializationException`: a body that is not the JSON the operation asks for.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::sender(400, "SerializationException", message)
    }

    /// Returns `UnknownOperationException`: an `X-Amz-Target` that names nothing here.
    pub fn unknown_operation() -> Self {
        Self {
            status: 400,
            code: "UnknownOperationException".into(),
            message: None,
            fault: Fault::Sender,
            reason: None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}
