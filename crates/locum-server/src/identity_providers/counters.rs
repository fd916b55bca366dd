//! What is counted about fetches. The issuers are not labels: who may register one could add time series.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use locum_federation::oidc::{FetchProblem, Verification};

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
        out.push_str(
            "# HELP locum_identity_provider_fetches_total Fetches of OpenID Connect keys, by what vouched for them or failed.\n\
             # TYPE locum_identity_provider_fetches_total counter\n",
        );
        for (outcome, counter) in fetches {
            let value = counter.load(Relaxed);
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "locum_identity_provider_fetches_total{{outcome=\"{outcome}\"}} {value}"
            );
        }
        let issuers = self.issuers.load(Relaxed);
        let _ = write!(
            out,
            "# HELP locum_identity_providers OpenID Connect issuers that are registered.\n\
             # TYPE locum_identity_providers gauge\n\
             locum_identity_providers {issuers}\n"
        );
    }
}
