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
        runtime.compile(text).map_err(|error| {
            Failure::Validation(format!(
                "Bad value for --query {text}: Invalid jmespath expression: {error}"
            ))
        })?;
        Ok(Self {
            text: text.to_owned(),
            runtime,
        })
    }

    /// Applies the expression.
    pub(crate) fn apply(&self, value: &Value) -> Result<Value, Failure> {
        let failed = |error: jpx_core::JmespathError| Failure::General(error.to_string());
        let expression: Expression<'_> = self.runtime.compile(&self.text).map_err(failed)?;
        let found = expression.search(value).map_err(failed)?;
        // `avg` divides, so Python prints its result as a float even when it is whole.
        Ok(if self.text.contains("avg(") {
            found
        } else {
            with_whole_numbers(found)
        })
    }
}

/// The engine computes in doubles; Python keeps `sum([1, 2])` an integer and prints `3`.
fn with_whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) if python::is_float(&number.to_string()) => {
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15);
            Value::Number(whole.map_or(number, |n| Number::from(n as i64)))
        }
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(k, v)| (k, with_whole_numbers(v)))
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
}
