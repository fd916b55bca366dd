//! `--query`: a JMESPath expression over the result.

use jpx_core::{Expression, Runtime};
use serde_json::{Number, Value};

use super::errors::Failure;
use super::python;

/// A query that was found to be well-formed before anything is sent.
pub(crate) struct Query {
    text: String,
    runtime: Runtime,
}

impl Query {
    /// Reads an expression. Only the functions of the specification exist, as in Python.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let runtime = Runtime::strict();
        let quoted = with_quoted_literals(text);
        runtime.compile(&quoted).map_err(|error| {
            Failure::Validation(format!(
                "Bad value for --query {text}: Invalid jmespath expression: {error}"
            ))
        })?;
        Ok(Self {
            text: quoted,
            runtime,
        })
    }

    /// Applies the expression.
    pub(crate) fn apply(&self, value: &Value) -> Result<Value, Failure> {
        let failed = |error: jpx_core::JmespathError| Failure::General(error.to_string());
        let expression: Expression<'_> = self.runtime.compile(&self.text).map_err(failed)?;
        let found = expression.search(value).map_err(failed)?;
        // `avg` divides, so Python prints its result as a float even when it is whole; a literal `1.0` stays what it is.
        let computes = WHOLE.iter().any(|function| self.text.contains(function));
        let whole = computes && !self.text.contains("avg(");
        Ok(with_numbers_of_python(found, whole))
    }
}

/// Functions that return whole numbers for whole numbers in Python.
const WHOLE: [&str; 4] = ["sum(", "abs(", "ceil(", "floor("];

/// Quotes literals that are no JSON: ``Key==`Name` `` was valid once, and Python still takes it for a text.
fn with_quoted_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(start);
        out.push_str(before);
        let end = end_of_quoted(quoted);
        let (quoted, after) = quoted.split_at(end);
        rest = after;
        let literal = quoted.strip_prefix('`').and_then(|inner| inner.strip_suffix('`'));
        match literal {
            Some(inner) if !is_json(inner) && is_json(&format!("\"{}\"", inner.trim_start())) => {
                out.push_str(&format!("`\"{}\"`", inner.trim_start()));
            }
            _ => out.push_str(quoted),
        }
    }
    out.push_str(rest);
    out
}

/// The length of a text that starts with a quote, to the quote that ends it.
fn end_of_quoted(text: &str) -> usize {
    let mut chars = text.char_indices();
    let quote = chars.next().map(|(_, quote)| quote);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if Some(c) == quote {
            return at + c.len_utf8();
        }
    }
    text.len()
}

fn is_json(literal: &str) -> bool {
    serde_json::from_str::<Value>(&literal.replace("\\`", "`")).is_ok()
}

/// The engine computes in doubles; Python keeps `sum([1, 2])` an integer and prints `3`, and `1e3` as `1000.0`.
fn with_numbers_of_python(value: Value, whole: bool) -> Value {
    match value {
        Value::Number(number) if python::is_float(&number.to_string()) => {
            let double = number.as_f64();
            let integer = double.filter(|n| whole && n.fract() == 0.0 && n.abs() < 9e15);
            let printed = integer
                .map(|n| Number::from(n as i64))
                .or_else(|| Number::from_f64(double?));
            Value::Number(printed.unwrap_or(number))
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| with_numbers_of_python(item, whole))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(k, v)| (k, with_numbers_of_python(v, whole)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn results_print_like_python() {
        let value = json!({"n": [1, 2], "s": "x", "o": {"b": 1, "a": 2}, "f": [1.5, 2]});
        for (text, expected) in [
            ("s", "\"x\""),
            ("nope", "null"),
            ("sum(n)", "3"),
            ("avg(n)", "1.5"),
            ("avg(`[3, 3]`)", "3.0"),
            ("sum(f)", "3.5"),
            ("abs(`-1`)", "1"),
            ("length(n)", "2"),
            ("{z: s, a: o.b}", r#"{"z":"x","a":1}"#),
            ("o.*", "[1,2]"),
            ("keys(o)", r#"["b","a"]"#),
            ("n[-1]", "2"),
            ("`1.0`", "1.0"),
            ("[`1e3`, `2`]", "[1000.0,2]"),
            ("`bare`", "\"bare\""),
            ("` two words`", "\"two words\""),
            ("[s==`x`, '`a`', `\"q\"`]", r#"[true,"`a`","q"]"#),
            (r"`a\`b`", "\"a`b\""),
        ] {
            assert_eq!(
                Query::parse(text).unwrap().apply(&value).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn bad_queries_fail_in_their_place() {
        assert!(matches!(Query::parse("foo["), Err(Failure::Validation(_))));
        assert!(matches!(
            Query::parse("length(foo)").unwrap().apply(&json!({})),
            Err(Failure::General(_))
        ));
    }

    /// The suite of the specification, read where it stands. Python's engine gives each of these results, a whole float
    /// as `1.0`, so they are compared as they print.
    #[test]
    fn the_compliance_suite_passes() {
        let suite = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/jmespath");
        let mut compared = 0;
        for file in std::fs::read_dir(suite).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let suites: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            for suite in suites.as_array().unwrap() {
                for case in suite["cases"].as_array().unwrap() {
                    let expression = case["expression"].as_str().unwrap();
                    let found = Query::parse(expression).and_then(|query| query.apply(&suite["given"]));
                    match case.get("result") {
                        Some(expected) => assert_eq!(
                            found.map(|value| value.to_string()),
                            Ok(expected.to_string()),
                            "{}: {expression}",
                            path.display()
                        ),
                        None => assert!(found.is_err(), "{}: {expression}", path.display()),
                    }
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 892);
    }
}
