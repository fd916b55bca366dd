//! Policies that a simulation leaves out.

use locum_api::{ApiError, iam::PolicyIdentifier};
use locum_names::Arn;

use super::{
    invalid,
    policies::{Named, Origin},
};

/// What is left out.
#[derive(Debug, Default)]
pub(super) struct Exclusions(Vec<Exclusion>);

#[derive(Debug)]
enum Exclusion {
    Kind(Kind),
    Arn(Glob),
    Inline {
        name: String,
        owner_kind: String,
        owner: Glob,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inline,
    ByAws,
    ByUser,
    Boundary,
    ServiceControl,
    ResourceControl,
}

impl Exclusions {
    /// Reads a `PolicyExclusionList`.
    ///
    /// # Errors
    /// An identifier says nothing or two things, or has a wildcard where none may be.
    pub(super) fn read(list: &[PolicyIdentifier]) -> Result<Self, ApiError> {
        list.iter().map(exclusion).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an identity policy is left out.
    pub(super) fn excludes(&self, policy: &Named) -> bool {
        self.0.iter().any(|exclusion| match (exclusion, &policy.origin) {
            (Exclusion::Kind(kind), Origin::Inline { .. }) => *kind == Kind::Inline,
            (Exclusion::Kind(kind), Origin::Managed { by_aws, .. }) => {
                *kind == if *by_aws { Kind::ByAws } else { Kind::ByUser }
            }
            (Exclusion::Arn(glob), Origin::Managed { arn, .. }) => glob.matches(arn),
            (
                Exclusion::Inline {
                    name,
                    owner_kind,
                    owner,
                },
                Origin::Inline {
                    owner_kind: kind,
                    owner: of,
                    name: own,
                },
            ) => owner_kind == kind && owner.matches(of) && **name == **own,
            _ => false,
        })
    }

    /// Whether the permissions boundary in force is left out.
    pub(super) fn exclude_boundary(&self) -> bool {
        self.has(Kind::Boundary)
    }

    /// Whether the service control policies in force are left out.
    pub(super) fn exclude_service_control(&self) -> bool {
        self.has(Kind::ServiceControl)
    }

    /// Whether the resource control policies in force are left out.
    pub(super) fn exclude_resource_control(&self) -> bool {
        self.has(Kind::ResourceControl)
    }

    fn has(&self, wanted: Kind) -> bool {
        let mut kinds = self.0.iter();
        kinds.any(|exclusion| matches!(exclusion, Exclusion::Kind(kind) if *kind == wanted))
    }
}

fn exclusion(identifier: &PolicyIdentifier) -> Result<Exclusion, ApiError> {
    match (
        identifier.policy_type.as_deref(),
        identifier.policy_arn.as_deref(),
        &identifier.inline_policy_identifier,
    ) {
        (Some(kind), None, None) => Ok(Exclusion::Kind(match kind {
            "inline" => Kind::Inline,
            "aws-managed" => Kind::ByAws,
            "user-managed" => Kind::ByUser,
            "permission-boundary" => Kind::Boundary,
            "scp" => Kind::ServiceControl,
            _ => Kind::ResourceControl,
        })),
        (None, Some(text), None) => {
            let refused = || {
                invalid(format!(
                    "Invalid policy identifier: {text} is not the ARN of a policy."
                ))
            };
            let arn = Arn::parse(text).map_err(|_| refused())?;
            let name = arn.resource.rsplit('/').next().unwrap_or_default();
            let fixed = text.strip_suffix(name).unwrap_or_default();
            if fixed.contains(['*', '?']) || name.is_empty() || !arn.resource.contains('/') {
                return Err(refused());
            }
            Ok(Exclusion::Arn(Glob::read(text)?))
        }
        (None, None, Some(inline)) => Ok(Exclusion::Inline {
            name: inline.policy_name.clone(),
            owner_kind: inline.attachment_type.clone(),
            owner: Glob::read(&inline.attachment_name)?,
        }),
        _ => Err(invalid(
            "Invalid policy identifier: specify exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.",
        )),
    }
}

/// A text with at most one `*`, and any number of `?`.
#[derive(Debug)]
struct Glob {
    before: String,
    /// What follows the star.
    after: Option<String>,
}

impl Glob {
    fn read(text: &str) -> Result<Self, ApiError> {
        match text.split_once('*') {
            None => Ok(Self {
                before: text.to_owned(),
                after: None,
            }),
            Some((before, after)) if !after.contains('*') => Ok(Self {
                before: before.to_owned(),
                after: Some(after.to_owned()),
            }),
            Some(_) => Err(invalid(format!(
                "Invalid policy identifier: {text} has more than one *."
            ))),
        }
    }

    fn matches(&self, text: &str) -> bool {
        let Some(after) = &self.after else {
            return same(&self.before, text);
        };
        let (head, tail) = (self.before.len(), after.len());
        // Names and ARNs are ASCII; where one is not, no boundary of characters is found and nothing matches.
        let split = || {
            let (start, rest) = text.split_at_checked(head)?;
            let (_, end) = rest.split_at_checked(rest.len().checked_sub(tail)?)?;
            Some(same(&self.before, start) && same(after, end))
        };
        split().unwrap_or_default()
    }
}

fn same(pattern: &str, text: &str) -> bool {
    let pairs = || pattern.bytes().zip(text.bytes());
    pattern.len() == text.len() && pairs().all(|(p, t)| p == b'?' || p == t)
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn a_star_takes_any_run_and_a_question_mark_one_character() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*c", "ac", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("ab*bc", "abc", false),
            ("*", "", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("?*?", "x", false),
            ("?*?", "xy", true),
        ] {
            assert_eq!(
                Glob::read(pattern).is_ok_and(|glob| glob.matches(text)),
                expected,
                "{pattern} {text}"
            );
        }
        assert!(Glob::read("*a*").is_err());
    }
}
