//! `${…}`: what makes a variable that nothing will ever be put in place of.

use super::{
    Document, IssueCode,
    report::{Report, part},
};
use crate::{glob::names_key, json::Node};

/// Checks the variables of a string, from a byte of its value on. A value of more bytes than its literal has escapes, and its
/// findings point at all of it.
pub(super) fn check(report: &mut Report, document: Document<'_>, node: &Node, from: usize) {
    let text = node.as_str().unwrap_or_default();
    let mut at = from;
    let mut outdated = !document.variables;
    while let Some(start) = text
        .get(at..)
        .and_then(|rest| rest.find("${"))
        .map(|found| at + found)
    {
        let inner = start + 2;
        let rest = text.get(inner..).unwrap_or_default();
        if outdated {
            outdated = false;
            let message = "The policy's version has no variables; this is literal text.";
            report.push(
                IssueCode::VariableUnsupportedInVersion,
                &part(node, start..inner),
                message,
            );
        }
        // Whatever comes first: an end, or another beginning before it.
        let next = rest
            .find('}')
            .filter(|end| !rest.get(..*end).is_some_and(|inside| inside.contains("${")));
        let Some(end) = next else {
            let message = "A variable is opened here and not closed.";
            report.push(
                IssueCode::MissingBraceInVariable,
                &part(node, start..inner),
                message,
            );
            // One is enough: looking on from each of many would take time squared.
            return;
        };
        let content = rest.get(..end).unwrap_or_default();
        at = inner + end + 1;
        if let Some((code, message)) = problem(content) {
            report.push(code, &part(node, start..at), message);
        }
    }
}

/// What is wrong between the braces.
fn problem(content: &str) -> Option<(IssueCode, &'static str)> {
    if let "*" | "?" | "$" = content {
        return None;
    }
    let (key, default) = match content.split_once(',') {
        Some((key, default)) => (key, Some(default)),
        None => (content, None),
    };
    if key.trim().is_empty() {
        return Some((IssueCode::EmptyVariable, "The variable names no key."));
    }
    if key.contains(char::is_whitespace) {
        return Some((
            IssueCode::UnsupportedSpaceInVariable,
            "The variable's key holds a space, so it names nothing.",
        ));
    }
    let quoted = |text: &str| {
        let text = text.trim_start_matches(' ');
        text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'')
    };
    if default.is_some_and(|text| !quoted(text)) {
        return Some((
            IssueCode::MissingQuoteInVariable,
            "The variable's default is not in single quotes.",
        ));
    }
    // What else the engine takes for no variable that is written as one.
    let exact = |text: &str| text.starts_with(" '") && text.matches('\'').count() == 2;
    if default.is_some_and(|text| !exact(text)) {
        return Some((
            IssueCode::MissingQuoteInVariable,
            "The variable's default is not written as a comma, a blank and a text in single quotes, with none in it.",
        ));
    }
    if !names_key(key) {
        return Some((
            IssueCode::InvalidConditionKeyFormat,
            "The variable's key holds what no condition key does.",
        ));
    }
    None
}
