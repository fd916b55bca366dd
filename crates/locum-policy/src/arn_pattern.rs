//! ARN patterns of `Resource` and of the `Arn…` operators.
//!
//! The guide confines a wildcard to its field; engines differ on whether it may cross a colon (`facts: policy §1.4`).
//! A pattern therefore knows both readings, the narrow one field by field and the wide one over the whole text, and
//! answers `Unclear` when only the wide one matches.

use crate::{
    QUIRKS,
    glob::{Pattern, Syntax},
    quirks::Truth,
    work::Scope,
};

const FIELDS: usize = 6;
/// What an ARN begins with.
const ARN: &str = "arn:";

/// Whether a text has the form of an ARN.
pub(crate) fn is_arn(text: &str) -> bool {
    text.starts_with(ARN) && text.splitn(FIELDS, ':').count() == FIELDS
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArnPattern {
    whole: Pattern,
    fields: Box<[Pattern]>,
    /// The first five fields are plain text, so both readings are one.
    aligned: bool,
    early_variable: bool,
    /// It has the six fields of an ARN, and the first may be an ARN's.
    is_arn: bool,
    /// Some ARN may match it, be it as one glob.
    is_readable: bool,
}

/// Whether some ARN may match a pattern, be it as one glob: it begins as an ARN does, has no slash before the last field,
/// and as many colons or what may take them in.
fn may_be_arn(whole: &Pattern) -> bool {
    let (prefix, is_all) = whole.prefix();
    let mut head = prefix.splitn(FIELDS, ':').take(FIELDS - 1);
    let begins = prefix.starts_with(ARN) || (ARN.starts_with(prefix) && !is_all);
    begins
        && head.all(|field| !field.contains('/'))
        && whole.most_colons().is_none_or(|most| most >= FIELDS - 1)
}

impl ArnPattern {
    pub(crate) fn parse(text: &str, variables: bool) -> Self {
        let whole = Pattern::parse(
            text,
            Syntax {
                wildcards: true,
                variables,
            },
        );
        let fields = whole.fields(FIELDS - 1);
        let head = || fields.iter().take(FIELDS - 1);
        Self {
            aligned: fields.len() == FIELDS && head().all(Pattern::is_literal),
            early_variable: head().any(Pattern::has_variables),
            is_arn: fields.len() == FIELDS && fields.first().is_some_and(|first| first.takes("arn")),
            is_readable: may_be_arn(&whole),
            fields: fields.into(),
            whole,
        }
    }

    /// Whether it is `*` alone.
    pub(crate) fn is_star(&self) -> bool {
        self.whole.is_star()
    }

    /// The literal text every match begins with.
    pub(crate) fn prefix(&self) -> &str {
        self.whole.prefix().0
    }

    /// The keys of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.whole.variable_keys()
    }

    pub(crate) fn resolves(&self, scope: Scope<'_>) -> bool {
        self.whole.resolves(scope)
    }

    /// Whether a request's resource is meant. A request without a resource, `*`, is meant by `*` alone; and perhaps by what
    /// may stand for it.
    pub(crate) fn matches_resource(&self, resource: &str, scope: Scope<'_>) -> Truth {
        if self.is_star() {
            return Truth::Holds;
        }
        if resource == "*" {
            return if self.whole.is_perhaps_anything() {
                QUIRKS.odd_variable.truth()
            } else {
                Truth::Fails
            };
        }
        let whole = self.whole.matches(resource, scope);
        if self.aligned {
            return whole;
        }
        let by_field = if whole == Truth::Fails && self.fields.len() == FIELDS {
            Truth::Fails
        } else {
            self.matches_fields(resource, scope)
        };
        match (whole, by_field) {
            (Truth::Fails, Truth::Fails) => Truth::Fails,
            (Truth::Holds, Truth::Holds) if !self.early_variable => Truth::Holds,
            (Truth::Unclear, _) | (_, Truth::Unclear) => Truth::Unclear,
            _ => QUIRKS.resource_wildcard_across_fields.truth(),
        }
    }

    /// Whether it has the form of an ARN.
    pub(crate) const fn is_arn(&self) -> bool {
        self.is_arn
    }

    /// Whether some ARN may match it at all, in one of the readings there are.
    pub(crate) const fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Whether a context value is meant: six fields each, or it is unclear.
    pub(crate) fn matches_value(&self, value: &str, scope: Scope<'_>) -> Truth {
        let whole = self.whole.matches(value, scope);
        let begins_as_arn = value.starts_with(ARN);
        if whole == Truth::Fails || (self.aligned && begins_as_arn) {
            return whole;
        }
        let by_field = if begins_as_arn && self.fields.len() == FIELDS {
            self.matches_fields(value, scope)
        } else {
            Truth::Fails
        };
        whole.and(match by_field {
            Truth::Fails => QUIRKS.arn_wildcard_across_fields.truth(),
            other => other,
        })
    }

    /// Field by field; fields that the pattern lacks are free.
    fn matches_fields(&self, text: &str, scope: Scope<'_>) -> Truth {
        let mut given = text.splitn(FIELDS, ':');
        let mut all = Truth::Holds;
        for pattern in &self.fields {
            let field = given.next();
            all = all.and(field.map_or(Truth::Fails, |field| pattern.matches(field, scope)));
            if all == Truth::Fails {
                return all;
            }
        }
        all.and(Truth::of(self.fields.len() + given.count() == FIELDS))
    }
}
