//! Answers for a program.

use locum_policy::{Effect, Layer, Mismatch, Verdict};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome, Told};

pub(super) fn page(answers: &[Answer]) -> String {
    let misses = answers.iter().filter(|answer| answer.is_missed()).count();
    let answers: Vec<Value> = answers.iter().map(answer).collect();
    format!("{:#}\n", json!({ "answers": answers, "misses": misses }))
}

fn answer(answer: &Answer) -> Value {
    let (decision, layer) = match answer.decision {
        Outcome::Allow => ("allowed", None),
        Outcome::ExplicitDeny(layer) => ("explicitDeny", Some(layer)),
        Outcome::ImplicitDeny(layer) => ("implicitDeny", Some(layer)),
    };
    let verdicts: Map<String, Value> = answer
        .verdicts
        .iter()
        .map(|(layer, verdict)| (layer.name().to_owned(), word(*verdict).into()))
        .collect();
    let near = answer.near.iter().map(|(statement, mismatch)| {
        let mut value = told(statement);
        if let Some(members) = value.as_object_mut() {
            members.insert("mismatch".to_owned(), but_for(mismatch));
        }
        value
    });
    let missing = answer
        .missing
        .iter()
        .map(|(layer, key)| json!({ "key": key, "layer": layer.name() }));
    let mut value = json!({
        "principal": answer.principal,
        "action": answer.action,
        "resource": answer.resource,
        "decision": decision,
        "layers": verdicts,
        "matchedStatements": answer.statements.iter().map(told).collect::<Vec<_>>(),
        "nearStatements": near.collect::<Vec<_>>(),
        "missingContextValues": missing.collect::<Vec<_>>(),
    });
    let mut add = |name: &str, member: Value| {
        if let Some(members) = value.as_object_mut() {
            members.insert(name.to_owned(), member);
        }
    };
    if let Some(name) = &answer.name {
        add("name", name.as_str().into());
    }
    if let Some(layer) = layer {
        add("layer", Layer::name(layer).into());
    }
    if let Some(expected) = answer.expected {
        add("expected", expected.word().into());
        add("asExpected", (!answer.is_missed()).into());
    }
    if !answer.is_complete {
        add("incomplete", true.into());
    }
    value
}

fn told(statement: &Told) -> Value {
    let position = |position: locum_policy::Position| json!({ "line": position.line, "column": position.column.saturating_add(1) });
    json!({
        "layer": statement.layer.name(),
        "file": statement.file,
        "statement": statement.number,
        "statementId": statement.sid,
        "effect": match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
        "start": statement.span.map(|span| position(span.start)),
        "end": statement.span.map(|span| position(span.end)),
    })
}

fn but_for(mismatch: &Mismatch) -> Value {
    match mismatch {
        Mismatch::Principal => json!({ "element": "Principal" }),
        Mismatch::Action => json!({ "element": "Action" }),
        Mismatch::Resource => json!({ "element": "Resource" }),
        Mismatch::Condition {
            operator,
            key,
            present,
            unclear,
        } => json!({
            "element": "Condition", "operator": operator, "key": key, "present": present, "unclear": unclear
        }),
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allowed",
        Verdict::ImplicitDeny => "implicitDeny",
        Verdict::ExplicitDeny => "explicitDeny",
    }
}
