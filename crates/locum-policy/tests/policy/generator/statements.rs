//! Statements about a request: their actions, their resources, and what a kind of policy demands of them.

use locum_policy::{Context, PolicyKind};
use serde_json::{Value, json};

use super::{
    conditions::conditions,
    near::near,
    principals::principals,
    requests::{Asked, resource},
    vocabulary::ACTIONS,
};
use crate::dice::Dice;

pub fn listed(values: Vec<Value>, dice: &mut Dice) -> Value {
    match <[Value; 1]>::try_from(values) {
        Ok([one]) if dice.percent(60) => one,
        Ok([one]) => json!([one]),
        Err(values) => Value::Array(values),
    }
}

pub fn actions(dice: &mut Dice, action: &str) -> Value {
    let (vendor, name) = action.split_once(':').unwrap();
    let count = 1 + dice.below(2);
    let one = |dice: &mut Dice| match dice.below(14) {
        0 => "*".to_owned(),
        1 => "*:*".to_owned(),
        2 => format!("{vendor}:*"),
        3 => action.to_uppercase(),
        4 => action.replace('j', "."),
        5 => dice.pick(&ACTIONS).to_owned(),
        6 => format!("{vendor}:{}", name.replacen('e', "?", 1)),
        _ => format!("{vendor}:{}", near(dice, name, &Context::new()).replace(':', "")),
    };
    let values = (0..count).map(|_| json!(one(dice))).collect();
    listed(values, dice)
}

pub fn resources(dice: &mut Dice, asked: &Asked) -> Value {
    let count = 1 + dice.below(2);
    let one = |dice: &mut Dice| match dice.below(12) {
        0 | 1 => json!("*"),
        2 => json!(resource(dice, "s3:Get")),
        3 if dice.percent(20) => Value::Null,
        _ => json!(near(dice, &asked.resource, &asked.context)),
    };
    let values = (0..count).map(|_| one(dice)).collect();
    listed(values, dice)
}

pub fn statement(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    let deny = dice.percent(22) || kind == PolicyKind::ResourceControl;
    let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
    let named = matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
    if kind == PolicyKind::Trust {
        let action = dice.pick(&[
            "sts:AssumeRole",
            "sts:*",
            "STS:Assume*",
            "sts:TagSession",
            "sts:AssumeRol?",
        ]);
        statement["Action"] = json!(action);
    } else {
        if kind != PolicyKind::ResourceControl && dice.percent(15) {
            let other = dice.pick(&ACTIONS);
            statement["NotAction"] = actions(dice, other);
        } else {
            statement["Action"] = actions(dice, &asked.action);
        }
        if !(named && dice.percent(40)) {
            if dice.percent(15) {
                statement["NotResource"] = resources(dice, asked);
            } else {
                statement["Resource"] = resources(dice, asked);
            }
        }
    }
    if kind == PolicyKind::ResourceControl {
        statement["Principal"] = json!("*");
    }
    if named {
        let not = deny && kind == PolicyKind::Resource && dice.percent(30);
        statement[if not { "NotPrincipal" } else { "Principal" }] = principals(dice, asked, kind);
    }
    if dice.percent(45) {
        statement["Condition"] = Value::Object(conditions(dice, asked));
    }
    statement
}

pub fn allow_everything(kind: PolicyKind) -> Value {
    match kind {
        PolicyKind::ResourceControl => json!({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}),
        _ => json!({"Effect":"Allow","Action":"*","Resource":"*"}),
    }
}
