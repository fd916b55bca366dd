//! An account with a SAML provider and a role that its users may assume.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::ops::Deref;

use locum_names::AccountId;

use super::idp::{Idp, Said};
pub use crate::harness::{ACCOUNT, Answer, Credentials, World};

pub const OTHER: &str = "444455556666";
pub const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithSAML";
pub const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
/// The actions that a trust policy may need.
pub const ACTIONS: [&str; 3] = [
    "sts:AssumeRoleWithSAML",
    "sts:TagSession",
    "sts:SetSourceIdentity",
];

/// A world with the provider `idp` and the role `worker`.
pub struct Scene {
    world: World,
    pub idp: Idp,
    pub provider: String,
    pub role: String,
}

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Scene {
    pub fn new() -> Self {
        Self::of(World::new())
    }

    pub fn of(world: World) -> Self {
        let idp = Idp::new("https://idp.example.com/saml");
        let provider = register(&world, &world.root, "idp", &idp);
        let role = world.role(&world.root, "worker", &trust(&provider), Some(ALLOW_ALL));
        Self {
            world,
            idp,
            provider,
            role,
        }
    }

    /// What is in order, for the role `worker`.
    pub fn said(&self) -> Said {
        Said::new(self.now(), &[self.pair()])
    }

    pub fn pair(&self) -> String {
        format!("{},{}", self.role, self.provider)
    }

    /// Redeems what the provider says for the role `worker`.
    pub fn ask(&self, said: &Said) -> Answer {
        self.redeem(&self.idp.response(said), &[])
    }

    /// Redeems a response for the role `worker`.
    pub fn redeem(&self, response: &str, more: &[(&str, &str)]) -> Answer {
        let mut parameters = vec![
            ("RoleArn", self.role.as_str()),
            ("PrincipalArn", &self.provider),
            ("SAMLAssertion", response),
        ];
        parameters.extend(more);
        self.unsigned("AssumeRoleWithSAML", &parameters)
    }

    /// Another role of the account, and what is in order for it.
    pub fn role_with(&self, name: &str, trust: &str) -> (String, Said) {
        let arn = self.role(&self.root, name, trust, Some(ALLOW_ALL));
        let said = Said::new(self.now(), &[format!("{arn},{}", self.provider)]).id(&format!("_{name}"));
        (arn, said)
    }

    /// Redeems what the provider says for another role.
    pub fn ask_for(&self, role: &str, said: &Said) -> Answer {
        let response = self.idp.response(said);
        self.unsigned(
            "AssumeRoleWithSAML",
            &[
                ("RoleArn", role),
                ("PrincipalArn", &self.provider),
                ("SAMLAssertion", &response),
            ],
        )
    }

    /// The condition keys of the last denial, as its explanation has them.
    pub fn keys(&self, denied: &Answer) -> Vec<(String, Vec<String>)> {
        let message = denied.header("x-locum-authorization-message").unwrap();
        let answer = self.sts(
            &self.root,
            "DecodeAuthorizationMessage",
            &[("EncodedMessage", message)],
        );
        let explanation: serde_json::Value =
            serde_json::from_str(&answer.ok().text("DecodedMessage")).unwrap();
        let items = explanation["context"]["conditions"]["items"].as_array().unwrap();
        let value = |item: &serde_json::Value| item["value"].as_str().unwrap().to_owned();
        items
            .iter()
            .map(|item| {
                let values = item["values"]["items"].as_array().unwrap();
                let key = item["key"].as_str().unwrap().to_owned();
                (key, values.iter().map(value).collect())
            })
            .collect()
    }
}

/// Registers a provider and returns its ARN.
pub fn register(world: &World, who: &Credentials, name: &str, idp: &Idp) -> String {
    let parameters = [("Name", name), ("SAMLMetadataDocument", &*idp.metadata())];
    world
        .iam(who, "CreateSAMLProvider", &parameters)
        .ok()
        .text("SAMLProviderArn")
}

pub fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

/// A trust policy that lets a provider's users do everything there is to a role.
pub fn trust(provider: &str) -> String {
    trust_with(provider, &ACTIONS, "{}")
}

/// A trust policy of some actions under a condition.
pub fn trust_with(provider: &str, actions: &[&str], condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":{actions:?},"Condition":{condition}}}}}"#
    )
}
