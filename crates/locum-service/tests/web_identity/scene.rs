//! A world with an issuer that its first account trusts.

use std::{collections::BTreeMap, ops::Deref};

use locum_crypto::SigningKey;
use locum_federation::oidc::{FetchProblem, Fetched, Source, Verification};
use locum_service::Incoming;
use serde_json::{Map, Value, json};

use super::issuer::{EC, RSA, key_set, token};
use crate::harness::percent_encode;
pub(super) use crate::harness::{ACCOUNT, ALLOWED_ISSUER, Answer, Credentials, Parameters, World};

/// The issuer that the first account trusts.
pub(super) const URL: &str = "https://idp.example.com/realms/a";
/// The same in ARNs and condition keys.
pub(super) const PLACE: &str = "idp.example.com/realms/a";
/// The client that its tokens are for.
pub(super) const CLIENT: &str = "client-1";
/// The key ids of the issuer.
pub(super) const RSA_ID: &str = "rsa-1";
pub(super) const EC_ID: &str = "ec-1";

pub(super) const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
pub(super) const ALL_ACTIONS: &str =
    r#"["sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"]"#;

pub(super) struct Scene(World);

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

impl Scene {
    /// A provider is registered and its keys are known.
    pub(super) fn new() -> Self {
        let scene = Self(World::new());
        scene.provider(&scene.root, URL, &[CLIENT], &[]).ok();
        scene.publish(URL, &[(RSA_ID, &RSA), (EC_ID, &EC)]);
        scene
    }

    /// Registers a provider.
    pub(super) fn provider(
        &self,
        who: &Credentials,
        url: &str,
        client_ids: &[&str],
        thumbprints: &[&str],
    ) -> Answer {
        let mut parameters = vec![("Url".to_owned(), url.to_owned())];
        for (name, list) in [("ClientIDList", client_ids), ("ThumbprintList", thumbprints)] {
            let members = list.iter().enumerate();
            parameters
                .extend(members.map(|(at, item)| (format!("{name}.member.{}", at + 1), (*item).to_owned())));
        }
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.iam(who, "CreateOpenIDConnectProvider", &parameters)
    }

    /// Tells the key cache which issuers are registered, as the fetcher does.
    pub(super) fn register(&self) {
        let mut issuers: BTreeMap<String, Vec<[u8; 20]>> = BTreeMap::new();
        for provider in self.snapshot().all_oidc_providers() {
            let thumbprints = provider.thumbprints.iter().map(|print| octets(print));
            issuers.entry(provider.issuer()).or_default().extend(thumbprints);
        }
        let sources: Vec<Source> = issuers
            .into_iter()
            .map(|(issuer, thumbprints)| Source {
                issuer: issuer.into(),
                thumbprints,
            })
            .collect();
        self.service.identity_keys().register(&sources);
    }

    /// Lets a fetch bring these keys over a trusted connection.
    pub(super) fn publish(&self, url: &str, keys: &[(&str, &SigningKey)]) {
        self.fetched(url, keys, Verification::TrustStore);
    }

    pub(super) fn fetched(&self, url: &str, keys: &[(&str, &SigningKey)], verification: Verification) {
        let fetched = Fetched {
            keys: key_set(keys),
            verification,
        };
        self.fetch(url, Ok(fetched));
    }

    /// Lets a fetch come to this.
    pub(super) fn fetch(&self, url: &str, outcome: Result<Fetched, FetchProblem>) {
        self.register();
        let cache = self.service.identity_keys();
        let _ = cache.due(self.now(), 1000);
        cache.put(url, outcome, self.now());
    }

    /// The claims of a good token.
    pub(super) fn claims(&self) -> Map<String, Value> {
        let now = self.now().as_second();
        let claims = json!({ "iss": URL, "sub": "user-1", "aud": CLIENT, "iat": now, "exp": now + 300 });
        claims.as_object().unwrap().clone()
    }

    /// A good token with these claims besides, or in place of its own; `null` leaves one out.
    pub(super) fn token(&self, more: Value) -> String {
        let mut claims = self.claims();
        for (name, value) in more.as_object().unwrap() {
            if value.is_null() {
                claims.remove(name);
            } else {
                claims.insert(name.clone(), value.clone());
            }
        }
        token(EC_ID, &EC, &Value::Object(claims))
    }

    /// A role of the first account that trusts the issuer's every user.
    pub(super) fn open_role(&self, name: &str) -> String {
        self.trusting(name, ALL_ACTIONS, "{}")
    }

    /// A role of the first account that trusts the issuer for these actions on a condition.
    pub(super) fn trusting(&self, name: &str, actions: &str, condition: &str) -> String {
        let trust = trust(&provider_arn(ACCOUNT, PLACE), actions, condition);
        self.role(&self.root, name, &trust, None)
    }

    /// AssumeRoleWithWebIdentity with a session named `session`.
    pub(super) fn assume(&self, role: &str, token: &str, more: &Parameters<'_>) -> Answer {
        let mut parameters = vec![
            ("RoleArn", role),
            ("RoleSessionName", "session"),
            ("WebIdentityToken", token),
        ];
        parameters.extend(more);
        self.unsigned("AssumeRoleWithWebIdentity", &parameters)
    }

    /// The same with a token of these claims.
    pub(super) fn assume_with(&self, role: &str, claims: Value) -> Answer {
        self.assume(role, &self.token(claims), &[])
    }

    /// Calls an operation of STS that nobody signs.
    pub(super) fn unsigned(&self, action: &str, parameters: &Parameters<'_>) -> Answer {
        let version = [("Action", action), ("Version", "2011-06-15")];
        let pairs: Vec<String> = version
            .iter()
            .chain(parameters)
            .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
            .collect();
        let body = pairs.join("&");
        let headers: &[(&str, &[u8])] = &[
            ("host", b"sts.us-east-1.example.com"),
            (
                "content-type",
                b"application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("user-agent", b"test/1"),
        ];
        self.handle(&Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers,
            body: body.as_bytes(),
            peer: [203, 0, 113, 7].into(),
            tls: Some(("TLSv1.3", "TLS_AES_128_GCM_SHA256")),
        })
    }

    /// The condition keys of a denied request, as the root user may read them.
    pub(super) fn keys(&self, denied: &Answer) -> BTreeMap<String, Vec<String>> {
        let message = denied.header("x-locum-authorization-message").unwrap();
        let parameters = [("EncodedMessage", message)];
        let answer = self
            .sts(&self.root, "DecodeAuthorizationMessage", &parameters)
            .ok();
        let explanation: Value = serde_json::from_str(&answer.text("DecodedMessage")).unwrap();
        let items = explanation["context"]["conditions"]["items"]
            .as_array()
            .unwrap()
            .clone();
        let key = |item: Value| {
            let values = item["values"]["items"].as_array().unwrap().iter();
            let values = values.map(|value| value["value"].as_str().unwrap().to_owned());
            (item["key"].as_str().unwrap().to_owned(), values.collect())
        };
        items.into_iter().map(key).collect()
    }

    /// The only record of the last call.
    pub(super) fn record(&self) -> Value {
        self.records().pop().unwrap()
    }
}

pub(super) fn provider_arn(account: &str, place: &str) -> String {
    format!("arn:aws:iam::{account}:oidc-provider/{place}")
}

/// A trust policy for a provider.
pub(super) fn trust(provider: &str, actions: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":{actions},"Condition":{condition}}}}}"#
    )
}

/// A condition that one key has one value.
pub(super) fn equals(key: &str, value: &str) -> String {
    format!(r#"{{"StringEquals":{{"{key}":"{value}"}}}}"#)
}

pub(super) fn octets(hex: &str) -> [u8; 20] {
    let octet = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(octet)
}
