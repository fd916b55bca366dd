//! Policy documents as services answer them.

use serde_json::Value;

use crate::{Document, read::read_json};

/// Reads a document, which IAM sends percent-encoded. It is read as one of a file is, so that the two can be compared.
pub(super) fn document(text: &str) -> Document {
    let decoded = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        percent_decoded(text)
    };
    // A document that is no JSON is shown as it is, and equals none that is described.
    let read = read_json("the document", &decoded).map(|node| node.to_json());
    Document(read.unwrap_or(Value::String(decoded)))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()].map(|digit| digit.and_then(|d| char::from(d).to_digit(16)));
        if let [Some(high), Some(low)] = digits {
            bytes.push((high * 16 + low) as u8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_read_encoded_or_not() {
        let expected = Document(json!({"a": "ü%+ "}));
        assert_eq!(document("%7B%22a%22%3A%22%C3%BC%25%2B%20%22%7D"), expected);
        assert_eq!(document(r#"{"a":"ü%+ "}"#), expected);
        // A number is what a file would say.
        assert_eq!(
            document(r#"{"a":[12e5,1.10]}"#).0.to_string(),
            r#"{"a":["12e5",1.10]}"#
        );
    }
}
