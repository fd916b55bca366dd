//! Whether two policies say the same, and what the difference looks like.

use serde_json::Value;

use super::{Change, Mark};
use crate::Document;

/// The most lines of a difference that a plan shows.
const MAX_LINES: usize = 60;

/// Whether two documents are equal JSON. An account's number as a principal is its root, as IAM has it.
pub(super) fn same(a: &Document, b: &Document) -> bool {
    a == b || normal(&a.0) == normal(&b.0)
}

fn normal(document: &Value) -> Value {
    let mut document = document.clone();
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            let principals = statement
                .get_mut(element)
                .and_then(|principal| principal.get_mut("AWS"));
            match principals {
                Some(Value::Array(principals)) => principals.iter_mut().for_each(root_of_account),
                Some(one) => root_of_account(one),
                None => {}
            }
        }
    }
    document
}

/// Takes the number out of the ARN of an account's root, whatever the partition.
fn root_of_account(principal: &mut Value) {
    let number = principal
        .as_str()
        .and_then(|text| text.strip_suffix(":root"))
        .and_then(|text| text.rsplit_once(":iam::"))
        .map(|(_, number)| Value::from(number));
    if let Some(number) = number {
        *principal = number;
    }
}

/// Adds the lines in which two documents differ.
pub(super) fn difference(change: &mut Change, what: &str, before: &Document, after: &Document) {
    change.detail(Mark::Changed, what);
    let [before, after] = [before, after].map(|document| {
        let text = serde_json::to_string_pretty(&document.0).unwrap_or_default();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let lines = changed_lines(&before, &after);
    let more = lines.len().saturating_sub(MAX_LINES);
    for (mark, line) in lines.into_iter().take(MAX_LINES) {
        change.detail(mark, format!("  {line}"));
    }
    if more > 0 {
        change.detail(Mark::Changed, format!("  and {more} more lines"));
    }
}

/// The lines of one text that the other lacks, by their longest common subsequence.
fn changed_lines(before: &[String], after: &[String]) -> Vec<(Mark, String)> {
    let width = after.len() + 1;
    let mut lengths = vec![0_usize; (before.len() + 1) * width];
    let at = |lengths: &[usize], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, old) in before.iter().enumerate().rev() {
        for (j, new) in after.iter().enumerate().rev() {
            let length = if old == new {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(slot) = lengths.get_mut(i * width + j) {
                *slot = length;
            }
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (before.get(i), after.get(j)) {
            (Some(old), Some(new)) if old == new => (i, j) = (i + 1, j + 1),
            (Some(old), new) if new.is_none() || at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) => {
                lines.push((Mark::Removed, old.clone()));
                i += 1;
            }
            (_, Some(new)) => {
                lines.push((Mark::Created, new.clone()));
                j += 1;
            }
            (Some(_) | None, None) => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_documents_are_equal_however_they_are_written() {
        let trust = |principal: Value| Document(json!({"Statement": [{"Principal": {"AWS": principal}}]}));
        for (a, b, equal) in [
            (
                json!("111122223333"),
                json!("arn:aws:iam::111122223333:root"),
                true,
            ),
            (
                json!(["111122223333"]),
                json!(["arn:aws:iam::111122223333:root"]),
                true,
            ),
            (
                json!("111122223333"),
                json!("arn:aws:iam::111122224444:root"),
                false,
            ),
            (
                json!("arn:aws:iam::111122223333:role/a"),
                json!("arn:aws:iam::111122223333:root"),
                false,
            ),
        ] {
            assert_eq!(same(&trust(a.clone()), &trust(b.clone())), equal, "{a} {b}");
        }
        let (a, b) = (r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#);
        let [a, b] = [a, b].map(|text| Document(serde_json::from_str(text).unwrap()));
        assert!(same(&a, &b));
        assert!(!same(&a, &Document(json!({"a": 1, "b": [2, 1]}))));
    }

    #[test]
    fn differences_are_the_fewest_lines() {
        let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let found = changed_lines(&lines("a b c d"), &lines("a c x d y"));
        let shown: Vec<String> = found
            .iter()
            .map(|(mark, line)| format!("{}{line}", mark.sign()))
            .collect();
        assert_eq!(shown, ["-b", "+x", "+y"]);
    }
}
