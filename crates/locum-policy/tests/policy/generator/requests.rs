//! Requests, and the same request bent in one place.

use locum_policy::{Context, Principal, RequesterKind};

use super::vocabulary::{ACTIONS, KEYS, PIECES, PROVIDER};
use crate::{
    dice::Dice,
    world::{HERE, THERE, alice, federated, federated_by_root, outside, role_session, root},
};

/// A request, owned.
#[derive(Clone, Debug)]
pub struct Asked {
    pub principal: Principal<'static>,
    pub action: String,
    pub resource: String,
    pub owner: u64,
    pub context: Context<'static>,
}

pub fn callers() -> [Principal<'static>; 11] {
    [
        root(),
        alice(),
        role_session(false),
        role_session(true),
        federated(),
        federated(),
        federated_by_root(),
        outside(RequesterKind::Service("ec2.amazonaws.com")),
        outside(RequesterKind::Federated(PROVIDER)),
        outside(RequesterKind::Federated("accounts.example.com")),
        outside(RequesterKind::Anonymous),
    ]
}

pub fn asked(dice: &mut Dice) -> Asked {
    let action = dice.pick(&ACTIONS);
    Asked {
        principal: dice.pick(&callers()),
        action: action.to_owned(),
        resource: resource(dice, action),
        owner: if dice.percent(60) { HERE } else { THERE },
        context: context(dice),
    }
}

pub fn resource(dice: &mut Dice, action: &str) -> String {
    if dice.percent(5) {
        return "*".to_owned();
    }
    let partition = if dice.percent(4) { "aws-cn" } else { "aws" };
    if action.starts_with("sts:") && dice.percent(70) {
        let owner = dice.pick(&[HERE, THERE]);
        return format!(
            "arn:{partition}:iam::{owner}:role/{}",
            dice.pick(&["a", "b", "alice"])
        );
    }
    let (region, owner) = (dice.pick(&["", "eu", "alice"]), dice.pick(&["", "111111111111"]));
    let pieces: Vec<&str> = (0..=dice.below(2)).map(|_| dice.pick(&PIECES)).collect();
    format!("arn:{partition}:sqs:{region}:{owner}:{}", pieces.join("/"))
}

pub fn context(dice: &mut Dice) -> Context<'static> {
    let mut context = Context::new();
    for (key, values) in KEYS {
        match dice.below(8) {
            0..=1 => {}
            2 => {
                let count = dice.below(3);
                context.set_many(key, (0..count).map(|_| dice.pick(values)).collect::<Vec<_>>());
            }
            _ => context.set(key, dice.pick(values)),
        }
    }
    context
}

/// The same request, bent in one place.
pub fn bend(dice: &mut Dice, asked: &Asked) -> Asked {
    let mut bent = asked.clone();
    match dice.below(6) {
        0 => bent.principal = dice.pick(&callers()),
        1 => bent.owner = HERE + THERE - asked.owner,
        2 => bent.resource = resource(dice, &asked.action),
        3 => {
            let (key, _) = dice.pick(&KEYS);
            bent.context.remove(key);
        }
        4 => {
            let (key, values) = dice.pick(&KEYS);
            bent.context.set(key, dice.pick(values));
        }
        _ => bent.action = dice.pick(&ACTIONS).to_owned(),
    }
    bent
}
