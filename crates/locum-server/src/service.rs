//! The service behind the edge: what the edge hands over and what the service takes are the same thing in two rooms'
//! words, and this file translates.
//!
//! Here, and only here, a request meets the clock and the system's randomness.

use std::{borrow::Cow, cell::RefCell, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use locum_crypto::BufferedRandom;
use locum_service::{
    Commit, Reply, Service,
    audit::{AuditSink, Unrecorded},
};

use crate::{
    Answer, Application, AuditFile, Done, Incoming, Label, Pending, exposition::single, store_metrics,
};

thread_local! {
    /// One source a thread: a draw of its own from the system would cost more than all else that a nonce costs.
    static RANDOM: RefCell<BufferedRandom> = RefCell::new(BufferedRandom::new());
}

/// What writes further metrics in the Prometheus text format.
type Metrics = Box<dyn Fn(&mut String) + Send + Sync>;

/// The service as an [`Application`], with the audit file whose state it reports.
pub struct ServiceApplication {
    service: Arc<Service>,
    audit: Arc<AuditFile>,
    metrics: Vec<Metrics>,
}

impl ServiceApplication {
    /// Puts the service behind the edge.
    #[must_use]
    pub const fn new(service: Arc<Service>, audit: Arc<AuditFile>) -> Self {
        Self {
            service,
            audit,
            metrics: Vec::new(),
        }
    }

    /// Shows what `write` writes among the metrics too.
    #[must_use]
    pub fn with_metrics(mut self, write: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        self.metrics.push(Box::new(write));
        self
    }
}

impl Application for ServiceApplication {
    fn call(&self, incoming: Incoming<'_>) -> Answer {
        let incoming = received(incoming);
        let outcome =
            RANDOM.with_borrow_mut(|random| self.service.handle(&incoming, Timestamp::now(), random));
        let pending = outcome
            .commit
            .map(|commit| Box::new(PendingCommit(commit)) as Box<dyn Pending>);
        Answer {
            pending,
            ..answer(outcome.reply)
        }
    }

    fn is_long(&self, head: Incoming<'_>) -> bool {
        self.service
            .announces_transaction(&received(head), Timestamp::now())
    }

    fn is_slow(&self, whole: Incoming<'_>) -> bool {
        self.service.hashes_password(&received(whole), Timestamp::now)
    }

    fn document(&self, path: &str) -> Option<Answer> {
        let published = self.service.publication(path)?;
        let caching = format!("public, max-age={}", published.max_age);
        Some(Answer {
            headers: vec![
                ("content-type", Cow::Borrowed("application/json")),
                ("cache-control", Cow::Owned(caching)),
                ("x-content-type-options", Cow::Borrowed("nosniff")),
            ],
            body: Bytes::copy_from_slice(published.body.as_bytes()),
            ..Answer::empty(200, Label::new(published.operation, "ok"))
        })
    }

    fn ready(&self) -> bool {
        !self.audit.is_failing() && !self.service.directory().is_closed()
    }

    fn write_metrics(&self, out: &mut String) {
        self.audit.write_metrics(out);
        store_metrics::write(self.service.directory(), out);
        let now = Timestamp::now();
        let later = self.service.later_time(now);
        let behind = later.map_or(0, |later| later.as_second().saturating_sub(now.as_second()));
        single(
            out,
            "locum_clock_behind_seconds",
            "gauge",
            "How far the clock is behind a time that is known to have been.",
            u64::try_from(behind).unwrap_or_default(),
        );
        for write in &self.metrics {
            write(out);
        }
    }
}

fn received(incoming: Incoming<'_>) -> locum_service::Incoming<'_> {
    locum_service::Incoming {
        method: incoming.method,
        path: incoming.path,
        query: incoming.query,
        headers: incoming.headers,
        body: incoming.body,
        peer: incoming.peer.ip(),
        tls: incoming.tls.map(|facts| (facts.version, facts.cipher)),
    }
}

struct PendingCommit(Commit);

impl Pending for PendingCommit {
    fn on_durable(self: Box<Self>, done: Done) {
        self.0.settle(move |outcome| done(outcome.map_err(answer)));
    }
}

fn answer(reply: Reply) -> Answer {
    Answer {
        status: reply.status,
        headers: reply.headers,
        body: Bytes::from(reply.body),
        label: Label::new(reply.operation, reply.outcome),
        pending: None,
    }
}

impl AuditSink for AuditFile {
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
        Self::record(self, line).map_err(|_| Unrecorded)
    }

    fn keep(&self, line: &[u8]) {
        Self::keep(self, line);
    }

    fn is_failing(&self) -> bool {
        Self::is_failing(self)
    }
}
