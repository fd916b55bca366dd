//! At the end of a life: everything that the lists tell, beside what the model holds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    life::{Held, Life},
    model::{ACCOUNTS, Entity, Kind},
};
use crate::harness::RCP;

type Texts = BTreeSet<String>;

fn set<'a>(texts: impl IntoIterator<Item = &'a String>) -> Texts {
    texts.into_iter().cloned().collect()
}

impl Life {
    pub(super) fn inventory(&mut self) {
        let root = self.held[0].clone();
        if self.caller(&root).is_ok() {
            self.organization(&root);
        }
        for (at, account) in ACCOUNTS.into_iter().enumerate() {
            let root = self.held[at].clone();
            // A root user who is bound tells nothing.
            let bound = !self.model.controls_over(account, false).is_empty();
            if !bound && self.caller(&root).is_ok() {
                self.account(&root, account);
            }
        }
    }

    fn texts(&self, who: &Held, action: &str, parameters: &Value, name: &str) -> Texts {
        let answer = self.iam(who, action, parameters).ok();
        set(&answer.texts(name))
    }

    fn account(&self, who: &Held, account: &str) {
        let of = |kind: Kind| {
            let all = self.model.entities.iter();
            all.filter(move |entity| entity.account == account && entity.kind == kind)
        };
        for (kind, list) in [
            (Kind::User, "ListUsers"),
            (Kind::Role, "ListRoles"),
            (Kind::Group, "ListGroups"),
        ] {
            let arns: Texts = of(kind).map(Entity::arn).collect();
            assert_eq!(self.texts(who, list, &json!({}), "Arn"), arns);
            for entity in of(kind) {
                self.entity(who, entity);
            }
        }
        let policies = self
            .model
            .policies
            .iter()
            .filter(|(_, policy)| policy.account == account);
        let listed = self.texts(who, "ListPolicies", &json!({ "Scope": "Local" }), "Arn");
        let listed: Texts = listed
            .into_iter()
            .filter(|arn| !arn.contains("/template-"))
            .collect();
        assert_eq!(listed, set(policies.clone().map(|(arn, _)| arn)));
        for (arn, policy) in policies {
            let parameters = json!({ "PolicyArn": arn });
            let told = self.iam(who, "GetPolicy", &parameters).ok();
            let attached = self
                .model
                .entities
                .iter()
                .filter(|e| e.attached.contains(arn))
                .count();
            let bounded = self
                .model
                .entities
                .iter()
                .filter(|e| e.boundary.as_ref() == Some(arn))
                .count();
            let count = |name: &str| told.text(name).parse::<usize>().unwrap();
            let counts = (count("AttachmentCount"), count("PermissionsBoundaryUsageCount"));
            assert_eq!(counts, (attached, bounded), "{arn}");
            assert_eq!(told.text("DefaultVersionId"), format!("v{}", policy.default));
            let versions: Texts = policy
                .versions
                .keys()
                .map(|version| format!("v{version}"))
                .collect();
            assert_eq!(
                self.texts(who, "ListPolicyVersions", &parameters, "VersionId"),
                versions
            );
            let version = json!({ "PolicyArn": arn, "VersionId": format!("v{}", policy.default) });
            let document = self
                .iam(who, "GetPolicyVersion", &version)
                .ok()
                .document("Document");
            assert_eq!(document, policy.versions[&policy.default]);
        }
    }

    fn entity(&self, who: &Held, entity: &Entity) {
        let word = entity.kind.word();
        let mut parameters = json!({});
        parameters[format!("{word}Name")] = entity.name.as_str().into();
        let inline = self.texts(who, &format!("List{word}Policies"), &parameters, "member");
        assert_eq!(inline, set(entity.inline.keys()));
        let attached = format!("ListAttached{word}Policies");
        assert_eq!(
            self.texts(who, &attached, &parameters, "PolicyArn"),
            entity.attached
        );
        if entity.kind == Kind::Group {
            let members = self
                .model
                .entities
                .iter()
                .filter(|user| user.groups.contains(&entity.id));
            let members: Texts = members.map(|user| user.id.clone()).collect();
            assert_eq!(self.texts(who, "GetGroup", &parameters, "UserId"), members);
            return;
        }
        let tags = self.iam(who, &format!("List{word}Tags"), &parameters).ok();
        let told: Vec<_> = tags.texts("Key").into_iter().zip(tags.texts("Value")).collect();
        assert_eq!(told, entity.tags.clone().into_iter().collect::<Vec<_>>());
        if entity.kind == Kind::User {
            let groups = self.texts(who, "ListGroupsForUser", &parameters, "GroupId");
            assert_eq!(groups, entity.groups);
            let keys = self
                .model
                .keys
                .iter()
                .filter(|(_, key)| key.user.as_ref() == Some(&entity.id));
            let keys: Texts = keys
                .map(|(id, key)| format!("{id} {}", if key.active { "Active" } else { "Inactive" }))
                .collect();
            let told = self.iam(who, "ListAccessKeys", &parameters).ok();
            let told: Texts = told
                .texts("AccessKeyId")
                .iter()
                .zip(told.texts("Status"))
                .map(|(id, status)| format!("{id} {status}"))
                .collect();
            assert_eq!(told, keys);
        }
    }

    fn organization(&mut self, who: &Held) {
        if self.model.scps_on {
            self.toggle_type(false);
        }
        let ask = |action: &str, body: &Value| {
            self.world
                .organizations(&who.credentials, action, body)
                .ok()
                .json()
        };
        for account in ACCOUNTS {
            let told = ask("ListParents", &json!({ "ChildId": account }));
            assert_eq!(
                told["Parents"][0]["Id"],
                self.model.accounts[account].unit.as_str()
            );
        }
        let targets: Vec<String> = self
            .model
            .units
            .keys()
            .cloned()
            .chain(ACCOUNTS.map(str::to_owned))
            .collect();
        for target in targets {
            let told = ask(
                "ListPoliciesForTarget",
                &json!({ "TargetId": target, "Filter": RCP }),
            );
            let ids = told["Policies"]
                .as_array()
                .unwrap()
                .iter()
                .map(|policy| policy["Id"].as_str().unwrap());
            let ids: Texts = ids
                .filter(|id| *id != "p-RCPFullAWSAccess")
                .map(str::to_owned)
                .collect();
            let attached = self
                .model
                .control_attachments
                .iter()
                .filter(|(to, policy)| *to == target && self.model.controls[policy].0);
            assert_eq!(ids, set(attached.map(|(_, policy)| policy)), "{target}");
        }
    }
}
