//! YAML out: block style, and quotes around everything that is not plainly a word.
//!
//! What is quoted is quoted as JSON, which every YAML reader takes the same way. That is more quotes than some like, and
//! none too few: an unquoted `no`, `1e3` or `2012-10-17` is another value to one reader or the other.

use serde_json::Value;

use super::members;

/// Words that some reader takes for something else than a text.
const TAKEN: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];

/// Returns a document of YAML.
pub(super) fn page(value: &Value) -> String {
    let mut page = String::new();
    if members(value).next().is_none() {
        page.push_str("{}\n");
    }
    map(&mut page, value, 0);
    page
}

fn map(page: &mut String, value: &Value, depth: usize) {
    for (key, value) in members(value) {
        page.push_str(&"  ".repeat(depth));
        page.push_str(&scalar(key));
        page.push(':');
        after_key(page, value, depth);
    }
}

/// A value behind `key:` or `-`, whose line has begun.
fn after_key(page: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(inner) if !inner.is_empty() => {
            page.push('\n');
            map(page, value, depth + 1);
        }
        Value::Array(values) if !values.is_empty() => {
            page.push('\n');
            list(page, values, depth + 1);
        }
        other => {
            page.push(' ');
            page.push_str(&line(other));
            page.push('\n');
        }
    }
}

fn list(page: &mut String, values: &[Value], depth: usize) {
    for value in values {
        page.push_str(&"  ".repeat(depth));
        page.push('-');
        match value {
            // The first member stands on the line of the dash.
            Value::Object(inner) if !inner.is_empty() => {
                let mut block = String::new();
                map(&mut block, value, depth + 1);
                page.push(' ');
                page.push_str(block.trim_start());
            }
            other => after_key(page, other, depth),
        }
    }
}

fn line(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        // Empty collections, numbers, truths and null are the same in JSON.
        other => other.to_string(),
    }
}

fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let quoted = Value::from(text).to_string();
    let mut escaped = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        // JSON leaves these as they are; to YAML they are line ends, or nothing that may stand in a file.
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn is_plain(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let inside = |c: char| c.is_ascii_alphanumeric() || "_./@+=*-,: ".contains(c);
    starts
        && text.chars().all(inside)
        && !text.contains(": ")
        && !text.contains("  ")
        && !text.ends_with([':', ' '])
        && !TAKEN.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_words_are_plain() {
        for (text, plain) in [
            ("s3:GetObject", true),
            ("arn:aws:iam::aws:policy/X", true),
            ("/team/", true),
            ("Read the lake, and no more.", true),
            ("", false),
            ("no", false),
            ("Null", false),
            ("*", false),
            ("123", false),
            ("2012-10-17", false),
            ("a: b", false),
            ("a:", false),
            ("a #b", false),
            ("${locum:account}", false),
            ("ü", false),
            ("two\nlines", false),
        ] {
            assert_eq!(is_plain(text), plain, "{text:?}");
        }
    }

    #[test]
    fn lists_of_maps_begin_at_the_dash() {
        let value = json!({"a": [{"b": ["c"], "d": {}}, [1, [2]], true], "e": {"f": null}, "5": []});
        assert_eq!(
            page(&value),
            "a:\n  - b:\n      - c\n    d: {}\n  -\n    - 1\n    -\n      - 2\n  - true\ne:\n  f: null\n\"5\": []\n"
        );
    }
}
