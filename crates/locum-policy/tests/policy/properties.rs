//! What holds whatever the documents are (`facts: policy §7`).

use locum_policy::{
    Context, Layers, Policy, PolicyKind, Request, Source, decide, resolve_principals, restore_principals,
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    agreement::{cases, context, document},
    generator::{ACTIONS, RESOURCES},
    world::{HERE, account, alice, allow_all, deny_all, name},
};

fn ask(
    policies: &[&Policy],
    boundary: Option<&Policy>,
    action: &str,
    resource: &str,
    context: &Context<'_>,
) -> &'static str {
    let identity: Vec<Source<'_>> = policies.iter().map(|p| Source::new(p, "")).collect();
    let request = Request {
        principal: alice(),
        action,
        resource,
        resource_account: account(HERE),
        context,
    };
    let layers = Layers {
        identity: &identity,
        boundary: boundary.map(|b| Source::new(b, "")),
        ..Layers::default()
    };
    name(&decide(&request, &layers))
}

fn statements(document: &Value) -> Vec<Value> {
    document["Statement"].as_array().unwrap().clone()
}

fn with(document: &Value, statements: Vec<Value>) -> Value {
    json!({"Version": document["Version"], "Statement": statements})
}

/// One statement for each action, and every scalar as a list of one.
fn split(statement: &Value) -> Vec<Value> {
    let Some(Value::Array(actions)) = statement.get("Action") else {
        return vec![statement.clone()];
    };
    let one = |action: &Value| {
        let mut copy = statement.clone();
        copy["Action"] = json!([action]);
        copy["Sid"] = json!("");
        copy
    };
    actions.iter().map(one).collect()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn what_means_the_same_decides_the_same(
        document in document(PolicyKind::Inline),
        action in select(ACTIONS.to_vec()),
        resource in select(RESOURCES.to_vec()),
        mut context in context(),
    ) {
        let Ok(policy) = Policy::compile(&document.to_string(), PolicyKind::Inline) else { return Ok(()) };
        let expected = ask(&[&policy], None, action, resource, &context);
        let all = statements(&document);
        let variants = [
            with(&document, all.iter().rev().cloned().collect()),
            with(&document, [all.clone(), all.clone(), all.clone()].concat()),
            with(&document, all.iter().flat_map(split).collect()),
        ];
        for variant in &variants {
            let text = serde_json::to_string_pretty(variant).unwrap();
            let policy = Policy::compile(&text, PolicyKind::Inline).unwrap();
            prop_assert_eq!(ask(&[&policy], None, action, resource, &context), expected, "{}", text);
        }
        let parts: Vec<Policy> = all
            .iter()
            .map(|s| Policy::compile(&with(&document, vec![s.clone()]).to_string(), PolicyKind::Inline).unwrap())
            .collect();
        let parts: Vec<&Policy> = parts.iter().collect();
        prop_assert_eq!(ask(&parts, None, action, resource, &context), expected);
        prop_assert_eq!(ask(&[&policy], None, &action.to_uppercase(), resource, &context), expected);
        // One account, no resource policy: everything within a boundary is the boundary, and the other way round.
        let everything = allow_all();
        prop_assert_eq!(ask(&[&policy], Some(&everything), action, resource, &context), expected);
        prop_assert_eq!(ask(&[&everything], Some(&policy), action, resource, &context), expected);
        context.set("nobody:reads", "this");
        prop_assert_eq!(ask(&[&policy], None, action, resource, &context), expected);
    }

    #[test]
    fn more_denies_never_allow_and_limits_never_grant(
        first in document(PolicyKind::Inline),
        second in document(PolicyKind::Inline),
        action in select(ACTIONS.to_vec()),
        resource in select(RESOURCES.to_vec()),
        context in context(),
    ) {
        let compile = |document: &Value| Policy::compile(&document.to_string(), PolicyKind::Inline).ok();
        let denying: Vec<Value> = statements(&second)
            .into_iter()
            .map(|mut s| { s["Effect"] = json!("Deny"); s })
            .collect();
        let (Some(policy), Some(other), Some(deny)) = (compile(&first), compile(&second), compile(&with(&second, denying)))
        else { return Ok(()) };
        let before = ask(&[&policy], None, action, resource, &context);
        let denied = ask(&[&policy, &deny], None, action, resource, &context);
        let bounded = ask(&[&policy], Some(&other), action, resource, &context);
        if before != "allow" {
            prop_assert_ne!(denied, "allow");
            prop_assert_ne!(bounded, "allow");
        }
        // A statement as a Deny matches wherever it does as an Allow.
        if ask(&[&other], None, action, resource, &context) == "allow" {
            prop_assert_eq!(denied, "explicit");
        }
        prop_assert_eq!(ask(&[&policy, &deny_all()], None, action, resource, &context), "explicit");
    }

    #[test]
    fn no_text_is_too_odd(
        document in document(PolicyKind::Trust),
        cut in any::<prop::sample::Index>(),
        byte in any::<char>(),
        noise in ".{0,40}",
    ) {
        let text = document.to_string();
        let cut = text.floor_char_boundary(cut.index(text.len()));
        let (head, tail) = text.split_at(cut);
        for text in [text.clone(), head.to_owned(), format!("{head}{byte}{tail}"), format!("{head}{noise}"), noise.clone()] {
            for kind in [
                PolicyKind::Managed,
                PolicyKind::Inline,
                PolicyKind::Trust,
                PolicyKind::Session,
                PolicyKind::Resource,
                PolicyKind::ServiceControl,
                PolicyKind::ResourceControl,
            ] {
                match Policy::compile(&text, kind) {
                    // What we accept every JSON parser accepts, and reads the same document from.
                    Ok(policy) => {
                        prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
                        prop_assert_eq!(policy.document(), &text);
                    }
                    Err(error) => {
                        prop_assert!(!error.message.is_empty());
                        let _ = error.line_and_column(&text);
                    }
                }
            }
            prop_assert_eq!(restore_principals(&text, &mut |_| None), text.clone());
            let _ = resolve_principals(&text, &mut |_| None);
        }
    }
}
