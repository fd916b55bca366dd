//! The few places where Python's own text reaches the user of `aws`: `repr`, `int()` and type names in messages.

use serde_json::{Number, Value};

/// Returns `repr(text)` for the texts that occur in messages.
pub(crate) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Reads what `int(text)` reads: blanks around, a sign, single underscores between digits. Returns decimal digits
/// without leading zeros, so that a number of any size reaches the service, which refuses it in its own words.
pub(crate) fn int(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let grouped = digits
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !grouped {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let plain = plain.trim_start_matches('0');
    Some(match (plain.is_empty(), negative) {
        (true, _) => "0".to_owned(),
        (false, true) => format!("-{plain}"),
        (false, false) => plain.to_owned(),
    })
}

/// Returns `str(value)` of a parsed JSON value.
pub(crate) fn str_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr_of(other),
    }
}

/// Returns `repr(value)` of a parsed JSON value.
fn repr_of(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => repr(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(repr_of).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(k, v)| format!("{}: {}", repr(k), repr_of(v)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Returns `type(value)` of a parsed JSON value, as `str` prints it.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Number(number) if is_float(&number.to_string()) => "<class 'float'>",
        Value::Number(_) => "<class 'int'>",
        Value::String(_) => "<class 'str'>",
        Value::Array(_) => "<class 'list'>",
        Value::Object(_) => "<class 'dict'>",
    }
}

/// Tells whether a JSON number is a float to Python.
pub(crate) fn is_float(number: &str) -> bool {
    number.contains(['.', 'e', 'E'])
}

/// Returns a double as `repr` prints it, if it is finite: small ones have an exponent of two digits.
pub(crate) fn float(value: f64) -> Option<Number> {
    let plain = Number::from_f64(value)?;
    if value == 0.0 || value.abs() >= 1e-4 {
        return Some(plain);
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once("e-")?;
    format!("{mantissa}e-{exponent:0>2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn int_reads_what_python_reads() {
        for (text, expected) in [
            ("900", Some("900")),
            (" 1_000 ", Some("1000")),
            ("+7", Some("7")),
            ("-5", Some("-5")),
            ("007", Some("7")),
            ("-0", Some("0")),
            ("99999999999999999999", Some("99999999999999999999")),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("", None),
            ("1.0", None),
            ("0x10", None),
            ("abc", None),
        ] {
            assert_eq!(int(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn repr_quotes_like_python() {
        assert_eq!(repr("abc"), "'abc'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("a'b\"c\n"), "'a\\'b\"c\\n'");
        assert_eq!(
            str_of(&json!({"a": [1, null, true, "x"]})),
            "{'a': [1, None, True, 'x']}"
        );
        assert_eq!(type_of(&json!(1.5)), "<class 'float'>");
    }
}
