//! Sessions of `aws login`: credentials of a quarter of an hour in a file, renewed with a refresh token that is bound to
//! a key in the same file (RFC 9449).
//!
//! The file is the original's (facts: cli §2), so a renewal here is one there. A refresh token is good once, hence the
//! lock: two commands that used it side by side would end the session.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use locum_crypto::{ProofKey, SecretBytes, SecretString, uuid};
use serde_json::{Value, json};

use crate::credentials::Credentials;
use crate::error::{CredentialsError, LoginError};
use crate::outside::{HttpReply, HttpRequest, Reach};
use crate::quote::plain;
use crate::recipe::Login;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;

const TIMEOUT: Duration = Duration::from_secs(60);
/// How long before their end credentials are renewed, in seconds.
pub(crate) const RENEWED_BEFORE: i64 = 300;
/// What a file must hold.
const NEEDED: [&str; 4] = ["accessToken", "refreshToken", "dpopKey", "clientId"];

pub(crate) const KEPT: Spelling = Spelling {
    key: "accessKeyId",
    secret: "secretAccessKey",
    token: "sessionToken",
    expiration: "expiresAt",
    account: "accountId",
    temporary: true,
};

impl Resolver<'_> {
    /// Gets the credentials of a session.
    pub(crate) fn continue_login(&self, login: &Login) -> Result<Credentials, CredentialsError> {
        let key = login.cache_key();
        let entry = self.load_login(login, &key)?;
        if let Some(found) = self.current(&entry)? {
            return Ok(found);
        }
        let _lock = self.logins.lock(&key, self.clock);
        let mut entry = self.load_login(login, &key)?;
        if let Some(found) = self.current(&entry)? {
            return Ok(found);
        }
        self.renew_login(&mut entry)?;
        if !self.logins.store(&key, &entry, self.clock) {
            // The refresh token on disk is used up now; the next command will say so.
            (self.debug)("credentials: the login cache cannot be written");
        }
        read_spelled(
            entry.get("accessToken").unwrap_or(&Value::Null),
            &KEPT,
            Source::Login,
        )
    }

    fn load_login(&self, login: &Login, key: &str) -> Result<Value, CredentialsError> {
        let entry = self.logins.load(key).ok_or_else(|| {
            LoginError::Token(format!(
                "Unable to load a existing login session for session {}. Please reauthenticate with 'aws login'.",
                plain(&login.session)
            ))
        })?;
        let missing: Vec<&str> = NEEDED
            .into_iter()
            .filter(|name| entry.get(name).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(entry);
        }
        Err(LoginError::Token(format!(
            "Failed to load access token from token cache, missing required fields: {}.",
            missing.join(", ")
        ))
        .into())
    }

    /// The credentials of the file, if they last for a while.
    fn current(&self, entry: &Value) -> Result<Option<Credentials>, CredentialsError> {
        let found = read_spelled(
            entry.get("accessToken").unwrap_or(&Value::Null),
            &KEPT,
            Source::Login,
        )?;
        let end = found.expiration.map_or(0, jiff::Timestamp::as_second);
        let left = end.saturating_sub(self.clock.now().as_second());
        Ok((left > RENEWED_BEFORE).then_some(found))
    }

    /// Changes the refresh token for new credentials, in the entry.
    fn renew_login(&self, entry: &mut Value) -> Result<(), CredentialsError> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let region = entry.get("signInRegion").and_then(Value::as_str);
        let url = self
            .services
            .url("signin", region)
            .map_err(CredentialsError::Call)?;
        let url = format!("{url}/v1/token");
        let key = proof_key(text("dpopKey"))?;
        let proof = self.proof(&key, &url).ok_or(LoginError::Key)?;
        let headers = [
            ("Content-Type", SecretString::from("application/json")),
            ("DPoP", SecretString::new(proof)),
        ];
        let body = json!({
            "clientId": text("clientId"), "grantType": "refresh_token", "refreshToken": text("refreshToken"),
        });
        // Once: an answer that was lost may have used the token up.
        let reply = self.http.send(&HttpRequest {
            method: "POST",
            url: &url,
            headers: &headers,
            body: Some(SecretString::new(body.to_string())),
            timeout: TIMEOUT,
            reach: Reach::Usual,
        });
        let reply = reply.map_err(|error| CredentialsError::Retrieval {
            provider: Source::Login.name(),
            reason: error.to_string(),
        })?;
        let answer: Value = serde_json::from_str(reply.body.expose()).unwrap_or(Value::Null);
        if reply.status != 200 {
            return Err(refusal(&reply, &answer));
        }
        self.take_over(entry, &answer).ok_or_else(|| {
            LoginError::Token(
                "Unable to refresh access token due to an invalid service response. Please try running 'aws login' \
                 again. If the issue persists, there may be a temporary signin service problem."
                    .to_owned(),
            )
            .into()
        })
    }

    /// Puts the new credentials and the next refresh token into the entry; what else it holds stays.
    fn take_over(&self, entry: &mut Value, answer: &Value) -> Option<()> {
        let lasts = SignedDuration::from_secs(answer.get("expiresIn")?.as_i64()?);
        let until = self.clock.now().checked_add(lasts).ok()?;
        let until = jiff::Timestamp::from_second(until.as_second()).ok()?;
        let new = answer.get("accessToken")?;
        let member = |name: &str| Some(json!(new.get(name)?.as_str()?));
        let account = entry.get("accessToken")?.get("accountId").cloned();
        let credentials = json!({
            "accessKeyId": member("accessKeyId")?, "secretAccessKey": member("secretAccessKey")?,
            "sessionToken": member("sessionToken")?, "accountId": account, "expiresAt": until.to_string(),
        });
        let refresh = json!(answer.get("refreshToken")?.as_str()?);
        let members = entry.as_object_mut()?;
        members.insert("accessToken".to_owned(), credentials);
        members.insert("refreshToken".to_owned(), refresh);
        Some(())
    }

    /// A proof that this client holds the key, for one request to `url`.
    fn proof(&self, key: &ProofKey, url: &str) -> Option<String> {
        let (x, y) = key.coordinates();
        let header = json!({
            "typ": "dpop+jwt", "alg": "ES256",
            "jwk": {"kty": "EC", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y), "crv": "P-256"},
        });
        let identity = uuid(&mut *self.random.try_borrow_mut().ok()?);
        let claims = json!({"htm": "POST", "htu": url, "iat": self.clock.now().as_second(), "jti": identity});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = key.sign(signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Reads a key in PEM; what stands around its lines is passed over, as the original does.
fn proof_key(pem: &str) -> Result<ProofKey, LoginError> {
    let lines = pem
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"));
    let base64 = SecretString::new(lines.collect::<String>());
    let der = STANDARD.decode(base64.expose()).map_err(|_| LoginError::Key)?;
    let der = SecretBytes::new(der);
    ProofKey::from_der(der.expose()).map_err(|_| LoginError::Key)
}

/// What an answer that is no success says.
fn refusal(reply: &HttpReply, answer: &Value) -> CredentialsError {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    match text("error") {
        "TOKEN_EXPIRED" | "USER_CREDENTIALS_CHANGED" => LoginError::Over.into(),
        "INSUFFICIENT_PERMISSIONS" => LoginError::Permissions.into(),
        code => CredentialsError::Service {
            code: if code.is_empty() {
                reply.status.to_string()
            } else {
                plain(code)
            },
            operation: "CreateOAuth2Token",
            message: plain(text("message")),
        },
    }
}
