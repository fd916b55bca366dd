//! The formats of a result, byte for byte those of AWS CLI v2 (`facts: cli §1.5`).

mod json;
mod table;
mod text;
mod width;
mod yaml;

use serde_json::Value;

use super::python;

/// The setting of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON, indented by four.
    Json,
    /// Columns separated by tabs.
    Text,
    /// Boxes.
    Table,
    /// YAML with sorted keys.
    Yaml,
    /// A YAML list of pages; here always of one.
    YamlStream,
    /// Nothing.
    Off,
}

impl Format {
    /// The names, in the order of the help.
    pub(crate) const NAMES: [&'static str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];

    /// Returns the format of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "text" => Self::Text,
            "table" => Self::Table,
            "yaml" => Self::Yaml,
            "yaml-stream" => Self::YamlStream,
            "off" => Self::Off,
            _ => return None,
        })
    }
}

/// What a table needs to know about its surroundings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The width of the terminal; 80 where there is none.
    pub(crate) width: usize,
    /// Whether to colour.
    pub(crate) colour: bool,
}

/// Renders a result. `title` is the operation.
pub(crate) fn render(format: Format, title: &str, value: &Value, look: Look) -> String {
    let empty = value.as_object().is_some_and(serde_json::Map::is_empty);
    match format {
        Format::Json if empty => String::new(),
        Format::Json => json::render(value),
        Format::Text => text::render(value),
        Format::Table => table::render(title, value, look),
        Format::Yaml if empty => String::new(),
        Format::Yaml => yaml::render(value),
        Format::YamlStream if empty => String::new(),
        Format::YamlStream => yaml::render(&Value::Array(vec![value.clone()])),
        Format::Off => String::new(),
    }
}

/// Renders JSON, an empty object too.
pub(crate) fn json(value: &Value) -> String {
    json::render(value)
}

/// Returns the text of a scalar in `text` and `table`.
fn scalar(value: &Value) -> String {
    python::str_of(value)
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::query::Query;

    /// Each line is a format, a query and what aws 2.9.19 printed for it over the identity below.
    const PRINTED: &str = include_str!("../../../tests/golden/queries.jsonl");

    #[test]
    fn queries_print_what_aws_prints_in_every_format() {
        let identity = serde_json::json!({
            "UserId": "AIDAQNZGKIQY56JQ7WML",
            "Account": "123456789012",
            "Arn": "arn:aws:iam::123456789012:user/alice",
        });
        let mut count = 0;
        for line in PRINTED.lines() {
            let (format, query, expected): (String, String, String) = serde_json::from_str(line).unwrap();
            let found = Query::parse(&query).unwrap().apply(&identity).unwrap();
            let look = Look {
                width: 80,
                colour: false,
            };
            let shown = render(Format::named(&format).unwrap(), "GetCallerIdentity", &found, look);
            assert_eq!(shown, expected, "{format} {query}");
            count += 1;
        }
        assert!(count > 100);
    }
}
