//! Trust policies and resource-based policies.

use super::{
    check_action, federation, invalid_principal, is_condition_block, is_text_list, malformed_date,
    statements, unique_sids,
};
use crate::{
    PolicyError, PolicyKind,
    glob::Pattern,
    json::{Node, Value},
    who::Who,
};

const SYNTAX: &str = "Syntax error in policy.";

/// What a trust policy may allow (`facts: policy §6.1`).
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Checks in the order in which AWS reports.
pub(super) fn check(root: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    let fail = |message: &'static str, node: &Node| Err(PolicyError::new(message, message).at(&node.span));
    let Some(members) = root.members() else {
        return fail(SYNTAX, root);
    };
    if let Some(version) = root.get("Version")
        && !matches!(version.as_str(), Some("2012-10-17" | "2008-10-17"))
    {
        return fail("The policy must contain a valid version string", version);
    }
    let Some(list) = root.get("Statement") else {
        return fail("Missing required field Statement", root);
    };
    if !matches!(list.value, Value::Array(_) | Value::Object(_)) {
        return fail(SYNTAX, list);
    }
    let is_empty = list.list().is_empty() || list.members().is_some_and(<[_]>::is_empty);
    if is_empty {
        return fail("Could not parse the policy: Statement is empty!", list);
    }
    for member in members {
        match &*member.key {
            "Version" | "Statement" => {}
            "Id" if member.value.as_str().is_some() => {}
            "Id" => return fail(SYNTAX, &member.value),
            key => return unknown_field(key, &member.key_span),
        }
    }
    unique_sids(root, "The Statement Ids in the policy are not unique")?;
    statements(root).iter().try_for_each(|s| statement(s, kind))
}

fn unknown_field(key: &str, span: &std::ops::Range<usize>) -> Result<(), PolicyError> {
    Err(PolicyError::new(format!("Unknown field {key}"), "not an element of the language").at(span))
}

fn statement(statement: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    let fail = |message: &'static str, node: &Node| Err(PolicyError::new(message, message).at(&node.span));
    let Some(members) = statement.members() else {
        return fail(SYNTAX, statement);
    };
    for member in members {
        match &*member.key {
            "Sid" | "Effect" | "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource"
            | "NotResource" | "Condition" => {}
            key => return unknown_field(key, &member.key_span),
        }
    }
    if statement.get("Sid").is_some_and(|sid| sid.as_str().is_none()) {
        return fail(SYNTAX, statement);
    }
    let Some(effect) = statement.get("Effect") else {
        return fail("Missing required field Effect", statement);
    };
    match &effect.value {
        Value::String(text) if matches!(&**text, "Allow" | "Deny") => {}
        Value::String(text) => {
            let message = format!("Invalid effect: {text}");
            return Err(PolicyError::new(message, "Effect is Allow or Deny").at(&effect.span));
        }
        _ => return fail(SYNTAX, effect),
    }
    let allows = effect.as_str() == Some("Allow");
    principals(statement, kind, allows)?;
    actions(statement, kind)?;
    resources(statement, kind)?;
    let conditions = statement.get("Condition");
    if conditions.is_some_and(|block| !is_condition_block(block)) {
        return fail(SYNTAX, statement);
    }
    if let Some(date) = malformed_date(statement) {
        return fail(SYNTAX, date);
    }
    if kind == PolicyKind::Trust && allows {
        federation::check(statement)?;
    }
    Ok(())
}

fn principals(statement: &Node, kind: PolicyKind, allows: bool) -> Result<(), PolicyError> {
    let fail = |message: &'static str, node: &Node| Err(PolicyError::new(message, message).at(&node.span));
    let principal = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (None, None) => return fail("Missing required field Principal", statement),
        (Some(_), Some(_)) => return fail(SYNTAX, statement),
        (Some(principal), None) => principal,
        (None, Some(principal)) if allows => {
            return fail("Allow with NotPrincipal is not allowed.", principal);
        }
        (None, Some(principal)) if kind == PolicyKind::Trust => {
            return fail(
                "AssumeRole policy must not contain NotPrincipal field.",
                principal,
            );
        }
        (None, Some(principal)) => principal,
    };
    let members = match &principal.value {
        Value::Object(members) => members,
        Value::String(text) if &**text == "*" && kind == PolicyKind::Resource => return Ok(()),
        Value::Array(_) => return fail(SYNTAX, principal),
        _ => return fail("Principal must be a JSON object.", principal),
    };
    if members.is_empty() || members.iter().any(|m| m.value.list().is_empty()) {
        return fail("Missing required field Principal cannot be empty!", principal);
    }
    for member in members {
        for value in member.value.list() {
            let Some(text) = value.as_str() else {
                return fail(SYNTAX, value);
            };
            let known = match &*member.key {
                "AWS" => Who::aws(text),
                "Service" => Who::service(text),
                "Federated" => {
                    let message = "Federated principals must be valid domain names or SAML metadata ARNs";
                    match Who::federated(text) {
                        None => return fail(message, value),
                        known => known,
                    }
                }
                key => {
                    let message = format!("Invalid principal in policy: \"{key}\"");
                    return Err(
                        PolicyError::new(message, "use AWS, Service or Federated").at(&member.key_span)
                    );
                }
            };
            if known.is_none() {
                return Err(invalid_principal(&member.key, text).at(&value.span));
            }
        }
    }
    Ok(())
}

fn actions(statement: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    let fail = |message: &'static str, node: &Node| Err(PolicyError::new(message, message).at(&node.span));
    let (action, not_action) = (statement.get("Action"), statement.get("NotAction"));
    let list = match (action, not_action) {
        (Some(_), Some(_)) => return fail(SYNTAX, statement),
        (Some(list), None) => list,
        (None, Some(list)) if kind == PolicyKind::Resource => list,
        _ => return fail("Missing required field Action", statement),
    };
    if list.list().is_empty() {
        return fail("Missing required field Action", list);
    }
    if !is_text_list(list, false) {
        return fail(SYNTAX, list);
    }
    for node in list.list() {
        if kind == PolicyKind::Trust && !is_trust_action(node.as_str().unwrap_or_default()) {
            return fail("AssumeRole policy may only specify STS AssumeRole actions.", node);
        }
        check_action(node)?;
    }
    Ok(())
}

/// Whether it names one of the actions of a trust policy, or is a wildcard within STS that does.
pub(crate) fn is_trust_action(action: &str) -> bool {
    let in_sts = action
        .get(..4)
        .is_some_and(|vendor| vendor.eq_ignore_ascii_case("sts:"));
    let pattern = Pattern::of_action(action);
    in_sts && TRUST_ACTIONS.iter().any(|known| pattern.matches_action(known))
}

fn resources(statement: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    let fail = |message: &'static str, node: &Node| Err(PolicyError::new(message, message).at(&node.span));
    let (resource, not_resource) = (statement.get("Resource"), statement.get("NotResource"));
    if kind == PolicyKind::Trust {
        return match (resource, not_resource) {
            (Some(node), _) => fail("Has prohibited field Resource", node),
            (None, Some(node)) => fail("AssumeRole policy must not contain resources.", node),
            (None, None) => Ok(()),
        };
    }
    let list = match (resource, not_resource) {
        (None, None) => return Ok(()),
        (Some(list), None) | (None, Some(list)) => list,
        (Some(_), Some(_)) => return fail(SYNTAX, statement),
    };
    if !is_text_list(list, false) || list.list().is_empty() {
        return fail(SYNTAX, list);
    }
    for node in list.list() {
        let text = node.as_str().unwrap_or_default();
        if text != "*" && !text.contains(':') {
            let message = format!("Resource {text} must be in ARN format or \"*\".");
            return Err(PolicyError::new(message, "not the ARN of a resource").at(&node.span));
        }
    }
    Ok(())
}
