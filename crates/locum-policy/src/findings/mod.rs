//! What there is to say about a policy before it is stored: the findings of Access Analyzer's ValidatePolicy.
//!
//! Validation on write stops at the first thing AWS would refuse; a person at an editor wants all of it, with places, and
//! what AWS would store but should not. One file holds one family of checks. A check looks at the document's own tree, never
//! at its text, and takes time linear in it. Codes whose check would need to know every service's actions, resources and
//! keys are not here (`facts: policy §6.3`).
//!
//! INVARIANT: what [`Policy::compile`](crate::Policy::compile) refuses has an error among its findings.

mod actions;
mod addresses;
mod code;
mod condition_values;
mod conditions;
mod elements;
mod escalation;
mod finding;
mod global_keys;
mod organization;
mod principals;
mod redundancy;
mod report;
mod resources;
mod trust;
mod variables;

pub use code::IssueCode;
pub use finding::{Finding, FindingKind, FindingsKind, Location, PathElement, Position, Span};

use crate::{
    glob::Pattern,
    json::{self, Node},
};
use report::Report;

/// A document under examination.
#[derive(Clone, Copy)]
struct Document<'a> {
    text: &'a str,
    root: &'a Node,
    kind: FindingsKind,
    /// Its version has variables.
    variables: bool,
}

/// A statement that is an object.
#[derive(Clone, Copy)]
struct Statement<'a> {
    node: &'a Node,
    /// It says `Allow`.
    allows: bool,
}

impl<'a> Document<'a> {
    fn statements(&self) -> impl Iterator<Item = Statement<'a>> + use<'a> {
        let list = self.root.get("Statement").map(Node::list).unwrap_or_default();
        let objects = list.iter().filter(|node| node.members().is_some());
        objects.map(|node| Statement {
            node,
            allows: node.get("Effect").and_then(Node::as_str) == Some("Allow"),
        })
    }
}

impl<'a> Statement<'a> {
    /// The elements of a list, or its only one.
    fn list(&self, element: &str) -> &'a [Node] {
        self.node.get(element).map(Node::list).unwrap_or_default()
    }

    /// Whether the condition block names a key, under whatever operator.
    fn has_condition_key(&self, wanted: &str) -> bool {
        self.condition_keys()
            .any(|member| member.key.eq_ignore_ascii_case(wanted))
    }

    fn condition_keys(&self) -> impl Iterator<Item = &'a json::Member> + use<'a> {
        let operators = self.node.get("Condition").and_then(Node::members);
        let operators = operators.unwrap_or_default().iter();
        operators.flat_map(|operator| operator.value.members().unwrap_or_default())
    }
}

/// Whether an entry of a list of actions means this one, by its name or by a wildcard.
fn names(entry: &Node, action: &str) -> bool {
    entry
        .as_str()
        .is_some_and(|text| Pattern::of_action(text).matches_action(action))
}

/// Finds what is wrong with a policy, what is dangerous and what could be better, in the order of the document: at most
/// 1,000 findings, errors before all others. A document without errors compiles as [`FindingsKind::policy_kind`].
#[must_use]
pub fn findings(document: &str, kind: FindingsKind) -> Vec<Finding> {
    let mut report = Report::new();
    let root = match json::read(document) {
        Ok(root) => root,
        Err(error) => {
            let end = document.len().min(error.offset);
            let message = format!("This is not JSON that can be trusted: {}.", error.reason);
            report.push(IssueCode::JsonSyntaxError, &(end..end), message);
            return report.finish(document, None);
        }
    };
    let document = Document {
        text: document,
        root: &root,
        kind,
        variables: root.get("Version").and_then(Node::as_str) == Some("2012-10-17"),
    };
    for check in [
        elements::check,
        actions::check,
        resources::check,
        principals::check,
        conditions::check,
        organization::check,
        trust::check,
        escalation::check,
        redundancy::check,
    ] {
        check(&mut report, document);
    }
    report.finish(document.text, Some(&root))
}
