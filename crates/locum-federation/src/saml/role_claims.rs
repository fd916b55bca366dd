//! What an assertion asks of STS, in the attributes that AWS defines (`facts: sts §6.1`).

use locum_names::{Arn, is_name};

use super::{Assertion, SamlError};

/// What the names of all attributes for AWS begin with.
pub(super) const PREFIX: &str = "https://aws.amazon.com/SAML/Attributes/";

/// The seconds that a session may be asked to last.
const DURATIONS: std::ops::RangeInclusive<u32> = 900..=43_200;

/// The roles that an assertion offers, and the session that it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleClaims {
    /// Pairs of a role's ARN and a SAML provider's, in whichever order they were written. Never empty.
    pub roles: Vec<(String, String)>,
    /// The session's name.
    pub session_name: String,
    /// The seconds that the session should last at most, 900 to 43,200.
    pub session_duration: Option<u32>,
    /// Keys and values of session tags. Their lengths and characters are not checked here, nor keys that differ in
    /// case only.
    pub principal_tags: Vec<(String, String)>,
    /// The keys of the tags that chained sessions inherit.
    pub transitive_tag_keys: Vec<String>,
    /// Who is behind the session.
    pub source_identity: Option<String>,
}

impl RoleClaims {
    /// Reads the attributes for AWS. Their names are compared in full and with case; others are not looked at.
    ///
    /// # Errors
    /// `SamlError` if one is missing, malformed, or has several values where it must have one.
    pub fn read(assertion: &Assertion) -> Result<Self, SamlError> {
        let values = |name: &str| assertion.values(&format!("{PREFIX}{name}"));
        let roles = values("Role")
            .unwrap_or_default()
            .iter()
            .map(|value| pair(value))
            .collect::<Result<Vec<_>, _>>()?;
        if roles.is_empty() {
            return Err(SamlError::Role);
        }
        let session_name = match values("RoleSessionName").ok_or(SamlError::NoRoleSessionName)? {
            [] => return Err(SamlError::NoRoleSessionName),
            [name] if is_session_name(name) => name.clone(),
            _ => return Err(SamlError::RoleSessionName),
        };
        let session_duration = match values("SessionDuration") {
            None => None,
            Some([seconds]) => Some(duration(seconds)?),
            Some(_) => return Err(SamlError::SessionDuration),
        };
        let source_identity = match values("SourceIdentity") {
            None => None,
            // One that is reserved, `aws:…`, is none.
            Some([name]) if is_session_name(name) => Some(name.clone()),
            Some(_) => return Err(SamlError::SourceIdentity),
        };
        Ok(Self {
            roles,
            session_name,
            session_duration,
            principal_tags: principal_tags(assertion)?,
            transitive_tag_keys: values("TransitiveTagKeys").unwrap_or_default().to_vec(),
            source_identity,
        })
    }
}

/// Reads `roleArn,providerArn` or the other way round.
pub(super) fn pair(value: &str) -> Result<(String, String), SamlError> {
    let (first, second) = value.split_once(',').ok_or(SamlError::Role)?;
    let (role, provider) = if is_arn_of(first, "role/") {
        (first, second)
    } else {
        (second, first)
    };
    if is_arn_of(role, "role/") && is_arn_of(provider, "saml-provider/") {
        Ok((role.to_owned(), provider.to_owned()))
    } else {
        Err(SamlError::Role)
    }
}

fn is_arn_of(text: &str, kind: &str) -> bool {
    // Neither ARN has a comma or white space in it, so a third part cannot hide in the second.
    text.bytes().all(|b| b.is_ascii_graphic() && b != b',')
        && Arn::parse(text).is_ok_and(|arn| {
            arn.service == "iam"
                && arn
                    .resource
                    .strip_prefix(kind)
                    .is_some_and(|name| !name.is_empty())
        })
}

fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len()) && is_name(name)
}

fn duration(seconds: &str) -> Result<u32, SamlError> {
    // The parser would take a sign.
    if !seconds.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SamlError::SessionDuration);
    }
    seconds
        .parse()
        .ok()
        .filter(|seconds| DURATIONS.contains(seconds))
        .ok_or(SamlError::SessionDuration)
}

fn principal_tags(assertion: &Assertion) -> Result<Vec<(String, String)>, SamlError> {
    let mut tags = Vec::new();
    for attribute in &assertion.attributes {
        let Some(key) = attribute
            .name
            .strip_prefix(PREFIX)
            .and_then(|name| name.strip_prefix("PrincipalTag:"))
        else {
            continue;
        };
        match attribute.values.as_slice() {
            [value] if !key.is_empty() => tags.push((key.to_owned(), value.clone())),
            _ => return Err(SamlError::PrincipalTag),
        }
    }
    Ok(tags)
}
