//! The shorthand of `aws` for structures: `Key=a,Value=b`, with quotes, lists and nested braces.
//!
//! ```text
//! parameter = keyval *( "," keyval )        keyval = key [ "@" ] "=" [ values ]
//! values    = csv / "[" … "]" / "{" … "}"   csv    = first *( "," second )
//! ```
//!
//! The grammar needs one step back: in `a=b,c=d` the `c` is first read as a second value of `a`, and given back when an
//! `=` follows. A value after `@=` that names a file stands for its text (`facts: cli §1.3`).

use serde_json::{Map, Value};

/// Reads the file that a `file://` value names.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Option<String>, String>;

/// Nesting beyond this is refused rather than recursed into.
const MAX_DEPTH: usize = 64;

/// Parses one shorthand text to an object, or says what was expected, with a caret under the place.
pub(crate) fn parse(text: &str, read_file: ReadFile<'_>) -> Result<Value, String> {
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        depth: 0,
        from_file: false,
        read_file,
    };
    parser
        .parameter()
        .map(Value::Object)
        .map_err(|error| match error {
            Stop::Syntax(message) | Stop::File(message) => message,
        })
}

/// Why parsing stopped. Only a syntax error may be taken back by the second-value rule.
enum Stop {
    Syntax(String),
    File(String),
}

struct Parser<'a> {
    text: Vec<char>,
    at: usize,
    depth: usize,
    from_file: bool,
    read_file: ReadFile<'a>,
}

impl Parser<'_> {
    fn parameter(&mut self) -> Result<Map<String, Value>, Stop> {
        let mut members = Map::new();
        let (key, value) = self.keyval()?;
        members.insert(key, value);
        let mut last = self.at;
        while self.at < self.text.len() {
            self.expect(',')?;
            self.blanks();
            let (key, value) = self.keyval()?;
            if members.contains_key(&key) {
                return Err(Stop::Syntax(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often because there is a \
                     preceding \",\" instead of a space.",
                    self.location(last + 1)
                )));
            }
            members.insert(key, value);
            last = self.at;
        }
        Ok(members)
    }

    fn keyval(&mut self) -> Result<(String, Value), Stop> {
        let key = self.assignment()?;
        let value = match self.current() {
            None => Value::String(String::new()),
            Some('[') => self.list()?,
            Some('{') => self.object()?,
            Some(_) => self.csv()?,
        };
        Ok((key, value))
    }

    /// Reads `key=` or `key@=`.
    fn assignment(&mut self) -> Result<String, Stop> {
        let key = self.take_while(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c));
        self.blanks();
        self.from_file = self.current() == Some('@');
        if self.from_file {
            self.at += 1;
            self.blanks();
        }
        self.expect('=')?;
        self.blanks();
        Ok(key)
    }

    fn csv(&mut self) -> Result<Value, Stop> {
        let first = self.first_value()?;
        self.blanks();
        if self.current() != Some(',') {
            return Ok(first);
        }
        self.at += 1;
        self.blanks();
        let mut values = vec![first];
        loop {
            match self.next_of_csv() {
                Ok((value, ended)) => {
                    values.push(value);
                    if ended {
                        break;
                    }
                }
                Err(Stop::Syntax(_)) if self.at < self.text.len() => {
                    while self.at > 0 && self.current() != Some(',') {
                        self.at -= 1;
                    }
                    break;
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(if values.len() == 1 {
            values.remove(0)
        } else {
            Value::Array(values)
        })
    }

    /// Reads a further value of a list, and tells whether the text ended with it.
    fn next_of_csv(&mut self) -> Result<(Value, bool), Stop> {
        let value = self.second_value()?;
        self.blanks();
        if self.current().is_none() {
            return Ok((value, true));
        }
        self.expect(',')?;
        self.blanks();
        Ok((value, false))
    }

    fn list(&mut self) -> Result<Value, Stop> {
        self.expect('[')?;
        self.blanks();
        let mut values = Vec::new();
        while self.current() != Some(']') {
            values.push(self.nested()?);
            self.blanks();
            if self.current() != Some(']') {
                self.expect(',')?;
                self.blanks();
            }
        }
        self.expect(']')?;
        Ok(Value::Array(values))
    }

    fn object(&mut self) -> Result<Value, Stop> {
        self.expect('{')?;
        self.blanks();
        let mut members = Map::new();
        while self.current() != Some('}') {
            let key = self.assignment()?;
            let value = self.nested()?;
            self.blanks();
            if self.current() != Some('}') {
                self.expect(',')?;
                self.blanks();
            }
            members.insert(key, value);
        }
        self.expect('}')?;
        Ok(Value::Object(members))
    }

    fn nested(&mut self) -> Result<Value, Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::File("the value is nested too deeply".to_owned()));
        }
        let value = match self.current() {
            Some('[') => self.list(),
            Some('{') => self.object(),
            _ => self.first_value(),
        };
        self.depth -= 1;
        value
    }

    fn first_value(&mut self) -> Result<Value, Stop> {
        let text = match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            _ => self
                .word(|c| is_text(c) && c != ']' && c != '}')
                .unwrap_or_default(),
        };
        self.resolve(text)
    }

    fn second_value(&mut self) -> Result<Value, Stop> {
        let text = match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            _ => match self.word(|c| is_text(c) && c != '=') {
                Some(text) => text,
                None => return Err(self.unexpected("<second>", "<none>")),
            },
        };
        self.resolve(text)
    }

    /// Reads an unquoted value; `\,` is a comma. `None` when no value starts here.
    fn word(&mut self, follows: impl Fn(char) -> bool) -> Option<String> {
        let mut out = String::new();
        loop {
            match (self.current(), self.text.get(self.at + 1)) {
                (Some('\\'), Some(',')) => {
                    out.push(',');
                    self.at += 2;
                }
                (Some(c), _) if out.is_empty() && !starts_word(c) => return None,
                (Some(c), _) if follows(c) => {
                    out.push(c);
                    self.at += 1;
                }
                _ => break,
            }
        }
        (!out.is_empty()).then(|| out.trim_end().to_owned())
    }

    fn quoted(&mut self, quote: char) -> Result<String, Stop> {
        let name = if quote == '"' {
            "double quoted"
        } else {
            "singled quoted"
        };
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            match (self.current(), self.text.get(self.at + 1)) {
                (Some('\\'), Some(next)) if *next == quote || *next == '\\' => {
                    out.push(*next);
                    self.at += 2;
                }
                (Some(c), _) => {
                    self.at += 1;
                    if c == quote {
                        return Ok(out);
                    }
                    out.push(c);
                }
                (None, _) => {
                    self.at = start;
                    return Err(self.unexpected(&format!("<{name}>"), "<none>"));
                }
            }
        }
    }

    fn resolve(&self, text: String) -> Result<Value, Stop> {
        if self.from_file
            && let Some(content) = (self.read_file)(&text).map_err(Stop::File)?
        {
            return Ok(Value::String(content));
        }
        Ok(Value::String(text))
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let taken: String = self.text.iter().skip(self.at).take_while(|c| keep(**c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn blanks(&mut self) {
        self.take_while(|c| c.is_ascii_whitespace() || c == '\u{b}');
    }

    fn current(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, wanted: char) -> Result<(), Stop> {
        self.blanks();
        if self.current() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        let received = self.current().map_or("EOF".to_owned(), String::from);
        Err(self.unexpected(&wanted.to_string(), &received))
    }

    fn unexpected(&self, wanted: &str, received: &str) -> Stop {
        Stop::Syntax(format!(
            "Expected: '{wanted}', received: '{received}' for input:\n{}",
            self.location(self.at)
        ))
    }

    /// Returns the input with a caret below the place, in the line of the place.
    fn location(&self, at: usize) -> String {
        let is_break = |c: &char| *c == '\n';
        let line_start = self.text.iter().take(at).rposition(is_break).map_or(0, |p| p + 1);
        let line_end = self
            .text
            .iter()
            .skip(at)
            .position(is_break)
            .map_or(self.text.len(), |p| at + p);
        let upto: String = self.text.iter().take(line_end).collect();
        let rest: String = self.text.iter().skip(line_end).collect();
        format!("{upto}\n{}^{rest}", " ".repeat(at.saturating_sub(line_start)))
    }
}

/// What may stand inside an unquoted value at all.
fn is_text(c: char) -> bool {
    c.is_whitespace() || (c > ' ' && c != '\u{7f}' && !matches!(c, '"' | '\'' | ','))
}

fn starts_word(c: char) -> bool {
    // Blanks beyond ASCII start a word, as they do there.
    is_text(c) && c > ' ' && !matches!(c, '=' | '[' | '{')
}

#[cfg(test)]
#[path = "shorthand_tests.rs"]
mod tests;
