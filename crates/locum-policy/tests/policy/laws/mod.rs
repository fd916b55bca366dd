//! The laws of `facts: policy §7`, each with the test that holds the engine to it.
//!
//! A law compares the engine with itself: two sets of policies that mean the same, or of which one must not allow more. It needs
//! no second opinion, so it also holds the naive interpreter's author to account.

mod algebra;
mod globs;
mod implementation;
mod invariance;
mod layering;
mod monotone;
mod variables;

use serde_json::{Value, json};

use crate::{
    compiled::Compiled,
    dice::Dice,
    generator::{self, Asked},
    naive::{Stack, Verdict},
};

/// Every law, by the file and the test that has it.
const LAWS: &[(&str, &str, &str)] = &[
    // Monotone
    (
        "adding any Deny never turns non-Allow into Allow",
        MONOTONE,
        "more_denials_never_allow",
    ),
    (
        "adding an Allow never revokes",
        MONOTONE,
        "more_permissions_never_revoke",
    ),
    (
        "removing boundary, session or SCP never reduces",
        MONOTONE,
        "fewer_limits_never_revoke",
    ),
    (
        "adding an SCP or RCP level, boundary or session policy never grants",
        MONOTONE,
        "more_limits_never_allow",
    ),
    // Invariance
    (
        "permuting statements, list elements, JSON keys",
        INVARIANCE,
        "rewriting_changes_nothing",
    ),
    ("Sids and Id", INVARIANCE, "rewriting_changes_nothing"),
    (
        "splitting action, resource and principal lists",
        INVARIANCE,
        "rewriting_changes_nothing",
    ),
    (
        "merging statements that differ in their actions only",
        INVARIANCE,
        "rewriting_changes_nothing",
    ),
    (
        "single object or one-element array, scalar or one-element list",
        INVARIANCE,
        "rewriting_changes_nothing",
    ),
    ("duplicating statements", INVARIANCE, "rewriting_changes_nothing"),
    (
        "action case, condition-key case",
        INVARIANCE,
        "rewriting_changes_nothing",
    ),
    ("JSON true or \"true\"", INVARIANCE, "rewriting_changes_nothing"),
    (
        "permuting policies and groups",
        INVARIANCE,
        "the_order_of_policies_does_not_matter",
    ),
    ("white space", INVARIANCE, "white_space_does_not_matter"),
    // Algebra
    (
        "NotAction is the complement",
        ALGEBRA,
        "not_action_is_the_complement",
    ),
    (
        "NotResource is the complement",
        ALGEBRA,
        "not_resource_is_the_complement",
    ),
    (
        "Op and NotOp are complementary",
        ALGEBRA,
        "negated_operators_are_complements",
    ),
    ("XIfExists is X or absent", ALGEBRA, "if_exists_is_or_absent"),
    (
        "ForAllValues:P and ForAnyValue:¬P never both",
        ALGEBRA,
        "all_and_any_not_exclude_each_other",
    ),
    ("Null(true) xor Null(false)", ALGEBRA, "null_is_one_or_the_other"),
    (
        "StringEquals(v) ⇒ StringLike(escape(v))",
        ALGEBRA,
        "equals_is_like_without_wildcards",
    ),
    (
        "StringLike without metacharacters ≡ StringEquals",
        ALGEBRA,
        "equals_is_like_without_wildcards",
    ),
    (
        "ArnLike ⇒ StringLike, not conversely",
        ALGEBRA,
        "arn_like_is_stricter_than_string_like",
    ),
    ("CIDR /n ⊆ /(n−1)", ALGEBRA, "a_shorter_prefix_holds_more"),
    (
        "0.0.0.0/0 and ::/0 cover all",
        ALGEBRA,
        "two_ranges_hold_every_address",
    ),
    // Glob
    (
        "glob ≡ regular expression",
        GLOBS,
        "globs_are_regular_expressions",
    ),
    (
        "glob ≡ dynamic programming",
        GLOBS,
        "globs_are_regular_expressions",
    ),
    ("a pattern matches itself", GLOBS, "a_pattern_matches_itself"),
    ("widening preserves matches", GLOBS, "widening_preserves_matches"),
    ("steps ≤ c·|pattern|·|text|", COST, "a_glob_is_quadratic_at_worst"),
    // Variables
    (
        "substitution ≡ the escaped value",
        VARIABLES,
        "a_variable_is_its_escaped_value",
    ),
    ("a value never widens", VARIABLES, "a_value_never_widens"),
    (
        "2008 and 2012 differ only where `${` occurs",
        VARIABLES,
        "versions_differ_in_variables_only",
    ),
    (
        "unresolved with a default ≡ the default",
        VARIABLES,
        "a_default_is_its_literal",
    ),
    // Layers
    (
        "identity Allow-all with boundary B ≡ identity B",
        PROPERTIES,
        "what_means_the_same_decides_the_same",
    ),
    (
        "session policy Allow-all ≡ none",
        LAYERING,
        "a_session_that_allows_all_is_none",
    ),
    (
        "role-ARN grant ≡ session-ARN grant without limits",
        LAYERING,
        "without_limits_a_role_is_its_session",
    ),
    (
        "cross-account with Allow-all identity ≡ resource policy alone",
        LAYERING,
        "across_accounts_the_resource_decides",
    ),
    ("levels commute", LAYERING, "levels_commute"),
    ("level [A,B] ≡ [A∪B]", LAYERING, "policies_of_a_level_are_one"),
    (
        "root unaffected by identity",
        LAYERING,
        "root_has_no_identity_policies",
    ),
    (
        "service-linked roles unaffected by SCP, RCP and boundary",
        LAYERING,
        "service_linked_roles_have_no_limits",
    ),
    (
        "ACCOUNT principal ≡ 12-digit form",
        LAYERING,
        "an_account_is_its_root",
    ),
    (
        "GetCallerIdentity constant",
        CALLER_IDENTITY,
        "no_deny_hides_who_one_is",
    ),
    // Implementation
    ("decide ≡ explain", AGREEMENT, "compiled_and_naive_agree"),
    ("compiled ≡ naive", AGREEMENT, "compiled_and_naive_agree"),
    (
        "parse∘print∘parse = parse",
        PROPERTIES,
        "what_means_the_same_decides_the_same",
    ),
    ("never panics", PROPERTIES, "no_text_is_too_odd"),
    ("never allocates", ALLOCATION, "decide_allocates_nothing"),
    (
        "validate accepts ⇒ compiles; every refusal has one of AWS's texts",
        IMPLEMENTATION,
        "every_refusal_has_a_known_text",
    ),
    (
        "an unread key changes nothing; only a read key's removal does",
        IMPLEMENTATION,
        "only_keys_that_are_read_matter",
    ),
    // Mutations
    (
        "NOR, absent key, variables, /0, epoch, v6, newline, grants, levels, ExternalId, action wildcards",
        MUTATIONS,
        "every_mistake_is_noticed",
    ),
    ("star blow-up", STATEMENTS, "what_takes_too_long_does_not_allow"),
    ("empty NotAction", IMPLEMENTATION, "an_empty_list_is_refused"),
];

const MONOTONE: &str = include_str!("monotone.rs");
const INVARIANCE: &str = include_str!("invariance.rs");
const ALGEBRA: &str = include_str!("algebra.rs");
const GLOBS: &str = include_str!("globs.rs");
const VARIABLES: &str = include_str!("variables.rs");
const LAYERING: &str = include_str!("layering.rs");
const IMPLEMENTATION: &str = include_str!("implementation.rs");
const AGREEMENT: &str = include_str!("../agreement.rs");
const MUTATIONS: &str = include_str!("../mutations.rs");
const PROPERTIES: &str = include_str!("../properties.rs");
const STATEMENTS: &str = include_str!("../statements.rs");
const ALLOCATION: &str = include_str!("../../allocation.rs");
const COST: &str = include_str!("../../../src/cost.rs");
const CALLER_IDENTITY: &str = include_str!("../../../../locum-service/tests/sts/identity.rs");

#[test]
fn every_law_has_its_test() {
    for (law, file, test) in LAWS {
        assert!(file.contains(&format!("fn {test}(")), "{law}: no test {test}");
    }
}

/// How many generated cases a law is tried on.
const CASES: u64 = 1_500;

/// Calls a law with requests and policies for them.
fn each_case(mut law: impl FnMut(&mut Dice, &Asked, &Stack)) {
    for seed in 0..CASES {
        let mut dice = Dice::new(seed + 1_000_000);
        let asked = generator::asked(&mut dice);
        let mut stack = generator::stack(&mut dice, &asked);
        // Leaves what is valid.
        let _ = Compiled::of(&mut stack);
        law(&mut dice, &asked, &stack);
    }
}

/// Decides over a stack of which every document must be valid.
fn decided(asked: &Asked, stack: &Stack) -> Verdict {
    let mut valid = stack.clone();
    let compiled = Compiled::of(&mut valid);
    assert_eq!(
        format!("{valid:?}"),
        format!("{stack:?}"),
        "a document is not valid"
    );
    compiled.decide(asked)
}

/// The answer and its layer, without the place of the statement.
fn outcome(asked: &Asked, stack: &Stack) -> String {
    match decided(asked, stack) {
        Verdict::Allow => "allowed".to_owned(),
        Verdict::Explicit(layer, ..) => format!("denied by {layer}"),
        Verdict::Implicit(layer) => format!("not allowed by {layer}"),
    }
}

fn is_allowed(asked: &Asked, stack: &Stack) -> bool {
    decided(asked, stack) == Verdict::Allow
}

fn allow_all() -> Value {
    json!({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})
}

/// The documents of a stack, to be changed.
fn documents(stack: &mut Stack) -> Vec<&mut Value> {
    let levels = stack.scps.iter_mut().chain(&mut stack.rcps).flatten();
    let own = stack
        .identity
        .iter_mut()
        .chain(&mut stack.boundary)
        .chain(&mut stack.resource);
    own.chain(stack.session.iter_mut().flatten())
        .chain(levels)
        .collect()
}

fn statements(document: &mut Value) -> &mut Vec<Value> {
    document["Statement"].as_array_mut().unwrap()
}
