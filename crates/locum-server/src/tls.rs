//! The server's identity: certificate and key, read at start and again when asked.

use std::{fs, path::Path, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{
    CertificateError, CipherSuite, Error as TlsError, ProtocolVersion, RootCertStore, ServerConfig,
    ServerConnection,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::{CryptoProvider, aws_lc_rs},
    server::{ParsedCertificate, ProducesTickets},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject};
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
        let loaded = load(&files, &ticketer)?;
        if let Some(untimely) = loaded.untimely {
            // Its clients find it out; there is nothing better to serve until a reload.
            tracing::warn!("the certificate in {} {untimely}", files.cert.display());
        }
        Ok(Self {
            files,
            ticketer,
            current: ArcSwap::from_pointee(loaded.config),
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
    /// What is wrong with the files; that the certificate has expired or is not valid yet, too.
    pub fn reload(&self) -> Result<(), ServeError> {
        let loaded = load(&self.0.files, &self.0.ticketer)?;
        if let Some(untimely) = loaded.untimely {
            return Err(ServeError::TlsContent {
                what: "certificate",
                path: self.0.files.cert.clone(),
                reason: untimely.to_owned(),
            });
        }
        self.0.current.store(Arc::new(loaded.config));
        Ok(())
    }
}

/// What the files hold.
struct Loaded {
    config: ServerConfig,
    /// What is wrong with the certificate's time.
    untimely: Option<&'static str>,
}

fn load(files: &TlsFiles, ticketer: &Arc<dyn ProducesTickets>) -> Result<Loaded, ServeError> {
    let text = read("certificate", &files.cert)?;
    let chain = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| content("certificate", &files.cert, &error))?;
    if chain.is_empty() {
        return Err(holds_no("certificate", &files.cert));
    }
    let provider = aws_lc_rs::default_provider();
    let untimely = chain.first().and_then(|leaf| untimely(leaf, &provider));
    let text = read("key", &files.key)?;
    if let Some((mode, how)) = exposed(&files.key) {
        tracing::warn!("the key file {} has mode {mode:04o}: {how}", files.key.display());
    }
    // What the parser says could quote the file.
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| match is_encrypted(&text) {
        true => ServeError::TlsContent {
            what: "key",
            path: files.key.clone(),
            reason:
                "is encrypted, and nobody is asked for its passphrase: `openssl pkey` writes it without one"
                    .to_owned(),
        },
        false => holds_no("key", &files.key),
    })?;

    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
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
    Ok(Loaded { config, untimely })
}

/// Whether a certificate's time is over or has not come. Who issued it is for clients to judge.
fn untimely(leaf: &CertificateDer<'_>, provider: &CryptoProvider) -> Option<&'static str> {
    let leaf = ParsedCertificate::try_from(leaf).ok()?;
    let algorithms = provider.signature_verification_algorithms.all;
    // Nobody is trusted, and a certificate's own times are looked at first.
    let verified = verify_server_cert_signed_by_trust_anchor(
        &leaf,
        &RootCertStore::empty(),
        &[],
        UnixTime::now(),
        algorithms,
    );
    let Err(TlsError::InvalidCertificate(error)) = verified else {
        return None;
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some("has expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Some("is not valid yet")
        }
        _ => None,
    }
}

/// The mode of a key file that everybody can read, or others than its owner change. A group that can read it is made for
/// that, as Kubernetes makes one for its secrets and Debian for its keys. It is told and no more: the files of a secret are
/// readable by all who are in a container unless its author thought of it.
#[cfg(unix)]
fn exposed(key: &Path) -> Option<(u32, &'static str)> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(key).ok()?.permissions().mode() & 0o777;
    let how = match mode {
        _ if mode & 0o022 != 0 => "others than its owner can change it",
        _ if mode & 0o004 != 0 => "everybody on this machine can read it",
        _ => return None,
    };
    Some((mode, how))
}

#[cfg(not(unix))]
const fn exposed(_key: &Path) -> Option<(u32, &'static str)> {
    None
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

/// Tells whether a key can be read with a passphrase only: in the form of PKCS #8, or in OpenSSL's older one.
fn is_encrypted(text: &[u8]) -> bool {
    [b"ENCRYPTED PRIVATE KEY".as_slice(), b"Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| text.windows(mark.len()).any(|part| part == *mark))
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// Kubernetes shows a file by way of two links, whose own modes say nothing.
    #[test]
    fn a_key_that_others_can_read_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("data"), directory.path().join("key.pem"));
        fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        for (mode, told) in [
            (0o600, None),
            (0o400, None),
            (0o440, None),
            (0o640, None),
            (0o644, Some("read")),
            (0o444, Some("read")),
            (0o604, Some("read")),
            (0o660, Some("change")),
            (0o602, Some("change")),
            (0o666, Some("change")),
        ] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            for path in [&file, &link] {
                let exposed = exposed(path);
                assert_eq!(exposed.map(|(shown, _)| shown), told.map(|_| mode));
                let how = exposed.map_or("", |(_, how)| how);
                assert!(how.contains(told.unwrap_or_default()), "{mode:o}: {how}");
            }
        }
    }
}
