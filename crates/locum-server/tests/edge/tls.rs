//! TLS: protocols, bad files, reload.

use std::{
    fs,
    io::Write as _,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
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
    write_for(directory, 1975..4096)
}

/// Writes a fresh self-signed pair that is good in these years.
fn write_for(directory: &Path, years: Range<i32>) -> rustls_pki_types::CertificateDer<'static> {
    let mut parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(years.start, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(years.end, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    fs::write(directory.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.der().clone()
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
    fs::write(
        identity.path("encrypted.pem"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    fs::write(
        identity.path("older.pem"),
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AA\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
    )
    .unwrap();
    let good = identity.files();
    for (cert, key, parts) in [
        (
            good.cert.clone(),
            identity.path("encrypted.pem"),
            [
                "is encrypted, and nobody is asked for its passphrase",
                "encrypted.pem",
            ],
        ),
        (
            good.cert.clone(),
            identity.path("older.pem"),
            [
                "is encrypted, and nobody is asked for its passphrase",
                "older.pem",
            ],
        ),
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

    let old = identity.certificate.clone();
    for (spoil, part) in [
        (
            (|path| fs::write(path, "nothing")) as fn(PathBuf) -> _,
            "holds no PEM private key",
        ),
        (|path| fs::write(path, ""), "holds no PEM private key"),
        (fs::remove_file, "cannot read the key file"),
        // Of a renewal, one file is written before the other.
        (
            |path| fs::write(path, rcgen::KeyPair::generate().unwrap().serialize_pem()),
            "does not belong to the certificate",
        ),
        (
            |path| {
                write_for(path.parent().unwrap(), 1975..2020);
                Ok(())
            },
            "has expired",
        ),
        (
            |path| {
                write_for(path.parent().unwrap(), 4000..4096);
                Ok(())
            },
            "is not valid yet",
        ),
    ] {
        spoil(identity.path("key.pem")).unwrap();
        let error = reload.reload().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
        assert!(works(&identity), "the old pair stays in use: {part}");
    }

    identity.certificate = write(identity.directory.path());
    assert!(!works(&identity), "not before the reload");
    reload.reload().unwrap();
    assert!(works(&identity));
    identity.certificate = old;
    assert!(!works(&identity), "the old certificate is gone");
}

/// A certificate whose time is over or has not come is better than none, and can be replaced.
#[test]
fn a_start_with_an_untimely_certificate_goes_on() {
    for years in [1975..2020, 4000..4096] {
        let mut identity = Identity::new();
        write_for(identity.directory.path(), years);
        let bound = bind(|config| config.tls = Some(identity.files()));
        let reload = bound.tls_reload().unwrap();
        let server = Fixture::run(bound);
        identity.certificate = write(identity.directory.path());
        reload.reload().unwrap();
        let connector = identity.connector(&[&rustls::version::TLS13], b"http/1.1");
        assert!(block_on(facts(&server, &connector)).is_ok());
    }
}

/// A client hello of an old version.
fn hello(version: u8) -> Vec<u8> {
    let mut body = vec![3, version];
    body.extend([7; 32]);
    // No session; ECDHE with AES-128 and SHA, as it was then; no compression; no extensions.
    body.extend([0, 0, 2, 0xc0, 0x09, 1, 0, 0, 0]);
    let length = u8::try_from(body.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, 1, 0, 0, length], &body[..]].concat()
}

#[test]
fn old_versions_are_refused() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    for version in [0, 1, 2] {
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        stream.write_all(&hello(version)).unwrap();
        let mut answer = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
        // A fatal alert and nothing else: 70 is protocol_version, 40 handshake_failure.
        assert!(
            matches!(answer[..], [21, 3, _, 0, 2, 2, 70 | 40 | 50 | 109]),
            "SSL 3.{version}: {answer:?}"
        );
    }
    server.expect_metric("locum_tls_handshake_failures_total 3");
}

#[test]
fn a_handshake_that_never_ends_is_cut_off() {
    let identity = Identity::new();
    let server = Fixture::start(|config| {
        config.tls = Some(identity.files());
        config.limits.header_timeout = Duration::from_secs(1);
    });
    let began = Instant::now();
    let mut dripping = server.connect();
    for byte in hello(3) {
        if dripping.stream.write_all(&[byte]).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    assert!(dripping.is_closed());
    assert!(server.connect().is_closed(), "without a word");
    // Gone in the middle.
    let mut gone = server.connect();
    gone.send(&hello(3)[..20]);
    drop(gone);
    assert!(began.elapsed() < Duration::from_secs(15));
    server.expect_metric("locum_tls_handshake_failures_total 3");
    server.expect_metric("locum_connections 0");
    let connector = identity.connector(&[&rustls::version::TLS13], b"http/1.1");
    assert!(block_on(facts(&server, &connector)).is_ok());
}

#[test]
fn protocols_are_chosen_by_name_and_unknown_ones_refused() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    let ask = |protocol: &[u8]| block_on(facts(&server, &identity.connector(&versions, protocol)));
    assert!(ask(b"http/1.1").unwrap().starts_with("Http11"));
    for unknown in [&b"h3"[..], b"h2c", b"http/1.0", b"H2"] {
        assert!(ask(unknown).is_err(), "{unknown:?}");
    }
    // Whoever chose HTTP/1.1 and speaks HTTP/2 is not understood.
    block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let connector = identity.connector(&versions, b"http/1.1");
        let mut stream = connector.connect(name(), stream).await.unwrap();
        stream
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .await
            .unwrap();
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply).await;
        assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    });
}

/// There is one certificate, which is shown whatever name is asked for; the signature covers the host.
#[test]
fn a_name_that_is_not_ours_gets_the_certificate_there_is() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    let connector = identity.connector(&[&rustls::version::TLS13], b"http/1.1");
    let error = block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from("elsewhere.example").unwrap();
        connector.connect(name, stream).await.map(drop).unwrap_err()
    });
    assert!(error.to_string().contains("not valid for name"), "{error}");
}
