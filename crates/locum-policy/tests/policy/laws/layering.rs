//! Equalities between layers (`facts: policy §2.2`).

use locum_policy::RequesterKind;
use serde_json::{Value, json};

use super::{allow_all, documents, each_case, is_allowed, outcome};
use crate::{
    generator::{Asked, callers},
    naive::Stack,
    world::{HERE, THERE, role_id},
};

/// The request by each caller that the law is about.
fn by(asked: &Asked, who: impl Fn(&RequesterKind<'_>) -> bool) -> Vec<Asked> {
    let callers = callers().into_iter().filter(|caller| who(&caller.kind));
    callers
        .map(|principal| Asked {
            principal,
            ..asked.clone()
        })
        .collect()
}

fn is_session(kind: &RequesterKind<'_>) -> bool {
    matches!(
        kind,
        RequesterKind::RoleSession {
            service_linked: false,
            ..
        }
    )
}

fn rewritten(stack: &Stack, rewrite: impl Fn(&str) -> String) -> Stack {
    let mut stack = stack.clone();
    for document in documents(&mut stack) {
        *document = serde_json::from_str(&rewrite(&document.to_string())).unwrap();
    }
    stack
}

#[test]
fn a_session_that_allows_all_is_none() {
    each_case(|_, asked, stack| {
        for asked in by(asked, |kind| {
            matches!(
                kind,
                RequesterKind::RoleSession { .. } | RequesterKind::User { .. }
            )
        }) {
            let none = Stack {
                session: None,
                ..stack.clone()
            };
            let all = Stack {
                session: Some(vec![allow_all()]),
                ..stack.clone()
            };
            assert_eq!(
                outcome(&asked, &none),
                outcome(&asked, &all),
                "{asked:?} {stack:#?}"
            );
        }
    });
}

#[test]
fn without_limits_a_role_is_its_session() {
    let mut named = 0;
    each_case(|_, asked, stack| {
        let role = role_id().to_string();
        let text = stack.resource.as_ref().map(Value::to_string).unwrap_or_default();
        if text.contains("NotPrincipal") {
            return;
        }
        named += usize::from(text.contains(&role));
        let mut by_role = Stack {
            boundary: None,
            session: None,
            ..stack.clone()
        };
        by_role = rewritten(&by_role, |text| {
            text.replace("role/team/deploy", "role/team/gone")
        });
        let quoted = |name: &str| format!("\"{name}\"");
        let session = quoted(&format!("{role}:ci"));
        let by_session = rewritten(&by_role, |text| text.replace(&quoted(&role), &session));
        for asked in by(asked, is_session) {
            assert_eq!(
                outcome(&asked, &by_role),
                outcome(&asked, &by_session),
                "{asked:?} {by_role:#?}"
            );
        }
    });
    assert!(named > 20, "{named}");
}

#[test]
fn across_accounts_the_resource_decides() {
    let mut allowed = 0;
    each_case(|_, asked, stack| {
        let text = stack.resource.as_ref().map(Value::to_string).unwrap_or_default();
        // The account's grant says nothing in the account itself.
        if text.contains("\"111111111111\"") || text.contains(":root\"") {
            return;
        }
        let open = Stack {
            identity: vec![allow_all()],
            boundary: None,
            session: Some(vec![allow_all()]),
            ..stack.clone()
        };
        let alone = Stack {
            identity: Vec::new(),
            ..open.clone()
        };
        // The root user needs no identity policy.
        let insiders = |kind: &RequesterKind<'_>| {
            matches!(
                kind,
                RequesterKind::User { .. } | RequesterKind::RoleSession { .. }
            )
        };
        for asked in by(asked, insiders) {
            let across = is_allowed(
                &Asked {
                    owner: THERE,
                    ..asked.clone()
                },
                &open,
            );
            let within = is_allowed(
                &Asked {
                    owner: HERE,
                    ..asked.clone()
                },
                &alone,
            );
            assert_eq!(across, within, "{asked:?} {stack:#?}");
            allowed += usize::from(across);
        }
    });
    assert!(allowed > 50, "{allowed}");
}

#[test]
fn levels_commute() {
    each_case(|_, asked, stack| {
        let mut turned = stack.clone();
        turned.scps.reverse();
        turned.rcps.reverse();
        assert_eq!(
            outcome(asked, stack),
            outcome(asked, &turned),
            "{asked:?} {stack:#?}"
        );
    });
}

#[test]
fn policies_of_a_level_are_one() {
    let mut joined = 0;
    each_case(|_, asked, stack| {
        let mut merged = stack.clone();
        for level in merged.scps.iter_mut().chain(&mut merged.rcps) {
            if level.len() < 2 {
                continue;
            }
            let statements: Vec<Value> = level
                .iter()
                .flat_map(|d| d["Statement"].as_array().unwrap().clone())
                .collect();
            *level = vec![json!({"Version":"2012-10-17","Statement":statements})];
            joined += 1;
        }
        assert_eq!(
            outcome(asked, stack),
            outcome(asked, &merged),
            "{asked:?} {stack:#?}"
        );
    });
    assert!(joined > 50, "{joined}");
}

#[test]
fn root_has_no_identity_policies() {
    each_case(|_, asked, stack| {
        let roots: Vec<Asked> = by(asked, |kind| matches!(kind, RequesterKind::Root));
        let bare = Stack {
            identity: Vec::new(),
            ..stack.clone()
        };
        for asked in roots {
            assert_eq!(
                outcome(&asked, stack),
                outcome(&asked, &bare),
                "{asked:?} {stack:#?}"
            );
        }
    });
}

#[test]
fn service_linked_roles_have_no_limits() {
    each_case(|_, asked, stack| {
        let free = Stack {
            boundary: None,
            scps: Vec::new(),
            rcps: Vec::new(),
            ..stack.clone()
        };
        for asked in by(asked, |kind| {
            matches!(
                kind,
                RequesterKind::RoleSession {
                    service_linked: true,
                    ..
                }
            )
        }) {
            assert_eq!(
                outcome(&asked, stack),
                outcome(&asked, &free),
                "{asked:?} {stack:#?}"
            );
        }
    });
}

#[test]
fn an_account_is_its_root() {
    let mut named = 0;
    each_case(|_, asked, stack| {
        let by_number = rewritten(stack, |text| {
            let text = text.replace("\"arn:aws:iam::111111111111:root\"", "\"111111111111\"");
            text.replace("\"arn:aws:iam::222222222222:root\"", "\"222222222222\"")
        });
        let by_arn = rewritten(stack, |text| {
            text.replace("\"111111111111\"", "\"arn:aws:iam::111111111111:root\"")
        });
        named += usize::from(format!("{by_number:?}") != format!("{by_arn:?}"));
        let expected = outcome(asked, stack);
        assert_eq!(outcome(asked, &by_number), expected, "{asked:?} {stack:#?}");
        assert_eq!(outcome(asked, &by_arn), expected, "{asked:?} {stack:#?}");
    });
    assert!(named > 50, "{named}");
}
