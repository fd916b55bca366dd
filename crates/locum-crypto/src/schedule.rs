use std::time::Duration;

/// When keys of a ring follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationSchedule {
    every: Duration,
    prepare_ahead: Duration,
    keep_after: Duration,
}

/// A schedule under which sealed values would not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Rotation without a pause.
    #[error("keys must be used for at least a second")]
    Every,
    /// The next key would have to exist before the one it follows.
    #[error("a key cannot be prepared earlier than one rotation ahead")]
    PrepareAhead,
    /// More retired keys than a ring should hold.
    #[error("keys may be kept for at most a hundred rotations")]
    KeepAfter,
}

impl RotationSchedule {
    /// A schedule that seals with a key for `every`, shows the next one to all nodes `prepare_ahead` of its use, and
    /// opens with the old one until `keep_after` its last use: at least the longest life of what it seals.
    ///
    /// # Errors
    /// `ScheduleError` if the three do not fit together.
    pub fn new(
        every: Duration,
        prepare_ahead: Duration,
        keep_after: Duration,
    ) -> Result<Self, ScheduleError> {
        if every < Duration::from_secs(1) {
            return Err(ScheduleError::Every);
        }
        if prepare_ahead > every {
            return Err(ScheduleError::PrepareAhead);
        }
        if keep_after / 100 > every {
            return Err(ScheduleError::KeepAfter);
        }
        Ok(Self {
            every,
            prepare_ahead,
            keep_after,
        })
    }

    /// How long a key seals.
    #[must_use]
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// How long before its first use a key exists.
    #[must_use]
    pub const fn prepare_ahead(&self) -> Duration {
        self.prepare_ahead
    }

    /// How long after its last use a key still opens.
    #[must_use]
    pub const fn keep_after(&self) -> Duration {
        self.keep_after
    }
}

/// A week of use, a day of notice, and 37 hours of opening: the longest session lasts 36.
impl Default for RotationSchedule {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            every: Duration::from_secs(7 * 24 * HOUR),
            prepare_ahead: Duration::from_secs(24 * HOUR),
            keep_after: Duration::from_secs(37 * HOUR),
        }
    }
}
