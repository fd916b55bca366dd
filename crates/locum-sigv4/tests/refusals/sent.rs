//! A request as a client signed it, to be spoilt in one place and judged.

use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_sigv4::{AuthError, ExpectedScope, PathRule, Request, Signed, Signer, SigningKeyCache, Verified};

pub const KEY: &str = "AKIAQNZGKIQY56JQ7WML";
pub const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
pub const NOW: &str = "2021-05-02T17:46:43Z";
pub const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
    AWS Secret Access Key and signing method. Consult the service documentation for details.";

#[derive(Clone)]
pub struct Sent {
    pub method: &'static str,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub fn secret() -> SecretString {
    SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

impl Sent {
    pub fn new(method: &'static str, query: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Self {
            method,
            query: query.to_owned(),
            headers,
            body: body.to_owned(),
        }
    }

    /// A POST of the form in [`BODY`] with the headers given, signed at `time`.
    pub fn posted_at(time: &str, headers: &[(&str, &str)]) -> Self {
        let mut sent = Self::new("POST", "", headers, BODY);
        let added = sent.with(|request| {
            signer(&secret())
                .sign_headers(request, time.parse().unwrap())
                .unwrap()
        });
        sent.headers
            .extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
        sent
    }

    pub fn posted() -> Self {
        Self::posted_at(NOW, &[("Host", "sts.example.org")])
    }

    /// A presigned request, good for `lifetime` seconds from `time`.
    pub fn presigned_at(mut self, time: &str, lifetime: u32) -> Self {
        self.query = self.with(|request| {
            signer(&secret())
                .presign_query(request, time.parse().unwrap(), lifetime)
                .unwrap()
        });
        self
    }

    pub fn presigned() -> Self {
        Self::new("GET", BODY, &[("Host", "sts.example.org")], "").presigned_at(NOW, 900)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn more(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// Rewrites the Authorization header.
    pub fn edit(self, from: &str, to: &str) -> Self {
        let old = self
            .headers
            .iter()
            .find(|(n, _)| n == "Authorization")
            .unwrap()
            .1
            .clone();
        assert!(old.contains(from), "{from} is not in {old}");
        self.header("Authorization", &old.replace(from, to))
    }

    /// Rewrites the query.
    pub fn ask(mut self, from: &str, to: &str) -> Self {
        assert!(self.query.contains(from), "{from} is not in {}", self.query);
        self.query = self.query.replace(from, to);
        self
    }

    pub fn with<T>(&self, f: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_bytes()))
            .collect();
        f(&Request {
            method: self.method,
            path: "/",
            query: &self.query,
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    pub fn check<T>(&self, then: impl FnOnce(Verified<'_>) -> T) -> Result<T, AuthError> {
        self.with(|request| {
            let signed = Signed::parse(request)?;
            let scope = ExpectedScope {
                service: "sts",
                accepts_region: &|region| region == "us-east-1",
            };
            let scoped = signed.check_time(now())?.check_scope(&scope)?;
            Ok(then(scoped.verify(&secret(), &SigningKeyCache::default())?))
        })
    }

    #[track_caller]
    pub fn is_refused(&self, status: u16, code: &str, message: &str) {
        let error = self.check(|_| ()).expect_err("a refusal");
        assert_eq!(error.to_string(), message);
        assert_eq!((error.status(), error.code()), (status, code), "{error}");
    }

    #[track_caller]
    pub fn is_incomplete(&self, message: &str) {
        self.is_refused(400, "IncompleteSignature", message);
    }

    #[track_caller]
    pub fn does_not_match(&self, message: &str) {
        self.is_refused(403, "SignatureDoesNotMatch", message);
    }

    #[track_caller]
    pub fn is_accepted(&self) {
        if let Err(error) = self.check(|_| ()) {
            panic!("{error}");
        }
    }
}

pub fn signer(secret: &SecretString) -> Signer<'_> {
    Signer {
        access_key_id: KEY,
        secret,
        session_token: None,
        region: "us-east-1",
        service: "sts",
        path: PathRule::SERVICE,
    }
}
