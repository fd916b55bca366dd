//! Requests to an identity provider: a document, or a form.

use std::time::Duration;

use locum_credentials::{HttpError, HttpRequest, Transport, plain};
use locum_crypto::SecretString;
use serde_json::{Map, Value};

use super::error::LoginError;
use crate::secure_url::SecureUrl;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The way to an identity provider.
pub(super) struct Web<'a>(pub(super) &'a dyn Transport);

/// An answer of JSON.
pub(super) struct Reply {
    pub(super) status: u16,
    /// Empty if the answer is no JSON object: what it lacks is told then.
    pub(super) members: Map<String, Value>,
}

impl Reply {
    /// The answer if it is a success; else what it says, or that it says nothing.
    pub(super) fn granted(self, what: &'static str) -> Result<Self, LoginError> {
        if self.status == 200 {
            return Ok(self);
        }
        Err(match self.text("error") {
            Some(code) => LoginError::Refused {
                code: code.to_owned(),
                description: self.text("error_description").unwrap_or_default().to_owned(),
            },
            None => {
                let reason = format!("it answers with status {}", self.status);
                if self.status >= 500 {
                    LoginError::Transient { what, reason }
                } else {
                    LoginError::Provider { what, reason }
                }
            }
        })
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A member that is a number of seconds, which some write as text.
    pub(super) fn seconds(&self, name: &str) -> Option<u64> {
        let member = self.members.get(name)?;
        member.as_u64().or_else(|| member.as_str()?.parse().ok())
    }
}

impl Web<'_> {
    /// Gets a document.
    pub(super) fn get(&self, what: &'static str, url: &SecureUrl) -> Result<Reply, LoginError> {
        self.send(what, "GET", url, &[("Accept", "application/json".into())], None)
    }

    /// Sends a form, which may hold secrets.
    pub(super) fn post(
        &self,
        what: &'static str,
        url: &SecureUrl,
        form: &[(&str, &str)],
    ) -> Result<Reply, LoginError> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let headers = [
            ("Accept", "application/json".into()),
            ("Content-Type", "application/x-www-form-urlencoded".into()),
        ];
        self.send(
            what,
            "POST",
            url,
            &headers,
            Some(SecretString::new(body.finish())),
        )
    }

    /// Sends JSON, which may hold secrets.
    pub(super) fn post_json(
        &self,
        what: &'static str,
        url: &SecureUrl,
        body: &Value,
    ) -> Result<Reply, LoginError> {
        let headers = [("Content-Type", "application/json".into())];
        self.send(
            what,
            "POST",
            url,
            &headers,
            Some(SecretString::new(body.to_string())),
        )
    }

    fn send(
        &self,
        what: &'static str,
        method: &'static str,
        url: &SecureUrl,
        headers: &[(&'static str, SecretString)],
        body: Option<SecretString>,
    ) -> Result<Reply, LoginError> {
        let reply = self.0.send(&HttpRequest {
            method,
            url: url.as_str(),
            headers,
            body,
            timeout: TIMEOUT,
            reach: url.reach(),
        });
        let reply = reply.map_err(|error| {
            let reason = plain(&error.to_string());
            match error {
                HttpError::Transient(_) => LoginError::Transient { what, reason },
                _ => LoginError::Provider { what, reason },
            }
        })?;
        Ok(Reply {
            status: reply.status,
            members: serde_json::from_str(reply.body.expose()).unwrap_or_default(),
        })
    }
}
