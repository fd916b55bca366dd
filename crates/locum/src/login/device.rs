//! Signing in at an issuer from a machine without a browser: a code to be typed on another (RFC 8628).

use std::time::{Duration, Instant};

use locum_credentials::plain;

use super::error::LoginError;
use super::issuer::Issuer;
use super::settings::{Oidc, Settings};
use super::tokens::{Awaited, Tokens};
use super::web::Web;
use crate::secure_url::SecureUrl;

const WHAT: &str = "the issuer's device endpoint";
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long to wait between two questions unless the issuer says so, and how much longer each time it asks for that.
const INTERVAL: u64 = 5;
const SLOWER: u64 = 5;

/// What a person has to do.
pub(super) struct Task<'a> {
    /// Where.
    pub(super) page: &'a SecureUrl,
    /// The same with the code in it.
    pub(super) whole: Option<&'a SecureUrl>,
    /// The code to type there.
    pub(super) code: &'a str,
}

/// Signs in. `show` tells the person what to do, `sleep` lets time pass.
pub(super) fn sign_in(
    oidc: &Oidc,
    settings: &Settings,
    issuer: &Issuer,
    web: &Web<'_>,
    show: &dyn Fn(&Task<'_>),
    sleep: &dyn Fn(Duration),
) -> Result<Tokens, LoginError> {
    let wrong = |reason: &str| LoginError::Provider {
        what: WHAT,
        reason: reason.to_owned(),
    };
    let device = issuer.device.as_ref().ok_or_else(|| {
        wrong("there is none; the issuer cannot be asked from a device, try --oidc-flow browser")
    })?;
    let mut form = vec![("client_id", oidc.client_id.as_str()), ("scope", &oidc.scopes)];
    if let Some(secret) = &oidc.client_secret {
        form.push(("client_secret", secret.expose()));
    }
    let reply = web.post(WHAT, device, &form)?.granted(WHAT)?;
    let needed = |name: &'static str| {
        reply
            .text(name)
            .ok_or_else(|| wrong(&format!("its answer has no {name}")))
    };
    let device_code = needed("device_code")?;
    let code = plain(needed("user_code")?);
    let page = SecureUrl::parse("verification_uri", needed("verification_uri")?)?;
    // The one with the code in it is a convenience; a bad one is passed over.
    let whole = reply.text("verification_uri_complete");
    let whole = whole.and_then(|url| SecureUrl::parse("verification_uri_complete", url).ok());
    show(&Task {
        page: &page,
        whole: whole.as_ref(),
        code: &code,
    });
    let grant = [("grant_type", GRANT), ("device_code", device_code)];
    let pace = (reply.seconds("interval"), reply.seconds("expires_in"));
    poll(settings.wait, pace, sleep, || {
        Tokens::ask(&grant, oidc, issuer, web, Awaited::default())
    })
}

/// Asks until somebody has decided, for as long as `wait` and the code last, at the issuer's pace: the seconds between two
/// questions, and those that the code lasts.
pub(super) fn poll<T>(
    wait: Duration,
    (interval, lasts): (Option<u64>, Option<u64>),
    sleep: &dyn Fn(Duration),
    ask: impl Fn() -> Result<T, LoginError>,
) -> Result<T, LoginError> {
    let mut left = lasts.map_or(wait, |lasts| wait.min(Duration::from_secs(lasts)));
    let mut interval = interval.unwrap_or(INTERVAL).max(1);
    while let Some(after) = left.checked_sub(Duration::from_secs(interval)) {
        sleep(Duration::from_secs(interval));
        let asked = Instant::now();
        let answer = ask();
        left = after.saturating_sub(asked.elapsed());
        match answer {
            // The code is still good, and the network or the issuer may come back.
            Err(LoginError::Transient { .. }) if left >= Duration::from_secs(interval) => {}
            Err(LoginError::Refused { code, .. }) if code == "authorization_pending" => {}
            Err(LoginError::Refused { code, .. }) if code == "slow_down" => {
                interval = interval.saturating_add(SLOWER);
            }
            other => return other,
        }
    }
    Err(LoginError::Nobody(wait.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use locum_credentials::{HttpError, HttpReply, HttpRequest, Transport};
    use serde_json::{Value, json};

    /// An issuer that gives one answer after the other.
    struct Script(RefCell<Vec<(u16, Value)>>);

    impl Transport for Script {
        fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
            assert_eq!(request.method, "POST");
            let (status, body) = self.0.borrow_mut().remove(0);
            Ok(HttpReply {
                status,
                error_type: None,
                body: body.to_string().into(),
            })
        }
    }

    fn started(more: Value) -> (u16, Value) {
        let mut answer = json!({
            "device_code": "d", "user_code": "AB\u{1b}-CD", "verification_uri": "https://idp/device", "expires_in": 600,
        });
        for (name, value) in more.as_object().unwrap() {
            answer[name] = value.clone();
        }
        (200, answer)
    }

    fn refusal(code: &str) -> (u16, Value) {
        (400, json!({ "error": code }))
    }

    fn tokens() -> (u16, Value) {
        let claims = json!({"iss": "https://idp", "aud": "cli", "sub": "s"});
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        (200, json!({ "id_token": token }))
    }

    /// The outcome, the pauses in seconds, and the answers that were not needed.
    fn run(answers: Vec<(u16, Value)>, wait: u64) -> (Result<String, String>, Vec<u64>, usize) {
        let url = |path: &str| SecureUrl::parse("x", &format!("https://idp/{path}")).unwrap();
        let issuer = Issuer {
            name: "https://idp".into(),
            authorization: None,
            token: url("token"),
            device: Some(url("device_authorization")),
            names_itself: false,
        };
        let script = Script(RefCell::new(answers));
        let pauses = RefCell::new(Vec::new());
        let (oidc, mut settings) = (Oidc::for_tests(), Settings::for_tests());
        settings.wait = Duration::from_secs(wait);
        let outcome = sign_in(
            &oidc,
            &settings,
            &issuer,
            &Web(&script),
            &|task| {
                assert_eq!(
                    (task.code, task.page.as_str()),
                    ("AB\\x1b-CD", "https://idp/device")
                )
            },
            &|pause| pauses.borrow_mut().push(pause.as_secs()),
        );
        let outcome = outcome.map(|tokens| tokens.subject().to_owned());
        let left = script.0.borrow().len();
        (
            outcome.map_err(|error| error.to_string()),
            pauses.into_inner(),
            left,
        )
    }

    #[test]
    fn the_issuer_sets_the_pace() {
        let (outcome, pauses, _) = run(
            vec![
                started(json!({"interval": 2})),
                refusal("authorization_pending"),
                refusal("slow_down"),
                refusal("authorization_pending"),
                tokens(),
            ],
            300,
        );
        assert_eq!((outcome.as_deref(), pauses), (Ok("s"), vec![2, 2, 7, 7]));
        let (_, pauses, _) = run(vec![started(json!({})), tokens()], 300);
        assert_eq!(pauses, [INTERVAL]);
        let (_, pauses, _) = run(vec![started(json!({"interval": 0})), tokens()], 300);
        assert_eq!(pauses, [1]);
    }

    #[test]
    fn it_ends_when_somebody_says_so() {
        for code in ["access_denied", "expired_token"] {
            let (outcome, pauses, left) = run(vec![started(json!({})), refusal(code), tokens()], 300);
            assert_eq!(outcome.unwrap_err(), format!("the identity provider says {code}"));
            assert_eq!((pauses.len(), left), (1, 1));
        }
        let (outcome, pauses, _) = run(vec![refusal("unauthorized_client")], 300);
        assert!(outcome.unwrap_err().contains("unauthorized_client") && pauses.is_empty());
    }

    #[test]
    fn trouble_that_passes_is_waited_out() {
        let trouble = || (503, json!({}));
        let (outcome, pauses, _) = run(vec![started(json!({})), trouble(), trouble(), tokens()], 300);
        assert_eq!((outcome.as_deref(), pauses), (Ok("s"), vec![5, 5, 5]));
        let (outcome, pauses, _) = run(vec![started(json!({})), trouble(), trouble()], 14);
        assert!(outcome.unwrap_err().ends_with("status 503"));
        assert_eq!(pauses, [5, 5]);
    }

    #[test]
    fn time_in_questions_counts() {
        let asked = RefCell::new(0);
        let outcome: Result<(), _> = poll(Duration::from_millis(2040), (Some(1), None), &|_| {}, || {
            *asked.borrow_mut() += 1;
            std::thread::sleep(Duration::from_millis(60));
            Err(LoginError::Refused {
                code: "authorization_pending".into(),
                description: String::new(),
            })
        });
        assert!(matches!(outcome, Err(LoginError::Nobody(_))));
        assert_eq!(asked.into_inner(), 1);
    }

    #[test]
    fn it_does_not_wait_for_ever() {
        let pending = || refusal("authorization_pending");
        let (outcome, pauses, left) = run(vec![started(json!({})), pending(), pending(), tokens()], 12);
        assert!(outcome.unwrap_err().starts_with("nobody came back"));
        assert_eq!((pauses, left), (vec![5, 5], 1));
        let (outcome, pauses, _) = run(vec![started(json!({"expires_in": 4})), tokens()], 300);
        assert!(outcome.is_err() && pauses.is_empty());
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_refused() {
        for more in [
            json!({"device_code": ""}),
            json!({"user_code": null}),
            json!({"verification_uri": "http://idp/device"}),
            json!({"verification_uri": "javascript:alert(1)"}),
        ] {
            let (outcome, pauses, _) = run(vec![started(more), tokens()], 300);
            assert!(outcome.is_err() && pauses.is_empty());
        }
    }
}
