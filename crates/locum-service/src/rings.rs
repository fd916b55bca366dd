//! The key rings in use, and their rotation.
//!
//! Rings are stored like any other entity, sealed, so every node opens what another sealed. A ring is made on first
//! start and advanced on a schedule: the next key is stored, and so known to every node, well before it is used.

use jiff::Timestamp;
use locum_crypto::{KeyRing, Purpose, Random, RotationSchedule};
use locum_directory::{Changes, Revision, Ring, Snapshot};

/// One ring for each purpose that outlives a request.
#[derive(Debug)]
pub struct Rings {
    /// Seals session tokens.
    pub session: KeyRing,
    /// Seals authorization messages.
    pub message: KeyRing,
    /// Seals paging markers.
    pub marker: KeyRing,
}

/// A stored ring that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored {0} keys are damaged; restore the data directory from a backup")]
pub struct DamagedRing(pub &'static str);

const PURPOSES: [(Purpose, &str); 3] = [
    (Purpose::SessionToken, "session token"),
    (Purpose::AuthorizationMessage, "authorization message"),
    (Purpose::Marker, "marker"),
];

impl Rings {
    /// The rings of a snapshot; `None` if one is not stored yet.
    ///
    /// # Errors
    /// `DamagedRing` if one is stored and cannot be read.
    pub fn of(snapshot: &Snapshot) -> Result<Option<Self>, DamagedRing> {
        let mut rings = Vec::with_capacity(PURPOSES.len());
        for (purpose, name) in PURPOSES {
            let Some(ring) = stored(snapshot, purpose, name)? else {
                return Ok(None);
            };
            rings.push(ring);
        }
        let mut rings = rings.into_iter();
        Ok((|| {
            Some(Self {
                session: rings.next()?,
                message: rings.next()?,
                marker: rings.next()?,
            })
        })())
    }

    /// The changes that bring every ring up to `now`: makes the missing ones, prepares, activates and retires keys. None
    /// if there is nothing to do.
    ///
    /// # Errors
    /// `DamagedRing` if one is stored and cannot be read; it is never replaced, or its tokens would be lost.
    pub fn due(
        snapshot: &Snapshot,
        now: Timestamp,
        schedule: &RotationSchedule,
        random: &mut dyn Random,
    ) -> Result<Changes, DamagedRing> {
        let mut changes = Changes::new();
        for (purpose, name) in PURPOSES {
            let (ring, changed) = match stored(snapshot, purpose, name)? {
                None => (KeyRing::generate(purpose, now, random), true),
                Some(mut ring) => {
                    let changed = ring.advance(now, schedule, random);
                    (ring, changed)
                }
            };
            if changed {
                let revision = snapshot
                    .ring(purpose)
                    .map_or(Revision::NEW, |stored| stored.revision);
                changes.put(Ring {
                    revision,
                    purpose,
                    bytes: ring.to_bytes(),
                });
            }
        }
        Ok(changes)
    }
}

fn stored(snapshot: &Snapshot, purpose: Purpose, name: &'static str) -> Result<Option<KeyRing>, DamagedRing> {
    let Some(ring) = snapshot.ring(purpose) else {
        return Ok(None);
    };
    KeyRing::from_bytes(purpose, ring.bytes.expose())
        .map(Some)
        .map_err(|_| DamagedRing(name))
}
