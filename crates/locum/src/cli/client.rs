//! One call over HTTP: signed anew for each attempt, and tried up to three times (`facts: cli §1.7`).
//!
//! What is worth another attempt is what botocore's standard mode thinks so: no connection, no answer in time, a 5xx
//! that a load balancer may have made, a service that asks to slow down.

use std::time::Duration;

use jiff::Timestamp;
use locum_crypto::{Random, uuid};
use locum_sigv4::{PathRule, Request, Signer};

use super::credentials::Credentials;
use super::endpoint::Endpoint;
use super::errors::Failure;
use super::transport::{self, Transport};
use super::wire::{self, ServiceError};

/// The header in which locum sends the sealed explanation of a denial.
const AUTHORIZATION_MESSAGE: &str = "x-locum-authorization-message";
const RETRIED_STATUS: [u16; 4] = [500, 502, 503, 504];
const RETRIED_CODES: [&str; 17] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "IDPCommunicationError",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: f64 = 20.0;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A form out, XML in.
    Query,
    /// JSON both ways; the operation is in a header.
    Json {
        /// What precedes the operation there.
        target: &'static str,
    },
}

/// A call that is ready to be sent.
pub(crate) struct Call<'a> {
    /// The operation's name, for messages.
    pub(crate) operation: &'static str,
    /// The service in the credential scope.
    pub(crate) signing_name: &'static str,
    /// How body and answer are written.
    pub(crate) protocol: Protocol,
    /// The form, or the JSON.
    pub(crate) body: &'a str,
    /// Where it goes.
    pub(crate) endpoint: &'a Endpoint,
    /// Whose credentials sign it; `None` sends it unsigned.
    pub(crate) credentials: Option<&'a Credentials>,
    /// What names this program to the service.
    pub(crate) user_agent: String,
    /// How often to try at most.
    pub(crate) attempts: u32,
}

impl Call<'_> {
    /// Sends the call and returns the text of a successful answer. `debug` gets a line for each step.
    pub(crate) fn send(
        &self,
        transport: &Transport,
        random: &mut dyn Random,
        debug: &dyn Fn(&str),
    ) -> Result<String, Failure> {
        let target = Target::of(&self.endpoint.url);
        let invocation = uuid(random);
        let mut attempt = 1;
        loop {
            let headers = self.headers(&target, &invocation, attempt)?;
            debug(&format!(
                "attempt {attempt}: POST {} to {}",
                target.path, target.host
            ));
            let outcome = transport.post(&target.url, &headers, self.body);
            let last = attempt >= self.attempts;
            let failure = match outcome {
                Ok(reply) => {
                    debug(&format!("answered with status {}", reply.status));
                    match self.judge(reply, attempt)? {
                        Judgement::Success(text) => return Ok(text),
                        Judgement::Final(failure) => return Err(failure),
                        Judgement::Retry(failure) => failure,
                    }
                }
                Err(error) => {
                    debug(&format!("no answer: {error:?}"));
                    let failure = Failure::General(error.describe(&target.shown));
                    if !error.is_transient() {
                        return Err(failure);
                    }
                    failure
                }
            };
            if last {
                return Err(failure);
            }
            std::thread::sleep(pause(attempt, random));
            attempt += 1;
        }
    }

    fn headers(
        &self,
        target: &Target,
        invocation: &str,
        attempt: u32,
    ) -> Result<Vec<(&'static str, String)>, Failure> {
        let content_type = match self.protocol {
            Protocol::Query => "application/x-www-form-urlencoded; charset=utf-8",
            Protocol::Json { .. } => "application/x-amz-json-1.1",
        };
        let mut headers = vec![
            ("Host", target.host.clone()),
            ("Content-Type", content_type.to_owned()),
            ("User-Agent", self.user_agent.clone()),
            ("amz-sdk-invocation-id", invocation.to_owned()),
            ("amz-sdk-request", format!("attempt={attempt}")),
        ];
        if let Protocol::Json { target } = self.protocol {
            headers.push(("X-Amz-Target", format!("{target}.{}", self.operation)));
        }
        if let Some(credentials) = self.credentials {
            let signer = Signer {
                access_key_id: &credentials.access_key_id,
                secret: &credentials.secret_access_key,
                session_token: credentials.session_token.as_ref(),
                region: &self.endpoint.signing_region,
                service: self.signing_name,
                path: PathRule::SERVICE,
            };
            let raw: Vec<(&str, &[u8])> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes()))
                .collect();
            let request = Request {
                method: "POST",
                path: &target.path,
                query: &target.query,
                headers: &raw,
                body: self.body.as_bytes(),
            };
            let signed = signer
                .sign_headers(&request, Timestamp::now())
                .map_err(|error| Failure::General(error.to_string()))?;
            headers.extend(signed);
        }
        Ok(headers)
    }

    fn judge(&self, reply: transport::Reply, attempt: u32) -> Result<Judgement, Failure> {
        let transport::Reply {
            status,
            reason,
            headers,
            body,
        } = reply;
        if status < 300 {
            return Ok(Judgement::Success(body));
        }
        let trimmed = body.trim();
        // A load balancer's page, not the service's document.
        let generic = status >= 500 && (trimmed.is_empty() || trimmed.starts_with("<html>"));
        let ServiceError {
            code,
            message,
            request_index,
        } = match self.protocol {
            _ if generic => ServiceError {
                code: status.to_string(),
                message: reason,
                request_index: None,
            },
            Protocol::Query => wire::decode_error(&body).map_err(|error| unparsable(&error, &body))?,
            Protocol::Json { .. } => {
                wire::decode_json_error(&body).map_err(|error| unparsable(&error, &body))?
            }
        };
        let retry = RETRIED_STATUS.contains(&status) || RETRIED_CODES.contains(&code.as_str());
        // Said of every failure of the last attempt, whether it would have been tried again or not.
        let exhausted = attempt >= self.attempts;
        let retried = if exhausted {
            format!(" (reached max retries: {})", attempt - 1)
        } else {
            String::new()
        };
        let authorization_message = headers
            .into_iter()
            .find(|(name, _)| name == AUTHORIZATION_MESSAGE)
            .map(|(_, value)| value);
        let failure = Failure::Service {
            code,
            message,
            operation: self.operation,
            retried,
            authorization_message,
            request_index,
        };
        Ok(if retry {
            Judgement::Retry(failure)
        } else {
            Judgement::Final(failure)
        })
    }
}

enum Judgement {
    Success(String),
    Final(Failure),
    Retry(Failure),
}

/// The failure of a document that cannot be read. An error may be quoted, such as the page of a load balancer; of a call
/// that succeeded nothing is, for it may hold a secret.
pub(crate) fn unparsable(error: &wire::Unparsable, body: &str) -> Failure {
    const SHOWN: usize = 2_000;
    let shown: String = body.chars().take(SHOWN).collect();
    Failure::General(format!(
        "Unable to parse response ({}), invalid XML received. Further retries may succeed:\nb{}",
        error.0,
        super::python::repr(&shown)
    ))
}

/// The URL taken apart the way it goes over the wire.
struct Target {
    url: String,
    /// The URL for messages: a query may hold somebody's key.
    shown: String,
    host: String,
    /// The path as it was written, which is what is signed.
    path: String,
    query: String,
}

impl Target {
    fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (authority, rest) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() { "/" } else { path };
        // The signature says who calls; a name and a password in the URL would be a second word on it.
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let shown = format!("{scheme}://{authority}{path}");
        let mark = if query.is_empty() { "" } else { "?" };
        let query = encoded(query);
        Self {
            url: format!("{scheme}://{authority}{}{mark}{query}", encoded(path)),
            shown,
            host: authority
                .strip_suffix(default_port)
                .unwrap_or(authority)
                .to_owned(),
            path: path.to_owned(),
            query,
        }
    }
}

/// Encodes what may not stand in a URL as it is.
fn encoded(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%?".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Doubles with each attempt and spreads callers apart.
fn pause(attempt: u32, random: &mut dyn Random) -> Duration {
    let fraction = random.next_u64() as f64 / u64::MAX as f64;
    let ceiling = 2_f64
        .powi(attempt.saturating_sub(1).min(10) as i32)
        .min(LONGEST_PAUSE);
    Duration::from_secs_f64(fraction * ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_crypto::SeededRandom;

    #[test]
    fn urls_are_taken_apart() {
        for (url, whole, host, path) in [
            ("http://h:18900", "http://h:18900/", "h:18900", "/"),
            ("http://h:80/x", "http://h:80/x", "h", "/x"),
            ("https://h:443", "https://h:443/", "h", "/"),
            ("https://u:p@h#f", "https://h/", "h", "/"),
            ("https://u:p@h?q=é#f?", "https://h/?q=%C3%A9", "h", "/"),
            ("https://h/a/?q=1&r", "https://h/a/?q=1&r", "h", "/a/"),
            (
                "http://h/a b/é\"%41",
                "http://h/a%20b/%C3%A9%22%41",
                "h",
                "/a b/é\"%41",
            ),
            ("http://[::1]:1/", "http://[::1]:1/", "[::1]:1", "/"),
        ] {
            let target = Target::of(url);
            assert_eq!(
                (target.url.as_str(), target.host.as_str(), target.path.as_str()),
                (whole, host, path)
            );
            assert!(!target.shown.contains('?'));
        }
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        let mut random = SeededRandom::new(7);
        for attempt in 1..40 {
            assert!(pause(attempt, &mut random) <= Duration::from_secs(20));
        }
        assert!(pause(1, &mut random) <= Duration::from_secs(1));
    }
}
