//! What came back, with what tests ask of it.

use locum_crypto::SecretString;
use serde_json::Value;

use super::Credentials;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Itself, if the call succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks that the call failed in just this way.
    #[track_caller]
    pub fn fails(&self, status: u16, code: &str, message: &str) {
        let got = (
            self.status,
            self.find("Code"),
            self.find("Message").unwrap_or_default(),
        );
        assert_eq!(got, (status, Some(code.to_owned()), message.to_owned()));
    }

    /// The text of the first element of this name.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        self.find(name)
            .unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// The text of the first element of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<String> {
        self.texts(name).into_iter().next()
    }

    /// The texts of every element of this name, in order.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(&open).skip(1);
        parts
            .map(|part| unescape(part.split(&close).next().unwrap()))
            .collect()
    }

    /// The percent-encoded document in the first element of this name, decoded.
    #[track_caller]
    pub fn document(&self, name: &str) -> String {
        percent_decode(&self.text(name))
    }

    /// The header of this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The credentials in an answer of CreateAccessKey or of STS.
    #[track_caller]
    pub fn credentials(self) -> Credentials {
        let answer = self.ok();
        Credentials {
            access_key_id: answer.text("AccessKeyId"),
            secret: SecretString::new(answer.text("SecretAccessKey")),
            token: answer.find("SessionToken").map(SecretString::new),
        }
    }
}

pub fn percent_decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

fn unescape(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&apos;", "'")
        .replace("&#xD;", "\r")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
