//! Condition blocks about a request, of every operator with every qualifier.

use serde_json::{Map, Value, json};

use super::{
    near::near,
    requests::Asked,
    statements::listed,
    vocabulary::{ARNS, BLOBS, DATES, FLAGS, KEYS, NUMBERS, RANGES, TEXTS},
};
use crate::dice::Dice;

/// Operators by what they compare, the keys that hold such values and a policy's values.
const OPERATORS: [(&[&str], &str, &[&str]); 7] = [
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        "x:tag",
        TEXTS,
    ),
    (
        &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        "x:arn",
        ARNS,
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        "x:number",
        &NUMBERS,
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        "x:date",
        &DATES,
    ),
    (&["Bool", "Null"], "x:flag", &FLAGS),
    (&["IpAddress", "NotIpAddress"], "x:ip", &RANGES),
    (&["BinaryEquals"], "x:blob", &BLOBS),
];

/// Every operator with every qualifier it may have.
pub fn operators() -> Vec<String> {
    let bases = OPERATORS.iter().flat_map(|(names, ..)| names.iter());
    let qualified = bases.flat_map(|base| {
        ["", "ForAllValues:", "ForAnyValue:"]
            .into_iter()
            .flat_map(move |set| ["", "IfExists"].map(move |suffix| format!("{set}{base}{suffix}")))
    });
    qualified.filter(|name| !name.ends_with("NullIfExists")).collect()
}

pub fn conditions(dice: &mut Dice, asked: &Asked) -> Map<String, Value> {
    let mut block = Map::new();
    for _ in 0..1 + dice.below(2) {
        let (names, own, values) = dice.pick(&OPERATORS);
        let base = dice.pick(names);
        let set = dice.pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]);
        let suffix = if base != "Null" && dice.percent(25) {
            "IfExists"
        } else {
            ""
        };
        let key = if dice.percent(80) { own } else { dice.pick(&KEYS).0 };
        let textual = base.starts_with("String") || base.starts_with("Arn");
        let given: Vec<&str> = asked
            .context
            .get(key)
            .map(|v| v.iter().collect())
            .unwrap_or_default();
        let count = [1, 1, 1, 2, 0][dice.below(5)];
        let one = |dice: &mut Dice| {
            let date = base.starts_with("Date");
            let text = match given.first() {
                Some(first) if textual && dice.percent(75) => near(dice, first, &asked.context),
                Some(first) if !date && dice.percent(40) => (*first).to_owned(),
                Some(first) if date && DATES.contains(first) && dice.percent(40) => (*first).to_owned(),
                _ => dice.pick(values).to_owned(),
            };
            // Numbers and booleans may stand bare.
            let bare: Option<Value> = serde_json::from_str(&text).ok();
            match bare {
                Some(bare @ (Value::Number(_) | Value::Bool(_))) if dice.percent(40) => bare,
                _ => json!(text),
            }
        };
        let mut values: Vec<Value> = (0..count).map(|_| one(dice)).collect();
        let key = if dice.percent(20) {
            key.to_uppercase()
        } else {
            key.to_owned()
        };
        let keys = block
            .entry(format!("{set}{base}{suffix}"))
            .or_insert_with(|| json!({}));
        let keys = keys.as_object_mut().unwrap();
        // One key in two spellings, with values that need not agree.
        if let [_, second] = &values[..]
            && key.starts_with("X:")
        {
            keys.insert(key.to_lowercase(), second.clone());
            values.truncate(1 + dice.below(2));
        }
        keys.insert(key, listed(values, dice));
    }
    block
}
