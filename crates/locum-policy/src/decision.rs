use std::fmt;

/// A kind of policy that takes part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// A resource-based policy.
    Resource,
    /// A role's trust policy.
    Trust,
    /// An identity-based policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
}

impl Layer {
    /// Every layer, in the order in which a denial is reported.
    pub const ALL: [Self; 7] = [
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Resource,
        Self::Trust,
        Self::Identity,
        Self::Boundary,
        Self::Session,
    ];

    /// What AWS calls a policy of this layer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
        }
    }

    const fn article(self) -> &'static str {
        match self {
            Self::Identity => "an",
            Self::Trust => "the",
            Self::ServiceControl
            | Self::ResourceControl
            | Self::Resource
            | Self::Boundary
            | Self::Session => "a",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The answer. What is not allowed is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decision<'a> {
    /// Every layer that must allow does, and none denies.
    Allow,
    /// A `Deny` statement matched.
    ExplicitDeny {
        /// The first layer that denies.
        layer: Layer,
        /// The policy's ARN or name, as the caller of `decide` gave it.
        source: &'a str,
        /// The statement's place in its policy, from 0.
        statement: usize,
        /// Its `Sid`; empty when it has none.
        sid: &'a str,
    },
    /// This layer had to allow and did not.
    ImplicitDeny {
        /// The first such layer.
        layer: Layer,
    },
}

impl Decision<'_> {
    /// Whether the request may go on.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// Why a request was denied, in AWS's words: what follows `is not authorized to perform: … on resource: …`
/// (`facts: policy §2.6`). Empty for an allowed one.
#[must_use]
pub fn because(action: &str, decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allow => String::new(),
        Decision::ExplicitDeny { layer, .. } => {
            format!("with an explicit deny in {} {layer}", layer.article())
        }
        Decision::ImplicitDeny { layer } => format!("because no {layer} allows the {action} action"),
    }
}

/// The same with the ARN of the policy that denies, as callers of the same account or organization see it since 2025
/// (`facts: sts §7.2`). A policy without an ARN is not named.
#[must_use]
pub fn because_from(action: &str, decision: &Decision<'_>) -> String {
    let mut text = because(action, decision);
    if let Decision::ExplicitDeny { source, .. } = decision
        && source.starts_with("arn:")
    {
        text.push_str(": ");
        text.push_str(source);
    }
    text
}
