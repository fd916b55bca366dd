//! Condition keys, from the command line and from JSON.

use std::fmt;

use locum_policy::{Context, same_key};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

/// The condition keys of a JSON object, none of them twice in any spelling: of two values one would be lost.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of condition keys")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Keys, M::Error> {
                let mut keys: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = members.next_entry::<String, Value>()? {
                    if keys.iter().any(|(other, _)| same_key(other, &key)) {
                        return Err(M::Error::custom(format!(
                            "the condition key {key} is given twice"
                        )));
                    }
                    keys.push((key, value));
                }
                Ok(Keys(keys))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

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
        let same = || pairs.iter().filter(|(other, ..)| same_key(other, key));
        if *several || same().nth(1).is_some() {
            context.set_many((*key).to_owned(), same().map(|(_, value, _)| (*value).to_owned()));
        } else {
            context.set((*key).to_owned(), (*value).to_owned());
        }
    }
    Ok(())
}

/// Reads the JSON object of a file.
pub(super) fn keys(name: &str, text: &str) -> Result<Keys, ContextError> {
    serde_json::from_str(text).map_err(|error| ContextError::NotKeys {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

/// Adds the keys of a JSON object.
pub(super) fn add_json(context: &mut Context<'static>, name: &str, keys: &Keys) -> Result<(), ContextError> {
    for (key, value) in &keys.0 {
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
