//! Writes records as XML, in one pass into one buffer.
//!
//! Text that XML 1.0 cannot carry at all, such as U+0000, is written as U+FFFD: an error message echoes what the
//! caller sent, and must not make the answer unreadable or break out of its element.

use crate::{
    Record, Tags, Value,
    model::{Shape, StringRules},
    plain, push_instant,
    tags::{BLANKS, tags},
};

/// What stands before a closing tag, of most depths.
const INDENT: &str = "                    ";
const _: () = assert!(INDENT.len() == BLANKS);

/// An XML document being written, two spaces to a level (`facts: sts §1.2`).
pub(crate) struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    /// Starts a document with room for this many bytes. Its outermost element is opened and closed with [`raw`](Self::raw).
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            depth: 1,
        }
    }

    /// Returns the document.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Appends a piece of the document as it is.
    pub(crate) fn raw(&mut self, piece: &str) {
        self.out.push_str(piece);
    }

    /// Appends element text.
    pub(crate) fn escaped(&mut self, text: &str) {
        escape(&mut self.out, text);
    }

    /// Writes an element around others.
    fn element(&mut self, tags: Tags, content: impl FnOnce(&mut Self)) {
        self.indented(tags.open);
        self.out.push('\n');
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.out.push_str(tags.close);
    }

    /// Writes an element that holds the members of a record.
    pub(crate) fn record(&mut self, tags: Tags, record: &dyn Record) {
        let start = self.out.len();
        self.indented(tags.open);
        self.out.push('\n');
        if self.has_written(record) {
            self.indent();
            self.out.push_str(tags.close);
        } else {
            self.out.truncate(start);
            self.indented(tags.empty);
        }
    }

    /// Writes the members of a record; false if there was none to write.
    fn has_written(&mut self, record: &dyn Record) -> bool {
        let start = self.out.len();
        self.depth += 1;
        self.members(record);
        self.depth -= 1;
        self.out.len() > start
    }

    fn members(&mut self, record: &dyn Record) {
        for (position, member) in record.structure().in_wire_order() {
            self.value(member.tags, member.shape, record.member(position));
        }
    }

    fn value(&mut self, tags: Tags, shape: &Shape, value: Value<'_>) {
        match value {
            Value::Absent => {}
            Value::Text(text) => match shape {
                Shape::String(StringRules {
                    percent_encoded: true,
                    ..
                }) => self.leaf(tags, text, percent_encode),
                _ => self.leaf(tags, text, escape),
            },
            Value::Json(text) => self.leaf(tags, text, escape),
            Value::Integer(number) => self.leaf(tags, itoa::Buffer::new().format(number), append),
            Value::Boolean(value) => self.leaf(tags, if value { "true" } else { "false" }, append),
            Value::Time(time) => {
                self.indented(tags.open);
                push_instant(&mut self.out, time);
                self.out.push_str(tags.close);
            }
            Value::Record(record) => self.record(tags, record),
            Value::List(items) if items.is_empty() => self.empty(tags),
            Value::List(items) => {
                let (item, member) = match shape {
                    Shape::List { member, .. } => (tags!("member"), *member),
                    Shape::Map => (tags!("entry"), &Shape::TEXT),
                    _ => (tags!("member"), &Shape::TEXT),
                };
                self.element(tags, |writer| {
                    for index in 0..items.len() {
                        writer.value(item, member, items.item(index));
                    }
                });
            }
        }
    }

    #[inline]
    fn leaf(&mut self, tags: Tags, text: &str, write: impl FnOnce(&mut String, &str)) {
        if text.is_empty() {
            return self.empty(tags);
        }
        self.indented(tags.open);
        write(&mut self.out, text);
        self.out.push_str(tags.close);
    }

    fn empty(&mut self, tags: Tags) {
        self.indented(tags.empty);
    }

    /// Appends a tag that has its blanks before it, as many of them as belong here.
    #[inline]
    fn indented(&mut self, tag: &'static str) {
        let blanks = self.beyond();
        self.out.push_str(tag.get(BLANKS - blanks..).unwrap_or(tag));
    }

    fn indent(&mut self) {
        let blanks = self.beyond();
        self.out.push_str(INDENT.get(..blanks).unwrap_or(INDENT));
    }

    /// Appends the blanks of the levels for which tags have none, and returns how many are left.
    #[inline]
    fn beyond(&mut self) -> usize {
        let levels = BLANKS / 2;
        for _ in levels..self.depth {
            self.out.push_str("  ");
        }
        2 * self.depth.min(levels)
    }
}

fn append(out: &mut String, text: &str) {
    out.push_str(text);
}

/// Marks the bytes that may have to be written in another way: `&`, `<`, `>` and what controls.
#[inline]
fn special(word: u64) -> u64 {
    // `<` and `>` differ in one bit.
    plain::equal(word, b'&') | plain::equal_with(word, b'<' ^ b'>', b'>') | plain::below(word, b' ')
}

/// Appends element text.
pub(crate) fn escape(out: &mut String, text: &str) {
    if plain::is(text, special) {
        out.push_str(text);
    } else {
        escape_each(out, text);
    }
}

/// The same, one character after the other.
#[cold]
#[inline(never)]
fn escape_each(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A reader would turn a bare carriage return into a line feed.
            '\r' => out.push_str("&#xD;"),
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
}

/// Appends text percent-encoded as in RFC 3986, all but the unreserved characters.
pub(crate) fn percent_encode(out: &mut String, text: &str) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('0');
    out.reserve(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => {
                out.push('%');
                out.push(digit(byte >> 4));
                out.push(digit(byte & 0xf));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_whole_is_what_each_character_would_be() {
        let characters = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        let (mut whole, mut each) = (String::new(), String::new());
        for c in characters {
            whole.clear();
            each.clear();
            let text = c.encode_utf8(&mut [0; 4]).to_owned();
            escape(&mut whole, &text);
            escape_each(&mut each, &text);
            assert_eq!(whole, each, "{c:?}");
        }
    }

    #[test]
    fn a_document_deeper_than_its_tags_have_blanks_is_indented_too() {
        let mut writer = Writer::with_capacity(0);
        for depth in [0, 1, 9, 10, 11, 15] {
            writer.out.clear();
            writer.depth = depth;
            writer.leaf(tags!("A"), "b", escape);
            writer.element(tags!("A"), |_| ());
            writer.empty(tags!("A"));
            let blanks = "  ".repeat(depth);
            let expected = format!("{blanks}<A>b</A>\n{blanks}<A>\n{blanks}</A>\n{blanks}<A/>\n");
            assert_eq!(writer.out, expected);
        }
    }
}
