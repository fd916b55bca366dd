//! What YAML, JSON and TOML have in common: a tree of values, each with its place.
//!
//! Everything after the three readers works on this tree, so that a mistake is told in the same words whatever the file
//! is written in, and a file in one format means what it means in the others.

use crate::{FileError, Place};

/// A value and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    /// A number as it was written.
    Number(String),
    Text(String),
    /// A word without quotes, which YAML leaves to the reader: `true`, `5` or a name. What it is depends on what is
    /// wanted there, so `no` stays a name and `012345678901` an account.
    Plain(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

impl Node {
    /// The kind in words.
    pub(crate) fn described(&self) -> &'static str {
        match &self.kind {
            Kind::Plain(word) if matches!(word.as_str(), "" | "~" | "null") => "nothing",
            Kind::Null => "nothing",
            Kind::Boolean(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::Text(_) | Kind::Plain(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    /// The value as JSON. A plain word is what JSON would take it for, and otherwise a text.
    ///
    /// Policies compare a number as the text that it is, so one that would not be written again as it stands here (`12e5`
    /// would be `12e+5`) stays a text.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::{Number, Value};
        let number = |text: &str| -> Option<Value> {
            let number: Number = text.parse().ok()?;
            (number.to_string() == text).then_some(Value::Number(number))
        };
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Number(text) => number(text).unwrap_or_else(|| Value::String(text.clone())),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::Plain(text) => match &**text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "" | "~" | "null" => Value::Null,
                _ => number(text).unwrap_or_else(|| Value::String(text.clone())),
            },
            Kind::List(nodes) => Value::Array(nodes.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => {
                let members = entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(members.collect())
            }
        }
    }
}

/// Refuses a key that stands twice in one map.
pub(crate) fn unique(entries: Vec<Entry>) -> Result<Kind, FileError> {
    let mut seen = std::collections::HashMap::new();
    for entry in &entries {
        if let Some(first) = seen.insert(&*entry.key, &entry.key_place) {
            let message = format!(
                "`{}` is here a second time, after {first}; keep one of them",
                entry.key
            );
            return Err(FileError::at(&entry.key_place, message));
        }
    }
    Ok(Kind::Map(entries))
}
