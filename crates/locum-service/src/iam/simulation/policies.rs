//! The policies of a simulation, each under the name that answers have for it.

use std::cell::OnceCell;

use locum_api::iam;
use locum_policy::{Layer, Policy, Position, Source, Span};

/// Where a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The request itself.
    Given,
    /// One inside a user, group or role.
    Inline {
        /// `user`, `group` or `role`.
        owner_kind: &'static str,
        /// The name of the user, group or role.
        owner: Box<str>,
        /// Its own name.
        name: Box<str>,
    },
    /// A managed one, by its ARN.
    Managed { arn: String, by_aws: bool },
    /// One that should be there and is not: it denies everything.
    Lost,
}

/// A policy of a simulation.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// `PolicyInputList.1`, a managed policy's name, or `user_alice_inline`.
    pub(super) id: String,
    pub(super) origin: Origin,
    /// What is decided over.
    pub(super) policy: Policy,
    /// What positions are told of: the document as it was given.
    shown: Policy,
    spans: OnceCell<Vec<Span>>,
}

impl Named {
    pub(super) fn new(id: String, origin: Origin, policy: Policy) -> Self {
        let shown = policy.clone();
        Self::shown_as(id, origin, policy, shown)
    }

    /// A policy that was given in other words, statement by statement.
    pub(super) const fn shown_as(id: String, origin: Origin, policy: Policy, shown: Policy) -> Self {
        Self {
            id,
            origin,
            policy,
            shown,
            spans: OnceCell::new(),
        }
    }

    pub(super) fn source<'a>(&'a self, key: &'a str) -> Source<'a> {
        Source::new(&self.policy, key)
    }

    /// One of its statements as answers tell it.
    pub(super) fn statement(&self, layer: Layer, index: usize) -> iam::Statement {
        let spans = self.spans.get_or_init(|| self.shown.simulator_spans());
        let span = spans.get(index);
        iam::Statement {
            source_policy_id: Some(self.id.clone()),
            source_policy_type: Some(kind(layer).to_owned()),
            start_position: span.and_then(|span| position(span.start)),
            end_position: span.and_then(|span| position(span.end)),
        }
    }
}

/// What AWS calls the kinds of policies, which is not what its model lists.
pub(super) const fn kind(layer: Layer) -> &'static str {
    match layer {
        Layer::Resource | Layer::Trust => "Resource Policy",
        Layer::Boundary => "Permissions Boundary Policy",
        Layer::Identity | Layer::Session | Layer::ServiceControl | Layer::ResourceControl => "IAM Policy",
    }
}

fn position(position: Position) -> Option<iam::Position> {
    Some(iam::Position {
        line: i32::try_from(position.line).ok(),
        column: i32::try_from(position.column.checked_add(1)?).ok(),
    })
}
