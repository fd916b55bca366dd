//! The keys of one purpose and their succession: prepare, activate, retire.
//!
//! A key first exists *prepared*: every node that shares the ring can already open with it. Then it is *active*: the one
//! that seals. Then *retired*: it only opens, until everything it sealed has expired. The state stands in the ring and
//! moves only in [`KeyRing::advance`], never by looking at a clock while sealing, so a clock that runs backwards neither
//! activates a key that others do not know yet nor drops one at that moment.
//!
//! A time that lies further ahead than the schedule puts any was written by a clock that ran ahead. It is brought back to where
//! the schedule would put it now, or the ring would stand still until that clock is right, and what was sealed meanwhile, which
//! has no other end, would wait in it. So no key lasts longer than its schedule by the clock there is; by one that is behind, shorter.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    Purpose, Random, RotationSchedule,
    seal::{CipherKey, HEADER_LEN, KeyId, OVERHEAD, OpenError, RootSecret, read_key_id},
};

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Opens; will seal from `activates` on.
    Prepared {
        /// When its turn comes.
        activates: Timestamp,
    },
    /// Opens and seals.
    Active {
        /// When its turn came.
        since: Timestamp,
    },
    /// Opens what it sealed, until `drops`.
    Retired {
        /// When it is forgotten.
        drops: Timestamp,
    },
}

#[derive(Clone)]
pub(crate) struct RingKey {
    pub(crate) state: KeyState,
    pub(crate) secret: RootSecret,
    cipher: Arc<CipherKey>,
}

impl RingKey {
    pub(crate) fn new(id: KeyId, purpose: Purpose, state: KeyState, secret: RootSecret) -> Self {
        let cipher = Arc::new(CipherKey::new(id, purpose, &secret));
        Self {
            state,
            secret,
            cipher,
        }
    }

    pub(crate) fn id(&self) -> KeyId {
        self.cipher.id()
    }
}

/// The keys of one purpose. Cheap to clone: the ring of a snapshot is replaced, not changed.
#[derive(Clone)]
pub struct KeyRing {
    purpose: Purpose,
    active: RingKey,
    /// Prepared and retired keys, in no order that matters; a handful, so a look-up is a scan.
    others: Vec<RingKey>,
}

impl KeyRing {
    /// A ring of one new key, active since `now`.
    #[must_use]
    pub fn generate(purpose: Purpose, now: Timestamp, rng: &mut dyn Random) -> Self {
        let (id, secret) = draw(rng);
        let state = KeyState::Active {
            since: whole_seconds(now),
        };
        Self {
            purpose,
            active: RingKey::new(id, purpose, state, secret),
            others: Vec::new(),
        }
    }

    pub(crate) const fn assemble(purpose: Purpose, active: RingKey, others: Vec<RingKey>) -> Self {
        Self {
            purpose,
            active,
            others,
        }
    }

    /// What its keys are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Ids and states of its keys, the active one first.
    pub fn states(&self) -> impl Iterator<Item = (KeyId, KeyState)> {
        self.keys().map(|key| (key.id(), key.state))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.active).chain(&self.others)
    }

    /// Takes the steps that are due at `now`; true if there were any and the ring must be stored. Taking them again
    /// changes nothing. After a long stop a new key still gets its full notice.
    pub fn advance(&mut self, now: Timestamp, schedule: &RotationSchedule, rng: &mut dyn Random) -> bool {
        let now = whole_seconds(now);
        let brought_back = self.bring_back(now, schedule);
        let activated = self.activate_due(now, schedule);
        let prepared = self.prepare_due(now, schedule, rng);
        let before = self.others.len();
        self.others.retain(|key| match key.state {
            KeyState::Retired { drops } => now < drops,
            KeyState::Prepared { .. } | KeyState::Active { .. } => true,
        });
        brought_back || activated || prepared || self.others.len() != before
    }

    /// Brings times back that a clock wrote which was ahead of `now`; returns whether there were any.
    fn bring_back(&mut self, now: Timestamp, schedule: &RotationSchedule) -> bool {
        let (turn, end) = (
            after(now, schedule.prepare_ahead()),
            after(now, schedule.keep_after()),
        );
        let mut any = false;
        for key in std::iter::once(&mut self.active).chain(&mut self.others) {
            let (time, latest) = match &mut key.state {
                KeyState::Prepared { activates } => (activates, turn),
                KeyState::Active { since } => (since, now),
                KeyState::Retired { drops } => (drops, end),
            };
            if *time > latest {
                *time = latest;
                any = true;
            }
        }
        any
    }

    fn activate_due(&mut self, now: Timestamp, schedule: &RotationSchedule) -> bool {
        let due = self
            .others
            .iter_mut()
            .find(|key| matches!(key.state, KeyState::Prepared { activates } if activates <= now));
        let Some(next) = due else { return false };
        next.state = KeyState::Active { since: now };
        self.active.state = KeyState::Retired {
            drops: after(now, schedule.keep_after()),
        };
        std::mem::swap(&mut self.active, next);
        true
    }

    fn prepare_due(&mut self, now: Timestamp, schedule: &RotationSchedule, rng: &mut dyn Random) -> bool {
        let KeyState::Active { since } = self.active.state else {
            return false;
        };
        let is_prepared = |key: &RingKey| matches!(key.state, KeyState::Prepared { .. });
        let turn = after(since, schedule.every());
        let notice = after(now, schedule.prepare_ahead());
        if notice < turn || self.others.iter().any(is_prepared) {
            return false;
        }
        let (id, secret) = loop {
            let (id, secret) = draw(rng);
            if self.keys().all(|key| key.id() != id) {
                break (id, secret);
            }
        };
        let state = KeyState::Prepared {
            activates: turn.max(notice),
        };
        self.others.push(RingKey::new(id, self.purpose, state, secret));
        true
    }

    /// Seals `plaintext` with the active key and appends the sealed value to `out`.
    pub fn seal(&self, aad: &[&[u8]], plaintext: &[u8], rng: &mut dyn Random, out: &mut Vec<u8>) {
        let at = out.len();
        out.reserve(plaintext.len() + OVERHEAD);
        out.resize(at + HEADER_LEN, 0);
        out.extend_from_slice(plaintext);
        self.seal_in_place(aad, rng, out, at);
    }

    /// Seals `buffer[at..]` in place: its first [`HEADER_LEN`](crate::HEADER_LEN) bytes are room for the header, the
    /// rest is the plaintext. The tag is appended.
    pub fn seal_in_place(&self, aad: &[&[u8]], rng: &mut dyn Random, buffer: &mut Vec<u8>, at: usize) {
        self.active.cipher.seal(aad, rng, buffer, at);
    }

    /// Opens a sealed value with the key it names.
    ///
    /// # Errors
    /// `OpenError` unless a key of this ring sealed exactly these bytes with exactly this `aad`.
    pub fn open(&self, aad: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let mut buffer = sealed.to_vec();
        self.open_in_place(aad, &mut buffer).map(|text| text.to_vec())
    }

    /// Opens a sealed value in its own bytes and returns the plaintext's part of them.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_in_place<'a>(&self, aad: &[&[u8]], sealed: &'a mut [u8]) -> Result<&'a mut [u8], OpenError> {
        let id = read_key_id(sealed)?;
        let key = self
            .keys()
            .find(|key| key.id() == id)
            .ok_or(OpenError::UnknownKey)?;
        key.cipher.open(aad, sealed)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<_> = self.states().collect();
        f.debug_struct("KeyRing")
            .field("purpose", &self.purpose)
            .field("keys", &keys)
            .finish()
    }
}

fn draw(rng: &mut dyn Random) -> (KeyId, RootSecret) {
    let mut id = KeyId([0; KeyId::LEN]);
    rng.fill(&mut id.0);
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill(secret.as_mut_slice());
    (id, secret)
}

/// The second that `time` is in: what the stored layout keeps.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A time later; the end of time if there is none.
fn after(time: Timestamp, duration: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(duration)
        .ok()
        .and_then(|d| time.checked_add(d).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
