//! `--query`: a JMESPath expression over the result.

mod functions;

use jpx_core::{Expression, Runtime};
use serde_json::Value;

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
        let runtime = functions::runtime();
        let quoted = as_the_engine_reads_it(text);
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
        Ok(with_numbers_of_python(found))
    }
}

/// Writes what Python takes and the engine does not as the engine takes it. Literals that are no JSON are quoted: ``Key==`Name` ``
/// was valid once, and Python still takes it for a text. Indices have no bounds and may be `-0`.
fn as_the_engine_reads_it(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(start);
        push_with_small_numbers(&mut out, before);
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
    push_with_small_numbers(&mut out, rest);
    out
}

/// More than any list is long, and so little that the engine can add it to a place in one: it would overflow there.
const BEYOND: i32 = 1 << 30;

/// Adds what is not quoted, its numbers no larger than [`BEYOND`]: an index there finds nothing either way, and a slice ends
/// where it would.
fn push_with_small_numbers(out: &mut String, plain: &str) {
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = plain;
    while let Some(start) = rest.find(is_in_word) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        // What starts with a digit is a number up to the next character that is none; else it is a name, digits and all.
        let is_name = !from.starts_with(|c: char| c.is_ascii_digit());
        let end = from.find(|c: char| {
            if is_name {
                !is_in_word(c)
            } else {
                !c.is_ascii_digit()
            }
        });
        let (word, after) = from.split_at(end.unwrap_or(from.len()));
        rest = after;
        match word.trim_start_matches('0') {
            _ if is_name => out.push_str(word),
            "" => {
                if before.ends_with('-') {
                    out.pop();
                }
                out.push('0');
            }
            digits => {
                let number = digits.parse().map_or(BEYOND, |number: i32| number.min(BEYOND));
                out.push_str(&number.to_string());
            }
        }
    }
    out.push_str(rest);
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

/// Python prints a literal `1e3` as `1000.0`, and an integer that is zero without a sign.
fn with_numbers_of_python(value: Value) -> Value {
    match value {
        Value::Number(number) if python::is_float(&number.to_string()) => {
            let double = number.as_f64().and_then(python::float);
            Value::Number(double.unwrap_or(number))
        }
        Value::Number(number) if number.to_string() == "-0" => Value::from(0),
        Value::Array(items) => items.into_iter().map(with_numbers_of_python).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(k, v)| (k, with_numbers_of_python(v)))
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
            // An index has no bounds, and a zero may have a sign.
            ("[n[2147483648], n[-99999999999999999999]]", "[null,null]"),
            ("n[-0]", "1"),
            (
                "[`-0`, to_string(`[-0]`), sum(`[-0.0]`), floor(`-0`)]",
                "[0,\"[0]\",0.0,0]",
            ),
            ("n[:99999999999]", "[1,2]"),
            ("n[-99999999999:9999999999:9999999999]", "[1]"),
            ("n[9999999999::-1]", "[2,1]"),
            ("[n[1::2147483647], n[1::-2147483648]]", "[[2],[2]]"),
            ("n[-00:-01]", "[1]"),
            ("n[001]", "2"),
            (
                "{a99999999999: s, b: '99999999999'}",
                r#"{"a99999999999":"x","b":"99999999999"}"#,
            ),
            // Texts have an order, which dates are filtered by; a text and a number have none.
            ("s > 'w'", "true"),
            ("s < 'w'", "false"),
            ("[s][?@ >= 'x'] | [0]", "\"x\""),
            ("'2026-01-01' <= '2026-01-01'", "true"),
            ("s > `1`", "null"),
            ("o > 'a'", "null"),
            // What one function returns does not change what stands beside it.
            ("[sum(n), avg(n), `2.0`, abs(`-2.0`)]", "[3,1.5,2.0,2.0]"),
            ("'sum(' && `1.0`", "1.0"),
            ("sum(`[1.0, 2]`)", "3.0"),
            ("sum(`[]`)", "0"),
            ("[ceil(`1.2`), floor(`-1.2`), ceil(`3`)]", "[2,-2,3]"),
            ("floor(`9007199254740993`)", "9007199254740993"),
            ("sum(`[9007199254740993, 1]`)", "9007199254740994"),
            ("abs(`-100000000000000000000`)", "100000000000000000000"),
            ("ceil(`1e20`)", "100000000000000000000"),
            (
                "[to_number('012'), to_number(' 1_0 '), to_number('1e2'), to_number('x'), to_number(`true`)]",
                "[12,10,100.0,null,null]",
            ),
            (
                r#"to_string(`["é𝄞\u007f", 1e3]`)"#,
                r#""[\"\\u00e9\\ud834\\udd1e\\u007f\",1000.0]""#,
            ),
            ("to_string('é')", "\"é\""),
            (
                "[`1e-5`, `0.0001`, `-1.25e-7`, `0.0`, `1e16`]",
                "[1e-05,0.0001,-1.25e-07,0.0,1e+16]",
            ),
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
        for text in [
            "foo[", "foo[-]", "foo[- 0]", "foo[--0]", "foo[1a]", "foo.0", "-0", "0",
        ] {
            assert!(
                matches!(Query::parse(text), Err(Failure::Validation(_))),
                "{text}"
            );
        }
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
