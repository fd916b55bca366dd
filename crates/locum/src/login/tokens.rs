//! What an issuer gives for a code or a refresh token, and what its ID token must say to be ours.
//!
//! The signature is for the service that the token goes to; it has the issuer's keys. What only this program can know is
//! checked here: that the token answers this sign-in (the nonce), and is for this client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use locum_crypto::SecretString;
use serde_json::{Map, Value};

use super::error::LoginError;
use super::issuer::Issuer;
use super::settings::Oidc;
use super::web::{Reply, Web};

const WHAT: &str = "the issuer's token endpoint";
/// The longest session name.
const MAX_NAME: usize = 64;

/// Tokens that were given.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) id_token: SecretString,
    pub(super) refresh_token: Option<SecretString>,
    claims: Map<String, Value>,
}

/// Who the token must be about, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Awaited<'a> {
    pub(super) nonce: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
}

impl Tokens {
    /// Asks for tokens; `grant` is what is given for them.
    pub(super) fn ask(
        grant: &[(&str, &str)],
        oidc: &Oidc,
        issuer: &Issuer,
        web: &Web<'_>,
        awaited: Awaited<'_>,
    ) -> Result<Self, LoginError> {
        Self::read(&request(grant, oidc, issuer, web)?, oidc, awaited)
    }

    /// Reads what was given.
    pub(super) fn read(reply: &Reply, oidc: &Oidc, awaited: Awaited<'_>) -> Result<Self, LoginError> {
        let wrong = |reason: String| LoginError::Provider { what: WHAT, reason };
        let id_token = reply
            .text("id_token")
            .ok_or_else(|| wrong("it gave no ID token".to_owned()))?;
        let claims = claims(id_token).ok_or_else(|| wrong("its ID token is none".to_owned()))?;
        check(&claims, oidc, awaited).map_err(|reason| wrong(format!("its ID token {reason}")))?;
        Ok(Self {
            id_token: id_token.into(),
            refresh_token: reply.text("refresh_token").map(SecretString::from),
            claims,
        })
    }

    /// Who signed in, as the issuer numbers them.
    pub(super) fn subject(&self) -> &str {
        self.claim("sub").unwrap_or_default()
    }

    /// A name for the session: who signed in, in the characters that there are for it.
    pub(super) fn session_name(&self) -> String {
        let named = ["email", "preferred_username", "upn", "sub"].into_iter();
        let named = named.filter_map(|name| self.claim(name)).map(session_name);
        named
            .into_iter()
            .find(|name| name.len() >= 2)
            .unwrap_or_else(|| "locum".to_owned())
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }
}

/// Asks for tokens; `grant` is what is given for them.
pub(super) fn request(
    grant: &[(&str, &str)],
    oidc: &Oidc,
    issuer: &Issuer,
    web: &Web<'_>,
) -> Result<Reply, LoginError> {
    let mut form = grant.to_vec();
    form.push(("client_id", &oidc.client_id));
    if let Some(secret) = &oidc.client_secret {
        form.push(("client_secret", secret.expose()));
    }
    web.post(WHAT, &issuer.token, &form)?.granted(WHAT)
}

/// The refresh token of an answer whose ID token is none or of no use: the one before may be used up. `None` if the answer
/// is about another than `subject`.
pub(super) fn rotated(reply: &Reply, subject: &str) -> Option<SecretString> {
    let claims = reply.text("id_token").and_then(claims);
    let another = claims.is_some_and(|claims| claims.get("sub").and_then(Value::as_str) != Some(subject));
    let token = reply.text("refresh_token").filter(|_| !another);
    token.map(SecretString::from)
}

fn session_name(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    text.chars()
        .map(|c| if kept(c) { c } else { '-' })
        .take(MAX_NAME)
        .collect()
}

fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Checks what OpenID Connect Core §3.1.3.7 asks of a client.
fn check(claims: &Map<String, Value>, oidc: &Oidc, awaited: Awaited<'_>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&oidc.issuer) {
        return Err("is another issuer's");
    }
    let client = Value::from(oidc.client_id.as_str());
    let (for_us, for_others) = match claims.get("aud") {
        Some(Value::Array(several)) => (several.contains(&client), several.len() > 1),
        Some(one) => (*one == client, false),
        None => (false, false),
    };
    if !for_us {
        return Err("is for another client");
    }
    match claims.get("azp").filter(|party| !party.is_null()) {
        Some(party) if *party != client => return Err("was made for another client"),
        None if for_others => return Err("is for several clients and does not say which asked"),
        _ => {}
    }
    // One of a renewal need not have the nonce again (§12.2), and a device is given none.
    if let Some(nonce) = awaited.nonce
        && text("nonce") != Some(nonce)
    {
        return Err("answers another sign-in: its nonce is not ours");
    }
    match (text("sub"), awaited.subject) {
        (None | Some(""), _) => Err("says nothing about who signed in"),
        (Some(subject), Some(before)) if subject != before => Err("is about somebody else than before"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(status: u16, answer: Value) -> Result<Tokens, String> {
        let members = answer.as_object().unwrap().clone();
        let awaited = Awaited {
            nonce: Some("n"),
            subject: Some("s"),
        };
        let reply = Reply { status, members }.granted(WHAT);
        let tokens = reply.and_then(|reply| Tokens::read(&reply, &Oidc::for_tests(), awaited));
        tokens.map_err(|error| error.to_string())
    }

    fn token(claims: &Value) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn given(claims: Value) -> Result<Tokens, String> {
        let mut whole = json!({"iss": "https://idp", "aud": "cli", "nonce": "n", "sub": "s"});
        for (name, value) in claims.as_object().unwrap() {
            whole[name] = value.clone();
        }
        read(200, json!({"id_token": token(&whole), "refresh_token": "r"}))
    }

    #[test]
    fn a_token_for_this_client_and_sign_in_is_taken() {
        for claims in [
            json!({}),
            json!({"aud": ["cli"]}),
            json!({"aud": ["cli", "x"], "azp": "cli"}),
            json!({"azp": null}),
        ] {
            let tokens = given(claims).unwrap();
            assert_eq!(tokens.subject(), "s");
            assert!(tokens.refresh_token.unwrap().matches("r"));
        }
    }

    #[test]
    fn any_other_is_not() {
        for (claims, why) in [
            (json!({"iss": "https://idp/"}), "another issuer"),
            (json!({"iss": null}), "another issuer"),
            (json!({"aud": "x"}), "another client"),
            (json!({"aud": ["x", "y"]}), "another client"),
            (json!({"aud": {"cli": 1}}), "another client"),
            (json!({"aud": ["cli", "x"]}), "several clients"),
            (json!({"azp": "x"}), "another client"),
            (json!({"azp": ["x"]}), "another client"),
            (json!({"nonce": "m"}), "nonce"),
            (json!({"nonce": null}), "nonce"),
            (json!({"sub": "t"}), "somebody else"),
            (json!({"sub": ""}), "who signed in"),
        ] {
            let error = given(claims.clone()).unwrap_err();
            assert!(error.contains(why), "{claims}: {error}");
        }
        for token in ["", "a.b", "a.b.c.d", "a.e30.c", "a.%.c", "a.W10.c"] {
            read(200, json!({"id_token": token})).unwrap_err();
        }
    }

    #[test]
    fn a_refresh_token_outlives_a_token_of_no_use() {
        for (claims, kept) in [
            (None, true),
            (Some(json!({"sub": "s", "iss": "https://evil"})), true),
            (Some(json!({"sub": "t"})), false),
            (Some(json!({})), false),
        ] {
            let mut answer = json!({"refresh_token": "r"});
            if let Some(claims) = &claims {
                answer["id_token"] = token(claims).into();
            }
            let members = answer.as_object().unwrap().clone();
            let reply = Reply { status: 200, members };
            assert_eq!(rotated(&reply, "s").is_some(), kept, "{claims:?}");
        }
    }

    #[test]
    fn a_refusal_is_told_without_driving_the_terminal() {
        let error = read(
            400,
            json!({"error": "invalid_grant\u{1b}[2J", "error_description": "no\u{7}"}),
        )
        .unwrap_err();
        assert_eq!(error, "the identity provider says invalid_grant\\x1b[2J: no\\x07");
        assert_eq!(
            read(502, json!({})).unwrap_err(),
            "the issuer's token endpoint: it answers with status 502"
        );
    }

    #[test]
    fn sessions_are_named_for_who_signed_in() {
        for (claims, name) in [
            (json!({"email": "a@b.c"}), "a@b.c"),
            (json!({"preferred_username": "Jo Ö"}), "Jo--"),
            (json!({"email": "x", "upn": "jo"}), "jo"),
            (json!({}), "locum"),
        ] {
            assert_eq!(given(claims).unwrap().session_name(), name);
        }
        let long = given(json!({"email": "x".repeat(100)})).unwrap();
        assert_eq!(long.session_name().len(), MAX_NAME);
    }
}
