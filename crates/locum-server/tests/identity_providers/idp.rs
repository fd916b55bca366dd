//! An identity provider on this machine, which answers what a test tells it to.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) const DISCOVERY: &str = "/tenant/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "/keys";
pub(crate) const JWKS: &str = include_str!("jwks.json");

/// A root and a server's certificate under it.
pub(crate) struct Identity {
    pub(crate) root: CertificateDer<'static>,
    pub(crate) leaf: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(adjust: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        adjust(&mut params);
        let leaf = params.signed_by(&key, &root).unwrap();
        Self {
            root: root.der().clone(),
            leaf: leaf.der().clone(),
            key: key.serialize_der(),
        }
    }

    /// A server that presents the leaf and these.
    fn config(&self, above: &[CertificateDer<'static>]) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut chain = vec![self.leaf.clone()];
        chain.extend_from_slice(above);
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(self.key.clone()).unwrap());
        Arc::new(config.unwrap())
    }
}

/// What a path answers.
#[derive(Clone)]
pub(crate) enum Answer {
    /// 200 with this body and its length.
    Document(String),
    /// These octets, piece by piece with a pause before each.
    Pieces(Vec<Vec<u8>>, Duration),
}

impl Answer {
    pub(crate) fn raw(text: impl Into<Vec<u8>>) -> Self {
        Self::Pieces(vec![text.into()], Duration::ZERO)
    }
}

type Answers = Arc<Mutex<HashMap<String, Answer>>>;

/// A server on a port of its own.
pub(crate) struct Idp {
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    answers: Answers,
    /// The request lines and headers that came.
    asked: Arc<Mutex<Vec<String>>>,
    connected: Arc<Mutex<usize>>,
}

impl Idp {
    pub(crate) fn http() -> Self {
        Self::start("http", None)
    }

    pub(crate) fn https(identity: &Identity) -> Self {
        Self::presenting(identity, &[])
    }

    /// Presents further certificates above its own.
    pub(crate) fn presenting(identity: &Identity, above: &[CertificateDer<'static>]) -> Self {
        Self::start("https", Some(identity.config(above)))
    }

    fn start(scheme: &'static str, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let idp = Self {
            address: listener.local_addr().unwrap(),
            scheme,
            answers: Answers::default(),
            asked: Arc::default(),
            connected: Arc::default(),
        };
        idp.answer(
            DISCOVERY,
            Answer::Document(idp.discovery(&idp.issuer(), &idp.url(KEYS))),
        );
        idp.answer(KEYS, Answer::Document(JWKS.to_owned()));
        let (answers, asked) = (Arc::clone(&idp.answers), Arc::clone(&idp.asked));
        let connected = Arc::clone(&idp.connected);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                *connected.lock().unwrap() += 1;
                let (tls, answers, asked) = (tls.clone(), Arc::clone(&answers), Arc::clone(&asked));
                thread::spawn(move || match tls {
                    None => serve(stream, &answers, &asked),
                    Some(tls) => {
                        let connection = ServerConnection::new(tls).unwrap();
                        serve(StreamOwned::new(connection, stream), &answers, &asked);
                    }
                });
            }
        });
        idp
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.address.port())
    }

    pub(crate) fn issuer(&self) -> String {
        self.url("/tenant")
    }

    pub(crate) fn discovery(&self, issuer: &str, jwks_uri: &str) -> String {
        format!(
            r#"{{"issuer":"{issuer}","jwks_uri":"{jwks_uri}","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256","ES256"]}}"#
        )
    }

    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connected.lock().unwrap()
    }
}

/// One request. A peer that goes away is no failure of the test's.
fn serve(mut stream: impl Read + Write, answers: &Answers, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(stream.read(&mut octet), Ok(1)) {
            return;
        }
        head.push(octet[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(head);
    let answer = answers.lock().unwrap().get(&path).cloned();
    let (pieces, pause) = match answer {
        None => (
            vec![b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}".to_vec()],
            Duration::ZERO,
        ),
        Some(Answer::Document(body)) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            (vec![head.into_bytes(), body.into_bytes()], Duration::ZERO)
        }
        Some(Answer::Pieces(pieces, pause)) => (pieces, pause),
    };
    for piece in pieces {
        thread::sleep(pause);
        if stream.write_all(&piece).and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
}

/// An address at which nobody listens.
pub(crate) fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert!(TcpStream::connect(address).is_err());
    address
}
