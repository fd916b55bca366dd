//! Columns separated by tabs: scalars first, sorted by key, then every nested part on lines that start with its name.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{is_scalar, scalar};

/// Renders a value.
pub(crate) fn render(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, None, None);
    out
}

fn write(out: &mut String, value: &Value, name: Option<&str>, keys: Option<&BTreeSet<&str>>) {
    match value {
        Value::Object(members) => write_object(out, members, name, keys),
        Value::Array(items) => write_list(out, items, name),
        other => line(out, vec![scalar(other)]),
    }
}

fn write_list(out: &mut String, items: &[Value], name: Option<&str>) {
    if items.iter().any(Value::is_object) {
        // Every line of the list gets the same columns, whether the item has the key or not.
        let keys: BTreeSet<&str> = items
            .iter()
            .filter_map(Value::as_object)
            .flatten()
            .filter(|(_, value)| is_scalar(value))
            .map(|(key, _)| key.as_str())
            .collect();
        for item in items {
            write(out, item, name, Some(&keys));
        }
        return;
    }
    let (scalars, nested): (Vec<_>, Vec<_>) = items.iter().partition(|item| is_scalar(item));
    match name {
        _ if scalars.is_empty() => {}
        Some(name) => {
            for item in scalars {
                line(out, vec![name.to_uppercase(), scalar(item)]);
            }
        }
        None => line(out, scalars.into_iter().map(scalar).collect()),
    }
    for item in nested {
        write(out, item, name, None);
    }
}

fn write_object(
    out: &mut String,
    members: &Map<String, Value>,
    name: Option<&str>,
    keys: Option<&BTreeSet<&str>>,
) {
    let mut sorted: Vec<(&str, &Value)> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
    sorted.sort_by_key(|(key, _)| *key);
    let (mut columns, nested): (Vec<String>, Vec<_>) = match keys {
        None => {
            let (scalars, nested): (Vec<_>, Vec<_>) =
                sorted.into_iter().partition(|(_, value)| is_scalar(value));
            (
                scalars.into_iter().map(|(_, value)| scalar(value)).collect(),
                nested,
            )
        }
        Some(keys) => (
            keys.iter()
                .map(|key| members.get(*key).map(scalar).unwrap_or_default())
                .collect(),
            sorted
                .into_iter()
                .filter(|(key, _)| !keys.contains(key))
                .collect(),
        ),
    };
    if !columns.is_empty() {
        if let Some(name) = name {
            columns.insert(0, name.to_uppercase());
        }
        line(out, columns);
    }
    for (key, value) in nested {
        write(out, value, Some(key), None);
    }
}

fn line(out: &mut String, columns: Vec<String>) {
    out.push_str(&columns.join("\t"));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_of_aws() {
        // Printed by aws 2.9.19 for the same values.
        for (value, expected) in [
            (
                json!({"B": 1, "A": "x", "Sub": {"Y": true, "X": null}}),
                "x\t1\nSUB\tNone\tTrue\n",
            ),
            (json!(["a", "b"]), "a\tb\n"),
            (json!([]), ""),
            (json!({}), ""),
            (json!(null), "None\n"),
            (json!({"L": ["a", "b"]}), "L\ta\nL\tb\n"),
            (json!([{"a": 1}, {"b": 2, "c": {"d": 3}}]), "1\t\n\t2\nC\t3\n"),
            (json!([["a", "b"], ["c"]]), "a\tb\nc\n"),
            (json!(["a", ["b"]]), "a\nb\n"),
        ] {
            assert_eq!(render(&value), expected, "{value}");
        }
    }
}
