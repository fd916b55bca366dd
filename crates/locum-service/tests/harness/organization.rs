//! What the administrator of the organization does: units, control policies, and where they are attached.

use serde_json::{Value, json};

use super::{Answer, World};

pub const SCP: &str = "SERVICE_CONTROL_POLICY";
pub const RCP: &str = "RESOURCE_CONTROL_POLICY";

impl World {
    /// Calls an operation of Organizations as the root user of the management account.
    pub fn manage(&self, action: &str, body: &Value) -> Answer {
        self.organizations(&self.root, action, body)
    }

    /// The same, which must succeed.
    #[track_caller]
    pub fn done(&self, action: &str, body: &Value) -> Value {
        self.manage(action, body).ok().json()
    }

    pub fn root_id(&self) -> String {
        self.snapshot().organization().unwrap().root_id.to_string()
    }

    pub fn organization_id(&self) -> String {
        self.snapshot().organization().unwrap().id.to_string()
    }

    /// Makes a unit and returns its id.
    pub fn unit(&self, parent: &str, name: &str) -> String {
        let body = json!({ "ParentId": parent, "Name": name });
        let made = self.done("CreateOrganizationalUnit", &body);
        made["OrganizationalUnit"]["Id"].as_str().unwrap().to_owned()
    }

    /// Makes a control policy and returns its id.
    pub fn control_policy(&self, policy_type: &str, name: &str, content: &str) -> String {
        let body = json!({ "Type": policy_type, "Name": name, "Description": "", "Content": content });
        let made = self.done("CreatePolicy", &body);
        made["Policy"]["PolicySummary"]["Id"].as_str().unwrap().to_owned()
    }

    pub fn attach(&self, policy: &str, target: &str) {
        self.done("AttachPolicy", &json!({ "PolicyId": policy, "TargetId": target }));
    }

    pub fn detach(&self, policy: &str, target: &str) {
        self.done("DetachPolicy", &json!({ "PolicyId": policy, "TargetId": target }));
    }

    pub fn move_account(&self, account: &str, from: &str, to: &str) {
        let body = json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
        self.done("MoveAccount", &body);
    }

    /// Puts the policies of a type in force.
    pub fn enable(&self, policy_type: &str) {
        let body = json!({ "RootId": self.root_id(), "PolicyType": policy_type });
        self.done("EnablePolicyType", &body);
    }
}

/// A resource control policy of one `Deny` of an action on everything, under a condition.
pub fn deny_everybody(action: &str, condition: &str) -> String {
    deny_everybody_on("*", action, condition)
}

/// The same of some resources.
pub fn deny_everybody_on(resource: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":"*","Action":"{action}","Resource":"{resource}","Condition":{condition}}}}}"#
    )
}
