//! JSON written straight into one buffer, as compact as `serde_json` writes it.
//!
//! A record and an explanation are written once for every call and read by nobody here, so no tree of them is built.

/// The name of a member, one of our own, as it stands between two members: spelled out where it is written, so that it is copied
/// in one piece.
#[derive(Clone, Copy)]
pub(crate) struct Name(&'static str);

impl Name {
    /// A comma, the name in quotes and a colon, as [`name!`] and the declarations of operations have it.
    pub(crate) const fn spelled(text: &'static str) -> Self {
        Self(text)
    }
}

/// A member's name, of letters alone.
macro_rules! name {
    ($name:literal) => {
        const {
            assert!($crate::audit::json::is_of_letters($name));
            $crate::audit::json::Name::spelled(concat!(",\"", $name, "\":"))
        }
    };
}

pub(crate) use name;

/// Whether a name needs no escapes.
pub(crate) const fn is_of_letters(name: &str) -> bool {
    let mut rest = name.as_bytes();
    while let [letter, after @ ..] = rest {
        if !letter.is_ascii_alphabetic() {
            return false;
        }
        rest = after;
    }
    true
}

/// An object that is being written.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Writes an object at the end of `out`, with the members that `fill` gives it.
    pub(crate) fn write(out: &'o mut String, fill: impl FnOnce(&mut Object<'_>)) {
        out.push('{');
        let mut object = Object { out, empty: true };
        fill(&mut object);
        object.out.push('}');
    }

    /// Begins a member; its value is for the caller to write.
    #[inline]
    pub(crate) fn member(&mut self, Name(name): Name) -> &mut String {
        let first = std::mem::take(&mut self.empty);
        // INVARIANT: it begins with a comma.
        let name = if first {
            name.get(1..).unwrap_or(name)
        } else {
            name
        };
        self.out.push_str(name);
        self.out
    }

    /// Writes members of our own that are the same in every such object, as they stand behind another member.
    #[inline]
    pub(crate) fn constant(&mut self, members: &'static str) {
        self.member(Name(members));
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(',');
        }
    }

    /// Writes a member that is text, under a name that comes from outside.
    pub(crate) fn foreign(&mut self, name: &str, value: &str) {
        self.comma();
        write_text(self.out, name);
        self.out.push(':');
        write_text(self.out, value);
    }

    /// Writes a member that is text of our own, which stands in JSON as it is.
    #[inline]
    pub(crate) fn plain(&mut self, name: Name, value: &'static str) {
        debug_assert!(!has_special(value), "{value}");
        let out = self.member(name);
        out.push('"');
        out.push_str(value);
        out.push('"');
    }

    /// Writes a member that is text.
    #[inline]
    pub(crate) fn text(&mut self, name: Name, value: &str) {
        write_text(self.member(name), value);
    }

    /// Writes a member that is text, if there is one.
    #[inline]
    pub(crate) fn perhaps(&mut self, name: Name, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// Writes a member that is true or false.
    pub(crate) fn flag(&mut self, name: Name, value: bool) {
        self.raw(name, if value { "true" } else { "false" });
    }

    /// Writes a member that is JSON already.
    pub(crate) fn raw(&mut self, name: Name, json: &str) {
        self.member(name).push_str(json);
    }

    /// Writes a member that is an object.
    pub(crate) fn object(&mut self, name: Name, fill: impl FnOnce(&mut Object<'_>)) {
        Object::write(self.member(name), fill);
    }

    /// Writes a member that is a list, each item as `write` has it.
    pub(crate) fn list<T>(
        &mut self,
        name: Name,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut String, T),
    ) {
        write_list(self.member(name), items, write);
    }
}

/// Writes a list, each item as `write` has it.
pub(crate) fn write_list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// Whether a byte must not stand in a JSON string as it is.
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\')
}

/// Whether a text has such a byte. It looks at eight at a time; the last eight once more rather than those left one by one.
fn has_special(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().any(|byte| is_special(*byte));
    };
    let mut found = special_in(*last);
    for word in bytes.as_chunks().0 {
        found |= special_in(*word);
    }
    found != 0
}

/// Not zero if one of eight bytes is such a byte. What it is says no more: a byte may borrow from the next.
#[inline]
const fn special_in(word: [u8; 8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(word);
    // The highest bit of a byte is set if the byte was less than `limit` and no borrow came, or if a lower byte was less.
    const fn less(word: u64, limit: u64) -> u64 {
        word.wrapping_sub(EACH * limit) & !word
    }
    let control = less(word, 0x20);
    let quote = less(word ^ (EACH * b'"' as u64), 1);
    let backslash = less(word ^ (EACH * b'\\' as u64), 1);
    (control | quote | backslash) & (EACH << 7)
}

/// Writes a string.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    // Almost every text is plain.
    if has_special(text) {
        text.chars().for_each(|c| write_char(out, c));
    } else {
        out.push_str(text);
    }
    out.push('"');
}

fn write_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_written_as_serde_json_writes_it() {
        let mut texts: Vec<String> = (0..0x300)
            .filter_map(char::from_u32)
            .map(|c| format!("a{c}b"))
            .collect();
        texts.extend(["", "plain", "\u{fffe}\u{10ffff}", "\"\\\"\n\n\0"].map(str::to_owned));
        for text in texts {
            let mut out = String::new();
            write_text(&mut out, &text);
            assert_eq!(out, serde_json::to_string(&text).unwrap());
        }
    }

    proptest! {
        #[test]
        fn a_special_byte_is_seen_wherever_it_stands(text in "[ !\"#é\\\\\u{7f}\u{80}]{0,30}|[a-z]{0,30}[\\x00-\\x24\\\\]?[!a-z]{0,20}") {
            prop_assert_eq!(has_special(&text), text.bytes().any(is_special));
        }
    }

    #[test]
    fn members_stand_in_their_order() {
        let mut out = String::new();
        Object::write(&mut out, |object| {
            object.text(name!("a"), "b");
            object.perhaps(name!("c"), None);
            object.flag(name!("d"), true);
            object.object(name!("e"), |_| ());
            object.list(name!("f"), ["x", "y"], write_text);
            object.raw(name!("g"), "null");
        });
        assert_eq!(out, r#"{"a":"b","d":true,"e":{},"f":["x","y"],"g":null}"#);
    }
}
