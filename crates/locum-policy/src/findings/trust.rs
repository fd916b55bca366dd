//! Trust policies: actions that fit the principals, and identity providers whose tokens anybody may get.

use super::{
    Document, FindingKind, FindingsKind, IssueCode, Statement, names,
    report::{Report, clip},
};
use crate::{
    json::Node,
    operator::{Comparison, keys_under},
    validate::federation,
};

const GITHUB: &str = "token.actions.githubusercontent.com";
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

/// What gives a request the key, and the action that lets it.
const SETTERS: [(&str, &str); 4] = [
    ("sts:SourceIdentity", "sts:SetSourceIdentity"),
    ("sts:TransitiveTagKeys", "sts:TagSession"),
    ("aws:TagKeys", "sts:TagSession"),
    ("aws:RequestTag/", "sts:TagSession"),
];

/// The conditions that tell on whose behalf a service comes.
const SOURCES: [&str; 4] = [
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    match document.kind {
        FindingsKind::Trust => {
            setters(report, document);
            for statement in document.statements() {
                mismatched_actions(report, statement);
                if statement.allows {
                    roles_anywhere(report, statement);
                    providers(report, statement);
                    github_subjects(report, statement);
                }
            }
        }
        FindingsKind::Resource => {
            for statement in document.statements().filter(|statement| statement.allows) {
                services(report, statement);
            }
        }
        FindingsKind::Identity | FindingsKind::ServiceControl | FindingsKind::ResourceControl => {}
    }
}

fn principals<'a>(statement: Statement<'a>, key: &str) -> &'a [Node] {
    let principal = statement.node.get("Principal").and_then(|node| node.get(key));
    principal.map(Node::list).unwrap_or_default()
}

/// Conditions on what only another action can set. One statement may allow that action for all.
fn setters(report: &mut Report, document: Document<'_>) {
    let settable = SETTERS.map(|(_, action)| {
        let mut allowing = document.statements().filter(|statement| statement.allows);
        allowing.any(|statement| statement.list("Action").iter().any(|node| names(node, action)))
    });
    for statement in document.statements().filter(|statement| statement.allows) {
        // `Null` is how one asks that it be not set.
        for key in keys_under(statement.node, |o| o.comparison != Comparison::Null) {
            let is_key = |name: &str| match key.key.get(..name.len()) {
                Some(head) if name.ends_with('/') => head.eq_ignore_ascii_case(name),
                _ => key.key.eq_ignore_ascii_case(name),
            };
            let setter = SETTERS.iter().zip(settable).find(|((name, _), _)| is_key(name));
            if let Some(((_, action), false)) = setter {
                let message = format!(
                    "No request has {} unless the policy allows {action}.",
                    clip(&key.key)
                );
                report.push(IssueCode::MissingActionForConditionKey, &key.key_span, message);
            }
        }
    }
}

fn mismatched_actions(report: &mut Report, statement: Statement<'_>) {
    let (aws, services) = (principals(statement, "AWS"), principals(statement, "Service"));
    let federated = principals(statement, "Federated");
    if aws.is_empty() && services.is_empty() && federated.is_empty() {
        return;
    }
    let is_saml = |node: &Node| node.as_str().is_some_and(|text| text.contains(":saml-provider/"));
    let signed = !aws.is_empty() || !services.is_empty();
    let saml = federated.iter().any(is_saml);
    let oidc = federated.iter().any(|node| !is_saml(node));
    for node in statement.list("Action") {
        let text = node.as_str().unwrap_or_default();
        let fits = match &*text.to_ascii_lowercase() {
            "sts:assumerole" => signed,
            "sts:assumerolewithsaml" => saml,
            "sts:assumerolewithwebidentity" => oidc,
            _ => true,
        };
        if !fits {
            let message = format!("None of the principals can call {}.", clip(text));
            report.push(IssueCode::MismatchedActionForPrincipal, &node.span, message);
        }
    }
}

fn roles_anywhere(report: &mut Report, statement: Statement<'_>) {
    let mut services = principals(statement, "Service").iter();
    let Some(service) = services.find(|node| node.as_str() == Some(ROLES_ANYWHERE)) else {
        return;
    };
    let actions = statement.list("Action");
    let missing: Vec<&str> = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
        .into_iter()
        .filter(|action| !actions.iter().any(|node| names(node, action)))
        .collect();
    if !missing.is_empty() {
        let message = format!("IAM Roles Anywhere also needs {}.", missing.join(" and "));
        report.push(
            IssueCode::MissingActionForRolesAnywhereTrustPolicy,
            &service.span,
            message,
        );
    }
}

/// Whom a provider vouches for. Where anybody may get a token, a policy that does not say whose is refused.
fn providers(report: &mut Report, statement: Statement<'_>) {
    let unpinned = federation::unpinned(statement.node);
    for (node, host) in &unpinned {
        let provider = clip(node.as_str().unwrap_or_default());
        let (code, message) = if *host == GITHUB {
            let message =
                format!("Every repository of GitHub gets tokens of {provider}; the policy is refused.");
            (IssueCode::MissingGithubRepoConditionKey, message)
        } else {
            let message = format!("Anybody may get a token of {provider}; the policy is refused.");
            (IssueCode::MissingConditionKeyForOidcPrincipal, message)
        };
        report.refuse(code, &node.span, message);
    }
    for node in principals(statement, "Federated") {
        let text = node.as_str().unwrap_or_default();
        let Some((_, url)) = text.split_once(":oidc-provider/") else {
            continue;
        };
        let said = unpinned.iter().any(|(other, _)| other.span == node.span);
        let claims = |key: &str| {
            let claim = key.get(url.len()..).is_some_and(|rest| rest.starts_with(':'));
            claim
                && key
                    .get(..url.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(url))
        };
        if !said
            && !federation::is_shared(text)
            && !statement.condition_keys().any(|member| claims(&member.key))
        {
            let message = format!("Whoever {} vouches for may assume the role.", clip(url));
            report.push(
                IssueCode::MissingConditionKeyForOidcPrincipal,
                &node.span,
                message,
            );
        }
    }
}

fn github_subjects(report: &mut Report, statement: Statement<'_>) {
    for key in keys_under(statement.node, |o| o.comparison == Comparison::Like && !o.negated) {
        let subject = key.key.rsplit_once(':').is_some_and(|(issuer, claim)| {
            issuer.eq_ignore_ascii_case(GITHUB) && claim.eq_ignore_ascii_case("sub")
        });
        for node in key.value.list().iter().filter(|_| subject) {
            let text = node.as_str().unwrap_or_default();
            if text.contains(['*', '?']) {
                let message = format!("{} takes in more workflows than those of one branch.", clip(text));
                report.push(
                    IssueCode::SpecificGithubRepoAndBranchRecommended,
                    &node.span,
                    message,
                );
            }
        }
    }
}

/// A service acts for whoever asks it to, so a grant to it alone is a grant to everybody who can.
fn services(report: &mut Report, statement: Statement<'_>) {
    let services = principals(statement, "Service");
    if SOURCES.iter().any(|key| statement.has_condition_key(key)) {
        return;
    }
    for node in services {
        let message = format!(
            "{} may come on behalf of any of its customers.",
            clip(node.as_str().unwrap_or_default())
        );
        let code = IssueCode::RestrictAccessToServicePrincipal;
        report.push_at(
            FindingKind::SecurityWarning,
            code,
            vec![node.span.clone()],
            message,
        );
    }
    if !services.is_empty() {
        for key in statement
            .condition_keys()
            .filter(|m| m.key.eq_ignore_ascii_case("aws:Referer"))
        {
            let message = "A caller chooses aws:Referer; it does not tell on whose behalf a service comes.";
            report.push(
                IssueCode::RecommendedConditionKeyForServicePrincipal,
                &key.key_span,
                message,
            );
        }
    }
}
