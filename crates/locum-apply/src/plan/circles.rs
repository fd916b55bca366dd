//! Roles that trust each other, or themselves: none of them can be made with its trust policy before the others are there.
//!
//! The first is made so that nobody can assume it, and gets its trust policy once everyone that it names is there. In one
//! account that is one transaction. Where another account's comes in between, what is there already stays as it is until
//! the last one: new permissions under an old trust policy would be those of whoever may come in by that.

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

/// A plan in two transactions, since its trust policies name whom another account's transaction makes in between.
#[derive(Debug)]
pub struct Halves {
    /// Makes policies, users and roles, which can do nothing yet: nobody can assume the roles, and nothing is attached.
    pub first: Plan,
    /// Does everything else.
    pub rest: Plan,
    /// Everything but the trust policies in question: what can be tried before the other account's transaction.
    pub rehearsal: Plan,
}

impl Plan {
    /// Returns the plan in two, if a trust policy in it names a principal of which `is_later` holds.
    #[must_use]
    pub fn halves(&self, is_later: &dyn Fn(&str) -> bool) -> Option<Halves> {
        let mut rehearsal = self.clone();
        let later = postpone(&mut rehearsal.changes, &|_, principal| is_later(principal));
        if later.is_empty() {
            return None;
        }
        let mut rest = self.clone();
        let made = rest.changes.iter_mut().filter_map(split_making).collect();
        rest.changes.retain(|change| !change.requests.is_empty());
        rest.title = format!("{}, once everyone that its roles trust is there", self.title);
        Some(Halves {
            first: Self {
                title: self.title.clone(),
                changes: made,
                kept: Vec::new(),
            },
            rest,
            rehearsal,
        })
    }
}

/// Takes the making of a policy, user or role out of its change.
fn split_making(change: &mut Change) -> Option<Change> {
    let making = |request: &Request| matches!(request.action, "CreatePolicy" | "CreateUser" | "CreateRole");
    let at = change.requests.iter().position(making)?;
    let mut request = change.requests.remove(at);
    let trust = nobody_in(&mut request);
    let mut made = Change::new(change.mark, change.what.clone());
    made.requests.push(request);
    made.details = std::mem::take(&mut change.details);
    change.mark = Mark::Changed;
    let shown = if change.requests.is_empty() {
        "trust, as shown above"
    } else {
        "everything else, as shown above"
    };
    change.detail(Mark::Changed, shown);
    change.requests.extend(trust);
    Some(made)
}

/// Makes a role so that nobody can assume it, and returns the request that sets its trust policy.
fn nobody_in(request: &mut Request) -> Option<Request> {
    let trust = trust_of(request)?;
    let nobody = nobody().to_string();
    let update = update_of(request, &trust);
    let document = request.parameters.get_mut("AssumeRolePolicyDocument")?;
    *document = json!(nobody);
    // The role may be one of a circle in its own account, whose trust policy follows anyway.
    (trust != nobody).then_some(update)
}

/// The request that sets the trust policy of a role by itself.
fn update_of(request: &Request, trust: &str) -> Request {
    let role = request.parameters.get("RoleName").cloned().unwrap_or_default();
    Request {
        service: "iam",
        action: "UpdateAssumeRolePolicy",
        parameters: json!({"RoleName": role, "PolicyDocument": trust}),
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
            postponed.push(update_of(request, &text));
            let made = request.action == "CreateRole";
            if made {
                nobody_in(request);
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
