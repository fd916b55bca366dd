//! `--generate-cli-skeleton`: an example of what goes in or comes out, made from the declaration.

use locum_api::model::{Operation, Shape, Structure};
use serde_json::{Map, Value, json};

/// Returns an example for `--cli-input-json`.
pub(crate) fn input(operation: &Operation) -> Value {
    structure(operation.input, &|_, rules_first| {
        Value::String(rules_first.to_owned())
    })
}

/// Returns an example of the result: each text is the name of its member.
pub(crate) fn output(operation: &Operation) -> Value {
    match operation.output {
        Some(output) => structure(output, &|name, _| Value::String(name.to_owned())),
        None => Value::Object(Map::new()),
    }
}

/// Makes the value of a text from its member's name and its first allowed value.
type Text<'a> = &'a dyn Fn(&str, &str) -> Value;

fn structure(structure_of: &Structure, text: Text<'_>) -> Value {
    let members = structure_of.members.iter();
    Value::Object(
        members
            .map(|member| (member.name.to_owned(), value(member.name, member.shape, text)))
            .collect(),
    )
}

fn value(name: &str, shape: &Shape, text: Text<'_>) -> Value {
    match shape {
        Shape::String(rules) => text(name, rules.values.first().copied().unwrap_or_default()),
        Shape::Integer { .. } => json!(0),
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!("1970-01-01T00:00:00+00:00"),
        Shape::Blob => json!("blob"),
        Shape::List { member, .. } => Value::Array(vec![value(name, member, text)]),
        Shape::Structure(inner) => structure(inner, text),
        Shape::Map => json!({ "KeyName": "" }),
        Shape::Document => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_api::model::{Service, find};

    #[test]
    fn examples_follow_the_declaration() {
        let operation = find(Service::Sts, "GetFederationToken").unwrap();
        assert_eq!(
            input(operation).to_string(),
            r#"{"Name":"","Policy":"","PolicyArns":[{"arn":""}],"DurationSeconds":0,"Tags":[{"Key":"","Value":""}],"MinimumSessionTokenSize":0}"#
        );
        let example = output(find(Service::Sts, "GetCallerIdentity").unwrap());
        assert_eq!(
            example.to_string(),
            r#"{"UserId":"UserId","Account":"Account","Arn":"Arn"}"#
        );
        assert_eq!(input(find(Service::Sts, "GetCallerIdentity").unwrap()), json!({}));
    }
}
