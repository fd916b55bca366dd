//! Where Python's functions give something else than the engine's: they keep integers what they are, of any size.

use jpx_core::Runtime;
use jpx_core::functions::{ArgumentType, CustomFunction, Signature};
use serde_json::{Number, Value};

use super::{python, with_numbers_of_python};

/// A function of one argument.
type Unary = fn(&Value) -> Value;

/// Returns the functions of the specification. Texts can be compared with `<` and its kin as numbers can: the specification has
/// it for numbers alone, but Python has always done both, and dates are filtered so.
pub(super) fn runtime() -> Runtime {
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    let numbers = || ArgumentType::TypedArray(Box::new(ArgumentType::Number));
    let ours: [(&str, ArgumentType, Unary); 6] = [
        ("abs", ArgumentType::Number, abs),
        ("ceil", ArgumentType::Number, |value| rounded(value, f64::ceil)),
        ("floor", ArgumentType::Number, |value| rounded(value, f64::floor)),
        ("sum", numbers(), sum),
        ("to_number", ArgumentType::Any, to_number),
        ("to_string", ArgumentType::Any, to_string),
    ];
    for (name, argument, function) in ours {
        let signature = Signature::new(vec![argument], None);
        let call = move |arguments: &[Value], _: &mut jpx_core::Context<'_>| {
            Ok(arguments.first().map_or(Value::Null, function))
        };
        runtime.register_function(name, Box::new(CustomFunction::new(signature, Box::new(call))));
    }
    runtime
}

/// Returns the digits of an integer.
fn integer(value: &Value) -> Option<String> {
    let text = value.as_number()?.to_string();
    (!python::is_float(&text)).then_some(text)
}

fn number(digits: &str) -> Value {
    serde_json::from_str::<Number>(digits).map_or(Value::Null, Value::Number)
}

fn double(value: Option<f64>) -> Value {
    value
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

fn abs(value: &Value) -> Value {
    match integer(value) {
        Some(digits) => number(digits.trim_start_matches('-')),
        None => double(value.as_f64().map(f64::abs)),
    }
}

fn rounded(value: &Value, round: fn(f64) -> f64) -> Value {
    match (integer(value), value.as_f64()) {
        (Some(_), _) | (_, None) => value.clone(),
        // A zero has no sign among integers.
        (None, Some(double)) => number(&format!("{:.0}", round(double) + 0.0)),
    }
}

fn sum(values: &Value) -> Value {
    let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
    let whole = values.iter().try_fold(0_i128, |sum, value| {
        sum.checked_add(integer(value)?.parse().ok()?)
    });
    match whole {
        Some(whole) => number(&whole.to_string()),
        // From an integer's zero on, which has no sign.
        None => double(Some(
            values
                .iter()
                .filter_map(Value::as_f64)
                .fold(0.0, |sum, value| sum + value),
        )),
    }
}

fn to_number(value: &Value) -> Value {
    match value {
        Value::Number(_) => value.clone(),
        Value::String(text) => match python::int(text) {
            Some(digits) => number(&digits),
            None => double(text.trim().parse().ok()),
        },
        _ => Value::Null,
    }
}

/// Writes JSON as Python does by itself, in ASCII.
fn to_string(value: &Value) -> Value {
    if value.is_string() {
        return value.clone();
    }
    let mut text = String::new();
    for letter in with_numbers_of_python(value.clone()).to_string().chars() {
        if matches!(letter, ' '..='~') {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Value::String(text)
}
