//! Every row of facts: sts §1.6, with its status, code and text, and the order in which they apply.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_sigv4::{
    AuthError, ExpectedScope, Form, PathRule, Request, Signed, Signer, SigningKeyCache, Verified,
};

const KEY: &str = "AKIAQNZGKIQY56JQ7WML";
const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const NOW: &str = "2021-05-02T17:46:43Z";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
    AWS Secret Access Key and signing method. Consult the service documentation for details.";
const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[derive(Clone)]
struct Sent {
    method: &'static str,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn secret() -> SecretString {
    SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

impl Sent {
    fn new(method: &'static str, query: &str, headers: &[(&str, &str)], body: &str) -> Self {
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
    fn posted_at(time: &str, headers: &[(&str, &str)]) -> Self {
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

    fn posted() -> Self {
        Self::posted_at(NOW, &[("Host", "sts.example.org")])
    }

    /// A presigned request, good for `lifetime` seconds from `time`.
    fn presigned_at(mut self, time: &str, lifetime: u32) -> Self {
        self.query = self.with(|request| {
            signer(&secret())
                .presign_query(request, time.parse().unwrap(), lifetime)
                .unwrap()
        });
        self
    }

    fn presigned() -> Self {
        Self::new("GET", BODY, &[("Host", "sts.example.org")], "").presigned_at(NOW, 900)
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn more(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// Rewrites the Authorization header.
    fn edit(self, from: &str, to: &str) -> Self {
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
    fn ask(mut self, from: &str, to: &str) -> Self {
        assert!(self.query.contains(from), "{from} is not in {}", self.query);
        self.query = self.query.replace(from, to);
        self
    }

    fn with<T>(&self, f: impl FnOnce(&Request<'_>) -> T) -> T {
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

    fn check<T>(&self, then: impl FnOnce(Verified<'_>) -> T) -> Result<T, AuthError> {
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
    fn is_refused(&self, status: u16, code: &str, message: &str) {
        let error = self.check(|_| ()).expect_err("a refusal");
        assert_eq!(error.to_string(), message);
        assert_eq!((error.status(), error.code()), (status, code), "{error}");
    }

    #[track_caller]
    fn is_incomplete(&self, message: &str) {
        self.is_refused(400, "IncompleteSignature", message);
    }

    #[track_caller]
    fn does_not_match(&self, message: &str) {
        self.is_refused(403, "SignatureDoesNotMatch", message);
    }

    #[track_caller]
    fn is_accepted(&self) {
        if let Err(error) = self.check(|_| ()) {
            panic!("{error}");
        }
    }
}

fn signer(secret: &SecretString) -> Signer<'_> {
    Signer {
        access_key_id: KEY,
        secret,
        session_token: None,
        region: "us-east-1",
        service: "sts",
        path: PathRule::SERVICE,
    }
}

#[test]
fn what_is_rightly_signed_is_accepted() {
    let seen = |v: Verified<'_>| {
        assert_eq!(v.access_key_id(), KEY);
        assert_eq!((v.scope().region, v.scope().service), ("us-east-1", "sts"));
        assert_eq!((v.signed_at(), v.security_token()), (now(), None));
        assert!(v.covers("host") && !v.covers("user-agent"));
        v.form()
    };
    assert_eq!(Sent::posted().check(seen), Ok(Form::Header));
    assert_eq!(Sent::presigned().check(seen), Ok(Form::Query));
}

#[test]
fn missing_authentication() {
    let sent = Sent::posted().without("Authorization");
    sent.is_refused(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    // security S1: a credential without an algorithm authenticates nothing.
    let sent = Sent::presigned().ask("X-Amz-Algorithm=AWS4-HMAC-SHA256&", "");
    sent.is_refused(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
}

#[test]
fn wrong_algorithm() {
    Sent::posted()
        .edit("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
        .is_incomplete("Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
    Sent::posted()
        .header("Authorization", "Bearer eyJhbGciOi")
        .is_incomplete("Unsupported AWS 'algorithm': 'Bearer'.");
    Sent::presigned()
        .ask("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")
        .is_incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.");
}

#[test]
fn header_part_not_a_pair() {
    Sent::posted()
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=a, junk")
        .is_incomplete(
            "'junk' not a valid key=value pair (missing equal-sign) in Authorization header: \
         'AWS4-HMAC-SHA256 Credential=a, junk'",
        );
}

#[test]
fn header_parts_missing() {
    Sent::posted()
        .header("Authorization", "AWS4-HMAC-SHA256")
        .without("X-Amz-Date")
        .is_incomplete(
            "Authorization header requires 'Credential' parameter. \
             Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. \
             Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization=AWS4-HMAC-SHA256",
        );
    Sent::posted().edit("SignedHeaders=", "Other=").is_incomplete(
        "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
    );
}

#[test]
fn query_parts_missing() {
    let all = "AWS query-string parameters must include 'X-Amz-Credential'. \
        AWS query-string parameters must include 'X-Amz-Signature'. \
        AWS query-string parameters must include 'X-Amz-SignedHeaders'. \
        AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.";
    Sent::new("GET", "X-Amz-Algorithm=AWS4-HMAC-SHA256", &[], "").is_incomplete(all);
    Sent::presigned().ask("X-Amz-Date=", "Other=").is_incomplete(
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
}

#[test]
fn bad_date() {
    let text = |got: &str| {
        format!(
            "Date must be in ISO-8601 'basic format'. Got '{got}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    };
    for bad in ["2021-05-02T17:46:43Z", "20210502", "20210532T174643Z", ""] {
        Sent::posted().header("X-Amz-Date", bad).is_incomplete(&text(bad));
    }
    let date = "Sun, 02 May 2021 17:46:43 GMT";
    Sent::posted()
        .without("X-Amz-Date")
        .header("Date", date)
        .is_incomplete(&text(date));
    // A control character is not repeated: the message must fit into XML.
    Sent::presigned()
        .ask("X-Amz-Date=2021", "X-Amz-Date=%00%0A")
        .is_incomplete(&text("\u{fffd}\u{fffd}0502T174643Z"));
}

#[test]
fn a_date_header_serves_when_there_is_no_amazon_date() {
    let sent = Sent::posted()
        .without("X-Amz-Date")
        .header("Date", "20210502T174643Z")
        .edit(";x-amz-date", "");
    sent.does_not_match(MISMATCH); // Read and judged current, only signed differently.
}

#[test]
fn credential_not_five_parts() {
    for credential in ["", "a/b/c/d", "AKIA/20210502/us-east-1/sts/aws4_request/"] {
        Sent::posted()
            .edit(&format!("{KEY}/20210502/us-east-1/sts/aws4_request"), credential)
            .is_incomplete(&format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
                 got '{credential}'"
            ));
    }
}

#[test]
fn headers_not_signed() {
    let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    Sent::posted()
        .edit("=host;x-amz-date", "=x-amz-date")
        .does_not_match(host);
    Sent::presigned()
        .ask("SignedHeaders=host", "SignedHeaders=")
        .does_not_match(host);
    Sent::posted()
        .edit("=host;x-amz-date", "=host")
        .does_not_match("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
    for sent in [Sent::posted(), Sent::presigned()] {
        sent.more("x-amz-target", "Organizations.ListAccounts")
            .does_not_match("'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.");
    }
    Sent::posted().more("x-amzn-trace-id", "Root=1").is_accepted();
}

#[test]
fn a_list_of_signed_headers_that_is_not_one() {
    for list in [
        "host;host;x-amz-date",
        "host;;x-amz-date",
        "host;x-amz-date;",
        "host;x-amz-date;absent",
        "host;x y",
    ] {
        let list = if list.contains("x-amz-date") {
            list.to_owned()
        } else {
            format!("{list};x-amz-date")
        };
        Sent::posted()
            .edit("host;x-amz-date", &list)
            .does_not_match(MISMATCH);
    }
    Sent::presigned()
        .ask("SignedHeaders=host", "SignedHeaders=host%0Ahost%3Ax")
        .does_not_match("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    // The order and the case that a client lists them in is not what is signed.
    Sent::posted()
        .edit("host;x-amz-date", "X-Amz-Date;Host")
        .is_accepted();
}

#[test]
fn clock_behind() {
    Sent::posted_at("2021-05-02T14:40:40Z", &[("Host", "h")]).does_not_match(
        "Signature expired: 20210502T144040Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)",
    );
    Sent::posted_at("2021-05-02T17:31:42Z", &[("Host", "h")]).does_not_match(
        "Signature expired: 20210502T173142Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)",
    );
    Sent::posted_at("2021-05-02T17:31:43Z", &[("Host", "h")]).is_accepted();
}

#[test]
fn clock_ahead() {
    Sent::posted_at("2021-05-02T18:36:40Z", &[("Host", "h")]).does_not_match(
        "Signature not yet current: 20210502T183640Z is still later than 20210502T180143Z \
         (20210502T174643Z + 15 min.)",
    );
    Sent::posted_at("2021-05-02T18:01:43Z", &[("Host", "h")]).is_accepted();
    let get = Sent::new("GET", BODY, &[("Host", "h")], "");
    get.clone()
        .presigned_at("2021-05-02T18:01:44Z", 604_800)
        .does_not_match(
            "Signature not yet current: 20210502T180144Z is still later than 20210502T180143Z \
         (20210502T174643Z + 15 min.)",
        );
    get.presigned_at("2021-05-02T18:01:43Z", 1).is_accepted();
}

#[test]
fn presigned_time_is_over() {
    let get = Sent::new("GET", BODY, &[("Host", "h")], "");
    get.clone().presigned_at("2021-05-02T17:45:43Z", 60).is_accepted();
    get.clone().presigned_at("2021-05-02T17:45:42Z", 60).does_not_match(
        "Signature expired: 20210502T174542Z is now earlier than 20210502T174543Z (20210502T174643Z - 1 min.)",
    );
    get.clone().presigned_at("2021-05-02T17:46:32Z", 10).does_not_match(
        "Signature expired: 20210502T174632Z is now earlier than 20210502T174633Z (20210502T174643Z - 10 sec.)",
    );
    get.presigned_at("2021-04-26T00:00:00Z", 604_800).is_accepted();
}

#[test]
fn presigned_for_an_impossible_time() {
    for text in ["0", "604801", "-1", "+60", "", "60s", "99999999999999999999"] {
        let to = format!("Expires={}&", text.replace('+', "%2B"));
        Sent::presigned().ask("Expires=900&", &to).is_incomplete(&format!(
            "X-Amz-Expires must be a number of seconds from 1 to 604800, got '{text}'"
        ));
    }
}

#[test]
fn scope_wrong() {
    let region = "Credential should be scoped to a valid region. ";
    let service = "Credential should be scoped to correct service: 'sts'. ";
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. ";
    let date = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
        'b' != '20210502', from '20210502T174643Z'. ";
    Sent::posted().edit("us-east-1", "c").does_not_match(region);
    Sent::posted().edit("/sts/", "/d/").does_not_match(service);
    Sent::posted()
        .edit("aws4_request", "e")
        .does_not_match(terminator);
    Sent::posted().edit("/20210502/", "/b/").does_not_match(date);
    Sent::posted()
        .edit("us-east-1/sts", "c/d")
        .does_not_match(&[region, service].concat());
    Sent::posted()
        .edit("20210502/us-east-1/sts/aws4_request", "b/c/d/e")
        .does_not_match(&[region, service, terminator, date].concat());
}

#[test]
fn token_and_key() {
    // Found by the caller, who answers with these.
    let invalid = AuthError::InvalidToken;
    assert_eq!(
        (invalid.status(), invalid.code(), invalid.to_string().as_str()),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid."
        )
    );
    let expired = AuthError::ExpiredToken;
    assert_eq!(
        (expired.status(), expired.code(), expired.to_string().as_str()),
        (
            403,
            "ExpiredToken",
            "The security token included in the request is expired"
        )
    );
}

#[test]
fn signature_wrong() {
    let mut other = Sent::posted();
    other.body.push('x');
    other.does_not_match(MISMATCH);
    Sent::posted()
        .edit("Signature=", "Signature=0")
        .does_not_match(MISMATCH);
    Sent::presigned()
        .ask("GetCallerIdentity", "GetSessionToken")
        .does_not_match(MISMATCH);
    Sent::posted()
        .header("Host", "other.example.org")
        .does_not_match(MISMATCH);
}

#[test]
fn payload_hash() {
    let host = ("Host", "sts.example.org");
    for hash in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        EMPTY_HASH,
        "",
    ] {
        Sent::posted_at(NOW, &[host, ("X-Amz-Content-Sha256", hash)]).does_not_match(MISMATCH);
    }
    Sent::posted_at(
        NOW,
        &[
            host,
            (
                "X-Amz-Content-Sha256",
                "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843",
            ),
        ],
    )
    .is_accepted();
    // A presigned POST must say its hash (facts: sts §1.6), in the query or in a signed header.
    let post = |query: &str| Sent::new("POST", query, &[host], BODY).presigned_at(NOW, 60);
    post("").does_not_match(MISMATCH);
    post("X-Amz-Content-Sha256=UNSIGNED-PAYLOAD").does_not_match(MISMATCH);
    let hash = "X-Amz-Content-Sha256=ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";
    post(hash).is_accepted();
    Sent {
        body: "more".to_owned(),
        ..post(hash)
    }
    .does_not_match(MISMATCH);
    Sent {
        body: BODY.to_owned(),
        ..Sent::presigned()
    }
    .does_not_match(MISMATCH);
}

#[test]
fn malformed_escapes() {
    for sent in [Sent::posted(), Sent::presigned()] {
        for (query, message) in [
            ("a=%", "Incomplete trailing escape % sequence"),
            ("a=%4", "Incomplete trailing escape % sequence"),
            ("a%4=b", "Incomplete trailing escape % sequence"),
            ("a=%zz", "Illegal hex character in escape % pattern: %zz"),
            ("%+1=b", "Illegal hex character in escape % pattern: %+1"),
        ] {
            Sent {
                query: format!("{}&{query}", sent.query),
                ..sent.clone()
            }
            .is_refused(400, "MalformedQueryString", message);
        }
    }
}

#[test]
fn repeated_headers_that_authenticate() {
    for name in [
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "host",
    ] {
        let sent = Sent::posted().more(name, "a").more(&name.to_uppercase(), "a");
        sent.is_incomplete(&format!("Header '{name}' must not be repeated."));
    }
}

#[test]
fn the_last_of_repeated_parts_counts() {
    // facts: sts §1.6, recorded.
    Sent::posted()
        .edit("SHA256 ", "SHA256 Signature=0, Credential=x, ")
        .is_accepted();
    Sent::posted()
        .edit(", Signature=", ", Signature=0,Signature=")
        .is_accepted();
}

#[test]
fn ambiguous_query() {
    for name in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Content-Sha256",
    ] {
        let message = format!("AWS query-string parameter '{name}' must be given once and spelled exactly.");
        let twice = format!("{name}=a&x={name}&");
        let mut sent = Sent::presigned();
        sent.query = format!("{twice}{twice}{}", sent.query);
        sent.is_incomplete(&message);
        let mut sent = Sent::presigned();
        sent.query = format!(
            "{}=a&{}",
            name.to_lowercase().replace('-', "%2d"),
            sent.query.replace(&format!("{name}="), "")
        );
        sent.is_incomplete(&message);

        let mut sent = Sent::posted();
        sent.query = format!("{}=a", name.to_lowercase());
        sent.is_incomplete("Authentication must be either in headers or in the query string, not in both.");
    }
    for name in ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"] {
        let sent = Sent::presigned().more(name, "AWS4-HMAC-SHA256");
        sent.is_incomplete("Authentication must be either in headers or in the query string, not in both.");
    }
}

#[test]
fn order_of_refusals() {
    // Everything is wrong; each step mends what was told first (facts: sts §1.6, precedence).
    let mut sent = Sent::new("POST", "a=%", &[("X-Amz-Foo", "1")], BODY);
    let code = |sent: &Sent| {
        let error = sent.check(|_| ()).unwrap_err();
        (error.code(), error.to_string())
    };
    assert_eq!(code(&sent).0, "MalformedQueryString");
    sent.query.clear();
    assert_eq!(code(&sent).0, "MissingAuthenticationToken");
    sent = sent.header("Authorization", "AWS4");
    assert!(code(&sent).1.starts_with("Unsupported AWS"));
    sent = sent.header(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d,Signature=x,junk",
    );
    assert!(code(&sent).1.starts_with("'junk' not a valid"));
    sent = sent.header("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d,Signature=x");
    assert!(
        code(&sent)
            .1
            .starts_with("Authorization header requires 'SignedHeaders'")
    );
    let start = "AWS4-HMAC-SHA256 Signature=x";
    sent = sent
        .header(
            "Authorization",
            &format!("{start},Credential=a/b/c/d,SignedHeaders=a"),
        )
        .header("Date", "today");
    assert!(code(&sent).1.starts_with("'Host' or ':authority'"));
    sent = sent.header(
        "Authorization",
        &format!("{start},Credential=a/b/c/d,SignedHeaders=host"),
    );
    assert!(code(&sent).1.starts_with("'X-Amz-Foo' must be"));
    sent = sent.without("X-Amz-Foo");
    assert!(code(&sent).1.starts_with("Date must be"));
    sent = sent.header("Date", "20200502T174643Z");
    assert!(code(&sent).1.starts_with("Signature expired"));
    sent = sent.header("Date", "20210502T174643Z");
    assert!(code(&sent).1.starts_with("Credential must have exactly 5"));
    sent = sent.edit("a/b/c/d", "a/b/c/d/e");
    assert!(code(&sent).1.starts_with("Credential should be scoped"));
    sent = sent.edit("a/b/c/d/e", &format!("{KEY}/20210502/us-east-1/sts/aws4_request"));
    assert_eq!(code(&sent).1, MISMATCH);
}

#[test]
fn a_rotated_secret_does_not_verify_with_the_cached_key() {
    let cache = SigningKeyCache::default();
    let sent = Sent::posted();
    let verify = |secret: &SecretString| {
        sent.with(|request| {
            let signed = Signed::parse(request)?;
            let scope = ExpectedScope {
                service: "sts",
                accepts_region: &|_| true,
            };
            let scoped = signed.check_time(now())?.check_scope(&scope)?;
            scoped.verify(secret, &cache).map(|_| ())
        })
    };
    assert_eq!(verify(&SecretString::from("rotated")), Err(AuthError::Mismatch));
    assert!(
        cache.is_empty(),
        "only the key of a verified signature is remembered"
    );
    assert_eq!(verify(&secret()), Ok(()));
    assert_eq!(cache.len(), 1);
    assert_eq!(verify(&secret()), Ok(()));
    assert_eq!(verify(&SecretString::from("rotated")), Err(AuthError::Mismatch));
}

#[test]
fn nothing_shown_holds_a_secret() {
    let token = SecretString::from("IQoJb3JpZ2luX2VjTOKEN");
    let secret = secret();
    let signer = Signer {
        session_token: Some(&token),
        ..signer(&secret)
    };
    let mut sent = Sent::new("POST", "", &[("Host", "h")], BODY);
    let added = sent.with(|request| signer.sign_headers(request, now()).unwrap());
    let signature = added.last().unwrap().1.rsplit_once('=').unwrap().1.to_owned();
    sent.headers
        .extend(added.into_iter().map(|(n, v)| (n.to_owned(), v)));
    let shown = sent.with(|request| {
        let signed = Signed::parse(request).unwrap();
        let scope = ExpectedScope {
            service: "sts",
            accepts_region: &|_| true,
        };
        let scoped = signed.check_time(now()).unwrap().check_scope(&scope).unwrap();
        let verified = scoped.verify(&secret, &SigningKeyCache::default()).unwrap();
        assert_eq!(verified.security_token(), Some(token.expose()));
        format!("{request:?} {signed:?} {scoped:?} {verified:?} {signer:?}")
    });
    for hidden in [token.expose(), secret.expose(), &signature] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
