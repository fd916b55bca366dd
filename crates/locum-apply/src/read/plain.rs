//! A text of YAML as plain values, for those who want no more of it than of JSON.
//!
//! A word without quotes is what YAML 1.2 takes it for: `true` and `900` are no texts, `yes` and `2027-01-01` are.

use serde_json::{Number, Value};

use super::{
    node::{Kind, Node},
    yaml,
};
use crate::FileError;

/// Reads a text of YAML, which holds one document or none; `name` stands for it in errors.
///
/// # Errors
/// [`FileError`]: what is wrong first, with its place. More than one document, a tag other than `!!str`, or a key twice is refused.
pub fn read_yaml(name: &str, text: &str) -> Result<Value, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let documents = yaml::read(&name.into(), text)?;
    match documents.as_slice() {
        [] => Ok(Value::Null),
        [only] => Ok(value(only)),
        [_, second, ..] => Err(FileError::at(&second.place, "a second document; one is wanted")),
    }
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Plain(word) => plain(word),
        Kind::List(nodes) => nodes.iter().map(value).collect(),
        Kind::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.clone(), value(&entry.value)))
            .collect(),
        _ => node.to_json(),
    }
}

fn plain(word: &str) -> Value {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(word).map_or_else(|| Value::String(word.to_owned()), Value::Number),
    }
}

fn number(word: &str) -> Option<Number> {
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    let sign = if word.starts_with('-') { "-" } else { "" };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            let digits = digits.replace('_', "");
            if !digits.starts_with(|first: char| first.is_digit(radix)) {
                return None;
            }
            let size = i64::from_str_radix(&digits, radix).ok()?;
            return Some(
                if sign.is_empty() {
                    size
                } else {
                    size.checked_neg()?
                }
                .into(),
            );
        }
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let digits = unsigned.replace('_', "");
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let significant = match digits.trim_start_matches('0') {
            "" => "0",
            significant => significant,
        };
        return format!("{sign}{significant}").parse().ok();
    }
    let float = |text: &str| text.parse().ok().and_then(Number::from_f64);
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    plain.then(|| float(&format!("{sign}{digits}"))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What ruamel.yaml reads, in which dates are no texts and merge keys are known.
    #[test]
    fn words_are_what_yaml_takes_them_for() {
        for (text, expected) in [
            ("a: yes", json!({"a": "yes"})),
            ("a: 'true'", json!({"a": "true"})),
            ("a: TRUE", json!({"a": true})),
            ("a: NULL", json!({"a": null})),
            ("a: 010", json!({"a": 10})),
            ("a: 0o10", json!({"a": 8})),
            ("a: -0x1f", json!({"a": -31})),
            ("a: 0b11", json!({"a": 3})),
            ("a: 0x-5", json!({"a": "0x-5"})),
            ("a: -0x-8000000000000000", json!({"a": "-0x-8000000000000000"})),
            ("a: !!str 012345678901", json!({"a": "012345678901"})),
            ("a: !!str yes", json!({"a": "yes"})),
            ("a: 1_000", json!({"a": 1000})),
            ("a: +12", json!({"a": 12})),
            ("a: 12.50", json!({"a": 12.5})),
            ("a: 1e3", json!({"a": 1000.0})),
            ("a: 1:30", json!({"a": "1:30"})),
            ("a: 2020-01-01", json!({"a": "2020-01-01"})),
            ("a: .", json!({"a": "."})),
            ("1: b", json!({"1": "b"})),
            ("a: &x [1]\nb: *x", json!({"a": [1], "b": [1]})),
            ("a: |\n  b\n  c\n", json!({"a": "b\nc\n"})),
            ("{a: 1} # b", json!({"a": 1})),
            ("- a\n- b", json!(["a", "b"])),
            ("foo", json!("foo")),
            ("", json!(null)),
        ] {
            assert_eq!(read_yaml("text", text), Ok(expected), "{text}");
        }
        for text in [
            "a: 1\na: 2",
            "a: 1\n---\nb: 2",
            "a: !x b",
            "a: !!str [1]",
            "a: !!int 1",
            "a: [",
            "a: b: c",
        ] {
            assert!(read_yaml("text", text).is_err(), "{text}");
        }
    }
}
