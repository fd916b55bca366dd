//! What may be written differently and means the same.

use locum_policy::{Context, Decision, Layers, Policy, PolicyKind, Request, Source, decide};
use serde_json::{Map, Value, json};

use super::{documents, each_case, outcome, statements};
use crate::{
    dice::Dice,
    generator,
    world::{HERE, account, alice, name},
};

type Rewrite = fn(&mut Dice, &mut Value);

const REWRITES: [(&str, Rewrite); 15] = [
    ("statements the other way round", |_, d| statements(d).reverse()),
    ("every list the other way round", |_, d| {
        each_list(d, &mut |list| list.reverse())
    }),
    ("keys the other way round", |_, d| *d = keys_reversed(d)),
    ("a Sid each", |_, d| {
        let numbered = statements(d).iter_mut().enumerate();
        numbered.for_each(|(at, statement)| statement["Sid"] = json!(format!("Number{at}")));
    }),
    ("empty Sids", |_, d| {
        statements(d).iter_mut().for_each(|s| s["Sid"] = json!(""))
    }),
    ("an Id", |_, d| d["Id"] = json!("this")),
    ("a statement for each action", |_, d| split(d, "Action")),
    ("a statement for each resource", |_, d| split(d, "Resource")),
    ("a statement for each principal", |_, d| split_principals(d)),
    ("one statement for all actions", |_, d| merge(d)),
    ("one value alone", |_, d| {
        each_value(d, &mut |value| {
            if let Value::Array(list) = value
                && let [one @ (Value::String(_) | Value::Bool(_) | Value::Number(_))] = list.as_slice()
            {
                *value = one.clone();
            }
        })
    }),
    ("one value in a list", |_, d| {
        each_value(d, &mut |value| {
            if !value.is_array() {
                *value = json!([value]);
            }
        })
    }),
    ("statements twice", |dice, d| {
        let list = statements(d);
        list.insert(0, list[dice.below(list.len())].clone());
    }),
    ("the other case", |_, d| other_case(d)),
    ("scalars as text, text as scalars", |_, d| {
        each_condition(d, &mut |_, value| swap_scalars(value))
    }),
];

/// The elements that hold one text or a list of them.
const LISTS: [&str; 4] = ["Action", "NotAction", "Resource", "NotResource"];

fn each_condition(document: &mut Value, edit: &mut dyn FnMut(&str, &mut Value)) {
    for statement in statements(document) {
        let blocks = statement.get_mut("Condition").and_then(Value::as_object_mut);
        for (operator, keys) in blocks.into_iter().flatten() {
            for (_, value) in keys.as_object_mut().unwrap() {
                edit(operator, value);
            }
        }
    }
}

fn each_value(document: &mut Value, edit: &mut dyn FnMut(&mut Value)) {
    for statement in statements(document) {
        for element in LISTS {
            statement.get_mut(element).into_iter().for_each(&mut *edit);
        }
        for element in ["Principal", "NotPrincipal"] {
            let kinds = statement.get_mut(element).and_then(Value::as_object_mut);
            kinds.into_iter().flatten().for_each(|(_, value)| edit(value));
        }
    }
    each_condition(document, &mut |_, value| edit(value));
}

fn each_list(document: &mut Value, edit: &mut dyn FnMut(&mut Vec<Value>)) {
    each_value(document, &mut |value| {
        if let Value::Array(list) = value {
            edit(list);
        }
    });
}

fn keys_reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let reversed = map
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), keys_reversed(value)));
            Value::Object(reversed.collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(keys_reversed).collect(),
        other => other.clone(),
    }
}

fn split(document: &mut Value, element: &str) {
    let split = statements(document)
        .drain(..)
        .flat_map(|statement| match statement.get(element) {
            Some(Value::Array(list)) => {
                let one = |value: &Value| {
                    let mut copy = statement.clone();
                    // A null stands in a list only.
                    copy[element] = if value.is_null() {
                        json!([value])
                    } else {
                        value.clone()
                    };
                    copy
                };
                list.iter().map(one).collect::<Vec<_>>()
            }
            _ => vec![statement],
        });
    let split: Vec<Value> = split.collect();
    *statements(document) = split;
}

fn split_principals(document: &mut Value) {
    let split = statements(document).drain(..).flat_map(|statement| {
        let Some(Value::Object(kinds)) = statement.get("Principal") else {
            return vec![statement];
        };
        let pairs = kinds.iter().flat_map(|(kind, list)| {
            let list = list.as_array().cloned().unwrap_or_else(|| vec![list.clone()]);
            list.into_iter().map(move |name| json!({kind: name}))
        });
        let one = |principal| {
            let mut copy = statement.clone();
            copy["Principal"] = principal;
            copy
        };
        pairs.map(one).collect()
    });
    let split: Vec<Value> = split.collect();
    *statements(document) = split;
}

/// Joins statements that are the same but for their actions.
fn merge(document: &mut Value) {
    split(document, "Action");
    let mut merged: Vec<Value> = Vec::new();
    for statement in statements(document).drain(..) {
        let without = |statement: &Value| {
            let mut copy = statement.clone();
            copy.as_object_mut().unwrap().remove("Action");
            copy
        };
        let same =
            |other: &&mut Value| other.get("Action").is_some() && without(other) == without(&statement);
        match merged.iter_mut().find(same) {
            Some(other) if statement.get("Action").is_some() => {
                let mut actions = other["Action"]
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![other["Action"].clone()]);
                actions.push(statement["Action"].clone());
                other["Action"] = json!(actions);
            }
            _ => merged.push(statement),
        }
    }
    *statements(document) = merged;
}

fn flipped(text: &str) -> String {
    let flip = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(flip).collect()
}

/// Actions and condition keys have no case.
fn other_case(document: &mut Value) {
    for statement in statements(document) {
        for element in ["Action", "NotAction"] {
            match statement.get_mut(element) {
                Some(Value::Array(list)) => list
                    .iter_mut()
                    .for_each(|a| *a = json!(flipped(a.as_str().unwrap()))),
                Some(one) => *one = json!(flipped(one.as_str().unwrap())),
                None => {}
            }
        }
        let blocks = statement.get_mut("Condition").and_then(Value::as_object_mut);
        for (_, keys) in blocks.into_iter().flatten() {
            let other = keys
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, value)| (flipped(key), value.clone()));
            *keys = Value::Object(other.collect());
        }
    }
}

fn swap_scalars(value: &mut Value) {
    let swap = |value: &Value| match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(scalar @ (Value::Number(_) | Value::Bool(_))) => scalar,
            _ => value.clone(),
        },
        scalar => json!(scalar.to_string()),
    };
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| *one = swap(one)),
        one => *one = swap(one),
    }
}

#[test]
fn rewriting_changes_nothing() {
    let mut changed = [0; REWRITES.len()];
    each_case(|dice, asked, stack| {
        let expected = outcome(asked, stack);
        for (at, (what, rewrite)) in REWRITES.iter().enumerate() {
            let mut rewritten = stack.clone();
            for document in documents(&mut rewritten) {
                let before = document.clone();
                rewrite(dice, document);
                changed[at] += usize::from(*document != before || keys(document) != keys(&before));
            }
            assert_eq!(
                outcome(asked, &rewritten),
                expected,
                "{what}: {asked:?} {stack:#?}"
            );
        }
    });
    assert!(changed.iter().all(|count| *count > 50), "{changed:?}");
}

fn keys(document: &Value) -> Vec<&String> {
    document.as_object().unwrap().keys().collect()
}

#[test]
fn the_order_of_policies_does_not_matter() {
    each_case(|_, asked, stack| {
        let mut turned = stack.clone();
        turned.identity.reverse();
        turned.session.iter_mut().for_each(|list| list.reverse());
        turned
            .scps
            .iter_mut()
            .chain(&mut turned.rcps)
            .for_each(|level| level.reverse());
        assert_eq!(
            outcome(asked, &turned),
            outcome(asked, stack),
            "{asked:?} {stack:#?}"
        );
    });
}

/// One user, one policy.
fn alone(text: &str, action: &str, resource: &str, context: &Context<'_>) -> &'static str {
    let policy = Policy::compile(text, PolicyKind::Inline).unwrap();
    let identity = [Source::new(&policy, "")];
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    let request = Request {
        principal: alice(),
        action,
        resource,
        resource_account: account(HERE),
        context,
    };
    let decision: Decision<'_> = decide(&request, &layers);
    name(&decision)
}

#[test]
fn white_space_does_not_matter() {
    let mut valid = 0;
    for seed in 0..super::CASES {
        let mut dice = Dice::new(seed);
        let asked = generator::asked(&mut dice);
        let document = generator::document(&mut dice, &asked, PolicyKind::Inline);
        if Policy::compile(&document.to_string(), PolicyKind::Inline).is_err() {
            continue;
        }
        valid += 1;
        let ask = |text: &str| alone(text, &asked.action, &asked.resource, &asked.context);
        let pretty = serde_json::to_string_pretty(&document).unwrap();
        let expected = ask(&document.to_string());
        assert_eq!(ask(&pretty), expected);
        assert_eq!(ask(&pretty.replace('\n', "\r\n\t")), expected);
    }
    assert!(valid > super::CASES / 2);
}
