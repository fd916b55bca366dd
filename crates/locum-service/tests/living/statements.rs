//! What a statement says of a request, read from the text of its policy each time.

use std::collections::BTreeMap;

use serde_json::Value;

/// Condition keys in lower case, and their values.
pub(super) type Keys = BTreeMap<String, Vec<String>>;

pub(super) struct Asked<'a> {
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) keys: &'a Keys,
}

pub(super) fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn statements(document: &Value) -> Vec<&Value> {
    match &document["Statement"] {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Whether a document has a statement of this effect that bears on the request.
pub(super) fn says(document: &str, effect: &str, asked: &Asked<'_>) -> bool {
    let document: Value = serde_json::from_str(document).unwrap();
    statements(&document)
        .into_iter()
        .any(|statement| statement["Effect"] == effect && bears(statement, asked))
}

/// Whether everything but the principal fits.
pub(super) fn bears(statement: &Value, asked: &Asked<'_>) -> bool {
    let action = list(&statement["Action"])
        .iter()
        .any(|pattern| glob(&pattern.to_lowercase(), &asked.action.to_lowercase()));
    // A trust policy has no resource.
    let resource = match &statement["Resource"] {
        Value::Null => true,
        given => list(given).iter().any(|pattern| {
            filled(pattern, asked.keys, true).is_some_and(|pattern| glob(&pattern, asked.resource))
        }),
    };
    action && resource && holds(&statement["Condition"], asked.keys)
}

fn holds(condition: &Value, keys: &Keys) -> bool {
    let Some(operators) = condition.as_object() else {
        return true;
    };
    operators.iter().all(|(operator, tests)| {
        let tests = tests.as_object().unwrap();
        tests
            .iter()
            .all(|(key, values)| one(operator, keys.get(&key.to_lowercase()), &list(values), keys))
    })
}

fn one(operator: &str, found: Option<&Vec<String>>, values: &[&str], keys: &Keys) -> bool {
    if operator == "Null" {
        return (values == ["true"]) == found.is_none();
    }
    let compare = |operator: &str, found: &str| {
        values.iter().any(|value| {
            let pattern = matches!(operator, "StringLike" | "ArnLike");
            let Some(value) = filled(value, keys, pattern) else {
                return false;
            };
            match operator {
                "StringLike" => glob(&value, found),
                "ArnLike" => {
                    let (value, found): (Vec<_>, Vec<_>) =
                        (value.splitn(6, ':').collect(), found.splitn(6, ':').collect());
                    value.len() == found.len() && value.iter().zip(found).all(|(v, f)| glob(v, f))
                }
                "DateLessThan" => found < value.as_str(),
                _ => found == value,
            }
        })
    };
    if let Some(operator) = operator.strip_prefix("ForAnyValue:") {
        return found.is_some_and(|found| found.iter().any(|found| compare(operator, found)));
    }
    if let Some(operator) = operator.strip_prefix("ForAllValues:") {
        return found.is_none_or(|found| found.iter().all(|found| compare(operator, found)));
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let found = found.map(|found| {
        assert_eq!(found.len(), 1, "{operator} {found:?}");
        found[0].as_str()
    });
    match operator {
        "StringNotEquals" | "ArnNotLike" | "StringNotLike" => {
            let operator = operator.replace("Not", "");
            found.is_none_or(|found| !compare(&operator, found))
        }
        _ => found.map_or(if_exists, |found| compare(operator, found)),
    }
}

/// A text with its variables filled in; stars of their values are no wildcards, so they become another sign.
fn filled(text: &str, keys: &Keys, pattern: bool) -> Option<String> {
    let mut rest = text;
    let mut made = String::new();
    while let Some((before, after)) = rest.split_once("${") {
        let (key, after) = after.split_once('}').unwrap();
        made.push_str(before);
        let [value] = keys.get(&key.to_lowercase())?.as_slice() else {
            return None;
        };
        assert!(!pattern || !value.contains(['*', '?']));
        made.push_str(value);
        rest = after;
    }
    made.push_str(rest);
    Some(made)
}

pub(super) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            glob(&pattern[1..], text)
                || text
                    .chars()
                    .next()
                    .is_some_and(|c| glob(pattern, &text[c.len_utf8()..]))
        }
        Some(wanted) => text.chars().next().is_some_and(|c| {
            (wanted == '?' || wanted == c) && glob(&pattern[wanted.len_utf8()..], &text[c.len_utf8()..])
        }),
    }
}
