//! The same decision with everything that took part in it: for authorization messages and for people.

use std::ops::Range;

use crate::{
    Decision, Effect, Layer, Layers, Policy, Request, Source,
    decide::{Case, Denying},
    json::{self, Node, Value},
    quirks::Truth,
    statement::{Statement, Subject},
    work::Work,
};

/// A decision and the statements behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation<'a> {
    /// The same answer that [`decide`] gives.
    pub decision: Decision<'a>,
    /// The statements that match, in the order of the layers.
    pub matched: Vec<StatementRef<'a>>,
    /// The statements that do not match for one reason only.
    pub near: Vec<NearMiss<'a>>,
}

/// One statement of one policy of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementRef<'a> {
    /// The layer.
    pub layer: Layer,
    /// The policy's ARN or name.
    pub source: &'a str,
    /// The policy.
    pub policy: &'a Policy,
    /// The statement's place in it, from 0.
    pub index: usize,
    /// Its `Sid`; empty when it has none.
    pub sid: &'a str,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Its bytes in the document.
    pub span: Range<usize>,
}

/// A statement that would match but for one element.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss<'a> {
    /// The statement.
    pub statement: StatementRef<'a>,
    /// The element that does not match.
    pub mismatch: Mismatch,
}

/// Why a statement does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// `Principal` or `NotPrincipal` does not mean the requester.
    Principal,
    /// `Action` or `NotAction` does not mean the action.
    Action,
    /// `Resource` or `NotResource` does not mean the resource.
    Resource,
    /// A condition does not hold.
    Condition {
        /// The operator, as written.
        operator: String,
        /// The key, as written.
        key: String,
        /// Whether the request has the key.
        present: bool,
        /// Whether it may hold in another reading of the language, which is not enough for an `Allow`.
        unclear: bool,
    },
}

/// The elements of a statement as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementText {
    /// The values of `Action` or `NotAction`.
    pub actions: Vec<String>,
    /// Whether it is `NotAction`.
    pub not_action: bool,
    /// The values of `Resource` or `NotResource`.
    pub resources: Vec<String>,
    /// Whether it is `NotResource`.
    pub not_resource: bool,
    /// Kind and value of every principal; the kind of a bare `*` is `AWS`.
    pub principals: Vec<(String, String)>,
    /// Whether it is `NotPrincipal`.
    pub not_principal: bool,
    /// Operator, key and values of every condition.
    pub conditions: Vec<(String, String, Vec<String>)>,
}

/// Decides a request and visits every statement that applies to it.
#[must_use]
pub fn explain<'a>(request: &Request<'_>, layers: &Layers<'a>) -> Explanation<'a> {
    let (work, deciding) = (Work::new(), Work::new());
    let case = Case {
        request,
        layers,
        work: &work,
    };
    let decided = Case {
        work: &deciding,
        ..case
    };
    let denying = decided.denying();
    let mut explanation = Explanation {
        decision: denying.map_or_else(|| decided.allowed_or(), |denying| denying.decision()),
        matched: Vec::new(),
        near: Vec::new(),
    };
    case.each_policy(|layer, source| {
        let subject = case.subject(layer);
        for (index, statement) in source.policy.statements().iter().enumerate() {
            let reference = source.statement(layer, index, statement);
            let mut mismatches = Vec::new();
            if statement.principal_grants(&subject).is_none() {
                mismatches.push(Mismatch::Principal);
            }
            if !statement.match_action(&subject) {
                mismatches.push(Mismatch::Action);
            }
            if !statement.match_resource(&subject) {
                mismatches.push(Mismatch::Resource);
            }
            mismatches.extend(failed_conditions(statement, &subject));
            if work.is_spent() {
                // What matches can not be said any more.
                return Some(());
            }
            match mismatches.pop() {
                None => explanation.matched.push(reference),
                Some(mismatch) if mismatches.is_empty() => explanation.near.push(NearMiss {
                    statement: reference,
                    mismatch,
                }),
                Some(_) => {}
            }
        }
        None
    });
    if deciding.is_spent() {
        // This walk took fewer steps: what it found was not found by the decision.
        explanation.matched.clear();
        explanation.near.clear();
    }
    if let Some(denying) = denying {
        explanation.tell(denying);
    }
    explanation
}

impl<'a> Source<'a> {
    pub(crate) fn statement(self, layer: Layer, index: usize, statement: &'a Statement) -> StatementRef<'a> {
        StatementRef {
            layer,
            source: self.id,
            policy: self.policy,
            index,
            sid: &statement.sid,
            effect: statement.effect,
            span: statement.span.clone(),
        }
    }
}

fn failed_conditions(statement: &Statement, subject: &Subject<'_>) -> Vec<Mismatch> {
    let judged = statement.conditions.iter().map(|c| (c, c.holds(subject.scope())));
    let failed = judged.filter(|(_, truth)| !statement.effect.takes(*truth));
    let described = failed.map(|(condition, truth)| {
        let values = subject.request.context.context().get(condition.key());
        Mismatch::Condition {
            operator: condition.operator().to_string(),
            key: condition.key().to_owned(),
            present: values.is_some_and(|v| v.iter().next().is_some()),
            unclear: truth == Truth::Unclear,
        }
    });
    described.collect()
}

impl<'a> Explanation<'a> {
    /// Sees to it that the statement that denies is told, even if not everything could be looked at.
    fn tell(&mut self, denying: Denying<'a>) {
        let Denying {
            layer,
            source,
            index,
            statement,
        } = denying;
        let is_told = self
            .reported()
            .any(|told| told.layer == layer && told.policy.is(source.policy) && told.index == index);
        if !is_told {
            self.matched.push(source.statement(layer, index, statement));
        }
    }

    /// The statements AWS would report: the denials when there is one, else those that allow.
    pub fn reported(&self) -> impl Iterator<Item = &StatementRef<'a>> {
        let denied = matches!(self.decision, Decision::ExplicitDeny { .. });
        let effect = if denied { Effect::Deny } else { Effect::Allow };
        self.matched.iter().filter(move |s| s.effect == effect)
    }
}

impl StatementRef<'_> {
    /// The statement's JSON, as it stands in the document.
    #[must_use]
    pub fn json(&self) -> &str {
        self.policy.document().get(self.span.clone()).unwrap_or_default()
    }

    /// The statement's elements, read again from the document.
    #[must_use]
    pub fn text(&self) -> StatementText {
        json::read(self.json())
            .map(|node| elements(&node))
            .unwrap_or_default()
    }
}

fn elements(node: &Node) -> StatementText {
    let list = |key: &str, negated: &str| {
        let both = [node.get(key), node.get(negated)].into_iter().flatten();
        both.flat_map(texts).collect()
    };
    let mut text = StatementText {
        actions: list("Action", "NotAction"),
        not_action: node.get("NotAction").is_some(),
        resources: list("Resource", "NotResource"),
        not_resource: node.get("NotResource").is_some(),
        not_principal: node.get("NotPrincipal").is_some(),
        ..StatementText::default()
    };
    let principal = node.get("Principal").or_else(|| node.get("NotPrincipal"));
    if let Some(everyone) = principal.and_then(Node::as_str) {
        text.principals.push(("AWS".to_owned(), everyone.to_owned()));
    }
    for kind in principal.and_then(Node::members).unwrap_or_default() {
        text.principals
            .extend(texts(&kind.value).map(|value| (kind.key.to_string(), value)));
    }
    for operator in node.get("Condition").and_then(Node::members).unwrap_or_default() {
        for key in operator.value.members().unwrap_or_default() {
            let values = texts(&key.value).collect();
            text.conditions
                .push((operator.key.to_string(), key.key.to_string(), values));
        }
    }
    text
}

fn texts(node: &Node) -> impl Iterator<Item = String> {
    let text = |node: &Node| match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    node.list().iter().filter_map(text)
}
