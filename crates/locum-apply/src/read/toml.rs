//! TOML, by the parser of the `toml` crate.

use std::{ops::Range, sync::Arc};

use toml::de::{DeTable, DeValue};

use super::node::{Entry, Kind, Node};
use crate::{FileError, Place};

/// Reads a document of TOML; `None` without a key in it, as of a stream of YAML without a document.
pub(super) fn read(file: &Arc<str>, text: &str) -> Result<Option<Node>, FileError> {
    let place = |byte| Place::of_byte(file, text, byte);
    let root = DeTable::parse(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        FileError::at(&place(byte), format!("not TOML: {}", error.message()))
    })?;
    let root = root.get_ref();
    Ok((!root.is_empty()).then(|| Node {
        place: place(0),
        kind: table(root, &place),
    }))
}

fn table(from: &DeTable<'_>, place: &dyn Fn(usize) -> Place) -> Kind {
    let entries = from.iter().map(|(key, value)| Entry {
        key: key.get_ref().to_string(),
        key_place: place(key.span().start),
        value: node(value.get_ref(), value.span(), place),
    });
    Kind::Map(entries.collect())
}

fn node(from: &DeValue<'_>, span: Range<usize>, place: &dyn Fn(usize) -> Place) -> Node {
    let kind = match from {
        DeValue::String(text) => Kind::Text(text.to_string()),
        // As it is written; hexadecimal numbers are no numbers of JSON, and stay the texts that they are.
        DeValue::Integer(number) => Kind::Number(number.to_string()),
        DeValue::Float(number) => Kind::Number(number.to_string()),
        DeValue::Boolean(value) => Kind::Boolean(*value),
        DeValue::Datetime(time) => Kind::Text(time.to_string()),
        DeValue::Array(values) => Kind::List(
            values
                .iter()
                .map(|value| node(value.get_ref(), value.span(), place))
                .collect(),
        ),
        DeValue::Table(entries) => table(entries, place),
    };
    Node {
        place: place(span.start),
        kind,
    }
}
