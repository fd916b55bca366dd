//! Identity providers, and whom a role trusts of those that they vouch for.

use serde_json::{Value, json};

use super::{
    authorize::Question,
    life::{Held, Life},
    model::{ACCOUNTS, Entity, Kind, Provider, Session, Who},
    sessions::{CLIENT, Passed},
    statements::{Asked, Keys, bears, list, says, statements},
    verdict::{End, end},
};
use crate::harness::Answer;

/// Where the issuer of tokens is.
pub(super) const URL: &str = "https://idp.example.com/realms/a";

/// What a provider says of a user to a role.
pub(super) struct Vouched<'v> {
    pub(super) provider: Provider,
    pub(super) subject: &'v str,
    pub(super) issued: i64,
    pub(super) session_name: &'v str,
    pub(super) passed: &'v Passed,
    /// Further condition keys.
    pub(super) keys: Keys,
}

impl Life {
    /// A provider is registered, or taken away.
    pub(super) fn provide(&mut self, at: usize, provider: Provider) {
        let who = self.held[at].clone();
        let account = ACCOUNTS[at];
        let there = self.model.accounts[account].providers.contains(&provider);
        let arn = provider.arn(account);
        let (action, parameters) = match (provider, there) {
            (Provider::Oidc, true) => (
                "DeleteOpenIDConnectProvider",
                json!({ "OpenIDConnectProviderArn": arn }),
            ),
            (Provider::Oidc, false) => (
                "CreateOpenIDConnectProvider",
                json!({ "Url": URL, "ClientIDList": [CLIENT] }),
            ),
            (Provider::Saml, true) => ("DeleteSAMLProvider", json!({ "SAMLProviderArn": arn })),
            (Provider::Saml, false) => (
                "CreateSAMLProvider",
                json!({ "Name": "corp", "SAMLMetadataDocument": self.idp.metadata() }),
            ),
        };
        let question = Question::new(&format!("iam:{action}"), &arn, account);
        let expected = self.iam_end(&who, &[question], true);
        let answer = self.iam(&who, action, &parameters);
        self.compare(&who, action, expected, &answer);
        if expected == End::Done {
            let providers = &mut self.model.accounts.get_mut(account).unwrap().providers;
            if !providers.remove(&provider) {
                providers.insert(provider);
            }
        }
    }

    /// A role, mostly one that trusts the provider.
    pub(super) fn role_of(&mut self, provider: Provider) -> (&'static str, String, Option<Entity>) {
        for _ in 0..12 {
            let (account, arn, role) = self.role();
            let trusts = |role: &Entity| role.trust.to_string().contains(&provider.arn(account));
            if role.as_ref().is_some_and(trusts) {
                return (account, arn, role);
            }
        }
        self.role()
    }

    /// Whether a role lets somebody in for whom a provider vouches.
    pub(super) fn lets_in(&self, role: &Entity, vouched: &Vouched<'_>) -> bool {
        let account = &self.model.accounts[role.account];
        let revoked = account.providers_revoked.get(&vouched.provider);
        if account.closed
            || !account.providers.contains(&vouched.provider)
            || revoked.is_some_and(|time| vouched.issued <= *time)
        {
            return false;
        }
        let passed = vouched.passed;
        let mut keys = passed.keys();
        keys.extend(vouched.keys.clone());
        let mut set = |key: &str, value: &str| keys.insert(key.to_lowercase(), vec![value.to_owned()]);
        set(&vouched.provider.subject_key(), vouched.subject);
        set("sts:RoleSessionName", vouched.session_name);
        set("aws:ResourceAccount", role.account);
        set("aws:ResourceOrgPaths", &self.model.path(role.account));
        keys.extend(self.model.tags_of(role.account, Kind::Role, &role.name));
        let mut actions = vec![match vouched.provider {
            Provider::Oidc => "sts:AssumeRoleWithWebIdentity",
            Provider::Saml => "sts:AssumeRoleWithSAML",
        }];
        actions.extend(passed.source_identity.as_ref().map(|_| "sts:SetSourceIdentity"));
        actions.extend((!passed.tags.is_empty()).then_some("sts:TagSession"));
        let provider = vouched.provider.arn(role.account);
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

    /// Compares what became of a request that nobody signs. Why one is refused is told in many ways.
    pub(super) fn compare_vouched(&mut self, said: String, what: &str, expected: bool, answer: &Answer) {
        let nobody = Held {
            name: said,
            ..self.held[0].clone()
        };
        let end = match (expected, answer.status) {
            (true, _) => End::Done,
            (false, 200) => End::Denied,
            (false, _) => end(answer),
        };
        self.compare(&nobody, what, end, answer);
    }

    /// Keeps the session of somebody for whom a provider vouched.
    pub(super) fn keep_vouched(
        &mut self,
        answer: Answer,
        role: &Entity,
        vouched: Vouched<'_>,
        limits: (Option<String>, Vec<String>),
    ) {
        let (policy, policy_arns) = limits;
        let session = Session {
            account: role.account,
            who: Who::Role(role.id.clone(), vouched.session_name.to_owned()),
            issued: self.model.now,
            expires: self.model.now + 3600,
            policy,
            policy_arns,
            tags: vouched.passed.tags.clone(),
            transitive: vouched.passed.transitive.clone(),
            source_identity: vouched.passed.source_identity.clone(),
            vouched: Some((vouched.provider, vouched.subject.to_owned())),
            assumed_root: false,
            mfa: false,
            delegated: None,
        };
        self.keep(answer, session, format!("{} by {}", role.arn(), vouched.subject));
    }
}
