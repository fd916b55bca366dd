//! One compiled condition: an operator, a key and its values, whatever the spelling of the key they stand under.
//!
//! Truth has three values here. Where the documentation leaves two readings open a condition is `Unclear`, and its
//! statement decides: an `Allow` does not match, a `Deny` does.

use crate::{
    QUIRKS, Values,
    arn_pattern::{ArnPattern, is_arn},
    binary::Blob,
    fold::{fold_hash, same_key},
    glob::{Pattern, Syntax},
    operator::{Comparison, Operator, Quantifier, Relation},
    quirks::Truth,
    values::{Decimal, Instants, Range, is_perhaps_number, parse_address, parse_instants},
    work::Scope,
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    key: Box<str>,
    hash: u64,
    /// The values of its key are themselves the keys of tags.
    names_tags: bool,
    operator: Operator,
    test: Test,
    /// The values of the key's other spellings under the operator.
    further: Vec<Test>,
}

/// The condition keys whose values are the keys of tags.
const NAME_TAGS: [&str; 2] = ["aws:TagKeys", "sts:TransitiveTagKeys"];

/// The policy's values, parsed once. `None` stands for a value that is not of its type: what it means is unclear.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Text(Box<[Pattern]>),
    Arn(Box<[ArnPattern]>),
    Numeric(Relation, Box<[Box<str>]>),
    Date(Relation, Box<[Option<Instants>]>),
    Boolean(Box<[Option<bool>]>),
    Binary(Box<[Blob]>),
    Address(Box<[Option<Range>]>),
}

/// How many bytes are compared in the time of a step. Letters that are folded take one each.
const BYTES_A_STEP: usize = 16;

/// How many letters of a tag's key are folded, or digits of base64 read, where they must be, in the time of a step.
const LETTERS_A_STEP: usize = 4;

/// How many values of a policy are compared, without globs, in the time of a step.
const COMPARISONS_A_STEP: usize = 4;

/// One value against one value.
#[derive(Debug, Clone, Copy)]
enum Match {
    Is(Truth),
    /// The request's side is not of the operator's type, or the policy's only perhaps.
    Malformed,
}

impl Condition {
    pub(crate) fn new(operator: Operator, key: &str, test: Test) -> Self {
        Self {
            key: key.into(),
            hash: fold_hash(key),
            names_tags: NAME_TAGS.iter().any(|known| same_key(known, key)),
            operator,
            test,
            further: Vec::new(),
        }
    }

    /// Adds what stands under another spelling of its key.
    pub(crate) fn add(&mut self, test: Test) {
        self.further.push(test);
    }

    /// What compares.
    pub(crate) const fn operator(&self) -> Operator {
        self.operator
    }

    /// The key, as it is first written.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Visits the key of every variable in its values.
    pub(crate) fn each_variable<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        for test in std::iter::once(&self.test).chain(&self.further) {
            match test {
                Test::Text(patterns) => patterns
                    .iter()
                    .flat_map(Pattern::variable_keys)
                    .for_each(&mut *visit),
                Test::Arn(patterns) => patterns
                    .iter()
                    .flat_map(ArnPattern::variables)
                    .for_each(&mut *visit),
                Test::Numeric(..)
                | Test::Date(..)
                | Test::Boolean(_)
                | Test::Binary(_)
                | Test::Address(_) => {}
            }
        }
    }

    /// Whether it holds in this context (`facts: policy §1.7`). Several spellings of a key are one condition, of which it is not
    /// known whose values count.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Truth {
        let first = self.holds_with(&self.test, &[], scope);
        if self.further.is_empty() {
            return first;
        }
        let differs = |test| self.holds_with(test, &[], scope) != first;
        // Of many values in the request one spelling may have some, and another the rest.
        let is_of_sets = self.operator.quantifier != Quantifier::None;
        let together = || self.holds_with(&self.test, &self.further, scope);
        if self.further.iter().any(differs) || (is_of_sets && together() != first) {
            QUIRKS.key_in_several_spellings.truth()
        } else {
            first
        }
    }

    /// Whether it holds with the values of these spellings.
    fn holds_with(&self, test: &Test, further: &[Test], scope: Scope<'_>) -> Truth {
        let context = scope.context();
        if !scope.work.scan(context.steps_of_look_up()) {
            return Truth::Unclear;
        }
        // An empty set is as good as none.
        let values = context
            .get_hashed(self.hash, &self.key)
            .filter(|values| values.iter().next().is_some());
        if self.operator.comparison == Comparison::Null {
            return self.null(test, values);
        }
        let Some(values) = values else {
            return self.missing();
        };
        let qualified = self.operator.if_exists || self.operator.quantifier != Quantifier::None;
        if qualified && self.operator.negated && test.len() == 0 {
            return QUIRKS.negated_empty_list.truth();
        }
        let each = || {
            let numbered = values.iter().enumerate();
            numbered.map(|(number, value)| {
                // Of one value it is linear in the policies; each further one is another time through them.
                if number > 0
                    && !scope
                        .work
                        .spend(self.steps(test, value).div_ceil(COMPARISONS_A_STEP))
                {
                    return Truth::Unclear;
                }
                let own = self.compare(test, value, scope);
                let any = further
                    .iter()
                    .fold(own, |any, test| any.or(self.compare(test, value, scope)));
                // Any of the policy's values, or none of them.
                if self.operator.negated { any.not() } else { any }
            })
        };
        let any = || Truth::any(each());
        match self.operator.quantifier {
            Quantifier::AnyValue => match any() {
                Truth::Fails => Truth::Fails,
                _ if is_empty_string(values) => QUIRKS.any_value_on_empty_string.truth(),
                held => held,
            },
            Quantifier::AllValues => {
                let all = Truth::any(each().map(Truth::not)).not();
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

    fn null(&self, test: &Test, values: Option<&Values<'_>>) -> Truth {
        match self.operator.quantifier {
            Quantifier::AllValues => return Truth::Holds,
            Quantifier::AnyValue => return Truth::Fails,
            Quantifier::None => {}
        }
        let Test::Boolean(wanted) = test else {
            return Truth::Fails;
        };
        let is_null = match values {
            None => Truth::Holds,
            Some(values) if is_empty_string(values) => QUIRKS.null_on_empty_string.truth(),
            Some(_) => Truth::Fails,
        };
        Truth::any(wanted.iter().map(|flag| match flag {
            Some(true) => is_null,
            Some(false) => is_null.not(),
            None => QUIRKS.unreadable_value.truth(),
        }))
    }

    /// Whether one value of the request is any of the policy's.
    fn compare(&self, test: &Test, value: &str, scope: Scope<'_>) -> Truth {
        if !scope.work.scan(self.steps(test, value)) {
            return Truth::Unclear;
        }
        let truth = |outcome: Match| match outcome {
            Match::Is(truth) => truth,
            Match::Malformed if self.operator.negated => QUIRKS.negated_on_malformed.truth(),
            Match::Malformed => Truth::Fails,
        };
        let any = |matches: &mut dyn Iterator<Item = Match>| Truth::any(matches.map(truth));
        match test {
            Test::Text(patterns) => {
                let folded = self.operator.comparison == Comparison::Text { ignore_case: true };
                Truth::any(patterns.iter().map(|p| {
                    if folded {
                        p.matches_folded(value, scope)
                    } else if self.names_tags {
                        p.matches_tag_key(value, scope)
                    } else {
                        p.matches(value, scope)
                    }
                }))
            }
            Test::Arn(patterns) => {
                // What is malformed does not match; whether its negation does is asked of negated operators only.
                let malformed = self.operator.negated && !is_arn(value);
                any(&mut patterns.iter().map(|p| match p.matches_value(value, scope) {
                    Truth::Fails if !p.is_readable() => UNREADABLE,
                    Truth::Fails if malformed || !p.is_arn() => Match::Malformed,
                    truth => Match::Is(truth),
                }))
            }
            Test::Numeric(relation, numbers) => {
                let given = Decimal::parse(value);
                any(&mut numbers.iter().map(|number| {
                    if scope.work.scan(number.len() / BYTES_A_STEP) {
                        compare_numbers(*relation, value, given, number)
                    } else {
                        Match::Is(Truth::Unclear)
                    }
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
                let given = parse_flag(value);
                any(&mut wanted.iter().map(|wanted| compare_flags(given, *wanted)))
            }
            Test::Binary(wanted) => Truth::any(wanted.iter().map(|wanted| wanted.matches(value))),
            Test::Address(ranges) => {
                let given = parse_address(value);
                any(&mut ranges
                    .iter()
                    .map(|range| pair(given, *range, |given, range| Truth::of(range.contains(given)))))
            }
        }
    }

    /// The steps of holding one value against all of the policy's, besides those of globs.
    fn steps(&self, test: &Test, value: &str) -> usize {
        let each = match self.operator.comparison {
            Comparison::Text { ignore_case: true } => value.len(),
            Comparison::Binary => value.len() / LETTERS_A_STEP,
            // Most keys differ in one of their first letters.
            Comparison::Text { .. } | Comparison::Like if self.names_tags => value.len() / LETTERS_A_STEP,
            _ => value.len() / BYTES_A_STEP,
        };
        test.len().saturating_mul(1 + each)
    }
}

impl Test {
    /// Parses the values of a key. `variables`: the document's version has them.
    pub(crate) fn parse(operator: Operator, values: &[&str], variables: bool) -> Self {
        let patterns = |wildcards: bool| {
            let syntax = Syntax { wildcards, variables };
            values.iter().map(|v| Pattern::parse(v, syntax)).collect()
        };
        match operator.comparison {
            Comparison::Text { .. } => Self::Text(patterns(false)),
            Comparison::Like => Self::Text(patterns(true)),
            Comparison::Arn => Self::Arn(values.iter().map(|v| ArnPattern::parse(v, variables)).collect()),
            Comparison::Numeric(relation) => {
                Self::Numeric(relation, values.iter().map(|v| (*v).into()).collect())
            }
            Comparison::Date(relation) => {
                Self::Date(relation, values.iter().map(|v| parse_instants(v)).collect())
            }
            Comparison::Boolean | Comparison::Null => {
                Self::Boolean(values.iter().map(|v| parse_flag(v)).collect())
            }
            Comparison::Binary => Self::Binary(values.iter().map(|v| Blob::parse(v)).collect()),
            Comparison::Address => Self::Address(values.iter().map(|v| Range::parse(v)).collect()),
        }
    }

    /// How many values the policy has.
    const fn len(&self) -> usize {
        match self {
            Self::Text(patterns) => patterns.len(),
            Self::Arn(patterns) => patterns.len(),
            Self::Numeric(_, numbers) => numbers.len(),
            Self::Date(_, dates) => dates.len(),
            Self::Boolean(flags) => flags.len(),
            Self::Binary(blobs) => blobs.len(),
            Self::Address(ranges) => ranges.len(),
        }
    }
}

/// A policy's value that can not be read, held against any of a request.
const UNREADABLE: Match = Match::Is(QUIRKS.unreadable_value.truth());

fn pair<A, B>(given: Option<A>, wanted: Option<B>, compare: impl Fn(A, B) -> Truth) -> Match {
    match (given, wanted) {
        (Some(given), Some(wanted)) => Match::Is(compare(given, wanted)),
        (None, Some(_)) => Match::Malformed,
        (_, None) => UNREADABLE,
    }
}

/// `given`: what `text` is.
fn compare_numbers(relation: Relation, text: &str, given: Option<Decimal<'_>>, wanted: &str) -> Match {
    match (given, Decimal::parse(wanted)) {
        (Some(given), Some(wanted)) => Match::Is(Truth::of(relation.accepts(given.compare(&wanted)))),
        (None, Some(_)) if is_perhaps_number(text) => Match::Is(QUIRKS.odd_number.truth()),
        (None, Some(_)) => Match::Malformed,
        (_, None) => UNREADABLE,
    }
}

fn compare_flags(given: Option<bool>, wanted: Option<bool>) -> Match {
    match (given, wanted) {
        (None, Some(false)) => Match::Is(QUIRKS.odd_boolean.truth()),
        _ => pair(given, wanted, |given, wanted| Truth::of(given == wanted)),
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

/// A value of `Bool` or `Null`. Variables are none, whatever they stand for.
fn parse_flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
