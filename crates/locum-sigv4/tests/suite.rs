//! AWS's own signing test suite, as it ships in the source of the `aws-sigv4` crate: signed, and verified, in both forms.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_sigv4::{AuthError, ExpectedScope, PathRule, Request, SignError, Signed, Signer, SigningKeyCache};
use serde_json::Value;

/// A request as the suite writes it.
#[derive(Clone)]
struct Message {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What to sign with.
struct Context {
    access_key_id: String,
    secret: SecretString,
    token: Option<SecretString>,
    region: String,
    service: String,
    time: Timestamp,
    lifetime: u32,
    sign_body: bool,
    path: PathRule,
}

impl Message {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap();
        let (method, target) = first.split_once(' ').unwrap();
        let target = target.strip_suffix(" HTTP/1.1").unwrap_or(target);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with(' ') {
                let value = &mut headers.last_mut().unwrap().1;
                *value = format!("{value}\n{line}");
            } else {
                let (name, value) = line.split_once(':').unwrap();
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: body.trim_end_matches('\n').to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(found.1.trim())
    }

    fn with<T>(&self, f: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_bytes()))
            .collect();
        f(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    fn verify(&self, context: &Context) -> Result<(), AuthError> {
        self.with(|request| {
            let scope = ExpectedScope {
                service: &context.service,
                accepts_region: &|region| region == context.region,
            };
            let signed = Signed::parse_with(request, context.path)?;
            let scoped = signed.check_time(context.time)?.check_scope(&scope)?;
            assert_eq!(scoped.access_key_id(), context.access_key_id);
            scoped
                .verify(&context.secret, &SigningKeyCache::default())
                .map(drop)
        })
    }
}

impl Context {
    /// The cases that came from the older suite have no context: they use example keys, and sign as services do.
    fn read(case: &Path) -> Self {
        let Ok(text) = fs::read_to_string(case.join("context.json")) else {
            let signed = Message::read(&case.join("header-signed-request.txt"));
            let authorization = signed.header("Authorization").unwrap();
            let scope: Vec<&str> = authorization
                .split_once(',')
                .unwrap()
                .0
                .split('/')
                .map(str::trim)
                .collect();
            let date = signed.header("X-Amz-Date").unwrap();
            let (_, access_key_id) = scope[0].split_once("Credential=").unwrap();
            let secret = match access_key_id {
                "ANOTREAL" => "notrealrnrELgWzOk3IfjzDKtFBhDby",
                _ => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            };
            return Self {
                access_key_id: access_key_id.to_owned(),
                secret: SecretString::from(secret),
                token: None,
                region: scope[2].to_owned(),
                service: scope[3].to_owned(),
                time: jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date)
                    .unwrap()
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .unwrap()
                    .timestamp(),
                lifetime: 0,
                sign_body: false,
                path: PathRule::SERVICE,
            };
        };
        let json: Value = serde_json::from_str(&text).unwrap();
        let field = |name: &str| json[name].as_str().unwrap().to_owned();
        let credential = |name: &str| json["credentials"][name].as_str();
        let omits_token = json["omit_session_token"].as_bool().unwrap_or(false);
        Self {
            access_key_id: credential("access_key_id").unwrap().to_owned(),
            secret: SecretString::from(credential("secret_access_key").unwrap()),
            token: credential("token")
                .filter(|_| !omits_token)
                .map(SecretString::from),
            region: field("region"),
            service: field("service"),
            time: field("timestamp").parse().unwrap(),
            lifetime: u32::try_from(json["expiration_in_seconds"].as_u64().unwrap()).unwrap(),
            sign_body: json["sign_body"].as_bool().unwrap(),
            path: PathRule {
                resolve: json["normalize"].as_bool().unwrap(),
                escape_again: false,
            },
        }
    }

    fn signer(&self) -> Signer<'_> {
        Signer {
            access_key_id: &self.access_key_id,
            secret: &self.secret,
            session_token: self.token.as_ref(),
            region: &self.region,
            service: &self.service,
            path: self.path,
        }
    }
}

/// The suite's folder, wherever cargo keeps the source of `aws-sigv4`.
fn cases() -> Vec<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"] == "aws-sigv4").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let folder = manifest.with_file_name("aws-signing-test-suite").join("v4");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|case| case.unwrap().path())
        .collect();
    cases.sort();
    cases
}

fn name(case: &Path) -> &str {
    case.file_name().unwrap().to_str().unwrap()
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

#[test]
fn header_form() {
    let cases = cases();
    assert!(cases.len() >= 40);
    for case in cases {
        let context = Context::read(&case);
        let mut request = Message::read(&case.join("request.txt"));
        let expected = Message::read(&case.join("header-signed-request.txt"));
        if let Some(hash) = expected
            .header("X-Amz-Content-Sha256")
            .filter(|_| context.sign_body)
        {
            request
                .headers
                .push(("X-Amz-Content-Sha256".to_owned(), hash.to_owned()));
        }
        let added: Result<_, SignError> =
            request.with(|request| context.signer().sign_headers(request, context.time));
        for (header, value) in added.unwrap() {
            assert_eq!(
                Some(value.as_str()),
                expected.header(header),
                "{} in {}",
                header,
                name(&case)
            );
        }

        let verified = expected.verify(&context);
        if name(&case) == "post-sts-header-after" {
            // The token is not signed there; only one service of AWS wants that, and none of ours.
            let unsigned = AuthError::HeaderNotSigned("X-Amz-Security-Token".to_owned());
            assert_eq!(verified, Err(unsigned));
        } else {
            assert_eq!(verified, Ok(()), "{}", name(&case));
        }
    }
}

#[test]
fn query_form() {
    let mut seen = 0;
    for case in cases() {
        let file = case.join("query-signed-request.txt");
        if !file.exists() {
            continue;
        }
        seen += 1;
        let context = Context::read(&case);
        let mut request = Message::read(&case.join("request.txt"));
        let expected = Message::read(&file);
        if let Some(length) = expected.header("Content-Length").filter(|_| context.sign_body) {
            request.headers.retain(|(n, _)| n != "Content-Length");
            request
                .headers
                .push(("Content-Length".to_owned(), length.to_owned()));
        }
        let query = request.with(|request| {
            context
                .signer()
                .presign_query(request, context.time, context.lifetime)
                .unwrap()
        });
        for parameter_name in [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-SignedHeaders",
            "X-Amz-Signature",
        ] {
            let ours = parameter(&query, parameter_name);
            assert_eq!(
                ours,
                parameter(&expected.query, parameter_name),
                "{}",
                name(&case)
            );
        }

        let verified = expected.verify(&context);
        match name(&case) {
            // The token is not signed there.
            "post-sts-header-after" => assert_eq!(verified, Err(AuthError::Mismatch)),
            // A presigned body must say its hash (facts: sts §1.6), and these do not.
            "post-x-www-form-urlencoded" | "post-x-www-form-urlencoded-parameters" => {
                assert_eq!(verified, Err(AuthError::Mismatch));
            }
            case => assert_eq!(verified, Ok(()), "{case}"),
        }
    }
    assert!(seen >= 38);
}
