//! Signing in at an issuer with a browser on this machine: the authorization code flow of a native program (RFC 8252), with
//! a proof that who redeems the code asked for it (PKCE, RFC 7636, S256).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use locum_crypto::{Random, SecretString, sha256};

use super::error::LoginError;
use super::issuer::Issuer;
use super::pages::{Parameters, Verdict, await_browser};
use super::settings::{Oidc, Settings};
use super::tokens::{Awaited, Tokens};
use super::values::Callback;
use super::web::Web;
use crate::loopback::{Loopback, Request};

/// What a browser brings is in the query.
const MAX_BODY: usize = 0;

/// What ties an answer to this sign-in: each is good for one, and nobody else knows them.
struct Ties {
    state: SecretString,
    nonce: String,
    verifier: SecretString,
}

impl Ties {
    fn new(random: &mut dyn Random) -> Self {
        let mut token = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self {
            state: token().into(),
            nonce: token(),
            verifier: token().into(),
        }
    }
}

/// What a page needs to know for its answer to come back here.
pub(super) struct Asked<'a> {
    pub(super) redirect: &'a str,
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) challenge: &'a str,
}

/// A code that came back, and what redeems it.
pub(super) struct Code {
    pub(super) code: SecretString,
    pub(super) verifier: SecretString,
    pub(super) redirect: String,
    nonce: String,
}

/// Has a browser fetch a code. `page` makes the address to open, `open` shows it to the user.
pub(super) fn fetch(
    callback: &Callback,
    wait: Duration,
    issuer: Option<&Issuer>,
    open: &dyn Fn(&str),
    random: &mut dyn Random,
    page: impl FnOnce(&Asked<'_>) -> Result<String, LoginError>,
) -> Result<Code, LoginError> {
    let listener = Loopback::bind(callback.port, MAX_BODY).map_err(|reason| LoginError::Listen {
        port: callback.port,
        reason,
    })?;
    let redirect = callback.url(listener.port());
    let ties = Ties::new(random);
    let challenge = URL_SAFE_NO_PAD.encode(sha256(ties.verifier.expose().as_bytes()));
    let deadline = Instant::now() + wait;
    open(&page(&Asked {
        redirect: &redirect,
        state: ties.state.expose(),
        nonce: &ties.nonce,
        challenge: &challenge,
    })?);
    let judge = |request: &Request| judge(&Parameters::read(&request.query), issuer, &ties.state);
    // Nobody else is listened to afterwards, while the code is redeemed.
    let code = await_browser(&listener, deadline, &callback.path, "GET", judge)?;
    Ok(Code {
        code: code.ok_or(LoginError::Nobody(wait.as_secs()))?,
        verifier: ties.verifier,
        redirect,
        nonce: ties.nonce,
    })
}

/// Signs in. `open` shows a page to the user.
pub(super) fn sign_in(
    oidc: &Oidc,
    settings: &Settings,
    issuer: &Issuer,
    web: &Web<'_>,
    open: &dyn Fn(&str),
    random: &mut dyn Random,
) -> Result<Tokens, LoginError> {
    let page = |asked: &Asked<'_>| page(oidc, issuer, asked);
    let found = fetch(&oidc.redirect, settings.wait, Some(issuer), open, random, page)?;
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", found.code.expose()),
        ("redirect_uri", &found.redirect),
        ("code_verifier", found.verifier.expose()),
    ];
    let awaited = Awaited {
        nonce: Some(&found.nonce),
        subject: None,
    };
    Tokens::ask(&grant, oidc, issuer, web, awaited)
}

/// The page to open.
fn page(oidc: &Oidc, issuer: &Issuer, asked: &Asked<'_>) -> Result<String, LoginError> {
    let authorization = issuer.authorization.as_ref().ok_or(LoginError::Provider {
        what: "the issuer's discovery document",
        reason: "it has no authorization_endpoint; try --oidc-flow device".to_owned(),
    })?;
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", &oidc.client_id),
        ("redirect_uri", asked.redirect),
        ("scope", &oidc.scopes),
        ("state", asked.state),
        ("nonce", asked.nonce),
        ("code_challenge", asked.challenge),
        ("code_challenge_method", "S256"),
    ];
    if oidc
        .scopes
        .split_whitespace()
        .any(|scope| scope == "offline_access")
    {
        // Without it the scope is to be ignored (OpenID Connect Core §11).
        parameters.push(("prompt", "consent"));
    }
    Ok(authorization.with_query(&parameters))
}

/// What the browser brought. What does not know the state is not the issuer's answer, and ends nothing.
fn judge(answer: &Parameters, issuer: Option<&Issuer>, state: &SecretString) -> Verdict<SecretString> {
    if !answer.get("state").is_some_and(|given| state.matches(given)) {
        return Verdict::Passed(
            403,
            "This does not belong to the sign-in that the terminal waits for.",
        );
    }
    // An answer that names its issuer must name this one, or a code would be carried to the wrong one (RFC 9207 §2.4).
    let another = |issuer: &Issuer| {
        let named = answer.get("iss");
        named.map_or(issuer.names_itself, |named| named != issuer.name)
    };
    if issuer.is_some_and(another) {
        return Verdict::Ended(LoginError::Provider {
            what: "the issuer's answer",
            reason: "it is another issuer's".to_owned(),
        });
    }
    match (answer.get("error"), answer.get("code")) {
        (None, Some(code)) if !code.is_empty() => Verdict::Taken(code.into()),
        (Some(code), _) => Verdict::Ended(LoginError::Refused {
            code: code.to_owned(),
            description: answer.get("error_description").unwrap_or_default().to_owned(),
        }),
        (None, _) => Verdict::Ended(LoginError::Provider {
            what: "the issuer's answer",
            reason: "it has no code".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_crypto::{SecretBytes, SeededRandom};

    fn issuer(names_itself: bool) -> Issuer {
        Issuer {
            name: "https://idp".into(),
            authorization: Some(crate::secure_url::SecureUrl::parse("x", "https://idp/a?t=1").unwrap()),
            token: crate::secure_url::SecureUrl::parse("x", "https://idp/t").unwrap(),
            device: None,
            names_itself,
        }
    }

    fn verdict(query: &str, names_itself: bool) -> Result<String, String> {
        let answer = Parameters::read(&SecretBytes::new(query));
        match judge(&answer, Some(&issuer(names_itself)), &"right".into()) {
            Verdict::Taken(code) => Ok(code.expose().to_owned()),
            Verdict::Ended(error) => Err(error.to_string()),
            Verdict::Passed(status, _) => Err(status.to_string()),
        }
    }

    #[test]
    fn only_the_answer_to_this_sign_in_is_taken() {
        for (query, names_itself, expected) in [
            ("state=right&code=c", false, Ok("c")),
            ("state=right&code=c&iss=https%3A%2F%2Fidp", true, Ok("c")),
            ("state=right&code=c", true, Err("another issuer")),
            (
                "state=right&code=c&iss=https://evil",
                false,
                Err("another issuer"),
            ),
            ("state=wrong&code=c", false, Err("403")),
            ("code=c", false, Err("403")),
            ("", false, Err("403")),
            ("state=right&state=right&code=c", false, Err("403")),
            ("state=wrong&error=access_denied", false, Err("403")),
            ("state=right", false, Err("no code")),
            ("state=right&code=", false, Err("no code")),
            ("state=right&code=a&code=b", false, Err("no code")),
            (
                "state=right&error=access_denied&error_description=no+%1b%5b2J",
                false,
                Err("says access_denied: no \\x1b[2J"),
            ),
            (
                "state=right&code=c&error=access_denied",
                false,
                Err("access_denied"),
            ),
        ] {
            match (verdict(query, names_itself), expected) {
                (Ok(code), Ok(expected)) => assert_eq!(code, expected),
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{query}: {error}"),
                (found, _) => panic!("{query}: {found:?}"),
            }
        }
    }

    #[test]
    fn the_page_carries_a_proof() {
        let ties = Ties::new(&mut SeededRandom::new(1));
        assert_ne!(ties.state.expose(), ties.nonce);
        let mut oidc = Oidc::for_tests();
        oidc.scopes = "openid offline_access".into();
        let asked = Asked {
            redirect: "http://127.0.0.1:1/callback",
            state: "s",
            nonce: "n",
            challenge: "c",
        };
        let page = page(&oidc, &issuer(false), &asked).unwrap();
        assert!(
            page.starts_with("https://idp/a?t=1&response_type=code&client_id=cli&"),
            "{page}"
        );
        assert!(
            page.contains("&code_challenge_method=S256&prompt=consent"),
            "{page}"
        );
        assert!(
            page.contains("redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback"),
            "{page}"
        );
    }
}
