//! What is shown of the store: whether writes reach it.

use locum_directory::Directory;

use crate::exposition::single;

/// Writes the commits of the directory in the Prometheus text format.
pub(crate) fn write(directory: &Directory, out: &mut String) {
    let counts = directory.write_counts();
    for (name, kind, help, value) in [
        (
            "locum_store_commits_total",
            "counter",
            "Commits written to the store.",
            counts.commits,
        ),
        (
            "locum_store_write_failures_total",
            "counter",
            "Commits that failed.",
            counts.failures,
        ),
        (
            "locum_store_failing",
            "gauge",
            "Whether the last commit failed, or no more are made until the next start.",
            u64::from(counts.is_failing),
        ),
        (
            "locum_store_writes_waiting",
            "gauge",
            "Writes that wait for the disk.",
            counts.waiting as u64,
        ),
    ] {
        single(out, name, kind, help, value);
    }
}
