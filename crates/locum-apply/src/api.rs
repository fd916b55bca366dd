//! The one way out: calls of ordinary operations, whoever carries them.

use serde_json::{Value, json};

/// Calls operations with one caller's rights in one account.
pub trait Api {
    /// Calls an operation of `iam`, `organizations` or `sts` with AWS's names, and returns its result as the JSON that
    /// AWS's clients show.
    ///
    /// # Errors
    /// [`ApiFailure`]: what the service answered, or why it did not.
    fn call(&mut self, service: &str, action: &'static str, parameters: Value) -> Result<Value, ApiFailure>;
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{action}: {code}: {message}")]
pub struct ApiFailure {
    /// The operation.
    pub action: String,
    /// The service's code.
    pub code: String,
    /// The service's message.
    pub message: String,
}

/// Reads from one service, page by page.
pub(crate) struct Pages<'a> {
    pub(crate) api: &'a mut dyn Api,
    pub(crate) service: &'static str,
}

/// No list is longer; a service whose token never ends is not waited for.
const MAX_PAGES: usize = 10_000;

impl Pages<'_> {
    /// One answer.
    pub(crate) fn get(&mut self, action: &'static str, parameters: Value) -> Result<Value, ApiFailure> {
        self.api.call(self.service, action, parameters)
    }

    /// One answer, or nothing if there is no such thing.
    pub(crate) fn find(
        &mut self,
        action: &'static str,
        parameters: Value,
    ) -> Result<Option<Value>, ApiFailure> {
        match self.get(action, parameters) {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) if matches!(&*failure.code, "NoSuchEntity" | "NoSuchEntityException") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// All elements of a list, over every page.
    pub(crate) fn list(
        &mut self,
        action: &'static str,
        mut parameters: Value,
        member: &str,
    ) -> Result<Vec<Value>, ApiFailure> {
        let mut elements = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.get(action, parameters.clone())?;
            elements.extend(
                answer
                    .get(member)
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            );
            let next = ["Marker", "NextToken"]
                .into_iter()
                .find_map(|name| Some((name, answer.get(name)?.as_str()?)));
            let (Some((name, token)), Some(sent)) = (next, parameters.as_object_mut()) else {
                if truth(&answer, "IsTruncated") {
                    break;
                }
                return Ok(elements);
            };
            sent.insert(name.to_owned(), json!(token));
        }
        // What was not read would be taken for what is not there.
        Err(ApiFailure {
            action: action.to_owned(),
            code: "EndlessList".to_owned(),
            message: "the list goes on after what was read of it".to_owned(),
        })
    }
}

/// The text of a member, empty when absent.
pub(crate) fn text(value: &Value, member: &str) -> String {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The number of a member. The query protocol has it as a text.
pub(crate) fn number(value: &Value, member: &str) -> Option<u32> {
    match value.get(member)? {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The truth of a member.
pub(crate) fn truth(value: &Value, member: &str) -> bool {
    match value.get(member) {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that has always the same page.
    struct Same(Value);

    impl Api for Same {
        fn call(&mut self, _: &str, _: &'static str, _: Value) -> Result<Value, ApiFailure> {
            Ok(self.0.clone())
        }
    }

    #[test]
    fn a_list_that_was_not_read_to_its_end_is_none() {
        let list = |page| {
            let api = &mut Same(page);
            let mut pages = Pages { api, service: "iam" };
            pages.list("ListUsers", json!({}), "Users")
        };
        for more in [json!({"Marker": "more"}), json!({"IsTruncated": true})] {
            assert_eq!(list(more).unwrap_err().code, "EndlessList");
        }
        assert_eq!(list(json!({"IsTruncated": false})).unwrap(), Vec::<Value>::new());
    }
}
