//! Decisions as answers tell them: one result an action, and in it one for each resource.

use std::collections::HashSet;

use locum_api::{MapEntry, iam};
use locum_policy::{Decision, Effect, Layer, Simulation, StatementRef, Verdict};

use super::policies::{Named, kind};

/// What becomes of an action on one resource.
pub(super) struct Outcome {
    resource: String,
    verdict: Verdict,
    matched: Vec<(Effect, iam::Statement)>,
    missing: Vec<String>,
    /// `None`: the account is in no organization that limits it.
    organization: Option<bool>,
    boundary: Option<bool>,
    /// What each kind of policy says; `None` if it is not told.
    details: Option<Vec<(&'static str, Verdict)>>,
}

impl Outcome {
    /// Tells of a simulation. `named` finds the policy of a statement.
    pub(super) fn of<'n>(
        resource: &str,
        simulation: &Simulation<'_>,
        crosses_accounts: bool,
        named: impl Fn(&StatementRef<'_>) -> Option<&'n Named>,
    ) -> Self {
        let verdict = match simulation.decision {
            Decision::Allow => Verdict::Allow,
            Decision::ExplicitDeny { .. } => Verdict::ExplicitDeny,
            Decision::ImplicitDeny { .. } => Verdict::ImplicitDeny,
        };
        // A boundary decides when it denies, not when it allows.
        let told = |statement: &&StatementRef<'_>| match statement.layer {
            Layer::Identity | Layer::Resource | Layer::Trust => true,
            Layer::Boundary => statement.effect == Effect::Deny,
            Layer::ServiceControl | Layer::ResourceControl | Layer::Session => false,
        };
        let matched = simulation.deciding().filter(told).filter_map(|statement| {
            let policy = named(statement)?;
            Some((
                statement.effect,
                policy.statement(statement.layer, statement.index),
            ))
        });
        let (mut missing, mut known) = (Vec::new(), HashSet::new());
        for key in &simulation.missing {
            // Keys that only service control policies read are not told here, AWS says.
            let is_told = !matches!(key.layer, Layer::ServiceControl | Layer::ResourceControl);
            if is_told {
                push_key(&mut missing, &mut known, key.key);
            }
        }
        let limits = [Layer::ServiceControl, Layer::ResourceControl];
        let limits = limits.into_iter().filter_map(|layer| simulation.verdict(layer));
        let organization = limits
            .map(|verdict| verdict == Verdict::Allow)
            .reduce(|a, b| a && b);
        let boundary = simulation
            .verdict(Layer::Boundary)
            .map(|verdict| verdict == Verdict::Allow);
        let details = match (resource, organization) {
            ("*", _) | (_, Some(false)) => None,
            _ if crosses_accounts => Some(details(simulation)),
            _ => Some(Vec::new()),
        };
        Self {
            resource: resource.to_owned(),
            verdict,
            matched: matched.collect(),
            missing,
            organization,
            boundary,
            details,
        }
    }

    fn specific(self) -> iam::ResourceSpecificResult {
        iam::ResourceSpecificResult {
            eval_resource_name: self.resource,
            eval_resource_decision: word(self.verdict).to_owned(),
            matched_statements: self.matched.into_iter().map(|(_, statement)| statement).collect(),
            missing_context_values: self.missing,
            eval_decision_details: self.details.as_deref().map(entries),
            permissions_boundary_decision_detail: self.boundary.map(boundary_detail),
        }
    }
}

/// What the caller's and the resource's side say, each by itself. A resource without a policy allows nobody from
/// elsewhere.
fn details(simulation: &Simulation<'_>) -> Vec<(&'static str, Verdict)> {
    let resource = simulation
        .verdict(Layer::Resource)
        .or_else(|| simulation.verdict(Layer::Trust));
    let identity = simulation.verdict(Layer::Identity);
    let mut details = vec![
        (kind(Layer::Identity), identity.unwrap_or(Verdict::ImplicitDeny)),
        (kind(Layer::Resource), resource.unwrap_or(Verdict::ImplicitDeny)),
    ];
    if let Some(verdict) = simulation.verdict(Layer::Boundary) {
        details.push((kind(Layer::Boundary), verdict));
    }
    details
}

/// The result of an action: the strictest decision of all its resources, and what made it.
pub(super) fn result(action: &str, outcomes: Vec<Outcome>) -> iam::EvaluationResult {
    let verdict = outcomes.iter().map(|outcome| outcome.verdict).max();
    let verdict = verdict.unwrap_or(Verdict::ImplicitDeny);
    let wanted = match verdict {
        Verdict::Allow => Some(Effect::Allow),
        Verdict::ExplicitDeny => Some(Effect::Deny),
        Verdict::ImplicitDeny => None,
    };
    let (mut matched, mut missing): (Vec<iam::Statement>, _) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    let (mut seen, mut details) = (HashSet::new(), None::<Vec<(&'static str, Verdict)>>);
    for outcome in &outcomes {
        for (effect, statement) in &outcome.matched {
            if Some(*effect) == wanted && seen.insert(place(statement)) {
                matched.push(statement.clone());
            }
        }
        for key in &outcome.missing {
            push_key(&mut missing, &mut known, key);
        }
        for (source, verdict) in outcome.details.iter().flatten() {
            let details = details.get_or_insert_default();
            match details.iter_mut().find(|(known, _)| known == source) {
                Some((_, strictest)) => *strictest = (*strictest).max(*verdict),
                None => details.push((source, *verdict)),
            }
        }
        if outcome.details.is_some() {
            details.get_or_insert_default();
        }
    }
    let all = |says: fn(&Outcome) -> Option<bool>| outcomes.iter().filter_map(says).reduce(|a, b| a && b);
    let (organization, boundary) = (
        all(|outcome| outcome.organization),
        all(|outcome| outcome.boundary),
    );
    let resource = match outcomes.as_slice() {
        [only] => only.resource.clone(),
        _ => "*".to_owned(),
    };
    let is_specific = outcomes.iter().any(|outcome| outcome.resource != "*");
    iam::EvaluationResult {
        eval_action_name: action.to_owned(),
        eval_resource_name: Some(resource),
        eval_decision: word(verdict).to_owned(),
        matched_statements: matched,
        missing_context_values: missing,
        organizations_decision_detail: organization.map(|allowed_by_organizations| {
            iam::OrganizationsDecisionDetail {
                allowed_by_organizations,
            }
        }),
        permissions_boundary_decision_detail: boundary.map(boundary_detail),
        eval_decision_details: details.as_deref().map(entries),
        resource_specific_results: if is_specific {
            outcomes.into_iter().map(Outcome::specific).collect()
        } else {
            Vec::new()
        },
    }
}

/// What tells a statement from others: its policy, and where it begins.
fn place(statement: &iam::Statement) -> (Option<String>, Option<i32>, Option<i32>) {
    let start = statement.start_position.as_ref();
    (
        statement.source_policy_id.clone(),
        start.and_then(|start| start.line),
        start.and_then(|start| start.column),
    )
}

/// Adds a key that is not there in any spelling. `known`: those that are.
fn push_key(keys: &mut Vec<String>, known: &mut HashSet<String>, key: &str) {
    if known.insert(key.to_ascii_lowercase()) {
        keys.push(key.to_owned());
    }
}

const fn boundary_detail(allowed_by_permissions_boundary: bool) -> iam::PermissionsBoundaryDecisionDetail {
    iam::PermissionsBoundaryDecisionDetail {
        allowed_by_permissions_boundary,
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allowed",
        Verdict::ImplicitDeny => "implicitDeny",
        Verdict::ExplicitDeny => "explicitDeny",
    }
}

fn entries(details: &[(&'static str, Verdict)]) -> Vec<MapEntry> {
    let entry = |(key, verdict): &(&str, Verdict)| MapEntry {
        key: (*key).to_owned(),
        value: word(*verdict).to_owned(),
    };
    details.iter().map(entry).collect()
}
