//! What is counted about fetches. The issuers are not labels: who may register one could add time series.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use locum_federation::oidc::{FetchProblem, Verification};

use crate::exposition::{head, line, single};

/// Fetches by their outcome.
#[derive(Debug, Default)]
pub(super) struct Counters {
    trust_store: AtomicU64,
    thumbprint: AtomicU64,
    unreachable: AtomicU64,
    forbidden: AtomicU64,
    certificate: AtomicU64,
    document: AtomicU64,
    issuers: AtomicU64,
}

impl Counters {
    pub(super) fn count(&self, outcome: Result<&Verification, FetchProblem>) {
        let counter = match outcome {
            Ok(Verification::TrustStore) => &self.trust_store,
            Ok(Verification::Thumbprint(_)) => &self.thumbprint,
            Err(FetchProblem::Unreachable) => &self.unreachable,
            Err(FetchProblem::Forbidden) => &self.forbidden,
            Err(FetchProblem::CertificateMismatch) => &self.certificate,
            Err(FetchProblem::BadDocument) => &self.document,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(super) fn set_issuers(&self, number: usize) {
        self.issuers.store(number as u64, Relaxed);
    }

    /// Writes them in the Prometheus text format.
    pub(super) fn write(&self, out: &mut String) {
        let fetches = [
            ("trust_store", &self.trust_store),
            ("thumbprint", &self.thumbprint),
            ("unreachable", &self.unreachable),
            ("forbidden", &self.forbidden),
            ("certificate", &self.certificate),
            ("document", &self.document),
        ];
        let name = "locum_identity_provider_fetches_total";
        let help = "Fetches of OpenID Connect keys, by what vouched for them or failed.";
        head(out, name, "counter", help);
        for (outcome, counter) in fetches {
            line(out, name, &[("outcome", outcome)], counter.load(Relaxed));
        }
        single(
            out,
            "locum_identity_providers",
            "gauge",
            "OpenID Connect issuers that are registered.",
            self.issuers.load(Relaxed),
        );
    }
}
