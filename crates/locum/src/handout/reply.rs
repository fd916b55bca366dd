//! An answer to a program.

use locum_crypto::SecretString;
use serde_json::Value;

/// An answer, which may hold a secret.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: SecretString,
}

impl Reply {
    pub(super) fn text(status: u16, body: impl Into<SecretString>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            content_type: "application/json",
            ..Self::text(status, body.to_string())
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
