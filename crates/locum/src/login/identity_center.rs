//! Signing in at IAM Identity Center, as `aws sso login` does: its token is left where `aws`, the SDKs and `locum` look for it.
//!
//! The service registers a client for each sign-in, and then speaks OAuth in JSON of its own (sso-oidc API): a browser on
//! this machine for an `sso-session`, a code to be typed for a profile that says everything itself, as the original has it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use locum_credentials::{Cache, Clock, Recipe, Sso, parse_time, plain};
use locum_crypto::Random;
use serde_json::{Value, json};

use super::code::{self, Asked};
use super::device::{self, Task, poll};
use super::error::LoginError;
use super::values::Callback;
use super::web::{Reply, Web};
use crate::secure_url::SecureUrl;

const WHAT: &str = "IAM Identity Center";
/// What a registration asks for unless the section says so.
const SCOPES: &str = "sso:account:access";
/// How much longer a token must last for nobody to be asked, in seconds.
const MARGIN: i64 = 300;
/// The address that the service knows clients by, whatever the port.
const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

/// Who signs in, and how a person is reached.
pub(super) struct Center<'a> {
    pub(super) sso: &'a Sso,
    /// The service, without a slash at the end.
    pub(super) url: &'a str,
    /// `sso_registration_scopes`.
    pub(super) scopes: Option<&'a str>,
    pub(super) web: &'a Web<'a>,
    pub(super) wait: Duration,
    pub(super) open: &'a dyn Fn(&str),
    pub(super) show: &'a dyn Fn(&Task<'_>),
}

/// A client that was registered.
struct Client {
    id: String,
    secret: String,
    until: Timestamp,
}

/// Finds Identity Center behind a profile: its own, or that of the profile whose credentials assume its role.
pub(super) fn behind(recipe: &Recipe) -> Option<&Sso> {
    match recipe {
        Recipe::Sso(sso) => Some(sso),
        Recipe::Role(role) => behind(&role.from),
        _ => None,
    }
}

/// Tells until when the token kept lasts, if that is for a while.
pub(super) fn signed_in_until(sso: &Sso, tokens: &Cache, now: Timestamp) -> Option<Timestamp> {
    let entry = tokens.load(&sso.token_key())?;
    let until = parse_time(entry.get("expiresAt")?.as_str()?)?;
    (until.as_second().saturating_sub(now.as_second()) > MARGIN).then_some(until)
}

impl Center<'_> {
    /// Signs in, keeps the token, and tells until when it lasts.
    pub(super) fn sign_in(
        &self,
        by_device: bool,
        tokens: &Cache,
        clock: &dyn Clock,
        random: &mut dyn Random,
    ) -> Result<Timestamp, LoginError> {
        let client = self.register(by_device)?;
        let answer = if by_device {
            self.by_device(&client, clock)?
        } else {
            self.by_browser(&client, random)?
        };
        let needed = |name: &'static str| answer.text(name).ok_or(LoginError::Answer(name));
        let lasts = answer
            .seconds("expiresIn")
            .and_then(|seconds| i64::try_from(seconds).ok());
        let lasts = SignedDuration::from_secs(lasts.ok_or(LoginError::Answer("expiresIn"))?);
        let until = clock
            .now()
            .checked_add(lasts)
            .map_err(|_| LoginError::Answer("expiresIn"))?;
        let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
        let mut entry = json!({
            "startUrl": self.sso.start_url, "region": self.sso.region, "accessToken": needed("accessToken")?,
            "expiresAt": until.to_string(), "clientId": client.id, "clientSecret": client.secret,
            "registrationExpiresAt": client.until.to_string(),
        });
        if let (Some(token), Some(members)) = (answer.text("refreshToken"), entry.as_object_mut()) {
            members.insert("refreshToken".to_owned(), token.into());
        }
        let key = self.sso.token_key();
        let _lock = tokens.lock(&key, clock);
        if tokens.store(&key, &entry, clock) {
            Ok(until)
        } else {
            Err(LoginError::Keep("~/.aws/sso/cache cannot be written".to_owned()))
        }
    }

    fn register(&self, by_device: bool) -> Result<Client, LoginError> {
        let scopes: Vec<&str> = self.scopes.unwrap_or(SCOPES).split(',').map(str::trim).collect();
        let mut body = json!({"clientName": "locum", "clientType": "public"});
        if let Some(members) = body.as_object_mut() {
            // A profile that says everything itself has no scopes, and a token that cannot be renewed.
            if self.sso.session.is_some() {
                members.insert("scopes".to_owned(), scopes.into());
            }
            if !by_device {
                members.insert(
                    "grantTypes".to_owned(),
                    json!(["authorization_code", "refresh_token"]),
                );
                members.insert("redirectUris".to_owned(), json!([REDIRECT]));
                members.insert("issuerUrl".to_owned(), self.sso.start_url.as_str().into());
            }
        }
        let reply = self.ask("/client/register", &body)?;
        let needed = |name: &'static str| {
            reply
                .text(name)
                .map(str::to_owned)
                .ok_or(LoginError::Answer(name))
        };
        let until = reply
            .seconds("clientSecretExpiresAt")
            .and_then(|seconds| i64::try_from(seconds).ok());
        let until = until.and_then(|seconds| Timestamp::from_second(seconds).ok());
        Ok(Client {
            id: needed("clientId")?,
            secret: needed("clientSecret")?,
            until: until.ok_or(LoginError::Answer("clientSecretExpiresAt"))?,
        })
    }

    fn by_browser(&self, client: &Client, random: &mut dyn Random) -> Result<Reply, LoginError> {
        let authorize = self.endpoint("/authorize")?;
        let scopes = self.scopes.unwrap_or(SCOPES).replace(',', " ");
        let page = |asked: &Asked<'_>| {
            Ok(authorize.with_query(&[
                ("response_type", "code"),
                ("client_id", &client.id),
                ("redirect_uri", asked.redirect),
                ("state", asked.state),
                ("code_challenge_method", "S256"),
                ("scopes", &scopes),
                ("code_challenge", asked.challenge),
            ]))
        };
        let callback = Callback::parse("the redirect", REDIRECT)?;
        let code = code::fetch(&callback, self.wait, None, self.open, random, page)?;
        self.ask(
            "/token",
            &json!({
                "grantType": "authorization_code", "clientId": client.id, "clientSecret": client.secret,
                "code": code.code.expose(), "codeVerifier": code.verifier.expose(), "redirectUri": code.redirect,
            }),
        )
    }

    fn by_device(&self, client: &Client, clock: &dyn Clock) -> Result<Reply, LoginError> {
        let reply = self.ask(
            "/device_authorization",
            &json!({"clientId": client.id, "clientSecret": client.secret, "startUrl": self.sso.start_url}),
        )?;
        let needed = |name: &'static str| reply.text(name).ok_or(LoginError::Answer(name));
        let page = SecureUrl::parse("verificationUri", needed("verificationUri")?)?;
        let whole = reply.text("verificationUriComplete");
        let whole = whole.and_then(|url| SecureUrl::parse("verificationUriComplete", url).ok());
        (self.show)(&Task {
            page: &page,
            whole: whole.as_ref(),
            code: &plain(needed("userCode")?),
        });
        let grant = json!({
            "grantType": device::GRANT, "deviceCode": needed("deviceCode")?, "clientId": client.id,
            "clientSecret": client.secret,
        });
        let pace = (reply.seconds("interval"), reply.seconds("expiresIn"));
        poll(self.wait, pace, &|pause| clock.sleep(pause), || {
            self.ask("/token", &grant)
        })
    }

    fn ask(&self, path: &str, body: &Value) -> Result<Reply, LoginError> {
        let reply = self.web.post_json(WHAT, &self.endpoint(path)?, body)?;
        reply.granted(WHAT)
    }

    fn endpoint(&self, path: &str) -> Result<SecureUrl, LoginError> {
        Ok(SecureUrl::parse(
            "the endpoint of sso-oidc",
            &format!("{}{path}", self.url),
        )?)
    }
}
