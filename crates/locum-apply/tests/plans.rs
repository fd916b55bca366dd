//! Files planned against a world that a table describes, and written again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod world;

use insta::assert_snapshot;
use locum_apply::{
    Account, AccountState, Caller, Described, Format, Inventory, Named, Numbers, Plan, PlanError, Principal,
    Protected, Source, export_account, order, plan_account, read, write,
};
use proptest::prelude::*;
use world::World;

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.into(),
        text: text.into(),
    }
}

fn describe(files: &[(&str, &str)]) -> Result<Described, String> {
    let sources: Vec<Source> = files.iter().map(|(name, text)| source(name, text)).collect();
    let beside = |from: &str, _: &str| Err(format!("nothing beside {from}"));
    read(&sources, &beside).map_err(|error| error.to_string())
}

fn account(yaml: &str) -> Account {
    describe(&[("a.yaml", yaml)]).unwrap().account.unwrap()
}

fn protected() -> Protected {
    Protected {
        principals: [Principal::User("root-of-all".into())].into(),
        access_role: "OrganizationAccountAccessRole".into(),
    }
}

fn plan(world: &mut World, described: &Account, prune: bool) -> Result<Plan, PlanError> {
    let caller = Caller {
        partition: "aws".into(),
        account: world::ACCOUNT.into(),
        principal: None,
    };
    let numbers = Numbers {
        own: world::ACCOUNT.into(),
        ..Numbers::default()
    };
    let described = numbers.fill_account(described)?;
    let inventory = Inventory::Of {
        described: &described,
        prune,
    };
    let state = AccountState::read(world, &caller, inventory).unwrap();
    plan_account("account", &described, &state, prune, &protected())
}

const TEAM: &str = "
account:
  policies:
    p: {path: /x/, description: d, document: {Version: 2012-10-17, Statement: []}, tags: {a: b}}
  groups:
    g: {policies: [p, aws:ReadOnlyAccess], inline: {i: {Statement: []}}}
  users:
    u: {path: /x/, groups: [g], boundary: p, tags: {team: core}, policies: [arn:aws:iam::aws:policy/X]}
  roles:
    a: {trust: {Statement: {Principal: {AWS: 'arn:aws:iam::${locum:account}:role/b'}}}, maxSessionDuration: 7200}
    b: {trust: '{\"Statement\": {\"Principal\": {\"AWS\": \"${locum:account}\"}}}', description: B, policies: [p]}
";

#[test]
fn what_is_new_is_made_in_the_order_of_dependency() {
    let plan = plan(&mut World::default(), &account(TEAM), false).unwrap();
    assert_snapshot!("created", plan.text());
    let requests: Vec<String> = plan
        .changes
        .iter()
        .flat_map(|change| &change.requests)
        .map(|request| format!("{} {}", request.action, request.parameters))
        .collect();
    assert_snapshot!("requests", requests.join("\n"));
}

#[test]
fn what_differs_is_changed_and_what_is_not_mentioned_stays() {
    let mut world = World::default();
    world.carry_out(&plan(&mut World::default(), &account(TEAM), false).unwrap());
    let changed = TEAM
        .replace(
            "Version: 2012-10-17, Statement: []",
            "Version: 2012-10-17, Statement: [{Effect: Deny}]",
        )
        .replace(
            "groups: [g], boundary: p, tags: {team: core}",
            "groups: [], boundary: none, tags: {team: data, x: y}",
        )
        .replace(
            "policies: [p, aws:ReadOnlyAccess], ",
            "policies: [aws:SecurityAudit], ",
        )
        .replace("maxSessionDuration: 7200", "description: A")
        .replace("    b: {trust", "    c: {trust");
    let plan = plan(&mut world, &account(&changed), false).unwrap();
    assert_snapshot!("changed", plan.text());
}

#[test]
fn nothing_is_removed_unless_asked_and_nothing_of_the_callers_at_all() {
    let mut world = World::default();
    world.carry_out(&plan(&mut World::default(), &account(TEAM), false).unwrap());
    world.add_user("root-of-all");
    let described = account("account: {users: {}, groups: {}, policies: {}}");
    assert!(plan(&mut world, &described, false).unwrap().is_empty());
    let removing = plan(&mut world, &described, true).unwrap();
    assert_snapshot!("removed", removing.text());
    world.carry_out(&removing);
    assert!(plan(&mut world, &described, true).unwrap().is_empty());
    // A section that is not described loses nothing.
    assert!(
        plan(&mut world, &account("account: {}"), true)
            .unwrap()
            .is_empty()
    );
}

/// A policy may deny, so taking it away may allow.
#[test]
fn a_surplus_policy_stays_with_those_whose_policies_are_not_described() {
    let before = "
account:
  policies: {p: {document: {Statement: [{Effect: Deny}]}}, b: {document: {}}}
  groups: {g: {policies: [p]}}
  users: {u: {policies: [p], boundary: b}}
  roles: {r: {trust: {}, policies: [p], boundary: b}}
";
    for (after, kept) in [
        (
            "policies: {}",
            vec![
                "policy b: user u has it as its boundary, which is not described",
                "policy p: group g has it, whose policies are not described",
            ],
        ),
        (
            "policies: {}, groups: {g: {policies: []}}, users: {u: {boundary: none}}, roles: {}",
            vec!["policy p: user u has it, whose policies are not described"],
        ),
        (
            "policies: {}, groups: {}, users: {u: {policies: []}}, roles: {r: {trust: {}, policies: []}}",
            vec!["policy b: user u has it as its boundary, which is not described"],
        ),
        (
            "policies: {}, groups: {}, users: {}, roles: {r: {trust: {}, policies: [], boundary: aws:X}}",
            vec![],
        ),
    ] {
        let mut world = World::default();
        world.carry_out(&plan(&mut World::default(), &account(before), false).unwrap());
        let after = account(&format!("account: {{{after}}}"));
        let pruned = plan(&mut world, &after, true).unwrap();
        assert_eq!(pruned.kept, kept);
        // The world refuses to remove what is held.
        world.carry_out(&pruned);
        assert!(plan(&mut world, &after, true).unwrap().is_empty());
    }
}

/// Its policies may deny as well.
#[test]
fn a_surplus_group_stays_with_those_whose_groups_are_not_described() {
    let before = "account: {groups: {g: {}, h: {}}, users: {u: {groups: [g]}, v: {groups: [g, h]}}}";
    let kept = |group, user| format!("group {group}: user {user} is in it, whose groups are not described");
    for (after, expected) in [
        ("groups: {}", vec![kept("g", "u"), kept("h", "v")]),
        (
            "groups: {}, users: {u: {}, v: {groups: []}}",
            vec![kept("g", "u")],
        ),
        ("groups: {}, users: {u: {groups: []}}", vec![]),
    ] {
        let mut world = World::default();
        world.carry_out(&plan(&mut World::default(), &account(before), false).unwrap());
        let after = account(&format!("account: {{{after}}}"));
        let pruned = plan(&mut world, &after, true).unwrap();
        assert_eq!(pruned.kept, expected);
        world.carry_out(&pruned);
        assert!(plan(&mut world, &after, true).unwrap().is_empty());
    }
}

#[test]
fn what_cannot_be_done_is_told_with_the_way_out() {
    let mut world = World::default();
    world.carry_out(&plan(&mut World::default(), &account(TEAM), false).unwrap());
    for (yaml, expected) in [
        (
            "account: {policies: {p: {path: /y/, document: {}}}}",
            "policy p: its path is \"/x/\" and cannot be changed to \"/y/\"; remove it first, or give it another name",
        ),
        (
            "account: {users: {u: {policies: [ReadOnlyAccess]}}}",
            "user u: there is no policy `ReadOnlyAccess` in the account; describe it, or write aws:ReadOnlyAccess if it is one \
             of AWS's",
        ),
        (
            "account: {roles: {r: {trust: {AWS: '${locum:acount}'}}}}",
            "role r: ${locum:acount} stands for nothing here; write ${locum:account} for this account's number or \
             ${locum:account/<name>} for that of an account of the organization, by its number if others have its name",
        ),
    ] {
        let error = plan(&mut world, &account(yaml), false).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn accounts_wait_for_those_whose_roles_they_trust() {
    let trust = |of: &str| {
        format!(
            "{{roles: {{r: {{trust: {{Statement: {{Principal: {{AWS: 'arn:aws:iam::{of}:role/x'}}}}}}}}}}}}"
        )
    };
    let yaml = format!(
        "account: {}\naccounts: {{a: {}, b: {}, c: {{}}}}",
        trust("${locum:account/a}"),
        trust("${locum:account/b}"),
        trust("${locum:account/c}")
    );
    let described = describe(&[("a.yaml", &yaml)]).unwrap();
    let found = order(&described, world::ACCOUNT, &Named::new());
    let found: Vec<(Option<&str>, Vec<Option<&str>>)> = found
        .iter()
        .map(|turn| {
            (
                turn.key.as_deref(),
                turn.waits.iter().map(Option::as_deref).collect(),
            )
        })
        .collect();
    let expected = [
        (Some("c"), vec![]),
        (Some("b"), vec![Some("c")]),
        (Some("a"), vec![Some("b")]),
        (None, vec![Some("a")]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_placeholder_is_tried_but_never_stored() {
    let described = account("account: {users: {u: {tags: {a: '${locum:account/new}'}}}}");
    let mut plan = plan(&mut World::default(), &described, false).unwrap();
    assert!(plan.transaction(true).is_ok());
    let refused = plan.transaction(false).unwrap_err().to_string();
    assert!(
        refused.contains("${locum:account/new} stands for nothing"),
        "{refused}"
    );
    let shown = plan.text();
    plan.number(&[("new".to_owned(), "444455556666".to_owned())].into());
    assert_eq!(plan.text(), shown);
    let sent = plan.transaction(false).unwrap();
    assert_eq!(
        sent["Requests"][0]["Parameters"]["Tags"][0]["Value"],
        "444455556666"
    );
}

/// Whoever the old trust policy names must not have the new permissions, also if the transaction in between is refused.
#[test]
fn what_is_there_changes_in_one_transaction_however_many_there_are() {
    let before = "
account:
  policies: {p: {document: {Statement: []}}, q: {document: {Statement: []}}}
  roles:
    deploy: {trust: {Statement: {Principal: {AWS: '333333333333'}}}, boundary: p, policies: [q, aws:ReadOnlyAccess]}
";
    let after = "
account:
  policies: {p: {document: {Statement: [{Effect: Allow}]}}, new: {document: {}}}
  users: {u: {boundary: new, policies: [p]}}
  roles:
    made: {trust: {Statement: {Principal: {AWS: '444444444444'}}}, boundary: new, policies: [p]}
    deploy:
      trust: {Statement: {Principal: {AWS: 'arn:aws:iam::222222222222:role/ci'}}}
      boundary: none
      policies: [p, aws:AdministratorAccess]
";
    let mut world = World::default();
    let (before, after) = (account(before), account(after));
    world.carry_out(&plan(&mut World::default(), &before, false).unwrap());
    let whole = plan(&mut world, &after, true).unwrap();
    let of_other = |principal: &str| principal.starts_with("arn:aws:iam::222222222222:");
    let halves = whole.halves(&of_other).unwrap();
    world.carry_out(&halves.first);
    assert!(plan(&mut world, &before, false).unwrap().is_empty());
    assert_snapshot!("halves", halves.first.text() + &halves.rest.text());
    let sent = halves.first.transaction(false).unwrap();
    let trust = &sent["Requests"][2]["Parameters"]["AssumeRolePolicyDocument"];
    assert!(trust.as_str().unwrap().contains(r#""Effect":"Deny""#), "{sent}");
    world.carry_out(&halves.rest);
    assert!(plan(&mut world, &after, true).unwrap().is_empty());
    // Nothing waits for those who are there.
    assert!(whole.halves(&|_| false).is_none());
}

fn names() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a",
        "b",
        "c",
        "no",
        "null",
        "none",
        "0x10",
        "1e3",
        "007",
        ".inf",
        "-",
        "=",
        "@",
        "2026-11-23",
    ])
    .prop_map(str::to_owned)
}

/// Texts of which a reader may make something else.
fn texts() -> impl Strategy<Value = String> {
    let words = vec![
        "~",
        "null",
        "yes",
        "0o17",
        "1_0",
        "a: b",
        "a #b",
        "- a",
        "'",
        "\"",
        "<<",
        "|",
        "%a",
        "&a",
        "*a",
        "\\",
        "${aws:username}",
    ];
    prop_oneof![
        prop::sample::select(words).prop_map(str::to_owned),
        "([ -~]|\\PC|\u{85}|\u{2028}|\u{feff}|\n|\t){1,5}",
        Just("long ".repeat(300)),
    ]
}

/// Documents that are easily read as something else.
fn documents() -> impl Strategy<Value = serde_json::Value> {
    let text = prop::sample::select(vec![
        "*",
        "no",
        "2012-10-17",
        "x: y",
        "#",
        "${aws:username}",
        "é\n",
        "",
        " ",
        "012",
    ]);
    (text, any::<bool>(), 0..100_u32).prop_map(|(text, flag, number)| {
        serde_json::json!({"Statement": [{"Sid": text, "n": number, "b": flag, "l": [text, [text]], "e": {}}]})
    })
}

prop_compose! {
    fn accounts()(
        policies in prop::collection::btree_map(names(), documents(), 0..4),
        users in prop::collection::btree_map(names(), (documents(), prop::collection::btree_map(names(), "([ -~]|\\PC|\u{85}|\u{2028}|\u{feff}|\n|\t){0,5}", 0..3)), 0..4),
        roles in prop::collection::btree_map(names(), (documents(), 3600..43200_u32, texts()), 0..4),
        groups in prop::collection::btree_set(names(), 0..4),
    ) -> serde_json::Value {
        let attached: Vec<_> = policies.keys().cloned().collect();
        serde_json::json!({
            "policies": policies.iter().map(|(n, d)| (n.clone(), serde_json::json!({"document": d, "path": format!("/{n}/"), "description": format!("{n}: #\u{e9} ~")}))).collect::<serde_json::Map<_, _>>(),
            "groups": groups.iter().map(|n| (n.clone(), serde_json::json!({"policies": attached}))).collect::<serde_json::Map<_, _>>(),
            "users": users.iter().map(|(n, (d, t))| (n.clone(), serde_json::json!({"inline": {"i": d}, "tags": t, "groups": groups}))).collect::<serde_json::Map<_, _>>(),
            "roles": roles.iter().map(|(n, (d, s, t))| (n.clone(), serde_json::json!({"trust": d, "maxSessionDuration": s, "policies": attached, "description": t}))).collect::<serde_json::Map<_, _>>(),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(96)
    })]

    /// From anything to anything: once applied there is nothing to do, with and without pruning, and what is exported in any
    /// format is what was described.
    #[test]
    fn what_was_applied_is_as_described(before in accounts(), after in accounts()) {
        let read_json = |value: &serde_json::Value| {
            describe(&[("a.json", &serde_json::json!({"account": value}).to_string())]).unwrap().account.unwrap()
        };
        let (before, after) = (read_json(&before), read_json(&after));
        let mut world = World::default();
        for (described, prune) in [(&before, false), (&after, true), (&before, true)] {
            let change = plan(&mut world, described, prune).unwrap();
            world.carry_out(&change);
            prop_assert!(plan(&mut world, described, prune).unwrap().is_empty());
            prop_assert!(plan(&mut world, described, false).unwrap().is_empty());
        }
        let caller = Caller { partition: "aws".into(), account: world::ACCOUNT.into(), principal: None };
        let state = AccountState::read(&mut world, &caller, Inventory::Everything).unwrap();
        let exported = export_account(&state, "OrganizationAccountAccessRole");
        for (format, name) in [(Format::Yaml, "e.yaml"), (Format::Json, "e.json"), (Format::Toml, "e.toml")] {
            let text = write(&exported, format).unwrap();
            let again = describe(&[(name, &text)]).unwrap();
            prop_assert_eq!(&again, &exported, "{}", text);
            let described = again.account.unwrap_or_default();
            prop_assert!(plan(&mut world, &described, false).unwrap().is_empty());
            let mut other = World::default();
            let whole = plan(&mut other, &described, false).unwrap();
            other.carry_out(&whole);
            let state = AccountState::read(&mut other, &caller, Inventory::Everything).unwrap();
            prop_assert_eq!(&export_account(&state, "OrganizationAccountAccessRole"), &exported);
        }
    }
}
