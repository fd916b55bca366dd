//! Findings for a program, in the shape of the API's `ValidatePolicy`.

use locum_policy::{Finding, Location, PathElement, Position};
use serde_json::{Value, json};

use super::validate::Validated;

pub(super) fn page(files: &[Validated]) -> String {
    let files: Vec<Value> = files.iter().map(file).collect();
    format!("{:#}\n", json!({ "files": files }))
}

fn file(file: &Validated) -> Value {
    let findings: Vec<Value> = file.findings.iter().map(finding).collect();
    let mut value = json!({ "file": file.source.name, "policyType": file.kind.policy_type() });
    if let (Some(members), Some(resource)) = (value.as_object_mut(), file.kind.resource_type()) {
        members.insert("validatePolicyResourceType".to_owned(), json!(resource));
    }
    if let Some(members) = value.as_object_mut() {
        members.insert("findings".to_owned(), json!(findings));
    }
    value
}

fn finding(finding: &Finding) -> Value {
    let locations: Vec<Value> = finding.locations.iter().map(location).collect();
    json!({
        "findingDetails": finding.details(),
        "findingType": finding.kind.as_str(),
        "issueCode": finding.code.as_str(),
        "learnMoreLink": finding.code.learn_more(),
        "locations": locations,
    })
}

fn location(location: &Location) -> Value {
    let path: Vec<Value> = location.path.iter().map(step).collect();
    json!({
        "path": path,
        "span": { "start": position(location.span.start), "end": position(location.span.end) },
    })
}

fn step(element: &PathElement) -> Value {
    match element {
        PathElement::Index(index) => json!({ "index": index }),
        PathElement::Key(key) => json!({ "key": key }),
        PathElement::Value(key) => json!({ "value": key }),
        PathElement::Substring { start, length } => {
            json!({ "substring": { "start": start, "length": length } })
        }
    }
}

fn position(position: Position) -> Value {
    json!({ "line": position.line, "column": position.column, "offset": position.offset })
}
