//! A description written: YAML, JSON or TOML.

mod toml;
mod yaml;

use serde_json::Value;

use crate::Described;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML, in block style.
    Yaml,
    /// JSON, indented.
    Json,
    /// TOML.
    Toml,
}

/// A description that a format has no way to say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot be written as {format}: {reason}")]
pub struct WriteError {
    format: &'static str,
    reason: String,
}

/// Returns a description as a file that reads as the same.
///
/// # Errors
/// [`WriteError`] for what the format has no way to say: a null in TOML, or nothing at all.
pub fn write(described: &Described, format: Format) -> Result<String, WriteError> {
    let value = serde_json::to_value(described).map_err(|error| WriteError {
        format: "JSON",
        reason: error.to_string(),
    })?;
    match format {
        Format::Yaml => Ok(yaml::page(&value)),
        Format::Json => Ok(format!("{value:#}\n")),
        Format::Toml => toml::page(&value),
    }
}

/// The members of an object, in their order.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
