//! Requests as a client signed them, to be sent from any thread, from any place, and elsewhere than they were signed for.

use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use locum_api::model::Service as Api;
use locum_crypto::Random;
use locum_service::{Incoming, Service};
use locum_sigv4::{PathRule, Request, Signer};

use super::{Answer, Credentials, Parameters, World};

/// Where requests come from.
const PEER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

impl World {
    /// Calls Access Analyzer: the method, the path and the query, and a body of JSON.
    pub fn rest(&self, who: &Credentials, at: (&str, &str, &str), body: &[u8]) -> Answer {
        let (method, path, query) = at;
        self.rest_from(who, (method, path, query), (path, query), body)
    }

    /// A call of Access Analyzer that was signed for another path and query than it is sent to.
    pub fn rest_elsewhere(
        &self,
        who: &Credentials,
        signed: (&str, &str),
        sent: (&str, &str),
        body: &[u8],
    ) -> Answer {
        self.rest_from(who, ("POST", signed.0, signed.1), sent, body)
    }

    fn rest_from(
        &self,
        who: &Credentials,
        (method, path, query): (&str, &str, &str),
        sent: (&str, &str),
        body: &[u8],
    ) -> Answer {
        let headers = [("content-type", "application/json")];
        let signed = self.signed_at(who, Api::AccessAnalyzer, (method, path, query), &headers, body);
        let incoming = Incoming {
            method,
            path: sent.0,
            query: sent.1,
            headers: &borrow(&signed.headers),
            body: &signed.body,
            peer: PEER.into(),
            tls: None,
        };
        self.handle(&incoming)
    }

    /// Hands over a request as it is.
    pub fn handle(&self, incoming: &Incoming<'_>) -> Answer {
        answered(
            &self.service,
            incoming,
            self.now(),
            &mut *self.random.borrow_mut(),
        )
    }

    /// Signs a POST for `/`, to be sent from any thread.
    pub fn signed(&self, who: &Credentials, api: Api, headers: &Parameters<'_>, body: &[u8]) -> Signed {
        self.signed_at(who, api, ("POST", "/", ""), headers, body)
    }

    fn signed_at(
        &self,
        who: &Credentials,
        api: Api,
        (method, path, query): (&str, &str, &str),
        headers: &Parameters<'_>,
        body: &[u8],
    ) -> Signed {
        let region = "us-east-1";
        let host = format!("{}.{region}.example.com", api.signing_name());
        let mut sent: Vec<(String, String)> = vec![("host".to_owned(), host)];
        sent.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let signer = Signer {
            access_key_id: &who.access_key_id,
            secret: &who.secret,
            session_token: who.token.as_ref(),
            region,
            service: api.signing_name(),
            path: PathRule::SERVICE,
        };
        let borrowed = borrow(&sent);
        let request = Request {
            method,
            path,
            query,
            headers: &borrowed,
            body,
        };
        let added = signer.sign_headers(&request, self.now()).unwrap();
        sent.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value)),
        );
        sent.push(("user-agent".to_owned(), "test/1".to_owned()));
        Signed {
            headers: sent,
            body: body.to_vec(),
        }
    }
}

/// A POST for `/`, signed if its operation is, to be sent from any thread and as often as you like.
#[derive(Clone)]
pub struct Signed {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Signed {
    /// The same head over another body.
    pub fn with_body(&self, body: &[u8]) -> Self {
        Self {
            headers: self.headers.clone(),
            body: body.to_vec(),
        }
    }

    /// Whether its head, without its body, announces a transaction of somebody known.
    pub fn announces_transaction(&self, service: &Service, now: Timestamp) -> bool {
        self.with_body(&[])
            .come(Ipv4Addr::LOCALHOST.into(), None, |incoming| {
                service.announces_transaction(incoming, now)
            })
    }

    /// Whether it asks for a password to be hashed, as somebody known.
    pub fn hashes_password(&self, service: &Service, now: Timestamp) -> bool {
        self.come(Ipv4Addr::LOCALHOST.into(), None, |incoming| {
            service.hashes_password(incoming, || now)
        })
    }

    /// Sends it over TLS and waits until its write is durable.
    pub fn answered(&self, service: &Service, now: Timestamp, random: &mut dyn Random) -> Answer {
        self.answered_from(service, now, random, PEER.into(), Some("TLSv1.3"))
    }

    /// The same from a place, with this version of TLS or none.
    pub fn answered_from(
        &self,
        service: &Service,
        now: Timestamp,
        random: &mut dyn Random,
        peer: IpAddr,
        tls: Option<&'static str>,
    ) -> Answer {
        self.come(peer, tls, |incoming| answered(service, incoming, now, random))
    }

    /// What the service makes of it when it comes from a place.
    fn come<T>(&self, peer: IpAddr, tls: Option<&'static str>, then: impl FnOnce(&Incoming<'_>) -> T) -> T {
        then(&Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrow(&self.headers),
            body: &self.body,
            peer,
            tls: tls.map(|version| (version, "TLS_AES_128_GCM_SHA256")),
        })
    }
}

fn answered(service: &Service, incoming: &Incoming<'_>, now: Timestamp, random: &mut dyn Random) -> Answer {
    let outcome = service.handle(incoming, now, random);
    let reply = match outcome.commit.map(locum_service::Commit::wait) {
        None | Some(Ok(())) => outcome.reply,
        Some(Err(instead)) => instead,
    };
    let headers = reply
        .headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), v.clone().into_owned()));
    Answer {
        status: reply.status,
        headers: headers.collect(),
        body: reply.body,
    }
}

fn borrow(headers: &[(String, String)]) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

pub(super) fn form<'a>(parameters: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = parameters
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    pairs.join("&")
}

pub fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
