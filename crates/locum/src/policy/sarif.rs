//! Findings for code hosts and editors: SARIF 2.1.0, which counts columns from 1.

use std::fmt::Write;

use locum_policy::{Finding, FindingKind, IssueCode, Location};
use serde_json::{Value, json};

use super::validate::Validated;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn page(files: &[Validated]) -> String {
    let all = || files.iter().flat_map(|file| &file.findings);
    // In the order of the table, each once, so that the same findings make the same file.
    let used: Vec<IssueCode> = IssueCode::ALL
        .iter()
        .copied()
        .filter(|code| all().any(|finding| finding.code == *code))
        .collect();
    let results: Vec<Value> = files
        .iter()
        .flat_map(|file| file.findings.iter().map(|finding| result(file, finding, &used)))
        .collect();
    let page = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "locum",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": used.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{page:#}\n")
}

const fn level(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Error => "error",
        FindingKind::SecurityWarning | FindingKind::Warning => "warning",
        FindingKind::Suggestion => "note",
    }
}

fn rule(code: IssueCode) -> Value {
    let name = code.as_str().to_ascii_lowercase().replace('_', " ");
    let tags: &[&str] = if code.kind() == FindingKind::SecurityWarning {
        &["security"]
    } else {
        &[]
    };
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": name },
        "help": { "text": code.advice() },
        "helpUri": code.learn_more(),
        "defaultConfiguration": { "level": level(code.kind()) },
        "properties": { "tags": tags },
    })
}

fn result(file: &Validated, finding: &Finding, used: &[IssueCode]) -> Value {
    let mut places = finding.locations.iter().map(|location| place(file, location));
    let first = places.next();
    json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": used.iter().position(|code| *code == finding.code),
        "level": level(finding.kind),
        "message": { "text": format!("{} {}", finding.message, finding.code.advice()) },
        "locations": first.into_iter().collect::<Vec<_>>(),
        "relatedLocations": places.collect::<Vec<_>>(),
    })
}

fn place(file: &Validated, location: &Location) -> Value {
    let (start, end) = (location.span.start, location.span.end);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&file.source.name) },
        "region": {
            "startLine": start.line,
            "startColumn": start.column + 1,
            "endLine": end.line,
            "endColumn": end.column + 1,
            "charOffset": start.offset,
            "charLength": end.offset - start.offset,
        },
    }})
}

/// A path as a reference, relative as it was typed.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
