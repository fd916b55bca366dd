//! Our signer, our verifier and AWS's signer agree on random requests, and nothing that was changed verifies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningInstructions, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_sigv4::{AuthError, ExpectedScope, PathRule, Request, Signed, Signer, SigningKeyCache};
use proptest::prelude::*;

/// What a client wants to send, and who it is.
#[derive(Debug, Clone)]
struct Wish {
    post: bool,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    secret: String,
    token: Option<String>,
    second: i64,
}

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

fn wishes() -> impl Strategy<Value = Wish> {
    let query =
        prop::collection::vec(("[A-Za-z0-9 .ሴ%+*~-]{1,8}", "[!-~ ሴ]{0,12}"), 0..5).prop_map(|pairs| {
            let encode = |text: &str| -> String {
                text.bytes()
                    .map(|b| match b {
                        b'a'..=b'z' | b'*' => char::from(b).to_string(),
                        b' ' => "+".to_owned(),
                        _ => format!("%{b:02x}"),
                    })
                    .collect()
            };
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
                .collect();
            pairs.join("&")
        });
    let headers = prop::collection::vec(("(x-amz-meta|my-header)[a-c]", "[!-~]([!-~ ]{0,12}[!-~])?"), 0..4);
    let path = prop_oneof![
        Just("/".to_owned()),
        "(/[a-zA-Z0-9._~-]{1,6}){1,3}/?"
            .prop_filter("no dots", |p| { !p.split('/').any(|s| s == "." || s == "..") })
    ];
    (
        any::<bool>(),
        path,
        query,
        headers,
        prop::collection::vec(any::<u8>(), 0..100),
        "[A-Za-z0-9/+]{40}",
        prop::option::of("[A-Za-z0-9/+=]{1,80}"),
        1_400_000_000_i64..1_900_000_000,
    )
        .prop_map(|(post, path, query, headers, body, secret, token, second)| Wish {
            post,
            path,
            query,
            headers,
            body,
            secret,
            token,
            second,
        })
}

impl Wish {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.second).unwrap()
    }

    /// Unsigned. A presigned one has no body, as with every SDK.
    fn plain(&self, presigned: bool) -> Sent {
        let mut headers = vec![("host".to_owned(), b"sts.example.org".to_vec())];
        headers.extend(
            self.headers
                .iter()
                .map(|(n, v)| (n.clone(), v.clone().into_bytes())),
        );
        Sent {
            method: if self.post { "POST" } else { "GET" }.to_owned(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers,
            body: if presigned { Vec::new() } else { self.body.clone() },
        }
    }

    fn signed_by_us(&self, presigned: bool) -> Sent {
        let secret = SecretString::from(self.secret.as_str());
        let token = self.token.as_deref().map(SecretString::from);
        let signer = Signer {
            access_key_id: "AKIAQNZGKIQY56JQ7WML",
            secret: &secret,
            session_token: token.as_ref(),
            region: "eu-central-1",
            service: "sts",
            path: PathRule::SERVICE,
        };
        let mut sent = self.plain(presigned);
        if presigned {
            sent.query = sent.with(|r| signer.presign_query(r, self.now(), 900).unwrap());
        } else {
            let added = sent.with(|r| signer.sign_headers(r, self.now()).unwrap());
            sent.headers
                .extend(added.into_iter().map(|(n, v)| (n.to_owned(), v.into_bytes())));
        }
        sent
    }

    fn signed_by_aws(&self, presigned: bool) -> Sent {
        let mut sent = self.plain(presigned);
        let (headers, parameters) = self.aws_instructions(&sent, presigned).into_parts();
        for header in headers {
            sent.headers
                .push((header.name().to_owned(), header.value().as_bytes().to_vec()));
        }
        for (name, value) in parameters {
            let escaped: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            let joint = if sent.query.is_empty() { "" } else { "&" };
            sent.query += &format!("{joint}{name}={escaped}");
        }
        sent
    }

    fn aws_instructions(&self, sent: &Sent, presigned: bool) -> SigningInstructions {
        let token = self.token.clone();
        let identity = Credentials::new("AKIAQNZGKIQY56JQ7WML", &self.secret, token, None, "test").into();
        let mut settings = SigningSettings::default();
        if presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(900));
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-central-1")
            .name("sts")
            .time(SystemTime::from(self.now()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let joint = if sent.query.is_empty() { "" } else { "?" };
        let url = format!("https://sts.example.org{}{joint}{}", sent.path, sent.query);
        let headers = sent
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), std::str::from_utf8(v).unwrap()));
        let body = SignableBody::Bytes(&sent.body);
        let request = SignableRequest::new(&sent.method, url, headers, body).unwrap();
        sign(request, &parameters).unwrap().into_parts().0
    }

    fn verify(&self, sent: &Sent) -> Result<(), AuthError> {
        sent.with(|request| {
            let scope = ExpectedScope {
                service: "sts",
                accepts_region: &|r| r == "eu-central-1",
            };
            let signed = Signed::parse(request)?;
            let scoped = signed.check_time(self.now())?.check_scope(&scope)?;
            // The signature covers the key id only through the key that it stands for.
            if scoped.access_key_id() != "AKIAQNZGKIQY56JQ7WML" {
                return Err(AuthError::InvalidToken);
            }
            let secret = SecretString::from(self.secret.as_str());
            let verified = scoped.verify(&secret, &SigningKeyCache::new(1))?;
            assert_eq!(verified.security_token(), self.token.as_deref());
            Ok(())
        })
    }
}

impl Sent {
    fn with<T>(&self, f: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_slice()))
            .collect();
        f(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        })
    }

    /// Where the signature is.
    fn signature(&self) -> String {
        let header = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case("authorization"));
        let text = header.map_or_else(
            || self.query.clone(),
            |(_, v)| String::from_utf8(v.clone()).unwrap(),
        );
        let (_, after) = text.rsplit_once("Signature=").unwrap();
        let raw = after.split('&').next().unwrap();
        if raw.contains('%') {
            let bytes = raw
                .split('%')
                .skip(1)
                .map(|h| u8::from_str_radix(h, 16).unwrap())
                .collect();
            String::from_utf8(bytes).unwrap()
        } else {
            raw.to_owned()
        }
    }

    /// Flips one bit somewhere; `None` when that leaves no request, or one that says the same.
    fn altered(&self, part: usize, place: prop::sample::Index, bit: u8) -> Option<Self> {
        let mut sent = self.clone();
        let flip = |bytes: &mut Vec<u8>| -> Option<()> {
            let place = (!bytes.is_empty()).then(|| place.index(bytes.len()))?;
            *bytes.get_mut(place)? ^= 1 << bit;
            Some(())
        };
        let flip_text = |text: &mut String| -> Option<()> {
            let mut bytes = std::mem::take(text).into_bytes();
            flip(&mut bytes)?;
            *text = String::from_utf8(bytes).ok()?;
            Some(())
        };
        match part {
            0 => flip_text(&mut sent.method)?,
            1 => flip_text(&mut sent.path)?,
            2 => flip_text(&mut sent.query)?,
            3 => flip(&mut sent.body)?,
            n => {
                let count = sent.headers.len();
                flip(&mut sent.headers.get_mut((n - 4) % count)?.1)?;
            }
        }
        (sent.meaning() != self.meaning()).then_some(sent)
    }

    /// What a request says, without what a signature does not tell apart on purpose: how the query is spelled, empty
    /// segments of the path, blanks in headers, and in the Authorization header, letter case and order of the names.
    fn meaning(&self) -> impl PartialEq + use<> {
        let mut query: Vec<(Vec<u8>, Vec<u8>)> = self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(name), decoded(value))
            })
            .collect();
        query.sort();
        let mut path: Vec<_> = self.path.split('/').map(str::to_owned).collect();
        path.retain(|segment| !segment.is_empty());
        let headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let text = String::from_utf8_lossy(value)
                    .split_ascii_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                let is_authorization = name.eq_ignore_ascii_case("authorization");
                (
                    name.clone(),
                    if is_authorization {
                        authorization(&text)
                    } else {
                        text
                    },
                )
            })
            .collect();
        (
            self.method.clone(),
            path,
            self.path.ends_with('/'),
            query,
            headers,
            self.body.clone(),
        )
    }
}

/// An Authorization header up to the spelling of its signed headers and the blanks behind commas.
fn authorization(text: &str) -> String {
    let parts: Vec<String> = text
        .split(',')
        .map(|part| match part.trim().split_once('=') {
            Some(("SignedHeaders", names)) => format!("SignedHeaders={}", names.to_ascii_lowercase()),
            _ => part.trim().to_owned(),
        })
        .collect();
    parts.join(",")
}

/// Percent decoding that is not the crate's own; what is malformed stays, and is refused anyway.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let escape = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], escape) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_aws_signs_verifies(wish in wishes(), presigned: bool) {
        prop_assert_eq!(wish.verify(&wish.signed_by_aws(presigned)), Ok(()));
    }

    #[test]
    fn what_we_sign_aws_signs_alike(wish in wishes(), presigned: bool) {
        let ours = wish.signed_by_us(presigned);
        prop_assert_eq!(wish.verify(&ours), Ok(()));
        prop_assert_eq!(ours.signature(), wish.signed_by_aws(presigned).signature());
    }

    #[test]
    fn whatever_is_altered_is_refused(
        wish in wishes(),
        presigned: bool,
        part in 0usize..12,
        place: prop::sample::Index,
        bit in 0u8..8,
    ) {
        if let Some(altered) = wish.signed_by_us(presigned).altered(part, place, bit) {
            prop_assert!(wish.verify(&altered).is_err(), "{altered:?}");
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        method in ".{0,4}",
        path in ".{0,12}",
        query in prop_oneof![".{0,40}", "(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature)=(AWS4-HMAC-SHA256|20260101T000000Z|%?[ -~]{0,8})&){0,8}"],
        headers in prop::collection::vec(
            ("authorization|host|x-amz-date|date|.{0,8}", prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                "AWS4-HMAC-SHA256 ((Credential|SignedHeaders|Signature)=?[ -~]{0,20},){0,4}".prop_map(String::into_bytes),
                Just(b"20260101T000000Z".to_vec()),
            ]),
            0..5,
        ),
        body: Vec<u8>,
    ) {
        let sent = Sent { method, path, query, headers, body };
        sent.with(|request| {
            if let Ok(signed) = Signed::parse(request) {
                let scope = ExpectedScope { service: "sts", accepts_region: &|_| true };
                let _ = signed.check_time(signed.signed_at()).map(|current| {
                    current.check_scope(&scope).map(|s| s.verify(&SecretString::from("x"), &SigningKeyCache::new(1)))
                });
            }
        });
    }
}
