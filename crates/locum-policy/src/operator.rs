//! The names of condition operators.

use std::{cmp::Ordering, fmt};

use crate::json::{Member, Node};

/// `ForAllValues:`, `ForAnyValue:` or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    None,
    AllValues,
    AnyValue,
}

/// What an operator compares, without its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Text { ignore_case: bool },
    Like,
    Arn,
    Numeric(Relation),
    Date(Relation),
    Boolean,
    Binary,
    Address,
    Null,
}

/// What must be between the request's value and the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    pub(crate) const fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    /// Its name without what stands before and after it: `StringEquals`.
    base: &'static str,
    pub(crate) quantifier: Quantifier,
    pub(crate) comparison: Comparison,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

const ALL_VALUES: &str = "ForAllValues:";
const ANY_VALUE: &str = "ForAnyValue:";
const IF_EXISTS: &str = "IfExists";

const EXACT: Comparison = Comparison::Text { ignore_case: false };
const FOLDED: Comparison = Comparison::Text { ignore_case: true };

/// Every operator (`facts: policy §1.7`): its name, what it compares, and whether it is negated.
const OPERATORS: [(&str, Comparison, bool); 27] = [
    ("StringEquals", EXACT, false),
    ("StringNotEquals", EXACT, true),
    ("StringEqualsIgnoreCase", FOLDED, false),
    ("StringNotEqualsIgnoreCase", FOLDED, true),
    ("StringLike", Comparison::Like, false),
    ("StringNotLike", Comparison::Like, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("NumericEquals", Comparison::Numeric(Relation::Equal), false),
    ("NumericNotEquals", Comparison::Numeric(Relation::Equal), true),
    ("NumericLessThan", Comparison::Numeric(Relation::Less), false),
    (
        "NumericLessThanEquals",
        Comparison::Numeric(Relation::LessOrEqual),
        false,
    ),
    (
        "NumericGreaterThan",
        Comparison::Numeric(Relation::Greater),
        false,
    ),
    (
        "NumericGreaterThanEquals",
        Comparison::Numeric(Relation::GreaterOrEqual),
        false,
    ),
    ("DateEquals", Comparison::Date(Relation::Equal), false),
    ("DateNotEquals", Comparison::Date(Relation::Equal), true),
    ("DateLessThan", Comparison::Date(Relation::Less), false),
    (
        "DateLessThanEquals",
        Comparison::Date(Relation::LessOrEqual),
        false,
    ),
    ("DateGreaterThan", Comparison::Date(Relation::Greater), false),
    (
        "DateGreaterThanEquals",
        Comparison::Date(Relation::GreaterOrEqual),
        false,
    ),
    ("Bool", Comparison::Boolean, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Address, false),
    ("NotIpAddress", Comparison::Address, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Reads an operator's name; case matters.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = if let Some(rest) = name.strip_prefix(ALL_VALUES) {
            (Quantifier::AllValues, rest)
        } else if let Some(rest) = name.strip_prefix(ANY_VALUE) {
            (Quantifier::AnyValue, rest)
        } else {
            (Quantifier::None, name)
        };
        let (base, if_exists) = match rest.strip_suffix(IF_EXISTS) {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (base, comparison, negated) = *OPERATORS.iter().find(|(name, ..)| *name == base)?;
        // `Null` asks for existence itself (`facts: policy §1.7`).
        let known = !(if_exists && comparison == Comparison::Null);
        known.then_some(Self {
            base,
            quantifier,
            comparison,
            negated,
            if_exists,
        })
    }
}

/// The keys of a statement's conditions that stand under an operator of which this is so.
pub(crate) fn keys_under(
    statement: &Node,
    is_so: impl Fn(Operator) -> bool,
) -> impl Iterator<Item = &Member> {
    let block = statement.get("Condition").and_then(Node::members);
    let meant = block
        .unwrap_or_default()
        .iter()
        .filter(move |member| Operator::parse(&member.key).is_some_and(&is_so));
    meant.flat_map(|member| member.value.members().unwrap_or_default())
}

/// Its name, as [`Operator::parse`] reads it.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantifier = match self.quantifier {
            Quantifier::None => "",
            Quantifier::AllValues => ALL_VALUES,
            Quantifier::AnyValue => ANY_VALUE,
        };
        let suffix = if self.if_exists { IF_EXISTS } else { "" };
        write!(f, "{quantifier}{}{suffix}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_it_is_read() {
        for (base, ..) in OPERATORS {
            for quantifier in ["", ALL_VALUES, ANY_VALUE] {
                for suffix in ["", IF_EXISTS] {
                    let name = format!("{quantifier}{base}{suffix}");
                    let operator = Operator::parse(&name);
                    assert_eq!(
                        operator.is_none(),
                        base == "Null" && suffix == IF_EXISTS,
                        "{name}"
                    );
                    assert!(
                        operator.is_none_or(|operator| operator.to_string() == name),
                        "{name}"
                    );
                }
            }
        }
    }
}
