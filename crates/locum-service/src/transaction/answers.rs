//! What earlier requests of a transaction answered, for those after them.
//!
//! Organizations draws the ids of accounts, units and policies, so a request that needs one cannot be written before the
//! request that makes it was answered. `{"$result": [2, "OrganizationalUnit", "Id"]}` in place of a text stands for that
//! text of the answer to request 2, and `{"$text": ["arn:aws:s3:::", {"$result": […]}, "-*"]}` for the texts in it, one after
//! the other. Nothing is told that its sender would not have read there; the request is then decoded
//! and authorized with the text in it, as if it came alone.

use locum_api::{ApiError, Body, Document, errors, model::Service};
use serde_json::{Map, Value};

const RESULT: &str = "$result";
const TEXT: &str = "$text";

/// The answers so far, by request; those of other services than Organizations are not kept.
#[derive(Default)]
pub(super) struct Answers(Vec<Option<Value>>);

impl Answers {
    /// Keeps the answer to the next request.
    pub(super) fn keep(&mut self, service: Service, body: &Body) {
        let json = || serde_json::from_str(&body.text).ok();
        self.0
            .push((service == Service::Organizations).then(json).flatten());
    }

    /// Returns parameters with texts in place of what stands for them.
    ///
    /// # Errors
    /// ValidationException for a reference to no text of an earlier answer, and for texts that are longer together than
    /// the parameters of a request may be: each is counted before it is copied.
    pub(super) fn fill(&self, parameters: &Document) -> Result<Document, ApiError> {
        let text = parameters.text();
        if ![RESULT, TEXT]
            .iter()
            .any(|mark| text.contains(&format!("\"{mark}\"")))
        {
            return Ok(parameters.clone());
        }
        let mut value: Value = serde_json::from_str(text).map_err(|_| ApiError::internal_failure())?;
        self.replace(&mut value, &mut { Document::MAX_BYTES })?;
        Document::parse(&value.to_string()).map_err(|error| errors::VALIDATION_EXCEPTION.with(error))
    }

    /// Replaces every reference in a value, by texts of no more than `left` bytes together.
    fn replace(&self, value: &mut Value, left: &mut usize) -> Result<(), ApiError> {
        match value {
            Value::Array(values) => values.iter_mut().try_for_each(|value| self.replace(value, left)),
            Value::Object(members) => {
                if ![RESULT, TEXT].iter().any(|mark| members.contains_key(*mark)) {
                    return members
                        .values_mut()
                        .try_for_each(|value| self.replace(value, left));
                }
                let text = self.text(members, left)?;
                *value = Value::from(text);
                Ok(())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    /// The text that a `$result` or a `$text` stands for.
    fn text(&self, members: &Map<String, Value>, left: &mut usize) -> Result<String, ApiError> {
        if members.len() != 1 {
            return Err(nowhere());
        }
        if let Some(reference) = members.get(RESULT) {
            let found = self.find(reference).ok_or_else(nowhere)?;
            *left = left.checked_sub(found.len()).ok_or_else(too_long)?;
            return Ok(found.to_owned());
        }
        let parts = members.get(TEXT).and_then(Value::as_array).ok_or_else(nowhere)?;
        let texts = parts.iter().map(|part| match part {
            Value::String(text) => Ok(text.clone()),
            // One in another has no meaning, and no end.
            Value::Object(inner) if inner.contains_key(RESULT) => self.text(inner, left),
            _ => Err(nowhere()),
        });
        texts.collect()
    }

    fn find(&self, reference: &Value) -> Option<&str> {
        let (request, path) = reference.as_array()?.split_first()?;
        let request = usize::try_from(request.as_u64()?).ok()?;
        let answer = self.0.get(request)?.as_ref()?;
        let found = path
            .iter()
            .try_fold(answer, |value, member| value.get(member.as_str()?));
        found?.as_str()
    }
}

fn nowhere() -> ApiError {
    let text = "$result must be the place of an earlier request to organizations in this transaction and the members that \
                lead to a text of its answer, as in {\"$result\": [0, \"Policy\", \"PolicySummary\", \"Id\"]}.";
    errors::VALIDATION_EXCEPTION.with(text)
}

fn too_long() -> ApiError {
    let most = Document::MAX_BYTES;
    errors::VALIDATION_EXCEPTION.with(format!(
        "The texts that $result stands for are longer than {most} bytes."
    ))
}
