//! The stored layout of a key ring: `version ‖ purpose ‖ count`, then `id ‖ state ‖ seconds ‖ secret` a key.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{KeyRing, KeyState, Purpose, SecretBytes, ring::RingKey, seal::KeyId};

const VERSION: u8 = 1;
const KEY_LEN: usize = KeyId::LEN + 1 + 8 + 32;

const PREPARED: u8 = 1;
const ACTIVE: u8 = 2;
const RETIRED: u8 = 3;

/// Bytes that are not a stored key ring of the purpose asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored key ring is damaged or of another purpose")]
pub struct RingLayoutError;

impl KeyRing {
    /// Writes the ring with its secrets, to be sealed before it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> SecretBytes {
        let keys = self.keys().count();
        let mut bytes = Zeroizing::new(Vec::with_capacity(3 + keys * KEY_LEN));
        bytes.extend([VERSION, self.purpose().code()]);
        // INVARIANT: a schedule keeps at most a hundred keys or so.
        bytes.push(u8::try_from(keys).unwrap_or(u8::MAX));
        for key in self.keys() {
            let (state, time) = match key.state {
                KeyState::Prepared { activates } => (PREPARED, activates),
                KeyState::Active { since } => (ACTIVE, since),
                KeyState::Retired { drops } => (RETIRED, drops),
            };
            bytes.extend(key.id().0);
            bytes.push(state);
            bytes.extend(time.as_second().to_be_bytes());
            bytes.extend(key.secret.iter());
        }
        SecretBytes::new(bytes.as_slice())
    }

    /// Reads a ring of `purpose`.
    ///
    /// # Errors
    /// `RingLayoutError` for any bytes that `to_bytes` would not have written for this purpose.
    pub fn from_bytes(purpose: Purpose, bytes: &[u8]) -> Result<Self, RingLayoutError> {
        let [VERSION, code, count, keys @ ..] = bytes else {
            return Err(RingLayoutError);
        };
        let chunks = keys.chunks_exact(KEY_LEN);
        let whole = chunks.remainder().is_empty() && chunks.len() == usize::from(*count);
        if *code != purpose.code() || !whole {
            return Err(RingLayoutError);
        }
        let mut active = None;
        let mut others: Vec<RingKey> = Vec::new();
        for chunk in chunks {
            let key = read_key(purpose, chunk).ok_or(RingLayoutError)?;
            let is_twin = |other: &RingKey| {
                let both_prepared = matches!(
                    (other.state, key.state),
                    (KeyState::Prepared { .. }, KeyState::Prepared { .. })
                );
                other.id() == key.id() || both_prepared
            };
            if active.iter().chain(&others).any(is_twin) {
                return Err(RingLayoutError);
            }
            match (key.state, &active) {
                (KeyState::Active { .. }, None) => active = Some(key),
                (KeyState::Active { .. }, Some(_)) => return Err(RingLayoutError),
                (KeyState::Prepared { .. } | KeyState::Retired { .. }, _) => others.push(key),
            }
        }
        let active = active.ok_or(RingLayoutError)?;
        Ok(Self::assemble(purpose, active, others))
    }
}

fn read_key(purpose: Purpose, bytes: &[u8]) -> Option<RingKey> {
    let (id, rest) = bytes.split_first_chunk()?;
    let (&[state], rest) = rest.split_first_chunk()?;
    let (seconds, rest) = rest.split_first_chunk()?;
    let secret = Zeroizing::new(<[u8; 32]>::try_from(rest).ok()?);
    let time = Timestamp::from_second(i64::from_be_bytes(*seconds)).ok()?;
    let state = match state {
        PREPARED => KeyState::Prepared { activates: time },
        ACTIVE => KeyState::Active { since: time },
        RETIRED => KeyState::Retired { drops: time },
        _ => return None,
    };
    Some(RingKey::new(KeyId(*id), purpose, state, secret))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{RotationSchedule, SeededRandom};

    fn ring() -> KeyRing {
        let mut rng = SeededRandom::new(1);
        let schedule = RotationSchedule::default();
        let mut ring = KeyRing::generate(Purpose::Marker, Timestamp::UNIX_EPOCH, &mut rng);
        for day in [6, 7, 13, 14, 20] {
            let now = Timestamp::from_second(day * 86_400).unwrap();
            assert!(ring.advance(now, &schedule, &mut rng));
        }
        assert_eq!(ring.states().count(), 2);
        ring
    }

    #[test]
    fn a_ring_survives_its_storage() {
        let ring = ring();
        let again = KeyRing::from_bytes(Purpose::Marker, ring.to_bytes().expose()).unwrap();
        assert!(again.states().eq(ring.states()));
        let mut sealed = Vec::new();
        ring.seal(&[b"a"], b"text", &mut SeededRandom::new(2), &mut sealed);
        assert_eq!(again.open(&[b"a"], &sealed).unwrap(), b"text");
    }

    #[test]
    fn another_purpose_or_length_is_refused() {
        let bytes = ring().to_bytes();
        let bytes = bytes.expose();
        for purpose in Purpose::ALL {
            let read = KeyRing::from_bytes(purpose, bytes);
            assert_eq!(read.is_ok(), purpose == Purpose::Marker);
        }
        for len in 0..bytes.len() {
            assert!(KeyRing::from_bytes(Purpose::Marker, &bytes[..len]).is_err());
        }
        assert!(KeyRing::from_bytes(Purpose::Marker, &[bytes, &[0]].concat()).is_err());
    }

    #[test]
    fn two_active_two_prepared_or_twin_keys_are_refused() {
        let bytes = ring().to_bytes();
        let (first, second) = (3 + KeyId::LEN, 3 + KEY_LEN + KeyId::LEN);
        for (first_state, second_state) in [(ACTIVE, ACTIVE), (PREPARED, PREPARED), (RETIRED, RETIRED)] {
            let mut changed = bytes.expose().to_vec();
            changed[first] = first_state;
            changed[second] = second_state;
            assert!(KeyRing::from_bytes(Purpose::Marker, &changed).is_err());
        }
        let mut twins = bytes.expose().to_vec();
        twins.copy_within(3..first, 3 + KEY_LEN);
        assert!(KeyRing::from_bytes(Purpose::Marker, &twins).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = KeyRing::from_bytes(Purpose::Marker, &bytes);
        }

        #[test]
        fn what_is_read_is_written_again(place in 0_usize..93, value: u8) {
            let mut bytes = ring().to_bytes().expose().to_vec();
            bytes[place] = value;
            if let Ok(ring) = KeyRing::from_bytes(Purpose::Marker, &bytes) {
                prop_assert_eq!(KeyRing::from_bytes(Purpose::Marker, ring.to_bytes().expose()).unwrap().states().count(), 2);
            }
        }
    }
}
