//! The shape of a document: which elements there are, of which JSON type, and what may not be missing.

use std::collections::HashMap;

use super::{
    Document, FindingsKind, IssueCode, Statement,
    report::{Report, clip},
};
use crate::json::{Member, Node, Value};

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    let root = document.root;
    let Some(members) = root.members() else {
        return mismatch(report, "A policy", "an object", root);
    };
    for member in members {
        match &*member.key {
            "Version" => version(report, document, &member.value),
            "Id" if member.value.as_str().is_none() => mismatch(report, "Id", "a string", &member.value),
            "Id" | "Statement" => {}
            _ => unknown(report, member),
        }
    }
    if root.get("Version").is_none() {
        missing_version(report, document);
    }
    statements(report, document);
    unique_sids(report, document);
    let spaces = document.text.len() - document.text.trim_start().len();
    if document.kind == FindingsKind::Identity && spaces > 0 {
        let message = "IAM does not store a document that begins with white space.";
        report.push(IssueCode::JsonSyntaxError, &(0..spaces), message);
    }
}

pub(super) const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

pub(super) fn mismatch(report: &mut Report, what: &str, wanted: &str, node: &Node) {
    let message = format!("{what} is {wanted}, not {}.", type_name(&node.value));
    report.push(IssueCode::DataTypeMismatch, &node.span, message);
}

fn unknown(report: &mut Report, member: &Member) {
    let message = format!("The language has no element {} here.", clip(&member.key));
    report.push(IssueCode::InvalidPolicyElement, &member.key_span, message);
}

fn version(report: &mut Report, document: Document<'_>, node: &Node) {
    match node.as_str() {
        None => mismatch(report, "Version", "a string", node),
        Some("2012-10-17") => {}
        Some("2008-10-17") if !document.kind.is_organization() => {}
        Some(other) => {
            let message = format!("{} has no version {}.", document.kind.noun(), clip(other));
            report.push(IssueCode::InvalidVersion, &node.span, capitalised(message));
        }
    }
}

fn capitalised(mut text: String) -> String {
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn missing_version(report: &mut Report, document: Document<'_>) {
    let span = &document.root.span;
    if document.kind.is_organization() {
        let message = "An organization's policy needs a Version.";
        report.refuse(IssueCode::MissingVersion, span, message);
    } else {
        let message = "Without a Version the policy is in the language of 2008, which has no variables; a managed policy \
                       is refused.";
        report.push(IssueCode::MissingVersion, span, message);
    }
}

fn statements(report: &mut Report, document: Document<'_>) {
    let code = IssueCode::MissingStatement;
    let Some(list) = document.root.get("Statement") else {
        return report.push(code, &document.root.span, "The policy has no Statement.");
    };
    match &list.value {
        Value::Array(nodes) if nodes.is_empty() => {
            report.push(code, &list.span, "The policy has no statements.");
        }
        Value::Array(_) | Value::Object(_) => {}
        _ => return mismatch(report, "Statement", "an object or an array of objects", list),
    }
    for node in list.list() {
        match node.members() {
            Some(members) => statement(report, document, node, members),
            None => mismatch(report, "A statement", "an object", node),
        }
    }
}

fn statement(report: &mut Report, document: Document<'_>, node: &Node, members: &[Member]) {
    for member in members {
        let value = &member.value;
        match &*member.key {
            "Sid" => sid(report, document.kind, value),
            "Effect" => effect(report, value),
            "Action" | "NotAction" | "Resource" | "NotResource" => texts(report, &member.key, value),
            "Principal" | "NotPrincipal" => {
                if !matches!(value.value, Value::String(_) | Value::Object(_)) {
                    mismatch(report, &member.key, "an object, or \"*\"", value);
                }
            }
            "Condition" => condition(report, value),
            _ => unknown(report, member),
        }
    }
    if node.get("Effect").is_none() {
        report.push(
            IssueCode::MissingEffect,
            &node.span,
            "The statement has no Effect.",
        );
    }
    for (element, not) in [
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ] {
        let both = [element, not].map(|key| members.iter().find(|member| &*member.key == key));
        if let [Some(first), Some(second)] = both {
            let code = IssueCode::UnsupportedElementCombination;
            let message = format!("{element} and {not} exclude each other.");
            let spans = vec![first.key_span.clone(), second.key_span.clone()];
            report.push_at(code.kind(), code, spans, message);
        }
    }
}

fn sid(report: &mut Report, kind: FindingsKind, node: &Node) {
    let Some(text) = node.as_str() else {
        return mismatch(report, "Sid", "a string", node);
    };
    if text.is_empty() {
        report.push(IssueCode::EmptySidValue, &node.span, "The Sid is empty.");
    } else if kind.is_identity_grammar() && !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let message = format!("The Sid {} holds more than letters and digits.", clip(text));
        report.push(IssueCode::UnsupportedSid, &node.span, message);
    }
}

fn effect(report: &mut Report, node: &Node) {
    match node.as_str() {
        None => mismatch(report, "Effect", "a string", node),
        Some("Allow" | "Deny") => {}
        Some(other) => {
            let message = format!("{} is no effect.", clip(other));
            report.push(IssueCode::InvalidEffect, &node.span, message);
        }
    }
}

fn texts(report: &mut Report, element: &str, node: &Node) {
    match &node.value {
        Value::String(_) => {}
        Value::Array(nodes) => {
            for node in nodes.iter().filter(|node| node.as_str().is_none()) {
                mismatch(report, &format!("An entry of {element}"), "a string", node);
            }
        }
        _ => mismatch(report, element, "a string or an array of strings", node),
    }
}

fn condition(report: &mut Report, block: &Node) {
    let Some(operators) = block.members() else {
        return mismatch(report, "Condition", "an object", block);
    };
    for operator in operators {
        let Some(keys) = operator.value.members() else {
            mismatch(report, &clip(&operator.key), "an object of keys", &operator.value);
            continue;
        };
        for key in keys {
            for value in key.value.list() {
                if matches!(value.value, Value::Null | Value::Array(_) | Value::Object(_)) {
                    mismatch(
                        report,
                        "A condition value",
                        "a string, a number or a boolean",
                        value,
                    );
                }
            }
        }
    }
}

fn unique_sids(report: &mut Report, document: Document<'_>) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for Statement { node, .. } in document.statements() {
        let Some(sid) = node.get("Sid") else { continue };
        let Some(text) = sid.as_str().filter(|text| !text.is_empty()) else {
            continue;
        };
        if let Some(first) = seen.get(text) {
            let code = IssueCode::UniqueSidsRequired;
            let message = format!("The Sid {} is taken already.", clip(text));
            report.push_at(
                code.kind(),
                code,
                vec![sid.span.clone(), first.span.clone()],
                message,
            );
        } else {
            seen.insert(text, sid);
        }
    }
}
