//! A web identity token: which provider it is held against, and what it proves.
//!
//! The token's own `iss` only finds the provider that the role's account registered; that provider's URL, client ids and
//! thumbprints then decide (`facts: security §1.6`). Keys come from memory: nothing here waits for an issuer.

use std::sync::Arc;

use jiff::Timestamp;
use locum_api::{ApiError, errors};
use locum_directory::{AccountStatus, OidcProvider};
use locum_federation::oidc::{Expected, Token, TokenError, Verified};
use locum_names::AccountId;

use crate::unsigned::UnsignedCall;

/// A verified token and the provider that vouches.
pub(super) struct Identified {
    pub(super) provider: Arc<OidcProvider>,
    pub(super) provider_arn: String,
    pub(super) verified: Verified,
}

/// Verifies a token for a role of `account`.
///
/// # Errors
/// Those of the token. An account that does not exist is one without providers.
pub(super) fn verified(
    call: &UnsignedCall<'_>,
    account: AccountId,
    text: &str,
) -> Result<Identified, ApiError> {
    // A client that reads the token from a file may send its last line feed along.
    let text = text.trim_end_matches(['\r', '\n']);
    let token = Token::parse(text).map_err(refused)?;
    let issuer = token.issuer();
    let provider =
        provider(call, account, issuer).ok_or_else(|| refused(TokenError::NoProvider(issuer.to_owned())))?;
    let client_ids: Vec<&str> = provider.client_ids.iter().map(|id| &**id).collect();
    let thumbprints: Vec<[u8; 20]> = provider
        .thumbprints
        .iter()
        .filter_map(|hex| digest(hex))
        .collect();
    let registered = provider.issuer();
    let expected = Expected {
        issuer: &registered,
        client_ids: &client_ids,
        now: call.now(),
    };
    let verified = call
        .identity_keys
        .verify(&token, &expected, &thumbprints)
        .map_err(refused)?;
    let provider_arn = provider.arn(call.partition());
    check_revocation(call, account, &provider_arn, verified.claims.issued_at)?;
    Ok(Identified {
        provider_arn,
        provider: Arc::clone(provider),
        verified,
    })
}

/// Refuses a token that was revoked with everything that its provider issued before.
///
/// # Errors
/// `InvalidIdentityToken`, in words of our own: AWS has none.
fn check_revocation(
    call: &UnsignedCall<'_>,
    account: AccountId,
    provider_arn: &str,
    issued_at: Timestamp,
) -> Result<(), ApiError> {
    let account = call.snapshot.account(account);
    let revoked = account.and_then(|account| account.provider_revocation(provider_arn));
    // To the second, as with sessions: the order within one is not known.
    if revoked.is_none_or(|time| issued_at.as_second() > time.as_second()) {
        return Ok(());
    }
    let text =
        "The web identity token was issued before the time from which the provider's tokens are accepted.";
    Err(errors::INVALID_IDENTITY_TOKEN.with(text))
}

/// The provider of an open account that has exactly this URL. Tokens of this deployment are for others, whoever
/// registered it (`facts: sts §2.14`).
fn provider<'a>(call: &UnsignedCall<'a>, account: AccountId, issuer: &str) -> Option<&'a Arc<OidcProvider>> {
    let open = call.snapshot.account(account)?.status == AccountStatus::Active;
    let (_, place) = issuer.split_once("://")?;
    let provider = call.snapshot.oidc_provider(account, place)?;
    let own = call.settings.public_url.is_own_issuer(issuer);
    (open && !own && provider.issuer() == issuer).then_some(provider)
}

/// The error on the wire.
pub(super) fn refused(error: TokenError) -> ApiError {
    ApiError::sender(error.status(), error.code(), error.message())
}

/// The octets of a thumbprint. One that is none, which the directory does not take, vouches for nothing.
fn digest(hex: &str) -> Option<[u8; 20]> {
    let mut digest = [0; 20];
    if hex.len() != 40 || !hex.is_ascii() {
        return None;
    }
    for (at, octet) in digest.iter_mut().enumerate() {
        let digits = hex.get(at * 2..at * 2 + 2)?;
        *octet = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_twenty_octets() {
        let text = "00ff0123456789abcdefABCDEF00112233445566";
        let octets = digest(text).unwrap();
        assert_eq!(octets[..4], [0x00, 0xff, 0x01, 0x23]);
        assert_eq!(octets[19], 0x66);
        for bad in ["", "00", &text[1..], &text.replace('f', "g"), &"é".repeat(20)] {
            assert_eq!(digest(bad), None, "{bad}");
        }
    }
}
