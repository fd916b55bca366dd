//! Whole documents about a request, and a stack of them for every layer that bears on it.

use locum_policy::{PolicyKind, RequesterKind};
use serde_json::{Value, json};

use super::{
    requests::Asked,
    statements::{allow_everything, statement},
};
use crate::{dice::Dice, naive::Stack};

/// A document about this request. Not every one passes validation.
pub fn document(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    let organization = matches!(kind, PolicyKind::ServiceControl | PolicyKind::ResourceControl);
    let version = if organization || dice.percent(85) {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    // More than a few statements are found through an index.
    let count = if dice.percent(8) {
        8 + dice.below(6)
    } else {
        1 + dice.below(2)
    };
    let mut statements: Vec<Value> = (0..count).map(|_| statement(dice, asked, kind)).collect();
    let limits = !matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
    if limits && dice.percent(30) {
        statements.insert(dice.below(count), allow_everything(kind));
    }
    json!({"Version": version, "Statement": statements})
}

/// Documents for every layer that bears on this request.
pub fn stack(dice: &mut Dice, asked: &Asked) -> Stack {
    let list = |dice: &mut Dice, kind, most: usize| {
        let count = dice.below(most + 1);
        (0..count)
            .map(|_| document(dice, asked, kind))
            .collect::<Vec<_>>()
    };
    let trust = asked.action.starts_with("sts:");
    let trust = dice.percent(if trust { 80 } else { 10 });
    let identity = list(dice, PolicyKind::Inline, 2);
    let boundary = dice
        .percent(30)
        .then(|| document(dice, asked, PolicyKind::Inline));
    let federated = matches!(asked.principal.kind, RequesterKind::FederatedUser { .. });
    let session = dice
        .percent(if federated { 75 } else { 40 })
        .then(|| list(dice, PolicyKind::Session, 2));
    let levels = if dice.percent(35) { 1 + dice.below(2) } else { 0 };
    let scps = (0..levels).map(|_| {
        let mut level = list(dice, PolicyKind::ServiceControl, 2);
        if dice.percent(50) {
            level.push(
                json!({"Version":"2012-10-17","Statement":[allow_everything(PolicyKind::ServiceControl)]}),
            );
        }
        level
    });
    let scps = scps.collect();
    let levels = if dice.percent(20) { 1 + dice.below(2) } else { 0 };
    let rcps = (0..levels)
        .map(|_| list(dice, PolicyKind::ResourceControl, 2))
        .collect();
    let resource = match (trust, dice.percent(75)) {
        (true, true) => Some(document(dice, asked, PolicyKind::Trust)),
        (false, true) => Some(document(dice, asked, PolicyKind::Resource)),
        (_, false) => None,
    };
    Stack {
        identity,
        boundary,
        session,
        scps,
        rcps,
        trust: trust && resource.is_some(),
        resource,
    }
}
