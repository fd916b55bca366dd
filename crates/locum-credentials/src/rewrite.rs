//! Changing one thing in `config` or `credentials`, and nothing else: every other byte stays, comments and blanks, line
//! ends and the order of things.
//!
//! Lines are told apart by simpler rules than the parser's; therefore what comes out is parsed, and must say what went in
//! but for that one thing, or the file is left alone.

use crate::profile_file::{Section, parse};

/// A file that is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// A line that is nothing, by its number.
    #[error("line {0} cannot be read")]
    Line(usize),
    /// It is written in a way in which the change would change something else too.
    #[error("it is written in a way that cannot be changed safely; change it by hand")]
    Unsafe,
}

/// What a line starts.
enum Line<'a> {
    Heading(&'a str),
    /// A key in lower case.
    Key(String),
    /// A value goes on.
    More,
    /// A blank or a comment.
    Nothing,
}

/// Returns the text without some keys of a section; heading and keys are spelled as the parser gives them.
///
/// # Errors
/// The text cannot be read, or not be changed without changing more.
pub fn without_keys(text: &str, heading: &str, keys: &[&str]) -> Result<String, RewriteError> {
    let mut expected = parse(text).map_err(RewriteError::Line)?;
    for (_, section) in expected.iter_mut().filter(|(name, _)| name == heading) {
        section.values.retain(|key, _| !keys.contains(&key.as_str()));
    }
    let mut out = String::with_capacity(text.len());
    let (mut here, mut leaving) = (false, false);
    for (whole, line) in lines(text) {
        match line {
            Line::Heading(name) => (here, leaving) = (name == heading, false),
            Line::Key(key) => leaving = here && keys.contains(&key.as_str()),
            Line::More => {}
            Line::Nothing => {
                out.push_str(whole);
                continue;
            }
        }
        if !leaving {
            out.push_str(whole);
        }
    }
    checked(out, &expected)
}

/// Returns the text with a key put below the heading of a section, which is made at the end if it is not there. `headings`
/// are the spellings by which the section may go; the first is for a new one.
///
/// # Errors
/// The text cannot be read, or not be changed without changing more; the section may have the key.
pub fn with_key(text: &str, headings: &[String], key: &str, value: &str) -> Result<String, RewriteError> {
    let mut expected = parse(text).map_err(RewriteError::Line)?;
    let new = (key.to_owned(), value.to_owned());
    match expected.iter_mut().find(|(name, _)| headings.contains(name)) {
        Some((_, section)) => section.values.extend([new]),
        None => {
            let mut section = Section::default();
            section.values.extend([new]);
            expected.extend(headings.first().map(|heading| (heading.clone(), section)));
        }
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let added = format!("{key} = {value}{end}");
    let mut out = String::with_capacity(text.len() + added.len() + 64);
    let mut done = false;
    for (whole, line) in lines(text) {
        out.push_str(whole);
        if let Line::Heading(name) = line
            && !done
            && headings.iter().any(|heading| heading == name)
        {
            if !whole.ends_with('\n') {
                out.push_str(end);
            }
            out.push_str(&added);
            done = true;
        }
    }
    if let (false, Some(heading)) = (done, headings.first()) {
        if !out.is_empty() {
            let open = !out.ends_with('\n');
            out.push_str(if open { end } else { "" });
            out.push_str(end);
        }
        out.push_str(&format!("[{heading}]{end}{added}"));
    }
    checked(out, &expected)
}

fn checked(text: String, expected: &[(String, Section)]) -> Result<String, RewriteError> {
    match parse(&text) {
        Ok(found) if found == expected => Ok(text),
        _ => Err(RewriteError::Unsafe),
    }
}

/// The lines with their ends, and what each starts.
fn lines(text: &str) -> impl Iterator<Item = (&str, Line<'_>)> {
    let (mut indent, mut open) = (0, false);
    text.split_inclusive('\n').map(move |whole| {
        let value = whole.trim_start_matches('\u{feff}').trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            return (whole, Line::Nothing);
        }
        let depth = whole.chars().take_while(|c| c.is_whitespace()).count();
        if depth > indent && open {
            return (whole, Line::More);
        }
        indent = depth;
        let name = value
            .strip_prefix('[')
            .and_then(|rest| Some(rest.rsplit_once(']')?.0));
        open = name.is_none();
        (
            whole,
            match name {
                Some(name) => Line::Heading(name),
                None => {
                    let key = value.split(['=', ':']).next().unwrap_or_default();
                    Line::Key(key.trim_end().to_lowercase())
                }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

    #[test]
    fn keys_go_and_every_other_byte_stays() {
        for (before, after) in [
            (
                "[a]\naws_access_key_id=A\naws_secret_access_key = s\n[b]\naws_access_key_id=B\naws_secret_access_key=t\n",
                "[a]\n[b]\naws_access_key_id=B\naws_secret_access_key=t\n",
            ),
            (
                "# top\r\n\r\n[a]\r\nregion : x\r\nAWS_Access_Key_Id : A\r\n; note\r\naws_secret_access_key=s",
                "# top\r\n\r\n[a]\r\nregion : x\r\n; note\r\n",
            ),
            (
                "\u{feff}[a]\n  aws_access_key_id = A\n\n  aws_secret_access_key = s\n   # it\n   goes on\n  x = 1",
                "\u{feff}[a]\n\n   # it\n  x = 1",
            ),
            ("[a]\naws_access_key_id=A\n [b]\n", "[a]\n"),
            ("[b]\naws_access_key_id=B\n", "[b]\naws_access_key_id=B\n"),
            ("", ""),
        ] {
            assert_eq!(
                without_keys(before, "a", &KEYS).as_deref(),
                Ok(after),
                "{before:?}"
            );
        }
    }

    #[test]
    fn a_line_is_put_below_its_heading() {
        let headings = ["profile a".to_owned(), "profile \"a\"".to_owned()];
        for (before, after) in [
            ("", "[profile a]\nk = v\n"),
            ("[default]\nx=1", "[default]\nx=1\n\n[profile a]\nk = v\n"),
            (
                "[default]\r\nx=1\r\n",
                "[default]\r\nx=1\r\n\r\n[profile a]\r\nk = v\r\n",
            ),
            (
                "[profile \"a\"]\nx=1\n[b]\n",
                "[profile \"a\"]\nk = v\nx=1\n[b]\n",
            ),
            ("[profile a]", "[profile a]\nk = v\n"),
            ("#[profile a]\n", "#[profile a]\n\n[profile a]\nk = v\n"),
        ] {
            assert_eq!(
                with_key(before, &headings, "k", "v").as_deref(),
                Ok(after),
                "{before:?}"
            );
        }
        assert_eq!(
            with_key("[profile a]\nk = other\n", &headings, "k", "v"),
            Err(RewriteError::Unsafe)
        );
        assert_eq!(
            with_key("nothing\n", &headings, "k", "v"),
            Err(RewriteError::Line(1))
        );
    }

    #[test]
    fn what_would_change_something_else_is_left_alone() {
        // To Python a lone carriage return ends a line.
        let text = "[a]\naws_access_key_id=A\rx=1\n";
        assert_eq!(without_keys(text, "a", &KEYS), Err(RewriteError::Unsafe));
        assert_eq!(
            without_keys("[a]\nnothing\n", "a", &KEYS),
            Err(RewriteError::Line(2))
        );
    }
}
