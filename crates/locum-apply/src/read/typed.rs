//! From the tree to the types of the format, every error with its place.
//!
//! Two types ask for more than their value: a [`Document`](crate::Document) may be native, a text of JSON or the name of a
//! file, and a [`Content`](crate::Content) a text or the name of a file. They are newtypes whose names this deserializer knows, and
//! it gives them what they stand for.

use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::{
    Files,
    node::{Entry, Kind, Node},
};
use crate::{FileError, Place};

/// The newtype that is given a policy as JSON.
pub(crate) const DOCUMENT: &str = "locum policy document";
/// The newtype that is given a text, its own or a file's.
pub(crate) const CONTENT: &str = "locum content";
const FILE: &str = "file:";

/// Reads one value.
#[derive(Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) node: &'a Node,
    pub(crate) files: &'a Files<'a>,
}

impl Typed<'_> {
    fn wanted(&self, what: &str) -> FileError {
        let found = self.node.described();
        let empty = match (found, what) {
            ("nothing", "a map") => "; an empty one is {}",
            ("nothing", "a list") => "; an empty one is []",
            _ => "",
        };
        FileError::at(
            &self.node.place,
            format!("{what} is wanted here, not {found}{empty}"),
        )
    }

    fn text(&self) -> Result<&str, FileError> {
        match &self.node.kind {
            Kind::Text(text) => Ok(text),
            Kind::Plain(text) if !text.is_empty() && text != "~" => Ok(text),
            Kind::Plain(_) => Err(FileError::at(
                &self.node.place,
                "a text is wanted here, and there is none",
            )),
            Kind::Number(_) => Err(FileError::at(
                &self.node.place,
                "a text is wanted here, not a number; put it in quotes",
            )),
            _ => Err(self.wanted("a text")),
        }
    }

    /// The text of a file that is named from here.
    fn load(&self, path: &str) -> Result<String, FileError> {
        (self.files)(&self.node.place.file, path)
            .map_err(|reason| FileError::at(&self.node.place, format!("cannot read {path}: {reason}")))
    }

    fn content(&self) -> Result<String, FileError> {
        let text = self.text()?;
        match text.strip_prefix(FILE) {
            Some(path) => self.load(path.trim()),
            None => Ok(text.to_owned()),
        }
    }

    fn document(&self) -> Result<String, FileError> {
        let json = match &self.node.kind {
            Kind::Map(_) => self.node.to_json(),
            Kind::Text(_) | Kind::Plain(_) => self.written_document()?,
            _ => return Err(self.wanted("a policy: a map, a text of JSON or file:<path>")),
        };
        if json.is_object() {
            Ok(json.to_string())
        } else {
            Err(FileError::at(&self.node.place, "a policy must be a JSON object"))
        }
    }

    fn written_document(&self) -> Result<serde_json::Value, FileError> {
        let text = self.text()?;
        let Some(path) = text.strip_prefix(FILE).map(str::trim) else {
            let inner = super::read_json("the text", text);
            return inner.map(|node| node.to_json()).map_err(|error| {
                FileError::at(&self.node.place, format!("this text is no policy: {error}"))
            });
        };
        let loaded = self.load(path)?;
        match super::documents(path, &loaded)?.as_slice() {
            [node] => Ok(node.to_json()),
            _ => Err(FileError::at(
                &self.node.place,
                format!("{path} must hold one policy"),
            )),
        }
    }

    fn number<T: std::str::FromStr>(&self) -> Result<T, FileError> {
        let wanted = || self.wanted("a whole number");
        match &self.node.kind {
            Kind::Number(text) | Kind::Plain(text) => text.parse().map_err(|_| wanted()),
            _ => Err(wanted()),
        }
    }
}

type Answer<'de, V> = Result<<V as Visitor<'de>>::Value, FileError>;

impl<'de> de::Deserializer<'de> for Typed<'_> {
    type Error = FileError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        match &self.node.kind {
            Kind::Map(_) => self.deserialize_map(visitor),
            Kind::List(_) => self.deserialize_seq(visitor),
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Null => visitor.visit_unit(),
            Kind::Number(_) => visitor.visit_u64(self.number()?),
            Kind::Text(text) | Kind::Plain(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        let nothing = match &self.node.kind {
            Kind::Null => true,
            Kind::Plain(text) => matches!(&**text, "" | "~" | "null"),
            _ => false,
        };
        if nothing {
            // Left alone or made empty? The difference may be everybody's permissions.
            let message =
                "there is no value here; write [] or {} to have none, or leave the key out to leave it alone";
            return Err(FileError::at(&self.node.place, message));
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Answer<'de, V> {
        let text = match name {
            DOCUMENT => self.document()?,
            CONTENT => self.content()?,
            _ => return visitor.visit_newtype_struct(self),
        };
        visitor
            .visit_newtype_struct(text.into_deserializer())
            .map_err(|error: FileError| error.or_at(&self.node.place))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        match &self.node.kind {
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Plain(text) if text == "true" => visitor.visit_bool(true),
            Kind::Plain(text) if text == "false" => visitor.visit_bool(false),
            _ => Err(self.wanted("true or false")),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        visitor
            .visit_str(self.text()?)
            .map_err(|error: FileError| error.or_at(&self.node.place))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        let Kind::List(nodes) = &self.node.kind else {
            return Err(self.wanted("a list"));
        };
        visitor.visit_seq(Elements {
            rest: nodes.iter(),
            files: self.files,
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Answer<'de, V> {
        let Kind::Map(entries) = &self.node.kind else {
            return Err(self.wanted("a map"));
        };
        let entries = Entries {
            rest: entries.iter(),
            value: None,
            files: self.files,
        };
        visitor
            .visit_map(entries)
            .map_err(|error| error.or_at(&self.node.place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Answer<'de, V> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Answer<'de, V> {
        let text: de::value::StrDeserializer<'_, FileError> = self.text()?.into_deserializer();
        visitor
            .visit_enum(text)
            .map_err(|error| error.or_at(&self.node.place))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 u64 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct Elements<'a> {
    rest: std::slice::Iter<'a, Node>,
    files: &'a Files<'a>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = FileError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FileError> {
        let Some(node) = self.rest.next() else {
            return Ok(None);
        };
        let element = Typed {
            node,
            files: self.files,
        };
        seed.deserialize(element)
            .map(Some)
            .map_err(|error| error.or_at(&node.place))
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    value: Option<(&'a Node, &'a Place)>,
    files: &'a Files<'a>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = FileError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FileError> {
        let Some(entry) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((&entry.value, &entry.key_place));
        let key: de::value::StrDeserializer<'_, FileError> = entry.key.as_str().into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.or_at(&entry.key_place))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, FileError> {
        let Some((node, key)) = self.value.take() else {
            return Err(de::Error::custom("a value without its key"));
        };
        let value = Typed {
            node,
            files: self.files,
        };
        seed.deserialize(value).map_err(|error| error.or_at(key))
    }
}
