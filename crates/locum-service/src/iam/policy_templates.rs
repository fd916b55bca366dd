//! Policy templates: a managed policy with gaps such as `@{bucketName}`, and what fills them.
//!
//! The gaps stand in strings of the parsed document, so that no value can end its string and say something of its own.
//! What comes out is compiled like any policy before anybody sees it.

use locum_api::iam::PolicyParameter;
use serde_json::{Map, Value};

/// How many bytes a filled template may have before its white space is gone; what is used has far fewer.
const MAX_LEN: usize = 32 * 1024;

/// Why a template cannot be filled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateError {
    #[error("The policy template is not a JSON document.")]
    Document,
    #[error("A policy parameter has no name.")]
    NoName,
    #[error("The policy parameter {0} is given more than once.")]
    Duplicate(String),
    #[error(
        "The policy parameter {0} must have exactly one value, or be a stringList and have at least one."
    )]
    Values(String),
    #[error("The policy template has no parameter {0}.")]
    Unknown(String),
    #[error("The policy parameter {0} is missing.")]
    Missing(String),
    #[error("The policy template has a parameter where none can be.")]
    Misplaced,
    #[error("The policy is too long.")]
    TooLong,
}

/// Fills a template. A string with a gap for a list becomes as many strings as the list has values, and with several
/// such gaps every combination of them.
///
/// # Errors
/// [`TemplateError`]; every gap must be filled and every parameter used.
pub(super) fn fill(document: &str, parameters: &[PolicyParameter]) -> Result<String, TemplateError> {
    let template: Value = serde_json::from_str(document).map_err(|_| TemplateError::Document)?;
    let mut filler = Filler {
        parameters: read(parameters)?,
        left: MAX_LEN,
    };
    let filled = filler.value(&template)?;
    if let Some(unused) = filler.parameters.iter().find(|parameter| !parameter.used) {
        return Err(TemplateError::Unknown(unused.name.to_owned()));
    }
    Ok(filled.to_string())
}

struct Given<'p> {
    name: &'p str,
    values: &'p [String],
    used: bool,
}

fn read(parameters: &[PolicyParameter]) -> Result<Vec<Given<'_>>, TemplateError> {
    let mut given: Vec<Given<'_>> = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let name = parameter.name.as_deref().ok_or(TemplateError::NoName)?;
        if given.iter().any(|known| known.name == name) {
            return Err(TemplateError::Duplicate(name.to_owned()));
        }
        let values = parameter.values.as_slice();
        let fits = match values {
            [] => false,
            [_] => true,
            [_, _, ..] => is_list(parameter),
        };
        if !fits {
            return Err(TemplateError::Values(name.to_owned()));
        }
        given.push(Given {
            name,
            values,
            used: false,
        });
    }
    Ok(given)
}

/// Whether a parameter was declared a list; whatever has no type is one text.
pub(super) fn is_list(parameter: &PolicyParameter) -> bool {
    parameter.parameter_type.as_deref() == Some("stringList")
}

struct Filler<'p> {
    parameters: Vec<Given<'p>>,
    /// How much may still come out.
    left: usize,
}

impl Filler<'_> {
    fn value(&mut self, value: &Value) -> Result<Value, TemplateError> {
        Ok(match value {
            Value::String(text) => {
                let mut texts = self.text(text)?;
                match (texts.len(), texts.pop()) {
                    (1, Some(only)) => Value::String(only),
                    (_, last) => texts.into_iter().chain(last).map(Value::String).collect(),
                }
            }
            Value::Array(items) => {
                let mut filled = Vec::with_capacity(items.len());
                for item in items {
                    match item {
                        Value::String(text) => {
                            filled.extend(self.text(text)?.into_iter().map(Value::String));
                        }
                        other => filled.push(self.value(other)?),
                    }
                }
                Value::Array(filled)
            }
            Value::Object(members) => {
                let mut filled = Map::with_capacity(members.len());
                for (name, member) in members {
                    if name.contains("@{") {
                        return Err(TemplateError::Misplaced);
                    }
                    filled.insert(name.clone(), self.value(member)?);
                }
                Value::Object(filled)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    /// Every text that a text with gaps becomes.
    fn text(&mut self, text: &str) -> Result<Vec<String>, TemplateError> {
        let mut texts = vec![String::new()];
        let mut rest = text;
        while let Some((before, gap)) = rest.split_once("@{") {
            let (name, after) = gap.split_once('}').ok_or(TemplateError::Misplaced)?;
            let known = self.parameters.iter_mut().find(|known| known.name == name);
            let known = known.ok_or_else(|| TemplateError::Missing(name.to_owned()))?;
            known.used = true;
            let values = known.values;
            let mut filled = Vec::new();
            for begun in &texts {
                for value in values {
                    let next = [begun, before, value].concat();
                    self.spend(next.len())?;
                    filled.push(next);
                }
            }
            texts = filled;
            rest = after;
        }
        for begun in &mut texts {
            self.spend(rest.len())?;
            begun.push_str(rest);
        }
        Ok(texts)
    }

    fn spend(&mut self, len: usize) -> Result<(), TemplateError> {
        // One more, so that even nothing is not to be had without end.
        let left = self.left.checked_sub(len.saturating_add(1));
        self.left = left.ok_or(TemplateError::TooLong)?;
        Ok(())
    }
}

/// The ARNs of the permissions boundaries that the `Allow` statements of a policy demand by name.
pub(super) fn demanded_boundaries(document: &str) -> Vec<Box<str>> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut arns: Vec<Box<str>> = Vec::new();
    let statements = document.get("Statement").map(listed).unwrap_or_default();
    let allowing = statements
        .iter()
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"));
    let conditions = allowing
        .filter_map(|statement| statement.get("Condition")?.as_object())
        .flatten()
        .filter(|(operator, _)| matches!(operator.as_str(), "StringEquals" | "ArnEquals"))
        .filter_map(|(_, keys)| keys.as_object())
        .flatten()
        .filter(|(key, _)| key.eq_ignore_ascii_case("iam:PermissionsBoundary"));
    for (_, values) in conditions {
        let named = listed(values).iter().filter_map(Value::as_str);
        for arn in named.filter(|arn| !arn.contains(['*', '?', '$'])) {
            if !arns.iter().any(|known| **known == *arn) {
                arns.push(arn.into());
            }
        }
    }
    arns
}

fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, value: &str) -> PolicyParameter {
        PolicyParameter {
            name: Some(name.to_owned()),
            values: vec![value.to_owned()],
            parameter_type: None,
        }
    }

    fn list(name: &str, values: &[&str]) -> PolicyParameter {
        PolicyParameter {
            name: Some(name.to_owned()),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            parameter_type: Some("stringList".to_owned()),
        }
    }

    #[test]
    fn gaps_are_filled_with_texts_and_lists() {
        let (a, b) = (text("name1", "x"), list("names", &["p", "q"]));
        for (template, parameters, filled) in [
            (r#"{ "R": "s" }"#, vec![], r#"{"R":"s"}"#),
            (
                r#"{"R":"arn:@{name1}/@{name1}/*"}"#,
                vec![a.clone()],
                r#"{"R":"arn:x/x/*"}"#,
            ),
            (r#"{"R":"a@{names}b"}"#, vec![b.clone()], r#"{"R":["apb","aqb"]}"#),
            (
                r#"{"R":["o","@{names}",1.50,{"n":null}]}"#,
                vec![b.clone()],
                r#"{"R":["o","p","q",1.50,{"n":null}]}"#,
            ),
            (
                r#"{"R":"@{names}/@{name1}/@{names}"}"#,
                vec![a, b],
                r#"{"R":["p/x/p","p/x/q","q/x/p","q/x/q"]}"#,
            ),
            (
                r#"{"R":"@{names}"}"#,
                vec![list("names", &["one"])],
                r#"{"R":"one"}"#,
            ),
        ] {
            assert_eq!(fill(template, &parameters), Ok(filled.to_owned()), "{template}");
        }
    }

    #[test]
    fn a_value_stays_inside_its_string_and_is_not_filled_again() {
        let sly = r#"","Effect":"Allow\"#;
        let filled = fill(r#"{"R":"@{name1}"}"#, &[text("name1", sly)]).unwrap();
        let read: Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(read, serde_json::json!({ "R": sly }));
        let nested = fill(
            r#"{"R":"@{name1}@{other}"}"#,
            &[text("name1", "@{other}"), text("other", "o")],
        );
        assert_eq!(nested.as_deref(), Ok(r#"{"R":"@{other}o"}"#));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let name = || "name1".to_owned();
        let nameless = PolicyParameter::default();
        let many = PolicyParameter {
            parameter_type: Some("string".to_owned()),
            ..list("name1", &["a", "b"])
        };
        for (template, parameters, error) in [
            ("{", vec![], TemplateError::Document),
            ("{}", vec![nameless], TemplateError::NoName),
            ("{}", vec![text("name1", "x")], TemplateError::Unknown(name())),
            (
                r#"{"R":"@{name1}"}"#,
                vec![text("name1", "x"), text("name1", "y")],
                TemplateError::Duplicate(name()),
            ),
            (r#"{"R":"@{name1}"}"#, vec![many], TemplateError::Values(name())),
            (
                r#"{"R":"@{name1}"}"#,
                vec![list("name1", &[])],
                TemplateError::Values(name()),
            ),
            (r#"{"R":"@{name1}"}"#, vec![], TemplateError::Missing(name())),
            (
                r#"{"R":"@{name1"}"#,
                vec![text("name1", "x")],
                TemplateError::Misplaced,
            ),
            (
                r#"{"@{name1}":1}"#,
                vec![text("name1", "x")],
                TemplateError::Misplaced,
            ),
        ] {
            assert_eq!(fill(template, &parameters), Err(error), "{template}");
        }
    }

    #[test]
    fn combinations_cannot_grow_without_end() {
        let values: Vec<String> = (0..50).map(|n| format!("value-{n}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let template = r#"{"R":"@{names}@{names}@{names}@{names}@{names}@{names}"}"#;
        assert_eq!(
            fill(template, &[list("names", &values)]),
            Err(TemplateError::TooLong)
        );
        let long = "x".repeat(MAX_LEN);
        let template = r#"{"R":["@{name1}","@{name1}"]}"#;
        assert_eq!(
            fill(template, &[text("name1", &long)]),
            Err(TemplateError::TooLong)
        );
    }

    #[test]
    fn boundaries_are_read_from_what_allows() {
        let boundary = |effect: &str, operator: &str, value: &str| {
            format!(
                r#"{{"Statement":{{"Effect":"{effect}","Action":"iam:CreateRole","Resource":"*","Condition":{{"{operator}":{{"IAM:permissionsboundary":{value}}}}}}}}}"#
            )
        };
        let arns = |document: &str| -> Vec<String> {
            let found = demanded_boundaries(document);
            found.iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            arns(&boundary("Allow", "StringEquals", r#"["a","b","a"]"#)),
            ["a", "b"]
        );
        assert_eq!(arns(&boundary("Allow", "ArnEquals", r#""a""#)), ["a"]);
        for none in [
            boundary("Deny", "StringEquals", r#""a""#),
            boundary("Allow", "StringNotEquals", r#""a""#),
            boundary("Allow", "StringLike", r#""a*""#),
            boundary("Allow", "StringEquals", r#""${aws:username}""#),
            r#"{"Statement":[]}"#.to_owned(),
        ] {
            assert!(arns(&none).is_empty(), "{none}");
        }
    }
}
