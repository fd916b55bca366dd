//! What is counted, and how it is shown.
//!
//! Plain atomics, found once: each worker keeps the counters of the labels it has met, so recording a request takes
//! no lock and allocates nothing. The Prometheus text is written from them when asked for.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use crate::{
    application::Label,
    exposition::{head, line, single},
    refusal::Refusal,
};

/// Upper bounds of the latency buckets, in microseconds; an AssumeRole takes about 20.
const BUCKETS: [u64; 14] = [
    25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000,
];

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How long the requests of one operation took.
#[derive(Debug, Default)]
struct Latency {
    buckets: [AtomicU64; BUCKETS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Latency {
    fn record(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let place = BUCKETS.partition_point(|bound| bound * 1_000 < nanoseconds);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }
}

/// Everything the edge counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    started: SystemTime,
    requests: Mutex<HashMap<Label, Arc<Counter>>>,
    latencies: Mutex<HashMap<&'static str, Arc<Latency>>>,
    refused: [Counter; Refusal::ALL.len()],
    pub(crate) in_flight: AtomicUsize,
    pub(crate) abandoned: Counter,
    pub(crate) panics: Counter,
    pub(crate) connections: Counter,
    pub(crate) turned_away_server: Counter,
    pub(crate) turned_away_peer: Counter,
    pub(crate) accept_errors: Counter,
    pub(crate) tls_handshakes: Counter,
    pub(crate) tls_failures: Counter,
}

/// The counters of one label.
type Series = (Arc<Counter>, Arc<Latency>);

/// One worker's way to the counters of its requests.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    met: HashMap<Label, Series>,
    /// Those of the last request: the next is often of the same kind, and needs no look-up.
    last: Option<(Label, Series)>,
}

impl Recorder {
    /// Counts one answered request.
    pub(crate) fn record(&mut self, metrics: &Metrics, label: Label, took: Duration) {
        let (counter, latency) = match &self.last {
            Some((last, series)) if *last == label => series,
            _ => {
                let series = self.met.entry(label).or_insert_with(|| metrics.series(label));
                &self.last.insert((label, series.clone())).1
            }
        };
        counter.add();
        latency.record(took);
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            started: SystemTime::now(),
            requests: Mutex::default(),
            latencies: Mutex::default(),
            refused: Default::default(),
            in_flight: AtomicUsize::new(0),
            abandoned: Counter::default(),
            panics: Counter::default(),
            connections: Counter::default(),
            turned_away_server: Counter::default(),
            turned_away_peer: Counter::default(),
            accept_errors: Counter::default(),
            tls_handshakes: Counter::default(),
            tls_failures: Counter::default(),
        }
    }

    /// Counts one refused request.
    pub(crate) fn refused(&self, refusal: Refusal) {
        if let Some(counter) = self.refused.get(refusal as usize) {
            counter.add();
        }
    }

    fn series(&self, label: Label) -> (Arc<Counter>, Arc<Latency>) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = Arc::clone(requests.entry(label).or_default());
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        (counter, Arc::clone(latencies.entry(label.operation).or_default()))
    }

    /// Writes all of it in the Prometheus text format.
    pub(crate) fn write(&self, out: &mut String, open_connections: usize) {
        head(out, "locum_build_info", "gauge", "The version that runs.");
        line(
            out,
            "locum_build_info",
            &[("version", env!("CARGO_PKG_VERSION"))],
            1,
        );
        let started = self
            .started
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        single(
            out,
            "locum_start_time_seconds",
            "gauge",
            "When the process began to serve.",
            started.as_secs(),
        );

        self.write_requests(out);
        self.write_latencies(out);

        head(
            out,
            "locum_requests_refused_total",
            "counter",
            "Requests refused at the edge.",
        );
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.refused) {
            line(
                out,
                "locum_requests_refused_total",
                &[("reason", refusal.reason())],
                counter.value(),
            );
        }
        for (name, help, value) in [
            (
                "locum_requests_in_flight",
                "Requests being read or answered.",
                self.in_flight.load(Relaxed),
            ),
            ("locum_connections", "Open connections.", open_connections),
        ] {
            single(out, name, "gauge", help, value as u64);
        }
        head(
            out,
            "locum_connections_turned_away_total",
            "counter",
            "Connections closed at once, over a limit.",
        );
        for (limit, counter) in [
            ("server", &self.turned_away_server),
            ("peer", &self.turned_away_peer),
        ] {
            line(
                out,
                "locum_connections_turned_away_total",
                &[("limit", limit)],
                counter.value(),
            );
        }
        for (name, help, counter) in [
            (
                "locum_requests_abandoned_total",
                "Requests whose client left before the answer.",
                &self.abandoned,
            ),
            (
                "locum_panics_total",
                "Requests answered 500 because of a panic.",
                &self.panics,
            ),
            (
                "locum_connections_total",
                "Accepted connections.",
                &self.connections,
            ),
            (
                "locum_accept_errors_total",
                "Failures to accept a connection.",
                &self.accept_errors,
            ),
            (
                "locum_tls_handshakes_total",
                "Completed TLS handshakes.",
                &self.tls_handshakes,
            ),
            (
                "locum_tls_handshake_failures_total",
                "Failed TLS handshakes.",
                &self.tls_failures,
            ),
        ] {
            single(out, name, "counter", help, counter.value());
        }
    }

    fn write_requests(&self, out: &mut String) {
        let mut requests: Vec<(Label, u64)> = {
            let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            requests
                .iter()
                .map(|(label, counter)| (*label, counter.value()))
                .collect()
        };
        requests.sort_unstable_by_key(|(label, _)| (label.operation, label.outcome));
        head(out, "locum_requests_total", "counter", "Answered requests.");
        for (label, value) in requests {
            let labels = [("operation", label.operation), ("outcome", label.outcome)];
            line(out, "locum_requests_total", &labels, value);
        }
    }

    fn write_latencies(&self, out: &mut String) {
        let mut latencies: Vec<(&str, Arc<Latency>)> = {
            let latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
            latencies
                .iter()
                .map(|(name, latency)| (*name, Arc::clone(latency)))
                .collect()
        };
        latencies.sort_unstable_by_key(|(operation, _)| *operation);
        let name = "locum_request_duration_seconds";
        head(
            out,
            name,
            "histogram",
            "From the end of the request head to the answer.",
        );
        for (operation, latency) in latencies {
            let mut total = 0;
            for (index, bucket) in latency.buckets.iter().enumerate() {
                total += bucket.load(Relaxed);
                let bound = BUCKETS
                    .get(index)
                    .map_or_else(|| "+Inf".to_owned(), |bound| seconds(bound * 1_000));
                let labels = [("operation", operation), ("le", &bound)];
                line(out, "locum_request_duration_seconds_bucket", &labels, total);
            }
            let sum = seconds(latency.nanoseconds.load(Relaxed));
            let _ = writeln!(out, "{name}_sum{{operation=\"{operation}\"}} {sum}");
            line(
                out,
                "locum_request_duration_seconds_count",
                &[("operation", operation)],
                total,
            );
        }
    }
}

/// Nanoseconds as decimal seconds, without the rounding of a float.
fn seconds(nanoseconds: u64) -> String {
    let text = format!(
        "{}.{:09}",
        nanoseconds / 1_000_000_000,
        nanoseconds % 1_000_000_000
    );
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_own_counter() {
        let metrics = Metrics::new();
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, index, "{refusal:?} is out of place");
            metrics.refused(refusal);
        }
        let mut text = String::new();
        metrics.write(&mut text, 0);
        assert!(text.contains("locum_requests_refused_total{reason=\"line_end\"} 1\n"));
        assert!(text.contains("locum_requests_refused_total{reason=\"busy\"} 1\n"));
    }

    #[test]
    fn requests_of_many_kinds_are_counted_apart() {
        let metrics = Metrics::new();
        let mut recorder = Recorder::default();
        let ok = Label::new("Op", "ok");
        for label in [ok, ok, Label::new("Op", "Denied"), Label::new("Other", "ok"), ok] {
            recorder.record(&metrics, label, Duration::from_micros(1));
        }
        let mut text = String::new();
        metrics.write(&mut text, 0);
        for expected in [
            "{operation=\"Op\",outcome=\"ok\"} 3\n",
            "{operation=\"Op\",outcome=\"Denied\"} 1\n",
            "{operation=\"Other\",outcome=\"ok\"} 1\n",
            "_count{operation=\"Op\"} 4\n",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }

    #[test]
    fn buckets_are_cumulative_and_bounds_inclusive() {
        let metrics = Metrics::new();
        let mut recorder = Recorder::default();
        for micros in [25, 26, 9_000_000] {
            recorder.record(&metrics, Label::new("Op", "ok"), Duration::from_micros(micros));
        }
        let mut text = String::new();
        metrics.write(&mut text, 0);
        for expected in [
            "locum_requests_total{operation=\"Op\",outcome=\"ok\"} 3\n",
            "_bucket{operation=\"Op\",le=\"0.000025\"} 1\n",
            "_bucket{operation=\"Op\",le=\"0.00005\"} 2\n",
            "_bucket{operation=\"Op\",le=\"2.5\"} 2\n",
            "_bucket{operation=\"Op\",le=\"+Inf\"} 3\n",
            "_sum{operation=\"Op\"} 9.000051\n",
            "_count{operation=\"Op\"} 3\n",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}
