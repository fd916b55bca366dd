//! Boxes: one section for the result and one, indented, for each nested part.
//!
//! A row of headers over a row of values turns into a column of pairs when the box is wider than the terminal. Widths
//! of several columns are stretched to the widest section and rounded half to even, because the command we match does
//! so and scripts compare.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Look, is_scalar, scalar, width};

/// Blanks and borders that a cell adds to its text.
const PADDING: usize = 4;
const VALUE_COLOUR: &str = "\u{1b}[1m\u{1b}[34m";
const EDGE_COLOUR: &str = "\u{1b}[2m\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

/// Renders a value; nothing for an empty one.
pub(crate) fn render(title: &str, value: &Value, look: Look) -> String {
    let mut table = Table { sections: Vec::new() };
    if !table.build(Some(title), value, 0) {
        return String::new();
    }
    if table.width() > look.width {
        table.sections.iter_mut().for_each(Section::turn);
    }
    let width = table.width();
    let mut out = Pen {
        text: String::new(),
        colour: look.colour,
    };
    out.write(&format!("{}\n", "-".repeat(width)));
    for section in &table.sections {
        section.render(width - 2 * section.indent, &mut out);
    }
    out.text
}

struct Table {
    sections: Vec<Section>,
}

impl Table {
    fn build(&mut self, title: Option<&str>, value: &Value, indent: usize) -> bool {
        if is_empty(value) {
            return false;
        }
        if let Some(title) = title {
            self.sections.push(Section {
                title: title.to_owned(),
                indent,
                ..Section::default()
            });
        }
        match value {
            Value::Object(members) => self.build_object(members, indent),
            Value::Array(items) if items.first().is_some_and(Value::is_object) => {
                self.build_objects(title.unwrap_or_default(), items, indent);
            }
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::Array(cells) if cells.iter().all(is_scalar) => {
                            self.row(cells.iter().map(scalar))
                        }
                        item if is_scalar(item) => self.row([scalar(item)]),
                        item => {
                            self.build(None, item, 0);
                        }
                    }
                }
            }
            // A bare scalar shows its title and nothing else; `text` is the format for it.
            _ => {}
        }
        true
    }

    fn build_object(&mut self, members: &Map<String, Value>, indent: usize) {
        let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
        sorted.sort_by_key(|(key, _)| *key);
        let (scalars, nested): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|(_, value)| is_scalar(value));
        match scalars.as_slice() {
            [] => {}
            [(key, value)] => self.row([(*key).clone(), scalar(value)]),
            several => {
                self.headers(several.iter().map(|(key, _)| (*key).clone()));
                self.row(several.iter().map(|(_, value)| scalar(value)));
            }
        }
        for (key, value) in nested {
            self.build(Some(key), value, indent + 1);
        }
    }

    fn build_objects(&mut self, title: &str, items: &[Value], indent: usize) {
        let objects: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
        let mut headers = BTreeSet::new();
        let mut nested = BTreeSet::new();
        for (key, value) in objects.iter().copied().flatten() {
            if is_scalar(value) {
                headers.insert(key.as_str())
            } else {
                nested.insert(key.as_str())
            };
        }
        for (position, object) in objects.into_iter().enumerate() {
            if position > 0 && !nested.is_empty() {
                self.sections.push(Section {
                    title: title.to_owned(),
                    indent,
                    ..Section::default()
                });
            }
            if position == 0 || !nested.is_empty() {
                self.headers(headers.iter().map(|header| (*header).to_owned()));
            }
            self.row(
                headers
                    .iter()
                    .map(|header| object.get(*header).map(scalar).unwrap_or_default()),
            );
            for key in &nested {
                if let Some(value) = object.get(*key) {
                    self.build(Some(key), value, indent + 1);
                }
            }
        }
    }

    fn headers(&mut self, headers: impl IntoIterator<Item = String>) {
        if let Some(section) = self.sections.last_mut() {
            section.headers = headers.into_iter().collect();
        }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        if let Some(section) = self.sections.last_mut() {
            section.rows.push(cells.into_iter().collect());
        }
    }

    fn width(&self) -> usize {
        self.sections.iter().map(Section::width).max().unwrap_or_default()
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

#[derive(Default)]
struct Section {
    title: String,
    indent: usize,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Section {
    /// Turns one row under headers into a row for each header.
    fn turn(&mut self) {
        if self.rows.len() == 1 && !self.headers.is_empty() {
            let cells = self.rows.pop().unwrap_or_default();
            let headers = std::mem::take(&mut self.headers);
            self.rows = headers
                .into_iter()
                .zip(cells)
                .map(|(header, cell)| vec![header, cell])
                .collect();
        }
    }

    /// The widths of the texts in each column.
    fn columns(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            for (position, cell) in row.iter().enumerate() {
                let width = cell_width(cell);
                match widths.get_mut(position) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        widths
    }

    fn width(&self) -> usize {
        let outside = 2 + 2 * self.indent;
        let columns: usize = self.columns().iter().map(|width| width + PADDING).sum();
        (cell_width(&self.title) + outside).max(columns + outside)
    }

    /// The widths of the cells, borders included, stretched to add up to `width`.
    fn stretched(&self, width: usize) -> Vec<usize> {
        let plain: Vec<usize> = self.columns().iter().map(|column| column + PADDING).collect();
        let total: usize = plain.iter().sum();
        if total == 0 {
            return plain;
        }
        let scale = width as f64 / total as f64;
        let mut cells: Vec<usize> = plain
            .iter()
            .map(|cell| (scale * *cell as f64).round_ties_even() as usize)
            .collect();
        loop {
            let sum: usize = cells.iter().sum();
            // Too wide is taken from the left, too narrow added from the right, one by one.
            let over = sum.saturating_sub(width);
            let under = width.saturating_sub(sum);
            if over == 0 && under == 0 {
                return cells;
            }
            cells
                .iter_mut()
                .take(over)
                .for_each(|cell| *cell = cell.saturating_sub(1));
            cells.iter_mut().rev().take(under).for_each(|cell| *cell += 1);
        }
    }

    fn render(&self, width: usize, out: &mut Pen) {
        if !self.title.is_empty() {
            out.line(self.indent, &centred(&self.title, width, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                out.line(self.indent, &format!("+{}+", "-".repeat(width.saturating_sub(2))));
            }
        }
        let cells = self.stretched(width);
        if cells.is_empty() {
            return;
        }
        let ruler: String = cells
            .iter()
            .enumerate()
            .map(|(position, cell)| {
                let edge = if position == 0 { "+" } else { "" };
                format!("{edge}{}+", "-".repeat(cell.saturating_sub(edge.len() + 1)))
            })
            .collect();
        if !self.headers.is_empty() {
            let line: String = self
                .headers
                .iter()
                .zip(&cells)
                .enumerate()
                .map(|(position, (header, cell))| {
                    centred(header, *cell, if position == 0 { "|" } else { "" })
                })
                .collect();
            out.line(self.indent, &ruler);
            out.line(self.indent, &line);
        }
        if self.rows.is_empty() {
            return;
        }
        out.line(self.indent, &ruler);
        for row in &self.rows {
            let line: String = row
                .iter()
                .zip(&cells)
                .enumerate()
                .map(|(position, (cell, width))| {
                    left(cell, *width, if position == 0 { "|" } else { "" }, out.colour)
                })
                .collect();
            out.line(self.indent, &line);
        }
        out.line(self.indent, &ruler);
    }
}

fn centred(text: &str, width: usize, edge: &str) -> String {
    let own = cell_width(text);
    let before = (width / 2).saturating_sub(own / 2 + 1);
    let after = width.saturating_sub(edge.len() + before + own + 1);
    // Where the text is as wide as the cell, the formula goes one below zero and the right side pays for it.
    let after = if width / 2 < own / 2 + 1 { after + 1 } else { after };
    format!("{edge}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn left(text: &str, width: usize, edge: &str, colour: bool) -> String {
    let own = cell_width(text);
    let padding = if width > own + 2 + edge.len() { 2 } else { 0 };
    let after = width.saturating_sub(edge.len() + padding + own + 1);
    let (on, off) = if colour { (VALUE_COLOUR, RESET) } else { ("", "") };
    format!(
        "{edge}{}{on}{text}{off}{}|",
        " ".repeat(padding),
        " ".repeat(after)
    )
}

/// The cells of a terminal that a text takes; characters of ambiguous width count two, as they do for `aws`.
fn cell_width(text: &str) -> usize {
    width::cells(text)
}

/// Writes lines with their indentation; in colour, everything that is written ends with a reset.
struct Pen {
    text: String,
    colour: bool,
}

impl Pen {
    fn line(&mut self, indent: usize, line: &str) {
        let edge = if self.colour {
            format!("{EDGE_COLOUR}|{RESET}")
        } else {
            "|".to_owned()
        };
        let edges = edge.repeat(indent);
        for part in [&edges, line, &edges, "\n"] {
            self.write(part);
        }
    }

    fn write(&mut self, part: &str) {
        self.text.push_str(part);
        if self.colour {
            self.text.push_str(RESET);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: &Value, width: usize) -> String {
        render("Op", value, Look { width, colour: false })
    }

    // Each expected text was printed by aws 2.9.19.

    #[test]
    fn wide_tables_turn() {
        let value = json!({
            "UserId": "AIDAQNZGKIQY56JQ7WML", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/alice"
        });
        let turned = "\
-----------------------------------------------------
|                        Op                         |
+---------+-----------------------------------------+
|  Account|  123456789012                           |
|  Arn    |  arn:aws:iam::123456789012:user/alice   |
|  UserId |  AIDAQNZGKIQY56JQ7WML                   |
+---------+-----------------------------------------+
";
        assert_eq!(shown(&value, 80), turned);
        let flat = "\
-------------------
|       Op        |
+--------+--------+
|  Alpha |   B    |
+--------+--------+
|  1     |  None  |
+--------+--------+
";
        assert_eq!(shown(&json!({"Alpha": "1", "B": null}), 80), flat);
    }

    #[test]
    fn lists_become_rows() {
        let objects = "\
-----------------
|      Op       |
+------+--------+
|   a  |   d    |
+------+--------+
|  x   |        |
+------+--------+
||      b      ||
|+----+--------+|
||  c |  True  ||
|+----+--------+|
|      Op       |
+-------+-------+
|   a   |   d   |
+-------+-------+
|  yy   |  1    |
+-------+-------+
";
        assert_eq!(
            shown(&json!([{"a": "x", "b": {"c": true}}, {"a": "yy", "d": 1}]), 80),
            objects
        );
        let rows =
            "-------------\n|    Op     |\n+----+------+\n|  a |  bb  |\n|  c |  d   |\n+----+------+\n";
        assert_eq!(shown(&json!([["a", "bb"], ["c", "d"]]), 80), rows);
    }

    #[test]
    fn nested_parts_are_indented() {
        let value = json!({"PackedPolicySize": 0, "SourceIdentity": "true",
            "AssumedRoleUser": {"AssumedRoleId": "AROAé&<: x", "Arn": "- a # b"},
            "Credentials": {"AccessKeyId": "ASIAQNZGKIQY56JQ7WML", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                "SessionToken": "a b", "Expiration": "2027-01-01T00:00:00+00:00"}});
        let expected = "\
-------------------------------------------------------------------
|                           AssumeRole                            |
+----------------------------------------------+------------------+
|  PackedPolicySize                            |  0               |
|  SourceIdentity                              |  true            |
+----------------------------------------------+------------------+
||                        AssumedRoleUser                        ||
|+---------------------------------+-----------------------------+|
||  Arn                            |  - a # b                    ||
||  AssumedRoleId                  |  AROAé&<: x                ||
|+---------------------------------+-----------------------------+|
||                          Credentials                          ||
|+------------------+--------------------------------------------+|
||  AccessKeyId     |  ASIAQNZGKIQY56JQ7WML                      ||
||  Expiration      |  2027-01-01T00:00:00+00:00                 ||
||  SecretAccessKey |  wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY  ||
||  SessionToken    |  a b                                       ||
|+------------------+--------------------------------------------+|
";
        assert_eq!(
            render(
                "AssumeRole",
                &value,
                Look {
                    width: 80,
                    colour: false
                }
            ),
            expected
        );
    }

    #[test]
    fn scalars_and_nothing() {
        let bare = render(
            "GetCallerIdentity",
            &json!("x"),
            Look {
                width: 80,
                colour: false,
            },
        );
        assert_eq!(
            bare,
            "-------------------\n|GetCallerIdentity|\n+-----------------+\n"
        );
        for value in [
            json!(null),
            json!({}),
            json!([]),
            json!(""),
            json!(0),
            json!(false),
        ] {
            assert_eq!(shown(&value, 80), "", "{value}");
        }
    }
}
