//! HTTP/2 by ALPN and with prior knowledge.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::{
    fixture::Fixture,
    tls::{Identity, block_on, name},
};

type Sender = SendRequest<Full<Bytes>>;

async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Sender {
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

async fn cleartext(server: &Fixture) -> Sender {
    open(TcpStream::connect(server.address).await.unwrap()).await
}

async fn ask(
    sender: &mut Sender,
    uri: &str,
    headers: &[(&str, &[u8])],
    body: Vec<u8>,
) -> hyper::Result<(u16, String)> {
    let mut request = Request::post(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    sender.ready().await?;
    let response: Response<hyper::body::Incoming> = sender
        .send_request(request.body(Full::from(body)).unwrap())
        .await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8(body.to_vec()).unwrap()))
}

#[test]
fn alpn_chooses_http2() {
    let identity = Identity::new();
    let server = Fixture::start(|config| config.tls = Some(identity.files()));
    let connector = identity.connector(&[&rustls::version::TLS13], b"h2");
    block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let mut sender = open(connector.connect(name(), stream).await.unwrap()).await;
        let (status, body) = ask(&mut sender, "https://localhost/?facts", &[], vec![])
            .await
            .unwrap();
        assert_eq!(status, 200);
        assert!(body.starts_with("Http2 localhost Some("), "{body}");
    });
}

#[test]
fn streams_are_served_side_by_side() {
    let server = Fixture::start(|config| config.workers = Some(1));
    block_on(async {
        let mut sender = cleartext(&server).await;
        let mut slow = sender.clone();
        let slow = tokio::spawn(async move { ask(&mut slow, "http://a/?slow", &[], vec![]).await });
        for index in 0..20 {
            let body = format!("{index}").repeat(1_000);
            let reply = ask(&mut sender, "http://a/", &[], body.clone().into_bytes())
                .await
                .unwrap();
            assert_eq!(reply, (200, body));
        }
        assert_eq!(slow.await.unwrap().unwrap().0, 200);
    });
}

#[test]
fn the_same_limits_and_checks_hold() {
    let server = Fixture::start(|config| config.limits.max_body = 1_000);
    block_on(async {
        let mut sender = cleartext(&server).await;
        let large = "x".repeat(17 * 1024);
        for (headers, status) in [
            (vec![("x-a", "\u{e9}".as_bytes())], 400),
            (vec![("host", b"b".as_slice())], 400),
            (vec![("host", b"a"), ("host", b"a")], 400),
            (vec![("x-large", large.as_bytes())], 400),
            (vec![("host", b"a")], 200),
        ] {
            let reply = ask(&mut sender, "http://a/", &headers, vec![]).await.unwrap();
            assert_eq!(reply.0, status, "{:?}", headers.first().map(|(name, _)| name));
        }
        assert_eq!(
            ask(&mut sender, "http://a/", &[], vec![b'x'; 1_001])
                .await
                .unwrap()
                .0,
            413
        );
        assert_eq!(ask(&mut sender, "http://a/b", &[], vec![]).await.unwrap().0, 404);
        assert_eq!(
            ask(&mut sender, "http://a/?panic", &[], vec![]).await.unwrap().0,
            500
        );
        assert_eq!(
            ask(&mut sender, "http://a/", &[], b"on".to_vec())
                .await
                .unwrap()
                .1,
            "on"
        );
    });
    assert_eq!(server.calls(), 3);
}

#[test]
fn idle_and_stopped_connections_are_closed() {
    for stop in [false, true] {
        let server = Fixture::start(|config| {
            if !stop {
                config.limits.idle_timeout = Duration::from_millis(150);
            }
        });
        block_on(async {
            let mut sender = cleartext(&server).await;
            assert_eq!(ask(&mut sender, "http://a/", &[], vec![]).await.unwrap().0, 200);
            if stop {
                server.shutdown.stop();
            }
            for _ in 0..500 {
                if sender.is_closed() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            panic!("still open (stop: {stop})");
        });
    }
}

#[test]
fn a_request_under_way_outlives_the_stop() {
    let server = Fixture::start(|_| {});
    block_on(async {
        let mut sender = cleartext(&server).await;
        let mut slow = sender.clone();
        let slow = tokio::spawn(async move { ask(&mut slow, "http://a/?slow", &[], vec![]).await });
        assert_eq!(ask(&mut sender, "http://a/", &[], vec![]).await.unwrap().0, 200);
        while server.calls() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.shutdown.stop();
        assert_eq!(slow.await.unwrap().unwrap().0, 200);
    });
}

#[test]
fn head_brings_the_length_and_no_body() {
    let server = Fixture::start(|_| {});
    block_on(async {
        let mut sender = cleartext(&server).await;
        sender.ready().await.unwrap();
        let request = Request::head("http://a/document").body(Full::default()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-length"], "2");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.is_empty(), "{body:?}");
        let (status, _) = ask(&mut sender, "http://a/?facts", &[], vec![]).await.unwrap();
        assert_eq!(status, 200, "the connection goes on");
    });
}
