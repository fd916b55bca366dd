//! `Action` and `NotAction`: the form of an action. Whether a service has it, its own catalogue knows.

use super::{
    Document, FindingKind, FindingsKind, IssueCode, Statement,
    report::{Report, clip, part},
};
use crate::{
    json::{Node, Value},
    validate::is_trust_action,
};

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    for statement in document.statements() {
        for element in ["Action", "NotAction"] {
            let Some(list) = statement.node.get(element) else {
                continue;
            };
            if matches!(&list.value, Value::Array(nodes) if nodes.is_empty()) {
                let message = format!("{element} is empty, so the policy is refused.");
                report.refuse(IssueCode::EmptyArrayAction, &list.span, message);
            }
            for node in list.list() {
                if let Some(text) = node.as_str() {
                    action(report, document.kind, node, text);
                }
            }
        }
        missing(report, document.kind, statement);
    }
}

fn missing(report: &mut Report, kind: FindingsKind, statement: Statement<'_>) {
    let node = statement.node;
    let not = node
        .members()
        .unwrap_or_default()
        .iter()
        .find(|m| &*m.key == "NotAction");
    if let Some(not) = not.filter(|_| kind == FindingsKind::Trust) {
        let message = "A trust policy lists its actions in Action; NotAction is refused.";
        report.push(IssueCode::MissingAction, &not.key_span, message);
    } else if not.is_none() && node.get("Action").is_none() {
        let message = "The statement has neither Action nor NotAction.";
        report.push(IssueCode::MissingAction, &node.span, message);
    }
}

fn action(report: &mut Report, kind: FindingsKind, node: &Node, text: &str) {
    // Whether it is an action at all comes first; what a trust policy may hold is said of actions only.
    if form(report, node, text) && kind == FindingsKind::Trust && !is_trust_action(text) {
        let message = format!("{} has no meaning in a trust policy.", clip(text));
        report.push(IssueCode::UnsupportedActionInPolicy, &node.span, message);
    }
}

/// Whether an action has the form of one.
fn form(report: &mut Report, node: &Node, text: &str) -> bool {
    if text == "*" {
        return true;
    }
    if text.contains("${") {
        let message = format!(
            "The action {} holds a variable, which is never replaced.",
            clip(text)
        );
        report.push(IssueCode::VariableUnsupportedInElement, &node.span, message);
        return false;
    }
    let bad = |name: &str| {
        !name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"*?-_.".contains(&b))
    };
    let (vendor, name) = match text.split_once(':') {
        Some((vendor, name)) if !name.is_empty() && !bad(name) => (vendor, name),
        _ => {
            let message = format!("{} is no action: those are service:Action, or \"*\".", clip(text));
            report.push(IssueCode::InvalidAction, &node.span, message);
            return false;
        }
    };
    let span = part(node, 0..vendor.len());
    if vendor == "*" {
        let message = format!("The action {} is meant of every service.", clip(text));
        report.push(IssueCode::WildcardInServiceName, &span, message);
        return true;
    }
    if vendor.contains(['*', '?']) {
        let code = IssueCode::WildcardInServiceName;
        let message = format!(
            "A service is named in full, not as {}; {} is refused.",
            clip(vendor),
            clip(name)
        );
        report.push_at(FindingKind::Error, code, vec![span], message);
        return false;
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    if vendor.is_empty() || !vendor.bytes().all(plain) {
        let message = format!("{} begins with no service.", clip(text));
        report.push(IssueCode::InvalidServiceInAction, &node.span, message);
        return false;
    }
    true
}
