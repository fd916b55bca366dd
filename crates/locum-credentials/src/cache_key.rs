//! The names of cache files: a SHA-1 over JSON exactly as Python's `json.dumps` writes it, so that this command and the
//! original find each other's files (facts: cli §2).

use locum_crypto::{hex, sha1, sha256};

use crate::recipe::{Login, Role, Sso, WebIdentity};

/// What stands between the parts of an object.
struct Separators {
    item: &'static str,
    key: &'static str,
}

/// Python's own.
const WIDE: Separators = Separators {
    item: ", ",
    key: ": ",
};
/// Those that the fetcher of Identity Center asks for.
const COMPACT: Separators = Separators { item: ",", key: ":" };

enum Scalar<'a> {
    Text(&'a str),
    Number(i64),
}

impl Role {
    /// Returns the name of the role's entry in the cache. Neither the source of the credentials nor a session name that
    /// was made up is part of it.
    #[must_use]
    pub fn cache_key(&self) -> String {
        let text = |text: &'_ Option<String>| text.clone();
        let (external, session, serial) = (
            text(&self.external_id),
            text(&self.session_name),
            self.mfa.as_ref().map(|mfa| mfa.serial.clone()),
        );
        key(
            &WIDE,
            &[
                ("DurationSeconds", self.duration_seconds.map(Scalar::Number)),
                ("ExternalId", external.as_deref().map(Scalar::Text)),
                ("RoleArn", Some(Scalar::Text(&self.arn))),
                ("RoleSessionName", session.as_deref().map(Scalar::Text)),
                ("SerialNumber", serial.as_deref().map(Scalar::Text)),
            ],
        )
    }
}

impl WebIdentity {
    /// Returns the name of the entry in the cache for the role and this token. `aws` takes the token in since 2026; its
    /// entries before that are not found, and end within the hour.
    #[must_use]
    pub fn cache_key(&self, token: &str) -> String {
        key(
            &WIDE,
            &[
                ("RoleArn", Some(Scalar::Text(&self.role_arn))),
                ("RoleSessionName", self.session_name.as_deref().map(Scalar::Text)),
                ("WebIdentityToken", Some(Scalar::Text(token))),
            ],
        )
    }
}

impl Sso {
    /// Returns the name of the role's entry in the cache.
    #[must_use]
    pub fn cache_key(&self) -> String {
        let where_from = match &self.session {
            Some(session) => ("sessionName", Some(Scalar::Text(session))),
            None => ("startUrl", Some(Scalar::Text(&self.start_url))),
        };
        key(
            &COMPACT,
            &[
                ("accountId", Some(Scalar::Text(&self.account_id))),
                ("roleName", Some(Scalar::Text(&self.role_name))),
                where_from,
            ],
        )
    }

    /// Returns the name of the file with the token of Identity Center, in a directory of its own.
    #[must_use]
    pub fn token_key(&self) -> String {
        hex(&sha1(
            self.session.as_deref().unwrap_or(&self.start_url).as_bytes(),
        ))
    }
}

impl Login {
    /// Returns the name of the file with the session, in a directory of its own.
    #[must_use]
    pub fn cache_key(&self) -> String {
        hex(&sha256(self.session.as_bytes()))
    }
}

/// Members come sorted by name.
fn key(separators: &Separators, members: &[(&str, Option<Scalar<'_>>)]) -> String {
    let mut json = String::from("{");
    for (name, value) in members {
        let Some(value) = value else { continue };
        if json.len() > 1 {
            json.push_str(separators.item);
        }
        quote(&mut json, name);
        json.push_str(separators.key);
        match value {
            Scalar::Text(text) => quote(&mut json, text),
            Scalar::Number(number) => json.push_str(&number.to_string()),
        }
    }
    json.push('}');
    hex(&sha1(json.as_bytes()))
}

/// A string as Python writes it: whatever is not ASCII by its UTF-16 units.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    json.push('"');
}
