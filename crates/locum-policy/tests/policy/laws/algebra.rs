//! Complements, implications and ranges, one statement at a time.

use locum_policy::{Context, Policy, PolicyKind};
use serde_json::{Value, json};

use crate::{
    dice::Dice,
    generator::{self, Asked},
    world::alone,
};

/// Whether an `Allow` and a `Deny` with these elements match; `None` when they are not valid.
fn matched(elements: &Value, action: &str, resource: &str, context: &Context<'_>) -> Option<(bool, bool)> {
    let statement = |effect: &str| {
        let mut statement = elements.clone();
        statement["Effect"] = json!(effect);
        for missing in ["Action", "Resource"] {
            if elements.get(missing).is_none() && elements.get(format!("Not{missing}")).is_none() {
                statement[missing] = json!("*");
            }
        }
        statement
    };
    let document = |statements: Value| json!({"Version":"2012-10-17","Statement":statements}).to_string();
    let allow = document(json!([statement("Allow")]));
    let all = json!({"Effect":"Allow","Action":"*","Resource":"*"});
    let deny = document(json!([all, statement("Deny")]));
    Policy::compile(&allow, PolicyKind::Inline).ok()?;
    Some((
        alone(&allow, action, resource, context),
        !alone(&deny, action, resource, context),
    ))
}

/// Whether a condition of one key, `x:key`, holds for an `Allow` and for a `Deny`.
fn holds(operator: &str, values: &Value, context: &Context<'_>) -> (bool, bool) {
    let elements = json!({"Condition": {operator: {"x:key": values}}});
    matched(&elements, "a:b", "*", context).unwrap_or_else(|| panic!("{elements}"))
}

fn one(value: &str) -> Context<'static> {
    let mut context = Context::new();
    context.set("x:key", value.to_owned());
    context.set("aws:username", "alice");
    context
}

fn each_asked(mut law: impl FnMut(&mut Dice, &Asked)) {
    for seed in 0..super::CASES {
        let mut dice = Dice::new(seed + 2_000_000);
        let asked = generator::asked(&mut dice);
        law(&mut dice, &asked);
    }
}

#[test]
fn not_action_is_the_complement() {
    each_asked(|dice, asked| {
        let list = generator::actions(dice, &asked.action);
        let ask = |element: &str| matched(&json!({element: list}), &asked.action, "*", &asked.context);
        let (Some(listed), Some(others)) = (ask("Action"), ask("NotAction")) else {
            return;
        };
        // What an `Allow` means of locum's own it names.
        let own = asked.action.to_ascii_lowercase().starts_with("locum:");
        let complement = (!own && !listed.0, !listed.1);
        assert_eq!(others, complement, "{list} on {}", asked.action);
    });
}

#[test]
fn not_resource_is_the_complement() {
    let mut tried = 0;
    each_asked(|dice, asked| {
        let list = generator::resources(dice, asked);
        // Without a value both match nothing.
        if list.to_string().contains("${") || list.to_string().contains("null") {
            return;
        }
        let ask = |element: &str| matched(&json!({element: list}), "a:b", &asked.resource, &asked.context);
        let (Some(listed), Some(others)) = (ask("Resource"), ask("NotResource")) else {
            return;
        };
        // What is unclear neither allows as one nor as the other, and denies as both.
        assert_eq!(listed, (!others.1, !others.0), "{list} on {}", asked.resource);
        tried += 1;
    });
    assert!(tried > super::CASES / 4);
}

/// An operator, its negation, and values it can parse.
const PAIRS: [(&str, &str, &[&str]); 9] = [
    ("StringEquals", "StringNotEquals", generator::TEXTS),
    (
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        generator::TEXTS,
    ),
    ("StringLike", "StringNotLike", generator::TEXTS),
    ("ArnEquals", "ArnNotEquals", generator::ARNS),
    ("ArnLike", "ArnNotLike", generator::ARNS),
    (
        "NumericEquals",
        "NumericNotEquals",
        &["1", "1.0", "01", "-1", "0", "-0", "2.50"],
    ),
    (
        "DateEquals",
        "DateNotEquals",
        &["2024-01-01", "1704067200", "2024-01-01T00:00:00Z", "2024"],
    ),
    (
        "IpAddress",
        "NotIpAddress",
        &["10.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:10.0.0.1"],
    ),
    ("NotIpAddress", "IpAddress", &["10.0.0.0", "10.0.0.1"]),
];

#[test]
fn negated_operators_are_complements() {
    each_asked(|dice, asked| {
        let (operator, negation, values) = dice.pick(&PAIRS);
        let given = dice.pick(values);
        let context = one(given);
        let listed: Vec<String> = (0..dice.below(3))
            .map(|_| {
                let value = dice.pick(values);
                if values.contains(&"a") {
                    generator::near(dice, value, &asked.context)
                } else {
                    value.to_owned()
                }
            })
            .collect();
        // What is no ARN does not match, and whether it is another is unclear.
        let is_arn = |text: &str| text.starts_with("arn:") && text.matches(':').count() >= 5;
        let arns = listed.iter().map(String::as_str).chain([given]);
        if operator.starts_with("Arn") && !arns.into_iter().all(is_arn) {
            return;
        }
        let (first, second) = (
            holds(operator, &json!(listed), &context),
            holds(negation, &json!(listed), &context),
        );
        assert_eq!(
            first,
            (!second.1, !second.0),
            "{operator} {listed:?} on {context:?}"
        );
    });
}

#[test]
fn if_exists_is_or_absent() {
    for operator in generator::operators() {
        if operator.ends_with("Null") || operator.ends_with("IfExists") {
            continue;
        }
        let with = format!("{operator}IfExists");
        let values: &[&str] = if operator.contains("Date") {
            &["2024-01-01"]
        } else {
            &["1", "a", "true", "10.0.0.1"]
        };
        for listed in values {
            for given in ["1", "a", "true", "10.0.0.1", "2024-01-01", ""] {
                let context = one(given);
                let (plain, or_absent) = (
                    holds(&operator, &json!(listed), &context),
                    holds(&with, &json!(listed), &context),
                );
                assert_eq!(plain, or_absent, "{operator} {listed} on {given}");
            }
            let absent = holds(&with, &json!(listed), &Context::new());
            // "If it exists" and "if any" leave open what none is.
            let expected = if operator.starts_with("ForAnyValue:") {
                (false, true)
            } else {
                (true, true)
            };
            assert_eq!(absent, expected, "{with}");
        }
    }
}

#[test]
fn all_and_any_not_exclude_each_other() {
    let mut both = [0; 2];
    each_asked(|dice, asked| {
        let (operator, negation, values) = dice.pick(&PAIRS[..5]);
        let mut context = Context::new();
        let given: Vec<&str> = (0..1 + dice.below(3)).map(|_| dice.pick(values)).collect();
        context.set_many("x:key", given);
        let listed: Vec<String> = (0..dice.below(3))
            .map(|_| {
                let value = dice.pick(values);
                generator::near(dice, value, &asked.context)
            })
            .collect();
        let all = holds(&format!("ForAllValues:{operator}"), &json!(listed), &context).0;
        let any_not = holds(&format!("ForAnyValue:{negation}"), &json!(listed), &context).0;
        assert!(!(all && any_not), "{operator} {listed:?} on {context:?}");
        both[0] += usize::from(all);
        both[1] += usize::from(any_not);
    });
    assert!(both.iter().all(|count| *count > 20), "{both:?}");
}

#[test]
fn null_is_one_or_the_other() {
    let mut empty = Context::new();
    empty.set_many("x:key", Vec::<String>::new());
    let mut many = Context::new();
    many.set_many("x:key", ["a", ""]);
    for context in [Context::new(), empty, many, one("a"), one("*")] {
        let (absent, present) = (
            holds("Null", &json!("true"), &context),
            holds("Null", &json!(false), &context),
        );
        assert_eq!(absent, (!present.0, !present.1), "{context:?}");
    }
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '*' | '?' | '$' => format!("${{{c}}}"),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[test]
fn equals_is_like_without_wildcards() {
    each_asked(|dice, asked| {
        let value = generator::near(dice, dice_text(asked), &asked.context);
        let given = if dice.percent(50) {
            value.clone()
        } else {
            dice.pick(generator::TEXTS).to_owned()
        };
        let context = one(&given);
        let plain = !value.contains(['*', '?', '$']);
        let equals = holds("StringEquals", &json!(escaped(&value)), &context);
        assert_eq!(equals.0, value == given);
        assert_eq!(
            holds("StringLike", &json!(escaped(&value)), &context),
            equals,
            "{value} on {given}"
        );
        if plain {
            assert_eq!(
                holds("StringLike", &json!(value), &context),
                equals,
                "{value} on {given}"
            );
        }
    });
}

fn dice_text(asked: &Asked) -> &str {
    asked.resource.as_str()
}

#[test]
fn arn_like_is_stricter_than_string_like() {
    let mut stricter = 0;
    let elsewhere = one("arn:x:x:x:x:x");
    each_asked(|dice, asked| {
        let pattern = generator::near(dice, &asked.resource, &asked.context);
        let given = generator::near(dice, &asked.resource, &Context::new());
        let context = one(&given);
        let arn = holds("ArnLike", &json!(pattern), &context);
        let text = holds("StringLike", &json!(pattern), &context);
        assert!(text.0 || !arn.0, "{pattern} on {given}");
        // What can be no ARN may mean any.
        let unreadable = || holds("ArnLike", &json!(pattern), &elsewhere) == (false, true);
        assert!(text.1 || !arn.1 || unreadable(), "{pattern} on {given}");
        stricter += usize::from(text.0 && !arn.0);
    });
    assert!(stricter > 0);
}

#[test]
fn a_shorter_prefix_holds_more() {
    each_asked(|dice, _| {
        let (width, address, network) = if dice.percent(50) {
            let octets = |dice: &mut Dice| format!("10.{}.0.{}", dice.below(2) * 128, dice.below(4));
            (32, octets(dice), octets(dice))
        } else {
            let groups =
                |dice: &mut Dice| format!("2001:db8:{:x}::{:x}", dice.below(2) * 0x8000, dice.below(4));
            (128, groups(dice), groups(dice))
        };
        let context = one(&address);
        let holding: Vec<bool> = (0..=width)
            .map(|bits| holds("IpAddress", &json!(format!("{network}/{bits}")), &context))
            .map(|(allow, deny)| {
                assert_eq!(allow, deny);
                allow
            })
            .collect();
        assert!(
            holding[0] && holding.is_sorted_by(|a, b| a >= b),
            "{address} in {network}: {holding:?}"
        );
        assert_eq!(holding[width], address == network);
    });
}

#[test]
fn two_ranges_hold_every_address() {
    for address in [
        "0.0.0.0",
        "255.255.255.255",
        "10.1.2.3",
        "::",
        "::1",
        "ffff::ffff",
        "::ffff:10.0.0.1",
    ] {
        let context = one(address);
        assert_eq!(
            holds("IpAddress", &json!(["0.0.0.0/0", "::/0"]), &context),
            (true, true),
            "{address}"
        );
        let (four, six) = (
            holds("IpAddress", &json!("0.0.0.0/0"), &context),
            holds("IpAddress", &json!("::/0"), &context),
        );
        assert_ne!(four, six, "{address}");
    }
}
