//! A variable is its value and nothing else.

use locum_policy::Context;
use serde_json::{Value, json};

use super::{documents, each_case, outcome};
use crate::{dice::Dice, world::alone};

const VALUES: [&str; 9] = ["alice", "*", "a*", "?", "${x:other}", "a\nb", "$", "${*}", "a/b"];
const AROUND: [&str; 5] = ["", "a", "*", "?", "home/"];

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '*' | '?' | '$' => format!("${{{c}}}"),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn by_resource(pattern: &str, resource: &str, context: &Context<'_>) -> bool {
    let document = json!({"Version":"2012-10-17","Statement":
        {"Effect":"Allow","Action":"*","Resource":format!("arn:aws:s3:::{pattern}")}});
    alone(
        &document.to_string(),
        "a:b",
        &format!("arn:aws:s3:::{resource}"),
        context,
    )
}

fn by_condition(operator: &str, pattern: &str, given: &str, context: &Context<'_>) -> bool {
    let mut context = context.clone();
    context.set("x:key", given);
    let document = json!({"Version":"2012-10-17","Statement":
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{operator:{"x:key":pattern}}}});
    alone(&document.to_string(), "a:b", "*", &context)
}

/// Calls with a value, what stands before and after its variable, and a text to match.
fn each_value(mut law: impl FnMut(&Context<'_>, &str, [&str; 2], &str)) {
    for seed in 0..super::CASES {
        let mut dice = Dice::new(seed + 4_000_000);
        let value = dice.pick(&VALUES);
        let mut context = Context::new();
        context.set("aws:username", value);
        context.set("x:other", "other");
        let around = [dice.pick(&AROUND), dice.pick(&AROUND)];
        let middle = if dice.percent(60) {
            value
        } else {
            dice.pick(&["alice", "ab", "other", "", "a"])
        };
        let fill = |wild: &str| wild.replace('*', "x").replace('?', "y");
        let given = format!("{}{middle}{}", fill(around[0]), fill(around[1]));
        law(&context, value, around, &given);
    }
}

#[test]
fn a_variable_is_its_escaped_value() {
    let mut matched = 0;
    each_value(|context, value, [before, after], given| {
        let pattern = format!("{before}${{aws:username}}{after}");
        let written = format!("{before}{}{after}", escaped(value));
        for operator in [
            "StringEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
        ] {
            let found = by_condition(operator, &pattern, given, context);
            assert_eq!(
                found,
                by_condition(operator, &written, given, context),
                "{operator} {pattern} on {given}"
            );
        }
        let found = by_resource(&pattern, given, context);
        assert_eq!(
            found,
            by_resource(&written, given, context),
            "{pattern} on {given}"
        );
        matched += usize::from(found);
    });
    assert!(matched > 300, "{matched}");
}

#[test]
fn a_value_never_widens() {
    each_value(|context, value, _, given| {
        for given in [given, value] {
            assert_eq!(
                by_resource("${aws:username}", given, context),
                given == value,
                "{value} on {given}"
            );
            assert_eq!(
                by_condition("StringLike", "${aws:username}", given, context),
                given == value
            );
            assert_eq!(
                by_condition("StringEquals", "${aws:username}", given, context),
                given == value
            );
        }
    });
}

#[test]
fn a_default_is_its_literal() {
    each_value(|context, value, [before, after], given| {
        if value.contains(['}', '\'']) {
            return;
        }
        let pattern = format!("{before}${{x:none, '{value}'}}{after}");
        let written = format!("{before}{}{after}", escaped(value));
        let found = by_condition("StringLike", &pattern, given, context);
        assert_eq!(
            found,
            by_condition("StringLike", &written, given, context),
            "{pattern} on {given}"
        );
        assert_eq!(
            by_resource(&pattern, given, context),
            by_resource(&written, given, context),
            "{pattern} on {given}"
        );
    });
}

#[test]
fn versions_differ_in_variables_only() {
    let mut differ = 0;
    each_case(|_, asked, stack| {
        let mut old = stack.clone();
        let mut without = true;
        old.scps.clear();
        old.rcps.clear();
        let mut new = old.clone();
        for document in documents(&mut old) {
            without &= !document.to_string().contains("${");
            document["Version"] = json!("2008-10-17");
        }
        documents(&mut new)
            .into_iter()
            .for_each(|d: &mut Value| d["Version"] = json!("2012-10-17"));
        let same = outcome(asked, &old) == outcome(asked, &new);
        assert!(same || !without, "{asked:?} {stack:#?}");
        differ += usize::from(!same);
    });
    assert!(differ > 2, "{differ}");
}
