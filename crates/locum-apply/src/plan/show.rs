//! A plan for a person, and for a program.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Change, Mark, Plan};

impl Plan {
    /// Returns the plan as lines: `+` for what is created, `~` for what changes, `-` for what is removed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
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

/// A text that cannot move the cursor: a plan is what somebody agrees to.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
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
