//! The decoded message's document, in AWS's shape (`facts: sts §2.8`).

use locum_names::Arn;
use locum_policy::{Decision, Effect, Explanation, Request, StatementRef};
use locum_session::AuthorizationMessage;
use serde_json::{Value, json};

use super::Asked;

/// The whole document, short enough to be sealed: the conditions are left out first, then the statements' elements.
pub(super) fn document(
    asked: &Asked<'_>,
    request: &Request<'_>,
    explanation: &Explanation<'_>,
    reason: Value,
) -> Value {
    let explicit = matches!(explanation.decision, Decision::ExplicitDeny { .. });
    let owner = asked.caller_id.split(':').next().unwrap_or_default();
    let statements = |whole| -> Vec<Value> {
        let reported = explanation.reported();
        reported.map(|statement| item(statement, owner, whole)).collect()
    };
    let mut document = json!({
        "allowed": false,
        "explicitDeny": explicit,
        "matchedStatements": { "items": statements(true) },
        "failures": { "items": [] },
        "context": {
            "principal": { "id": asked.caller_id, "arn": asked.caller_arn },
            "action": request.action,
            "resource": request.resource,
            "conditions": { "items": conditions(request) },
        },
        "explanation": reason,
    });
    let shorter = [
        ("/context/conditions/items", Vec::new()),
        ("/matchedStatements/items", statements(false)),
        ("/matchedStatements/items", Vec::new()),
    ];
    for (place, items) in shorter {
        if document.to_string().len() <= AuthorizationMessage::MAX_DOCUMENT_LEN {
            break;
        }
        if let Some(value) = document.pointer_mut(place) {
            *value = Value::Array(items);
        }
    }
    document
}

fn items<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Value {
    let values: Vec<Value> = values
        .into_iter()
        .map(|value| json!({ "value": value.as_ref() }))
        .collect();
    json!({ "items": values })
}

fn item(statement: &StatementRef<'_>, owner: &str, whole: bool) -> Value {
    let effect = match statement.effect {
        Effect::Allow => "ALLOW",
        Effect::Deny => "DENY",
    };
    if !whole {
        return json!({ "statementId": statement.sid, "effect": effect });
    }
    let text = statement.text();
    let principals: Vec<&str> = match text.principals.as_slice() {
        [] => vec![owner],
        named => named.iter().map(|(_, value)| value.as_str()).collect(),
    };
    let conditions: Vec<Value> = text
        .conditions
        .iter()
        .map(|(operator, key, values)| json!({ "key": key, "operator": operator, "values": items(values) }))
        .collect();
    let member = |name: &'static str, negated: &'static str, not| if not { negated } else { name };
    json!({
        "statementId": statement.sid,
        "effect": effect,
        member("principals", "notPrincipals", text.not_principal): items(principals),
        "principalGroups": { "items": [] },
        member("actions", "notActions", text.not_action): items(&text.actions),
        member("resources", "notResources", text.not_resource): items(&text.resources),
        "conditions": { "items": conditions },
    })
}

/// The request's condition keys, and those that AWS makes of the resource.
fn conditions(request: &Request<'_>) -> Vec<Value> {
    let keys = request.context.iter();
    let mut conditions: Vec<Value> = keys
        .map(|(key, values)| json!({ "key": key, "values": items(values.iter()) }))
        .collect();
    if let Ok(arn) = Arn::parse(request.resource) {
        let kind = arn.resource.split(['/', ':']).next().unwrap_or_default();
        conditions.extend(
            [
                ("aws:Resource", arn.resource),
                ("aws:Account", arn.account),
                ("aws:Region", arn.region),
                ("aws:Service", arn.service),
                ("aws:Type", kind),
                ("aws:ARN", request.resource),
            ]
            .map(|(key, value)| json!({ "key": key, "values": items([value]) })),
        );
    }
    conditions
}
