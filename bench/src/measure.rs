//! One figure: what a kind of request costs a server.

use std::error::Error;

use crate::{
    load::{self, Requests},
    server::Server,
};

/// What was measured of one kind of request against one server.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figure {
    /// User and system time of the server's process a request, in microseconds.
    pub(crate) cpu: f64,
    /// Requests a second.
    pub(crate) throughput: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    /// Microseconds.
    pub(crate) p99: f64,
    /// Microseconds.
    pub(crate) p999: f64,
}

/// Sends `count` requests after a tenth as many that do not count.
pub(crate) fn figure(
    server: &Server,
    requests: &Requests,
    connections: usize,
    count: usize,
) -> Result<Figure, Box<dyn Error>> {
    load::run(server.address, requests, connections, count / 10 + 1)?;
    let before = server.cpu()?;
    let outcome = load::run(server.address, requests, connections, count)?;
    let after = server.cpu()?;
    Ok(Figure {
        cpu: (after - before) * 1e6 / outcome.requests as f64,
        throughput: outcome.throughput(),
        p50: outcome.percentile(0.50),
        p99: outcome.percentile(0.99),
        p999: outcome.percentile(0.999),
    })
}

/// The median of each part: one disturbed round says nothing.
pub(crate) fn median(rounds: &[Figure]) -> Figure {
    let part = |of: fn(&Figure) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Figure {
        cpu: part(|f| f.cpu),
        throughput: part(|f| f.throughput),
        p50: part(|f| f.p50),
        p99: part(|f| f.p99),
        p999: part(|f| f.p999),
    }
}
