//! Principals of a trust policy, from ARN to unique id when it is saved and back when it is shown.
//!
//! A stored trust policy names users and roles by unique id, so that a recreated namesake is a stranger
//! (`facts: policy §1.5`). Only the principals' own string literals change; the rest of the document stays byte for byte.

use std::ops::Range;

use locum_names::{PrincipalArn, PrincipalKind, UniqueId};

use crate::{
    PolicyError, PolicyKind,
    json::{self, Node},
    validate,
};

/// Replaces the ARN of every user and role under `Principal` or `NotPrincipal` by its unique id.
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
        if !matches!(arn.kind, PrincipalKind::User { .. } | PrincipalKind::Role { .. }) {
            continue;
        }
        let id = find(&arn).ok_or_else(|| validate::invalid_principal("AWS", text).at(&span))?;
        edits.push((span, format!("\"{id}\"")));
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
        if let Ok(id) = text.parse::<UniqueId>()
            && let Some(arn) = find(&id)
        {
            // A path may hold a quote or a backslash.
            let text = arn.to_string().replace('\\', "\\\\").replace('"', "\\\"");
            edits.push((span, format!("\"{text}\"")));
        }
    }
    apply(document, &edits)
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
