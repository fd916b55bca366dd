use serde_json::{Map, Value};

use crate::model::{Operation, Shape, Structure};

/// Returns the form of a request, `Action` and `Version` first, for a client.
///
/// `parameters` is the request as a JSON object with the names of the model, as `--cli-input-json` has it; its order
/// is kept. Nothing is validated: that is the server's to say, in its own words. Names that the model does not know are
/// left out, and so is `null`. An empty list becomes `Tags=`.
pub fn encode_form(operation: &Operation, parameters: &Map<String, Value>) -> Vec<(String, String)> {
    let mut form = vec![
        ("Action".to_owned(), operation.name.to_owned()),
        ("Version".to_owned(), operation.service.api_version().to_owned()),
    ];
    members(&mut form, "", operation.input, parameters);
    form
}

fn members(
    form: &mut Vec<(String, String)>,
    prefix: &str,
    structure: &Structure,
    object: &Map<String, Value>,
) {
    for (name, value) in object {
        if let Some((_, member)) = structure.member(name) {
            put(form, format!("{prefix}{name}"), member.shape, value);
        }
    }
}

fn put(form: &mut Vec<(String, String)>, name: String, shape: &Shape, value: &Value) {
    match (shape, value) {
        (_, Value::Null) => {}
        (Shape::Structure(structure), Value::Object(object)) => {
            members(form, &format!("{name}."), structure, object);
        }
        (Shape::List { .. }, Value::Array(items)) if items.is_empty() => form.push((name, String::new())),
        (Shape::List { member, .. }, Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                put(form, format!("{name}.member.{}", index + 1), member, item);
            }
        }
        (_, Value::String(text)) => form.push((name, text.clone())),
        (_, value) => form.push((name, value.to_string())),
    }
}
