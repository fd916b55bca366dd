//! The claims in AWS's namespace: session tags, source identity and roles (facts: sts §6.2).
//!
//! Tags come nested in one claim or flat in one claim each; both are read, and a key that comes twice is left for the
//! caller to refuse as it refuses it in a request. Their alphabet and number are the caller's too.

use super::{
    TokenError,
    claims::{present, text},
    json::{Json, Members},
};

const TAGS: &str = "https://aws.amazon.com/tags";
const FLAT_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
const ROLES: &str = "https://aws.amazon.com/roles";

/// What the claims ask of the session.
#[derive(Debug, Default)]
pub(super) struct SessionClaims {
    pub(super) tags: Vec<(String, String)>,
    pub(super) transitive_keys: Vec<String>,
    pub(super) source_identity: Option<String>,
    pub(super) roles: Option<Vec<String>>,
}

pub(super) fn read(members: &Members) -> Result<SessionClaims, TokenError> {
    let mut claims = SessionClaims::default();
    if let Some(nested) = present(members, TAGS) {
        read_nested(nested, &mut claims).ok_or(TokenError::BadClaim(TAGS))?;
    }
    for (name, value) in members {
        if let Some(key) = name.strip_prefix(FLAT_TAG)
            && *value != Json::Null
        {
            let value = single(value).ok_or(TokenError::BadClaim(TAGS))?;
            claims.tags.push((key.to_owned(), value.to_owned()));
        }
    }
    if let Some(keys) = present(members, FLAT_TRANSITIVE) {
        read_transitive(keys, &mut claims).ok_or(TokenError::BadClaim(TAGS))?;
    }
    claims.source_identity = text(members, SOURCE_IDENTITY)?.map(str::to_owned);
    // This claim alone takes something away, so a `null` is not as if it were not there.
    if let Some(roles) = members.get(ROLES) {
        claims.roles = Some(read_roles(roles).ok_or(TokenError::BadClaim(ROLES))?);
    }
    Ok(claims)
}

/// `{"principal_tags": {"K": ["v"]}, "transitive_tag_keys": ["K"]}`.
fn read_nested(nested: &Json, claims: &mut SessionClaims) -> Option<()> {
    let Json::Object(nested) = nested else {
        return None;
    };
    if let Some(tags) = present(nested, "principal_tags") {
        let Json::Object(tags) = tags else {
            return None;
        };
        for (key, value) in tags {
            claims.tags.push((key.clone(), single(value)?.to_owned()));
        }
    }
    match present(nested, "transitive_tag_keys") {
        Some(keys) => read_transitive(keys, claims),
        None => Some(()),
    }
}

/// Takes keys, those given both nested and flat once.
fn read_transitive(keys: &Json, claims: &mut SessionClaims) -> Option<()> {
    for key in keys.as_texts()? {
        if !claims.transitive_keys.iter().any(|known| known == key) {
            claims.transitive_keys.push(key.to_owned());
        }
    }
    Some(())
}

/// A tag's value: a string, or an array of exactly one.
fn single(value: &Json) -> Option<&str> {
    match value {
        Json::Array(items) => match items.as_slice() {
            [only] => only.as_text(),
            _ => None,
        },
        _ => value.as_text(),
    }
}

/// An array of strings, or one string with semicolons between the roles. An empty one, or `null`, allows no role.
fn read_roles(roles: &Json) -> Option<Vec<String>> {
    let roles = match roles {
        Json::Null => Vec::new(),
        Json::Text(text) => text
            .split(';')
            .map(str::trim)
            .filter(|role| !role.is_empty())
            .collect(),
        _ => roles.as_texts()?,
    };
    Some(roles.into_iter().map(str::to_owned).collect())
}
