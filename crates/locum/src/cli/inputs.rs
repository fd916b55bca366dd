//! The options that every operation takes beside its parameters: all parameters as one document, and examples of such
//! documents (`facts: cli §1.3`).

use locum_apply::read_yaml;
use serde_json::{Map, Value};

use super::args::{Arity, Flag};
use super::config::Environment;
use super::errors::Failure;
use super::options::Row;
use super::paramfile::{self, Content};
use super::python;

const JSON: &str = "cli-input-json";
const YAML: &str = "cli-input-yaml";
const SKELETON: &str = "generate-cli-skeleton";

/// The table.
const ROWS: [Row; 3] = [
    (
        JSON,
        Arity::One,
        &[],
        "Take parameters from this JSON, or from file://NAME.",
    ),
    (
        YAML,
        Arity::One,
        &[],
        "Take parameters from this YAML, or from file://NAME.",
    ),
    (
        SKELETON,
        Arity::Optional,
        &["input", "output", "yaml-input"],
        "Print an example of the input or the result instead of calling.",
    ),
];

/// Returns the table for the parser.
pub(super) fn flags() -> impl Iterator<Item = Flag> {
    ROWS.iter().map(|(name, arity, choices, _)| Flag {
        name: (*name).to_owned(),
        arity: *arity,
        choices,
    })
}

/// Returns name, the kind of its value, and help of each option.
pub(super) fn help() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    ROWS.iter().map(|(name, _, choices, help)| {
        let kind = match choices {
            [] => "<string>".to_owned(),
            choices => format!("[{}]", choices.join("|")),
        };
        (*name, kind, *help)
    })
}

/// Which example is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skeleton {
    /// Of `--cli-input-json`.
    Input,
    /// Of `--cli-input-yaml`.
    YamlInput,
    /// Of the result.
    Output,
}

/// What they were set to.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    json: Option<String>,
    yaml: Option<String>,
    /// The example that is printed instead of calling.
    pub(super) skeleton: Option<Skeleton>,
}

impl Inputs {
    /// Takes the options from what the parser found, which runs parallel to the table.
    pub(super) fn of(values: &[Option<Vec<String>>]) -> Self {
        let find = |name: &str| {
            let position = ROWS.iter().position(|row| row.0 == name)?;
            values.get(position)?.as_ref()
        };
        let text = |name: &str| find(name).and_then(|words| words.first().cloned());
        let skeleton = find(SKELETON).map(|words| match words.first().map(String::as_str) {
            Some("output") => Skeleton::Output,
            Some("yaml-input") => Skeleton::YamlInput,
            _ => Skeleton::Input,
        });
        Self {
            json: text(JSON),
            yaml: text(YAML),
            skeleton,
        }
    }

    /// Tells whether the options of required parameters have to be given.
    pub(super) fn require_parameters(&self) -> bool {
        let example = matches!(self.skeleton, Some(Skeleton::Input | Skeleton::YamlInput));
        self.json.is_none() && self.yaml.is_none() && !example
    }

    /// Reads the document, if there is one.
    pub(super) fn read(&self, environment: &Environment) -> Result<Map<String, Value>, Failure> {
        let (name, text) = match (&self.json, &self.yaml) {
            (Some(_), Some(_)) => {
                return Err(Failure::Validation(
                    "Only one --cli-input- parameter may be specified.".to_owned(),
                ));
            }
            (Some(text), None) => (JSON, text),
            (None, Some(text)) => (YAML, text),
            (None, None) => return Ok(Map::new()),
        };
        let refused = |message: &str| Failure::Validation(format!("Error parsing parameter '{message}"));
        let content = match paramfile::load(text, environment) {
            Ok(Some(Content::Text(content))) => content,
            Ok(Some(Content::Bytes(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(None) => text.clone(),
            Err(message) => return Err(refused(&format!("--{name}': {message}"))),
        };
        let value = if name == JSON {
            serde_json::from_str(&content).map_err(|_| refused("cli-input-json': Invalid JSON received."))?
        } else {
            read_yaml(name, &content)
                .map_err(|error| refused(&format!("cli-input-yaml': Invalid YAML received. {error}")))?
        };
        match value {
            Value::Object(members) => Ok(members),
            other => Err(refused(&format!(
                "--{name}': Invalid type: expecting map, received {}",
                python::type_of(&other)
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: Option<&str>, yaml: Option<&str>) -> Result<Value, String> {
        let inputs = Inputs {
            json: json.map(str::to_owned),
            yaml: yaml.map(str::to_owned),
            skeleton: None,
        };
        let found = inputs.read(&Environment::default());
        found.map(Value::Object).map_err(|failure| failure.to_string())
    }

    #[test]
    fn documents_are_read() {
        assert_eq!(read(None, None), Ok(json!({})));
        assert_eq!(read(Some(r#"{"A": 1}"#), None), Ok(json!({"A": 1})));
        assert_eq!(
            read(None, Some("A: 1\nB:\n- Key: x\n  Value: ''\n")),
            Ok(json!({"A": 1, "B": [{"Key": "x", "Value": ""}]}))
        );
    }

    #[test]
    fn what_is_no_document_is_refused_as_aws_does() {
        let prefix = "An error occurred (ParamValidation): ";
        for (json, yaml, expected) in [
            (
                Some("{}"),
                Some("{}"),
                "Only one --cli-input- parameter may be specified.",
            ),
            (
                Some("{"),
                None,
                "Error parsing parameter 'cli-input-json': Invalid JSON received.",
            ),
            (
                None,
                Some("a: ["),
                "Error parsing parameter 'cli-input-yaml': Invalid YAML received.",
            ),
            (
                None,
                Some("- a"),
                "Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class 'list'>",
            ),
            (
                None,
                Some(""),
                "Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class 'NoneType'>",
            ),
            (
                Some("file:///nonexistent/x"),
                None,
                "Error parsing parameter '--cli-input-json': Unable to load paramfile file:///nonexistent/x: [Errno 2] No \
                 such file or directory: '/nonexistent/x'",
            ),
        ] {
            let error = read(json, yaml).unwrap_err();
            assert!(error.starts_with(&format!("{prefix}{expected}")), "{error}");
        }
    }

    #[test]
    fn examples_of_input_need_no_parameters() {
        let inputs = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Inputs::of(&[None, None, Some(words)])
        };
        assert_eq!(inputs(&[]).skeleton, Some(Skeleton::Input));
        assert!(!inputs(&["yaml-input"]).require_parameters());
        assert!(inputs(&["output"]).require_parameters());
        assert!(Inputs::default().require_parameters());
    }
}
