//! Making credentials: a key id, a secret and the sealed token that is the session.

use jiff::Timestamp;
use locum_api::{ApiError, Record, Sensitive, errors, sts::Credentials};
use locum_crypto::{Random, generate_secret_access_key};
use locum_names::{AccessKeyId, AccountId, KeyKind};
use locum_session::{
    Federation, MfaFacts, Session, SessionPrincipal, SessionScope, SessionTag, packed_percent,
    seal_session_padded,
};

use crate::{
    audit::{Elements, Shown},
    call::Call,
    clock::instant,
    rings::Rings,
    settings::Settings,
    unsigned::UnsignedCall,
};

/// What a session to be issued is made of, besides what is drawn at random.
pub(super) struct Grant {
    pub(super) principal: SessionPrincipal,
    pub(super) seconds: i32,
    pub(super) mfa: Option<MfaFacts>,
    pub(super) policy: Option<Box<str>>,
    pub(super) policy_arns: Vec<Box<str>>,
    pub(super) tags: Vec<SessionTag>,
    pub(super) source_identity: Option<Box<str>>,
    pub(super) chain_depth: u8,
    pub(super) federation: Option<Federation>,
    pub(super) scope: Option<SessionScope>,
    /// Since when there has been what the session stands on, if that was before: what a revocation compares with.
    pub(super) granted_at: Option<Timestamp>,
}

impl Grant {
    /// A grant of nothing but the principal itself.
    pub(super) const fn new(principal: SessionPrincipal, seconds: i32) -> Self {
        Self {
            principal,
            seconds,
            mfa: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            source_identity: None,
            chain_depth: 0,
            federation: None,
            scope: None,
            granted_at: None,
        }
    }
}

/// What credentials are made with, whoever asked for them.
pub(super) struct Mint<'m> {
    settings: &'m Settings,
    rings: &'m Rings,
    now: Timestamp,
    random: &'m mut dyn Random,
}

impl<'m> From<&'m mut Call<'_>> for Mint<'m> {
    fn from(call: &'m mut Call<'_>) -> Self {
        Self {
            settings: call.settings,
            rings: call.rings,
            now: call.at.now,
            random: call.random,
        }
    }
}

impl<'m> From<&'m mut UnsignedCall<'_>> for Mint<'m> {
    fn from(call: &'m mut UnsignedCall<'_>) -> Self {
        Self {
            settings: call.settings,
            rings: call.rings,
            now: call.at.now,
            random: call.random,
        }
    }
}

/// Issued credentials and how much of the token's space they took.
pub(super) struct Issued {
    pub(super) credentials: Credentials,
    /// How much of the token's space is used, in percent.
    pub(super) utilization: i32,
    /// The two members of 2026, which were not seen in live answers (`facts: sts §2.3`): given to those who ask for a
    /// size, and so know of them.
    pub(super) padded_utilization: Option<i32>,
    pub(super) padded_size: Option<i32>,
}

/// What the audit record says of a response: never the secret, and not the token either, where CloudTrail logs it. With
/// the secret of a log that leaks elsewhere it would be the credentials.
pub(super) fn recorded(response: &dyn Record) -> Option<Elements> {
    Elements::showing(response, |name| match name {
        "SessionToken" => Shown::Hidden,
        _ => Shown::Whole,
    })
}

/// Issues credentials that expire `grant.seconds` from now, to the second.
///
/// # Errors
/// `PackedPolicyTooLarge` if the token would be.
pub(super) fn issue<'m>(
    mint: impl Into<Mint<'m>>,
    grant: Grant,
    min_token: Option<i32>,
) -> Result<Issued, ApiError> {
    let mint = mint.into();
    let expires_at = mint.now.as_second().saturating_add(i64::from(grant.seconds));
    let issued_at = grant.granted_at.unwrap_or(mint.now).min(mint.now).as_second();
    let access_key_id = temporary_key_id(mint.random, grant.principal.account());
    let session = Session {
        access_key_id,
        secret_access_key: generate_secret_access_key(mint.random),
        issued_at,
        expires_at,
        principal: grant.principal,
        mfa: grant.mfa,
        policy: grant.policy,
        policy_arns: grant.policy_arns,
        tags: grant.tags,
        source_identity: grant.source_identity,
        chain_depth: grant.chain_depth,
        federation: grant.federation,
        scope: grant.scope,
    };
    let min_len = min_token
        .and_then(|len| usize::try_from(len).ok())
        .unwrap_or_default();
    let deployment = &mint.settings.deployment;
    let sealed = seal_session_padded(&session, &mint.rings.session, deployment, min_len, mint.random);
    let token = sealed.map_err(|too_large| {
        let percent = packed_percent(too_large.size);
        errors::PACKED_POLICY_TOO_LARGE.with(format!(
            "Packed policy consumes {percent}% of allotted space, please use smaller policy."
        ))
    })?;
    let size = i32::try_from(token.len()).unwrap_or(i32::MAX);
    let utilization = i32::try_from(packed_percent(token.len())).unwrap_or(i32::MAX);
    let credentials = Credentials {
        access_key_id: access_key_id.as_str().to_owned(),
        secret_access_key: Sensitive::new(session.secret_access_key.expose()),
        session_token: Sensitive::new(token),
        expiration: instant(expires_at),
    };
    Ok(Issued {
        credentials,
        utilization,
        padded_utilization: min_token.map(|_| utilization),
        padded_size: min_token.map(|_| size),
    })
}

fn temporary_key_id(random: &mut dyn Random, account: AccountId) -> AccessKeyId {
    AccessKeyId::new(KeyKind::Temporary, account, random.next_u64())
}
