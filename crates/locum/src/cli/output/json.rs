//! JSON as Python's `json.dumps(indent=4, ensure_ascii=False)` writes it.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// Renders a value and ends the line.
pub(crate) fn render(value: &Value) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(b"    "));
    // A value without a map keyed by something else than text always serialises.
    let _ = value.serialize(&mut serializer);
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn indent_four_and_no_escapes_beyond_need() {
        let value = json!({"b": {"é": "\u{1f}\"\\/\n\u{7f}😀"}, "a": [1, [], {}], "n": null});
        let expected = "{\n    \"b\": {\n        \"é\": \"\\u001f\\\"\\\\/\\n\u{7f}😀\"\n    },\n    \"a\": [\n        1,\n        [],\n        {}\n    ],\n    \"n\": null\n}\n";
        assert_eq!(render(&value), expected);
        assert_eq!(render(&json!("x")), "\"x\"\n");
    }
}
