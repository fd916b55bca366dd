//! A world with two member accounts, and what an administrator does to them.

use std::ops::Deref;

use serde_json::{Value, json};

pub(super) use crate::harness::{ACCOUNT, Answer, Credentials, RCP, SCP, World, deny_everybody};

pub(super) const MEMBER: &str = "444455556666";
pub(super) const OTHER: &str = "777788889999";

pub(super) const FULL: &str = "p-FullAWSAccess";
pub(super) const RCP_FULL: &str = "p-RCPFullAWSAccess";

pub(super) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

pub(super) struct Scene {
    world: World,
    /// The root users' keys of the members.
    pub(super) member: Credentials,
    pub(super) other: Credentials,
}

impl Deref for Scene {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        let world = World::new();
        let member = world.other_account(MEMBER);
        let other = world.other_account(OTHER);
        Self { world, member, other }
    }

    /// Calls an operation as the root user of the management account; it must fail in this way. Returns the message.
    #[track_caller]
    pub(super) fn fails(&self, action: &str, body: &Value, code: &str, reason: Option<&str>) -> String {
        refused(&self.manage(action, body), code, reason)
    }

    /// Makes a policy and returns its id.
    pub(super) fn policy(&self, policy_type: &str, name: &str, content: &str) -> String {
        self.control_policy(policy_type, name, content)
    }

    /// AssumeRole with a session named `session`.
    pub(super) fn assume(&self, who: &Credentials, role: &str) -> Answer {
        self.sts(
            who,
            "AssumeRole",
            &[("RoleArn", role), ("RoleSessionName", "session")],
        )
    }

    /// The ids of the policies of a type that are attached to a target.
    pub(super) fn attached(&self, policy_type: &str, target: &str) -> Vec<String> {
        let body = json!({ "TargetId": target, "Filter": policy_type });
        ids(&self.done("ListPoliciesForTarget", &body)["Policies"], "Id")
    }
}

/// One member of every item of a list.
pub(super) fn ids(list: &Value, name: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item[name].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
pub(super) fn refused(answer: &Answer, code: &str, reason: Option<&str>) -> String {
    let body = answer.json();
    let got = (answer.status, body["__type"].as_str(), body["Reason"].as_str());
    assert_eq!(got, (400, Some(code), reason), "{body}");
    body["Message"].as_str().unwrap_or_default().to_owned()
}

pub(super) fn statement(effect: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#
    )
}

/// A trust policy for one AWS principal.
pub(super) fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["sts:AssumeRole","sts:TagSession"]}}}}"#
    )
}
