//! Trust in an issuer that everybody shares.
//!
//! GitHub signs tokens for every repository there is; a role that trusts its issuer and looks at the audience only can
//! be assumed from all of them, and real ones were (`facts: security §1.4`). AWS refuses such a policy for the issuers of a
//! list that it publishes ("identity-provider controls for shared OIDC providers"). So do we, and for a few more whose
//! tokens anybody can get.

use crate::{
    PolicyError,
    json::Node,
    operator::{Comparison, Quantifier, keys_under},
};

/// An issuer and the claims of which one must be pinned down.
struct SharedIssuer {
    /// Its URL without the scheme, or the host of many.
    url: &'static str,
    reach: Reach,
    /// By name; with a colon in it, a condition key that no issuer says.
    claims: &'static [&'static str],
}

/// Which issuers an entry means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Every one at the host, whatever the path.
    Host,
    /// The one of this URL: others at the host belong to one tenant each.
    Url,
}

const fn at_host(url: &'static str, claims: &'static [&'static str]) -> SharedIssuer {
    SharedIssuer {
        url,
        reach: Reach::Host,
        claims,
    }
}

const fn of_url(url: &'static str, claims: &'static [&'static str]) -> SharedIssuer {
    SharedIssuer {
        url,
        reach: Reach::Url,
        claims,
    }
}

/// Those that AWS publishes, each with the claim that AWS asks for, and after them the ones that are ours.
const SHARED: [SharedIssuer; 25] = [
    at_host(
        "token.actions.githubusercontent.com",
        &["sub", "job_workflow_ref"],
    ),
    at_host("vstoken.actions.githubusercontent.com", &["sub"]),
    at_host("oidc-configuration.audit-log.githubusercontent.com", &["sub"]),
    at_host("cognito-identity.amazonaws.com", &["aud", "sub"]),
    at_host("gitlab.com", &["sub"]),
    at_host("app.terraform.io", &["sub"]),
    at_host("agent.buildkite.com", &["sub"]),
    at_host("oidc.codefresh.io", &["sub"]),
    at_host("scalr.io", &["sub"]),
    at_host("tokens.cloud.shisho.dev", &["sub"]),
    at_host("proidc.upbound.io", &["sub"]),
    at_host("sandboxes.cloud", &["aud"]),
    of_url("api.pulumi.com/oidc", &["aud"]),
    of_url("oidc.vercel.com", &["aud"]),
    of_url("studio.datachain.ai/api", &["sub"]),
    // Azure Sentinel, which tells its customers apart by the name of the session that it asks for.
    of_url(
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        &["sts:RoleSessionName"],
    ),
    // IBM Turbonomic.
    of_url(
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        &["sub"],
    ),
    of_url(
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        &["sub"],
    ),
    of_url(
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        &["sub"],
    ),
    of_url(
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        &["sub"],
    ),
    of_url(
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        &["sub"],
    ),
    of_url(
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        &["sub"],
    ),
    at_host("accounts.google.com", &["aud", "sub", "oaud"]),
    at_host("www.amazon.com", &["app_id", "user_id", "sub"]),
    at_host("graph.facebook.com", &["app_id", "id"]),
];

/// Checks an `Allow` statement of a trust policy.
pub(super) fn check(statement: &Node) -> Result<(), PolicyError> {
    for (node, issuer) in shared(statement) {
        let provider = node.as_str().unwrap_or_default();
        let block = statement.get("Condition").and_then(Node::members);
        if issuer.url.starts_with("cognito-identity") && block.unwrap_or_default().is_empty() {
            let message = "A condition block must be present for the Cognito provider";
            return Err(PolicyError::new(message, message).at(&statement.span));
        }
        if !is_pinned(statement, issuer) {
            return Err(not_pinned(provider, issuer).at(&node.span));
        }
    }
    Ok(())
}

/// The providers of an `Allow` statement that everybody shares and no condition pins down, each with the URL of its entry:
/// what [`check`] refuses, all of it.
pub(crate) fn unpinned(statement: &Node) -> Vec<(&Node, &'static str)> {
    let unpinned = shared(statement).filter(|(_, issuer)| !is_pinned(statement, issuer));
    unpinned.map(|(node, issuer)| (node, issuer.url)).collect()
}

/// Whether everybody shares a provider, whose conditions are looked at by [`check`].
pub(crate) fn is_shared(provider: &str) -> bool {
    SHARED.iter().any(|issuer| issuer.is(provider))
}

/// The first provider of each shared issuer.
fn shared(statement: &Node) -> impl Iterator<Item = (&Node, &'static SharedIssuer)> {
    let principal = statement.get("Principal").and_then(|p| p.get("Federated"));
    let providers = principal.map(Node::list).unwrap_or_default();
    SHARED.iter().filter_map(move |issuer| {
        let named = |node: &&Node| issuer.is(node.as_str().unwrap_or_default());
        Some((providers.iter().find(named)?, issuer))
    })
}

impl SharedIssuer {
    /// Whether a provider's ARN, or a URL without its scheme, is one of these.
    fn is(&self, provider: &str) -> bool {
        let url = provider
            .split_once(":oidc-provider/")
            .map_or(provider, |(_, url)| url);
        let compared = match self.reach {
            Reach::Host => url.split('/').next().unwrap_or(url),
            Reach::Url => url.strip_suffix('/').unwrap_or(url),
        };
        compared.eq_ignore_ascii_case(self.url)
    }

    /// The condition key of a claim.
    fn key(&self, claim: &str) -> String {
        match claim.contains(':') {
            true => claim.to_owned(),
            false => format!("{}:{claim}", self.url),
        }
    }
}

fn not_pinned(provider: &str, issuer: &SharedIssuer) -> PolicyError {
    let keys: Vec<String> = issuer.claims.iter().map(|claim| issuer.key(claim)).collect();
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
    let mut limited = keys_under(statement, |o| {
        let compares_text = matches!(o.comparison, Comparison::Text { .. } | Comparison::Like);
        compares_text && !o.negated && !o.if_exists && o.quantifier != Quantifier::AllValues
    });
    limited.any(|key| {
        let values = key.value.list();
        is_claim(&key.key, issuer) && !values.is_empty() && values.iter().all(is_scoped)
    })
}

/// Whether a key is one of the issuer's claims. The issuer's part may carry a path, as GitHub's enterprise issuers do.
fn is_claim(key: &str, issuer: &SharedIssuer) -> bool {
    let claims = || issuer.claims.iter();
    let said = key.rsplit_once(':').is_some_and(|(provider, claim)| {
        issuer.is(provider) && claims().any(|known| known.eq_ignore_ascii_case(claim))
    });
    said || claims().any(|known| known.contains(':') && known.eq_ignore_ascii_case(key))
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
