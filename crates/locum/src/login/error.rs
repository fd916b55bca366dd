//! Why nobody is signed in.

use std::io;

use locum_credentials::{VaultError, plain};

use super::options::OptionsError;
use super::values::BadValue;
use crate::cli::errors::Failure;
use crate::secure_url::InsecureUrl;

/// Why a login does not succeed, in one sentence.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoginError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Insecure(#[from] InsecureUrl),
    #[error(transparent)]
    Value(#[from] BadValue),
    /// The configuration or the service, as every command says it.
    #[error("{}", spoken(.0))]
    Call(#[from] Failure),
    #[error(
        "the profile {0} does not say how to sign in: set locum_oidc_issuer, locum_saml_url or locum_saml_sso_url; \
         `locum login --help` lists the settings"
    )]
    Unconfigured(String),
    #[error("the profile has settings for OpenID Connect and for SAML; give only those of one")]
    Both,
    #[error("say which role: set locum_role_arn, or give --role-arn")]
    NoRole,
    #[error("say which client locum is at the issuer: set locum_oidc_client_id, or give --oidc-client-id")]
    NoClient,
    #[error("locum_oidc_scopes must have openid in it")]
    Scopes,
    #[error("locum_saml_url and locum_saml_sso_url exclude each other: the first page needs no request")]
    TwoStarts,
    #[error("locum_saml_acs_url must name 127.0.0.1, for localhost may be another listener's, not {0}")]
    Localhost(String),
    #[error("cannot listen on 127.0.0.1:{port}: {reason}")]
    Listen { port: u16, reason: io::Error },
    #[error("nobody came back from the browser within {0} seconds; run it again, with --wait for more time")]
    Nobody(u64),
    /// The identity provider is not reached, or does not do as it should.
    #[error("{what}: {reason}")]
    Provider { what: &'static str, reason: String },
    /// The identity provider is not reached for the moment, or has trouble of its own.
    #[error("{what}: {reason}")]
    Transient { what: &'static str, reason: String },
    /// The identity provider, or the person there, said no.
    #[error("the identity provider says {}", describe(.code, .description))]
    Refused { code: String, description: String },
    #[error(
        "the SAML response offers no role; ask whoever runs the identity provider for the attribute Role"
    )]
    NoRoles,
    #[error("the SAML response offers {} but not {}", plain(&.offered.join(", ")), plain(.wanted))]
    OtherRoles { wanted: String, offered: Vec<String> },
    #[error("nobody is there to choose a role; give --role-arn with one of those that are offered: {}", plain(&.0.join(", ")))]
    NobodyToChoose(Vec<String>),
    #[error("the SAML response cannot be read: {0}")]
    Response(String),
    #[error("the service's answer has no {0}")]
    Answer(&'static str),
    /// A setting that somebody else could have written.
    #[error("{0}")]
    Untrusted(String),
    #[error("the session cannot be kept: {0}")]
    Keep(String),
    /// What is kept cannot be read or forgotten.
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("there is no session that is still good; run `locum login{0}`")]
    LoggedOut(String),
}

/// A failure without the words that introduce it for scripts of `aws`.
fn spoken(failure: &Failure) -> String {
    plain(&failure.sentence())
}

fn describe(code: &str, description: &str) -> String {
    if description.is_empty() {
        plain(code)
    } else {
        format!("{}: {}", plain(code), plain(description))
    }
}
