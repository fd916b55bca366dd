//! What a document must be before a tree is built of it.
//!
//! A tree costs more than its text: nested namespace declarations cost its builder cubic time, and every `=` reserves
//! room for an attribute. So one linear scan counts what the tree would have to hold, refuses every feature of XML that
//! SAML has no use for (document types, processing instructions, entities, CDATA, comments), and refuses what the one
//! parser behind it reads more kindly than libxml2 does: a default namespace declared twice, `p:xmlns`, references to
//! surrogates, relative namespace names (`facts: security §1.5`). The scan decides nothing else: it never yields a value.

mod declaration;

use std::borrow::Cow;

use declaration::after_declaration;

/// Whether comments may stand in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// Administrators comment metadata; a comment within a value is refused where the value is read.
    Allowed,
    /// Nobody comments a response: a comment there serves to split what is read from what was signed.
    Refused,
}

/// How much a document may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of the whole document.
    pub(super) size: usize,
    /// Elements.
    pub(super) elements: usize,
    /// Elements within each other.
    pub(super) depth: usize,
    /// Namespace declarations on an element and those that it stands in, redeclared ones counted again.
    pub(super) declarations: usize,
    /// Attributes of one element, without declarations.
    pub(super) attributes: usize,
    /// Equals signs, of attributes or not: the parser reserves an attribute's room for each.
    pub(super) equals: usize,
    /// Whether comments may stand in it.
    pub(super) comments: Comments,
}

/// Bytes of the longest name of an element or attribute, prefix included.
const NAME_LEN: usize = 128;

/// Why a document is refused before it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// More bytes than are read.
    #[error("the document is too large")]
    Size,
    /// A byte order mark, or an encoding that begins like one.
    #[error("the document begins with a byte order mark")]
    ByteOrderMark,
    /// Another encoding than UTF-8, in fact or by declaration.
    #[error("the document is not UTF-8")]
    Encoding,
    /// An XML declaration of another form than `<?xml version="1.0" encoding="UTF-8"?>`.
    #[error("the XML declaration is malformed")]
    Declaration,
    /// A document type, and with it entities.
    #[error("the document has a document type")]
    Doctype,
    /// A processing instruction, or an XML declaration that does not stand at the start.
    #[error("the document has a processing instruction")]
    Instruction,
    /// A CDATA section.
    #[error("the document has a CDATA section")]
    Cdata,
    /// A comment where none is allowed.
    #[error("the document has a comment")]
    Comment,
    /// A reference to an entity that is not one of XML's five, or to no character of XML.
    #[error("the document refers to an entity or to a character that XML does not have")]
    Reference,
    /// A name that is not a short ASCII one, or not a name at all.
    #[error("the document has a malformed, overlong or non-ASCII name")]
    Name,
    /// A namespace declaration that is duplicated, reserved, of a relative name or of none.
    #[error("the document has a malformed namespace declaration")]
    Namespace,
    /// Markup that is none.
    #[error("the document is malformed")]
    Malformed,
    /// Too many elements.
    #[error("the document has too many elements")]
    Elements,
    /// Elements too deep within each other.
    #[error("the document is nested too deeply")]
    Depth,
    /// Too many namespace declarations in scope.
    #[error("the document has too many namespaces in scope")]
    Namespaces,
    /// Too many attributes on one element, or equals signs in all.
    #[error("the document has too many attributes")]
    Attributes,
}

/// Admits a document to the parser: returns it as text, without its XML declaration and with line ends as XML reads
/// them (XML 1.0 §2.11). Linear in its length.
///
/// # Errors
/// `GuardError` for the first thing found that is not admitted.
pub(super) fn admit<'a>(octets: &'a [u8], limits: &Limits) -> Result<Cow<'a, str>, GuardError> {
    if octets.len() > limits.size {
        return Err(GuardError::Size);
    }
    if [&[0xef, 0xbb, 0xbf][..], &[0xfe, 0xff], &[0xff, 0xfe]]
        .iter()
        .any(|mark| octets.starts_with(mark))
    {
        return Err(GuardError::ByteOrderMark);
    }
    let text = std::str::from_utf8(octets).map_err(|_| GuardError::Encoding)?;
    let body = after_declaration(text)?;
    if memchr::memchr_iter(b'=', body.as_bytes()).count() > limits.equals {
        return Err(GuardError::Attributes);
    }
    Scan::new(body, limits).run()?;
    Ok(match memchr::memchr(b'\r', body.as_bytes()) {
        Some(_) => Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n")),
        None => Cow::Borrowed(body),
    })
}

/// One pass over the markup of a document.
struct Scan<'a> {
    rest: &'a str,
    limits: &'a Limits,
    elements: usize,
    /// For each open element how many namespaces it declares.
    open: Vec<usize>,
    declarations: usize,
}

impl<'a> Scan<'a> {
    fn new(body: &'a str, limits: &'a Limits) -> Self {
        Self {
            rest: body,
            limits,
            elements: 0,
            open: Vec::with_capacity(limits.depth),
            declarations: 0,
        }
    }

    fn run(mut self) -> Result<(), GuardError> {
        while let Some((text, markup)) = self.rest.split_once('<') {
            check_references(text)?;
            self.rest = markup;
            if let Some(special) = markup.strip_prefix('!') {
                self.comment(special)?;
            } else if markup.starts_with('?') {
                return Err(GuardError::Instruction);
            } else if let Some(end) = markup.strip_prefix('/') {
                let (_, rest) = end.split_once('>').ok_or(GuardError::Malformed)?;
                self.rest = rest;
                self.declarations -= self.open.pop().ok_or(GuardError::Malformed)?;
            } else {
                self.start_tag()?;
            }
        }
        check_references(self.rest)
    }

    fn comment(&mut self, special: &'a str) -> Result<(), GuardError> {
        if special.starts_with("[CDATA[") {
            return Err(GuardError::Cdata);
        }
        let comment = special.strip_prefix("--").ok_or(GuardError::Doctype)?;
        if self.limits.comments == Comments::Refused {
            return Err(GuardError::Comment);
        }
        let (_, rest) = comment.split_once("-->").ok_or(GuardError::Malformed)?;
        self.rest = rest;
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), GuardError> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(GuardError::Elements);
        }
        let (prefix, _) = self.name()?;
        if matches!(prefix, Some("xmlns" | "xml")) {
            return Err(GuardError::Name);
        }
        let mut tag = Tag::default();
        loop {
            let spaced = self.rest.starts_with(is_space);
            self.rest = self.rest.trim_start_matches(is_space);
            let empty = self.rest.strip_prefix("/>");
            if let Some(rest) = empty.or_else(|| self.rest.strip_prefix('>')) {
                self.rest = rest;
                return self.close(&tag, empty.is_some());
            }
            if !spaced {
                return Err(GuardError::Malformed);
            }
            self.attribute(&mut tag)?;
        }
    }

    /// Counts a start tag that has been read.
    fn close(&mut self, tag: &Tag, empty: bool) -> Result<(), GuardError> {
        if self.open.len() >= self.limits.depth {
            return Err(GuardError::Depth);
        }
        if self.declarations + tag.declarations > self.limits.declarations {
            return Err(GuardError::Namespaces);
        }
        if !empty {
            self.open.push(tag.declarations);
            self.declarations += tag.declarations;
        }
        Ok(())
    }

    fn attribute(&mut self, tag: &mut Tag) -> Result<(), GuardError> {
        let (prefix, local) = self.name()?;
        let rest = self.rest.trim_start_matches(is_space);
        let rest = rest.strip_prefix('=').ok_or(GuardError::Malformed)?;
        let rest = rest.trim_start_matches(is_space);
        let quote = rest
            .chars()
            .next()
            .filter(|&c| c == '"' || c == '\'')
            .ok_or(GuardError::Malformed)?;
        let (value, rest) = rest
            .strip_prefix(quote)
            .and_then(|rest| rest.split_once(quote))
            .ok_or(GuardError::Malformed)?;
        self.rest = rest;
        if value.contains('<') {
            return Err(GuardError::Malformed);
        }
        check_references(value)?;
        match (prefix, local) {
            (None, "xmlns") => {
                if tag.default || !(value.is_empty() || is_absolute(value)) {
                    return Err(GuardError::Namespace);
                }
                tag.default = true;
                tag.declarations += 1;
            }
            (Some("xmlns"), "xml" | "xmlns") | (Some(_), "xmlns") => return Err(GuardError::Namespace),
            (Some("xmlns"), _) => {
                if !is_absolute(value) {
                    return Err(GuardError::Namespace);
                }
                tag.declarations += 1;
            }
            (_, _) => {
                tag.attributes += 1;
                if tag.attributes > self.limits.attributes {
                    return Err(GuardError::Attributes);
                }
            }
        }
        if tag.declarations > self.limits.declarations {
            return Err(GuardError::Namespaces);
        }
        Ok(())
    }

    /// Takes a name off the rest and returns its prefix and local part.
    fn name(&mut self) -> Result<(Option<&'a str>, &'a str), GuardError> {
        let bytes = self.rest.as_bytes();
        let mut len = 0;
        let mut colon = None;
        while let Some(&byte) = bytes.get(len) {
            match byte {
                b':' if colon.is_none() => colon = Some(len),
                byte if is_name_byte(byte) => {}
                _ => break,
            }
            len += 1;
        }
        let (name, rest) = self.rest.split_at_checked(len).ok_or(GuardError::Name)?;
        if len > NAME_LEN || rest.starts_with(|c: char| !c.is_ascii() || c == ':') {
            return Err(GuardError::Name);
        }
        self.rest = rest;
        let (prefix, local) = match colon.and_then(|colon| name.split_at_checked(colon)) {
            Some((prefix, local)) => (Some(prefix), local.get(1..).unwrap_or_default()),
            None => (None, name),
        };
        if starts_a_name(local) && prefix.is_none_or(starts_a_name) {
            Ok((prefix, local))
        } else {
            Err(GuardError::Name)
        }
    }
}

/// What one start tag holds.
#[derive(Default)]
struct Tag {
    /// It declares a default namespace.
    default: bool,
    declarations: usize,
    attributes: usize,
}

/// Tells whether `name` is an ASCII name without a colon, as a prefix and a local name are.
pub(super) fn is_ncname(name: &str) -> bool {
    starts_a_name(name) && name.bytes().all(is_name_byte)
}

fn starts_a_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn is_name_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.')
}

/// Tells whether `c` is white space to XML.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Tells whether a namespace name is an absolute URI that is spelled plainly. A relative one has no canonical form
/// (Canonical XML 1.0 §1.3), and libxml2 then yields nothing; one with references or quotes is canonicalised by libxml2
/// to something that is no XML.
fn is_absolute(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_graphic() && !b"&<>\"'".contains(&b))
        && name.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        })
}

/// Refuses every reference but those to XML's five entities and to characters that XML has.
fn check_references(text: &str) -> Result<(), GuardError> {
    let mut rest = text;
    while let Some((_, reference)) = rest.split_once('&') {
        // The longest is a character with leading zeros; without an end nearby there is none.
        let end = reference
            .bytes()
            .take(16)
            .position(|b| b == b';')
            .ok_or(GuardError::Reference)?;
        let (name, after) = reference.split_at_checked(end).ok_or(GuardError::Reference)?;
        let known = match name.strip_prefix('#') {
            Some(number) => is_character(number),
            None => matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"),
        };
        if !known {
            return Err(GuardError::Reference);
        }
        rest = after;
    }
    Ok(())
}

/// Tells whether `65` or `x41` is the number of a character of XML (XML 1.0 §2.2).
fn is_character(number: &str) -> bool {
    let parsed = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16),
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse(),
        Some(_) | None => return false,
    };
    let Some(character) = parsed.ok().and_then(char::from_u32) else {
        return false;
    };
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ',
    }
}
