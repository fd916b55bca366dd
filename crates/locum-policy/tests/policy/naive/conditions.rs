//! Conditions, straight from the document.

use locum_policy::Context;
use serde_json::Value;

use super::{
    Mutation, items, mutated,
    patterns::{Mode, Symbol, Truth, both, by_fields, cut, glob, not, or, symbols},
    text,
    values::{base64_bytes, boolean, dates, in_range, lower, number, perhaps_bytes},
};

/// One comparison: the outer `None` when a side is malformed.
fn compare(base: &str, policy: &str, given: &str, mode: Mode, context: &Context<'_>) -> Option<Truth> {
    let relation = |ordering: std::cmp::Ordering| {
        if base.ends_with("LessThan") {
            ordering.is_lt()
        } else if base.ends_with("LessThanEquals") {
            ordering.is_le()
        } else if base.ends_with("GreaterThan") {
            ordering.is_gt()
        } else if base.ends_with("GreaterThanEquals") {
            ordering.is_ge()
        } else {
            ordering.is_eq()
        }
    };
    let matched = |wild: bool, policy: &str, given: &str| {
        symbols(policy, wild, mode, context).is_some_and(|s| glob(&s, given))
    };
    let perhaps = |text: &str| {
        let digits = text.trim_start_matches(['+', '-', '.', ' ']);
        digits.chars().next().is_some_and(|c| c.is_ascii_digit())
    };
    let never_matches = mutated(Mutation::UnreadableNeverMatches);
    if !never_matches && is_unreadable(base, policy, mode.variables) {
        return Some(None);
    }
    match base {
        "StringEquals" => Some(Some(matched(false, policy, given))),
        "StringEqualsIgnoreCase" => {
            let Some(symbols) = symbols(policy, false, mode, context) else {
                return Some(Some(false));
            };
            let equal = |fold: fn(&str) -> String| {
                let folded = symbols.iter().flat_map(|symbol| match symbol {
                    Symbol::Char(c) => fold(&c.to_string()).chars().map(Symbol::Char).collect(),
                    other => vec![other.clone()],
                });
                glob(&folded.collect::<Vec<_>>(), &fold(given))
            };
            let wide = |text: &str| text.to_uppercase().to_lowercase();
            Some(match (equal(lower), equal(wide)) {
                (true, _) => Some(true),
                (false, true) => None,
                (false, false) => Some(false),
            })
        }
        "StringLike" => Some(Some(matched(true, policy, given))),
        "ArnLike" => {
            let fields = cut(policy, mode.variables);
            let is_arn = given.starts_with("arn:") && given.matches(':').count() > 4;
            let narrow = fields.len() == 6 && is_arn && by_fields(&fields, given, mode, context);
            // What begins as an ARN only by the grace of a variable is not one.
            let leads = !(mode.variables && fields[0].contains("${"))
                && symbols(&fields[0], true, mode, context).is_some_and(|s| glob(&s, "arn"));
            Some(match (matched(true, policy, given), narrow) {
                (false, _) if fields.len() < 6 || !is_arn || !leads => return None,
                (false, _) => Some(false),
                (true, true) => Some(true),
                (true, false) if mutated(Mutation::ArnStarCrossesColons) => Some(true),
                (true, false) => None,
            })
        }
        "Bool" => match (boolean(policy)?, boolean(given)) {
            (wanted, Some(given)) => Some(Some(wanted == given)),
            (false, None) => Some(None),
            (true, None) => None,
        },
        "BinaryEquals" => {
            let same =
                |read: fn(&str) -> Option<Vec<u8>>| read(policy).is_some() && read(policy) == read(given);
            Some(if same(base64_bytes) {
                Some(true)
            } else if same(perhaps_bytes) || policy == given {
                None
            } else {
                Some(false)
            })
        }
        "IpAddress" => Some(Some(in_range(policy, given)?)),
        _ if base.starts_with("Numeric") => match (number(given), number(policy)) {
            (Some(_), Some(_)) if mutated(Mutation::NumbersAreText) => {
                Some(Some(relation(given.cmp(policy))))
            }
            (Some(given), Some(policy)) => Some(Some(relation(given.cmp(&policy)))),
            (None, Some(_)) => perhaps(given).then_some(None),
            _ => None,
        },
        _ if base.starts_with("Date") => {
            let is_epoch = |text: &str| text.len() > 4 && text.chars().all(|c| c.is_ascii_digit());
            if mutated(Mutation::EpochIsNoDate) && is_epoch(given) != is_epoch(policy) {
                return Some(Some(false));
            }
            let (given, wanted) = (dates(given)?, dates(policy)?);
            let all: Vec<bool> = given
                .iter()
                .flat_map(|g| wanted.iter().map(move |w| (g, w)))
                .map(|(g, w)| relation(g.cmp(w)))
                .collect();
            Some(if all.iter().all(|t| *t) {
                Some(true)
            } else if all.iter().any(|t| *t) {
                None
            } else {
                Some(false)
            })
        }
        _ => unreachable!("{base}"),
    }
}

/// Whether a policy's value is none of those that the operator compares.
fn is_unreadable(base: &str, policy: &str, variables: bool) -> bool {
    match base {
        "ArnLike" => {
            let wild = |text: &str| text.contains(['*', '?']) || (variables && text.contains("${"));
            let variable = policy.find("${").filter(|_| variables);
            let opened = policy.find(['*', '?']).into_iter().chain(variable).min();
            let head = &policy[..opened.unwrap_or(policy.len())];
            let begins = head.starts_with("arn:") || ("arn:".starts_with(head) && wild(policy));
            let misplaced = head.splitn(6, ':').take(5).any(|field| field.contains('/'));
            let endless = policy.contains('*') || (variables && policy.contains("${"));
            !begins || misplaced || (!endless && policy.matches([':', '?']).count() < 5)
        }
        "Bool" => boolean(policy).is_none(),
        "BinaryEquals" => perhaps_bytes(policy).is_none(),
        "IpAddress" => in_range(policy, "::").is_none(),
        _ if base.starts_with("Numeric") => number(policy).is_none(),
        _ if base.starts_with("Date") => dates(policy).is_none(),
        _ => false,
    }
}

/// Whether a value would be a tag's key that is meant if letters had no case.
fn is_key_in_another_case(base: &str, policy: &str, given: &str, mode: Mode, context: &Context<'_>) -> bool {
    let wild = base == "StringLike";
    if !wild && base != "StringEquals" {
        return false;
    }
    let without_case = |symbol: Symbol| match symbol {
        Symbol::Char(c) => Symbol::Char(lower(&c.to_string()).chars().next().unwrap()),
        other => other,
    };
    let symbols = symbols(policy, wild, mode, context);
    symbols.is_some_and(|symbols| {
        let symbols: Vec<Symbol> = symbols.into_iter().map(without_case).collect();
        glob(&symbols, &lower(given))
    })
}

pub fn condition(operator: &str, key: &str, wanted: &Value, variables: bool, context: &Context<'_>) -> Truth {
    let (quantifier, name) = match operator.split_once(':') {
        Some((quantifier, name)) => (quantifier, name),
        None => ("", operator),
    };
    let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |n| (n, true));
    let wanted: Vec<String> = items(wanted).into_iter().map(text).collect();
    let given: Vec<String> = context
        .get(key)
        .map(|values| values.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    let blank = given.len() == 1 && given[0].is_empty();
    if name == "Null" {
        let absent = if blank { None } else { Some(given.is_empty()) };
        return match quantifier {
            "ForAllValues" => Some(true),
            "ForAnyValue" => Some(false),
            _ => or(wanted.iter().map(|w| match boolean(w) {
                Some(true) => absent,
                Some(false) => not(absent),
                None if mutated(Mutation::UnreadableNeverMatches) => Some(false),
                None => None,
            })),
        };
    }
    let negated = name.contains("Not");
    let base = match name.replace("Not", "").as_str() {
        "ArnEquals" => "ArnLike".to_owned(),
        base => base.to_owned(),
    };
    if given.is_empty() {
        return match quantifier {
            "ForAllValues" => Some(!mutated(Mutation::AllValuesFailsOnAbsentKey)),
            "ForAnyValue" if if_exists => None,
            "ForAnyValue" => Some(mutated(Mutation::AnyValueHoldsOnAbsentKey)),
            _ if if_exists => Some(!mutated(Mutation::IfExistsFailsOnAbsentKey)),
            _ if negated => Some(!mutated(Mutation::NegatedFailsOnAbsentKey)),
            _ => Some(mutated(Mutation::PositiveHoldsOnAbsentKey)),
        };
    }
    if negated && wanted.is_empty() && (if_exists || !quantifier.is_empty()) {
        return if mutated(Mutation::NegatedEmptyListHolds) {
            Some(true)
        } else {
            None
        };
    }
    let names_tags = ["aws:tagkeys", "sts:transitivetagkeys"].contains(&&*key.to_ascii_lowercase())
        && !mutated(Mutation::TagKeysHaveCase);
    let one = |value: &String| {
        let each = wanted.iter().map(|w| {
            both(variables, w, |mode| {
                match compare(&base, w, value, mode, context) {
                    Some(Some(false))
                        if names_tags && is_key_in_another_case(&base, w, value, mode, context) =>
                    {
                        None
                    }
                    Some(truth) => truth,
                    None if negated => None,
                    None => Some(false),
                }
            })
        });
        match negated {
            true if mutated(Mutation::NegatedListIsAny) => or(each.map(not)),
            true => not(or(each)),
            false => or(each),
        }
    };
    let any = or(given.iter().map(one));
    match quantifier {
        "ForAnyValue" => {
            if blank && any != Some(false) {
                None
            } else {
                any
            }
        }
        "ForAllValues" => {
            let all = not(or(given.iter().map(one).map(not)));
            if blank && all != Some(true) { None } else { all }
        }
        _ if given.len() == 1 => any,
        _ if any == Some(false) || mutated(Mutation::SeveralValuesAreAny) => any,
        _ => None,
    }
}
