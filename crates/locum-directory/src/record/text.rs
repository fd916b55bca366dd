use std::{borrow::Cow, fmt::Display, str::FromStr};

use base64::{Engine as _, display::Base64Display, prelude::BASE64_STANDARD};
use locum_crypto::SecretBytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A value stored as the text it is written as: ids, timestamps.
#[derive(Clone, Copy)]
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Every such text is free of escapes, but a reader that is not from a slice could not lend it.
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
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
