//! What could be left out: actions and resources that another entry covers, and statements that say the same.
//!
//! Of wildcards only a final `*` is looked at, so that one pass over each text is enough: a set of the prefixes of all such
//! entries is asked at every character. Comparing all with all would take time squared on a document of one long list.

use std::collections::{HashMap, HashSet};

use super::{
    Document, FindingsKind, IssueCode, Statement,
    report::{Report, clip},
};
use crate::{
    fold::{SEED, folded, step},
    json::{Node, Value},
};

pub(super) fn check(report: &mut Report, document: Document<'_>) {
    for statement in document.statements() {
        for element in ["Action", "NotAction"] {
            lists(
                report,
                IssueCode::RedundantAction,
                statement.list(element),
                folded,
            );
        }
        if document.kind != FindingsKind::Trust {
            for element in ["Resource", "NotResource"] {
                lists(
                    report,
                    IssueCode::RedundantResource,
                    statement.list(element),
                    str::to_owned,
                );
            }
        }
    }
    statements(report, document);
}

fn lists(report: &mut Report, code: IssueCode, nodes: &[Node], key: impl Fn(&str) -> String) {
    if nodes.len() < 2 {
        return;
    }
    let texts: Vec<(&Node, String)> = nodes
        .iter()
        .filter_map(|node| Some((node, key(node.as_str()?))))
        .collect();
    let mut exact: HashMap<&str, &Node> = HashMap::new();
    let mut prefixes: HashMap<u64, (&str, &Node)> = HashMap::new();
    for (node, text) in &texts {
        exact.entry(text).or_insert(node);
        if let Some(prefix) = text.strip_suffix('*').filter(|prefix| covers(code, prefix)) {
            prefixes.entry(hash(prefix)).or_insert((prefix, node));
        }
    }
    for (node, text) in &texts {
        let twin = exact
            .get(text.as_str())
            .copied()
            .filter(|first| first.span != node.span);
        let Some(cover) = twin.or_else(|| wider(text, &prefixes)) else {
            continue;
        };
        let message = format!(
            "{} is covered by {} already.",
            clip(node.as_str().unwrap_or_default()),
            clip(cover.as_str().unwrap_or_default())
        );
        report.push_at(
            code.kind(),
            code,
            vec![node.span.clone(), cover.span.clone()],
            message,
        );
    }
}

/// Whether `prefix*` takes in all that begins with the prefix: for a resource its wildcard must be in the last field, as one
/// before it may not cross a colon.
fn covers(code: IssueCode, prefix: &str) -> bool {
    let plain = !prefix.contains(['*', '?']) && !prefix.contains("${");
    let whole = code == IssueCode::RedundantAction || prefix.is_empty() || prefix.matches(':').count() >= 5;
    plain && whole
}

fn hash(text: &str) -> u64 {
    text.chars().fold(SEED, |hash, c| step(hash, c as u32))
}

/// The entry with a shorter prefix that `text` begins with.
fn wider<'a>(text: &str, prefixes: &HashMap<u64, (&str, &'a Node)>) -> Option<&'a Node> {
    let own = text.strip_suffix('*').unwrap_or(text);
    let mut hash = SEED;
    for (at, c) in own.char_indices() {
        // The prefix before this character: never the text's own, which ends later.
        if let Some((prefix, node)) = prefixes.get(&hash)
            && text.get(..at) == Some(*prefix)
        {
            return Some(node);
        }
        hash = step(hash, c as u32);
    }
    // `x*` covers `x`, but not itself.
    let (prefix, node) = prefixes.get(&hash)?;
    (*prefix == own && own.len() == text.len()).then_some(*node)
}

fn statements(report: &mut Report, document: Document<'_>) {
    let mut seen: HashMap<String, &Node> = HashMap::new();
    for Statement { node, .. } in document.statements() {
        let mut meaning = String::new();
        canonical(node, true, &mut meaning);
        if let Some(first) = seen.get(&meaning) {
            let code = IssueCode::RedundantStatement;
            let message = "Another statement says the same.";
            report.push_at(
                code.kind(),
                code,
                vec![node.span.clone(), first.span.clone()],
                message,
            );
        } else {
            seen.insert(meaning, node);
        }
    }
}

/// A text that two values share only if they mean the same: members and list elements in order, one element as itself,
/// and a statement without its Sid.
fn canonical(node: &Node, statement: bool, out: &mut String) {
    let each = |nodes: &[Node]| {
        let texts = nodes.iter().map(|node| {
            let mut text = String::new();
            canonical(node, false, &mut text);
            text
        });
        let mut texts: Vec<String> = texts.collect::<HashSet<_>>().into_iter().collect();
        texts.sort_unstable();
        texts
    };
    match &node.value {
        Value::Null => out.push('n'),
        Value::Boolean(value) => out.push(if *value { 't' } else { 'f' }),
        Value::Number(text) | Value::String(text) => out.push_str(&format!("{}:{text}", text.len())),
        Value::Array(nodes) => match each(nodes).as_slice() {
            [one] => out.push_str(one),
            all => {
                out.push('[');
                all.iter().for_each(|text| out.push_str(text));
                out.push(']');
            }
        },
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|member| !(statement && &*member.key == "Sid"));
            let mut texts: Vec<String> = kept
                .map(|member| {
                    let mut text = format!("{}:{}=", member.key.len(), member.key);
                    canonical(&member.value, false, &mut text);
                    text
                })
                .collect();
            texts.sort_unstable();
            out.push('{');
            texts.iter().for_each(|text| out.push_str(text));
            out.push('}');
        }
    }
}
