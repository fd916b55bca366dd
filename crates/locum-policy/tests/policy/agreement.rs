//! The compiled engine and the naive interpreter agree on everything (`facts: policy §7`): the answer, the layer that
//! decided, the policy and the statement.
//!
//! A hundred thousand pairs of policies and a request, the same ones each time. `LOCUM_PAIRS` asks for another number,
//! `LOCUM_SEED` for others; a failure names the seed, and shows the smallest policies that still disagree.

use locum_policy::{Context, Decision, Effect, PolicyKind, decide, explain};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    compiled::{Compiled, each_own_pair, each_pair},
    coverage::Coverage,
    dice::Dice,
    generator::{self, Asked},
    naive::{self, Ruling, Stack},
};

const PAIRS: u64 = 100_000;
/// What the two say, if it differs.
fn disagreement(asked: &Asked, stack: &Stack, compiled: &Compiled) -> (Option<String>, Ruling) {
    let ruling = naive::decide(&asked.ask(), stack);
    let found = compiled.decide(asked);
    let differs = found != ruling.verdict;
    (
        differs.then(|| format!("compiled {found:?}, naive {:?}", ruling.verdict)),
        ruling,
    )
}

/// The stack without one of its policies, statements, conditions or layers.
fn smaller(stack: &Stack) -> Vec<Stack> {
    fn fewer(documents: &[Value]) -> Vec<Vec<Value>> {
        let mut all = Vec::new();
        for (at, document) in documents.iter().enumerate() {
            let with = |document: Option<Value>| {
                let mut copy = documents.to_vec();
                copy.splice(at..=at, document);
                copy
            };
            all.push(with(None));
            let statements = document["Statement"].as_array().unwrap();
            for place in 0..statements.len() {
                if statements.len() > 1 {
                    let mut copy = document.clone();
                    copy["Statement"].as_array_mut().unwrap().remove(place);
                    all.push(with(Some(copy)));
                }
                if statements[place].get("Condition").is_some() {
                    let mut copy = document.clone();
                    copy["Statement"][place]
                        .as_object_mut()
                        .unwrap()
                        .remove("Condition");
                    all.push(with(Some(copy)));
                }
            }
        }
        all
    }
    fn optional(document: &Option<Value>) -> Vec<Option<Value>> {
        document
            .iter()
            .flat_map(|d| fewer(std::slice::from_ref(d)))
            .map(|mut d| d.pop())
            .collect()
    }
    fn leveled(levels: &[Vec<Value>]) -> Vec<Vec<Vec<Value>>> {
        let each = levels.iter().enumerate();
        each.flat_map(|(at, level)| {
            let with = move |level: Option<Vec<Value>>| {
                let mut copy = levels.to_vec();
                copy.splice(at..=at, level);
                copy
            };
            std::iter::once(None)
                .chain(fewer(level).into_iter().map(Some))
                .map(with)
        })
        .collect()
    }
    let mut all = Vec::new();
    let mut push = |edit: &dyn Fn(&mut Stack)| {
        let mut copy = stack.clone();
        edit(&mut copy);
        all.push(copy);
    };
    fewer(&stack.identity)
        .into_iter()
        .for_each(|list| push(&|s| s.identity = list.clone()));
    optional(&stack.boundary)
        .into_iter()
        .for_each(|d| push(&|s| s.boundary = d.clone()));
    optional(&stack.resource)
        .into_iter()
        .for_each(|d| push(&|s| s.resource = d.clone()));
    leveled(&stack.scps)
        .into_iter()
        .for_each(|l| push(&|s| s.scps = l.clone()));
    leveled(&stack.rcps)
        .into_iter()
        .for_each(|l| push(&|s| s.rcps = l.clone()));
    if let Some(session) = &stack.session {
        push(&|s| s.session = None);
        fewer(session)
            .into_iter()
            .for_each(|list| push(&|s| s.session = Some(list.clone())));
    }
    all
}

fn shrink(asked: &Asked, mut stack: Stack) -> Stack {
    while let Some(next) = smaller(&stack).into_iter().find_map(|mut stack| {
        let compiled = Compiled::of(&mut stack);
        disagreement(asked, &stack, &compiled).0.map(|_| stack)
    }) {
        stack = next;
    }
    stack
}

fn number(variable: &str, default: u64) -> u64 {
    let given = std::env::var(variable);
    given.map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is a number"))
    })
}

#[test]
fn compiled_and_naive_agree() {
    let (pairs, seed) = (number("LOCUM_PAIRS", PAIRS), number("LOCUM_SEED", 0));
    let mut coverage = Coverage::default();
    each_pair(seed, pairs, |round, asked, stack, compiled| {
        let ruling = agreed(seed + round, asked, stack, compiled);
        coverage.count(asked, stack, &ruling);
        if round % 2 == 0 {
            coverage.count_elements(asked, stack);
        }
        if round % 8 == 0 {
            explains(asked, compiled);
        }
    });
    if pairs >= PAIRS {
        coverage.is_complete();
    }
    each_own_pair(seed, pairs / 2, |round, asked, stack, compiled| {
        agreed(seed + round, asked, stack, compiled);
    });
}

fn agreed(seed: u64, asked: &Asked, stack: &Stack, compiled: &Compiled) -> Ruling {
    let (differs, ruling) = disagreement(asked, stack, compiled);
    if let Some(differs) = differs {
        let smallest = shrink(asked, stack.clone());
        panic!("seed {seed}: {differs}\n{asked:#?}\n{smallest:#?}");
    }
    ruling
}

/// Two modes of one engine: the same decision, and the statement behind it.
fn explains(asked: &Asked, compiled: &Compiled) {
    compiled.with_layers(|layers| {
        let request = asked.request();
        let decision = decide(&request, layers);
        let explanation = explain(&request, layers);
        assert_eq!(explanation.decision, decision);
        let denial = explanation.matched.iter().find(|s| s.effect == Effect::Deny);
        match (decision, denial) {
            (Decision::ExplicitDeny { layer, statement, .. }, Some(found)) => {
                assert_eq!((layer, statement), (found.layer, found.index));
            }
            (Decision::ExplicitDeny { .. }, None) => panic!("a denial without a statement"),
            (_, found) => assert_eq!(found, None),
        }
    });
}

/// A document of this kind about some request.
pub fn document(kind: PolicyKind) -> impl Strategy<Value = Value> {
    any::<u64>().prop_map(move |seed| {
        let mut dice = Dice::new(seed);
        let asked = generator::asked(&mut dice);
        generator::document(&mut dice, &asked, kind)
    })
}

pub fn context() -> impl Strategy<Value = Context<'static>> {
    any::<u64>().prop_map(|seed| generator::context(&mut Dice::new(seed)))
}

pub fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(default),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
