//! The server's identity: certificate and key, read at start and again when asked.

use std::{fs, path::Path, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{
    CipherSuite, Error as TlsError, ProtocolVersion, ServerConfig, ServerConnection, crypto::aws_lc_rs,
    server::ProducesTickets,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use zeroize::Zeroizing;

use crate::{ServeError, TlsFacts, TlsFiles};

/// The identity in use.
#[derive(Debug)]
pub(crate) struct TlsSource {
    files: TlsFiles,
    /// Kept over reloads, so that a new certificate does not cost everybody a full handshake.
    ticketer: Arc<dyn ProducesTickets>,
    current: ArcSwap<ServerConfig>,
}

impl TlsSource {
    pub(crate) fn open(files: TlsFiles) -> Result<Self, ServeError> {
        let ticketer = aws_lc_rs::Ticketer::new().map_err(|error| content("key", &files.key, &error))?;
        let config = load(&files, &ticketer)?;
        Ok(Self {
            files,
            ticketer,
            current: ArcSwap::from_pointee(config),
        })
    }

    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        self.current.load_full()
    }
}

/// Reads certificate and key again, for connections from then on.
#[derive(Debug, Clone)]
pub struct TlsReload(Arc<TlsSource>);

impl TlsReload {
    pub(crate) fn new(source: Arc<TlsSource>) -> Self {
        Self(source)
    }

    /// Reads the files again and uses them if they are good; otherwise the old ones stay in use.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub fn reload(&self) -> Result<(), ServeError> {
        let config = load(&self.0.files, &self.0.ticketer)?;
        self.0.current.store(Arc::new(config));
        Ok(())
    }
}

fn load(files: &TlsFiles, ticketer: &Arc<dyn ProducesTickets>) -> Result<ServerConfig, ServeError> {
    let text = read("certificate", &files.cert)?;
    let chain = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| content("certificate", &files.cert, &error))?;
    if chain.is_empty() {
        return Err(holds_no("certificate", &files.cert));
    }
    let text = read("key", &files.key)?;
    // What the parser says could quote the file.
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| holds_no("key", &files.key))?;

    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| content("certificate", &files.cert, &error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| match error {
            TlsError::InconsistentKeys(_) => ServeError::TlsMismatch {
                cert: files.cert.clone(),
                key: files.key.clone(),
            },
            TlsError::InvalidCertificate(_) => content("certificate", &files.cert, &error),
            _ => content("key", &files.key, &error),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = Arc::clone(ticketer);
    // One is what clients use; each costs a sealing and a record.
    config.send_tls13_tickets = 1;
    Ok(config)
}

fn read(what: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, ServeError> {
    fs::read(path)
        .map(Zeroizing::new)
        .map_err(|source| ServeError::TlsFile {
            what,
            path: path.to_owned(),
            source,
        })
}

fn content(what: &'static str, path: &Path, error: &dyn std::fmt::Display) -> ServeError {
    ServeError::TlsContent {
        what,
        path: path.to_owned(),
        reason: format!("cannot be used: {error}"),
    }
}

fn holds_no(what: &'static str, path: &Path) -> ServeError {
    let thing = if what == "key" {
        "private key"
    } else {
        "certificate"
    };
    ServeError::TlsContent {
        what,
        path: path.to_owned(),
        reason: format!("holds no PEM {thing}"),
    }
}

/// What a finished handshake settled on.
pub(crate) fn facts(connection: &ServerConnection) -> Option<TlsFacts> {
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => return None,
    };
    let suite = connection.negotiated_cipher_suite()?.suite();
    // rustls writes TLS13_AES_…; IANA and CloudTrail write TLS_AES_….
    let cipher = match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => other.as_str()?,
    };
    Some(TlsFacts { version, cipher })
}
