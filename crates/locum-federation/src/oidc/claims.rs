//! What a verified token says.
//!
//! Every claim that decides something has one type and one range; one that is there and means nothing in them is an
//! error, never an absence, since a policy may deny by what a token does not say.

use jiff::{SignedDuration, Timestamp};

use super::{
    TokenError,
    json::{Json, Members},
    session_claims::{self, SessionClaims},
    token::Expected,
};

/// How far `iat` and `nbf` may lie ahead of our clock. `exp` is held to the second.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Longest subject, in characters (facts: sts §2.2).
const MAX_SUBJECT: usize = 255;

/// Audiences of one token, at most.
const MAX_AUDIENCES: usize = 100;

/// The claims of a token whose signature, issuer, audience and times are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `iss`, which is the registered URL.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// The registered client id that the token is for: `azp`, or without it the first registered one of `aud`.
    pub audience: String,
    /// `aud` as it stands in the token.
    pub raw_audiences: Vec<String>,
    /// `amr`: how the user signed in.
    pub amr: Vec<String>,
    /// `email`.
    pub email: Option<String>,
    /// Session tags, nested or flat, in the order of their keys. Their characters and number are not checked here.
    pub session_tags: Vec<(String, String)>,
    /// The keys of the session tags that outlive a role chain.
    pub transitive_tag_keys: Vec<String>,
    /// The source identity, its characters not checked.
    pub source_identity: Option<String>,
    /// The roles that the token is limited to; `None` if it has no such claim.
    pub roles: Option<Vec<String>>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// All of them, for the condition keys of single providers.
    pub(super) members: Members,
}

impl Claims {
    /// Checks the claims of a token whose issuer and signature are good.
    pub(super) fn read(members: &Members, expected: &Expected<'_>) -> Result<Self, TokenError> {
        let subject = text(members, "sub")?.ok_or(TokenError::MissingClaim("sub"))?;
        if subject.is_empty()
            || subject.chars().count() > MAX_SUBJECT
            || subject.chars().any(char::is_control)
        {
            return Err(TokenError::BadClaim("sub"));
        }
        let raw_audiences = audiences(members)?;
        let issued_at = time(members, "iat")?.ok_or(TokenError::MissingClaim("iat"))?;
        let expires_at = time(members, "exp")?.ok_or(TokenError::MissingClaim("exp"))?;
        let not_before = time(members, "nbf")?;

        if expected.now >= expires_at {
            return Err(TokenError::Expired {
                now: expected.now,
                expires_at,
            });
        }
        let is_ahead = |time: Timestamp| time.duration_since(expected.now) > CLOCK_SKEW;
        if is_ahead(issued_at) {
            return Err(TokenError::NotYet("iat"));
        }
        if not_before.is_some_and(is_ahead) {
            return Err(TokenError::NotYet("nbf"));
        }
        let audience = match text(members, "azp")? {
            Some(party) => registered(expected, [party]),
            None => registered(expected, raw_audiences.iter().map(String::as_str)),
        };
        let audience = audience.ok_or(TokenError::WrongAudience)?.to_owned();
        let SessionClaims {
            tags,
            transitive_keys,
            source_identity,
            roles,
        } = session_claims::read(members)?;
        Ok(Self {
            issuer: expected.issuer.to_owned(),
            subject: subject.to_owned(),
            audience,
            raw_audiences,
            amr: match present(members, "amr") {
                None => Vec::new(),
                Some(value) => one_or_more(value).ok_or(TokenError::BadClaim("amr"))?,
            },
            email: text(members, "email")?.map(str::to_owned),
            session_tags: tags,
            transitive_tag_keys: transitive_keys,
            source_identity,
            roles,
            issued_at,
            expires_at,
            members: members.clone(),
        })
    }
}

/// A claim that is there; some providers write `null` for one that is not.
pub(super) fn present<'a>(members: &'a Members, name: &str) -> Option<&'a Json> {
    members.get(name).filter(|value| **value != Json::Null)
}

/// A claim that is a string if it is there.
pub(super) fn text<'a>(members: &'a Members, name: &'static str) -> Result<Option<&'a str>, TokenError> {
    match present(members, name) {
        None => Ok(None),
        Some(value) => value.as_text().map(Some).ok_or(TokenError::BadClaim(name)),
    }
}

/// A claim that is a whole number of seconds since 1970 if it is there (RFC 7519 §2 would allow fractions; AWS does not).
fn time(members: &Members, name: &'static str) -> Result<Option<Timestamp>, TokenError> {
    let Some(value) = present(members, name) else {
        return Ok(None);
    };
    let seconds = value.as_count().ok_or(TokenError::BadClaim(name))?;
    Timestamp::from_second(seconds)
        .map(Some)
        .map_err(|_| TokenError::BadClaim(name))
}

/// `aud`: one string, or an array of some (RFC 7519 §4.1.3). None of them empty.
fn audiences(members: &Members) -> Result<Vec<String>, TokenError> {
    let value = present(members, "aud").ok_or(TokenError::MissingClaim("aud"))?;
    one_or_more(value)
        .filter(|audiences| {
            (1..=MAX_AUDIENCES).contains(&audiences.len())
                && audiences.iter().all(|audience| !audience.is_empty())
        })
        .ok_or(TokenError::BadClaim("aud"))
}

fn one_or_more(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Text(text) => Some(vec![text.clone()]),
        _ => Some(value.as_texts()?.into_iter().map(str::to_owned).collect()),
    }
}

/// The first that is a registered client id.
fn registered<'a>(expected: &Expected<'_>, audiences: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    audiences
        .into_iter()
        .find(|audience| expected.client_ids.contains(audience))
}
