//! Principals of a trust policy, from ARN to unique id when it is saved and back when it is shown.
//!
//! A stored trust policy names users and roles by unique id, and a session of a role by the role's and its own name,
//! `AROA…:name`, so that a recreated namesake is a stranger (`facts: policy §1.5`). Only the principals' own string
//! literals change; the rest of the document stays byte for byte.

use std::ops::Range;

use locum_names::{PrincipalArn, PrincipalKind, UniqueId};

use crate::{
    PolicyError, PolicyKind,
    json::{self, Node},
    validate,
    who::session_of,
};

/// Replaces the ARN of every user, role and session of a role under `Principal` or `NotPrincipal` by its unique id. `find`
/// is asked for the id of a session's role with the ARN of the session, which does not tell the role's path.
///
/// # Errors
/// `This policy contains invalid Json`, or `Invalid principal in policy: "AWS":"…"` for an ARN that `find` does not know.
pub fn resolve_principals(
    document: &str,
    find: &mut dyn FnMut(&PrincipalArn) -> Option<UniqueId>,
) -> Result<String, PolicyError> {
    let root = json::read(document).map_err(|error| validate::not_json(PolicyKind::Trust, &error))?;
    let mut edits = Vec::new();
    for (span, text) in aws_principals(&root) {
        let Ok(arn) = text.parse::<PrincipalArn>() else {
            continue;
        };
        let mut found = || find(&arn).ok_or_else(|| validate::invalid_principal("AWS", text).at(&span));
        let stored = match &arn.kind {
            PrincipalKind::User { .. } | PrincipalKind::Role { .. } => found()?.to_string(),
            PrincipalKind::AssumedRole { session, .. } => format!("{}:{session}", found()?),
            PrincipalKind::Root | PrincipalKind::FederatedUser { .. } => continue,
        };
        edits.push((span, format!("\"{stored}\"")));
    }
    Ok(apply(document, &edits))
}

/// Replaces every unique id under `Principal` or `NotPrincipal` that `find` knows by the ARN it has now. An id that
/// nobody has any more stays. A document that is not JSON is returned as it is.
#[must_use]
pub fn restore_principals(document: &str, find: &mut dyn FnMut(&UniqueId) -> Option<PrincipalArn>) -> String {
    let Ok(root) = json::read(document) else {
        return document.to_owned();
    };
    let mut edits = Vec::new();
    for (span, text) in aws_principals(&root) {
        let arn = match session_of(text) {
            Some((role, session)) => find(&role).and_then(|role| of_session(role, session)),
            None => text.parse().ok().and_then(|id| find(&id)),
        };
        if let Some(arn) = arn {
            // A path may hold a quote or a backslash.
            let text = arn.to_string().replace('\\', "\\\\").replace('"', "\\\"");
            edits.push((span, format!("\"{text}\"")));
        }
    }
    apply(document, &edits)
}

/// The ARN of a session of a role.
fn of_session(role: PrincipalArn, session: &str) -> Option<PrincipalArn> {
    let PrincipalKind::Role { name, .. } = role.kind else {
        return None;
    };
    let kind = PrincipalKind::AssumedRole {
        role: name,
        session: session.into(),
    };
    Some(PrincipalArn { kind, ..role })
}

/// Every string under `"AWS"`, in the order of the document.
fn aws_principals(root: &Node) -> Vec<(Range<usize>, &str)> {
    let statements = root.get("Statement").map(Node::list).unwrap_or_default();
    let principals = statements.iter().flat_map(|statement| {
        let members = statement.members().unwrap_or_default().iter();
        members.filter(|m| matches!(&*m.key, "Principal" | "NotPrincipal"))
    });
    principals
        .filter_map(|member| member.value.get("AWS"))
        .flat_map(Node::list)
        .filter_map(|node| Some((node.span.clone(), node.as_str()?)))
        .collect()
}

fn apply(document: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(document.len());
    let mut done = 0;
    for (span, text) in edits {
        out.push_str(document.get(done..span.start).unwrap_or_default());
        out.push_str(text);
        done = span.end;
    }
    out.push_str(document.get(done..).unwrap_or_default());
    out
}
