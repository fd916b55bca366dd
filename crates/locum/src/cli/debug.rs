//! What `--debug` shows of a call: everything but secrets.

use locum_api::model::{Shape, Structure};
use serde_json::{Map, Value};

/// Members whose values are secrets although AWS's model does not mark them.
const BEARER: [&str; 5] = [
    "SessionToken",
    "TokenCode",
    "EncodedMessage",
    "ContextAssertion",
    "ExternalId",
];
const MASK: &str = "********";

/// Returns members with the values of secrets replaced.
pub(crate) fn masked(structure: &Structure, members: &Map<String, Value>) -> Value {
    let shown = members.iter().map(|(name, value)| {
        let shape = structure.member(name).map(|(_, member)| member.shape);
        let value = match shape {
            _ if BEARER.contains(&name.as_str()) => Value::from(MASK),
            Some(shape) => masked_value(shape, value),
            None => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(shown.collect())
}

fn masked_value(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::String(rules), _) if rules.sensitive => Value::from(MASK),
        (Shape::Structure(inner), Value::Object(members)) => masked(inner, members),
        (Shape::List { member, .. }, Value::Array(values)) => {
            values.iter().map(|value| masked_value(member, value)).collect()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_api::model::{Service, find};
    use serde_json::json;

    #[test]
    fn secrets_are_masked_and_the_rest_is_not() {
        let output = find(Service::Sts, "AssumeRole").unwrap().output.unwrap();
        let value = json!({"Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "s3cret", "SessionToken": "t0ken"}});
        let shown = masked(output, value.as_object().unwrap()).to_string();
        assert!(
            shown.contains("ASIA") && !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
        let input = find(Service::Sts, "AssumeRole").unwrap().input;
        let value = json!({
            "RoleArn": "arn:x", "TokenCode": "123456", "ExternalId": "s3cret",
            "ProvidedContexts": [{"ProviderArn": "arn:p", "ContextAssertion": "eyJ.s3cret"}],
            "Tags": [{"Key": "k", "Value": "v"}],
        });
        let shown = masked(input, value.as_object().unwrap());
        assert_eq!(
            shown,
            json!({
                "RoleArn": "arn:x", "TokenCode": MASK, "ExternalId": MASK,
                "ProvidedContexts": [{"ProviderArn": "arn:p", "ContextAssertion": MASK}],
                "Tags": [{"Key": "k", "Value": "v"}],
            })
        );
    }
}
