//! One compiled condition: an operator, a key and its values.
//!
//! Truth has three values here. Where the documentation leaves two readings open a condition is `Unclear`, and its
//! statement decides: an `Allow` does not match, a `Deny` does.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Context, QUIRKS, Values,
    arn_pattern::ArnPattern,
    fold::fold_hash,
    glob::{Pattern, Syntax},
    operator::{Comparison, Operator, Quantifier, Relation},
    quirks::Truth,
    values::{Decimal, Instants, Range, parse_address, parse_instants},
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    key: Box<str>,
    hash: u64,
    operator: Operator,
    test: Test,
}

/// The policy's values, parsed once. `None` stands for a value that is not of its type: it never matches.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    Text(Box<[Pattern]>),
    Arn(Box<[ArnPattern]>),
    Numeric(Relation, Box<[Option<Box<str>>]>),
    Date(Relation, Box<[Option<Instants>]>),
    Boolean(Box<[Option<bool>]>),
    Binary(Box<[Option<Box<[u8]>>]>),
    Address(Box<[Option<Range>]>),
}

/// One value against one value.
#[derive(Debug, Clone, Copy)]
enum Match {
    Is(Truth),
    /// One side is not of the operator's type.
    Malformed,
}

impl Condition {
    /// Compiles the values of one key. `variables`: the document's version has them.
    pub(crate) fn compile(operator: Operator, key: &str, values: &[&str], variables: bool) -> Self {
        let patterns = |wildcards: bool| {
            let syntax = Syntax { wildcards, variables };
            values.iter().map(|v| Pattern::parse(v, syntax)).collect()
        };
        let test = match operator.comparison {
            Comparison::Text { .. } => Test::Text(patterns(false)),
            Comparison::Like => Test::Text(patterns(true)),
            Comparison::Arn => Test::Arn(values.iter().map(|v| ArnPattern::parse(v, variables)).collect()),
            Comparison::Numeric(relation) => Test::Numeric(
                relation,
                values
                    .iter()
                    .map(|v| Decimal::parse(v).map(|_| (*v).into()))
                    .collect(),
            ),
            Comparison::Date(relation) => {
                Test::Date(relation, values.iter().map(|v| parse_instants(v)).collect())
            }
            Comparison::Boolean | Comparison::Null => {
                Test::Boolean(values.iter().map(|v| parse_bool(v)).collect())
            }
            Comparison::Binary => Test::Binary(
                values
                    .iter()
                    .map(|v| STANDARD.decode(v).ok().map(Into::into))
                    .collect(),
            ),
            Comparison::Address => Test::Address(values.iter().map(|v| Range::parse(v)).collect()),
        };
        Self {
            key: key.into(),
            hash: fold_hash(key),
            operator,
            test,
        }
    }

    /// Whether it holds in this context (`facts: policy §1.7`).
    pub(crate) fn holds(&self, context: &Context<'_>) -> Truth {
        // An empty set is as good as none.
        let values = context
            .get_hashed(self.hash, &self.key)
            .filter(|values| values.iter().next().is_some());
        if self.operator.comparison == Comparison::Null {
            return self.null(values);
        }
        let Some(values) = values else {
            return self.missing();
        };
        let each = || values.iter().map(|value| self.test(value, context));
        let any = || each().fold(Truth::Fails, Truth::or);
        match self.operator.quantifier {
            Quantifier::AnyValue => any(),
            Quantifier::AllValues => {
                let all = each().fold(Truth::Holds, Truth::and);
                if is_empty_string(values) {
                    all.or(QUIRKS.all_values_on_empty_string.truth())
                } else {
                    all
                }
            }
            Quantifier::None => match any() {
                Truth::Fails => Truth::Fails,
                _ if values.iter().nth(1).is_some() => QUIRKS.several_values_without_set_operator.truth(),
                single => single,
            },
        }
    }

    fn missing(&self) -> Truth {
        match self.operator.quantifier {
            Quantifier::AllValues => Truth::Holds,
            Quantifier::AnyValue if self.operator.if_exists => {
                QUIRKS.any_value_if_exists_on_missing_key.truth()
            }
            Quantifier::AnyValue => Truth::Fails,
            Quantifier::None => Truth::of(self.operator.if_exists || self.operator.negated),
        }
    }

    fn null(&self, values: Option<&Values<'_>>) -> Truth {
        match self.operator.quantifier {
            Quantifier::AllValues => return Truth::Holds,
            Quantifier::AnyValue => return Truth::Fails,
            Quantifier::None => {}
        }
        let Test::Boolean(wanted) = &self.test else {
            return Truth::Fails;
        };
        let is_null = match values {
            None => Truth::Holds,
            Some(values) if is_empty_string(values) => QUIRKS.null_on_empty_string.truth(),
            Some(_) => Truth::Fails,
        };
        let each = wanted
            .iter()
            .flatten()
            .map(|null| if *null { is_null } else { is_null.not() });
        each.fold(Truth::Fails, Truth::or)
    }

    /// One value of the request against all of the policy's: any of them, or none of them when negated.
    fn test(&self, value: &str, context: &Context<'_>) -> Truth {
        let negated = self.operator.negated;
        let truth = |outcome: Match| match outcome {
            Match::Is(truth) => truth,
            Match::Malformed if negated => QUIRKS.negated_on_malformed.truth(),
            Match::Malformed => Truth::Fails,
        };
        let any = self.compare(value, context, truth);
        if negated { any.not() } else { any }
    }

    fn compare(&self, value: &str, context: &Context<'_>, truth: impl Fn(Match) -> Truth) -> Truth {
        let any =
            |matches: &mut dyn Iterator<Item = Match>| matches.map(&truth).fold(Truth::Fails, Truth::or);
        match &self.test {
            Test::Text(patterns) => {
                let folded = self.operator.comparison == Comparison::Text { ignore_case: true };
                Truth::of(patterns.iter().any(|p| {
                    if folded {
                        p.matches_folded(value, context)
                    } else {
                        p.matches(value, context)
                    }
                }))
            }
            Test::Arn(patterns) => patterns
                .iter()
                .map(|p| p.matches_value(value, context))
                .fold(Truth::Fails, Truth::or),
            Test::Numeric(relation, numbers) => {
                let given = Decimal::parse(value);
                any(&mut numbers.iter().map(|number| {
                    let wanted = number.as_deref().and_then(Decimal::parse);
                    pair(given, wanted, |given, wanted| {
                        Truth::of(relation.accepts(given.compare(&wanted)))
                    })
                }))
            }
            Test::Date(relation, dates) => {
                let given = parse_instants(value);
                any(&mut dates.iter().map(|wanted| {
                    pair(given, *wanted, |given, wanted| {
                        compare_dates(*relation, given, wanted)
                    })
                }))
            }
            Test::Boolean(wanted) => {
                let given = parse_bool(value);
                any(&mut wanted
                    .iter()
                    .map(|wanted| pair(given, *wanted, |given, wanted| Truth::of(given == wanted))))
            }
            Test::Binary(wanted) => any(&mut wanted.iter().map(|wanted| {
                wanted.as_deref().map_or(Match::Malformed, |bytes| {
                    Match::Is(Truth::of(encodes(value, bytes)))
                })
            })),
            Test::Address(ranges) => {
                let given = parse_address(value);
                any(&mut ranges
                    .iter()
                    .map(|range| pair(given, *range, |given, range| Truth::of(range.contains(given)))))
            }
        }
    }
}

fn pair<A, B>(given: Option<A>, wanted: Option<B>, compare: impl Fn(A, B) -> Truth) -> Match {
    match (given, wanted) {
        (Some(given), Some(wanted)) => Match::Is(compare(given, wanted)),
        _ => Match::Malformed,
    }
}

/// Four digits are a year or seconds since 1970; when the two disagree it is unclear.
fn compare_dates(relation: Relation, given: Instants, wanted: Instants) -> Truth {
    let givens = [Some(given.0), given.1];
    let wanteds = [Some(wanted.0), wanted.1];
    let readings = || {
        givens.iter().flatten().flat_map(|given| {
            wanteds
                .iter()
                .flatten()
                .map(move |wanted| relation.accepts(given.cmp(wanted)))
        })
    };
    match (readings().any(|r| r), readings().all(|r| r)) {
        (_, true) => Truth::Holds,
        (true, false) => Truth::Unclear,
        (false, _) => Truth::Fails,
    }
}

fn is_empty_string(values: &Values<'_>) -> bool {
    values.iter().all(str::is_empty) && values.iter().nth(1).is_none()
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether `text` is the base64 of `bytes`; canonical base64 has one text for each.
fn encodes(text: &str, bytes: &[u8]) -> bool {
    let mut groups = text.as_bytes().chunks(4);
    let mut encoded = [0; 4];
    let same = bytes.chunks(3).all(|chunk| {
        let length = STANDARD.encode_slice(chunk, &mut encoded).unwrap_or_default();
        encoded.get(..length) == groups.next()
    });
    same && groups.next().is_none()
}
