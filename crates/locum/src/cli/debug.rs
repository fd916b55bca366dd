//! What `--debug` shows of a call: everything but secrets.

use locum_api::model::{Shape, Structure};
use serde_json::{Map, Value};

/// Members whose values are secrets although AWS's model does not mark them.
const BEARER: [&str; 3] = ["SessionToken", "TokenCode", "EncodedMessage"];
const MASK: &str = "********";

/// Returns members with the values of secrets replaced.
pub(crate) fn masked(structure: &Structure, members: &Map<String, Value>) -> Value {
    let shown = members.iter().map(|(name, value)| {
        let shape = structure.member(name).map(|(_, member)| member.shape);
        let value = match (shape, value) {
            (Some(Shape::String(rules)), _) if rules.sensitive => Value::from(MASK),
            _ if BEARER.contains(&name.as_str()) => Value::from(MASK),
            (Some(Shape::Structure(inner)), Value::Object(members)) => masked(inner, members),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(shown.collect())
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
    }
}
