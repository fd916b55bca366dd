//! An endpoint like the metadata service of an instance, version 2: a token first, then the name of a role, then its keys.
//!
//! What is not true of this machine is not there: no instance, no zone, no identity document. Nothing is answered without
//! a token, which only a PUT brings: a forged GET is not enough (facts: security §1.8). Tokens are not stored; each says how
//! long it is good, under a key that this process makes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use locum_crypto::{HmacKey, Random, SecretString};
use serde_json::json;

use super::keeper::Keeper;
use super::reply::Reply;
use crate::loopback::Request;

const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/iam/security-credentials";
const REGION: &str = "/latest/meta-data/placement/region";
const LIFE_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
/// The longest life of a token, in seconds.
const MAX_LIFE: i64 = 21_600;
/// The role that the instance would have.
const ROLE: &str = "locum";

/// The endpoint.
pub(crate) struct Instance {
    keeper: Keeper,
    region: Option<String>,
    key: Box<HmacKey>,
    now: fn() -> Timestamp,
}

impl Instance {
    /// Gives out what the keeper has.
    pub(crate) fn new(
        keeper: Keeper,
        region: Option<String>,
        now: fn() -> Timestamp,
        random: &mut dyn Random,
    ) -> Self {
        let mut key = zeroize::Zeroizing::new([0; 32]);
        random.fill(&mut *key);
        Self {
            keeper,
            region,
            key: Box::new(HmacKey::new(&*key)),
            now,
        }
    }

    pub(super) fn answer(&self, request: &Request) -> Reply {
        // The endpoint ends in a slash, to which some programs append another.
        let path = match request.path.strip_prefix("//") {
            Some(_) => request.path.get(1..).unwrap_or_default(),
            None => request.path.as_str(),
        };
        if path == TOKEN {
            return match request.method.as_str() {
                "PUT" => self.give_token(request),
                _ => Reply::text(405, "").with("Allow", "OPTIONS, PUT"),
            };
        }
        if request.method != "GET" {
            return Reply::text(405, "").with("Allow", "GET");
        }
        let token = request.header(TOKEN_HEADER);
        if !token.is_some_and(|token| self.is_good(token)) {
            return Reply::text(401, "");
        }
        match path.strip_prefix(ROLES) {
            Some("" | "/") => return Reply::text(200, ROLE),
            Some(rest) if rest.strip_prefix('/') == Some(ROLE) => return self.keys(),
            _ => {}
        }
        match &self.region {
            Some(region) if path == REGION => Reply::text(200, region.as_str()),
            _ => Reply::text(404, ""),
        }
    }

    fn give_token(&self, request: &Request) -> Reply {
        let life = request
            .header(LIFE_HEADER)
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|text| text.parse::<i64>().ok())
            .filter(|life| (1..=MAX_LIFE).contains(life));
        let Some(life) = life else {
            return Reply::text(400, "");
        };
        let end = (self.now)().as_second().saturating_add(life).to_be_bytes();
        let mac = self.key.sign(&end);
        let token = URL_SAFE_NO_PAD.encode([&end[..], &mac[..]].concat());
        Reply::text(200, SecretString::new(token)).with(LIFE_HEADER, life.to_string())
    }

    fn is_good(&self, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else {
            return false;
        };
        let Some((end, mac)) = bytes.split_first_chunk::<8>() else {
            return false;
        };
        self.key.verifies(end, mac) && i64::from_be_bytes(*end) > (self.now)().as_second()
    }

    fn keys(&self) -> Reply {
        let now = (self.now)()
            .round(jiff::Unit::Second)
            .unwrap_or_else(|_| (self.now)());
        let body = match self.keeper.current() {
            Ok((credentials, end)) => json!({
                "Code": "Success",
                "LastUpdated": now.to_string(),
                "Type": "AWS-HMAC",
                "AccessKeyId": credentials.access_key_id,
                "SecretAccessKey": credentials.secret_access_key.expose(),
                "Token": credentials.session_token.as_ref().map(SecretString::expose),
                "Expiration": end.to_string(),
            }),
            // The real one tells failures with status 200 too, and SDKs show them.
            Err(sentence) => json!({"Code": "Failed", "LastUpdated": now.to_string(), "Message": sentence}),
        };
        Reply::json(200, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_credentials::Credentials;
    use locum_crypto::SeededRandom;
    use serde_json::Value;
    use std::cell::Cell;

    thread_local! {
        static CLOCK: Cell<i64> = const { Cell::new(1_800_000_000) };
    }

    fn now() -> Timestamp {
        Timestamp::from_second(CLOCK.get()).unwrap()
    }

    fn instance(seed: u8) -> Instance {
        let ask = || Ok(Credentials::new("ASIA".into(), "s".into(), Some("t".into())));
        let keeper = Keeper::new(ask, now, |_| ());
        Instance::new(
            keeper,
            Some("eu-west-1".into()),
            now,
            &mut SeededRandom::new(seed.into()),
        )
    }

    fn put(instance: &Instance, life: &str) -> Reply {
        instance.answer(&Request::of("PUT", TOKEN, &[(LIFE_HEADER, life)]))
    }

    fn get(instance: &Instance, path: &str, token: &str) -> (u16, String) {
        let reply = instance.answer(&Request::of("GET", path, &[(TOKEN_HEADER, token)]));
        (reply.status, reply.body.expose().to_owned())
    }

    #[test]
    fn a_token_comes_first() {
        let made = instance(1);
        let reply = put(&made, "60");
        assert_eq!(
            (reply.status, reply.headers),
            (200, vec![(LIFE_HEADER, "60".to_owned())])
        );
        let token = reply.body.expose().to_owned();
        assert_eq!(get(&made, &format!("{ROLES}/"), &token), (200, ROLE.to_owned()));
        assert_eq!(get(&made, ROLES, &token).0, 200);
        let (status, body) = get(&made, &format!("{ROLES}/{ROLE}"), &token);
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &body["Code"], &body["AccessKeyId"]),
            (200, &json!("Success"), &json!("ASIA"))
        );
        assert_eq!(
            (&body["LastUpdated"], &body["Expiration"]),
            (&json!("2027-01-15T08:00:00Z"), &json!("2027-01-15T09:00:00Z"))
        );
        assert_eq!(get(&made, REGION, &token), (200, "eu-west-1".to_owned()));
        assert_eq!(get(&made, &format!("/{REGION}"), &token).0, 200);
        let doubled = Request::of("PUT", &format!("/{TOKEN}"), &[(LIFE_HEADER, "60")]);
        assert_eq!(made.answer(&doubled).status, 200);
        for nothing in [
            "/",
            "//",
            &format!("//{REGION}"),
            "/latest/dynamic/instance-identity/document",
            &format!("{ROLES}/other"),
            &format!("{ROLES}x"),
        ] {
            assert_eq!(get(&made, nothing, &token).0, 404, "{nothing}");
        }
        let flipped = if token.starts_with('A') { "B" } else { "A" };
        for wrong in [
            "",
            "x",
            &token[1..],
            &format!("{flipped}{}", &token[1..]),
            &token[..20],
        ] {
            assert_eq!(get(&made, ROLES, wrong), (401, String::new()), "{wrong}");
        }
        assert_eq!(get(&instance(2), ROLES, &token).0, 401);
        assert_eq!(made.answer(&Request::of("GET", ROLES, &[])).status, 401);
        CLOCK.set(CLOCK.get() + 60);
        assert_eq!(get(&made, ROLES, &token).0, 401);
    }

    #[test]
    fn what_the_real_one_refuses_is_refused() {
        let made = instance(1);
        for life in ["", "0", "-1", "+1", "21601", "1.5", "x", "99999999999999999999"] {
            assert_eq!(put(&made, life).status, 400, "{life}");
        }
        assert_eq!(put(&made, "21600").status, 200);
        assert_eq!(made.answer(&Request::of("PUT", TOKEN, &[])).status, 400);
        for (method, path) in [
            ("GET", TOKEN),
            ("POST", TOKEN),
            ("PUT", ROLES),
            ("OPTIONS", ROLES),
            ("HEAD", ROLES),
        ] {
            assert_eq!(
                made.answer(&Request::of(method, path, &[(LIFE_HEADER, "1")]))
                    .status,
                405,
                "{method} {path}"
            );
        }
    }

    #[test]
    fn a_failure_is_told_with_status_200() {
        let keeper = Keeper::new(|| Err("the role is gone".to_owned()), now, |_| ());
        let made = Instance::new(keeper, None, now, &mut SeededRandom::new(1));
        let token = put(&made, "60").body.expose().to_owned();
        let (status, body) = get(&made, &format!("{ROLES}/{ROLE}"), &token);
        assert!(
            status == 200 && body.contains("\"Failed\"") && body.contains("the role is gone"),
            "{body}"
        );
        assert_eq!(get(&made, REGION, &token).0, 404);
    }
}
