//! Ways to more than a policy seems to give: passing any role to a service, making any service-linked role.

use std::ops::Range;

use super::{Document, FindingsKind, IssueCode, Statement, names, report::Report};
use crate::json::Node;

/// An action that reaches as far as the resources it is allowed on.
struct Escalation {
    action: &'static str,
    what: &'static str,
    /// The condition key that limits it whatever the resources are.
    limit: &'static str,
    codes: Codes,
}

struct Codes {
    not_resource: IssueCode,
    star_in_action_and_not_resource: IssueCode,
    not_action_and_not_resource: IssueCode,
    star_in_resource: IssueCode,
    star_in_action_and_resource: IssueCode,
    star_in_resource_and_not_action: IssueCode,
}

const ESCALATIONS: [Escalation; 2] = [
    Escalation {
        action: "iam:PassRole",
        what: "hand roles that are not meant to a service",
        limit: "iam:PassedToService",
        codes: Codes {
            not_resource: IssueCode::PassRoleWithNotResource,
            star_in_action_and_not_resource: IssueCode::PassRoleWithStarInActionAndNotResource,
            not_action_and_not_resource: IssueCode::PassRoleWithNotActionAndNotResource,
            star_in_resource: IssueCode::PassRoleWithStarInResource,
            star_in_action_and_resource: IssueCode::PassRoleWithStarInActionAndResource,
            star_in_resource_and_not_action: IssueCode::PassRoleWithStarInResourceAndNotAction,
        },
    },
    Escalation {
        action: "iam:CreateServiceLinkedRole",
        what: "make service-linked roles that are not meant",
        limit: "iam:AWSServiceName",
        codes: Codes {
            not_resource: IssueCode::CreateSlrWithNotResource,
            star_in_action_and_not_resource: IssueCode::CreateSlrWithStarInActionAndNotResource,
            not_action_and_not_resource: IssueCode::CreateSlrWithNotActionAndNotResource,
            star_in_resource: IssueCode::CreateSlrWithStarInResource,
            star_in_action_and_resource: IssueCode::CreateSlrWithStarInActionAndResource,
            star_in_resource_and_not_action: IssueCode::CreateSlrWithStarInResourceAndNotAction,
        },
    },
];

/// How a statement comes to allow an action.
enum Reach<'a> {
    Named(&'a Node),
    ByWildcard(&'a Node),
    /// By not being listed in `NotAction`; the place of that word.
    ByExclusion(&'a Range<usize>),
}

/// Checks identity policies only: the others either allow nothing by themselves or are about one resource.
pub(super) fn check(report: &mut Report, document: Document<'_>) {
    if document.kind != FindingsKind::Identity {
        return;
    }
    for statement in document.statements().filter(|statement| statement.allows) {
        for escalation in &ESCALATIONS {
            if !statement.has_condition_key(escalation.limit)
                && let Some(reach) = reach(statement, escalation.action)
            {
                said(report, statement, escalation, &reach);
            }
        }
    }
}

fn reach<'a>(statement: Statement<'a>, action: &str) -> Option<Reach<'a>> {
    let mut members = statement.node.members().unwrap_or_default().iter();
    if let Some(not) = members.find(|member| &*member.key == "NotAction") {
        let listed = not.value.list();
        // An empty `NotAction` matches nothing here.
        let spared = listed.is_empty() || listed.iter().any(|node| names(node, action));
        return (!spared).then_some(Reach::ByExclusion(&not.key_span));
    }
    let listed = statement.list("Action");
    let named = |node: &&Node| {
        node.as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case(action))
    };
    let by_name = listed.iter().find(named).map(Reach::Named);
    let by_wildcard = || listed.iter().find(|node| names(node, action));
    by_name.or_else(|| by_wildcard().map(Reach::ByWildcard))
}

fn said(report: &mut Report, statement: Statement<'_>, escalation: &Escalation, reach: &Reach<'_>) {
    let codes = &escalation.codes;
    let action = match reach {
        Reach::Named(node) | Reach::ByWildcard(node) => &node.span,
        Reach::ByExclusion(span) => span,
    };
    let mut members = statement.node.members().unwrap_or_default().iter();
    let not_resource = members.find(|member| &*member.key == "NotResource");
    let (code, resource) = if let Some(member) = not_resource {
        let code = match reach {
            Reach::Named(_) => codes.not_resource,
            Reach::ByWildcard(_) => codes.star_in_action_and_not_resource,
            Reach::ByExclusion(_) => codes.not_action_and_not_resource,
        };
        (code, &member.key_span)
    } else if let Some(node) = statement.list("Resource").iter().find(|node| is_any_role(node)) {
        let code = match reach {
            Reach::Named(_) => codes.star_in_resource,
            Reach::ByWildcard(_) => codes.star_in_action_and_resource,
            Reach::ByExclusion(_) => codes.star_in_resource_and_not_action,
        };
        (code, &node.span)
    } else {
        return;
    };
    let message = format!(
        "The statement allows {} so widely that one can {}.",
        escalation.action, escalation.what
    );
    report.push_at(code.kind(), code, vec![action.clone(), resource.clone()], message);
}

/// Whether a resource takes in roles of any name. A beginning of a name is a limit, by which services name their roles.
fn is_any_role(node: &Node) -> bool {
    let text = node.as_str().unwrap_or_default();
    let name = text.splitn(6, ':').nth(5).unwrap_or_default();
    let fixed = name.split(['*', '?']).next().unwrap_or_default();
    let open = fixed.len() < name.len();
    text == "*" || (open && ("role/".starts_with(fixed) || fixed == "role/aws-service-role/"))
}
