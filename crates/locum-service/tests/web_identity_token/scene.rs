//! A world in which an account issues tokens.

use std::ops::Deref;

use super::partner::Partner;
pub(crate) use crate::harness::{ACCOUNT, Answer, Credentials, Parameters, World};

pub(crate) const AUDIENCE: &str = "https://api.example.com";

pub(crate) const MAY_ASK: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:GetWebIdentityToken","sts:TagGetWebIdentityToken"],"Resource":"*"}}"#;

/// A world, and the URL of its account's issuer.
pub(crate) struct Scene {
    world: World,
    pub(crate) issuer: String,
}

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Scene {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let enabled = world
            .iam(&world.root, "EnableOutboundWebIdentityFederation", &[])
            .ok();
        let issuer = enabled.text("IssuerIdentifier");
        Self { world, issuer }
    }

    /// A user who may ask for tokens.
    pub(crate) fn asker(&self, name: &str) -> Credentials {
        self.user(&self.root, name, Some(MAY_ASK))
    }

    /// A session of a role that may ask for tokens.
    pub(crate) fn session(&self, role: &str, more: &Parameters<'_>) -> Credentials {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
        let mut parameters = vec![("RoleArn", arn.as_str()), ("RoleSessionName", "session")];
        parameters.extend(more);
        let trusted = self.user(
            &self.root,
            &format!("for-{role}").replace('/', "-"),
            Some(ALLOW_ALL),
        );
        self.sts(&trusted, "AssumeRole", &parameters).credentials()
    }

    /// A role whose trust policy lets the account do everything to it.
    pub(crate) fn make_role(&self, path: &str, name: &str, tags: &[(&str, &str)]) {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}}}"#
        );
        let tags = numbered(tags);
        let mut parameters = vec![
            ("RoleName", name),
            ("Path", path),
            ("AssumeRolePolicyDocument", &trust),
        ];
        parameters.extend(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        self.iam(&self.root, "CreateRole", &parameters).ok();
        let policy = [
            ("RoleName", name),
            ("PolicyName", "ask"),
            ("PolicyDocument", MAY_ASK),
        ];
        self.iam(&self.root, "PutRolePolicy", &policy).ok();
    }

    /// Asks for an RS256 token for one audience.
    pub(crate) fn ask(&self, who: &Credentials, more: &Parameters<'_>) -> Answer {
        let mut parameters = vec![("Audience.member.1", AUDIENCE)];
        if !more.iter().any(|(name, _)| *name == "SigningAlgorithm") {
            parameters.push(("SigningAlgorithm", "RS256"));
        }
        parameters.extend(more);
        self.sts(who, "GetWebIdentityToken", &parameters)
    }

    /// Somebody who verifies tokens of this account for [`AUDIENCE`] and knows what is published now.
    pub(crate) fn partner(&self) -> Partner {
        Partner::reading(self, &self.issuer)
    }
}

const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// `Tags.member.1.Key` and its siblings.
pub(crate) fn numbered(tags: &[(&str, &str)]) -> Vec<(String, String)> {
    let number = |(at, (key, value)): (usize, &(&str, &str))| {
        let name = |member| format!("Tags.member.{}.{member}", at + 1);
        [
            (name("Key"), (*key).to_owned()),
            (name("Value"), (*value).to_owned()),
        ]
    };
    tags.iter().enumerate().flat_map(number).collect()
}

/// The same as a request's parameters.
pub(crate) fn borrowed(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}
