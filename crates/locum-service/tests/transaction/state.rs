//! What a world holds, as text that two worlds can be compared by, and requests sent alone.

use std::collections::BTreeMap;

use locum_api::{
    encode_form,
    model::{Service as Api, find},
};
use locum_directory::Snapshot;
use serde_json::Value;

use crate::harness::{Answer, Credentials, World};

/// A request as a transaction takes it: service, action, parameters.
pub(super) type Asked = (&'static str, &'static str, Value);

/// Status, code and message of a failure.
pub(super) type Refusal = (u16, String, String);

/// Users, groups, roles, policies and accounts by name; ids are told by the names they belong to, revisions left out.
pub(super) fn state(world: &World) -> BTreeMap<String, String> {
    let snapshot: &Snapshot = &world.snapshot();
    let mut names: Vec<(String, String)> = Vec::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    for account in snapshot.accounts(None) {
        let id = account.id;
        let place = if id == world.account {
            "own".to_owned()
        } else {
            account.email.to_string()
        };
        names.push((id.to_string(), place.clone()));
        seen.push((
            format!("account {place}"),
            format!("{account:?} {:?}", snapshot.counts(id)),
        ));
        for user in snapshot.users(id, None, "/") {
            names.push((user.id.to_string(), format!("user {}", user.name)));
            seen.push((format!("{place} user {}", user.name), format!("{user:?}")));
        }
        for group in snapshot.groups(id, None, "/") {
            names.push((group.id.to_string(), format!("group {}", group.name)));
            let members = snapshot.group_members(group.id).map(|user| user.name.to_string());
            let mut members: Vec<_> = members.collect();
            members.sort();
            seen.push((
                format!("{place} group {}", group.name),
                format!("{group:?} {members:?}"),
            ));
        }
        for role in snapshot.roles(id, None, "/") {
            names.push((role.id.to_string(), format!("role {}", role.name)));
            seen.push((format!("{place} role {}", role.name), format!("{role:?}")));
        }
        for policy in snapshot.policies(id, None, "/") {
            names.push((policy.id.to_string(), format!("policy {}", policy.name)));
            let usage = snapshot.policy_usage(&policy.id, id);
            seen.push((
                format!("{place} policy {}", policy.name),
                format!("{policy:?} {usage:?}"),
            ));
        }
    }
    let told = |text: String| {
        let text = names
            .iter()
            .fold(text, |text, (id, name)| text.replace(id.as_str(), name));
        without_revisions(&text)
    };
    seen.into_iter()
        .map(|(place, text)| (place, told(text)))
        .collect()
}

fn without_revisions(text: &str) -> String {
    let mut parts = text.split("revision: Revision(");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        kept.push_str(part.split_once(')').unwrap().1);
    }
    kept
}

/// Sends one request as it would come alone.
pub(super) fn alone(
    world: &World,
    who: &Credentials,
    (service, action, parameters): &Asked,
) -> Result<(), Refusal> {
    let answer = match *service {
        "iam" => {
            let operation = find(Api::Iam, action).unwrap();
            let form = encode_form(operation, parameters.as_object().unwrap());
            let form: Vec<(&str, &str)> = form
                .iter()
                .skip(2)
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            world.iam(who, action, &form)
        }
        _ => world.organizations(who, action, parameters),
    };
    outcome(&answer)
}

/// How a request or a transaction went.
pub(super) fn outcome(answer: &Answer) -> Result<(), Refusal> {
    if answer.status == 200 {
        return Ok(());
    }
    if answer.body.starts_with('<') {
        let message = answer.find("Message").unwrap_or_default();
        return Err((answer.status, answer.text("Code"), message));
    }
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Err((answer.status, text("__type"), text("Message")))
}

/// The place of the request that made a transaction fail.
pub(super) fn failed_at(answer: &Answer) -> Option<u64> {
    answer.json()["RequestIndex"].as_u64()
}
