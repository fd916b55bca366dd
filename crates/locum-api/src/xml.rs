//! Writes records as XML, in one pass into one buffer.
//!
//! Text that XML 1.0 cannot carry at all, such as U+0000, is written as U+FFFD: an error message echoes what the
//! caller sent, and must not make the answer unreadable or break out of its element.

use crate::{
    Record, Tags, Value,
    model::{Shape, StringRules},
    push_instant,
    tags::tags,
};

/// What stands before the elements of most depths.
const BLANKS: &str = "                    ";

/// An XML document being written, two spaces to a level (`facts: sts §1.2`).
pub(crate) struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    /// Starts a document with room for this many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            depth: 0,
        }
    }

    /// Returns the document.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Opens the outermost element. Its name may come in two parts.
    pub(crate) fn open_root(&mut self, name: &str, suffix: &str, namespace: &str) {
        for part in ["<", name, suffix, " xmlns=\"", namespace, "\">\n"] {
            self.out.push_str(part);
        }
        self.depth += 1;
    }

    /// Closes the outermost element.
    pub(crate) fn close_root(&mut self, name: &str, suffix: &str) {
        for part in ["</", name, suffix, ">\n"] {
            self.out.push_str(part);
        }
    }

    /// Writes an element around others.
    pub(crate) fn element(&mut self, tags: Tags, content: impl FnOnce(&mut Self)) {
        self.indent();
        self.out.push_str(tags.open);
        self.out.push('\n');
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.out.push_str(tags.close);
    }

    /// Writes an element that holds text.
    pub(crate) fn text(&mut self, tags: Tags, text: &str) {
        self.leaf(tags, text, escape);
    }

    /// Writes an element that holds the members of a record, under a name of an operation.
    pub(crate) fn wrapper(&mut self, name: &str, record: &dyn Record) {
        self.indent();
        let start = self.out.len();
        self.tag("<", name, ">\n");
        if self.has_written(record) {
            self.indent();
            self.tag("</", name, ">\n");
        } else {
            self.out.truncate(start);
            self.tag("<", name, "/>\n");
        }
    }

    /// Writes an element that holds the members of a record.
    pub(crate) fn record(&mut self, tags: Tags, record: &dyn Record) {
        self.indent();
        let start = self.out.len();
        self.out.push_str(tags.open);
        self.out.push('\n');
        if self.has_written(record) {
            self.indent();
            self.out.push_str(tags.close);
        } else {
            self.out.truncate(start);
            self.out.push_str(tags.empty);
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
                self.indent();
                self.out.push_str(tags.open);
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

    fn leaf(&mut self, tags: Tags, text: &str, write: fn(&mut String, &str)) {
        if text.is_empty() {
            return self.empty(tags);
        }
        self.indent();
        self.out.push_str(tags.open);
        write(&mut self.out, text);
        self.out.push_str(tags.close);
    }

    fn empty(&mut self, tags: Tags) {
        self.indent();
        self.out.push_str(tags.empty);
    }

    fn tag(&mut self, open: &str, name: &str, close: &str) {
        self.out.push_str(open);
        self.out.push_str(name);
        self.out.push_str(close);
    }

    fn indent(&mut self) {
        match BLANKS.get(..2 * self.depth) {
            Some(blanks) => self.out.push_str(blanks),
            None => self.out.extend((0..self.depth).map(|_| "  ")),
        }
    }
}

fn append(out: &mut String, text: &str) {
    out.push_str(text);
}

/// Whether a byte must not stand in element text as it is. 0xEF begins U+FFFE and U+FFFF, among others.
const fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | 0xef) || (byte < 0x20 && byte != b'\n' && byte != b'\t')
}

/// Appends element text.
pub(crate) fn escape(out: &mut String, text: &str) {
    // Without an early exit the compiler checks sixteen bytes at a time, and almost every text is plain.
    if !text
        .bytes()
        .fold(false, |special, byte| special | is_special(byte))
    {
        out.push_str(text);
        return;
    }
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
