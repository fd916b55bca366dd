//! Wildcards against a regular expression and against dynamic programming.

use locum_policy::Context;
use regex::Regex;
use serde_json::json;

use crate::{dice::Dice, naive, world::alone};

const LETTERS: [char; 10] = ['a', 'b', '*', '?', '*', '.', 'é', '\n', '\\', '$'];

fn text(dice: &mut Dice, letters: &[char]) -> String {
    (0..dice.below(9)).map(|_| dice.pick(letters)).collect()
}

/// `StringLike` in a document without variables.
fn like(pattern: &str, text: &str) -> bool {
    let mut context = Context::new();
    context.set("x:key", text);
    let document = json!({"Version":"2008-10-17","Statement":
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"x:key":pattern}}}});
    alone(&document.to_string(), "a:b", "*", &context)
}

fn each_pair(mut law: impl FnMut(&mut Dice, &str, &str)) {
    for seed in 0..4 * super::CASES {
        let mut dice = Dice::new(seed + 3_000_000);
        let pattern = text(&mut dice, &LETTERS);
        // Often a text that matches: wildcards filled in.
        let given: String = if dice.percent(60) {
            pattern
                .chars()
                .flat_map(|c| match c {
                    '*' => text(&mut dice, &['a', 'b', '*', '\n']).chars().collect(),
                    '?' => vec![dice.pick(&LETTERS)],
                    c => vec![c],
                })
                .collect()
        } else {
            text(&mut dice, &LETTERS)
        };
        law(&mut dice, &pattern, &given);
    }
}

#[test]
fn globs_are_regular_expressions() {
    let mut matched = 0;
    each_pair(|_, pattern, given| {
        let escaped = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
        let expected = Regex::new(&format!(r"(?s)\A{escaped}\z"))
            .unwrap()
            .is_match(given);
        assert_eq!(like(pattern, given), expected, "{pattern:?} on {given:?}");
        assert_eq!(
            naive::glob_text(pattern, given),
            expected,
            "{pattern:?} on {given:?}"
        );
        matched += usize::from(expected);
    });
    assert!(matched > 1_000, "{matched}");
}

#[test]
fn a_pattern_matches_itself() {
    each_pair(|_, pattern, _| assert!(like(pattern, pattern), "{pattern:?}"));
}

#[test]
fn widening_preserves_matches() {
    each_pair(|dice, pattern, given| {
        if !like(pattern, given) || pattern.is_empty() {
            return;
        }
        let at = dice.below(pattern.chars().count());
        let widened = |with: char| {
            pattern
                .chars()
                .enumerate()
                .map(|(n, c)| if n == at { with } else { c })
                .collect::<String>()
        };
        if !matches!(pattern.chars().nth(at), Some('*')) {
            assert!(like(&widened('?'), given), "{pattern:?} on {given:?}");
        }
        assert!(like(&widened('*'), given), "{pattern:?} on {given:?}");
    });
}
