//! A message for a program: what the page tells, by its parts.

use serde_json::{Map, Value, json};

use super::{
    advice::{change, why},
    message::{Condition, Explanation, Items, Message, Statement, Text},
};

pub(super) fn document(message: &Message) -> Value {
    let context = &message.context;
    let statements: Vec<Value> = message.matched_statements.items.iter().map(statement).collect();
    let mut keys = Map::new();
    for condition in &context.conditions.items {
        keys.insert(condition.key.clone(), texts(&condition.values));
    }
    let change = if message.allowed {
        Vec::new()
    } else {
        change(message)
    };
    json!({
        "decision": match (message.allowed, message.explicit_deny) {
            (true, _) => "allowed",
            (false, true) => "explicitDeny",
            (false, false) => "implicitDeny",
        },
        "principal": { "arn": context.principal.arn, "id": context.principal.id },
        "action": context.action,
        "resource": context.resource,
        "decidedBy": message.explanation.as_ref().map(decided),
        "matchedStatements": statements,
        "conditionKeys": keys,
        "omitted": message.omitted,
        "explanation": why(message),
        "change": change,
    })
}

fn decided(explanation: &Explanation) -> Value {
    json!({
        "layer": explanation.layer,
        "policy": explanation.policy,
        "group": explanation.group,
        "statement": explanation.statement,
        "statementId": explanation.statement_id,
        "reason": explanation.reason,
    })
}

fn statement(statement: &Statement) -> Value {
    let conditions: Vec<Value> = statement.conditions.items.iter().map(condition).collect();
    json!({
        "statementId": statement.statement_id,
        "effect": statement.effect,
        "principals": texts(&statement.principals),
        "actions": texts(&statement.actions),
        "notActions": texts(&statement.not_actions),
        "resources": texts(&statement.resources),
        "notResources": texts(&statement.not_resources),
        "conditions": conditions,
    })
}

fn condition(condition: &Condition) -> Value {
    json!({ "operator": condition.operator, "key": condition.key, "values": texts(&condition.values) })
}

fn texts(list: &Items<Text>) -> Value {
    list.items
        .iter()
        .map(|text| Value::from(text.value.as_str()))
        .collect()
}
