//! A world with two member accounts, and what an administrator does to them.

use std::ops::Deref;

use serde_json::{Value, json};

pub(super) use crate::harness::{ACCOUNT, Answer, Credentials, World};

pub(super) const MEMBER: &str = "444455556666";
pub(super) const OTHER: &str = "777788889999";

pub(super) const SCP: &str = "SERVICE_CONTROL_POLICY";
pub(super) const RCP: &str = "RESOURCE_CONTROL_POLICY";
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

    /// Calls an operation as the root user of the management account.
    pub(super) fn manage(&self, action: &str, body: &Value) -> Answer {
        self.organizations(&self.root, action, body)
    }

    /// The same, which must succeed.
    #[track_caller]
    pub(super) fn done(&self, action: &str, body: &Value) -> Value {
        self.manage(action, body).ok().json()
    }

    /// The same, which must fail in this way; returns the message.
    #[track_caller]
    pub(super) fn fails(&self, action: &str, body: &Value, code: &str, reason: Option<&str>) -> String {
        refused(&self.manage(action, body), code, reason)
    }

    pub(super) fn root_id(&self) -> String {
        self.snapshot().organization().unwrap().root_id.to_string()
    }

    pub(super) fn organization_id(&self) -> String {
        self.snapshot().organization().unwrap().id.to_string()
    }

    /// Makes a unit and returns its id.
    pub(super) fn unit(&self, parent: &str, name: &str) -> String {
        let made = self.done(
            "CreateOrganizationalUnit",
            &json!({ "ParentId": parent, "Name": name }),
        );
        made["OrganizationalUnit"]["Id"].as_str().unwrap().to_owned()
    }

    /// Makes a policy and returns its id.
    pub(super) fn policy(&self, policy_type: &str, name: &str, content: &str) -> String {
        let body = json!({ "Type": policy_type, "Name": name, "Description": "", "Content": content });
        let made = self.done("CreatePolicy", &body);
        made["Policy"]["PolicySummary"]["Id"].as_str().unwrap().to_owned()
    }

    pub(super) fn attach(&self, policy: &str, target: &str) {
        self.done("AttachPolicy", &json!({ "PolicyId": policy, "TargetId": target }));
    }

    pub(super) fn detach(&self, policy: &str, target: &str) {
        self.done("DetachPolicy", &json!({ "PolicyId": policy, "TargetId": target }));
    }

    pub(super) fn move_account(&self, account: &str, from: &str, to: &str) {
        let body = json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
        self.done("MoveAccount", &body);
    }

    pub(super) fn enable(&self, policy_type: &str) {
        self.done(
            "EnablePolicyType",
            &json!({ "RootId": self.root_id(), "PolicyType": policy_type }),
        );
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

/// A resource control policy of one `Deny` under a condition.
pub(super) fn deny_everybody(action: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":"*","Action":"{action}","Resource":"*","Condition":{condition}}}}}"#
    )
}

/// A trust policy for one AWS principal.
pub(super) fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["sts:AssumeRole","sts:TagSession"]}}}}"#
    )
}
