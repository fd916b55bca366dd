use std::sync::Arc;

use locum_federation::outbound::{Document, PublicUrl, discovery};

use crate::service::Service;

/// A document for anybody to read, without a signature and without a record.
#[derive(Debug, Clone)]
pub struct Published {
    /// The document: JSON.
    pub body: Arc<str>,
    /// What `/metrics` counts its readers as.
    pub operation: &'static str,
    /// For how many seconds a reader may keep it: far shorter than a key is published before it signs.
    pub max_age: u32,
}

const MAX_AGE: u32 = 900;

impl Service {
    /// The document that is published at `path`; `None` if none is. That of a disabled issuer is: it has issued tokens that
    /// have not expired yet, and AWS's stays as well (recorded).
    #[must_use]
    pub fn publication(&self, path: &str) -> Option<Published> {
        let (issuer_id, document) = PublicUrl::document_at(path)?;
        let snapshot = self.directory().snapshot();
        let issuer = snapshot.outbound_federation_by_issuer(issuer_id)?;
        let (body, operation) = match document {
            Document::Discovery => {
                let url = self.settings.public_url.issuer(issuer_id);
                (discovery(&url).into(), "OpenIdConfiguration")
            }
            Document::KeySet => {
                let keys = self.issuers.of(issuer).ok()?;
                (Arc::clone(&keys.key_set), "JsonWebKeySet")
            }
        };
        Some(Published {
            body,
            operation,
            max_age: MAX_AGE,
        })
    }
}
