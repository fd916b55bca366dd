//! Boxes: one section for the result and one, indented, for each nested part.
//!
//! A row of headers over a row of values turns into a column of pairs when the box is wider than the terminal. Widths
//! of several columns are stretched to the widest section and rounded half to even, because the command we match does
//! so and scripts compare.

mod section;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Look, is_scalar, scalar};
use section::{Pen, Section};

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
