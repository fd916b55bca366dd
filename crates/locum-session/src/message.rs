//! Authorization messages: the reason of a denial, sealed for those who may decode it (`facts: sts §2.8`).

use base64::Engine;
use jiff::Timestamp;
use locum_crypto::{HEADER_LEN, KeyRing, OVERHEAD, Purpose, Random};
use locum_names::AccountId;

use crate::{
    DeploymentId, TooLarge,
    encoding::URL_SAFE,
    fields::{Reader, Writer},
};

const VERSION: u8 = 1;

/// Version, account and two times.
const HEAD_LEN: usize = 1 + 8 + 8 + 8;

/// A denial's explanation and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationMessage {
    /// The account of the caller who was denied; only its principals may decode the message.
    pub account: AccountId,
    /// When the request was denied, in Unix seconds.
    pub created_at: i64,
    /// The first Unix second in which the message no longer opens.
    pub expires_at: i64,
    /// The explanation as compact JSON.
    pub document: String,
}

/// Text that is not, or no longer, an authorization message of this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Changed, cut, broken into lines, expired, or sealed elsewhere: one answer for all.
    #[error("the authorization message is invalid")]
    Invalid,
}

impl AuthorizationMessage {
    /// The longest encoded message that is opened, in characters: what AWS's model takes, and what earlier versions sealed.
    pub const MAX_LEN: usize = 10_240;

    /// The longest encoded message that is made, in characters. It travels in a header, and many proxies and clients have room for
    /// 8 KiB of headers together: this leaves more than 500 bytes for the others.
    pub const MAX_SEALED_LEN: usize = 7_400;

    /// The longest document that fits; a longer one is for the caller to shorten.
    pub const MAX_DOCUMENT_LEN: usize = Self::MAX_SEALED_LEN / 4 * 3 - OVERHEAD - HEAD_LEN;

    /// Seals the message into URL-safe text.
    ///
    /// # Errors
    /// `TooLarge` for a document of more than [`MAX_DOCUMENT_LEN`](Self::MAX_DOCUMENT_LEN) bytes.
    pub fn seal(
        &self,
        ring: &KeyRing,
        deployment: &DeploymentId,
        rng: &mut dyn Random,
    ) -> Result<String, TooLarge> {
        let len = OVERHEAD + HEAD_LEN + self.document.len();
        let size = len.saturating_mul(4).div_ceil(3);
        if size > Self::MAX_SEALED_LEN {
            return Err(TooLarge {
                size,
                limit: Self::MAX_SEALED_LEN,
            });
        }
        let mut raw = Vec::with_capacity(len);
        raw.resize(HEADER_LEN, 0);
        let mut w = Writer(&mut raw);
        w.u8(VERSION);
        w.account(self.account);
        w.i64(self.created_at);
        w.i64(self.expires_at);
        w.bytes(self.document.as_bytes());
        ring.seal_in_place(&[deployment.as_bytes()], rng, &mut raw, 0);
        Ok(URL_SAFE.encode(&raw))
    }

    /// Opens an encoded message.
    ///
    /// # Errors
    /// `MessageError::Invalid` unless this deployment sealed exactly this text and its time is not over.
    pub fn open(
        text: &str,
        ring: &KeyRing,
        deployment: &DeploymentId,
        now: Timestamp,
    ) -> Result<Self, MessageError> {
        if text.len() > Self::MAX_LEN || ring.purpose() != Purpose::AuthorizationMessage {
            return Err(MessageError::Invalid);
        }
        let mut raw = URL_SAFE.decode(text).map_err(|_| MessageError::Invalid)?;
        let body = ring
            .open_in_place(&[deployment.as_bytes()], &mut raw)
            .map_err(|_| MessageError::Invalid)?;
        read(body)
            .filter(|message| now.as_second() < message.expires_at)
            .ok_or(MessageError::Invalid)
    }
}

fn read(body: &[u8]) -> Option<AuthorizationMessage> {
    let mut r = Reader(body);
    if r.u8()? != VERSION {
        return None;
    }
    Some(AuthorizationMessage {
        account: r.account()?,
        created_at: r.i64()?,
        expires_at: r.i64()?,
        document: r.rest_as_text()?.to_owned(),
    })
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
