//! Finished records, one behind the other in one buffer.
//!
//! Almost every call leaves one line of about a kilobyte. Its buffer goes back to the thread when the line is recorded, and the
//! next call there writes into it. A sink that keeps the line makes its own copy.

use std::cell::Cell;

use super::{AuditRecord, json::Object};

/// Room for the two records of an AssumeRole across accounts, so that they are never copied.
const CAPACITY: usize = 4 * 1024;
/// What a thread keeps at most.
const KEPT: usize = 64 * 1024;

thread_local! {
    static SPARE: Cell<Option<Buffer>> = const { Cell::new(None) };
}

/// Lines of JSON.
#[derive(Debug, Default, PartialEq, Eq)]
struct Buffer {
    text: String,
    /// Where each line ends.
    ends: Vec<usize>,
}

/// Finished records.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lines(Buffer);

impl Lines {
    /// No lines, and no room for any.
    pub(crate) const fn none() -> Self {
        Self(Buffer {
            text: String::new(),
            ends: Vec::new(),
        })
    }

    /// No lines yet.
    pub(crate) fn new() -> Self {
        let spare = SPARE.try_with(Cell::take).unwrap_or_default();
        let mut buffer = spare.unwrap_or_default();
        buffer.text.reserve(CAPACITY);
        Self(buffer)
    }

    /// Adds a record.
    pub(crate) fn add(&mut self, record: &AuditRecord<'_>) {
        let Buffer { text, ends } = &mut self.0;
        Object::write(text, |object| record.write(object));
        ends.push(text.len());
    }

    /// Adds the lines of others, behind its own.
    pub(crate) fn append(&mut self, others: &Self) {
        let Buffer { text, ends } = &mut self.0;
        let begin = text.len();
        text.push_str(&others.0.text);
        ends.extend(others.0.ends.iter().map(|end| begin + end));
    }

    /// Each line, without a line's end.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.0.ends.iter().map(move |end| {
            // INVARIANT: the ends ascend up to the length.
            let line = self.0.text.as_bytes().get(begin..*end);
            begin = *end;
            line.unwrap_or_default()
        })
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if (CAPACITY..=KEPT).contains(&self.0.text.capacity()) {
            let Buffer { mut text, mut ends } = std::mem::take(&mut self.0);
            text.clear();
            ends.clear();
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(Buffer { text, ends })));
        }
    }
}

#[cfg(test)]
impl<const COUNT: usize> From<[&str; COUNT]> for Lines {
    fn from(lines: [&str; COUNT]) -> Self {
        let mut all = Self::none();
        for line in lines {
            all.0.text.push_str(line);
            all.0.ends.push(all.0.text.len());
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_in_their_order_and_their_buffer_is_used_again() {
        let mut lines = Lines::new();
        lines.append(&Lines::from(["a", "", "b"]));
        lines.append(&Lines::none());
        assert_eq!(lines.iter().collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
        let place = lines.0.text.as_ptr();
        drop(lines);
        drop(Lines::none());
        let next = Lines::new();
        assert_eq!(next.iter().count(), 0);
        assert_eq!(next.0.text.as_ptr(), place);
        assert_eq!(Lines::new().iter().count(), 0);
    }
}
