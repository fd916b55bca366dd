//! `--generate-cli-skeleton`: an example of what goes in or comes out, made from the declaration.

use locum_api::model::{Operation, Shape, Structure};
use serde_json::{Map, Value, json};

/// Returns an example for `--cli-input-json`.
pub(crate) fn input(operation: &Operation) -> Value {
    structure(operation.input, &|_, rules_first| {
        Value::String(rules_first.to_owned())
    })
}

/// Returns an example for `--cli-input-yaml`, each member with a comment: whether it is required, and its help.
pub(crate) fn yaml_input(operation: &Operation) -> String {
    let mut out = String::new();
    yaml_structure(operation.input, &mut out, 0, false);
    if out.is_empty() { "{}\n".to_owned() } else { out }
}

/// Writes members at an indent; `placed` tells that the cursor already stands where the first one goes.
fn yaml_structure(structure: &Structure, out: &mut String, indent: usize, placed: bool) {
    for (position, member) in structure.members.iter().enumerate() {
        if position > 0 || !placed {
            out.push_str(&" ".repeat(indent));
        }
        let plain = match member.shape {
            Shape::List { .. } | Shape::Structure(_) => String::new(),
            shape => format!(" {}", yaml_scalar(shape)),
        };
        // The first comment of a structure stands one column further, as the original's emitter has it.
        let gap = if position == 0 { "  " } else { " " };
        let required = if member.required { "[REQUIRED] " } else { "" };
        out.push_str(&format!(
            "{}:{plain}{gap}# {required}{}\n",
            member.name, member.doc
        ));
        match member.shape {
            Shape::List { member, .. } => yaml_item(member, out, indent),
            Shape::Structure(inner) => yaml_structure(inner, out, indent + 2, false),
            _ => {}
        }
    }
}

fn yaml_item(shape: &Shape, out: &mut String, indent: usize) {
    out.push_str(&" ".repeat(indent));
    out.push_str("- ");
    match shape {
        Shape::Structure(inner) => yaml_structure(inner, out, indent + 2, true),
        Shape::List { member, .. } => yaml_item(member, out, indent + 2),
        scalar => {
            out.push_str(yaml_scalar(scalar));
            out.push('\n');
        }
    }
}

fn yaml_scalar(shape: &Shape) -> &'static str {
    match shape {
        Shape::String(rules) => rules.values.first().copied().unwrap_or("''"),
        Shape::Integer { .. } => "0",
        Shape::Boolean => "true",
        Shape::Timestamp => "1970-01-01T00:00:00",
        Shape::Blob => "!!binary ''",
        Shape::Map => "{KeyName: ''}",
        _ => "{}",
    }
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
        Shape::Timestamp => json!("1970-01-01T00:00:00"),
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
    use locum_api::model::{Service, find, operations};

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

    #[test]
    fn every_operation_has_examples_that_can_be_read_again() {
        for operation in operations(Service::Sts) {
            let text = yaml_input(operation);
            let read = locum_apply::read_yaml("example", &text);
            assert_eq!(read, Ok(input(operation)), "{text}");
            let example = output(operation);
            let members = operation.output.map_or(0, |output| output.members.len());
            assert_eq!(example.as_object().unwrap().len(), members, "{}", operation.name);
        }
    }

    #[test]
    fn yaml_examples_are_laid_out_like_those_of_aws() {
        let text = yaml_input(find(Service::Sts, "AssumeRole").unwrap());
        let shape: Vec<&str> = text
            .lines()
            .map(|line| line.split(['.', ';']).next().unwrap())
            .collect();
        assert_eq!(
            &shape[..10],
            [
                "RoleArn: ''  # [REQUIRED] The ARN of the role",
                "RoleSessionName: '' # [REQUIRED] A name that tells this session from the role's others",
                "PolicyArns: # Managed policies of the role's account that limit the session",
                "- arn: ''  # The policy's ARN",
                "Policy: '' # A policy document that limits the session",
                "DurationSeconds: 0 # How long the credentials work, in seconds",
                "Tags: # Tags of the session",
                "- Key: ''  # [REQUIRED] The key",
                "  Value: '' # [REQUIRED] The value",
                "TransitiveTagKeys: # The keys of the tags that sessions chained from this one keep",
            ]
        );
        assert_eq!(
            yaml_input(find(Service::Sts, "GetCallerIdentity").unwrap()),
            "{}\n"
        );
    }
}
