//! What an organization's policies may hold besides, and how long any policy may be.

use super::{
    Document, FindingsKind, IssueCode, Statement,
    report::{Report, clip, part},
};
use crate::{
    json::{Node, Value},
    significant_len,
};

/// `facts: policy §6.2`.
const IDENTITY_QUOTA: usize = 6_144;
const TRUST_QUOTA: usize = 2_048;
const SERVICE_CONTROL_QUOTA: usize = 10_240;
const RESOURCE_CONTROL_QUOTA: usize = 5_120;

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    size(report, document);
    for statement in document.statements() {
        match document.kind {
            FindingsKind::ServiceControl => service_control(report, statement),
            FindingsKind::ResourceControl => resource_control(report, statement),
            FindingsKind::Identity | FindingsKind::Resource | FindingsKind::Trust => {}
        }
    }
}

/// IAM does not count white space; Organizations does. Every service has a limit of its own for its resources' policies.
fn size(report: &mut Report, document: Document<'_>) {
    let whole = || document.text.chars().count();
    let (code, quota, size) = match document.kind {
        FindingsKind::Resource => return,
        FindingsKind::Identity => (
            IssueCode::PolicySizeExceedsIdentityPolicyQuota,
            IDENTITY_QUOTA,
            significant_len(document.text),
        ),
        FindingsKind::Trust => (
            IssueCode::PolicySizeExceedsRoleTrustPolicyQuota,
            TRUST_QUOTA,
            significant_len(document.text),
        ),
        FindingsKind::ServiceControl => (
            IssueCode::PolicySizeExceedsScpQuota,
            SERVICE_CONTROL_QUOTA,
            whole(),
        ),
        FindingsKind::ResourceControl => (
            IssueCode::PolicySizeExceedsRcpQuota,
            RESOURCE_CONTROL_QUOTA,
            whole(),
        ),
    };
    if size > quota {
        let message = format!(
            "The policy has {size} characters; {} may have {quota}.",
            document.kind.noun()
        );
        report.push(code, &document.root.span, message);
    }
}

/// Since September 2025 the whole language but for principals (`facts: policy §6.2`).
fn service_control(report: &mut Report, statement: Statement<'_>) {
    for member in statement.node.members().unwrap_or_default() {
        if matches!(&*member.key, "Principal" | "NotPrincipal") {
            let message = format!("A service control policy has no {}.", member.key);
            report.push(IssueCode::ScpSyntaxErrorPrincipal, &member.key_span, message);
        }
    }
}

fn resource_control(report: &mut Report, statement: Statement<'_>) {
    let node = statement.node;
    let members = node.members().unwrap_or_default();
    match node.get("Principal") {
        None => {
            let message = "A resource control policy means everybody, and says so.";
            report.push(IssueCode::RcpSyntaxErrorPrincipal, &node.span, message);
        }
        Some(principal) if principal.as_str() != Some("*") => {
            let message = "A resource control policy means everybody: \"Principal\": \"*\".";
            report.push(IssueCode::RcpSyntaxErrorPrincipal, &principal.span, message);
        }
        Some(_) => {}
    }
    for member in members {
        match &*member.key {
            "NotPrincipal" => {
                let message = "A resource control policy has no NotPrincipal.";
                report.push(IssueCode::RcpSyntaxErrorPrincipal, &member.key_span, message);
            }
            "NotAction" => {
                let message = "A resource control policy has no NotAction.";
                report.push(IssueCode::RcpSyntaxErrorNotaction, &member.key_span, message);
            }
            _ => {}
        }
    }
    let is_star = |element: &str| matches!(statement.list(element), [one] if one.as_str() == Some("*"));
    let everything = is_star("Action") && is_star("Resource") && node.get("Condition").is_none();
    if statement.allows && !everything {
        let message = "A resource control policy may allow nothing but everything to everybody.";
        report.push(IssueCode::RcpSyntaxErrorAllow, &node.span, message);
    }
    if !statement.allows {
        for action in statement.list("Action") {
            of_a_service(report, action);
        }
    }
}

fn of_a_service(report: &mut Report, node: &Node) {
    let Value::String(text) = &node.value else { return };
    let service = text.split(':').next().unwrap_or_default();
    if service == "*" {
        let message = format!("{} denies the actions of every service.", clip(text));
        report.push(
            IssueCode::RcpSyntaxErrorAction,
            &part(node, 0..service.len()),
            message,
        );
    }
}
