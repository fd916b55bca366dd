//! Credentials from the metadata service of an instance, version 2: a token first, then the role, then its keys.
//!
//! Where nobody answers there is no instance, which is no error: this is the last source of all. Nothing is asked
//! without a token unless the configuration says so in as many words; a service that would answer then can be asked by
//! any forged request (facts: security §1.8).

use locum_crypto::SecretString;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::outside::{HttpReply, HttpRequest, Reach};
use crate::recipe::Instance;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;

const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
/// How long the token may be good for, in seconds; the most that the service takes.
const TOKEN_LIFE: &str = "21600";

const ANSWERED: Spelling = Spelling::usual("Token", true);

impl Resolver<'_> {
    /// Asks the metadata service. `None` when there is none, or no role.
    pub(crate) fn ask_instance(&self, instance: &Instance) -> Result<Option<Credentials>, CredentialsError> {
        let token = self.instance_token(instance);
        if token.is_none() && !instance.version_1 {
            (self.debug)("credentials: the metadata service gave no token");
            return Ok(None);
        }
        let Some(role) = self.instance_get(instance, ROLES, token.as_ref(), |text| !text.is_empty()) else {
            return Ok(None);
        };
        let role = role.lines().next().unwrap_or_default().trim();
        // The name becomes part of a path.
        let is_name = !role.is_empty()
            && role
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte));
        if !is_name {
            return Ok(None);
        }
        let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        let path = format!("{ROLES}{role}");
        let Some(text) = self.instance_get(instance, &path, token.as_ref(), is_json) else {
            return Ok(None);
        };
        let answer = serde_json::from_str(&text).unwrap_or(Value::Null);
        // The service answers errors with status 200 too. What it says is over it may still renew: the original uses it.
        match read_spelled(&answer, &ANSWERED, Source::Instance) {
            Ok(credentials) => Ok(Some(credentials)),
            Err(error) => {
                (self.debug)(&format!("credentials: {error}"));
                Ok(None)
            }
        }
    }

    fn instance_token(&self, instance: &Instance) -> Option<SecretString> {
        let headers = [(
            "x-aws-ec2-metadata-token-ttl-seconds",
            SecretString::from(TOKEN_LIFE),
        )];
        let reply = self.instance_send(instance, "PUT", TOKEN, &headers, |reply| {
            // What it says so clearly it says again.
            matches!(reply.status, 200 | 400 | 403 | 404 | 405)
        })?;
        let text = reply.body.expose();
        let good =
            reply.status == 200 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        good.then_some(reply.body)
    }

    fn instance_get(
        &self,
        instance: &Instance,
        path: &str,
        token: Option<&SecretString>,
        accepted: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let headers: Vec<(&'static str, SecretString)> = token
            .map(|token| ("x-aws-ec2-metadata-token", token.clone()))
            .into_iter()
            .collect();
        let good = |reply: &HttpReply| reply.status == 200 && accepted(reply.body.expose());
        let reply = self.instance_send(instance, "GET", path, &headers, good)?;
        Some(reply.body.expose().to_owned())
    }

    /// Sends until an answer is good; `None` when none is.
    fn instance_send(
        &self,
        instance: &Instance,
        method: &'static str,
        path: &str,
        headers: &[(&'static str, SecretString)],
        good: impl Fn(&HttpReply) -> bool,
    ) -> Option<HttpReply> {
        let url = format!("{}{path}", instance.endpoint);
        for _ in 0..instance.attempts.max(1) {
            let request = HttpRequest {
                method,
                url: &url,
                headers,
                body: None,
                timeout: instance.timeout,
                reach: Reach::Direct,
            };
            match self.http.send(&request) {
                Ok(reply) if good(&reply) => return Some(reply),
                Ok(reply) => (self.debug)(&format!("credentials: {method} {path}: status {}", reply.status)),
                Err(error) => (self.debug)(&format!("credentials: {method} {path}: {error}")),
            }
        }
        None
    }
}
