use super::*;
use serde_json::json;

fn read(text: &str) -> Result<Value, String> {
    parse(text, &|path| {
        Ok(path
            .strip_prefix("file://")
            .map(|name| format!("content of {name}")))
    })
}

#[test]
fn well_formed_texts() {
    for (text, expected) in [
        ("foo=bar", json!({"foo": "bar"})),
        ("foo=bar,baz=qux", json!({"foo": "bar", "baz": "qux"})),
        ("a=b,c", json!({"a": ["b", "c"]})),
        ("a=b,c,d=e,f", json!({"a": ["b", "c"], "d": ["e", "f"]})),
        ("foo=", json!({"foo": ""})),
        ("foo=,bar=", json!({"foo": "", "bar": ""})),
        ("foo=bar,baz=", json!({"foo": "bar", "baz": ""})),
        ("a=,b", json!({"a": ["", "b"]})),
        ("foo=a,b=", json!({"foo": "a", "b": ""})),
        ("Key=a,Value=\"b,c\"", json!({"Key": "a", "Value": "b,c"})),
        ("Value='b,c d=e'", json!({"Value": "b,c d=e"})),
        ("a='it\\'s'", json!({"a": "it's"})),
        ("a=\"x\\\"y\"", json!({"a": "x\"y"})),
        ("a='x\\\\y'", json!({"a": "x\\y"})),
        ("a='b','c',d=e", json!({"a": ["b", "c"], "d": "e"})),
        ("a=b\\,c", json!({"a": "b,c"})),
        ("a=[b,c],d=e", json!({"a": ["b", "c"], "d": "e"})),
        ("a=[]", json!({"a": []})),
        ("a={b=c,d=e},f=g", json!({"a": {"b": "c", "d": "e"}, "f": "g"})),
        ("a=[{b=c},{b=d}]", json!({"a": [{"b": "c"}, {"b": "d"}]})),
        ("a={b=[c,d]}", json!({"a": {"b": ["c", "d"]}})),
        ("a = b , c = d", json!({"a": "b", "c": "d"})),
        ("a=b==", json!({"a": "b=="})),
        ("a=b,,c=d", json!({"a": "b", "c": "d"})),
        (
            "arn=arn:aws:iam::123456789012:policy/p",
            json!({"arn": "arn:aws:iam::123456789012:policy/p"}),
        ),
        ("Value=file:///x", json!({"Value": "file:///x"})),
        ("Value@=file:///x", json!({"Value": "content of /x"})),
        (
            "Value@=plain,Key=file://y",
            json!({"Value": "plain", "Key": "file://y"}),
        ),
        ("k=äö", json!({"k": "äö"})),
    ] {
        assert_eq!(read(text), Ok(expected), "{text}");
    }
}

#[test]
fn malformed_texts() {
    for (text, expected) in [
        (
            "arn:aws:x",
            "Expected: '=', received: 'EOF' for input:\narn:aws:x\n         ^",
        ),
        ("", "Expected: '=', received: 'EOF' for input:\n\n^"),
        ("a=[b", "Expected: ',', received: 'EOF' for input:\na=[b\n    ^"),
        (
            "a='b",
            "Expected: '<singled quoted>', received: '<none>' for input:\na='b\n  ^",
        ),
        ("a={b}", "Expected: '=', received: '}' for input:\na={b}\n    ^"),
        (
            "Key=a,Key=b",
            "Second instance of key \"Key\" encountered for input:\nKey=a,Key=b\n      ^\nThis is often because \
             there is a preceding \",\" instead of a space.",
        ),
    ] {
        assert_eq!(read(text), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    assert!(read(&format!("a={}", "[".repeat(100_000))).is_err());
}

/// What the parsers of `aws` make of the same texts; `shorthand.py` beside the table derives it.
#[test]
fn texts_are_read_as_by_the_original() {
    const TABLE: &str = include_str!("../../tests/golden/shorthand.jsonl");
    // Brackets that close nothing are refused here, and those that close a map after an empty value close it.
    const OTHERWISE: [(&str, &str); 4] = [
        ("@a=b", "the place is that of the next character"),
        ("a={b=}", "an empty value, as outside of a map"),
        ("foo=]", "refused, as after a letter"),
        ("foo=}", "refused, as after a letter"),
    ];
    let mut differing = Vec::new();
    for line in TABLE.lines() {
        let (text, value, refusal): (String, Option<Value>, Option<String>) =
            serde_json::from_str(line).unwrap();
        let expected = value.map_or_else(|| Err(refusal.unwrap()), Ok);
        if read(&text) != expected {
            differing.push(text);
        }
    }
    assert_eq!(differing, OTHERWISE.map(|(text, _)| text));
}
