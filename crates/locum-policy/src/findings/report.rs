//! Collects findings by the bytes they are about.
//!
//! Paths, lines and columns are worked out once at the end, in one walk over the text, so that a document of one long line
//! costs no more than its length. There is an end to what is kept, or a hostile document of a hundred kilobytes would be
//! answered with megabytes; errors are never given up for lesser findings.

use std::ops::Range;

use super::{Finding, FindingKind, IssueCode, Location, PathElement};
use crate::{
    json::{Node, Value},
    place::Positions,
};

/// The most findings of one document.
pub(super) const MAX_FINDINGS: usize = 1_000;
/// The most characters of the policy that a message quotes at once.
const MAX_QUOTE: usize = 80;

/// The most places of one finding.
const MAX_PLACES: usize = 100;
/// The longest key that a path goes through, in bytes. No key that means anything is a quarter as long, and every finding
/// below it would repeat it.
const MAX_KEY: usize = 1_024;

pub(super) struct Report {
    errors: Vec<Draft>,
    others: Vec<Draft>,
}

struct Draft {
    kind: FindingKind,
    code: IssueCode,
    message: String,
    spans: Vec<Range<usize>>,
}

/// A text of the policy within a message, shortened if need be.
pub(super) fn clip(text: &str) -> String {
    let mut clipped: String = text.chars().take(MAX_QUOTE).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}

/// The place of a part of a string's value, in bytes. A literal with escapes has no such part: all of it is the place.
pub(super) fn part(node: &Node, range: Range<usize>) -> Range<usize> {
    let plain = node
        .as_str()
        .is_some_and(|text| text.len() + 2 == node.span.len() && range.end <= text.len());
    if plain {
        node.span.start + 1 + range.start..node.span.start + 1 + range.end
    } else {
        node.span.clone()
    }
}

impl Report {
    pub(super) const fn new() -> Self {
        Self {
            errors: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Notes a finding of the kind that its code usually is.
    pub(super) fn push(&mut self, code: IssueCode, span: &Range<usize>, message: impl Into<String>) {
        self.push_at(code.kind(), code, vec![span.clone()], message);
    }

    /// Notes an error: what is refused on write is one, whatever Access Analyzer calls it.
    pub(super) fn refuse(&mut self, code: IssueCode, span: &Range<usize>, message: impl Into<String>) {
        self.push_at(FindingKind::Error, code, vec![span.clone()], message);
    }

    /// Notes a finding of several places.
    pub(super) fn push_at(
        &mut self,
        kind: FindingKind,
        code: IssueCode,
        mut spans: Vec<Range<usize>>,
        message: impl Into<String>,
    ) {
        spans.truncate(MAX_PLACES);
        let drafts = match kind {
            FindingKind::Error => &mut self.errors,
            FindingKind::SecurityWarning | FindingKind::Warning | FindingKind::Suggestion => &mut self.others,
        };
        if drafts.len() < MAX_FINDINGS {
            let message = message.into();
            drafts.push(Draft {
                kind,
                code,
                message,
                spans,
            });
        }
    }

    /// The findings in the order of the document.
    pub(super) fn finish(self, text: &str, root: Option<&Node>) -> Vec<Finding> {
        let mut drafts = self.errors;
        drafts.extend(self.others);
        drafts.truncate(MAX_FINDINGS);
        drafts.sort_by_key(|draft| (draft.spans.first().map_or(0, |span| span.start), draft.kind));
        let positions = Positions::of(text, drafts.iter().flat_map(|draft| &draft.spans));
        let locate = |span: &Range<usize>| Location {
            path: root.map(|root| path(root, span)).unwrap_or_default(),
            span: positions.span(span),
        };
        drafts
            .iter()
            .map(|draft| Finding {
                kind: draft.kind,
                code: draft.code,
                message: draft.message.clone(),
                locations: draft.spans.iter().map(locate).collect(),
            })
            .collect()
    }
}

/// The way to a place: down through whatever contains it, to the first key that is too long.
fn path(root: &Node, span: &Range<usize>) -> Vec<PathElement> {
    let mut path = Vec::new();
    let mut node = root;
    while node.span != *span {
        match &node.value {
            Value::Object(members) => {
                let next = members.partition_point(|member| member.value.span.end < span.end);
                let Some(member) = members.get(next).filter(|member| member.key.len() <= MAX_KEY) else {
                    break;
                };
                if member.key_span == *span {
                    path.push(PathElement::Key(member.key.clone()));
                    break;
                }
                if span.start < member.value.span.start {
                    break;
                }
                path.push(PathElement::Value(member.key.clone()));
                node = &member.value;
            }
            Value::Array(nodes) => {
                let next = nodes.partition_point(|node| node.span.end < span.end);
                let Some(element) = nodes.get(next).filter(|element| element.span.start <= span.start) else {
                    break;
                };
                path.push(PathElement::Index(next));
                node = element;
            }
            Value::String(text) => {
                let inside = span.start.checked_sub(node.span.start + 1);
                let parts =
                    inside.and_then(|start| Some((text.get(..start)?, text.get(start..start + span.len())?)));
                if let Some((before, part)) = parts {
                    path.push(PathElement::Substring {
                        start: before.chars().count(),
                        length: part.chars().count(),
                    });
                }
                break;
            }
            Value::Null | Value::Boolean(_) | Value::Number(_) => break,
        }
    }
    path
}
