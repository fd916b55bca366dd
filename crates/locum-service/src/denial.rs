//! A denial: the sentence for the client, and the explanation for those who may read it.
//!
//! The sentence is AWS's to the letter. The explanation has the shape of AWS's decoded message (`facts: sts §2.8`) with one
//! member more, `explanation`, that says which layer and which statement decided and what would have to change. It goes
//! into a sealed header, and in clear into the audit log. Of another account's policies it says no more than the layer:
//! a caller must not learn whether a foreign role exists or whom it trusts (`facts: sts §2.4`).

use locum_api::ApiError;
use locum_directory::Snapshot;
use locum_names::{AccountId, Partition, UniqueId};
use locum_policy::{Decision, Layer, Request, because};
use serde_json::{Value, json};

/// How much of the reason the sentence carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// `… on resource: R`, and nothing about why: AssumeRole and its siblings (`facts: sts §2.4`).
    Unexplained,
    /// `… on resource: R because …` (`facts: sts §7.2`).
    Full,
    /// `… because …` without the resource (`facts: sts §2.8`).
    WithoutResource,
}

/// A denied request.
#[derive(Debug, Clone)]
pub struct Denial {
    /// The sentence for the client.
    pub message: String,
    /// The account whose principals may decode the explanation.
    pub account: AccountId,
    /// What a decoded authorization message says.
    pub explanation: Value,
}

impl Denial {
    /// The error on the wire.
    #[must_use]
    pub fn error(&self) -> ApiError {
        ApiError::access_denied(self.message.as_str())
    }
}

/// Who asked for what, for the sentence.
pub(crate) struct Asked<'a> {
    pub(crate) caller_arn: &'a str,
    pub(crate) caller_id: &'a str,
    pub(crate) partition: Partition,
    pub(crate) wording: Wording,
}

/// Makes the denial of a request that was decided otherwise than `Allow`.
pub(crate) fn denial(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    request: &Request<'_>,
    decision: &Decision<'_>,
) -> Denial {
    let (action, resource) = (request.action, request.resource);
    let caller_account = request.principal.account.unwrap_or(request.resource_account);
    let foreign = caller_account != request.resource_account;
    let arn = asked.caller_arn;
    let mut message = format!("User: {arn} is not authorized to perform: {action}");
    if asked.wording != Wording::WithoutResource {
        message.push_str(" on resource: ");
        message.push_str(resource);
    }
    let source = source_name(snapshot, asked.partition, decision);
    if asked.wording != Wording::Unexplained {
        message.push(' ');
        message.push_str(&because(action, decision));
        if let Some(policy) = source.as_deref().filter(|name| name.starts_with("arn:")) {
            message.push_str(": ");
            message.push_str(policy);
        }
    }
    let hidden = foreign && is_resource_side(decision);
    let explanation = explanation(asked, request, decision, source.as_deref(), hidden);
    Denial {
        message,
        account: caller_account,
        explanation,
    }
}

fn is_resource_side(decision: &Decision<'_>) -> bool {
    match decision {
        Decision::Allow => false,
        Decision::ExplicitDeny { layer, .. } | Decision::ImplicitDeny { layer } => {
            matches!(layer, Layer::Resource | Layer::Trust | Layer::ResourceControl)
        }
    }
}

/// The ARN of a managed policy, or an inline policy's name.
fn source_name(snapshot: &Snapshot, partition: Partition, decision: &Decision<'_>) -> Option<String> {
    let Decision::ExplicitDeny { source, .. } = decision else {
        return None;
    };
    let managed = source
        .parse::<UniqueId>()
        .ok()
        .and_then(|id| snapshot.policy_by_id(&id));
    Some(managed.map_or_else(|| (*source).to_owned(), |policy| policy.arn(partition)))
}

fn explanation(
    asked: &Asked<'_>,
    request: &Request<'_>,
    decision: &Decision<'_>,
    source: Option<&str>,
    hidden: bool,
) -> Value {
    let explicit = matches!(decision, Decision::ExplicitDeny { .. }) && !hidden;
    let conditions: Vec<Value> = request
        .context
        .iter()
        .map(|(key, values)| {
            let items: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
            json!({ "key": key, "values": { "items": items } })
        })
        .collect();
    json!({
        "allowed": false,
        "explicitDeny": explicit,
        "matchedStatements": { "items": matched(decision, hidden) },
        "failures": { "items": [] },
        "context": {
            "principal": { "id": asked.caller_id, "arn": asked.caller_arn },
            "action": request.action,
            "resource": request.resource,
            "conditions": { "items": conditions },
        },
        "explanation": reason(request, decision, source, hidden),
    })
}

fn matched(decision: &Decision<'_>, hidden: bool) -> Vec<Value> {
    match decision {
        Decision::ExplicitDeny { sid, .. } if !hidden => {
            vec![json!({ "statementId": sid, "effect": "DENY" })]
        }
        Decision::ExplicitDeny { .. } | Decision::ImplicitDeny { .. } | Decision::Allow => Vec::new(),
    }
}

/// What decided, for a person.
fn reason(request: &Request<'_>, decision: &Decision<'_>, source: Option<&str>, hidden: bool) -> Value {
    let action = request.action;
    match decision {
        Decision::Allow => Value::Null,
        _ if hidden => json!({
            "layer": "resource account",
            "reason": format!("The account that owns the resource does not allow {action} to this caller."),
        }),
        Decision::ExplicitDeny {
            layer,
            statement,
            sid,
            ..
        } => json!({
            "layer": layer.name(),
            "policy": source,
            "statement": statement,
            "statementId": sid,
            "reason": format!(
                "Statement {statement}{} of the {layer} {} denies {action}; no Allow can override it.",
                if sid.is_empty() { String::new() } else { format!(" ({sid})") },
                source.unwrap_or_default(),
            ),
        }),
        Decision::ImplicitDeny { layer } => json!({
            "layer": layer.name(),
            "reason": format!("No {layer} of the caller allows {action} on {}.", request.resource),
        }),
    }
}
