//! Roles that trust each other, or themselves: none of them can be made with its trust policy before the others are there.
//!
//! The first is made so that nobody can assume it, and gets its trust policy once everyone that it names is there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Change, Mark, Plan, Request,
    documents::{named, principals},
};

/// Lets trust policies of one account that name roles of later changes come after these.
pub(super) fn untangle(plan: &mut Plan, account: &str) {
    let mut made = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        let creations = change
            .requests
            .iter()
            .filter(|request| request.action == "CreateRole");
        let names = creations.filter_map(|request| request.parameters.get("RoleName")?.as_str());
        made.extend(names.map(|name| (name.to_owned(), at)));
    }
    let later = postpone(&mut plan.changes, &|at, principal| {
        named(principal)
            .filter(|named| named.kind == "role" && named.account == account)
            .and_then(|role| made.get(role.name))
            .is_some_and(|made| *made >= at)
    });
    plan.changes.extend(later);
}

impl Plan {
    /// Takes out every trust policy that names a principal of which `is_later` holds, and returns the plan that sets them
    /// afterwards. A role that is made here is made so that nobody can assume it.
    #[must_use]
    pub fn without_trust_in(&mut self, is_later: &dyn Fn(&str) -> bool) -> Self {
        Self {
            title: format!("{}, once everyone that its roles trust is there", self.title),
            changes: postpone(&mut self.changes, &|_, principal| is_later(principal)),
            kept: Vec::new(),
        }
    }
}

/// Takes trust policies out of changes, and returns the changes that set them.
fn postpone(changes: &mut Vec<Change>, is_later: &dyn Fn(usize, &str) -> bool) -> Vec<Change> {
    let mut later = Vec::new();
    for (at, change) in changes.iter_mut().enumerate() {
        let mut postponed = Vec::new();
        change.requests.retain_mut(|request| {
            let Some(text) = trust_of(request) else {
                return true;
            };
            let document: Value = serde_json::from_str(&text).unwrap_or_default();
            if !principals(&document, "AWS")
                .into_iter()
                .any(|principal| is_later(at, principal))
            {
                return true;
            }
            let role = request.parameters.get("RoleName").cloned().unwrap_or_default();
            postponed.push(Request {
                service: "iam",
                action: "UpdateAssumeRolePolicy",
                parameters: json!({"RoleName": role, "PolicyDocument": text}),
            });
            let made = request.action == "CreateRole";
            if made && let Some(document) = request.parameters.get_mut("AssumeRolePolicyDocument") {
                *document = json!(nobody().to_string());
            }
            made
        });
        if postponed.is_empty() {
            continue;
        }
        let mut second = Change::new(Mark::Changed, change.what.clone());
        second.requests = postponed;
        if change.requests.is_empty() {
            // It was about nothing else, so it is shown where it happens.
            second.details = std::mem::take(&mut change.details);
        } else {
            second.detail(Mark::Changed, "trust, as shown above");
        }
        later.push(second);
    }
    changes.retain(|change| !change.requests.is_empty());
    later
}

fn trust_of(request: &Request) -> Option<String> {
    let member = match request.action {
        "CreateRole" => "AssumeRolePolicyDocument",
        "UpdateAssumeRolePolicy" => "PolicyDocument",
        _ => return None,
    };
    request.parameters.get(member)?.as_str().map(str::to_owned)
}

/// A trust policy by which nobody comes in.
fn nobody() -> Value {
    let statement = json!({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}
