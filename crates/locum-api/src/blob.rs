use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{Field, Node, Value};

/// Bytes on their way in or out, kept as the base64 that the wire carries; never printed by accident.
#[derive(Clone, Default)]
pub struct Blob(String);

impl Blob {
    /// Encodes bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(bytes))
    }

    /// Returns the bytes.
    pub fn decode(&self) -> Vec<u8> {
        // Only base64 gets in.
        BASE64_STANDARD.decode(&self.0).unwrap_or_default()
    }

    /// Whether a text is base64 with its padding and nothing else.
    pub(crate) fn is_base64(text: &str) -> bool {
        BASE64_STANDARD.decode(text).is_ok()
    }
}

impl Field for Blob {
    fn read(node: Node<'_>) -> Option<Self> {
        String::read(node).filter(|text| Self::is_base64(text)).map(Self)
    }

    fn value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blob(..)")
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "what the macro declares is public")]
mod tests {
    use super::*;
    use crate::{ApiError, Parameters, declare::structure, form, json, model::Shape, tags::tags, xml};

    structure! {
        /// Something with bytes in it; no request has any.
        Parcel {
            /// The bytes.
            required "Bytes" bytes: Blob, Shape::Blob;
        }
    }

    const ALL_DIGITS: &[u8] = &[0xfb, 0xff, 0x00, 0x10];

    fn from_form(text: &str) -> Result<Vec<u8>, ApiError> {
        let parameters = Parameters::parse(b"", text.as_bytes()).unwrap();
        form::read(Parcel::STRUCTURE, &parameters).map(|tree| Parcel::read(tree).unwrap().bytes.decode())
    }

    fn from_json(text: &str) -> Result<Vec<u8>, ApiError> {
        json::read(Parcel::STRUCTURE, text.as_bytes(), json::Reading::Lenient)
            .map(|tree| Parcel::read(tree).unwrap().bytes.decode())
    }

    #[test]
    fn bytes_are_base64_on_every_wire() {
        let parcel = Parcel {
            bytes: Blob::new(ALL_DIGITS),
        };
        let mut text = String::new();
        json::write_record(&mut text, &parcel);
        assert_eq!(text, r#"{"Bytes":"+/8AEA=="}"#);
        assert_eq!(from_json(&text).unwrap(), ALL_DIGITS);

        let mut writer = xml::Writer::with_capacity(100);
        writer.record(tags!("Parcel"), &parcel);
        assert_eq!(
            writer.finish(),
            "  <Parcel>\n    <Bytes>+/8AEA==</Bytes>\n  </Parcel>\n"
        );
        assert_eq!(from_form("Bytes=%2B/8AEA%3D%3D").unwrap(), ALL_DIGITS);
        assert_eq!(from_form("Bytes=").unwrap(), b"");
    }

    #[test]
    fn anything_but_base64_is_refused() {
        for text in ["!", "AA", "AA=", "AB==", "-_8AEA==", "AA== ", "AA==AA==", "é"] {
            assert_eq!(
                from_form(&format!("Bytes={text}")).unwrap_err().code,
                "MalformedInput",
                "{text}"
            );
            let error = from_json(&format!(r#"{{"Bytes":"{text}"}}"#)).unwrap_err();
            assert_eq!(error.code, "SerializationException", "{text}");
            assert!(Blob::read(Node::Text(text.into())).is_none(), "{text}");
        }
        assert!(from_json(r#"{"Bytes":1}"#).is_err());
    }

    #[test]
    fn bytes_do_not_print() {
        assert_eq!(format!("{:?}", Blob::new(b"seed")), "Blob(..)");
        assert!(Shape::Blob.is_secret());
    }
}
