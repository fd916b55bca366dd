//! Names as they stand in a document, spelled out where a member is declared: an answer has two tags for each of its
//! members, and every piece that is copied on its own costs more than its bytes.

/// How many blanks stand before an opening tag, for as many levels of two as most documents have.
pub(crate) const BLANKS: usize = 20;

/// The tags of an XML element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tags {
    /// [`BLANKS`] blanks and `<Arn>`.
    pub(crate) open: &'static str,
    /// `</Arn>` and the end of the line.
    pub(crate) close: &'static str,
    /// [`BLANKS`] blanks, `<Arn/>` and the end of the line.
    pub(crate) empty: &'static str,
}

/// Returns the tags of an element by its name, a literal.
macro_rules! tags {
    ($($name:tt)+) => {
        $crate::Tags {
            open: concat!("                    <", $($name)+, ">"),
            close: concat!("</", $($name)+, ">\n"),
            empty: concat!("                    <", $($name)+, "/>\n"),
        }
    };
}

/// Returns a name, a literal, as that of a member that follows another one in a JSON object: `,"roleArn":`.
macro_rules! key {
    ($name:literal) => {{
        const { assert!($crate::tags::is_plain($name)) };
        concat!(",\"", $name, "\":")
    }};
    (camel $name:literal) => {{
        const KEY: &str = $crate::tags::key!($name);
        const BYTES: [u8; KEY.len()] = $crate::tags::camel(KEY);
        const { $crate::tags::text(&BYTES) }
    }};
}

/// Whether a name has letters and digits only, and so stands in a document as it is.
pub(crate) const fn is_plain(name: &str) -> bool {
    let mut rest = name.as_bytes();
    while let [symbol, after @ ..] = rest {
        if !symbol.is_ascii_alphanumeric() {
            return false;
        }
        rest = after;
    }
    true
}

/// Returns the bytes of a [`key!`], of which this is the length, with the first letter of the name in lower case.
pub(crate) const fn camel<const N: usize>(key: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(key.as_bytes());
    if let [_, _, letter, ..] = bytes.as_mut_slice() {
        *letter = letter.to_ascii_lowercase();
    }
    bytes
}

/// Returns bytes as text. What is no text stops the build.
pub(crate) const fn text(bytes: &'static [u8]) -> &'static str {
    let text = std::str::from_utf8(bytes);
    assert!(text.is_ok(), "a name is no text");
    match text {
        Ok(text) => text,
        Err(_) => "",
    }
}

pub(crate) use {key, tags};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_out() {
        let tags = tags!("Arn");
        assert_eq!(
            (tags.open.trim_start(), tags.close, tags.empty.trim_start()),
            ("<Arn>", "</Arn>\n", "<Arn/>\n")
        );
        assert_eq!(tags.open.len(), BLANKS + "<Arn>".len());
        assert_eq!(tags.empty.len(), BLANKS + "<Arn/>\n".len());
        assert_eq!(key!("RoleArn"), ",\"RoleArn\":");
        assert_eq!(key!(camel "RoleArn"), ",\"roleArn\":");
        assert_eq!(key!(camel "arn"), ",\"arn\":");
        assert_eq!(key!(camel ""), ",\"\":");
    }

    #[test]
    fn a_plain_name_needs_no_escape() {
        assert!(is_plain("") && is_plain("Sha256"));
        for symbol in ["\"", "\\", "<", "&", "\n", "é"] {
            assert!(!is_plain(&format!("a{symbol}b")), "{symbol:?}");
        }
    }
}
