//! The parameters of an awsQuery request: its query string and its form, read once into one ordered list.
//!
//! Signature checks, policies and operations must all see the same request, so anything that two readers could read
//! in two ways is refused here, before anything else: a name given twice, names that differ only in case, a name in
//! both the query and the body, bytes that are not UTF-8. AWS takes the first of a repeated parameter (`facts: sts §1.1`).

use std::{collections::HashSet, fmt, ops::Range};

use memchr::{memchr, memchr2};

use crate::ApiError;

/// The most parameters a request may have. The largest useful request, with fifty tags and all lists full, has 182.
pub const MAX_PARAMETERS: usize = 512;

/// Below this many parameters, comparing each pair of names is cheaper than hashing them.
const PAIRWISE: usize = 16;

/// How far an escape is looked for byte by byte.
const NEAR: usize = 8;

/// Where a parameter stood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Query,
    Body,
}

struct Entry {
    name: Range<usize>,
    value: Range<usize>,
    source: Source,
}

/// The decoded parameters of a request, in the order they came.
pub struct Parameters {
    text: String,
    entries: Vec<Entry>,
}

impl Parameters {
    /// Reads the raw query string (without `?`) and the raw form. A body that is no form is passed as empty.
    pub fn parse(query: &[u8], body: &[u8]) -> Result<Self, ApiError> {
        let mut bytes = Vec::with_capacity(query.len() + body.len());
        let mut entries = Vec::with_capacity(16);
        read(query, Source::Query, &mut bytes, &mut entries)?;
        read(body, Source::Body, &mut bytes, &mut entries)?;

        let text = String::from_utf8(bytes).map_err(|_| not_utf8())?;
        // Two halves of one character, the end of a name and the start of its value, would pass the check above.
        let whole =
            |part: &Range<usize>| text.is_char_boundary(part.start) && text.is_char_boundary(part.end);
        if !entries
            .iter()
            .all(|entry| whole(&entry.name) && whole(&entry.value))
        {
            return Err(not_utf8());
        }
        let parameters = Self { text, entries };
        parameters.refuse_ambiguous()?;
        Ok(parameters)
    }

    /// Returns the value of an operation parameter with this exact name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Returns the operation's parameters in order, `Action` and `Version` among them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all().filter(|(name, _)| !is_authentication(name))
    }

    /// Returns the `X-Amz-…` parameters of a presigned request, which are no parameters of the operation.
    pub fn authentication(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all().filter(|(name, _)| is_authentication(name))
    }

    /// Returns the number of parameters of both kinds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|entry| (self.part(&entry.name), self.part(&entry.value)))
    }

    fn part(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn refuse_ambiguous(&self) -> Result<(), ApiError> {
        if self.entries.len() > PAIRWISE {
            let mut seen = HashSet::with_capacity(self.entries.len());
            if self.all().all(|(name, _)| seen.insert(name.to_ascii_lowercase())) {
                return Ok(());
            }
        }
        for (index, entry) in self.entries.iter().enumerate() {
            let name = self.part(&entry.name);
            let mut earlier = self.entries.iter().take(index);
            if let Some(other) = earlier.find(|other| self.part(&other.name).eq_ignore_ascii_case(name)) {
                return Err(self.ambiguous(other, entry));
            }
        }
        Ok(())
    }

    fn ambiguous(&self, first: &Entry, second: &Entry) -> ApiError {
        let name = self.part(&second.name);
        let variant = self.part(&first.name);
        ApiError::invalid_query_parameter(if variant != name {
            format!("The parameters '{variant}' and '{name}' differ only in case.")
        } else if first.source != second.source {
            format!("The parameter '{name}' must not be given in both the query string and the body.")
        } else {
            format!("The parameter '{name}' must not be given more than once.")
        })
    }
}

/// Prints names only: values may be secrets.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|(name, _)| name)).finish()
    }
}

fn is_authentication(name: &str) -> bool {
    name.get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("X-Amz-"))
}

fn not_utf8() -> ApiError {
    ApiError::malformed_query_string("The parameters are not valid UTF-8")
}

fn read(
    mut rest: &[u8],
    source: Source,
    bytes: &mut Vec<u8>,
    entries: &mut Vec<Entry>,
) -> Result<(), ApiError> {
    while !rest.is_empty() {
        let end = memchr(b'&', rest).unwrap_or(rest.len());
        let (pair, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        rest = tail.split_first().map_or(&[], |(_, tail)| tail);
        if pair.is_empty() {
            continue;
        }
        if entries.len() == MAX_PARAMETERS {
            return Err(ApiError::malformed_query_string(format!(
                "The request has more than {MAX_PARAMETERS} parameters"
            )));
        }
        let equals = memchr(b'=', pair).unwrap_or(pair.len());
        let (name, value) = pair.split_at_checked(equals).unwrap_or((pair, &[]));
        let start = bytes.len();
        unescape(name, bytes)?;
        let middle = bytes.len();
        unescape(value.split_first().map_or(&[], |(_, value)| value), bytes)?;
        entries.push(Entry {
            name: start..middle,
            value: middle..bytes.len(),
            source,
        });
    }
    Ok(())
}

/// Appends the text behind `+` and `%` escapes.
fn unescape(mut raw: &[u8], out: &mut Vec<u8>) -> Result<(), ApiError> {
    while let Some(at) = next_escape(raw) {
        let (plain, escape) = raw.split_at_checked(at).unwrap_or((raw, &[]));
        out.extend_from_slice(plain);
        raw = match escape {
            [b'+', rest @ ..] => {
                out.push(b' ');
                rest
            }
            [b'%', high, low, rest @ ..] => {
                let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
                    let escape = String::from_utf8_lossy(escape.get(..3).unwrap_or(escape)).into_owned();
                    return Err(ApiError::malformed_query_string(format!(
                        "Illegal hex character in escape % pattern: {escape}"
                    )));
                };
                out.push(high << 4 | low);
                rest
            }
            _ => {
                return Err(ApiError::malformed_query_string(
                    "Incomplete trailing escape % sequence",
                ));
            }
        };
    }
    out.extend_from_slice(raw);
    Ok(())
}

/// Where the next escape is. In an ARN they stand so close that looking at a few bytes one by one finds most of them.
fn next_escape(raw: &[u8]) -> Option<usize> {
    let near = raw.iter().take(NEAR).position(|byte| matches!(byte, b'%' | b'+'));
    near.or_else(|| Some(NEAR + memchr2(b'%', b'+', raw.get(NEAR..)?)?))
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
