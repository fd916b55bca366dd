//! Keys as they are kept, and as they come in: JSON, in the members that `credential_process` and IAM use.

use jiff::Timestamp;
use locum_credentials::parse_time;
use locum_crypto::{SecretBytes, SecretString};
use locum_names::AccessKeyId;
use serde_json::{Value, json};

/// Long-term keys.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretString,
    /// Since when they are kept.
    pub(super) since: Option<Timestamp>,
}

/// Why something is not keys. What it is instead is not told: it may be half a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum EntryError {
    #[error("standard input is not JSON with AccessKeyId and SecretAccessKey")]
    Json,
    #[error("an access key id has 16 to 128 letters and digits")]
    KeyId,
    #[error("the secret access key is empty, or holds blanks or other characters that none has")]
    Secret,
    #[error("these are temporary credentials, which end by themselves; only long-term keys are kept")]
    Temporary,
}

impl Entry {
    /// Takes keys, if they look like such.
    pub(super) fn new(access_key_id: &str, secret: SecretString) -> Result<Self, EntryError> {
        let id = access_key_id.trim();
        if !(16..=128).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(EntryError::KeyId);
        }
        let secret = SecretString::from(secret.expose().trim());
        if secret.expose().is_empty() || !secret.expose().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(EntryError::Secret);
        }
        if id.starts_with("ASIA") {
            return Err(EntryError::Temporary);
        }
        Ok(Self {
            access_key_id: id.to_owned(),
            secret_access_key: secret,
            since: None,
        })
    }

    /// Reads what `aws iam create-access-key` prints, or its inner object.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, EntryError> {
        let whole: Value = serde_json::from_slice(bytes).map_err(|_| EntryError::Json)?;
        let inner = whole.get("AccessKey").unwrap_or(&whole);
        let text = |name: &str| inner.get(name).and_then(Value::as_str);
        if text("SessionToken").is_some() {
            return Err(EntryError::Temporary);
        }
        let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
            return Err(EntryError::Json);
        };
        let entry = Self::new(id, secret.into())?;
        Ok(Self {
            since: text("Since").and_then(parse_time),
            ..entry
        })
    }

    /// Returns what the vault keeps.
    pub(super) fn to_kept(&self, now: Timestamp) -> SecretBytes {
        let kept = json!({
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key.expose(),
            "Since": Timestamp::from_second(now.as_second()).unwrap_or(now).to_string(),
        });
        SecretBytes::new(kept.to_string())
    }

    /// Returns what a `credential_process` prints.
    pub(super) fn to_process(&self) -> SecretString {
        let mut printed = json!({
            "Version": 1,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key.expose(),
        });
        if let (Some(account), Some(members)) = (self.account(), printed.as_object_mut()) {
            members.insert("AccountId".to_owned(), Value::from(account));
        }
        SecretString::new(format!("{printed}\n"))
    }

    /// The account that the key id tells.
    pub(super) fn account(&self) -> Option<String> {
        let id: AccessKeyId = self.access_key_id.parse().ok()?;
        id.account().map(|account| account.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";

    #[test]
    fn keys_come_as_iam_prints_them_and_leave_as_sdks_read_them() {
        for json in [
            format!(r#"{{"AccessKeyId": "{ID}", "SecretAccessKey": "s3/+cret"}}"#),
            format!(
                r#"{{"AccessKey": {{"UserName": "u", "AccessKeyId": "{ID}", "SecretAccessKey": "s3/+cret"}}}}"#
            ),
        ] {
            let entry = Entry::from_json(json.as_bytes()).unwrap();
            let printed: Value = serde_json::from_str(entry.to_process().expose()).unwrap();
            assert_eq!(printed["Version"], 1);
            assert_eq!(printed["AccessKeyId"], ID);
            assert_eq!(printed["SecretAccessKey"], "s3/+cret");
            assert!(printed.get("SessionToken").is_none() && printed.get("Expiration").is_none());
            let now = "2027-01-01T00:00:00.5Z".parse().unwrap();
            let kept = Entry::from_json(entry.to_kept(now).expose()).unwrap();
            assert_eq!(kept.since.unwrap().to_string(), "2027-01-01T00:00:00Z");
            assert!(kept.secret_access_key.matches("s3/+cret"));
            assert!(!format!("{kept:?}").contains("s3/"));
        }
    }

    #[test]
    fn what_is_no_long_term_key_is_refused_without_its_words() {
        for (json, error) in [
            ("", EntryError::Json),
            ("{}", EntryError::Json),
            (r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}"#, EntryError::Json),
            (
                r#"{"AccessKeyId": "AKIA", "SecretAccessKey": "s"}"#,
                EntryError::KeyId,
            ),
            (
                r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPL\n", "SecretAccessKey": "s s"}"#,
                EntryError::Secret,
            ),
            (
                r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": ""}"#,
                EntryError::Secret,
            ),
            (
                r#"{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s"}"#,
                EntryError::Temporary,
            ),
            (
                r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}"#,
                EntryError::Temporary,
            ),
        ] {
            assert_eq!(Entry::from_json(json.as_bytes()).map(drop), Err(error), "{json}");
        }
    }
}
