//! How many connections there may be without taking the last file descriptor.
//!
//! A process may have so many open files, often 1,024 unless it asks for more. Whoever opens that many connections would also stop
//! what needs one for a moment: the answer to a health check, a new audit file, a backup, the fetching of keys. So it is asked for as
//! many as there may be, and connections leave some over.

use locum_server::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is kept for all else: store, logs, backups, fetches, and the connections of the admin listener.
const OWN: usize = 128;

/// What a worker keeps: its runtime and its listeners.
const A_WORKER: usize = 8;

/// Raises the limit of open files, and returns what peers may take below it.
pub(super) fn limits(workers: Option<usize>) -> Limits {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    // Where the system refuses, its limit stays as it was.
    let _ = setrlimit(Resource::Nofile, most);
    let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    within(getrlimit(Resource::Nofile).current, workers, Limits::default())
}

/// One peer keeps its share of them, so that several are needed to take all.
fn within(files: Option<u64>, workers: usize, limits: Limits) -> Limits {
    let files = files
        .and_then(|files| usize::try_from(files).ok())
        .unwrap_or(usize::MAX);
    let own = workers
        .saturating_mul(A_WORKER)
        .saturating_add(OWN)
        .min(files / 2);
    let max_connections = limits.max_connections.min(files.saturating_sub(own)).max(1);
    Limits {
        max_connections,
        max_connections_per_peer: limits.max_connections_per_peer.min(max_connections.div_ceil(4)),
        ..limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_over_and_a_peer_connections() {
        for (files, expected) in [
            (None, (16_384, 4_096)),
            (Some(1 << 19), (16_384, 4_096)),
            (Some(16_384), (16_240, 4_060)),
            (Some(1_024), (880, 220)),
            (Some(64), (32, 8)),
            (Some(1), (1, 1)),
            (Some(0), (1, 1)),
        ] {
            let limits = within(files, 2, Limits::default());
            assert_eq!(
                (limits.max_connections, limits.max_connections_per_peer),
                expected,
                "{files:?}"
            );
        }
    }
}
