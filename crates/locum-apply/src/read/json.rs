//! JSON, by the strict reader of policies.

use std::sync::Arc;

use locum_policy::json::{self, Value};

use super::node::{Entry, Kind, Node};
use crate::{FileError, Place};

/// Reads a document of JSON.
pub(super) fn read(file: &Arc<str>, text: &str) -> Result<Node, FileError> {
    let place = |byte| Place::of_byte(file, text, byte);
    let root = json::read(text)
        .map_err(|error| FileError::at(&place(error.offset), format!("not JSON: {}", error.reason)))?;
    Ok(node(root, &place))
}

fn node(from: json::Node, place: &dyn Fn(usize) -> Place) -> Node {
    let kind = match from.value {
        Value::Null => Kind::Null,
        Value::Boolean(value) => Kind::Boolean(value),
        Value::Number(text) => Kind::Number(text.into()),
        Value::String(text) => Kind::Text(text.into()),
        Value::Array(nodes) => Kind::List(nodes.into_iter().map(|n| node(n, place)).collect()),
        Value::Object(members) => {
            let entries = members.into_iter().map(|member| Entry {
                key: member.key.into(),
                key_place: place(member.key_span.start),
                value: node(member.value, place),
            });
            Kind::Map(entries.collect())
        }
    };
    Node {
        place: place(from.span.start),
        kind,
    }
}
