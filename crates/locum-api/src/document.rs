//! A JSON object whose members the model does not know: the parameters of a request inside a request.
//!
//! It is kept as text, written anew while it is read: so a repeated key is seen, a reader holds no tree of it (a small
//! array is thirty times its text), and what is too long ends the reading.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{
    Field, Node, Value,
    json::{NUMBER, write_text},
};

/// A JSON object as text. It has no repeated key, and is never printed by accident: it may hold secrets.
#[derive(Clone)]
pub struct Document(String);

impl Document {
    /// How long one may be, in bytes without white space: as long as the edge lets the request be that it stands for.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Reads a text that holds a JSON object and nothing else.
    ///
    /// # Errors
    /// What is wrong with it, for its sender.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = DocumentSeed.deserialize(&mut reader);
        read.and_then(|document| reader.end().map(|()| document))
            .map_err(|error| error.to_string())
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether a text is an object; the reader lets documents be nothing else.
    pub(crate) fn is_object(text: &str) -> bool {
        text.starts_with('{')
    }
}

impl Default for Document {
    /// An object without members.
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(..)")
    }
}

impl Field for Document {
    fn read(node: Node<'_>) -> Option<Self> {
        String::read(node).filter(|text| Self::is_object(text)).map(Self)
    }

    fn value(&self) -> Value<'_> {
        Value::Json(&self.0)
    }
}

/// Reads a value of any kind into its text.
pub(crate) struct DocumentSeed;

impl<'de> DeserializeSeed<'de> for DocumentSeed {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        let mut text = String::new();
        Copy(&mut text).deserialize(deserializer)?;
        if Document::is_object(&text) {
            Ok(Document(text))
        } else {
            Err(D::Error::custom("a JSON object is expected"))
        }
    }
}

/// Appends the value that is read.
struct Copy<'a>(&'a mut String);

impl Copy<'_> {
    fn check<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.0.len() > Document::MAX_BYTES {
            return Err(E::custom(format!(
                "the parameters of one request are longer than {} bytes",
                Document::MAX_BYTES
            )));
        }
        Ok(())
    }

    fn push<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        self.check()
    }
}

impl<'de> DeserializeSeed<'de> for Copy<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Copy<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.push("null")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.push(if value { "true" } else { "false" })
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        write_text(self.0, value);
        self.check()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push('[');
        let start = self.0.len();
        loop {
            let before = self.0.len();
            if before > start {
                self.0.push(',');
            }
            if items.next_element_seed(Copy(self.0))?.is_none() {
                self.0.truncate(before);
                return self.push("]");
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut known: HashSet<String> = HashSet::new();
        self.0.push('{');
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && known.is_empty() {
                // The digits of a number, which serde_json hands over as a map of one.
                // An object with this key looks the same, and may hold any text.
                let digits: String = members.next_value()?;
                let number: serde_json::Number = digits.parse().map_err(A::Error::custom)?;
                if members.next_key::<IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom("a number has one value"));
                }
                self.0.pop();
                return self.push(number.as_str());
            }
            if !known.is_empty() {
                self.0.push(',');
            }
            write_text(self.0, &name);
            self.0.push(':');
            self.check()?;
            if let Some(name) = known.replace(name) {
                return Err(A::Error::custom(format!("duplicate key {name:?}")));
            }
            members.next_value_seed(Copy(self.0))?;
        }
        self.push("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_its_text_without_white_space() {
        for (text, kept) in [
            ("{}", "{}"),
            (" { } ", "{}"),
            (
                r#"{"b": [1, -2.50e3, 12345678901234567890123], "a": {"x": [], "y": [[], {}]}}"#,
                r#"{"b":[1,-2.50e+3,12345678901234567890123],"a":{"x":[],"y":[[],{}]}}"#,
            ),
            (
                r#"{"t":"é\u0001\"\\","n":null,"z":[true,false]}"#,
                "{\"t\":\"é\\u0001\\\"\\\\\",\"n\":null,\"z\":[true,false]}",
            ),
        ] {
            assert_eq!(Document::parse(text).unwrap().text(), kept);
            let value = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(kept), value(text));
        }
    }

    #[test]
    fn what_is_no_object_or_has_a_key_twice_is_refused() {
        for text in [
            "",
            "[]",
            "7",
            "\"{\"",
            "null",
            "{",
            "{} {}",
            r#"{"a":1,"a":1}"#,
            r#"{"a":[{"b":1,"c":2,"b":3}]}"#,
            r#"{"a":1,}"#,
        ] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }

    /// What serde_json makes of a number looks like an object with a key of its own.
    #[test]
    fn no_object_passes_for_a_number() {
        let disguised = |digits: &str| {
            let digits = serde_json::Value::from(digits);
            format!(r#"{{"a":{{"$serde_json::private::Number":{digits}}}}}"#)
        };
        for digits in [
            r#"1,"b":{"c":2}"#,
            "{}",
            "\"x\"",
            "",
            "1 2",
            "01",
            "NaN",
            "1}",
            "true",
        ] {
            assert!(Document::parse(&disguised(digits)).is_err(), "{digits}");
        }
        assert!(Document::parse(r#"{"a":{"$serde_json::private::Number":"1","a":2}}"#).is_err());
        let number = Document::parse(&disguised("-1.5e3")).unwrap();
        let value: serde_json::Value = serde_json::from_str(number.text()).unwrap();
        assert!(value["a"].is_number());
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused() {
        let wide = format!("{{\"a\":[0{}]}}", ",0".repeat(Document::MAX_BYTES / 2));
        assert!(Document::parse(&wide).unwrap_err().contains("longer than"));
        let fits = format!("{{\"a\":\"{}\"}}", "x".repeat(Document::MAX_BYTES - 8));
        assert!(Document::parse(&fits).is_ok());
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        assert!(Document::parse(&deep).is_err());
    }
}
