//! Figures: what a kind of request costs a server, in short rounds that take turns with other servers.
//!
//! The machine is rarely alone, and what disturbs it lasts longer than a round. So a ratio is taken of two rounds that
//! follow one another, and the median of those ratios is the result; each figure is the median of its rounds too.

use std::error::Error;

use crate::{load::Connections, requests::Requests, server::Server};

/// What one round showed.
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

impl Figure {
    /// The share of one core that the server used.
    pub(crate) fn busy(&self) -> f64 {
        self.cpu * self.throughput / 1e6
    }
}

/// A server, what it is asked, and connections to it that stay open.
pub(crate) struct Subject<'a> {
    server: &'a Server,
    requests: Requests,
    connections: Connections,
}

impl<'a> Subject<'a> {
    /// Opens so many connections.
    pub(crate) fn new(
        server: &'a Server,
        requests: &Requests,
        connections: usize,
    ) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            server,
            requests: requests.clone(),
            connections: Connections::open(server.address, connections)?,
        })
    }

    /// Sends `count` requests.
    pub(crate) fn round(&mut self, count: usize) -> Result<Figure, Box<dyn Error>> {
        let before = self.server.cpu()?;
        let outcome = self.connections.send(&self.requests, count)?;
        let took = self.server.cpu()?.saturating_sub(before);
        Ok(Figure {
            cpu: took.as_secs_f64() * 1e6 / outcome.requests as f64,
            throughput: outcome.throughput(),
            p50: outcome.percentile(0.50),
            p99: outcome.percentile(0.99),
            p999: outcome.percentile(0.999),
        })
    }
}

/// The rounds of one server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds(Vec<Figure>);

impl Rounds {
    /// The median of one part.
    pub(crate) fn median(&self, part: fn(&Figure) -> f64) -> f64 {
        median(self.0.iter().map(part).collect())
    }

    /// The median of the ratios of each round to the round of another server in the same turn.
    pub(crate) fn against(&self, other: &Self, part: fn(&Figure) -> f64) -> f64 {
        let turns = self.0.iter().zip(&other.0);
        median(turns.map(|(mine, its)| part(mine) / part(its)).collect())
    }
}

/// Two servers in turn: one round each that does not count, then as many as `rounds` says, each of `count` requests.
pub(crate) fn in_turn(
    pair: [Subject<'_>; 2],
    rounds: usize,
    count: usize,
) -> Result<[Rounds; 2], Box<dyn Error>> {
    let [mut first, mut second] = pair;
    first.round(count)?;
    second.round(count)?;
    let mut measured = [Rounds::default(), Rounds::default()];
    let [one, other] = &mut measured;
    for turn in 0..rounds {
        // Neither always follows the other.
        if turn % 2 == 0 {
            one.0.push(first.round(count)?);
            other.0.push(second.round(count)?);
        } else {
            other.0.push(second.round(count)?);
            one.0.push(first.round(count)?);
        }
    }
    Ok(measured)
}

/// The value in the middle, or nought of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(cpu: &[f64]) -> Rounds {
        let figure = |&cpu| Figure {
            cpu,
            ..Figure::default()
        };
        Rounds(cpu.iter().map(figure).collect())
    }

    #[test]
    fn a_disturbed_round_says_nothing() {
        assert_eq!(median(vec![3.0, 900.0, 1.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
        assert_eq!(rounds(&[7.0, 2.0, 3.0]).median(|f| f.cpu), 3.0);
    }

    #[test]
    fn a_ratio_is_of_rounds_in_the_same_turn() {
        // The machine was twice as slow in the second turn, for both.
        let mine = rounds(&[30.0, 60.0, 30.0]);
        let bare = rounds(&[10.0, 20.0, 15.0]);
        assert_eq!(mine.against(&bare, |f| f.cpu), 3.0);
    }
}
