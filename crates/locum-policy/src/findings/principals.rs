//! `Principal` and `NotPrincipal`: who is meant, and whether that is a form that is ever compared with a caller.

use std::collections::HashMap;

use locum_names::{PrincipalArn, PrincipalKind, UniqueId, UniqueKind};

use super::{
    Document, FindingKind, FindingsKind, IssueCode, Statement,
    report::{Report, clip},
};
use crate::{
    json::{Member, Node, Value},
    who::{Who, session_of},
};

/// What the hosts of AWS's services end with.
const SERVICE_HOSTS: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".aws.internal",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
];

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    for statement in document.statements() {
        let members = statement.node.members().unwrap_or_default().iter();
        let mut principals = members
            .filter(|member| matches!(&*member.key, "Principal" | "NotPrincipal"))
            .peekable();
        match document.kind {
            FindingsKind::Identity => {
                for member in principals {
                    let message = format!("An identity policy has no {}.", member.key);
                    report.push(IssueCode::UnsupportedPrincipal, &member.key_span, message);
                }
            }
            // Theirs are the business of the organization's checks.
            FindingsKind::ServiceControl | FindingsKind::ResourceControl => {}
            FindingsKind::Resource | FindingsKind::Trust => {
                if principals.peek().is_none() {
                    let message = "The statement does not say whom it means.";
                    report.push(IssueCode::MissingPrincipal, &statement.node.span, message);
                }
                for member in principals {
                    not_principal(report, document.kind, statement, member);
                    principal(report, document.kind, statement, &member.value);
                }
            }
        }
    }
}

fn not_principal(report: &mut Report, kind: FindingsKind, statement: Statement<'_>, member: &Member) {
    if &*member.key != "NotPrincipal" {
        return;
    }
    if kind == FindingsKind::Trust {
        let message = "A trust policy names whom it means; NotPrincipal is refused.";
        let code = IssueCode::RoleTrustPolicySyntaxErrorNotprincipal;
        report.push(code, &member.key_span, message);
    } else if statement.allows {
        let message = "This would allow everybody else, the anonymous included, and is refused.";
        report.refuse(IssueCode::AllowWithNotprincipal, &member.key_span, message);
    }
}

fn principal(report: &mut Report, kind: FindingsKind, statement: Statement<'_>, node: &Node) {
    let members = match &node.value {
        Value::Object(members) => members,
        Value::String(text) => return text_alone(report, kind, node, text),
        // Of a wrong type; said already.
        _ => return,
    };
    if members.is_empty() {
        let message = "The statement means nobody, so the policy is refused.";
        report.refuse(IssueCode::EmptyObjectPrincipal, &node.span, message);
    }
    for member in members {
        let list = member.value.list();
        if list.is_empty() {
            let message = format!("{} lists nobody, so the policy is refused.", clip(&member.key));
            report.refuse(IssueCode::EmptyArrayPrincipal, &member.value.span, message);
        }
        let check = match &*member.key {
            "AWS" => aws,
            "Service" => service,
            "Federated" => federated,
            key => {
                let message = format!("There is no kind of principal {}.", clip(key));
                report.push(IssueCode::InvalidPrincipalKey, &member.key_span, message);
                continue;
            }
        };
        for value in list {
            let Some(text) = value.as_str() else {
                super::elements::mismatch(report, "A principal", "a string", value);
                continue;
            };
            if text.contains("${") {
                let message = format!("{} holds a variable, which is never replaced.", clip(text));
                report.push(IssueCode::VariableUnsupportedInElement, &value.span, message);
            } else {
                check(report, kind, value, text);
            }
        }
    }
    if kind == FindingsKind::Trust {
        open_to_all(report, statement, node);
        sessions_of_trusted_roles(report, node);
    }
}

fn text_alone(report: &mut Report, kind: FindingsKind, node: &Node, text: &str) {
    if text != "*" {
        let message = format!("{} stands alone; say what it is: {{\"AWS\": …}}.", clip(text));
        report.push(IssueCode::InvalidPrincipalFormat, &node.span, message);
    } else if kind == FindingsKind::Trust {
        let message = "A trust policy does not take \"*\" for its principal.";
        let code = IssueCode::RoleTrustPolicyUnsupportedWildcardInPrincipal;
        report.push(code, &node.span, message);
    }
}

fn aws(report: &mut Report, _: FindingsKind, node: &Node, text: &str) {
    if let Ok(id) = text.parse::<UniqueId>() {
        let (code, what) = match id.kind() {
            UniqueKind::Role => (IssueCode::InvalidRoleReference, "role"),
            UniqueKind::User => (IssueCode::InvalidUserReference, "user"),
            _ => {
                let message = format!("{} is the id of no principal.", clip(text));
                return report.push(IssueCode::InvalidPrincipalFormat, &node.span, message);
            }
        };
        let message = format!("The id {} stands for a {what} that may be gone.", clip(text));
        report.push(code, &node.span, message);
    } else if session_of(text).is_some() {
        let message = format!(
            "The id {} stands for a session of a role that may be gone.",
            clip(text)
        );
        report.push(IssueCode::InvalidRoleReference, &node.span, message);
    } else if Who::aws(text).is_some() {
    } else if text.contains(['*', '?']) {
        let message = format!("A principal is named in full; {} is never matched.", clip(text));
        report.push(IssueCode::UnsupportedWildcardInPrincipal, &node.span, message);
    } else {
        let message = format!("{} is not the form of a principal.", clip(text));
        report.push(IssueCode::InvalidPrincipalFormat, &node.span, message);
    }
}

fn service(report: &mut Report, _: FindingsKind, node: &Node, text: &str) {
    if text.contains(['*', '?']) {
        let message = format!("A service is named in full; {} is never matched.", clip(text));
        report.push(IssueCode::UnsupportedWildcardInPrincipal, &node.span, message);
    } else if Who::service(text).is_none()
        || !SERVICE_HOSTS
            .iter()
            .any(|end| text.to_ascii_lowercase().ends_with(end))
    {
        let message = format!("{} is not the host of a service.", clip(text));
        report.push(IssueCode::InvalidServicePrincipalFormat, &node.span, message);
    }
}

fn federated(report: &mut Report, kind: FindingsKind, node: &Node, text: &str) {
    if kind == FindingsKind::Resource {
        let message = "Only a trust policy may name a federated identity provider.";
        report.push(IssueCode::FederatedPrincipalNotSupported, &node.span, message);
    } else if text.contains(['*', '?']) {
        let message = format!("A provider is named in full; {} is never matched.", clip(text));
        report.push(IssueCode::UnsupportedWildcardInPrincipal, &node.span, message);
    } else if Who::federated(text).is_none() {
        let code = IssueCode::InvalidFederatedPrincipalSyntaxInRoleTrustPolicy;
        let message = format!("{} is neither a provider's ARN nor a domain.", clip(text));
        report.push(code, &node.span, message);
    }
}

/// `{"AWS":"*"}` is stored, and trusts every account there is.
fn open_to_all(report: &mut Report, statement: Statement<'_>, node: &Node) {
    let guarded = statement.condition_keys().next().is_some();
    if !statement.allows || guarded {
        return;
    }
    let everybody = node.get("AWS").map(Node::list).unwrap_or_default().iter();
    for node in everybody.filter(|node| node.as_str() == Some("*")) {
        let code = IssueCode::RoleTrustPolicyUnsupportedWildcardInPrincipal;
        let message = "Without a condition every account there is may assume the role.";
        report.push_at(
            FindingKind::SecurityWarning,
            code,
            vec![node.span.clone()],
            message,
        );
    }
}

fn sessions_of_trusted_roles(report: &mut Report, node: &Node) {
    let arns: Vec<(&Node, PrincipalArn)> = node
        .get("AWS")
        .map(Node::list)
        .unwrap_or_default()
        .iter()
        .filter_map(|node| Some((node, node.as_str()?.parse().ok()?)))
        .collect();
    let mut roles = HashMap::new();
    for (node, arn) in &arns {
        if let PrincipalKind::Role { name, .. } = &arn.kind {
            roles.insert((arn.account, name), *node);
        }
    }
    for (node, arn) in &arns {
        if let PrincipalKind::AssumedRole { role, .. } = &arn.kind
            && let Some(parent) = roles.get(&(arn.account, role))
        {
            let code = IssueCode::RedundantPrincipalInRoleTrustPolicy;
            let message = format!("The role {} is trusted in all its sessions.", clip(role));
            report.push_at(
                code.kind(),
                code,
                vec![node.span.clone(), parent.span.clone()],
                message,
            );
        }
    }
}
