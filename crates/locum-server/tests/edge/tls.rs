//! TLS: protocols, bad files, reload.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use locum_server::{Config, Server, TlsFiles};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::fixture::{Fixture, bind};

pub(crate) struct Identity {
    directory: tempfile::TempDir,
    pub(crate) certificate: rustls_pki_types::CertificateDer<'static>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let certificate = write(directory.path());
        Self {
            directory,
            certificate,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn files(&self) -> TlsFiles {
        TlsFiles {
            cert: self.path("cert.pem"),
            key: self.path("key.pem"),
        }
    }

    /// A connector that trusts this identity.
    pub(crate) fn connector(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
        protocol: &[u8],
    ) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        TlsConnector::from(Arc::new(config))
    }
}

/// Writes a fresh self-signed pair.
fn write(directory: &Path) -> rustls_pki_types::CertificateDer<'static> {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(directory.join("cert.pem"), pair.cert.pem()).unwrap();
    fs::write(directory.join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    pair.cert.der().clone()
}

pub(crate) fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn facts(server: &Fixture, connector: &TlsConnector) -> std::io::Result<String> {
    let stream = TcpStream::connect(server.address).await?;
    let mut stream = connector.connect(name(), stream).await?;
    stream
        .write_all(b"GET /?facts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    Ok(reply.rsplit("\r\n\r\n").next().unwrap_or_default().to_owned())
}

#[test]
fn both_versions_are_spoken_and_told_to_the_application() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    for (version, told, cipher) in [
        (
            &rustls::version::TLS12,
            "TLSv1.2",
            "cipher: \"TLS_ECDHE_ECDSA_WITH_AES_",
        ),
        (&rustls::version::TLS13, "TLSv1.3", "cipher: \"TLS_AES_"),
    ] {
        let connector = identity.connector(&[version], b"http/1.1");
        let facts = block_on(facts(&server, &connector)).unwrap();
        assert!(facts.starts_with("Http11 localhost Some("), "{facts}");
        assert!(facts.contains(told) && facts.contains(cipher), "{facts}");
    }
    server.expect_metric("locum_tls_handshakes_total 2");
}

#[test]
fn a_failed_handshake_is_counted() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    let mut client = server.connect();
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.try_read().is_none());
    server.expect_metric("locum_tls_handshake_failures_total 1");
}

#[test]
fn bad_files_end_in_one_sentence_that_names_them() {
    let identity = Identity::new();
    let other = Identity::new();
    fs::write(identity.path("empty.pem"), "").unwrap();
    fs::write(
        identity.path("garbage.pem"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let good = identity.files();
    for (cert, key, parts) in [
        (
            identity.path("none.pem"),
            good.key.clone(),
            ["cannot read the certificate file", "none.pem"],
        ),
        (
            identity.path("empty.pem"),
            good.key.clone(),
            ["holds no PEM certificate", "empty.pem"],
        ),
        (
            identity.path("garbage.pem"),
            good.key.clone(),
            ["the certificate file", "garbage.pem"],
        ),
        (
            good.cert.clone(),
            identity.path("none.pem"),
            ["cannot read the key file", "none.pem"],
        ),
        (
            good.cert.clone(),
            good.cert.clone(),
            ["holds no PEM private key", "cert.pem"],
        ),
        (
            good.cert.clone(),
            other.path("key.pem"),
            ["does not belong to the certificate", "key.pem"],
        ),
    ] {
        let mut config = Config::new(([127, 0, 0, 1], 0).into());
        config.tls = Some(TlsFiles { cert, key });
        let error = Server::bind(config).err().unwrap().to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_reload_uses_the_new_files_or_keeps_the_old() {
    let mut identity = Identity::new();
    let bound = bind(|config| config.tls = Some(identity.files()));
    let reload = bound.tls_reload().unwrap();
    let server = Fixture::run(bound);
    let works = |identity: &Identity| {
        let connector = identity.connector(&[&rustls::version::TLS13], b"http/1.1");
        block_on(facts(&server, &connector)).is_ok()
    };
    assert!(works(&identity));

    fs::write(identity.path("key.pem"), "nothing").unwrap();
    assert!(reload.reload().is_err());
    assert!(works(&identity), "the old pair stays in use");

    let old = identity.certificate.clone();
    identity.certificate = write(identity.directory.path());
    assert!(!works(&identity), "not before the reload");
    reload.reload().unwrap();
    assert!(works(&identity));
    identity.certificate = old;
    assert!(!works(&identity), "the old certificate is gone");
}
