//! From what was typed to what is sent: each option's words become a value of its parameter's shape.
//!
//! The order of the result is the order on the wire: options in the order of the declaration, then what only
//! `--cli-input-json` or `--cli-input-yaml` holds, in its own order (`facts: cli §1.7`).

use locum_api::model::{Member, Operation, Shape, Structure};
use serde_json::{Map, Number, Value};

use super::config::Environment;
use super::errors::Failure;
use super::inputs::Inputs;
use super::paramfile::{self, Content};
use super::{python, shorthand};

/// The words that were given for one parameter.
pub(crate) type Given = Option<Vec<String>>;

/// Builds the parameters of a call. `given` runs parallel to the members of the operation's input.
pub(crate) fn collect(
    operation: &Operation,
    given: &[Given],
    inputs: &Inputs,
    environment: &Environment,
) -> Result<Map<String, Value>, Failure> {
    let mut parameters = Map::new();
    for (member, words) in operation.input.members.iter().zip(given) {
        if let Some(words) = words {
            let reader = Reader {
                flag: format!("--{}", kebab(member.name)),
                environment,
            };
            parameters.insert(member.name.to_owned(), reader.member(member, words)?);
        }
    }
    for (name, value) in inputs.read(environment)? {
        parameters.entry(name).or_insert(value);
    }
    Ok(parameters)
}

/// Returns the option that a member is given with: `SAMLAssertion` becomes `saml-assertion`.
pub(crate) fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let after_lower = at > 0
            && chars
                .get(at - 1)
                .is_some_and(|p| p.is_ascii_lowercase() || p.is_ascii_digit());
        let before_lower = at > 0 && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_lower || before_lower) {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Reads the words of one option.
struct Reader<'a> {
    flag: String,
    environment: &'a Environment,
}

impl Reader<'_> {
    fn member(&self, member: &Member, words: &[String]) -> Result<Value, Failure> {
        match (member.shape, words) {
            // Only a single word may name a file; of several, each is its own text.
            (shape, [word]) => match self.load(word)? {
                Some(Content::Bytes(bytes)) => Err(bytes_refused(member.name, &bytes)),
                Some(Content::Text(text)) => self.value(shape, &[text]),
                None => self.value(shape, words),
            },
            (shape, words) => self.value(shape, words),
        }
    }

    fn value(&self, shape: &Shape, words: &[String]) -> Result<Value, Failure> {
        let first = words.first().map(String::as_str).unwrap_or_default();
        match shape {
            Shape::List { .. } if words.len() == 1 && first.trim_start().starts_with('[') => self.json(first),
            Shape::List { member, .. } => words.iter().map(|word| self.item(member, word)).collect(),
            other => self.item(other, first),
        }
    }

    fn item(&self, shape: &Shape, word: &str) -> Result<Value, Failure> {
        match shape {
            Shape::String(_) | Shape::Timestamp | Shape::Blob => Ok(Value::String(word.to_owned())),
            Shape::Integer { .. } => integer(word),
            Shape::Boolean => Ok(Value::Bool(word == "true")),
            Shape::List { .. } | Shape::Structure(_) | Shape::Map | Shape::Document => {
                if word.trim_start().starts_with(['{', '[']) {
                    return self.json(word);
                }
                let read = |path: &str| match paramfile::load(path, self.environment)? {
                    Some(Content::Bytes(_)) => Err(format!("{path} is binary; use the file:// prefix")),
                    Some(Content::Text(text)) => Ok(Some(text)),
                    None => Ok(None),
                };
                let mut value = shorthand::parse(word, &read).map_err(|message| self.refused(&message))?;
                conform(&mut value, shape)?;
                Ok(value)
            }
        }
    }

    fn json(&self, text: &str) -> Result<Value, Failure> {
        serde_json::from_str(text)
            .map_err(|error| self.refused(&format!("Invalid JSON: {error}\nJSON received: {text}")))
    }

    fn load(&self, word: &str) -> Result<Option<Content>, Failure> {
        paramfile::load(word, self.environment).map_err(|message| self.refused(&message))
    }

    fn refused(&self, message: &str) -> Failure {
        Failure::Validation(format!("Error parsing parameter '{}': {message}", self.flag))
    }
}

fn integer(word: &str) -> Result<Value, Failure> {
    let invalid = || {
        Failure::General(format!(
            "invalid literal for int() with base 10: {}",
            python::repr(word)
        ))
    };
    let digits = python::int(word).ok_or_else(invalid)?;
    digits.parse::<Number>().map(Value::Number).map_err(|_| invalid())
}

/// Shorthand knows only text: one value for a list becomes a list of one, digits for a number become a number.
fn conform(value: &mut Value, shape: &Shape) -> Result<(), Failure> {
    match (shape, &mut *value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, inner) in members {
                if let Some((_, member)) = structure.member(name) {
                    conform(inner, member.shape)?;
                }
            }
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            for item in items {
                conform(item, member)?;
            }
        }
        (Shape::List { .. }, single) => *value = Value::Array(vec![single.take()]),
        (Shape::Integer { .. }, Value::String(text)) => *value = integer(text)?,
        (Shape::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => {
            *value = Value::Bool(true)
        }
        (Shape::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => {
            *value = Value::Bool(false)
        }
        _ => {}
    }
    Ok(())
}

fn bytes_refused(name: &str, bytes: &[u8]) -> Failure {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut shown = String::new();
    for byte in bytes {
        match byte {
            b'\\' => shown.push_str("\\\\"),
            b'\'' if quote == '\'' => shown.push_str("\\'"),
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            0x20..=0x7e => shown.push(char::from(*byte)),
            other => shown.push_str(&format!("\\x{other:02x}")),
        }
    }
    Failure::Validation(format!(
        "Parameter validation failed:\nInvalid type for parameter {name}, value: b{quote}{shown}{quote}, type: <class 'bytes'>, \
         valid types: <class 'str'>"
    ))
}

/// Checks what `aws` checks before it sends: required, type, unknown key and least length or value — never the most,
/// nor a pattern, so that the service has the word (`facts: cli §1.1`).
pub(crate) fn validate(input: &'static Structure, parameters: &Map<String, Value>) -> Result<(), Failure> {
    let mut problems = Vec::new();
    check_structure(input, parameters, "", &mut problems);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Validation(format!(
        "Parameter validation failed:\n{}",
        problems.join("\n")
    )))
}

fn check_structure(
    structure: &Structure,
    members: &Map<String, Value>,
    path: &str,
    problems: &mut Vec<String>,
) {
    let shown = if path.is_empty() { "input" } else { path };
    for member in structure.members.iter().filter(|member| member.required) {
        if !members.contains_key(member.name) {
            problems.push(format!(
                "Missing required parameter in {shown}: \"{}\"",
                member.name
            ));
        }
    }
    for name in members.keys().filter(|name| structure.member(name).is_none()) {
        let known: Vec<_> = structure.members.iter().map(|member| member.name).collect();
        problems.push(format!(
            "Unknown parameter in {shown}: \"{name}\", must be one of: {}",
            known.join(", ")
        ));
    }
    // In the order they were given, as the original tells them.
    for (name, value) in members {
        if let Some((_, member)) = structure.member(name) {
            let path = if path.is_empty() {
                member.name.to_owned()
            } else {
                format!("{path}.{}", member.name)
            };
            check(member.shape, value, &path, problems);
        }
    }
}

fn check(shape: &Shape, value: &Value, path: &str, problems: &mut Vec<String>) {
    let short = |length: usize, min: Option<u32>| min.is_some_and(|min| length < min as usize);
    match (shape, value) {
        (Shape::String(rules), Value::String(text)) => {
            let length = text.chars().count();
            if short(length, rules.min) {
                problems.push(length_problem(path, length, rules.min));
            }
        }
        (Shape::Integer { min, .. }, Value::Number(number)) if !python::is_float(&number.to_string()) => {
            let below =
                min.is_some_and(|min| number.as_i64().is_some_and(|n| n < min) || is_hugely_negative(number));
            if let Some(min) = min
                && below
            {
                problems.push(format!(
                    "Invalid value for parameter {path}, value: {number}, valid min value: {min}"
                ));
            }
        }
        (Shape::List { member, min, .. }, Value::Array(items)) => {
            if short(items.len(), *min) {
                problems.push(length_problem(path, items.len(), *min));
            }
            for (index, item) in items.iter().enumerate() {
                check(member, item, &format!("{path}[{index}]"), problems);
            }
        }
        (Shape::Structure(structure), Value::Object(members)) => {
            check_structure(structure, members, path, problems)
        }
        (Shape::Boolean, Value::Bool(_))
        | (Shape::Map | Shape::Document, Value::Object(_))
        | (Shape::Timestamp, Value::String(_) | Value::Number(_))
        | (Shape::Blob, Value::String(_)) => {}
        (shape, other) => problems.push(format!(
            "Invalid type for parameter {path}, value: {}, type: {}, valid types: {}",
            python::str_of(other),
            python::type_of(other),
            valid_types(shape)
        )),
    }
}

fn is_hugely_negative(number: &Number) -> bool {
    number.as_i64().is_none() && number.to_string().starts_with('-')
}

fn length_problem(path: &str, length: usize, min: Option<u32>) -> String {
    let min = min.unwrap_or_default();
    format!("Invalid length for parameter {path}, value: {length}, valid min length: {min}")
}

const fn valid_types(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(_) => "<class 'str'>",
        Shape::Integer { .. } => "<class 'int'>",
        Shape::Boolean => "<class 'bool'>",
        Shape::List { .. } => "<class 'list'>, <class 'tuple'>",
        Shape::Structure(_) | Shape::Map | Shape::Document => "<class 'dict'>",
        Shape::Timestamp => "<class 'datetime.datetime'>, timestamp-string",
        Shape::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_named_like_those_of_aws() {
        for (name, expected) in [
            ("RoleArn", "role-arn"),
            ("SAMLAssertion", "saml-assertion"),
            ("TransitiveTagKeys", "transitive-tag-keys"),
            ("AccessKeyId", "access-key-id"),
            ("arn", "arn"),
            ("Name", "name"),
        ] {
            assert_eq!(kebab(name), expected);
        }
    }
}
