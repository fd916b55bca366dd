//! Whoever administers the SAML providers of an account.

#![allow(unreachable_pub, reason = "a module of tests")]

use super::{idp::Idp, scene::ACCOUNT};
use crate::harness::{Answer, World};

/// A world and the calls of its root user.
pub struct Office {
    pub world: World,
    pub idp: Idp,
}

impl Office {
    pub fn new() -> Self {
        Self {
            world: World::new(),
            idp: Idp::new("https://idp.example.com/saml"),
        }
    }

    pub fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.world.iam(&self.world.root, action, parameters)
    }

    pub fn create(&self, name: &str, more: &[(&str, &str)]) -> Answer {
        let metadata = self.idp.metadata();
        let mut parameters = vec![("Name", name), ("SAMLMetadataDocument", &*metadata)];
        parameters.extend(more);
        self.call("CreateSAMLProvider", &parameters)
    }

    pub fn update(&self, arn: &str, more: &[(&str, &str)]) -> Answer {
        let mut parameters = vec![("SAMLProviderArn", arn)];
        parameters.extend(more);
        self.call("UpdateSAMLProvider", &parameters)
    }

    pub fn show(&self, arn: &str) -> Answer {
        self.call("GetSAMLProvider", &[("SAMLProviderArn", arn)])
    }
}

/// The ARN of a provider of the first account.
pub fn arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:saml-provider/{name}")
}
