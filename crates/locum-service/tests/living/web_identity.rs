//! Sessions for those whom an OpenID Connect provider vouches for.

use serde_json::json;

use super::{
    life::Life,
    model::Provider,
    sessions::{CLIENT, Form, PLACE, Passed, put},
    statements::Keys,
    vouched::{URL, Vouched},
};
use crate::issuer::{EC, key_set, token};

impl Life {
    /// Lets a fetch bring the issuer's keys.
    pub(super) fn publish(&self) {
        use locum_federation::oidc::{Fetched, Source, Verification};
        let cache = self.world.service.identity_keys();
        let source = Source {
            issuer: URL.into(),
            thumbprints: Vec::new(),
        };
        cache.register(&[source]);
        let _ = cache.due(self.world.now(), 1000);
        let fetched = Fetched {
            keys: key_set(&[("ec-1", &EC)]),
            verification: Verification::TrustStore,
        };
        cache.put(URL, Ok(fetched), self.world.now());
    }

    pub(super) fn web_identity(&mut self) {
        self.publish();
        let (account, arn, role) = self.role_of(Provider::Oidc);
        let subject = self.chance.of(&["u1", "u2"]);
        let issued = self.model.now - self.chance.of(&[0, 1, 60, 200]);
        let mut claims =
            json!({ "iss": URL, "sub": subject, "aud": CLIENT, "iat": issued, "exp": issued + 300 });
        let mut passed = Passed::default();
        if self.chance.once_in(3) {
            let value = self.chance.of(&["red", "blue"]);
            let transitive: &[&str] = if self.chance.once_in(2) { &["team"] } else { &[] };
            claims["https://aws.amazon.com/tags"] =
                json!({ "principal_tags": { "team": [value] }, "transitive_tag_keys": transitive });
            passed.tags.insert("team".to_owned(), value.to_owned());
            passed
                .transitive
                .extend(transitive.iter().map(|key| (*key).to_owned()));
        }
        if self.chance.once_in(4) {
            claims["https://aws.amazon.com/source_identity"] = "ann".into();
            passed.source_identity = Some("ann".to_owned());
        }
        let mut form = Form::new();
        put(&mut form, "RoleArn", &arn);
        put(&mut form, "RoleSessionName", "s1");
        put(&mut form, "WebIdentityToken", &token("ec-1", &EC, &claims));
        let (policy, policy_arns, there) = self.limits(account, &mut form);
        let vouched = Vouched {
            provider: Provider::Oidc,
            subject,
            issued,
            session_name: "s1",
            passed: &passed,
            keys: Keys::from([(format!("{PLACE}:aud"), vec![CLIENT.to_owned()])]),
        };
        let trusted = role.as_ref().is_some_and(|role| self.lets_in(role, &vouched));
        let expected = trusted && there && issued + 300 > self.model.now;
        let answer = self.unsigned("AssumeRoleWithWebIdentity", &form);
        let said = format!("{subject} of the issuer, {:?}, {issued}", passed.tags);
        self.compare_vouched(
            said,
            &format!("AssumeRoleWithWebIdentity {arn}"),
            expected,
            &answer,
        );
        if expected {
            self.keep_vouched(answer, &role.unwrap(), vouched, (policy, policy_arns));
        }
    }
}
