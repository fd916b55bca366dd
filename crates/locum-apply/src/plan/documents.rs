//! Whether two policies say the same, and what the difference looks like.

use serde_json::Value;

use super::{Change, Mark};
use crate::Document;

/// The most pairs of lines that are compared for the smallest difference, eight bytes each.
const MAX_PAIRS: usize = 4_000_000;

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

/// The principals of one kind, such as `AWS`, that a document names.
pub(super) fn principals<'a>(document: &'a Value, kind: &str) -> Vec<&'a str> {
    let statements = document.get("Statement").map(list).unwrap_or_default();
    let named = statements
        .iter()
        .flat_map(|statement| ["Principal", "NotPrincipal"].map(|element| statement.get(element)));
    let named = named.filter_map(|principals| principals?.get(kind));
    named.flat_map(list).filter_map(Value::as_str).collect()
}

/// A user or role that a principal is, or is a session of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedPrincipal<'a> {
    /// The number of its account, or what stands for that.
    pub(super) account: &'a str,
    /// `user` or `role`.
    pub(super) kind: &'static str,
    /// Its name, without a path.
    pub(super) name: &'a str,
}

/// Reads the ARN of a user or role, or of a role's session, which is stored by its role.
pub(super) fn named(principal: &str) -> Option<NamedPrincipal<'_>> {
    let of_sts = principal
        .split_once(":sts::")
        .filter(|(head, _)| !head.contains(":iam:"));
    if let Some((_, rest)) = of_sts {
        let (account, session) = rest.split_once(":assumed-role/")?;
        let (name, _) = session.split_once('/')?;
        let kind = "role";
        return Some(NamedPrincipal { account, kind, name });
    }
    let (_, rest) = principal.split_once(":iam::")?;
    let kinds = [("user", ":user/"), ("role", ":role/")];
    let read = kinds.into_iter().filter_map(|(kind, between)| {
        let (account, path) = rest.split_once(between)?;
        let name = path.rsplit('/').next()?;
        Some(NamedPrincipal { account, kind, name })
    });
    // A path may have colons, an account has none behind it.
    read.min_by_key(|named| named.account.len())
}

/// One value or several.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

fn lines(document: &Document) -> Vec<String> {
    let text = serde_json::to_string_pretty(&document.0).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Adds a new document, every line of it: somebody agrees to what it allows.
pub(super) fn addition(change: &mut Change, what: &str, document: &Document) {
    change.detail(Mark::Created, what);
    for line in lines(document) {
        change.detail(Mark::Created, format!("  {line}"));
    }
}

/// Adds the lines in which two documents differ, all of them: what is left out may be what matters.
pub(super) fn difference(change: &mut Change, what: &str, before: &Document, after: &Document) {
    change.detail(Mark::Changed, what);
    for (mark, line) in changed_lines(&lines(before), &lines(after)) {
        change.detail(mark, format!("  {line}"));
    }
}

/// Adds the lines in which two texts that are no JSON differ, or all of a new one, whatever their line ends.
pub(super) fn text_difference(change: &mut Change, what: &str, before: Option<&str>, after: &str) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mark = before.map_or(Mark::Created, |_| Mark::Changed);
    change.detail(mark, what);
    let before = before.map(lines).unwrap_or_default();
    for (mark, line) in changed_lines(&before, &lines(after)) {
        change.detail(mark, format!("  {line}"));
    }
}

/// The lines of one text that the other lacks, by their longest common subsequence.
fn changed_lines(before: &[String], after: &[String]) -> Vec<(Mark, String)> {
    if before.len().saturating_mul(after.len()) > MAX_PAIRS {
        let all = |mark, lines: &[String]| {
            lines
                .iter()
                .map(move |line| (mark, line.clone()))
                .collect::<Vec<_>>()
        };
        return [all(Mark::Removed, before), all(Mark::Created, after)].concat();
    }
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
        let long = |end: &str| lines(&format!("{}{end}", "a ".repeat(2_100)));
        let found = changed_lines(&long("b"), &long("c"));
        assert_eq!(found.len(), 2 * 2_101);
    }

    #[test]
    fn no_line_of_a_document_is_left_out() {
        let padding: Vec<_> = (0..200).map(|n| format!("s3:Get{n}")).collect();
        let padded =
            Document(json!({"Statement": [{"Action": padding}, {"Action": "iam:*", "Effect": "Allow"}]}));
        let mut change = Change::new(Mark::Changed, "policy p");
        difference(&mut change, "document", &Document(json!({})), &padded);
        addition(&mut change, "trust", &padded);
        let shown = change.details.iter().filter(|(_, line)| line.contains("iam:*"));
        assert_eq!(shown.count(), 2);
    }
}
