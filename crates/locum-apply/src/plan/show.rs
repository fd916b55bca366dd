//! A plan for a person, and for a program.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Change, Mark, Plan};

impl Plan {
    /// Returns the plan as lines: `+` for what is created, `~` for what changes, `-` for what is removed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", visible(&self.title));
        for change in &self.changes {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {} {}", change.mark.sign(), visible(&change.what));
            for (mark, detail) in &change.details {
                let _ = writeln!(text, "      {} {}", mark.sign(), visible(detail));
            }
        }
        for kept in &self.kept {
            let _ = writeln!(text, "    {} (kept)", visible(kept));
        }
        if self.is_empty() {
            text.push_str("  nothing to do\n");
        }
        text
    }

    /// Returns the plan as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let [created, changed, removed] = self.counts();
        json!({
            "title": self.title,
            "created": created,
            "changed": changed,
            "removed": removed,
            "changes": self.changes.iter().map(Change::json).collect::<Vec<_>>(),
            "kept": self.kept,
        })
    }
}

impl Change {
    fn json(&self) -> Value {
        let details = self
            .details
            .iter()
            .map(|(mark, text)| format!("{} {text}", mark.sign()));
        let requests = self
            .requests
            .iter()
            .map(|request| format!("{}:{}", request.service, request.action));
        json!({
            "change": self.mark.word(),
            "what": self.what,
            "details": details.collect::<Vec<_>>(),
            "requests": requests.collect::<Vec<_>>(),
        })
    }
}

/// Whether a character moves the cursor, turns the text around or is not seen.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns JSON on several lines, whose texts have no character that a terminal obeys or hides.
#[must_use]
pub fn json_text(value: &Value) -> String {
    let mut text = String::new();
    for c in format!("{value:#}").chars() {
        // Line ends are of the layout: those of texts are escaped already.
        if hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Returns a text that cannot move the cursor: a plan is what somebody agrees to.
#[must_use]
pub fn visible(text: &str) -> String {
    if !text.contains(hidden) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| {
            if hidden(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// The sum of several plans, as a sentence.
#[must_use]
pub fn summary(plans: &[&Plan]) -> String {
    let counts = plans.iter().map(|plan| plan.counts());
    let [created, changed, removed] = counts.fold([0; 3], |sum, counts| {
        let [a, b, c] = sum;
        let [x, y, z] = counts;
        [a + x, b + y, c + z]
    });
    let parts = [
        (created, Mark::Created),
        (changed, Mark::Changed),
        (removed, Mark::Removed),
    ];
    let parts: Vec<String> = parts
        .iter()
        .map(|(count, mark)| format!("{count} {}", mark.word()))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: [char; 10] = [
        '\u{1b}',
        '\u{7f}',
        '\u{9b}',
        '\u{ad}',
        '\u{61c}',
        '\u{180e}',
        '\u{202e}',
        '\u{feff}',
        '\u{e0001}',
        '\u{e007f}',
    ];

    #[test]
    fn nothing_that_a_terminal_obeys_or_hides_is_shown() {
        for c in HIDDEN {
            let plan = Plan {
                title: format!("account a{c}b"),
                changes: vec![Change::new(Mark::Created, format!("user {c}"))],
                kept: vec![format!("kept {c}")],
            };
            assert!(!plan.text().contains(c), "{c:?}");
            assert!(!visible(&plan.title).contains(c));
            let text = json_text(&plan.json());
            assert!(!text.contains(c), "{c:?}");
            // It says the same.
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), plan.json());
        }
        assert!(plain("Zürich, 東京").text().starts_with("Zürich, 東京\n"));
    }

    fn plain(title: &str) -> Plan {
        Plan {
            title: title.to_owned(),
            ..Plan::default()
        }
    }
}
