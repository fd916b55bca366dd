//! YAML as the emitter of `aws` writes it: block style, sorted keys, quotes only where a plain text would read as
//! something else, lines folded at blanks past the eightieth column.
//!
//! A bare scalar is printed as JSON, since YAML would end the document with an ellipsis.

use std::fmt::Write as _;

use serde_json::Value;

use super::json;

/// Texts break at the first blank past this column.
const BEST_WIDTH: usize = 80;

/// Renders a value.
pub(crate) fn render(value: &Value) -> String {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let mut emitter = Emitter::default();
            emitter.list(items, 0);
            emitter.out
        }
        Value::Object(members) if !members.is_empty() => {
            let mut emitter = Emitter::default();
            emitter.object(members, 0, false);
            emitter.out
        }
        other => json::render(other),
    }
}

#[derive(Default)]
struct Emitter {
    out: String,
    column: usize,
}

impl Emitter {
    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn indent(&mut self, width: usize) {
        self.write(&" ".repeat(width));
    }

    /// Writes members; `placed` tells that the cursor already stands where the first one goes.
    fn object(&mut self, members: &serde_json::Map<String, Value>, indent: usize, placed: bool) {
        let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
        sorted.sort_by_key(|(key, _)| *key);
        for (position, (key, value)) in sorted.into_iter().enumerate() {
            if position > 0 || !placed {
                self.indent(indent);
            }
            self.string(key, indent, true);
            self.write(":");
            match value {
                Value::Object(inner) if !inner.is_empty() => {
                    self.line();
                    self.object(inner, indent + 2, false);
                }
                // A list in a mapping is not indented.
                Value::Array(items) if !items.is_empty() => {
                    self.line();
                    self.list(items, indent);
                }
                other => {
                    self.write(" ");
                    self.scalar(other, indent + 2);
                    self.line();
                }
            }
        }
    }

    fn list(&mut self, items: &[Value], indent: usize) {
        for item in items {
            self.indent(indent);
            self.list_item(item, indent);
        }
    }

    fn list_item(&mut self, item: &Value, indent: usize) {
        self.write("- ");
        match item {
            Value::Object(inner) if !inner.is_empty() => self.object(inner, indent + 2, true),
            Value::Array(items) if !items.is_empty() => {
                for (position, inner) in items.iter().enumerate() {
                    if position > 0 {
                        self.indent(indent + 2);
                    }
                    self.list_item(inner, indent + 2);
                }
            }
            other => {
                self.scalar(other, indent + 2);
                self.line();
            }
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.write("null"),
            Value::Bool(flag) => self.write(if *flag { "true" } else { "false" }),
            Value::Number(number) => self.write(&number.to_string()),
            Value::String(text) => self.string(text, indent, false),
            Value::Array(_) => self.write("[]"),
            Value::Object(_) => self.write("{}"),
        }
    }

    fn string(&mut self, text: &str, indent: usize, key: bool) {
        match style(text) {
            Style::Plain => self.folded(text, indent, key),
            Style::Single => {
                self.write("'");
                self.folded(&text.replace('\'', "''"), indent, key);
                self.write("'");
            }
            Style::Double => self.double(text, indent, key),
        }
    }

    /// Writes plain or single-quoted text; a blank between two words is where a long line breaks, a line feed becomes
    /// an empty line.
    fn folded(&mut self, text: &str, indent: usize, key: bool) {
        let chars: Vec<char> = text.chars().collect();
        let mut breaks = false;
        for (at, c) in chars.iter().copied().enumerate() {
            let neighbour = |other: usize| chars.get(other).copied();
            match c {
                ' ' if !key
                    && self.column > BEST_WIDTH
                    && at > 0
                    && at + 1 < chars.len()
                    && neighbour(at - 1) != Some(' ')
                    && neighbour(at + 1) != Some(' ') =>
                {
                    self.line();
                    self.indent(indent);
                }
                '\n' => {
                    if !breaks {
                        self.line();
                    }
                    self.line();
                    breaks = true;
                    continue;
                }
                c => {
                    if breaks {
                        self.indent(indent);
                    }
                    self.out.push(c);
                    self.column += 1;
                }
            }
            breaks = false;
        }
        if breaks {
            self.indent(indent);
        }
    }

    fn double(&mut self, text: &str, indent: usize, key: bool) {
        self.write("\"");
        let length = text.chars().count();
        let mut after_blank = false;
        for (at, c) in text.chars().enumerate() {
            let blank = c == ' ';
            if blank && !after_blank && !key && self.column > BEST_WIDTH && at > 0 && at + 1 < length {
                self.line();
                self.indent(indent);
                // A blank at the start of a continued line would be lost.
                if text.chars().nth(at + 1) == Some(' ') {
                    self.write("\\");
                }
            } else if is_printable(c) && c != '"' && c != '\\' && !"\n\u{2028}\u{2029}\u{feff}".contains(c) {
                self.out.push(c);
                self.column += 1;
            } else {
                self.write(&escape(c));
            }
            after_blank = blank;
        }
        self.write("\"");
    }
}

fn escape(c: char) -> String {
    let mut out = String::from("\\");
    match c {
        '\0' => out.push('0'),
        '\u{7}' => out.push('a'),
        '\u{8}' => out.push('b'),
        '\t' => out.push('t'),
        '\n' => out.push('n'),
        '\u{b}' => out.push('v'),
        '\u{c}' => out.push('f'),
        '\r' => out.push('r'),
        '\u{1b}' => out.push('e'),
        '"' | '\\' => out.push(c),
        '\u{85}' => out.push('N'),
        '\u{a0}' => out.push('_'),
        '\u{2028}' => out.push('L'),
        '\u{2029}' => out.push('P'),
        c => {
            let code = u32::from(c);
            // Writing to a string cannot fail.
            let _ = match code {
                0..=0xff => write!(out, "x{code:02X}"),
                0x100..=0xffff => write!(out, "u{code:04X}"),
                _ => write!(out, "U{code:08X}"),
            };
        }
    }
    out
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

enum Style {
    Plain,
    Single,
    Double,
}

fn style(text: &str) -> Style {
    let breaks_or_blank = |c: char| c == '\n' || c == ' ';
    let special = text
        .chars()
        .any(|c| !is_printable(c) || c == '\u{2028}' || c == '\u{2029}');
    let blank_after_break = text.contains("\n ") || text.contains(" \n");
    if special || blank_after_break {
        return Style::Double;
    }
    let first = text.chars().next();
    let second_is_blank = text.chars().nth(1).is_none_or(breaks_or_blank);
    let starts_badly = match first {
        None => true,
        Some(c) if "#,[]{}&*!|>'\"%@`".contains(c) => true,
        Some('-' | '?' | ':') if second_is_blank => true,
        _ => text.starts_with("---") || text.starts_with("..."),
    };
    let inside = text.contains(": ") || text.ends_with(':') || text.contains(" #") || text.contains('\n');
    let edges = text.starts_with(' ') || text.ends_with(' ');
    if starts_badly || inside || edges || reads_as_other(text) {
        Style::Single
    } else {
        Style::Plain
    }
}

/// Tells whether a plain text would be read as null, a boolean, a number, a date or a merge key.
fn reads_as_other(text: &str) -> bool {
    let words = [
        "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE", "=", "<<",
    ];
    words.contains(&text) || is_number(text) || is_date(text)
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits =
        |text: &str, radix: u32| !text.is_empty() && text.chars().all(|c| c == '_' || c.is_digit(radix));
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)];
    if let Some((digits_of, radix)) = prefixed
        .iter()
        .find_map(|(p, r)| Some((unsigned.strip_prefix(p)?, *r)))
    {
        return digits(digits_of, radix);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        ),
        None => (unsigned, None),
    };
    if exponent.is_some_and(|e| e.is_empty() || !e.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    let starts = mantissa
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_digit() || b == b'.');
    match mantissa.split_once('.') {
        None => starts && digits(mantissa, 10),
        Some((whole, fraction)) => {
            starts
                && (whole.is_empty() || digits(whole, 10))
                && (fraction.is_empty() || digits(fraction, 10))
                && !(whole.is_empty() && fraction.is_empty())
        }
    }
}

/// Tells whether a text is a date, or a date and a time, of YAML 1.1.
fn is_date(text: &str) -> bool {
    let number = |text: &str, min: usize, max: usize| {
        (min..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let split = text.find(['T', 't', ' ', '\t']).unwrap_or(text.len());
    let (date, time) = text.split_at(split);
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    if time.is_empty() {
        return number(year, 4, 4) && number(month, 2, 2) && number(day, 2, 2);
    }
    let time = time.trim_start_matches(['T', 't', ' ', '\t']);
    let zone_at = time.find(['Z', '+', '-', ' ']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let clock: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = clock.as_slice() else {
        return false;
    };
    let zone = zone.trim();
    let zone_is_fine = zone.is_empty()
        || zone == "Z"
        || zone.strip_prefix(['+', '-']).is_some_and(|offset| {
            let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
            number(hours, 1, 2) && number(minutes, 2, 2)
        });
    number(year, 4, 4)
        && number(month, 1, 2)
        && number(day, 1, 2)
        && number(hour, 1, 2)
        && number(minute, 2, 2)
        && number(second, 2, 2)
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && zone_is_fine
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is a value and what aws 2.9.19 printed for `{"k": value}`.
    const PRINTED: &str = include_str!("../../../tests/golden/yaml.jsonl");

    #[test]
    fn texts_of_aws() {
        let mut count = 0;
        for line in PRINTED.lines() {
            let (value, expected): (Value, String) = serde_json::from_str(line).unwrap();
            let shown = render(&serde_json::json!({ "k": value }));
            assert_eq!(shown, expected, "{value}");
            count += 1;
        }
        assert!(count > 100);
    }

    #[test]
    fn a_bare_scalar_is_json() {
        assert_eq!(render(&Value::Null), "null\n");
        assert_eq!(render(&serde_json::json!("a: b")), "\"a: b\"\n");
    }
}
