//! Encoded authorization messages, found in whatever was pasted.
//!
//! EC2 and others put theirs at the end of a sentence, locum puts its own in a header, and what reaches a person has been
//! through a terminal that broke the lines, a tool that drew a frame around them, or a mail that quoted them. A message is
//! one run of URL-safe base64, so lines are joined again while they look like more of it. Where the end is doubtful both
//! readings are kept, the likelier first; the service knows which it was.

/// What precedes a message, without white space and in lower case.
const MARKERS: [&str; 6] = [
    "encodedauthorizationfailuremessage",
    "x-locum-authorization-message",
    "encoded-message",
    "encodedmessage",
    "why:locumdecode",
    "whylocumdecode",
];
/// Less than this after a marker is a word, not a message: the shortest that seals anything is several times longer.
const SHORTEST: usize = 16;
/// No plain word is as long.
const LONGEST_WORD: usize = 24;
/// A last line shorter than this may be something else that follows the message.
const SHORT_LINE: usize = 32;

/// More denials than this are not read by a person, and each is a call.
pub(crate) const MOST: usize = 16;

/// One message, by its readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The likeliest reading.
    pub(crate) message: String,
    /// What else it may be.
    pub(crate) or: Option<String>,
}

/// Finds every message of a text once, in order, up to one more than [`MOST`]: markers may stand inside of messages, and each
/// would have the rest of the text to itself. A text without a marker is a message only as a whole.
pub(crate) fn messages(text: &str) -> Vec<Found> {
    let text = undecorated(text);
    let mut found: Vec<Found> = Vec::new();
    let mut marked = false;
    for end in markers(&text) {
        marked = true;
        if let Some(one) = message(&text, end)
            && !found.iter().any(|other| other.message == one.message)
        {
            found.push(one);
            if found.len() > MOST {
                break;
            }
        }
    }
    if !marked {
        // Lines may be broken here, words may not stand beside each other.
        let bare: String = text.iter().filter(|c| **c != '\n' && !is_quote(c)).collect();
        if bare.len() >= SHORTEST && bare.chars().all(|c| is_letter(&c)) {
            found.push(Found {
                message: bare,
                or: None,
            });
        }
    }
    found
}

/// Returns the message that a sentence of a service ends with.
pub(crate) fn in_sentence(sentence: &str) -> Option<String> {
    let text: Vec<char> = sentence.chars().collect();
    let end = markers(&text).into_iter().next()?;
    message(&text, end).map(|found| found.message)
}

/// What both AWS and locum write messages with.
const fn is_letter(c: &char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

const fn is_quote(c: &char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

fn is_space(c: &char) -> bool {
    c.is_whitespace()
}

/// What frames and quotations put before a line, and after it.
fn is_decoration(c: char) -> bool {
    c.is_whitespace() || matches!(c, '>' | '|' | '│' | '┃' | '║' | '╷' | '╵' | '#' | '*')
}

/// The text without colours, frames and marks of quotation.
fn undecorated(text: &str) -> Vec<char> {
    let text = without_escapes(text);
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_matches(is_decoration);
        // A shell's continuation.
        out.extend(line.strip_suffix('\\').unwrap_or(line).trim_end().chars());
        out.push('\n');
    }
    out
}

fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            out.push(letter);
        } else if letters.next_if_eq(&'[').is_some() {
            // Up to the letter that says what the sequence does.
            let _ = letters.by_ref().find(|c| matches!(c, '@'..='~'));
        }
    }
    out
}

/// Where the markers end. White space counts for nothing: a terminal may have broken them anywhere.
fn markers(text: &[char]) -> Vec<usize> {
    let compact: Vec<(usize, char)> = text
        .iter()
        .enumerate()
        .filter(|(_, c)| !is_space(c))
        .map(|(at, c)| (at, c.to_ascii_lowercase()))
        .collect();
    let ends = (0..compact.len()).filter_map(|start| {
        let rest = compact.get(start..)?;
        let marker = MARKERS.iter().find(|marker| {
            rest.len() > marker.len() && marker.chars().zip(rest).all(|(c, (_, other))| c == *other)
        })?;
        Some(rest.get(marker.len())?.0)
    });
    ends.collect()
}

/// The message that follows a marker, which ends at `end`.
fn message(text: &[char], end: usize) -> Option<Found> {
    let (before, rest) = text.split_at_checked(end)?;
    let lead = rest
        .iter()
        .take_while(|c| is_space(c) || is_quote(c) || matches!(c, ':' | '=' | '\\'))
        .count();
    let skipped = rest.get(..lead)?;
    let of_line = || {
        let before = before.iter().chain(skipped).rev();
        before.take_while(|c| **c != '\n').count()
    };
    let mut pieces: Vec<String> = Vec::new();
    let (mut width, mut doubtful) = (0, None);
    let mut rest = rest.get(lead..)?;
    loop {
        let run: String = rest.iter().take_while(|c| is_letter(c)).collect();
        let after = rest.get(run.len()..).unwrap_or_default();
        let is_whole = after.first().is_none_or(|c| *c == '\n');
        rest = after.get(1..).unwrap_or_default();
        // All lines that a terminal broke are as long, but the last one.
        let goes_on = is_whole && (pieces.is_empty() || run.len() >= width);
        width = run.len();
        // What stands before it is counted only where another line can follow: there may be as many markers in a line as fit.
        if pieces.is_empty() && is_whole {
            width += of_line();
        }
        if run.is_empty() {
            break;
        }
        if !pieces.is_empty() && !goes_on && is_word(&run) {
            doubtful = Some(run);
            break;
        }
        pieces.push(run);
        if !goes_on {
            break;
        }
    }
    let message = pieces.concat();
    let or = match (doubtful, pieces.pop()) {
        (Some(word), _) => Some(format!("{message}{word}")),
        (None, Some(last)) if last.len() < SHORT_LINE && !pieces.is_empty() => Some(pieces.concat()),
        _ => None,
    };
    let or = or.filter(|or| or.len() >= SHORTEST);
    (message.len() >= SHORTEST).then_some(Found { message, or })
}

/// What is more likely a word than the end of a message.
fn is_word(run: &str) -> bool {
    run.len() < LONGEST_WORD && run.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// URL-safe base64 that no human wrote; it starts with a dash, as one in thirty-two does.
    const MESSAGE: &str =
        "-7i6cGIOHlTkIaWHQD0Q0m6XSnuUMCm_kR3zq8vT1yXbN5wJ2eLpA9sD4fGh0KjM-ZxCvB6nQwErTyUiOpLkJ7Hg_FdSaZ1xC2v";
    const MARKER: &str = "Encoded authorization failure message: ";

    fn only(text: &str) -> Found {
        let mut found = messages(text);
        assert_eq!(found.len(), 1, "{text}\n{found:?}");
        found.remove(0)
    }

    /// The text as a terminal of this width shows it, each line with something before it.
    fn wrapped(text: &str, width: usize, before: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let lines: Vec<String> = letters
            .chunks(width)
            .map(|line| format!("{before}{}", line.iter().collect::<String>()))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_message_is_found_wherever_it_stands() {
        for (before, after) in [
            ("", ""),
            ("  \n", "\n\n"),
            ("\"", "\""),
            (MARKER, ""),
            (
                "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to \
              perform this operation. Encoded authorization failure message: ",
                "\n",
            ),
            (
                "Error: creating EC2 Instance: api error UnauthorizedOperation: You are not authorized to perform this \
              operation. Encoded authorization failure message: ",
                "\n\tstatus code: 403, request id: 1-2\n",
            ),
            (MARKER, " (Service: AmazonEC2; Status Code: 403)"),
            (MARKER, "\n\nError: exit status 1\n"),
            (MARKER, "\nexit\n"),
            (
                "\"errorMessage\": \"You are not authorized to perform this operation. Encoded authorization failure \
              message: ",
                "\", \"requestID\": \"x\"}",
            ),
            ("x-locum-authorization-message: ", "\r\ncontent-length: 5\r\n"),
            (
                "locum sts decode-authorization-message --encoded-message=",
                " --output text",
            ),
            ("aws sts decode-authorization-message --encoded-message '", "'"),
            ("{\"encodedMessage\": \"", "\"}"),
            ("Why: locum decode ", "\n"),
            (
                "\u{1b}[31mEncoded authorization failure message:\u{1b}[0m ",
                "\u{1b}[0m\n",
            ),
        ] {
            let text = format!("{before}{MESSAGE}{after}");
            assert_eq!(only(&text).message, MESSAGE, "{text}");
        }
    }

    #[test]
    fn lines_that_a_terminal_broke_are_joined_again() {
        let text = format!("You are not authorized to perform this operation. {MARKER}{MESSAGE}");
        for before in ["", "> ", ">> ", "    ", "│ ", "# ", "> > "] {
            for width in 10..140 {
                for after in ["", "\n", "\n\nmore\n"] {
                    let broken = wrapped(&text, width, before);
                    let found = only(&format!("{broken}{after}"));
                    assert!(
                        found.message == MESSAGE || found.or.as_deref() == Some(MESSAGE),
                        "{width} {before:?}: {found:?}"
                    );
                }
            }
        }
        let bare = wrapped(MESSAGE, 30, "> ");
        assert_eq!(only(&bare).message, MESSAGE);
    }

    #[test]
    fn a_doubtful_end_has_two_readings() {
        let found = only(&format!("{MARKER}{MESSAGE}\nexit status 1"));
        assert_eq!(found.or, Some(format!("{MESSAGE}exit")));
        let found = only(&format!("{MARKER}{MESSAGE}\nab3 status"));
        assert_eq!(found.message, format!("{MESSAGE}ab3"));
        assert_eq!(found.or.as_deref(), Some(MESSAGE));
    }

    #[test]
    fn each_message_is_found_once() {
        let other = MESSAGE.to_lowercase();
        let text = format!("{MARKER}{MESSAGE}\n\n{MARKER}{other}\n\n{MARKER}{MESSAGE}\n");
        let found: Vec<String> = messages(&text).into_iter().map(|found| found.message).collect();
        assert_eq!(found, [MESSAGE, &other]);
    }

    /// A text of a megabyte, all markers: each of them is before a message of the rest, or in a line of the whole text.
    #[test]
    fn markers_without_end_take_neither_time_nor_memory() {
        for (piece, most) in [
            ("encodedmessage", MOST + 1),
            ("encoded-message: x ", 0),
            ("encodedmessage\n", MOST + 1),
        ] {
            let text = piece.repeat((1 << 20) / piece.len());
            let found = messages(&text);
            assert_eq!(found.len(), most, "{piece}");
        }
    }

    #[test]
    fn what_is_no_message_is_not_found() {
        for text in [
            "",
            "  ",
            "You are not authorized to perform this operation.",
            "Encoded authorization failure message: ",
            "Encoded authorization failure message: none",
            "run `locum decode --help` for more",
            "FwoGZXIvYXdzE+/token==",
        ] {
            assert_eq!(messages(text), [], "{text}");
        }
        assert_eq!(in_sentence("No."), None);
        assert_eq!(
            in_sentence(&format!("No. {MARKER}{MESSAGE}")).as_deref(),
            Some(MESSAGE)
        );
    }
}
