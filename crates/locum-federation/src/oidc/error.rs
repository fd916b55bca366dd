//! Why a token is refused, in the words of the wire.
//!
//! The texts of the facts (sts §6.2) are AWS's to the letter, the doubled space included. Where AWS's text is not known
//! the words are ours, and none tells more than the bearer of the token knows already.

use jiff::Timestamp;

/// Longest part of an issuer that an error repeats, in characters: a registered URL has at most 255 and a scheme.
const LONGEST_ISSUER: usize = 263;

/// Why a token does not prove who its bearer is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a compact JWS with a JSON header and JSON claims, read strictly; or encrypted, or nested.
    #[error("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")]
    NotAJwt,
    /// Signed by an algorithm other than the six, or one that the provider does not announce.
    #[error("The token's signature algorithm is not supported")]
    UnsupportedAlgorithm,
    /// The header demands an extension (`crit`, `b64`), and none is understood.
    #[error("The token's header requires an extension that is not supported")]
    CriticalHeader,
    /// The key is known and did not make this signature.
    #[error("The token's signature could not be verified")]
    BadSignature,
    /// A claim that must be there is not.
    #[error("Missing a required claim: {0}")]
    MissingClaim(&'static str),
    /// A claim has another type or range than it must.
    #[error("The value of the claim is not valid: {0}")]
    BadClaim(&'static str),
    /// No provider of the role's account has this issuer as its URL.
    #[error("No OpenIDConnect provider found in your account for {}", .0.chars().take(LONGEST_ISSUER).collect::<String>())]
    NoProvider(String),
    /// Neither `azp` nor, without it, `aud` is a registered client id.
    #[error("Incorrect token audience")]
    WrongAudience,
    /// `exp` has come.
    #[error(
        "Token expired: current date/time {} must be before the expiration date/time {}",
        now.as_second(),
        expires_at.as_second()
    )]
    Expired {
        /// When it was looked at.
        now: Timestamp,
        /// What `exp` says.
        expires_at: Timestamp,
    },
    /// `iat` or `nbf` lies in the future, by more than clocks differ.
    #[error("The token is not valid yet: {0} is in the future")]
    NotYet(&'static str),
    /// The provider publishes no key for this token, or nothing that keys can be read from.
    #[error(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    )]
    NoKey,
    /// The provider's TLS certificate is neither trusted nor one of the registered thumbprints.
    #[error("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")]
    CertificateMismatch,
    /// The provider's keys are on their way, or it does not answer; the same request may succeed soon.
    #[error(
        "The identity provider could not be reached to verify the incoming identity token. Please retry the request"
    )]
    ProviderUnreachable,
}

impl TokenError {
    /// Returns the error code on the wire (facts: sts §1.8).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "ExpiredTokenException",
            Self::ProviderUnreachable => "IDPCommunicationError",
            Self::NotAJwt
            | Self::UnsupportedAlgorithm
            | Self::CriticalHeader
            | Self::BadSignature
            | Self::MissingClaim(_)
            | Self::BadClaim(_)
            | Self::NoProvider(_)
            | Self::WrongAudience
            | Self::NotYet(_)
            | Self::NoKey
            | Self::CertificateMismatch => "InvalidIdentityToken",
        }
    }

    /// Returns the HTTP status, which is 400 for every one of them.
    #[must_use]
    pub const fn status(&self) -> u16 {
        400
    }

    /// Returns the text on the wire.
    #[must_use]
    pub fn message(&self) -> String {
        self.to_string()
    }
}
