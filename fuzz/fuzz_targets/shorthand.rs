//! A structure in the shorthand of `aws`: what is read can be written again and is then the same, holds no more than the text, and
//! where nothing is quoted or nested it is what splitting at commas makes of it.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

#[path = "../../crates/locum/src/cli/shorthand.rs"]
mod shorthand;

const CONTENT: &str = "what the \"file\" holds,\n\\";

fn read_file(path: &str) -> Result<Option<String>, String> {
    match path.strip_prefix("file://") {
        Some("gone") => Err("there is no such file".to_owned()),
        Some(_) => Ok(Some(CONTENT.to_owned())),
        None => Ok(None),
    }
}

fn members(object: &Map<String, Value>) -> String {
    let members: Vec<String> = object
        .iter()
        .map(|(key, value)| format!("{key}={}", written(value)))
        .collect();
    members.join(",")
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        Value::Object(object) => format!("{{{}}}", members(object)),
        other => panic!("shorthand has no {other}"),
    }
}

/// How deep a value is, and how many letters are in it but for those of files.
fn extent(value: &Value) -> (usize, usize) {
    let of = |values: &mut dyn Iterator<Item = (usize, usize)>| {
        values.fold((0, 0), |(deep, long), (depth, length)| {
            (deep.max(depth), long + length)
        })
    };
    match value {
        Value::Array(items) => {
            let (depth, length) = of(&mut items.iter().map(extent));
            (depth + 1, length)
        }
        Value::Object(object) => {
            let mut inner = object.iter().map(|(key, value)| {
                let (depth, length) = extent(value);
                (depth, key.len() + length)
            });
            let (depth, length) = of(&mut inner);
            (depth + 1, length)
        }
        Value::String(text) if text == CONTENT => (0, 0),
        Value::String(text) => (0, text.len()),
        _ => (0, 0),
    }
}

/// What a text without quotes, brackets and blanks says; `None` where that needs more than commas.
fn split(text: &str) -> Option<Value> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.#/:=,!?+%~".contains(c);
    let is_key = |key: &str| {
        key.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c))
    };
    if !text.chars().all(plain) {
        return None;
    }
    let mut object = Map::<String, Value>::new();
    let mut last = String::new();
    for (place, piece) in text.split(',').enumerate() {
        match piece.split_once('=') {
            Some((key, value)) if is_key(key) && !value.starts_with('=') => {
                let before = object.insert(key.to_owned(), value.into());
                if before.is_some() {
                    return None;
                }
                last = key.to_owned();
            }
            None if place > 0 && !piece.is_empty() => {
                let value = object.get_mut(&last)?;
                match value {
                    Value::Array(items) => items.push(piece.into()),
                    first => *first = Value::Array(vec![first.take(), piece.into()]),
                }
            }
            _ => return None,
        }
    }
    Some(Value::Object(object))
}

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let read = shorthand::parse(text, &read_file);
    if let Some(expected) = split(text) {
        assert_eq!(read, Ok(expected));
    }
    match read {
        Ok(value) => {
            let (depth, length) = extent(&value);
            assert!(depth <= 66 && length <= text.len(), "{depth} {length}");
            let object = value.as_object().expect("a structure");
            let again = members(object);
            assert_eq!(shorthand::parse(&again, &read_file), Ok(value.clone()), "{again}");
        }
        Err(sentence) => assert!(!sentence.is_empty() && sentence.len() <= 4 * text.len() + 256),
    }
});
