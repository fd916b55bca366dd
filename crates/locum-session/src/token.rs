//! The session token: a sealed session behind the first bytes of AWS's own.
//!
//! `prefix ‖ version ‖ key id ‖ nonce ‖ ciphertext ‖ tag` in base64. The AAD binds version, purpose, key id, deployment
//! and access key id, so a token opens only with the key it was issued with (`facts: security §1.2, §1.3`).

use std::cell::Cell;

use base64::Engine;
use jiff::Timestamp;
use locum_crypto::{HEADER_LEN, KeyRing, OVERHEAD, Purpose, Random};
use locum_names::AccessKeyId;
use zeroize::{Zeroize, optimization_barrier};

use crate::{DeploymentId, Session, encoding::STANDARD, layout};

/// What every token begins with, as AWS's version 2 tokens do (`facts: sts §3.3`).
pub const TOKEN_PREFIX: &str = "IQoJb3JpZ2luX2Vj";

/// The longest token, in bytes of its text (`facts: sts §2.3`).
pub const MAX_TOKEN_LEN: usize = 4096;

/// `TOKEN_PREFIX` decoded: whole groups of three bytes, so it stays in front whatever follows.
const PREFIX: &[u8; 12] = b"\x21\x0a\x09origin_ec";

/// How far ahead of ours the clock of the node that issued a token may be, in seconds: as far as a client's.
const CLOCK_SKEW: i64 = 15 * 60;

const MAX_RAW_LEN: usize = MAX_TOKEN_LEN / 4 * 3;

/// A token text that will not be given out, because it is longer than clients must expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed, it would have {size} characters; {limit} are allowed")]
pub struct TooLarge {
    /// What the text would have had.
    pub size: usize,
    /// What is allowed.
    pub limit: usize,
}

/// Why a token is not a session. Says no more, so that nobody learns which part of a forgery was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of this deployment for this access key.
    #[error("the security token included in the request is invalid")]
    Invalid,
    /// Authentic, but its time is over.
    #[error("the security token included in the request is expired")]
    Expired,
}

/// Seals a session into its token.
///
/// # Errors
/// `TooLarge` if policies and tags do not fit into [`MAX_TOKEN_LEN`].
pub fn seal_session(
    session: &Session,
    ring: &KeyRing,
    deployment: &DeploymentId,
    rng: &mut dyn Random,
) -> Result<String, TooLarge> {
    seal_session_padded(session, ring, deployment, 0, rng)
}

/// As [`seal_session`], the token filled up to at least `min_len` characters: so that clients can be tested with tokens
/// as long as they may ever become (`facts: sts §2.2`, `MinimumSessionTokenSize`).
///
/// # Errors
/// As [`seal_session`].
pub fn seal_session_padded(
    session: &Session,
    ring: &KeyRing,
    deployment: &DeploymentId,
    min_len: usize,
    rng: &mut dyn Random,
) -> Result<String, TooLarge> {
    let mut raw = Raw::new();
    let raw = &mut raw.0;
    raw.extend_from_slice(PREFIX);
    raw.resize(PREFIX.len() + HEADER_LEN, 0);
    layout::write(session, raw);
    let min_raw_len = min_len.min(MAX_TOKEN_LEN).div_ceil(4) * 3;
    layout::pad(raw, min_raw_len.saturating_sub(OVERHEAD - HEADER_LEN));
    let sealed_len = raw.len() + OVERHEAD - HEADER_LEN;
    let size = sealed_len.div_ceil(3).saturating_mul(4);
    if size > MAX_TOKEN_LEN {
        raw.zeroize();
        return Err(TooLarge {
            size,
            limit: MAX_TOKEN_LEN,
        });
    }
    ring.seal_in_place(&aad(deployment, &session.access_key_id), rng, raw, PREFIX.len());
    Ok(STANDARD.encode(raw))
}

/// Where a token is made: a buffer that the thread uses again, for what is left in it is sealed or wiped.
struct Raw(Vec<u8>);

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Raw {
    fn new() -> Self {
        let mut raw = SPARE.try_with(Cell::take).unwrap_or_default();
        raw.clear();
        // The full size at once: a buffer that grows leaves the secret behind in freed memory.
        raw.reserve(MAX_RAW_LEN);
        Self(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let raw = std::mem::take(&mut self.0);
        if raw.capacity() == MAX_RAW_LEN {
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(raw));
        }
    }
}

/// Opens the token that came with a request signed by `access_key_id`.
///
/// # Errors
/// `TokenError::Expired` for an authentic token from `expires_at` on; `TokenError::Invalid` for everything else, also for
/// one from the future: issued by a clock that ran wild, it would outlive every session and every revocation.
pub fn open_session(
    token: &str,
    access_key_id: &AccessKeyId,
    ring: &KeyRing,
    deployment: &DeploymentId,
    now: Timestamp,
) -> Result<Session, TokenError> {
    if token.len() > MAX_TOKEN_LEN || ring.purpose() != Purpose::SessionToken {
        return Err(TokenError::Invalid);
    }
    let mut raw = STANDARD.decode(token).map_err(|_| TokenError::Invalid)?;
    let (prefix, sealed) = raw
        .split_at_mut_checked(PREFIX.len())
        .ok_or(TokenError::Invalid)?;
    if prefix != PREFIX {
        return Err(TokenError::Invalid);
    }
    let body = ring
        .open_in_place(&aad(deployment, access_key_id), sealed)
        .map_err(|_| TokenError::Invalid)?;
    let session = layout::read(*access_key_id, body);
    // A wipe of whole words; `zeroize` on a slice stores byte by byte.
    body.fill(0);
    optimization_barrier(body);
    let session = session.ok_or(TokenError::Invalid)?;
    if session.issued_at > now.as_second().saturating_add(CLOCK_SKEW) {
        return Err(TokenError::Invalid);
    }
    if now.as_second() < session.expires_at {
        Ok(session)
    } else {
        Err(TokenError::Expired)
    }
}

/// The `PackedPolicySize` and `SessionTokenUtilization` of a token of `size` bytes, in percent, rounded up
/// (`facts: sts §2.3`).
#[must_use]
pub fn packed_percent(size: usize) -> u32 {
    u32::try_from(size.saturating_mul(100).div_ceil(MAX_TOKEN_LEN)).unwrap_or(u32::MAX)
}

fn aad<'a>(deployment: &'a DeploymentId, access_key_id: &'a AccessKeyId) -> [&'a [u8]; 2] {
    [deployment.as_bytes(), access_key_id.as_str().as_bytes()]
}
