//! Sessions for those whom only an identity provider knows.

use serde_json::{Value, json};

use super::{
    authorize::Question,
    life::{Held, Life},
    model::{ACCOUNTS, Entity, Kind, Model, Session, Who},
    sessions::{CLIENT, Form, PLACE, Passed, put},
    statements::{Asked, bears, list, says, statements},
    verdict::{End, end},
};
use crate::issuer::{EC, key_set, token};

const URL: &str = "https://idp.example.com/realms/a";

impl Life {
    /// A provider is registered, or taken away.
    pub(super) fn provide(&mut self, at: usize) {
        let who = self.held[at].clone();
        let account = ACCOUNTS[at];
        let there = self.model.accounts[account].provider;
        let arn = Model::provider_arn(account);
        let (action, parameters) = match there {
            true => (
                "DeleteOpenIDConnectProvider",
                json!({ "OpenIDConnectProviderArn": arn }),
            ),
            false => (
                "CreateOpenIDConnectProvider",
                json!({ "Url": URL, "ClientIDList": [CLIENT] }),
            ),
        };
        let question = Question::new(&format!("iam:{action}"), &arn, account);
        let expected = self.iam_end(&who, &[question], true);
        let answer = self.iam(&who, action, &parameters);
        self.compare(&who, action, expected, &answer);
        if expected == End::Done {
            self.model.accounts.get_mut(account).unwrap().provider = !there;
        }
    }

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
        let (account, arn, role) = self.role();
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
        let found = role.as_ref().filter(|_| !self.model.accounts[account].closed);
        let trusted = found.is_some_and(|role| self.web_trusts(role, subject, &passed, issued));
        let expected = trusted && there;
        let borrowed: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = self.world.unsigned("AssumeRoleWithWebIdentity", &borrowed);
        let nobody = Held {
            name: format!(
                "{subject} of the issuer, {passed_tags:?}, {issued}",
                passed_tags = passed.tags
            ),
            ..self.held[0].clone()
        };
        // Why it is refused is told in many ways.
        let end = match (expected, answer.status) {
            (true, _) => End::Done,
            (false, 200) => End::Denied,
            (false, _) => end(&answer),
        };
        self.compare(&nobody, &format!("AssumeRoleWithWebIdentity {arn}"), end, &answer);
        if !expected {
            return;
        }
        let role = role.unwrap();
        let session = Session {
            account,
            who: Who::Role(role.id.clone(), "s1".to_owned()),
            issued: self.model.now,
            expires: self.model.now + 3600,
            policy,
            policy_arns,
            tags: passed.tags,
            transitive: passed.transitive,
            source_identity: passed.source_identity,
            subject: Some(subject.to_owned()),
            assumed_root: false,
            mfa: false,
            delegated: None,
        };
        self.keep(answer, session, format!("{} by {subject}", role.arn()));
    }

    pub(super) fn web_trusts(&self, role: &Entity, subject: &str, passed: &Passed, issued: i64) -> bool {
        let account = &self.model.accounts[role.account];
        let revoked = account.provider_revoked.is_some_and(|time| issued <= time);
        if !account.provider || revoked || issued + 300 <= self.model.now {
            return false;
        }
        let mut keys = passed.keys();
        let mut set = |key: &str, value: &str| keys.insert(key.to_lowercase(), vec![value.to_owned()]);
        set(&format!("{PLACE}:sub"), subject);
        set(&format!("{PLACE}:aud"), CLIENT);
        set("sts:RoleSessionName", "s1");
        set("aws:ResourceAccount", role.account);
        set("aws:ResourceOrgPaths", &self.model.path(role.account));
        keys.extend(self.model.tags_of(role.account, Kind::Role, &role.name));
        let mut actions = vec!["sts:AssumeRoleWithWebIdentity"];
        actions.extend(passed.source_identity.as_ref().map(|_| "sts:SetSourceIdentity"));
        actions.extend((!passed.tags.is_empty()).then_some("sts:TagSession"));
        let provider = Model::provider_arn(role.account);
        let arn = role.arn();
        actions.into_iter().all(|action| {
            let asked = Asked {
                action,
                resource: &arn,
                keys: &keys,
            };
            let names = |statement: &Value, effect: &str| {
                let principal = &statement["Principal"];
                // Everybody is denied by either reading, and allowed by neither.
                let everybody = effect == "Deny" && list(&principal["AWS"]).contains(&"*");
                statement["Effect"] == effect
                    && (everybody || list(&principal["Federated"]).contains(&provider.as_str()))
                    && bears(statement, &asked)
            };
            let of_trust = statements(&role.trust);
            let rcps = self.model.controls_over(role.account, true);
            of_trust.iter().any(|statement| names(statement, "Allow"))
                && !of_trust.iter().any(|statement| names(statement, "Deny"))
                && !rcps.iter().flatten().any(|text| says(text, "Deny", &asked))
        })
    }
}
