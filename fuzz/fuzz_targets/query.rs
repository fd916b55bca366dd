//! A line with an expression of `--query`, then a document in JSON: it is read without a panic, and what must be the same by the
//! rules of the language is: in parentheses, behind a pipe, out of a list or a structure. A line that is a slice is compared with
//! a plain reading of one.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../crates/locum/src/cli"]
mod cli {
    pub(crate) mod python;
    pub(crate) mod query;

    /// What the query's own errors need of those of the command.
    pub(crate) mod errors {
        #[derive(Debug, PartialEq)]
        pub(crate) enum Failure {
            Validation(String),
            General(String),
        }
    }
}

use cli::query::Query;

/// What the expression makes of a document; the outer error is of its syntax.
fn applied(text: &str, document: &Value) -> Result<Result<Value, ()>, ()> {
    let query = Query::parse(text).map_err(drop)?;
    Ok(query.apply(document).map_err(drop))
}

/// The items of a slice by counting, as Python's own do; `None` where it is no slice or has no steps.
fn sliced(text: &str, length: usize) -> Option<Vec<usize>> {
    let parts: Vec<&str> = text.split(':').collect();
    let number = |place: usize| -> Option<Option<i128>> {
        match parts.get(place).copied().unwrap_or_default() {
            "" => Some(None),
            text => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let is_one =
                    !digits.is_empty() && digits.len() < 30 && digits.bytes().all(|b| b.is_ascii_digit());
                is_one.then(|| text.parse().ok())
            }
        }
    };
    let (start, stop, step) = (number(0)?, number(1)?, number(2)?.unwrap_or(1));
    if !(2..=3).contains(&parts.len()) || step == 0 {
        return None;
    }
    let length = i128::try_from(length).ok()?;
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let place = |given: Option<i128>, other| match given {
        None => other,
        Some(given) if given < 0 => (given + length).clamp(lowest, highest),
        Some(given) => given.clamp(lowest, highest),
    };
    let (first, end) = if step > 0 {
        (lowest, highest)
    } else {
        (highest, lowest)
    };
    let (mut at, stop) = (place(start, first), place(stop, end));
    let mut items = Vec::new();
    while if step > 0 { at < stop } else { at > stop } {
        items.push(usize::try_from(at).ok()?);
        at += step;
    }
    Some(items)
}

/// Whether every number is one to the engine: one that no double holds equals nothing.
fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        Value::Array(items) => items.iter().all(is_finite),
        Value::Object(members) => members.values().all(is_finite),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (text, document) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(document) = serde_json::from_str::<Value>(document) else {
        return;
    };
    if let Value::Array(items) = &document
        && let Some(expected) = sliced(text, items.len())
    {
        let expected: Vec<Value> = expected
            .into_iter()
            .filter_map(|at| items.get(at).cloned())
            .collect();
        // A slice is a projection, which leaves out what is null.
        let expected: Vec<Value> = expected.into_iter().filter(|item| !item.is_null()).collect();
        let found = applied(&format!("[{text}]"), &document).expect("a slice");
        // Its numbers as they are printed.
        let expected = applied("@", &Value::from(expected)).expect("an expression");
        assert_eq!(found, expected);
    }
    // Each comma may double what there is, as in `[@,@]|[@,@]`, and that is the wish of whoever writes it.
    let count = |letters: &[u8]| text.bytes().filter(|byte| letters.contains(byte)).count();
    // The engine goes only so deep, and what is around the expression here goes deeper.
    if count(b",") > 12 || count(b"!([{&|.<>=*") > 60 || text.len() > 512 {
        return;
    }
    let Ok(found) = applied(text, &document) else {
        return;
    };
    let same = |wrapped: String| {
        if let Ok(again) = applied(&wrapped, &document) {
            assert_eq!(
                again.as_ref().map(Value::to_string),
                found.as_ref().map(Value::to_string),
                "{wrapped}"
            );
        }
    };
    same(format!("({text})"));
    same(format!("{text} | @"));
    if !document.is_null() {
        same(format!("[({text})] | [0]"));
        same(format!("{{a: {text}}} | a"));
    }
    let Ok(value) = found else {
        return;
    };
    let says = |wrapped: String, expected: Value| {
        if let Ok(again) = applied(&wrapped, &document) {
            assert_eq!(again, Ok(expected), "{wrapped}");
        }
    };
    says(format!("!({text})"), Value::Bool(is_false(&value)));
    // The text of an expression, as in `to_string(&a)`, is whatever the engine calls it.
    let names_expression = text.contains('&') && text.contains("to_string");
    if is_finite(&value) && !names_expression {
        says(format!("({text}) == ({text})"), Value::Bool(true));
        says(format!("not_null({text}) == ({text})"), Value::Bool(true));
    }
    let kind = match &value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    says(format!("type({text})"), kind.into());
    let printed = value.to_string();
    let read: Value = serde_json::from_str(&printed).expect("what is printed is JSON");
    assert_eq!(read.to_string(), printed);
});
