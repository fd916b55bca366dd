//! Credentials from the metadata service of an instance, version 2: a token first, then the role, then its keys.
//!
//! Where nobody answers there is no instance, which is no error: this is the last source of all.

use serde_json::Value;

use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::metadata::Metadata;
use crate::recipe::Instance;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

const ANSWERED: Spelling = Spelling::usual("Token", true);

impl Resolver<'_> {
    /// Asks the metadata service. `None` when there is none, or no role.
    pub(crate) fn ask_instance(&self, instance: &Instance) -> Result<Option<Credentials>, CredentialsError> {
        let service = Metadata {
            instance,
            http: self.http,
            debug: &|line| (self.debug)(&format!("credentials: {line}")),
        };
        let Some(pass) = service.pass() else {
            return Ok(None);
        };
        let Some(role) = service.get(ROLES, &pass, |text| !text.is_empty()) else {
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
        let Some(text) = service.get(&path, &pass, is_json) else {
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
}
