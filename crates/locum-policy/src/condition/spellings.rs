//! Conditions on one key under one operator that spell it in several ways: keys have no case, so they are one condition.

use std::collections::HashMap;

use super::Condition;
use crate::fold::same_key;

/// The other spellings of a condition's key under the same operator, each with values of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spellings {
    /// There are none.
    One,
    /// This is the first of several, which decides for all of them.
    First(Box<[Condition]>),
    /// Another is the first.
    Further,
}

impl Condition {
    /// Has the first of the spellings of each key decide for all, in the conditions of one operator.
    pub(crate) fn join(conditions: &mut [Self]) {
        let mut firsts: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, condition) in conditions.iter().enumerate() {
            firsts.entry(condition.hash).or_default().push(at);
        }
        // Most keys have a hash, and so a spelling, of their own.
        for places in firsts.into_values().filter(|places| places.len() > 1) {
            join_same(conditions, places);
        }
    }
}

/// Joins those of these conditions whose keys are the same, not their hashes alone.
fn join_same(conditions: &mut [Condition], mut places: Vec<usize>) {
    while let Some((first, rest)) = places.split_first() {
        let is_same = |at: &usize| {
            let [one, other] = [first, at].map(|at| conditions.get(*at));
            one.zip(other).is_some_and(|(a, b)| same_key(&a.key, &b.key))
        };
        let (same, others): (Vec<usize>, Vec<usize>) = rest.iter().partition(|at| is_same(at));
        let further: Box<[Condition]> = same
            .iter()
            .filter_map(|at| conditions.get(*at).cloned())
            .collect();
        for at in same {
            if let Some(condition) = conditions.get_mut(at) {
                condition.spellings = Spellings::Further;
            }
        }
        if let Some(condition) = conditions.get_mut(*first).filter(|_| !further.is_empty()) {
            condition.spellings = Spellings::First(further);
        }
        places = others;
    }
}
