//! Principal blocks: the names a caller may go by, and names that are nearly those.

use locum_policy::{PolicyKind, Principal, RequesterKind};
use serde_json::{Map, Value, json};

use super::requests::{Asked, callers};
use crate::{
    dice::Dice,
    world::{HERE, account, alice_id, role_id},
};

/// The names a caller may go by, each under its kind.
fn names(principal: &Principal<'_>) -> Vec<(&'static str, String)> {
    let aws = |names: &[&str]| names.iter().map(|n| ("AWS", (*n).to_owned())).collect::<Vec<_>>();
    let here = account(HERE).to_string();
    let mut own = match principal.kind {
        RequesterKind::Root => Vec::new(),
        RequesterKind::User { id, .. } => {
            aws(&["arn:aws:iam::111111111111:user/alice", id.as_str(), id.as_str()])
        }
        RequesterKind::RoleSession { role_id, .. } => aws(&[
            "arn:aws:iam::111111111111:role/team/deploy",
            role_id.as_str(),
            "arn:aws:sts::111111111111:assumed-role/deploy/ci",
            &format!("{role_id}:ci"),
        ]),
        RequesterKind::FederatedUser { .. } => aws(&[
            "arn:aws:sts::111111111111:federated-user/bob",
            "arn:aws:iam::111111111111:user/alice",
            alice_id().as_str(),
        ]),
        RequesterKind::Service(host) => vec![("Service", host.to_owned()), ("Service", host.to_uppercase())],
        RequesterKind::Federated(provider) => {
            vec![
                ("Federated", provider.to_owned()),
                ("Federated", provider.replace("idp", "IDP")),
            ]
        }
        RequesterKind::Anonymous => Vec::new(),
    };
    if principal.account.is_some() {
        own.extend(aws(&[&here, "arn:aws:iam::111111111111:root"]));
    }
    own.extend(aws(&["*"]));
    own
}

pub fn principals(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    if kind == PolicyKind::Resource && dice.percent(5) {
        return json!("*");
    }
    let own = names(&asked.principal);
    let mut block = Map::new();
    for _ in 0..dice.pick(&[1, 1, 1, 2, 3]) {
        let (key, name) = if dice.percent(65) {
            own[dice.below(own.len())].clone()
        } else {
            let other = dice.pick(&callers());
            let (key, name) = names(&other)[0].clone();
            let bent = match dice.below(6) {
                0 => name.replace("alice", "Alice").replace("deploy", "Deploy"),
                1 => name.replace("111111111111", "222222222222"),
                2 => name.replace("arn:aws:", "arn:aws-cn:"),
                3 => name.replace("/team/", "/"),
                4 => name.replace("/ci", "/CI").replace("user/alice", "user/old/alice"),
                _ => name,
            };
            (key, bent)
        };
        // A trust policy is stored with ids.
        let name = match name.as_str() {
            "arn:aws:iam::111111111111:user/alice" if kind == PolicyKind::Trust => alice_id().to_string(),
            "arn:aws:iam::111111111111:role/team/deploy" if kind == PolicyKind::Trust => {
                role_id().to_string()
            }
            "arn:aws:sts::111111111111:assumed-role/deploy/ci" if kind == PolicyKind::Trust => {
                format!("{}:ci", role_id())
            }
            _ => name,
        };
        let list = block.entry(key).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!(name));
    }
    Value::Object(block)
}
