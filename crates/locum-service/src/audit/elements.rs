//! The parameters and the result of a call as a record shows them: by their model, so that no operation can forget to
//! leave a secret out.

use locum_api::{Record, Value, model::Structure};
use serde_json::{Map, Value as Json};

use super::expiration_text;

/// The members that are there, under CloudTrail's names, secrets left out; `None` if nothing is left.
#[must_use]
pub fn elements(record: &dyn Record) -> Option<Json> {
    let members = object(record, record.structure());
    (!members.is_empty()).then_some(Json::Object(members))
}

fn object(record: &dyn Record, structure: &Structure) -> Map<String, Json> {
    let members = structure.members.iter().enumerate();
    members
        .filter(|(_, member)| !member.shape.is_secret())
        .filter_map(|(at, member)| Some((lower_camel(member.name), value(&record.member(at))?)))
        .collect()
}

fn value(value: &Value<'_>) -> Option<Json> {
    Some(match value {
        // A document may hold anything, secrets too.
        Value::Absent | Value::Json(_) => return None,
        Value::Text(text) => Json::from(*text),
        Value::Integer(number) => Json::from(*number),
        Value::Boolean(truth) => Json::from(*truth),
        Value::Time(time) => Json::from(expiration_text(*time)),
        Value::List(items) => (0..items.len())
            .filter_map(|at| self::value(&items.item(at)))
            .collect(),
        Value::Record(record) => Json::Object(object(*record, record.structure())),
    })
}

/// `RoleArn` to `roleArn`.
fn lower_camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_lowercase().to_string() + chars.as_str()
    })
}
