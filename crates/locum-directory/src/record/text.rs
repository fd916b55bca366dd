use std::{
    borrow::Cow,
    fmt::{self, Display},
    marker::PhantomData,
    str::FromStr,
};

use base64::{Engine as _, display::Base64Display, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::SecretBytes;
use locum_names::{AccessKeyId, AccountId, Partition, UniqueId};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Error as _, Visitor},
};

use super::{RecordError, time};
use crate::{ControlTarget, UnitId, VersionId};

/// A value stored as the text it is written as: ids, timestamps.
#[derive(Clone, Copy)]
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// What a text is read as.
pub(super) trait FromText: FromStr<Err: Display> {
    /// Reads it where that can be done faster than by parsing; `None` says nothing about the text.
    fn at_once(_text: &str) -> Option<Self> {
        None
    }
}

impl FromText for AccessKeyId {}
impl FromText for AccountId {}
impl FromText for ControlTarget {}
impl FromText for Partition {}
impl FromText for UniqueId {}
impl FromText for UnitId {}
impl FromText for VersionId {}

impl FromText for Timestamp {
    fn at_once(text: &str) -> Option<Self> {
        time::usual(text.as_bytes())
    }
}

impl<'de, T: FromText> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(PhantomData)).map(Self)
    }
}

/// Parses a text where it is: a start reads three of them an entity, and a copy of each is an allocation.
struct Parsed<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::at_once(text).map_or_else(|| text.parse().map_err(E::custom), Ok)
    }
}

/// Secret bytes stored as base64, with no copy left behind in between.
pub(super) struct Base64Secret(pub(super) SecretBytes);

impl Serialize for Base64Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0.expose(), &BASE64_STANDARD))
    }
}

impl<'de> Deserialize<'de> for Base64Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
        Ok(Self(SecretBytes::new(bytes)))
    }
}

/// Bytes stored as base64.
pub(super) struct Base64<'a>(Cow<'a, [u8]>);

impl<'a> Base64<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    pub(super) fn into_bytes(self) -> Box<[u8]> {
        self.0.into()
    }

    /// The 32 bytes of a SHA-256 digest.
    pub(super) fn into_digest(self) -> Result<[u8; 32], RecordError> {
        let digest = self.0.as_ref().try_into();
        digest.map_err(|_| RecordError::Unknown("digest"))
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(&self.0, &BASE64_STANDARD))
    }
}

impl<'de> Deserialize<'de> for Base64<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
        Ok(Self(Cow::Owned(bytes)))
    }
}

/// Texts to be written.
pub(super) fn borrowed(texts: &[Box<str>]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| Cow::Borrowed(&**text)).collect()
}

/// Texts that were read.
pub(super) fn owned(texts: Vec<Cow<'_, str>>) -> Vec<Box<str>> {
    texts.into_iter().map(Box::from).collect()
}
