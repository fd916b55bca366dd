//! Identity policies: managed, inline and session policies, and the body of organization policies.

use locum_names::Partition;

use super::{check_action, is_condition_block, is_text_list, malformed_date, statements, unique_sids};
use crate::{
    PolicyError, PolicyKind,
    json::{Node, Value},
};

pub(super) const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";

/// The beginnings of a resource of IAM itself.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// Checks in the order in which AWS reports.
pub(super) fn check(text: &str, root: &Node, kind: PolicyKind) -> Result<(), PolicyError> {
    syntax(root)?;
    let version = root.get("Version").and_then(Node::as_str);
    let needs_version = matches!(
        kind,
        PolicyKind::Managed | PolicyKind::ServiceControl | PolicyKind::ResourceControl
    );
    if needs_version && version != Some("2012-10-17") {
        let message = "Policy document must be version 2012-10-17 or greater.";
        return Err(PolicyError::new(message, "add \"Version\": \"2012-10-17\""));
    }
    let bad_resource = legacy(text, root, kind)?;
    unique_sids(root, "Statement IDs (SID) in a single policy must be unique.")?;
    must_contain(
        root,
        ["Action", "NotAction"],
        "Policy statement must contain actions.",
    )?;
    must_contain(
        root,
        ["Resource", "NotResource"],
        "Policy statement must contain resources.",
    )?;
    if let Some(error) = bad_resource {
        return Err(error);
    }
    for element in ["Action", "NotAction"] {
        for list in statements(root).iter().filter_map(|s| s.get(element)) {
            list.list().iter().try_for_each(check_action)?;
        }
    }
    if kind == PolicyKind::ResourceControl {
        return Ok(());
    }
    for statement in statements(root) {
        if let Some(principal) = statement
            .get("Principal")
            .or_else(|| statement.get("NotPrincipal"))
        {
            let message = "Policy document should not specify a principal.";
            let detail = "the principal is whoever the policy is attached to";
            return Err(PolicyError::new(message, detail).at(&principal.span));
        }
    }
    Ok(())
}

fn syntax(root: &Node) -> Result<(), PolicyError> {
    let fail = |detail: &'static str, node: &Node| Err(PolicyError::new(SYNTAX, detail).at(&node.span));
    let Some(members) = root.members() else {
        return fail("a policy is a JSON object", root);
    };
    for member in members {
        match &*member.key {
            "Version" if matches!(member.value.as_str(), Some("2012-10-17" | "2008-10-17")) => {}
            "Version" => return fail("Version is 2012-10-17 or 2008-10-17", &member.value),
            "Id" if member.value.as_str().is_some() => {}
            "Id" => return fail("Id is a string", &member.value),
            "Statement" => {}
            key => {
                let detail = format!("unknown element {key}");
                return Err(PolicyError::new(SYNTAX, detail).at(&member.key_span));
            }
        }
    }
    if statements(root).is_empty() {
        return fail("Statement is missing or empty", root);
    }
    statements(root).iter().try_for_each(statement_syntax)
}

fn statement_syntax(statement: &Node) -> Result<(), PolicyError> {
    let fail = |detail: &'static str, node: &Node| Err(PolicyError::new(SYNTAX, detail).at(&node.span));
    let Some(members) = statement.members() else {
        return fail("a statement is a JSON object", statement);
    };
    for member in members {
        let value = &member.value;
        let good = match &*member.key {
            "Sid" => value
                .as_str()
                .is_some_and(|t| t.bytes().all(|b| b.is_ascii_alphanumeric())),
            "Effect" => value
                .as_str()
                .is_some_and(|t| t.eq_ignore_ascii_case("Allow") || t.eq_ignore_ascii_case("Deny")),
            "Action" | "NotAction" => is_text_list(value, false),
            "Resource" => is_text_list(value, true),
            "NotResource" => is_text_list(value, false),
            "Condition" => is_condition_block(value),
            "Principal" | "NotPrincipal" => true,
            _ => false,
        };
        if !good {
            let detail = format!("the element {} is unknown or has a wrong value", member.key);
            return Err(PolicyError::new(SYNTAX, detail).at(&member.key_span));
        }
    }
    let both = |a, b| statement.get(a).is_some() && statement.get(b).is_some();
    if statement.get("Effect").is_none() {
        return fail("Effect is missing", statement);
    }
    if both("Action", "NotAction") || both("Resource", "NotResource") || both("Principal", "NotPrincipal") {
        return fail("an element and its Not form exclude each other", statement);
    }
    Ok(())
}

/// What AWS's older parser refuses. A resource of the wrong form is only reported later; the last one wins.
fn legacy(text: &str, root: &Node, kind: PolicyKind) -> Result<Option<PolicyError>, PolicyError> {
    let fail = |detail: &'static str, node: &Node| Err(PolicyError::new(LEGACY, detail).at(&node.span));
    let stored = matches!(kind, PolicyKind::Managed | PolicyKind::Inline);
    if stored && text.starts_with([' ', '\t', '\r', '\n']) {
        return Err(PolicyError::new(LEGACY, "white space before the document").at(&(0..0)));
    }
    for statement in statements(root) {
        if let Some(effect) = statement.get("Effect")
            && !matches!(effect.as_str(), Some("Allow" | "Deny"))
        {
            return fail("Effect is Allow or Deny, in this case", effect);
        }
        if let Some(date) = malformed_date(statement) {
            return fail("not a date", date);
        }
    }
    let mut bad = None;
    for element in ["Resource", "NotResource"] {
        for list in statements(root).iter().filter_map(|s| s.get(element)) {
            let mut resources: Vec<&Node> = list.list().iter().filter(|n| n.value != Value::Null).collect();
            resources.sort_by(|a, b| b.as_str().cmp(&a.as_str()));
            for resource in resources {
                bad = resource_format(resource).err().or(bad);
            }
            if bad.is_none() {
                list.list().iter().try_for_each(legacy_resource)?;
            }
        }
    }
    Ok(bad)
}

fn legacy_resource(node: &Node) -> Result<(), PolicyError> {
    let Some(resource) = node.as_str().filter(|r| *r != "*") else {
        return Ok(());
    };
    let missing_field = resource.matches(':').count() < 5 && resource.contains("::");
    if missing_field || resource.split(':').nth(2) == Some("") {
        return Err(
            PolicyError::new(LEGACY, "an ARN with a missing field or without a service").at(&node.span),
        );
    }
    Ok(())
}

fn resource_format(node: &Node) -> Result<(), PolicyError> {
    let resource = node.as_str().unwrap_or_default();
    if resource == "*" {
        return Ok(());
    }
    let fail = |message: String| Err(PolicyError::new(message, "not the ARN of a resource").at(&node.span));
    let mut fields = resource.splitn(6, ':').skip(1);
    let Some(partition) = fields.next() else {
        return fail(format!("Resource {resource} must be in ARN format or \"*\"."));
    };
    let rest: Vec<&str> = fields.collect();
    let field = |at: usize| rest.get(at).copied();
    if partition != "*" && partition.parse::<Partition>().is_err() {
        // What is missing is shown as a star; a service that is there but empty too, unless more follows.
        let service = field(0)
            .filter(|s| !s.is_empty() || rest.len() > 1)
            .unwrap_or("*");
        let [region, account, name] = [1, 2, 3].map(|at| field(at).unwrap_or("*"));
        let arn = format!("arn:{partition}:{service}:{region}:{account}:{name}");
        return fail(format!(
            "Partition \"{partition}\" is not valid for resource \"{arn}\"."
        ));
    }
    let service = field(0).unwrap_or("*");
    if service.contains(['*', '?', '$']) {
        return fail("Resource vendor must be fully qualified and cannot contain regexes.".to_owned());
    }
    let name = field(3).unwrap_or_default();
    let has_region = rest.len() < 3 || field(1) != Some("");
    if service == "iam" && has_region {
        return fail(format!(
            "IAM resource {resource} cannot contain region information."
        ));
    }
    if service == "s3" && has_region && !name.starts_with("accesspoint/") {
        return fail(format!("Resource {resource} can not contain region information."));
    }
    if service == "iam" && !is_iam_resource(name) {
        let paths = IAM_PATHS.join(", ");
        return fail(format!(
            "IAM resource path must either be \"*\" or start with {paths}."
        ));
    }
    Ok(())
}

/// Whether IAM has resources of this name, the last field of their ARN. The text of the refusal was recorded before
/// AssumeRoot, whose resource is a root user, and before delegation requests.
pub(crate) fn is_iam_resource(name: &str) -> bool {
    let unlisted = matches!(name, "*" | "root") || name.starts_with("delegation-request/");
    unlisted || IAM_PATHS.iter().any(|path| name.starts_with(path))
}

fn must_contain(root: &Node, elements: [&str; 2], message: &'static str) -> Result<(), PolicyError> {
    for statement in statements(root) {
        let full = elements
            .iter()
            .any(|element| statement.get(element).is_some_and(|list| !list.list().is_empty()));
        if !full {
            let detail = format!("a statement without {}", elements.join(" or "));
            return Err(PolicyError::new(message, detail).at(&statement.span));
        }
    }
    Ok(())
}
