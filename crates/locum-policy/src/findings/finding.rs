use std::fmt;

use super::IssueCode;
use crate::{
    PolicyKind,
    json::{self, Node},
};

/// Which language a document is held against: ValidatePolicy's `policyType`, and its resource type for a role's trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingsKind {
    /// `IDENTITY_POLICY`.
    Identity,
    /// `RESOURCE_POLICY`.
    Resource,
    /// `RESOURCE_POLICY` of `AWS::IAM::AssumeRolePolicyDocument`.
    Trust,
    /// `SERVICE_CONTROL_POLICY`.
    ServiceControl,
    /// `RESOURCE_CONTROL_POLICY`.
    ResourceControl,
}

impl FindingsKind {
    /// As what a document without errors compiles. An identity policy is held to what an inline policy may be; a
    /// managed one needs its `Version` besides.
    #[must_use]
    pub const fn policy_kind(self) -> PolicyKind {
        match self {
            Self::Identity => PolicyKind::Inline,
            Self::Resource => PolicyKind::Resource,
            Self::Trust => PolicyKind::Trust,
            Self::ServiceControl => PolicyKind::ServiceControl,
            Self::ResourceControl => PolicyKind::ResourceControl,
        }
    }

    /// The `policyType` of the API, such as `IDENTITY_POLICY`.
    #[must_use]
    pub const fn policy_type(self) -> &'static str {
        match self {
            Self::Identity => "IDENTITY_POLICY",
            Self::Resource | Self::Trust => "RESOURCE_POLICY",
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The `validatePolicyResourceType` of the API, where one is meant.
    #[must_use]
    pub const fn resource_type(self) -> Option<&'static str> {
        match self {
            Self::Trust => Some("AWS::IAM::AssumeRolePolicyDocument"),
            Self::Identity | Self::Resource | Self::ServiceControl | Self::ResourceControl => None,
        }
    }

    /// Guesses what a document is: a trust policy if a statement has a principal and no resource, otherwise, and where
    /// nothing can be read, an identity policy.
    #[must_use]
    pub fn guess(document: &str) -> Self {
        let root = json::read(document);
        let statements = root.as_ref().ok().and_then(|root| root.get("Statement"));
        let is_trust = |statement: &Node| {
            let has = |keys: [&str; 2]| keys.iter().any(|key| statement.get(key).is_some());
            has(["Principal", "NotPrincipal"]) && !has(["Resource", "NotResource"])
        };
        let is_trust = statements.is_some_and(|list| list.list().iter().any(is_trust));
        if is_trust { Self::Trust } else { Self::Identity }
    }

    /// The policy is read by IAM's older parser, which knows fewer forms of a Sid or an ARN.
    pub(super) const fn is_identity_grammar(self) -> bool {
        matches!(
            self,
            Self::Identity | Self::ServiceControl | Self::ResourceControl
        )
    }

    pub(super) const fn is_organization(self) -> bool {
        matches!(self, Self::ServiceControl | Self::ResourceControl)
    }

    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Resource => "a resource policy",
            Self::Trust => "a trust policy",
            Self::ServiceControl => "a service control policy",
            Self::ResourceControl => "a resource control policy",
        }
    }
}

/// How much a finding matters, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// The policy is refused, or a part of it can not work.
    Error,
    /// The policy allows more than is likely meant.
    SecurityWarning,
    /// The policy goes against good practice, or does something else than it seems to.
    Warning,
    /// The policy could be simpler.
    Suggestion,
}

impl FindingKind {
    /// The `findingType` of the API, such as `SECURITY_WARNING`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
        }
    }

    /// The same for a person: `security warning`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::SecurityWarning => "security warning",
            Self::Warning => "warning",
            Self::Suggestion => "suggestion",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// One thing to know about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub kind: FindingKind,
    /// What it is, under the name that Access Analyzer has for it.
    pub code: IssueCode,
    /// What is the matter here, in one or two sentences. Quoted text of the policy is shortened, not escaped.
    pub message: String,
    /// Where; at least one place.
    pub locations: Vec<Location>,
}

/// A place in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The way from the document's root; empty for the whole document.
    pub path: Vec<PathElement>,
    /// The text it takes.
    pub span: Span,
}

/// One step on the way to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathElement {
    /// The element of an array, from 0.
    Index(usize),
    /// The name of a member itself.
    Key(Box<str>),
    /// The value of the member with this name.
    Value(Box<str>),
    /// A part of a string, in characters from 0.
    Substring {
        /// How many characters are before it.
        start: usize,
        /// How many characters it has.
        length: usize,
    },
}

/// A stretch of text; the end is the first position after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// What comes after its last.
    pub end: Position,
}

/// A position in a text. Columns and offsets count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The characters before it on its line.
    pub column: usize,
    /// The characters before it in the document.
    pub offset: usize,
}

impl Finding {
    /// The `findingDetails` of the API: what is the matter, and what to do.
    #[must_use]
    pub fn details(&self) -> String {
        format!("{} {}", self.message, self.code.advice())
    }
}
