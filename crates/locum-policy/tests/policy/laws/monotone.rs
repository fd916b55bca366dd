//! More denials and limits never allow, more permissions never revoke.

use locum_policy::{Policy, PolicyKind, RequesterKind};
use serde_json::{Value, json};

use super::{each_case, is_allowed, statements};
use crate::{
    dice::Dice,
    generator::{self, Asked},
    naive::Stack,
};

/// A valid document in which every statement has this effect.
fn all(dice: &mut Dice, asked: &Asked, kind: PolicyKind, effect: &str) -> Value {
    loop {
        let mut document = generator::document(dice, asked, kind);
        for statement in statements(&mut document) {
            statement["Effect"] = json!(effect);
        }
        if Policy::compile(&document.to_string(), kind).is_ok() {
            return document;
        }
    }
}

fn valid(dice: &mut Dice, asked: &Asked, kind: PolicyKind) -> Value {
    loop {
        let document = generator::document(dice, asked, kind);
        if Policy::compile(&document.to_string(), kind).is_ok() {
            return document;
        }
    }
}

/// The statements of one document added to another of its version.
fn join(document: &mut Value, more: &Value) {
    if document["Version"] == more["Version"] {
        statements(document).extend(more["Statement"].as_array().unwrap().iter().cloned());
    }
}

/// The stack with something done to one layer after another.
fn each_layer(stack: &Stack, edits: &[&dyn Fn(&mut Stack)], mut show: impl FnMut(Stack)) {
    for edit in edits {
        let mut copy = stack.clone();
        edit(&mut copy);
        show(copy);
    }
}

fn is_federated(asked: &Asked) -> bool {
    matches!(asked.principal.kind, RequesterKind::FederatedUser { .. })
}

#[test]
fn more_denials_never_allow() {
    let mut denied = 0;
    each_case(|dice, asked, stack| {
        let before = is_allowed(asked, stack);
        let own = all(dice, asked, PolicyKind::Inline, "Deny");
        let scp = all(dice, asked, PolicyKind::ServiceControl, "Deny");
        let rcp = valid(dice, asked, PolicyKind::ResourceControl);
        let on = if stack.trust {
            PolicyKind::Trust
        } else {
            PolicyKind::Resource
        };
        let on = all(dice, asked, on, "Deny");
        each_layer(
            stack,
            &[
                &|s| s.identity.push(own.clone()),
                &|s| s.boundary.iter_mut().for_each(|b| join(b, &own)),
                &|s| s.session.iter_mut().for_each(|list| list.push(own.clone())),
                &|s| s.scps.iter_mut().for_each(|level| level.push(scp.clone())),
                &|s| s.rcps.iter_mut().for_each(|level| level.push(rcp.clone())),
                &|s| s.resource.iter_mut().for_each(|r| join(r, &on)),
            ],
            |more| {
                let after = is_allowed(asked, &more);
                assert!(before || !after, "{asked:?} {more:#?}");
                denied += usize::from(before && !after);
            },
        );
    });
    assert!(denied > 100, "{denied}");
}

#[test]
fn more_permissions_never_revoke() {
    let mut allowed = 0;
    each_case(|dice, asked, stack| {
        let before = is_allowed(asked, stack);
        let own = all(dice, asked, PolicyKind::Inline, "Allow");
        let scp = all(dice, asked, PolicyKind::ServiceControl, "Allow");
        let on = if stack.trust {
            PolicyKind::Trust
        } else {
            PolicyKind::Resource
        };
        let on = all(dice, asked, on, "Allow");
        each_layer(
            stack,
            &[
                &|s| s.identity.push(own.clone()),
                &|s| s.boundary.iter_mut().for_each(|b| join(b, &own)),
                &|s| s.session.iter_mut().for_each(|list| list.push(own.clone())),
                &|s| s.scps.iter_mut().for_each(|level| level.push(scp.clone())),
                &|s| s.resource.iter_mut().for_each(|r| join(r, &on)),
            ],
            |more| {
                let after = is_allowed(asked, &more);
                assert!(!before || after, "{asked:?} {more:#?}");
                allowed += usize::from(!before && after);
            },
        );
    });
    assert!(allowed > 30, "{allowed}");
}

#[test]
fn fewer_limits_never_revoke() {
    let mut allowed = 0;
    each_case(|dice, asked, stack| {
        let before = is_allowed(asked, stack);
        let at = dice.below(2);
        each_layer(
            stack,
            &[
                &|s| s.boundary = None,
                // A federated user has nothing but what was passed.
                &|s| s.session = s.session.take().filter(|_| is_federated(asked)),
                &|s| s.scps.clear(),
                &|s| s.scps.truncate(at),
                &|s| s.rcps.clear(),
                &|s| s.rcps.truncate(at),
            ],
            |fewer| {
                let after = is_allowed(asked, &fewer);
                assert!(!before || after, "{asked:?} {fewer:#?}");
                allowed += usize::from(!before && after);
            },
        );
    });
    assert!(allowed > 30, "{allowed}");
}

#[test]
fn more_limits_never_allow() {
    let mut refused = 0;
    each_case(|dice, asked, stack| {
        let before = is_allowed(asked, stack);
        let own = valid(dice, asked, PolicyKind::Inline);
        let scp = valid(dice, asked, PolicyKind::ServiceControl);
        let rcp = valid(dice, asked, PolicyKind::ResourceControl);
        each_layer(
            stack,
            &[
                &|s| s.boundary = s.boundary.take().or_else(|| Some(own.clone())),
                &|s| {
                    if s.session.is_none() && !is_federated(asked) {
                        s.session = Some(vec![own.clone()]);
                    }
                },
                &|s| s.scps.push(vec![scp.clone()]),
                &|s| s.scps.insert(0, Vec::new()),
                &|s| s.rcps.push(vec![rcp.clone()]),
            ],
            |more| {
                let after = is_allowed(asked, &more);
                assert!(before || !after, "{asked:?} {more:#?}");
                refused += usize::from(before && !after);
            },
        );
    });
    assert!(refused > 100, "{refused}");
}
