//! The document of a decoded authorization message (`facts: sts §2.8`), of AWS or of locum.

use serde::Deserialize;
use serde_json::Value;

/// Why it is no such document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    #[error("this is not JSON: {0}")]
    Json(serde_json::Error),
    #[error("this is not a decoded authorization message: {0}")]
    Shape(serde_json::Error),
    #[error("this message is still encoded; decode it with `locum decode`")]
    Encoded,
}

/// What was asked, and what became of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(super) allowed: bool,
    #[serde(default)]
    pub(super) explicit_deny: bool,
    #[serde(default)]
    pub(super) matched_statements: Items<Statement>,
    pub(super) context: Asked,
    /// What only locum says.
    pub(super) explanation: Option<Explanation>,
    /// What locum left out because there was not enough room.
    pub(super) omitted: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Items<T> {
    #[serde(default = "Vec::new")]
    pub(super) items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

/// A statement that matched.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Statement {
    #[serde(default)]
    pub(super) statement_id: String,
    #[serde(default)]
    pub(super) effect: String,
    #[serde(default)]
    pub(super) actions: Items<Text>,
    #[serde(default)]
    pub(super) not_actions: Items<Text>,
    #[serde(default)]
    pub(super) resources: Items<Text>,
    #[serde(default)]
    pub(super) not_resources: Items<Text>,
    #[serde(default)]
    pub(super) principals: Items<Text>,
    #[serde(default)]
    pub(super) conditions: Items<Condition>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Text {
    pub(super) value: String,
}

/// A condition of a statement, or, without an operator, a key of the request.
#[derive(Debug, Deserialize)]
pub(super) struct Condition {
    pub(super) key: String,
    #[serde(default)]
    pub(super) operator: String,
    #[serde(default)]
    pub(super) values: Items<Text>,
}

/// What was asked.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) principal: Principal,
    pub(super) action: String,
    #[serde(default)]
    pub(super) resource: String,
    #[serde(default)]
    pub(super) conditions: Items<Condition>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Principal {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) arn: String,
}

/// Which layer decided, and why.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explanation {
    pub(super) layer: String,
    pub(super) policy: Option<String>,
    pub(super) statement: Option<u64>,
    pub(super) statement_id: Option<String>,
    pub(super) group: Option<String>,
    pub(super) reason: String,
}

impl Message {
    /// Reads the document, or the answer it is in.
    pub(crate) fn read(text: &str) -> Result<Self, MessageError> {
        let is_encoded = |text: &str| {
            let text = text.trim();
            !text.is_empty() && !text.starts_with(['{', '[', '"'])
        };
        if is_encoded(text) {
            return Err(MessageError::Encoded);
        }
        let mut value: Value = serde_json::from_str(text).map_err(MessageError::Json)?;
        if let Some(inner) = value.get_mut("DecodedMessage") {
            value = inner.take();
        }
        // The message is a document in a text.
        if let Value::String(inner) = &value {
            if is_encoded(inner) {
                return Err(MessageError::Encoded);
            }
            value = serde_json::from_str(inner).map_err(MessageError::Json)?;
        }
        serde_json::from_value(value).map_err(MessageError::Shape)
    }
}
