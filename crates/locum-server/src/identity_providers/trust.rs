//! Whether a TLS server is who it says: by the trusted roots, or else by a registered thumbprint.
//!
//! A thumbprint makes a certificate that the server presents a trust anchor of this one connection: the leaf must lead to
//! it, be valid now and name the host, as under a root. If the leaf itself is registered there is nothing to lead to,
//! and name and possession of its key are what is left to check (facts: sts §6.2).

use std::sync::{Arc, OnceLock};

use locum_crypto::sha1;
use locum_federation::oidc::Verification;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    server::ParsedCertificate,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// The roots and the cryptography of all connections.
#[derive(Debug)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    /// `None` without any root: then only thumbprints are left.
    roots: Option<Arc<WebPkiServerVerifier>>,
}

impl Trust {
    /// Trusts these certificates; those that no verifier can read are passed over.
    pub(super) fn new(roots: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        let roots = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
            .build()
            .ok();
        Self { provider, roots }
    }

    /// Whether there is a root at all.
    pub(super) const fn has_roots(&self) -> bool {
        self.roots.is_some()
    }

    /// What a connection needs, and where the verdict will be.
    pub(super) fn client(&self, thumbprints: &[[u8; 20]]) -> Result<(ClientConfig, Verdict), Error> {
        let verdict = Verdict::default();
        let verifier = Verifier {
            provider: Arc::clone(&self.provider),
            roots: self.roots.clone(),
            thumbprints: thumbprints.to_vec(),
            verdict: verdict.clone(),
        };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed connection shows no certificate.
        config.resumption = Resumption::disabled();
        Ok((config, verdict))
    }
}

/// What the verifier of one connection found: set once a certificate was looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict(Arc<OnceLock<Option<Verification>>>);

impl Verdict {
    /// What vouches for the server.
    pub(super) fn verification(&self) -> Option<Verification> {
        self.0.get().cloned().flatten()
    }

    /// Whether a certificate was seen and nothing vouches for it.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self.0.get(), Some(None))
    }
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    roots: Option<Arc<WebPkiServerVerifier>>,
    thumbprints: Vec<[u8; 20]>,
    verdict: Verdict,
}

impl Verifier {
    /// The registered thumbprints of presented certificates that the leaf leads to.
    fn matching(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Vec<[u8; 20]> {
        let Ok(parsed) = ParsedCertificate::try_from(leaf) else {
            return Vec::new();
        };
        if verify_server_name(&parsed, name).is_err() {
            return Vec::new();
        }
        let registered = |certificate: &CertificateDer<'_>| {
            Some(sha1(certificate)).filter(|thumbprint| self.thumbprints.contains(thumbprint))
        };
        let above = others.iter().filter_map(|certificate| {
            let thumbprint = registered(certificate)?;
            let mut anchor = RootCertStore::empty();
            anchor.add(certificate.clone().into_owned()).ok()?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&parsed, &anchor, others, now, algorithms).ok()?;
            Some(thumbprint)
        });
        registered(leaf).into_iter().chain(above).collect()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by_roots = match &self.roots {
            Some(roots) => roots.verify_server_cert(end_entity, intermediates, server_name, &[], now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let verdict = match by_roots {
            Ok(_) => Some(Verification::TrustStore),
            Err(_) => {
                let matching = self.matching(end_entity, intermediates, server_name, now);
                (!matching.is_empty()).then(|| Verification::Thumbprint(matching.into()))
            }
        };
        let outcome = match (&verdict, by_roots) {
            (None, Err(error)) => Err(error),
            _ => Ok(ServerCertVerified::assertion()),
        };
        // A connection shows one certificate; nothing was set before.
        let _ = self.verdict.0.set(verdict);
        outcome
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
