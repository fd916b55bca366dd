//! One compiled statement, and whether it matches a request.

use std::ops::Range;

use crate::{
    QUIRKS, Request,
    arn_pattern::ArnPattern,
    condition::Condition,
    glob::Pattern,
    policy::Effect,
    quirks::Truth,
    who::{Grants, Principals},
    work::{Scope, Work},
};

/// What locum's own actions begin with.
const OWN: &str = "locum:";

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sid: Box<str>,
    pub(crate) effect: Effect,
    pub(crate) actions: Actions,
    /// `None`: the policy belongs to one resource and means that.
    pub(crate) resources: Option<Resources>,
    /// `None`: the policy belongs to its principal.
    pub(crate) principals: Option<Principals>,
    pub(crate) conditions: Box<[Condition]>,
    /// The statement's text in the document.
    pub(crate) span: Range<usize>,
}

/// `Action` or `NotAction`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Actions {
    pub(crate) patterns: Box<[Pattern]>,
    pub(crate) negated: bool,
}

/// `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resources {
    /// `None` for a `null` in the list, which matches nothing.
    pub(crate) patterns: Box<[Option<ArnPattern>]>,
    pub(crate) negated: bool,
}

/// A request as one policy sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) request: &'a Request<'a>,
    /// The policy is a trust policy.
    pub(crate) trust: bool,
    /// The requester has a permissions boundary.
    pub(crate) bounded: bool,
    /// What the decision may still take.
    pub(crate) work: &'a Work,
}

impl<'a> Subject<'a> {
    pub(crate) const fn scope(&self) -> Scope<'a> {
        Scope {
            keys: self.request.context,
            work: self.work,
        }
    }
}

impl Actions {
    fn match_action(&self, action: &str, work: &Work) -> Truth {
        // An empty `NotAction` would match everything; it matches nothing (`facts: policy §1.2`).
        if self.patterns.is_empty() {
            return Truth::Fails;
        }
        if !work.scan(self.patterns.len()) {
            return Truth::Unclear;
        }
        let listed = Truth::any(self.patterns.iter().map(|p| p.means_action(action, work)));
        match self.negated {
            false => listed,
            true if is_own(action) => listed.not().and(QUIRKS.not_action_means_own_actions.truth()),
            true => listed.not(),
        }
    }
}

impl Resources {
    fn match_resource(&self, resource: &str, scope: Scope<'_>, effect: Effect) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        if !self.negated {
            let mut patterns = self.patterns.iter().flatten();
            return patterns.any(|p| effect.takes(matched(p, resource, scope)));
        }
        // What `NotResource` lists is spared, so the readings are the other way round.
        self.patterns.iter().all(|pattern| {
            let listed = match pattern {
                Some(p) if p.resolves(scope) => p.matches_resource(resource, scope),
                Some(_) | None => QUIRKS.unresolved_in_not_resource.truth(),
            };
            effect.takes(listed.not())
        })
    }
}

/// Whether an action is one of locum's, which AWS does not have.
fn is_own(action: &str) -> bool {
    action
        .get(..OWN.len())
        .is_some_and(|vendor| vendor.eq_ignore_ascii_case(OWN))
}

/// Whether a pattern means the resource; unclear, and not even looked at, when there are no steps left.
fn matched(pattern: &ArnPattern, resource: &str, scope: Scope<'_>) -> Truth {
    if scope.work.is_spent() {
        Truth::Unclear
    } else {
        pattern.matches_resource(resource, scope)
    }
}

impl Effect {
    /// Whether a statement of this effect takes a truth as a match.
    pub(crate) const fn takes(self, truth: Truth) -> bool {
        match truth {
            Truth::Holds => true,
            Truth::Fails => false,
            Truth::Unclear => matches!(self, Self::Deny),
        }
    }
}

impl Statement {
    /// As which of its names the statement means the requester; none when any of its elements does not match.
    /// A statement without principals means its policy's owner.
    pub(crate) fn grants(&self, subject: &Subject<'_>) -> Grants {
        // What is left when the steps are spent may look easy; it does not allow either.
        if self.effect == Effect::Allow && subject.work.is_spent() {
            return Grants::NONE;
        }
        if !self.match_action(subject) || !self.match_resource(subject) {
            return Grants::NONE;
        }
        let grants = self.principal_grants(subject);
        let conditions =
            !grants.is_none() && self.conditions.iter().all(|c| self.match_condition(c, subject));
        if conditions { grants } else { Grants::NONE }
    }

    pub(crate) fn match_action(&self, subject: &Subject<'_>) -> bool {
        let truth = self.actions.match_action(subject.request.action, subject.work);
        self.effect.takes(truth)
    }

    pub(crate) fn match_resource(&self, subject: &Subject<'_>) -> bool {
        self.resources
            .as_ref()
            .is_none_or(|r| r.match_resource(subject.request.resource, subject.scope(), self.effect))
    }

    pub(crate) fn principal_grants(&self, subject: &Subject<'_>) -> Grants {
        let Some(principals) = &self.principals else {
            return Grants::DIRECT;
        };
        subject.work.scan(principals.entries.len());
        principals.grants(
            &subject.request.principal,
            self.effect,
            subject.trust,
            subject.bounded,
        )
    }

    pub(crate) fn match_condition(&self, condition: &Condition, subject: &Subject<'_>) -> bool {
        self.effect.takes(condition.holds(subject.scope()))
    }
}
