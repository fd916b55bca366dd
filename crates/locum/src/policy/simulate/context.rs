//! Condition keys, from the command line and from JSON.

use locum_policy::Context;
use serde_json::{Map, Value};

/// Why a condition key was not understood.
#[derive(Debug, thiserror::Error)]
pub(super) enum ContextError {
    #[error("a condition key is given as key=value, not as {0}")]
    NoValue(String),
    #[error("{name} is not a JSON object of condition keys: {reason}")]
    NotKeys { name: String, reason: String },
    #[error("{name}: the value of {key} is a text, a number, a boolean, or a list of them")]
    NotValue { name: String, key: String },
}

/// Adds keys given as `key=value`. A key that occurs again, or ends in `[]`, has several values.
pub(super) fn add_words<'w>(
    context: &mut Context<'static>,
    words: impl Iterator<Item = &'w str> + Clone,
) -> Result<(), ContextError> {
    let mut pairs: Vec<(&str, &str, bool)> = Vec::new();
    for word in words {
        let (key, value) = word
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| ContextError::NoValue(word.to_owned()))?;
        let (key, several) = match key.strip_suffix("[]") {
            Some(key) => (key, true),
            None => (key, false),
        };
        pairs.push((key, value, several));
    }
    for (key, value, several) in &pairs {
        let same = || pairs.iter().filter(|(other, ..)| other.eq_ignore_ascii_case(key));
        if *several || same().nth(1).is_some() {
            context.set_many((*key).to_owned(), same().map(|(_, value, _)| (*value).to_owned()));
        } else {
            context.set((*key).to_owned(), (*value).to_owned());
        }
    }
    Ok(())
}

/// Reads the JSON object of a file.
pub(super) fn keys(name: &str, text: &str) -> Result<Map<String, Value>, ContextError> {
    serde_json::from_str(text).map_err(|error| ContextError::NotKeys {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

/// Adds the keys of a JSON object.
pub(super) fn add_json(
    context: &mut Context<'static>,
    name: &str,
    keys: &Map<String, Value>,
) -> Result<(), ContextError> {
    for (key, value) in keys {
        let refused = || ContextError::NotValue {
            name: name.to_owned(),
            key: key.clone(),
        };
        match value {
            Value::Array(values) => {
                let values: Vec<String> = values
                    .iter()
                    .map(|value| scalar(value).ok_or_else(refused))
                    .collect::<Result<_, _>>()?;
                context.set_many(key.clone(), values);
            }
            single => context.set(key.clone(), scalar(single).ok_or_else(refused)?),
        }
    }
    Ok(())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
