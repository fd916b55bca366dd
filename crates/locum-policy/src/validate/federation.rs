//! Trust in an issuer that everybody shares.
//!
//! GitHub signs tokens for every repository there is; a role that trusts its issuer and looks at the audience only can
//! be assumed from all of them, and real ones were (`facts: security §1.4`). AWS refuses such a policy for GitHub and
//! Cognito. So do we, and for the other issuers whose tokens anybody can get, which AWS may not.

use crate::{
    PolicyError,
    json::Node,
    operator::{Comparison, Operator, Quantifier},
};

/// An issuer and the claims of which one must be pinned down.
struct SharedIssuer {
    host: &'static str,
    claims: &'static [&'static str],
}

const SHARED: [SharedIssuer; 8] = [
    SharedIssuer {
        host: "token.actions.githubusercontent.com",
        claims: &["sub", "job_workflow_ref"],
    },
    SharedIssuer {
        host: "cognito-identity.amazonaws.com",
        claims: &["aud", "sub"],
    },
    SharedIssuer {
        host: "accounts.google.com",
        claims: &["aud", "sub", "oaud"],
    },
    SharedIssuer {
        host: "www.amazon.com",
        claims: &["app_id", "user_id", "sub"],
    },
    SharedIssuer {
        host: "graph.facebook.com",
        claims: &["app_id", "id"],
    },
    SharedIssuer {
        host: "gitlab.com",
        claims: &["sub"],
    },
    SharedIssuer {
        host: "app.terraform.io",
        claims: &["sub"],
    },
    SharedIssuer {
        host: "agent.buildkite.com",
        claims: &["sub"],
    },
];

/// Checks an `Allow` statement of a trust policy.
pub(super) fn check(statement: &Node) -> Result<(), PolicyError> {
    for (node, issuer) in shared(statement) {
        let provider = node.as_str().unwrap_or_default();
        let block = statement.get("Condition").and_then(Node::members);
        if issuer.host.starts_with("cognito-identity") && block.unwrap_or_default().is_empty() {
            let message = "A condition block must be present for the Cognito provider";
            return Err(PolicyError::new(message, message).at(&statement.span));
        }
        if !is_pinned(statement, issuer) {
            return Err(not_pinned(provider, issuer).at(&node.span));
        }
    }
    Ok(())
}

/// The providers of an `Allow` statement that everybody shares and no condition pins down, each with its host: what
/// [`check`] refuses, all of it.
pub(crate) fn unpinned(statement: &Node) -> Vec<(&Node, &'static str)> {
    let unpinned = shared(statement).filter(|(_, issuer)| !is_pinned(statement, issuer));
    unpinned.map(|(node, issuer)| (node, issuer.host)).collect()
}

/// Whether everybody shares a provider, whose conditions are looked at by [`check`].
pub(crate) fn is_shared(provider: &str) -> bool {
    let host = issuer_host(provider);
    SHARED.iter().any(|issuer| issuer.host.eq_ignore_ascii_case(host))
}

/// The first provider of each shared issuer.
fn shared(statement: &Node) -> impl Iterator<Item = (&Node, &'static SharedIssuer)> {
    let principal = statement.get("Principal").and_then(|p| p.get("Federated"));
    let providers = principal.map(Node::list).unwrap_or_default();
    SHARED.iter().filter_map(move |issuer| {
        let named =
            |node: &&Node| issuer_host(node.as_str().unwrap_or_default()).eq_ignore_ascii_case(issuer.host);
        Some((providers.iter().find(named)?, issuer))
    })
}

/// The host of a provider's ARN, or the host itself.
fn issuer_host(provider: &str) -> &str {
    let url = provider
        .split_once(":oidc-provider/")
        .map_or(provider, |(_, url)| url);
    url.split('/').next().unwrap_or(url)
}

fn not_pinned(provider: &str, issuer: &SharedIssuer) -> PolicyError {
    let keys: Vec<String> = issuer
        .claims
        .iter()
        .map(|c| format!("{}:{c}", issuer.host))
        .collect();
    let message = format!(
        "Trust policy with trusted principal {provider} must evaluate, using StringEquals, StringLike or \
         StringEqualsIgnoreCase, {} which is not scoped to all.",
        keys.join(" or ")
    );
    PolicyError::new(
        message,
        "anybody can get a token from this issuer; say whose are meant",
    )
}

/// Whether some condition, that fails when its claim is missing, limits a claim in every one of its values.
fn is_pinned(statement: &Node, issuer: &SharedIssuer) -> bool {
    let operators = statement
        .get("Condition")
        .and_then(Node::members)
        .unwrap_or_default();
    let limiting = operators.iter().filter(|member| {
        Operator::parse(&member.key).is_some_and(|o| {
            let compares_text = matches!(o.comparison, Comparison::Text { .. } | Comparison::Like);
            compares_text && !o.negated && !o.if_exists && o.quantifier != Quantifier::AllValues
        })
    });
    let mut keys = limiting.flat_map(|member| member.value.members().unwrap_or_default());
    keys.any(|key| {
        let values = key.value.list();
        is_claim(&key.key, issuer) && !values.is_empty() && values.iter().all(is_scoped)
    })
}

/// Whether a key is one of the issuer's claims. The issuer's part may carry a path, as GitHub's enterprise issuers do.
fn is_claim(key: &str, issuer: &SharedIssuer) -> bool {
    let Some((provider, claim)) = key.rsplit_once(':') else {
        return false;
    };
    issuer_host(provider).eq_ignore_ascii_case(issuer.host)
        && issuer.claims.iter().any(|c| c.eq_ignore_ascii_case(claim))
}

/// Whether a value says anything: not just wildcards, separators and variables.
fn is_scoped(value: &Node) -> bool {
    let mut rest = value.as_str().unwrap_or_default();
    let mut literal = false;
    while let Some(c) = rest.chars().next() {
        if let Some((_, after)) = rest.strip_prefix("${").and_then(|r| r.split_once('}')) {
            rest = after;
            continue;
        }
        literal |= c.is_alphanumeric();
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    literal
}
