//! Findings for a person, as a compiler tells them: where, what, the line itself, and what to do about it.
//!
//! ```text
//! role.json:3:15: error: There is no effect allow. [INVALID_EFFECT]
//!     3 |     "Effect": "allow",
//!       |               ^^^^^^^
//!       = Write Allow or Deny, in this case.
//! ```

use std::fmt::Write;

use locum_policy::{Finding, FindingKind, Location};

use super::validate::Validated;

/// The most characters of a line that are shown; a policy may be one long line.
const WINDOW: usize = 100;
/// How many of them come before the place.
const LEAD: usize = 30;

pub(super) fn page(files: &[Validated]) -> String {
    let mut page = String::new();
    for file in files {
        let lines: Vec<&str> = file.source.text.split('\n').collect();
        for finding in &file.findings {
            tell(&mut page, file, &lines, finding);
        }
        let summary = format!("{}: {}\n", escape(&file.source.name), counts(&file.findings));
        page.push_str(&summary);
    }
    page
}

fn tell(page: &mut String, file: &Validated, lines: &[&str], finding: &Finding) {
    let name = escape(&file.source.name);
    let place = |location: &Location| {
        let start = location.span.start;
        format!("{name}:{}:{}", start.line, start.column + 1)
    };
    let mut locations = finding.locations.iter();
    let Some(first) = locations.next() else { return };
    let message = escape(&finding.message);
    // Writing to a string does not fail.
    let _ = writeln!(
        page,
        "{}: {}: {message} [{}]",
        place(first),
        finding.kind,
        finding.code
    );
    excerpt(page, lines, first);
    for other in locations {
        let _ = writeln!(page, "      = see also {}", place(other));
    }
    let _ = writeln!(page, "      = {}\n", finding.code.advice());
}

/// The line of a place, or a window on it, and what of it is meant.
fn excerpt(page: &mut String, lines: &[&str], location: &Location) {
    let (start, end) = (location.span.start, location.span.end);
    let line = lines.get(start.line - 1).copied().unwrap_or_default();
    let from = if line.chars().nth(WINDOW).is_some() {
        start.column.saturating_sub(LEAD)
    } else {
        0
    };
    let shown: String = line.chars().skip(from).take(WINDOW).map(visible).collect();
    let rest = shown.chars().count().saturating_sub(start.column - from);
    let length = if start.line == end.line {
        end.column - start.column
    } else {
        rest
    };
    let (blank, marks) = (
        " ".repeat(start.column - from),
        "^".repeat(length.clamp(1, rest.max(1))),
    );
    let _ = writeln!(page, "{:5} | {}", start.line, shown.trim_end());
    let _ = writeln!(page, "      | {blank}{marks}");
}

fn counts(findings: &[Finding]) -> String {
    let kinds = [
        FindingKind::Error,
        FindingKind::SecurityWarning,
        FindingKind::Warning,
        FindingKind::Suggestion,
    ];
    let counted = kinds.into_iter().filter_map(|kind| {
        let count = findings.iter().filter(|finding| finding.kind == kind).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {kind}{plural}"))
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() {
        "no findings".to_owned()
    } else {
        counted.join(", ")
    }
}

/// A text that neither moves the cursor nor turns the direction of writing.
pub(super) fn escape(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_hidden(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// The same for one character that must stay one, so that the marks below it fit.
fn visible(c: char) -> char {
    match c {
        '\t' | '\r' => ' ',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Control characters, and those of bidirectional text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
