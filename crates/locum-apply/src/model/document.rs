//! Policies and other long texts of a file.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::read::typed::{CONTENT, DOCUMENT};

/// A policy: written as a map, as a text of JSON, or as `file:<path>` beside the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document(pub Value);

/// A long text: written out, or as `file:<path>` beside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content(pub String);

/// Receives the text that the reader made of either.
struct Text;

impl<'de> serde::de::Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = deserializer.deserialize_newtype_struct(DOCUMENT, Text)?;
        serde_json::from_str(&json)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(CONTENT, Text).map(Self)
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Content, Document};

    impl JsonSchema for Document {
        fn schema_name() -> Cow<'static, str> {
            "Document".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A policy: written as a map, as a text of JSON, or as `file:<path>` beside the file. \
                                `${locum:account}` in it becomes the account's number, `${locum:account/<name>}` another's.",
                "type": ["object", "string"],
            })
        }
    }

    impl JsonSchema for Content {
        fn schema_name() -> Cow<'static, str> {
            "Content".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A long text: written out, or as `file:<path>` beside the file.",
                "type": "string",
            })
        }
    }
}
