//! An endpoint like that of a container's platform: one path, one token, the keys as JSON.

use locum_crypto::{Random, SecretString, hex};
use serde_json::json;

use super::keeper::Keeper;
use super::reply::Reply;
use crate::loopback::Request;

/// The one path.
const PATH: &str = "/";

/// The endpoint.
pub(crate) struct Container {
    keeper: Keeper,
    token: SecretString,
}

/// Makes a token: 256 random bits, in digits that need no quotes anywhere.
pub(super) fn make_token(random: &mut dyn Random) -> SecretString {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    random.fill(&mut *bytes);
    SecretString::new(hex(&*bytes))
}

impl Container {
    /// Gives out what the keeper has, to those who know a token that is made here.
    pub(crate) fn new(keeper: Keeper, random: &mut dyn Random) -> Self {
        Self {
            keeper,
            token: make_token(random),
        }
    }

    /// The token that a program has to show.
    pub(crate) const fn token(&self) -> &SecretString {
        &self.token
    }

    pub(super) fn answer(&self, request: &Request) -> Reply {
        // Before anything else: who does not know the token learns nothing.
        let known = request
            .header("authorization")
            .is_some_and(|given| self.token.matches(given));
        if !known {
            return failure(401, "AccessDenied", "the authorization token is missing or wrong");
        }
        if request.path != PATH {
            return failure(404, "NotFound", "there is nothing at this path");
        }
        if request.method != "GET" {
            return failure(405, "MethodNotAllowed", "only GET is answered").with("Allow", "GET");
        }
        match self.keeper.current() {
            Err(sentence) => failure(500, "CredentialsError", &sentence),
            Ok((credentials, end)) => {
                let mut body = json!({
                    "AccessKeyId": credentials.access_key_id,
                    "SecretAccessKey": credentials.secret_access_key.expose(),
                    "Token": credentials.session_token.as_ref().map(SecretString::expose),
                    "Expiration": end.to_string(),
                });
                if let (Some(account), Some(body)) = (credentials.account_id, body.as_object_mut()) {
                    body.insert("AccountId".to_owned(), account.into());
                }
                Reply::json(200, &body)
            }
        }
    }
}

/// What the platforms answer, and SDKs show.
fn failure(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"code": code, "message": message}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use locum_credentials::Credentials;
    use locum_crypto::SeededRandom;
    use serde_json::Value;

    fn container(ask: fn() -> Result<Credentials, String>) -> Container {
        let keeper = Keeper::new(ask, Timestamp::now, |_| ());
        Container::new(keeper, &mut SeededRandom::new(1))
    }

    fn status(container: &Container, method: &str, path: &str, token: Option<&str>) -> (u16, Value) {
        let headers: Vec<_> = token.map(|token| ("authorization", token)).into_iter().collect();
        let reply = container.answer(&Request::of(method, path, &headers));
        (reply.status, serde_json::from_str(reply.body.expose()).unwrap())
    }

    #[test]
    fn who_knows_the_token_gets_the_keys() {
        let made = container(|| {
            let mut session = Credentials::new("ASIA".into(), "s".into(), Some("t".into()));
            session.expiration = "2100-01-01T00:00:00Z".parse().ok();
            session.account_id = Some("123456789012".into());
            Ok(session)
        });
        let token = made.token().expose().to_owned();
        assert_eq!(token.len(), 64);
        let expected = json!({
            "AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2100-01-01T00:00:00Z",
            "AccountId": "123456789012",
        });
        assert_eq!(status(&made, "GET", "/", Some(&token)), (200, expected));
        assert_eq!(status(&made, "POST", "/", Some(&token)).0, 405);
        assert_eq!(status(&made, "GET", "/creds", Some(&token)).0, 404);
        for wrong in [
            None,
            Some(""),
            Some("x"),
            Some(&token[1..]),
            Some(&*format!("Bearer {token}")),
        ] {
            let (code, body) = status(&made, "GET", "/", wrong);
            assert_eq!((code, &body["code"]), (401, &json!("AccessDenied")), "{wrong:?}");
            assert_eq!(status(&made, "GET", "/creds", wrong).0, 401);
        }
        let other = Container::new(
            Keeper::new(|| Err(String::new()), Timestamp::now, |_| ()),
            &mut SeededRandom::new(2),
        );
        assert!(!other.token().matches(&token));
    }

    #[test]
    fn a_failure_is_told_as_the_platforms_do() {
        let made = container(|| Err("the role is gone".to_owned()));
        let token = made.token().expose().to_owned();
        let expected = json!({"code": "CredentialsError", "message": "the role is gone"});
        assert_eq!(status(&made, "GET", "/", Some(&token)), (500, expected));
    }
}
