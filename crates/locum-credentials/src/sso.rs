//! Roles of IAM Identity Center: the token that `aws sso login` left, renewed when it can be, and changed for the
//! credentials of a role.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use locum_crypto::SecretString;
use serde_json::{Value, json};

use crate::credentials::{Credentials, parse_time};
use crate::error::CredentialsError;
use crate::outside::{HttpError, HttpReply, HttpRequest, Reach};
use crate::quote::plain;
use crate::recipe::Sso;
use crate::resolve::Resolver;
use crate::source::Source;

const TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPTS: u32 = 3;
/// How long before its end a token is renewed, in seconds.
const RENEWED_BEFORE: i64 = 900;
/// What a token needs to be renewed.
pub(crate) const TO_RENEW: [&str; 4] = [
    "refreshToken",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
];

impl Resolver<'_> {
    /// Gets the credentials of a role.
    pub(crate) fn ask_identity_center(&self, sso: &Sso) -> Result<Credentials, CredentialsError> {
        self.through_cache(&sso.cache_key(), || {
            let token = match sso.session {
                Some(_) => self.session_token(sso)?,
                None => self.legacy_token(sso)?,
            };
            self.role_credentials(sso, &token)
        })
    }

    /// The token of a profile that says everything itself: it cannot be renewed.
    fn legacy_token(&self, sso: &Sso) -> Result<SecretString, CredentialsError> {
        let entry = self.load_token(sso)?;
        match expiry(&entry) {
            Some(end) if end > self.clock.now() => {
                text(&entry, "accessToken").ok_or(CredentialsError::SsoSession)
            }
            _ => Err(CredentialsError::SsoSession),
        }
    }

    /// The token of a session, renewed if it is about to end.
    fn session_token(&self, sso: &Sso) -> Result<SecretString, CredentialsError> {
        let key = sso.token_key();
        let mut entry = self.load_token(sso)?;
        if self.seconds_left(&entry) < RENEWED_BEFORE {
            let _lock = self.tokens.lock(&key, self.clock);
            // Another command may have renewed it; a refresh token is good once.
            entry = self.load_token(sso)?;
            if self.seconds_left(&entry) < RENEWED_BEFORE
                && let Some(renewed) = self.renew(sso, &entry)
            {
                if !self.tokens.store(&key, &renewed, self.clock) {
                    (self.debug)("credentials: the token cache cannot be written");
                }
                entry = renewed;
            }
        }
        if self.seconds_left(&entry) <= 0 {
            return Err(CredentialsError::SsoExpired);
        }
        text(&entry, "accessToken").ok_or(CredentialsError::SsoSession)
    }

    fn load_token(&self, sso: &Sso) -> Result<Value, CredentialsError> {
        let named = plain(sso.session.as_deref().unwrap_or(&sso.start_url));
        let entry = self
            .tokens
            .load(&sso.token_key())
            .ok_or_else(|| CredentialsError::SsoToken(format!("Token for {named} does not exist")))?;
        if text(&entry, "accessToken").is_none() || expiry(&entry).is_none() {
            return Err(CredentialsError::SsoToken(format!(
                "Token for {} is invalid",
                plain(&sso.start_url)
            )));
        }
        Ok(entry)
    }

    fn seconds_left(&self, entry: &Value) -> i64 {
        let now = self.clock.now().as_second();
        expiry(entry).map_or(0, |end| end.as_second().saturating_sub(now))
    }

    /// Changes a refresh token for a new token. What fails leaves the old one, which may have minutes left.
    fn renew(&self, sso: &Sso, entry: &Value) -> Option<Value> {
        let [refresh_token, client_id, client_secret, registered_until] =
            TO_RENEW.map(|name| entry.get(name).and_then(Value::as_str));
        let (refresh_token, client_id) = (refresh_token?, client_id?);
        let (client_secret, registered_until) = (client_secret?, registered_until?);
        if parse_time(registered_until)? <= self.clock.now() {
            (self.debug)("credentials: the registration of the SSO client is over");
            return None;
        }
        let url = self.services.url("sso-oidc", Some(&sso.region)).ok()?;
        let body = json!({
            "clientId": client_id, "clientSecret": client_secret,
            "grantType": "refresh_token", "refreshToken": refresh_token,
        });
        let headers = [("Content-Type", SecretString::from("application/json"))];
        let reply = self.sso_send(&HttpRequest {
            method: "POST",
            url: &format!("{url}/token"),
            headers: &headers,
            body: Some(SecretString::new(body.to_string())),
            timeout: TIMEOUT,
            reach: Reach::Usual,
        });
        let reply = match reply {
            Ok(reply) if reply.status == 200 => reply,
            Ok(reply) => {
                (self.debug)(&format!(
                    "credentials: CreateToken answered with status {}",
                    reply.status
                ));
                return None;
            }
            Err(error) => {
                (self.debug)(&format!("credentials: CreateToken: {error}"));
                return None;
            }
        };
        let answer: Value = serde_json::from_str(reply.body.expose()).ok()?;
        let access_token = answer.get("accessToken")?.as_str()?;
        let lasts = SignedDuration::from_secs(answer.get("expiresIn")?.as_i64()?);
        let until = self.clock.now().checked_add(lasts).ok()?;
        let mut renewed = json!({
            "startUrl": sso.start_url, "region": sso.region, "accessToken": access_token,
            "expiresAt": stamp(until), "clientId": client_id, "clientSecret": client_secret,
            "registrationExpiresAt": registered_until,
        });
        if let (Some(next), Some(members)) = (answer.get("refreshToken"), renewed.as_object_mut()) {
            members.insert("refreshToken".to_owned(), next.clone());
        }
        Some(renewed)
    }

    /// Calls GetRoleCredentials, and returns what the original keeps of the answer.
    fn role_credentials(&self, sso: &Sso, token: &SecretString) -> Result<Value, CredentialsError> {
        let url = self
            .services
            .url("sso", Some(&sso.region))
            .map_err(CredentialsError::Call)?;
        let url = format!(
            "{url}/federation/credentials?role_name={}&account_id={}",
            escaped(&sso.role_name),
            escaped(&sso.account_id)
        );
        let headers = [("x-amz-sso_bearer_token", token.clone())];
        let reply = self
            .sso_send(&HttpRequest {
                method: "GET",
                url: &url,
                headers: &headers,
                body: None,
                timeout: TIMEOUT,
                reach: Reach::Usual,
            })
            .map_err(|error| retrieval(error.to_string()))?;
        let answer: Value = serde_json::from_str(reply.body.expose()).unwrap_or(Value::Null);
        if reply.status != 200 {
            return Err(refusal(&reply, &answer));
        }
        let found = answer.get("roleCredentials").unwrap_or(&Value::Null);
        let milliseconds = found.get("expiration").and_then(Value::as_i64);
        let end = milliseconds.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
        let end =
            end.ok_or_else(|| retrieval("Missing required key in response: 'expiration'".to_owned()))?;
        Ok(json!({
            "ProviderType": "sso",
            "Credentials": {
                "AccessKeyId": found.get("accessKeyId"),
                "SecretAccessKey": found.get("secretAccessKey"),
                "SessionToken": found.get("sessionToken"),
                "Expiration": stamp(end),
                "AccountId": sso.account_id,
            },
        }))
    }

    fn sso_send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
        let mut pause = Duration::from_millis(500);
        let mut attempt = 1;
        loop {
            let outcome = self.http.send(request);
            let again = match &outcome {
                Ok(reply) => matches!(reply.status, 429 | 500 | 502..=504),
                // A refresh token is good once, and an answer that was lost may have used it up.
                Err(error) => request.method == "GET" && matches!(error, HttpError::Transient(_)),
            };
            if !again || attempt == ATTEMPTS {
                return outcome;
            }
            self.clock.sleep(pause);
            (attempt, pause) = (attempt + 1, pause * 2);
        }
    }
}

fn retrieval(reason: String) -> CredentialsError {
    CredentialsError::Retrieval {
        provider: Source::Sso.name(),
        reason,
    }
}

/// What an answer that is no success says.
fn refusal(reply: &HttpReply, answer: &Value) -> CredentialsError {
    let named = reply
        .error_type
        .as_deref()
        .or_else(|| answer.get("__type").and_then(Value::as_str))
        .unwrap_or_default();
    // `namespace#Code`, or `Code:documentation`.
    let code = named.rsplit('#').next().unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    if code == "UnauthorizedException" || (code.is_empty() && reply.status == 401) {
        return CredentialsError::SsoSession;
    }
    let message = answer.get("message").or_else(|| answer.get("Message"));
    CredentialsError::Service {
        code: if code.is_empty() {
            reply.status.to_string()
        } else {
            plain(code)
        },
        operation: "GetRoleCredentials",
        message: plain(message.and_then(Value::as_str).unwrap_or_default()),
    }
}

pub(crate) fn text(entry: &Value, name: &str) -> Option<SecretString> {
    let text = entry.get(name)?.as_str()?;
    (!text.is_empty()).then(|| SecretString::from(text))
}

pub(crate) fn expiry(entry: &Value) -> Option<Timestamp> {
    parse_time(entry.get("expiresAt")?.as_str()?)
}

/// The time in whole seconds, as the original writes it.
fn stamp(time: Timestamp) -> String {
    let whole = Timestamp::from_second(time.as_second()).unwrap_or(time);
    whole.to_string()
}

/// Everything but what a query may hold unescaped, escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
