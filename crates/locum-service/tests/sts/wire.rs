//! Requests that a test may bend before they are sent.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::net::IpAddr;

use jiff::Timestamp;
use locum_service::Incoming;
use locum_sigv4::{PathRule, Request, Signer};

use crate::harness::{Answer, Credentials, World, percent_encode};

/// One request, as bytes on their way.
#[derive(Clone)]
pub struct Wire {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub region: String,
    pub service: String,
    pub tls: bool,
    pub peer: IpAddr,
}

impl Wire {
    pub fn post(parameters: &[(&str, &str)]) -> Self {
        Self {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![
                ("host".to_owned(), "sts.eu-central-1.example.com".to_owned()),
                (
                    "content-type".to_owned(),
                    "application/x-www-form-urlencoded".to_owned(),
                ),
            ],
            body: form(parameters).into_bytes(),
            region: "eu-central-1".to_owned(),
            service: "sts".to_owned(),
            tls: true,
            peer: IpAddr::from([203, 0, 113, 7]),
        }
    }

    pub fn get(parameters: &[(&str, &str)]) -> Self {
        let mut wire = Self::post(&[]);
        wire.method = "GET".to_owned();
        wire.headers.truncate(1);
        wire.query = form(parameters);
        wire
    }

    /// GetCallerIdentity.
    pub fn identity() -> Self {
        Self::post(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")])
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn signed(mut self, who: &Credentials, at: Timestamp) -> Self {
        let headers = self.borrowed();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        };
        let added = self.signer(who).sign_headers(&request, at).unwrap();
        let added = added
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value));
        self.headers.extend(added);
        self
    }

    pub fn presigned(mut self, who: &Credentials, at: Timestamp, lifetime: u32) -> Self {
        let headers = self.borrowed();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        };
        self.query = self.signer(who).presign_query(&request, at, lifetime).unwrap();
        self
    }

    fn signer<'a>(&'a self, who: &'a Credentials) -> Signer<'a> {
        Signer {
            access_key_id: &who.access_key_id,
            secret: &who.secret,
            session_token: who.token.as_ref(),
            region: &self.region,
            service: &self.service,
            path: PathRule::SERVICE,
        }
    }

    /// Replaces the value of a header.
    pub fn replace(mut self, name: &str, change: impl FnOnce(&str) -> String) -> Self {
        let header = self.headers.iter_mut().find(|(known, _)| known == name).unwrap();
        header.1 = change(&header.1);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    fn borrowed(&self) -> Vec<(&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect()
    }

    pub fn send(&self, world: &World) -> Answer {
        world.handle(&Incoming {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.borrowed(),
            body: &self.body,
            peer: self.peer,
            tls: self.tls.then_some(("TLSv1.3", "TLS_AES_128_GCM_SHA256")),
        })
    }
}

fn form(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    pairs.join("&")
}
