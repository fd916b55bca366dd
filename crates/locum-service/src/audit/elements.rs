//! The parameters and the result of a call as a record shows them: by their model, so that no operation can forget to
//! leave a secret out.

use std::fmt::Write as _;

use locum_api::{Record, Value};
use serde_json::Value as Json;

use super::{
    json::{Name, Object, write_list, write_text},
    push_expiration,
};

/// Parameters or a result as a record shows them: a JSON object, written once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elements(String);

/// Room for the result of an AssumeRole, so that it is never copied.
const CAPACITY: usize = 512;

/// How a record shows a member that is no secret.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// As it is.
    Whole,
    /// Not at all.
    Hidden,
    /// As this text.
    As(&'a str),
}

impl Elements {
    /// The members that are there, under CloudTrail's names, secrets left out; `None` if nothing is left.
    #[must_use]
    pub fn of(record: &dyn Record) -> Option<Self> {
        Self::showing(record, |_| Shown::Whole)
    }

    /// The same, each member shown as `shown` has it for its name in the model.
    #[must_use]
    pub fn showing<'s>(record: &dyn Record, shown: impl Fn(&str) -> Shown<'s>) -> Option<Self> {
        let mut text = String::with_capacity(CAPACITY);
        object(&mut text, record, &shown);
        (text.len() > "{}".len()).then_some(Self(text))
    }

    /// Adds a member that the model does not have.
    pub fn add(&mut self, name: &str, value: &Json) {
        // INVARIANT: a value is JSON.
        self.add_json(name, &serde_json::to_string(value).unwrap_or_default());
    }

    /// Adds a member that is JSON already.
    pub(crate) fn add_json(&mut self, name: &str, value: &str) {
        // INVARIANT: the text is an object, which ends in a brace.
        self.0.pop();
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(value);
        self.0.push('}');
    }

    /// The JSON object.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0
    }
}

impl Default for Elements {
    /// An object without members.
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl<'n> FromIterator<(&'n str, Json)> for Elements {
    fn from_iter<I: IntoIterator<Item = (&'n str, Json)>>(members: I) -> Self {
        let mut elements = Self::default();
        for (name, value) in members {
            elements.add(name, &value);
        }
        elements
    }
}

fn object<'s>(out: &mut String, record: &dyn Record, shown: &dyn Fn(&str) -> Shown<'s>) {
    Object::write(out, |object| {
        record.visit(&mut |member, value| {
            if is_unrecorded(&value) || member.secret {
                return;
            }
            let key = Name::spelled(member.camel_key);
            match shown(member.name) {
                Shown::Hidden => {}
                Shown::As(text) => write_text(object.member(key), text),
                Shown::Whole => write_value(object.member(key), &value, shown),
            }
        });
    });
}

/// Whether a value has no place in a record: it is not there, or it is a document, which may hold anything, secrets too.
const fn is_unrecorded(value: &Value<'_>) -> bool {
    matches!(value, Value::Absent | Value::Json(_))
}

fn write_value<'s>(out: &mut String, value: &Value<'_>, shown: &dyn Fn(&str) -> Shown<'s>) {
    match value {
        Value::Absent | Value::Json(_) => out.push_str("null"),
        Value::Text(text) => write_text(out, text),
        Value::Integer(number) => {
            // INVARIANT: writing to a string does not fail.
            let _ = write!(out, "{number}");
        }
        Value::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Time(time) => {
            out.push('"');
            push_expiration(out, *time);
            out.push('"');
        }
        Value::List(items) => {
            let items = (0..items.len()).map(|at| items.item(at));
            let items = items.filter(|item| !is_unrecorded(item));
            write_list(out, items, |out, item| write_value(out, &item, shown));
        }
        Value::Record(record) => object(out, *record, shown),
    }
}

#[cfg(test)]
mod tests {
    use locum_api::sts::{AssumeRoleRequest, Tag};
    use serde_json::json;

    use super::*;

    fn request() -> AssumeRoleRequest {
        AssumeRoleRequest {
            role_arn: "arn \"x\"".to_owned(),
            duration_seconds: Some(900),
            token_code: Some("123456".to_owned()),
            tags: vec![Tag {
                key: "k".to_owned(),
                value: "v".to_owned(),
            }],
            ..AssumeRoleRequest::default()
        }
    }

    fn parsed(elements: &Elements) -> Json {
        serde_json::from_str(elements.json()).unwrap()
    }

    #[test]
    fn members_are_shown_under_cloudtrails_names_and_no_secret_is() {
        let elements = Elements::of(&request()).unwrap();
        let expected = json!({
            "roleArn": "arn \"x\"",
            "roleSessionName": "",
            "durationSeconds": 900,
            "tags": [{ "key": "k", "value": "v" }],
        });
        let mut shown = parsed(&elements);
        // Whatever else it has, the code is not in it.
        assert!(!elements.json().contains("123456"), "{}", elements.json());
        let members = shown.as_object_mut().unwrap();
        members.retain(|name, _| expected.get(name).is_some());
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_member_is_hidden_or_replaced_and_another_added() {
        let mut elements = Elements::showing(&request(), |name| match name {
            "RoleArn" => Shown::As("other"),
            "Tags" => Shown::Hidden,
            _ => Shown::Whole,
        })
        .unwrap();
        elements.add("more", &json!({ "a": [1] }));
        let shown = parsed(&elements);
        assert_eq!(shown["roleArn"], "other");
        assert_eq!(shown.get("tags"), None);
        assert_eq!(shown["more"], json!({ "a": [1] }));
        let members = Elements::from_iter([("a", json!(1)), ("b", json!(2))]);
        assert_eq!(members.json(), r#"{"a":1,"b":2}"#);
    }
}
