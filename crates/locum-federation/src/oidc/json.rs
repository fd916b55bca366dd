//! JSON in which every member has one meaning.
//!
//! A repeated member is refused at every level, however it is spelled: two readers could take two different ones, and one
//! of them may be the identity provider. Depth is capped here; size by who reads.

use std::{collections::BTreeMap, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Objects and arrays in one another, at most; claims of real providers have four.
const MAX_DEPTH: usize = 16;

/// The key under which serde_json hands over a number whose digits it keeps.
///
/// An object with this one member reads as that number. It can only say what a number could say in its place.
const NUMBER: &str = "$serde_json::private::Number";

/// The members of an object.
pub(super) type Members = BTreeMap<String, Json>;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    /// The digits as they were written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Members),
}

/// A text that is not JSON, or has a repeated member, or is too deep. What exactly is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotJson;

impl Json {
    /// Reads one object and nothing after it.
    pub(super) fn object(text: &[u8]) -> Result<Members, NotJson> {
        let text = std::str::from_utf8(text).map_err(|_| NotJson)?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Level(MAX_DEPTH)
            .deserialize(&mut deserializer)
            .map_err(|_| NotJson)?;
        deserializer.end().map_err(|_| NotJson)?;
        match value {
            Self::Object(members) => Ok(members),
            _ => Err(NotJson),
        }
    }

    /// The string, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The strings of an array that holds nothing else.
    pub(super) fn as_texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Array(items) => items.iter().map(Self::as_text).collect(),
            _ => None,
        }
    }

    /// The whole number from zero to the largest `i64`, written in digits alone.
    pub(super) fn as_count(&self) -> Option<i64> {
        match self {
            Self::Number(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        }
    }
}

/// How many more levels may open.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
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
        // Debug formatting keeps the point of a whole number, so that it cannot pass for an integer.
        Ok(Json::Number(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let level = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(level)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let level = self.deeper()?;
        let mut object = Members::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER {
                let digits = members.next_value::<String>()?;
                return match members.next_key::<String>()? {
                    None if object.is_empty() => Ok(Json::Number(digits)),
                    _ => Err(de::Error::custom("a reserved member")),
                };
            }
            let value = members.next_value_seed(level)?;
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a repeated member"));
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_given_once_however_it_is_spelled() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"b":{"a":1,"a":2}}"#,
            r#"{"b":[{"a":1,"a":2}]}"#,
        ] {
            assert_eq!(Json::object(text.as_bytes()), Err(NotJson), "{text}");
        }
        assert_eq!(Json::object(br#"{"a":1,"A":2,"b":{"a":3}}"#).unwrap().len(), 3);
    }

    #[test]
    fn only_one_whole_object_is_read() {
        for text in [
            "",
            "[]",
            "1",
            "null",
            "{}{}",
            "{} x",
            "{,}",
            "{\"a\":}",
            "{'a':1}",
            "\u{feff}{}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\n\"}",
        ] {
            assert_eq!(Json::object(text.as_bytes()), Err(NotJson), "{text:?}");
        }
        assert_eq!(Json::object(b"{\"a\":\"\xff\"}"), Err(NotJson));
        assert_eq!(Json::object(b" {} \n").unwrap(), Members::new());
    }

    #[test]
    fn depth_ends() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::object(nested(MAX_DEPTH - 2).as_bytes()).is_ok());
        assert_eq!(Json::object(nested(MAX_DEPTH).as_bytes()), Err(NotJson));
        assert_eq!(Json::object(nested(100_000).as_bytes()), Err(NotJson));
    }

    #[test]
    fn a_count_is_digits() {
        let read = |text: &str| Json::object(format!("{{\"a\":{text}}}").as_bytes()).unwrap()["a"].as_count();
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("9223372036854775807"), Some(i64::MAX));
        for text in [
            "9223372036854775808",
            "-1",
            "-0",
            "1.0",
            "1e3",
            "1E0",
            "\"1\"",
            "null",
            "true",
            "[1]",
            "{}",
            "1e400",
            "123456789012345678901234567890",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_looks_like_the_readers_own_number_says_no_more_than_one() {
        let reserved = |rest: &str| Json::object(format!("{{\"a\":{{\"{NUMBER}\":{rest}}}}}").as_bytes());
        assert_eq!(reserved("\"12\"").unwrap()["a"].as_count(), Some(12));
        assert_eq!(reserved("\"x\"").unwrap()["a"].as_count(), None);
        assert_eq!(reserved("\"1\",\"b\":2"), Err(NotJson));
        assert_eq!(reserved("1"), Err(NotJson));
        let second = format!("{{\"a\":{{\"b\":2,\"{NUMBER}\":\"12\"}}}}");
        assert_eq!(Json::object(second.as_bytes()), Err(NotJson));
    }
}
