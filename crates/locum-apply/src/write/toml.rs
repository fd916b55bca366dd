//! TOML out.

use serde_json::Value;

use super::{WriteError, members};

/// Returns a document of TOML.
pub(super) fn page(value: &Value) -> Result<String, WriteError> {
    let error = |reason: String| WriteError {
        format: "TOML",
        reason,
    };
    if members(value).next().is_none() {
        return Err(error("a file of it with nothing in it is refused".to_owned()));
    }
    let converted = convert(value).map_err(error)?;
    toml::to_string_pretty(&converted).map_err(|e| error(e.to_string()))
}

fn convert(value: &Value) -> Result<toml::Value, String> {
    Ok(match value {
        Value::Null => return Err("it has no null".to_owned()),
        Value::Bool(value) => toml::Value::Boolean(*value),
        Value::Number(number) => same_number(number.as_str()),
        Value::String(text) => toml::Value::String(text.clone()),
        Value::Array(values) => toml::Value::Array(values.iter().map(convert).collect::<Result<_, _>>()?),
        Value::Object(_) => {
            let table = members(value).map(|(key, value)| Ok((key.clone(), convert(value)?)));
            toml::Value::Table(table.collect::<Result<_, String>>()?)
        }
    })
}

/// A number that TOML writes with the same digits, and otherwise its text: policies compare numbers as texts.
fn same_number(text: &str) -> toml::Value {
    let integer = text.parse().map(toml::Value::Integer);
    let float = || text.parse().map(toml::Value::Float);
    let number = integer.ok().or_else(|| float().ok());
    number
        .filter(|number| number.to_string() == text)
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (number, written) in [
            ("7", "7"),
            ("1.5", "1.5"),
            ("2.0", "2.0"),
            ("1.10", "\"1.10\""),
            ("-0", "\"-0\""),
            ("12e+5", "\"12e+5\""),
            (
                "123456789012345678901234567890",
                "\"123456789012345678901234567890\"",
            ),
        ] {
            let value: Value = serde_json::from_str(&format!("{{\"a\": {number}}}")).unwrap();
            assert_eq!(page(&value).unwrap(), format!("a = {written}\n"));
        }
    }
}
