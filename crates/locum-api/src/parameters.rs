//! The parameters of an awsQuery request: its query string and its form, read once into one ordered list.
//!
//! Signature checks, policies and operations must all see the same request, so anything that two readers could read
//! in two ways is refused here, before anything else: a name given twice, names that differ only in case, a name in
//! both the query and the body, bytes that are not UTF-8. AWS takes the first of a repeated parameter (`facts: sts §1.1`).

use std::{collections::HashSet, fmt, ops::Range};

use crate::{
    ApiError,
    urlencoded::{Unescaped, read_pair},
};

/// The most parameters a request may have. The largest useful request, with fifty tags and all lists full, has 182.
pub const MAX_PARAMETERS: usize = 512;

/// Below this many parameters, comparing each pair of names is cheaper than hashing them.
const PAIRWISE: usize = 16;

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
    /// Whether it is an `X-Amz-…` parameter of a presigned request.
    authenticates: bool,
}

/// The decoded parameters of a request, in the order they came.
pub struct Parameters {
    text: String,
    entries: Vec<Entry>,
}

impl Parameters {
    /// Reads the raw query string (without `?`) and the raw form. A body that is no form is passed as empty.
    pub fn parse(query: &[u8], body: &[u8]) -> Result<Self, ApiError> {
        let mut text = Unescaped::with_room([query, body]);
        let mut entries = Vec::with_capacity(16);
        read(query, Source::Query, &mut text, &mut entries)?;
        read(body, Source::Body, &mut text, &mut entries)?;

        let text = String::from_utf8(text.into_bytes()).map_err(|_| not_utf8())?;
        // Two halves of one character, the end of a name and the start of its value, would pass the check above.
        let is_whole =
            |part: &Range<usize>| text.is_char_boundary(part.start) && text.is_char_boundary(part.end);
        if !entries
            .iter()
            .all(|entry| is_whole(&entry.name) && is_whole(&entry.value))
        {
            return Err(not_utf8());
        }
        let parameters = Self { text, entries };
        parameters.refuse_ambiguous()?;
        Ok(parameters)
    }

    /// Returns the value of an operation parameter with this exact name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut entries = self.operation();
        let entry = entries.find(|entry| self.part(&entry.name) == name)?;
        Some(self.part(&entry.value))
    }

    /// Returns the operation's parameters in order, `Action` and `Version` among them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operation().map(|entry| self.pair(entry))
    }

    /// Returns the `X-Amz-…` parameters of a presigned request, which are no parameters of the operation.
    pub fn authentication(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.entries.iter().filter(|entry| entry.authenticates);
        entries.map(|entry| self.pair(entry))
    }

    /// Returns the number of parameters of both kinds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[inline]
    fn operation(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.authenticates)
    }

    #[inline]
    fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| self.part(&entry.name))
    }

    #[inline]
    fn pair(&self, entry: &Entry) -> (&str, &str) {
        (self.part(&entry.name), self.part(&entry.value))
    }

    #[inline]
    fn part(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn refuse_ambiguous(&self) -> Result<(), ApiError> {
        if are_distinct(self.names().map(mark)) {
            return Ok(());
        }
        if self.entries.len() > PAIRWISE {
            let mut seen = HashSet::with_capacity(self.entries.len());
            if self.names().all(|name| seen.insert(name.to_ascii_lowercase())) {
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
        f.debug_list().entries(self.names()).finish()
    }
}

fn is_authentication(name: Option<&[u8]>) -> bool {
    matches!(
        name,
        Some([b'X' | b'x', b'-', b'A' | b'a', b'M' | b'm', b'Z' | b'z', b'-', ..])
    )
}

/// A number below 64, the same for two names that differ only in case.
fn mark(name: &str) -> u32 {
    // The bit in which cases differ is set, and whatever else it does to other bytes, it does to the same.
    let folded = |byte: Option<&u8>| u32::from(byte.copied().unwrap_or_default() | 0x20);
    let bytes = name.as_bytes();
    let length = u32::try_from(bytes.len() % 64).unwrap_or_default();
    (length * 5 + folded(bytes.first()) + folded(bytes.last()) * 3) % 64
}

/// Whether no mark comes twice.
fn are_distinct(marks: impl Iterator<Item = u32>) -> bool {
    let mut seen = 0_u64;
    for mark in marks {
        let bit = 1 << (mark % 64);
        if seen & bit != 0 {
            return false;
        }
        seen |= bit;
    }
    true
}

fn not_utf8() -> ApiError {
    ApiError::malformed_query_string("The parameters are not valid UTF-8")
}

fn read(
    mut rest: &[u8],
    source: Source,
    text: &mut Unescaped,
    entries: &mut Vec<Entry>,
) -> Result<(), ApiError> {
    while let [first, tail @ ..] = rest {
        if *first == b'&' {
            rest = tail;
            continue;
        }
        if entries.len() == MAX_PARAMETERS {
            return Err(ApiError::malformed_query_string(format!(
                "The request has more than {MAX_PARAMETERS} parameters"
            )));
        }
        let start = text.len();
        let (middle, tail) = read_pair(rest, text)?;
        rest = tail;
        entries.push(Entry {
            authenticates: is_authentication(text.since(start).get(..middle - start)),
            name: start..middle,
            value: middle..text.len(),
            source,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_that_differ_only_in_case_have_the_same_mark(name in any::<String>()) {
            prop_assert_eq!(mark(&name), mark(&name.to_ascii_lowercase()));
            prop_assert_eq!(mark(&name), mark(&name.to_ascii_uppercase()));
            prop_assert!(mark(&name) < 64);
        }
    }

    #[test]
    fn a_mark_that_comes_twice_is_seen() {
        assert!(are_distinct([3, 63, 0].into_iter()));
        assert!(!are_distinct([3, 63, 0, 63].into_iter()));
        assert!(are_distinct([].into_iter()));
    }
}
