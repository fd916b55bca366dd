//! The latest time that is known to have been: a clock that says less is wrong now, or was then.
//!
//! Nothing is refused for it, for nobody can tell which of the two it is. But whoever runs the service should know: keys that are retired
//! by a clock that is behind are dropped as soon as it is put right, and the sessions that they sealed end early.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use jiff::{SignedDuration, Timestamp};
use locum_crypto::{KeyState, RotationSchedule};
use locum_directory::Snapshot;

use crate::{
    clock::instant,
    rings::{DamagedRing, Rings},
    service::Service,
};

/// Clocks that are this near to one another are right.
const NEAR: SignedDuration = SignedDuration::from_mins(5);

/// The latest second that was seen, here or by an earlier process.
#[derive(Debug)]
pub(crate) struct KnownTime(AtomicI64);

impl KnownTime {
    /// Reads what the store knows: since when keys seal, when the last one was retired, and when keys and roles were last used.
    pub(crate) fn of(snapshot: &Snapshot, schedule: &RotationSchedule) -> Result<Self, DamagedRing> {
        let rings = Rings::of(snapshot)?;
        let kept = SignedDuration::try_from(schedule.keep_after()).unwrap_or_default();
        let turns = rings.iter().flat_map(|rings| rings.session.states());
        let turns = turns.filter_map(|(_, state)| match state {
            KeyState::Active { since } => Some(since),
            KeyState::Retired { drops } => drops.checked_sub(kept).ok(),
            KeyState::Prepared { .. } => None,
        });
        let uses = snapshot.last_uses().map(|used| used.at);
        let latest = turns.chain(uses).max().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Self(AtomicI64::new(latest.as_second())))
    }

    /// Notes what the clock says.
    pub(crate) fn see(&self, now: Timestamp) {
        self.0.fetch_max(now.as_second(), Relaxed);
    }
}

impl Service {
    /// Returns the latest time that is known to have been, if the clock says much less.
    #[must_use]
    pub fn later_time(&self, now: Timestamp) -> Option<Timestamp> {
        let latest = instant(self.known_time.0.load(Relaxed));
        (latest.duration_since(now) > NEAR).then_some(latest)
    }
}
