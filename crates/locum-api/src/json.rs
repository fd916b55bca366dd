//! JSON in, for AWS JSON 1.1, and JSON out, for that and for `Accept: application/json`.
//!
//! A body is read so that a repeated key is seen and refused: two readers could take two different ones.

use std::{
    borrow::Cow,
    collections::{HashMap, hash_map::Entry},
    fmt,
};

use jiff::Timestamp;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{
    ApiError, Blob, Document, Node, Record, Sequence, Value,
    document::DocumentSeed,
    model::{Shape, StringRules, Structure},
    plain, xml,
};

/// What becomes of members that the model does not know, of `null`, and of lists that are too long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As AWS does it: unknown members and `null` are ignored, and long lists are for the validator to refuse.
    Lenient,
    /// Unknown members and `null` end the reading; long lists are for the validator, as in a request that comes alone.
    Known,
    /// All of them end the reading: a member that is misspelt must not be overlooked, and a long body must not become a tree of
    /// many times its size.
    Strict,
}

/// Reads a body along a model. An empty body is an empty object.
pub(crate) fn read(
    structure: &'static Structure,
    body: &[u8],
    reading: Reading,
) -> Result<Node<'static>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Node::empty_structure(structure.members.len()));
    }
    let shape = Shape::Structure(structure);
    let seed = Seed {
        shape: Some(&shape),
        reading,
    };
    let mut reader = serde_json::Deserializer::from_slice(body);
    let json = seed
        .deserialize(&mut reader)
        .and_then(|json| reader.end().map(|()| json))
        .map_err(|error| ApiError::serialization(error.to_string()))?;
    match json {
        Json::Object(members) => structure_node(structure, members),
        _ => Err(ApiError::serialization("The request body must be a JSON object")),
    }
}

/// A JSON value that has no repeated key.
enum Json {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(HashMap<String, Json>),
    Document(Document),
}

/// Reads the known members in their declared order. Unknown ones are ignored, as unknown parameters are.
fn structure_node(
    structure: &'static Structure,
    mut members: HashMap<String, Json>,
) -> Result<Node<'static>, ApiError> {
    let nodes = structure
        .members
        .iter()
        .map(|member| match members.remove(member.name) {
            Some(json) => node(member.name, member.shape, json),
            None => Ok(None),
        });
    nodes.collect::<Result<_, _>>().map(Node::Structure)
}

fn node(name: &str, shape: &'static Shape, json: Json) -> Result<Option<Node<'static>>, ApiError> {
    Ok(Some(match (shape, json) {
        (_, Json::Null) => return Ok(None),
        (Shape::Blob, Json::Text(text)) if !Blob::is_base64(&text) => {
            return Err(ApiError::serialization(format!("{name} must be base64")));
        }
        (Shape::String(_) | Shape::Blob, Json::Text(text)) => Node::Text(Cow::Owned(text)),
        (Shape::Document, Json::Document(document)) => Node::Text(Cow::Owned(document.text().to_owned())),
        (Shape::Integer { .. }, Json::Number(digits)) => match digits.parse::<i32>() {
            Ok(number) => Node::Integer(i64::from(number)),
            Err(_) => {
                return Err(ApiError::serialization(format!(
                    "{name} must be a 32-bit integer"
                )));
            }
        },
        (Shape::Timestamp, json) => time(json).ok_or_else(|| {
            let text = format!("{name} must be seconds since 1970 without a fraction, or a text of ISO 8601");
            ApiError::serialization(text)
        })?,
        (Shape::Boolean, Json::Boolean(value)) => Node::Boolean(value),
        (Shape::List { member, .. }, Json::Array(items)) => Node::List(
            items
                .into_iter()
                .map(|item| node(name, member, item))
                .collect::<Result<_, _>>()?,
        ),
        (Shape::Structure(structure), Json::Object(members)) => structure_node(structure, members)?,
        _ => return Err(ApiError::serialization(format!("{name} has the wrong JSON type"))),
    }))
}

/// A point in time, which is read here so far that it cannot fail later.
fn time(json: Json) -> Option<Node<'static>> {
    match json {
        Json::Text(text) => {
            text.parse::<Timestamp>().ok()?;
            Some(Node::Text(Cow::Owned(text)))
        }
        Json::Number(digits) => {
            let seconds = digits.parse().ok()?;
            Timestamp::from_second(seconds).ok()?;
            Some(Node::Integer(seconds))
        }
        _ => None,
    }
}

/// The key under which serde_json hands over a number whose digits it keeps.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// Reads a value of which the model says this much.
#[derive(Clone, Copy)]
struct Seed<'s> {
    shape: Option<&'s Shape>,
    reading: Reading,
}

impl<'s> Seed<'s> {
    /// For the items of a list, and how many there may be.
    fn items(self) -> (Seed<'s>, usize) {
        match self.shape {
            Some(Shape::List { member, max, .. }) => {
                let most = max.filter(|_| self.reading == Reading::Strict);
                let shape = Some(*member);
                (
                    Seed { shape, ..self },
                    most.map_or(usize::MAX, |most| most as usize),
                )
            }
            _ => (Seed { shape: None, ..self }, usize::MAX),
        }
    }

    /// For a member of an object.
    fn member<E: de::Error>(self, name: &str) -> Result<Seed<'s>, E> {
        let shape = match self.shape {
            Some(Shape::Structure(structure)) => match structure.member(name) {
                Some((_, member)) => Some(member.shape),
                None if self.reading != Reading::Lenient => {
                    return Err(E::custom(format!("unknown member {name:?}")));
                }
                None => None,
            },
            _ => None,
        };
        Ok(Seed { shape, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        match self.shape {
            Some(Shape::Document) => DocumentSeed.deserialize(deserializer).map(Json::Document),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    /// As if the member were not there, but where a request must say what it means: a boundary that a program did not have would
    /// be missed.
    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        if self.reading != Reading::Lenient {
            return Err(E::custom("null where a value belongs"));
        }
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let (seed, most) = self.items();
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            if array.len() >= most {
                return Err(de::Error::custom(format!("a list has more than {most} items")));
            }
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = HashMap::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && object.is_empty() {
                return members.next_value().map(Json::Number);
            }
            let seed = self.member(&name)?;
            match object.entry(name) {
                Entry::Vacant(place) => place.insert(members.next_value_seed(seed)?),
                Entry::Occupied(place) => {
                    return Err(de::Error::custom(format!("duplicate key {:?}", place.key())));
                }
            };
        }
        Ok(Json::Object(object))
    }
}

/// Appends a record as an object.
pub(crate) fn write_record(out: &mut String, record: &dyn Record) {
    out.push('{');
    let mut first = true;
    for (position, member) in record.structure().in_wire_order() {
        let value = record.member(position);
        if matches!(value, Value::Absent) {
            continue;
        }
        out.push_str(if std::mem::take(&mut first) {
            member.key.trim_start_matches(',')
        } else {
            member.key
        });
        write_value(out, member.shape, value);
    }
    out.push('}');
}

fn write_value(out: &mut String, shape: &Shape, value: Value<'_>) {
    match value {
        Value::Absent => out.push_str("null"),
        Value::Text(text) => match shape {
            Shape::String(StringRules {
                percent_encoded: true,
                ..
            }) => {
                out.push('"');
                xml::percent_encode(out, text);
                out.push('"');
            }
            _ => write_text(out, text),
        },
        Value::Json(text) => out.push_str(text),
        Value::Integer(number) => out.push_str(itoa::Buffer::new().format(number)),
        Value::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Time(time) => out.push_str(itoa::Buffer::new().format(time.as_second())),
        Value::Record(record) => write_record(out, record),
        Value::List(entries) if matches!(shape, Shape::Map) => write_map(out, entries),
        Value::List(items) => {
            let member = if let Shape::List { member, .. } = shape {
                member
            } else {
                &Shape::TEXT
            };
            out.push('[');
            for index in 0..items.len() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, member, items.item(index));
            }
            out.push(']');
        }
    }
}

/// Appends the entries of a map as an object.
fn write_map(out: &mut String, entries: &dyn Sequence) {
    out.push('{');
    for index in 0..entries.len() {
        if let Value::Record(entry) = entries.item(index)
            && let (Value::Text(key), Value::Text(value)) = (entry.member(0), entry.member(1))
        {
            if index > 0 {
                out.push(',');
            }
            write_text(out, key);
            out.push(':');
            write_text(out, value);
        }
    }
    out.push('}');
}

/// Marks the bytes that may have to be written in another way: quotes, backslashes and what controls.
#[inline]
fn special(word: u64) -> u64 {
    plain::equal(word, b'"') | plain::equal(word, b'\\') | plain::equal(word, 0x7f) | plain::below(word, b' ')
}

/// Appends a JSON string.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    if plain::is(text, special) {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| write_char(out, c));
    }
    out.push('"');
}

fn write_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_whole_is_what_each_character_would_be() {
        let characters = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        let (mut whole, mut each) = (String::new(), String::new());
        for c in characters {
            whole.clear();
            each.clear();
            write_text(&mut whole, c.encode_utf8(&mut [0; 4]));
            write_char(&mut each, c);
            assert_eq!(whole, format!("\"{each}\""), "{c:?}");
        }
    }
}
