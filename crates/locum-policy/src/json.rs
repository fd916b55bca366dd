//! A strict JSON reader.
//!
//! Two parsers that read one document differently are a hole: a second `"Effect"` that one of them keeps and the other
//! drops turns a `Deny` into an `Allow` (`facts: security §1.4`). So a repeated key is an error at any depth, as are a
//! NUL, a lone surrogate and nesting past 32; keys keep their case, numbers their text, and every value its place in
//! the document, for messages and for rewriting principals without touching anything else.

use std::{collections::HashSet, ops::Range};

/// The depth of nesting at which reading stops; a policy needs six.
const MAX_DEPTH: usize = 32;

/// A value and where its text is.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its bytes in the document.
    pub span: Range<usize>,
    /// The value.
    pub value: Value,
}

/// What a document holds somewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// The number as it was written.
    Number(Box<str>),
    /// A string without its escapes.
    String(Box<str>),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members as they stand.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key without its escapes.
    pub key: Box<str>,
    /// The key's bytes in the document, quotes included.
    pub key_span: Range<usize>,
    /// What it is the key of.
    pub value: Node,
}

/// What is wrong, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The byte of the document.
    pub offset: usize,
    /// What is wrong, without a full stop.
    pub reason: String,
}

impl Node {
    /// Returns the text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the members of an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the member of this exact key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?.iter().find(|m| &*m.key == key).map(|m| &m.value)
    }

    /// Returns the elements of an array; any other value is a list of itself.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        match &self.value {
            Value::Array(nodes) => nodes,
            _ => std::slice::from_ref(self),
        }
    }
}

/// What some editors and shells write before a text. It is no white space of JSON, and IAM refuses it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads one whole document.
///
/// # Errors
/// [`JsonError`]: what is wrong first.
pub fn read(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0 };
    if text.starts_with(BYTE_ORDER_MARK) {
        return Err(reader
            .error("a byte order mark, which is not seen, stands before the document; save it without one"));
    }
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("text after the end of the document"));
    }
    Ok(node)
}

/// The keys of an object that is being read: the members themselves, as long as they are few, and beyond that a set.
#[derive(Default)]
struct Keys(HashSet<Box<str>>);

impl Keys {
    const FEW: usize = 8;

    /// Whether `key` is none of those of the `members` before it.
    fn add(&mut self, key: &str, members: &[Member]) -> bool {
        if members.len() < Self::FEW {
            return members.iter().all(|member| *member.key != *key);
        }
        if members.len() == Self::FEW {
            self.0.extend(members.iter().map(|member| member.key.clone()));
        }
        self.0.insert(key.into())
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, reason: impl Into<String>) -> JsonError {
        JsonError {
            offset: self.at,
            reason: reason.into(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(format!("expected `{}`", char::from(byte))))
    }

    /// Goes beyond a comma, which another member or element must follow. What is wrong is the comma.
    fn next_after_comma(&mut self, closing: u8) -> Result<(), JsonError> {
        let comma = self.at;
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(closing) {
            self.at = comma;
            return Err(self.error(format!("a comma before the closing `{}`", char::from(closing))));
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Boolean(true))?,
            Some(b'f') => self.word("false", Value::Boolean(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) => return Err(self.error("expected a value")),
            None => return Err(self.error("the document ends too early")),
        };
        Ok(Node {
            span: start..self.at,
            value,
        })
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.expect(b'{')?;
        let mut members: Vec<Member> = Vec::new();
        let mut seen = Keys::default();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let start = self.at;
            let key = self.string()?;
            if !seen.add(&key, &members) {
                self.at = start;
                return Err(self.error(format!("the key `{key}` occurs twice")));
            }
            let key_span = start..self.at;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            let value = self.value(depth + 1)?;
            members.push(Member { key, key_span, value });
            self.skip_space();
            if self.peek() == Some(b',') {
                self.next_after_comma(b'}')?;
                continue;
            }
            self.expect(b'}')?;
            return Ok(Value::Object(members));
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.expect(b'[')?;
        let mut nodes = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(nodes));
        }
        loop {
            self.skip_space();
            nodes.push(self.value(depth + 1)?);
            self.skip_space();
            if self.peek() == Some(b',') {
                self.next_after_comma(b']')?;
                continue;
            }
            self.expect(b']')?;
            return Ok(Value::Array(nodes));
        }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("expected a digit"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Box<str>, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default().into())
    }

    fn string(&mut self) -> Result<Box<str>, JsonError> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let run = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            // Never inside a character: the loop stops at ASCII bytes only.
            let run = self.text.get(run..self.at).unwrap_or_default();
            if self.peek() == Some(b'"') && out.is_empty() {
                self.at += 1;
                return Ok(run.into());
            }
            out.push_str(run);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(self.error("a control character in a string")),
                None => return Err(self.error("a string without its end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.peek() else {
            return Err(self.error("a string without its end"));
        };
        let plain = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.error("an unknown escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// The `u` of an escape and what follows, a surrogate pair included.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let high = self.unit()?;
        let code = match high {
            0xd800..=0xdbff => {
                self.expect(b'\\')?;
                let low = self.unit()?;
                if !(0xdc00..=0xdfff).contains(&low) {
                    return Err(self.error("half of a surrogate pair"));
                }
                0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            }
            _ => high,
        };
        match char::from_u32(code) {
            Some('\0') => Err(self.error("a NUL character")),
            Some(c) => Ok(c),
            None => Err(self.error("half of a surrogate pair")),
        }
    }

    fn unit(&mut self) -> Result<u32, JsonError> {
        self.expect(b'u')?;
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(self.error("expected four hexadecimal digits"));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.error("expected four hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_occurs_twice_however_many_there_are() {
        for count in 1..20 {
            let members = |last: usize| {
                let keys = (0..count).chain([last]).map(|key| format!(r#""k{key}":0"#));
                format!("{{{}}}", keys.collect::<Vec<_>>().join(","))
            };
            assert!(read(&members(count)).is_ok());
            for twice in 0..count {
                assert!(read(&members(twice)).is_err(), "{twice} of {count}");
            }
        }
    }
}
