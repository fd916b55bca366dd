//! Validation on write, with AWS's texts in AWS's order of checks (`facts: policy §6.1`).
//!
//! There are two families of texts: identity policies speak one, trust and resource-based policies another. Session
//! policies, whose texts nobody has recorded, borrow the first; organization policies have one text for everything.

pub(crate) mod federation;
mod identity;
mod resource_based;

use std::collections::HashSet;

pub(crate) use identity::is_iam_resource;
pub(crate) use resource_based::is_trust_action;

use crate::{
    PolicyError, PolicyKind,
    json::{JsonError, Node, Value},
    operator::{Comparison, Operator, keys_under},
    values::parse_instants,
};

/// The one text of Organizations.
const ORGANIZATION: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

/// The answer to a document that is not JSON.
pub(crate) fn not_json(kind: PolicyKind, error: &JsonError) -> PolicyError {
    let message = match kind {
        PolicyKind::Managed | PolicyKind::Inline => identity::SYNTAX,
        PolicyKind::Trust | PolicyKind::Resource | PolicyKind::Session => "This policy contains invalid Json",
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => ORGANIZATION,
    };
    PolicyError::new(message, error.reason.clone()).at(&(error.offset..error.offset))
}

/// Checks a document that is JSON.
pub(crate) fn document(text: &str, root: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    match kind {
        PolicyKind::Managed | PolicyKind::Inline | PolicyKind::Session => identity::check(text, root, kind),
        PolicyKind::Trust | PolicyKind::Resource => resource_based::check(root, kind),
        PolicyKind::ServiceControl => identity::check(text, root, kind).map_err(in_organization),
        PolicyKind::ResourceControl => {
            identity::check(text, root, kind).map_err(in_organization)?;
            resource_control(root)
        }
    }
}

/// The text for a principal that is malformed, or that does not exist.
pub(crate) fn invalid_principal(kind: &str, value: &str) -> PolicyError {
    let message = format!(
        "Invalid principal in policy: \"{}\":\"{value}\"",
        kind.to_ascii_uppercase()
    );
    PolicyError::new(message, "no such principal, or not the form of one")
}

fn in_organization(error: PolicyError) -> PolicyError {
    PolicyError {
        detail: error.message,
        message: ORGANIZATION.into(),
        offset: error.offset,
    }
}

/// What a resource control policy must look like besides (`facts: policy §6.2`): everybody's actions are denied,
/// never allowed, but for the one that allows everything and is always attached.
fn resource_control(root: &Node) -> Result<(), PolicyError> {
    for statement in statements(root) {
        let fail = |detail: &'static str| Err(PolicyError::new(ORGANIZATION, detail).at(&statement.span));
        let has = |key| statement.get(key).is_some();
        let is = |key: &str, text| {
            let list = statement.get(key).map(Node::list).unwrap_or_default();
            list.len() == 1 && list.iter().all(|n| n.as_str() == Some(text))
        };
        let everyone = is("Principal", "*");
        let allows_all = is("Action", "*") && is("Resource", "*") && !has("Condition");
        if !everyone || has("NotPrincipal") {
            return fail("Principal must be \"*\"");
        }
        if has("NotAction") {
            return fail("NotAction is not supported");
        }
        if is("Effect", "Allow") && !allows_all {
            return fail("only Deny is supported");
        }
        let actions = statement.get("Action").map(Node::list).unwrap_or_default();
        if is("Effect", "Deny") && actions.iter().any(|action| action.as_str() == Some("*")) {
            return fail("a Deny must name a service");
        }
    }
    Ok(())
}

fn statements(root: &Node) -> &[Node] {
    root.get("Statement").map(Node::list).unwrap_or_default()
}

/// Refuses a Sid that occurs twice, with this message.
fn unique_sids(root: &Node, message: &'static str) -> Result<(), PolicyError> {
    let mut seen = HashSet::new();
    for sid in statements(root).iter().filter_map(|s| s.get("Sid")) {
        let text = sid.as_str().unwrap_or_default();
        if !text.is_empty() && !seen.insert(text) {
            return Err(PolicyError::new(message, format!("the Sid {text} occurs twice")).at(&sid.span));
        }
    }
    Ok(())
}

/// A string, or an array of strings; `null`s are passed over where AWS does.
fn is_text_list(node: &Node, nulls: bool) -> bool {
    let text = |n: &Node| n.as_str().is_some() || (nulls && n.value == Value::Null);
    match &node.value {
        Value::Array(nodes) => nodes.iter().all(text),
        _ => node.as_str().is_some(),
    }
}

/// Whether a condition block has the right shape and known operators. An unknown operator over no keys is stored
/// (`facts: policy §1.7`).
fn is_condition_block(block: &Node) -> bool {
    let value = |node: &Node| {
        matches!(
            node.value,
            Value::String(_) | Value::Number(_) | Value::Boolean(_)
        )
    };
    block.members().is_some_and(|operators| {
        operators.iter().all(|operator| {
            operator.value.members().is_some_and(|keys| {
                let known = keys.is_empty() || Operator::parse(&operator.key).is_some();
                known && keys.iter().all(|key| key.value.list().iter().all(value))
            })
        })
    })
}

/// The first value of a `Date…` operator that is no date. Other values of a wrong type are stored, and what they
/// mean is unclear.
fn malformed_date(statement: &Node) -> Option<&Node> {
    let dates = keys_under(statement, |o| matches!(o.comparison, Comparison::Date(_)));
    let mut values = dates.flat_map(|key| key.value.list());
    values.find(|node| match &node.value {
        Value::String(text) | Value::Number(text) => parse_instants(text).is_none(),
        _ => true,
    })
}

/// The actions and conditions' vendor rules, the same in both families.
fn check_action(node: &Node) -> Result<(), PolicyError> {
    let action = node.as_str().unwrap_or_default();
    if action == "*" {
        return Ok(());
    }
    let fail =
        |message: String| Err(PolicyError::new(message, "an action is service:name, or *").at(&node.span));
    let Some((vendor, name)) = action.split_once(':') else {
        return fail("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned());
    };
    if name.contains(':') {
        return fail("Actions/Condition can contain only one colon.".to_owned());
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    if vendor != "*" && (vendor.is_empty() || !vendor.bytes().all(plain)) {
        return fail(format!("Vendor {vendor} is not valid"));
    }
    Ok(())
}
