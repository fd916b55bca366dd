//! TOML out.

use serde_json::Value;

use super::{WriteError, members};

/// Returns a document of TOML.
pub(super) fn page(value: &Value) -> Result<String, WriteError> {
    let error = |reason: String| WriteError {
        format: "TOML",
        reason,
    };
    let converted = convert(value).map_err(error)?;
    toml::to_string_pretty(&converted).map_err(|e| error(e.to_string()))
}

fn convert(value: &Value) -> Result<toml::Value, String> {
    Ok(match value {
        Value::Null => return Err("it has no null".to_owned()),
        Value::Bool(value) => toml::Value::Boolean(*value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => toml::Value::Integer(integer),
            None => toml::Value::Float(number.as_f64().ok_or("a number is too large")?),
        },
        Value::String(text) => toml::Value::String(text.clone()),
        Value::Array(values) => toml::Value::Array(values.iter().map(convert).collect::<Result<_, _>>()?),
        Value::Object(_) => {
            let table = members(value).map(|(key, value)| Ok((key.clone(), convert(value)?)));
            toml::Value::Table(table.collect::<Result<_, String>>()?)
        }
    })
}
