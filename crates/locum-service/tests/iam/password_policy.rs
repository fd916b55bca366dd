use super::{
    login_profiles::{FIRST, NOT_ALLOWED, SECOND, VIOLATION},
    texts::{DENIED, NO_SUCH_ENTITY},
};
use crate::harness::{Parameters, World};

const MISSING: &str = "The Password Policy with domain name 111122223333 cannot be found.";

fn demand(world: &World, parameters: &Parameters<'_>) {
    world.admin("UpdateAccountPasswordPolicy", parameters).ok();
}

#[test]
fn a_policy_is_put_shown_replaced_and_removed() {
    let world = World::new();
    world.refuses(&[
        ("GetAccountPasswordPolicy", &[], NO_SUCH_ENTITY, MISSING),
        (
            "DeleteAccountPasswordPolicy",
            &[],
            NO_SUCH_ENTITY,
            "The account policy with name PasswordPolicy cannot be found.",
        ),
    ]);
    demand(&world, &[]);
    let shown = world.admin("GetAccountPasswordPolicy", &[]).ok();
    for (element, value) in [
        ("MinimumPasswordLength", "6"),
        ("RequireSymbols", "false"),
        ("RequireNumbers", "false"),
        ("RequireUppercaseCharacters", "false"),
        ("RequireLowercaseCharacters", "false"),
        ("AllowUsersToChangePassword", "false"),
        ("ExpirePasswords", "false"),
    ] {
        assert_eq!(shown.text(element), value, "{element}");
    }
    for element in ["MaxPasswordAge", "PasswordReusePrevention", "HardExpiry"] {
        assert_eq!(shown.find(element), None, "{element}");
    }
    let all = [
        ("MinimumPasswordLength", "14"),
        ("RequireSymbols", "true"),
        ("RequireNumbers", "true"),
        ("RequireUppercaseCharacters", "true"),
        ("RequireLowercaseCharacters", "true"),
        ("AllowUsersToChangePassword", "true"),
        ("MaxPasswordAge", "90"),
        ("PasswordReusePrevention", "24"),
        ("HardExpiry", "true"),
    ];
    demand(&world, &all);
    let shown = world.admin("GetAccountPasswordPolicy", &[]).ok();
    for (element, value) in all {
        assert_eq!(shown.text(element), value, "{element}");
    }
    assert_eq!(shown.text("ExpirePasswords"), "true");
    // There are no partial updates.
    demand(&world, &[("MaxPasswordAge", "1")]);
    let shown = world.admin("GetAccountPasswordPolicy", &[]).ok();
    assert_eq!(
        (shown.text("MinimumPasswordLength"), shown.find("HardExpiry")),
        ("6".to_owned(), None)
    );
    let other = world.other_account("444455556666");
    assert_eq!(world.iam(&other, "GetAccountPasswordPolicy", &[]).status, 404);
    world.admin("DeleteAccountPasswordPolicy", &[]).ok();
    assert_eq!(world.admin("GetAccountPasswordPolicy", &[]).status, 404);
}

#[test]
fn values_out_of_range_are_refused() {
    let world = World::new();
    for (name, value, text) in [
        ("MinimumPasswordLength", "5", "greater than or equal to 6"),
        ("MinimumPasswordLength", "129", "less than or equal to 128"),
        ("MaxPasswordAge", "0", "greater than or equal to 1"),
        ("MaxPasswordAge", "1096", "less than or equal to 1095"),
        ("PasswordReusePrevention", "0", "greater than or equal to 1"),
        ("PasswordReusePrevention", "25", "less than or equal to 24"),
    ] {
        let answer = world.admin("UpdateAccountPasswordPolicy", &[(name, value)]);
        assert_eq!(answer.text("Code"), "ValidationError", "{name} {value}");
        assert!(answer.text("Message").contains(text), "{}", answer.body);
    }
}

/// A password is tried as the first one and as another one.
#[track_caller]
fn accepts(world: &World, password: &str, accepted: bool) {
    let given = world.give_password("given", password);
    let set = world.set_password("alice", password);
    for answer in [given, set] {
        if accepted {
            answer.ok();
        } else {
            answer.fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
        }
    }
    if accepted {
        world.admin("DeleteLoginProfile", &[("UserName", "given")]).ok();
    }
}

#[test]
fn the_default_policy_wants_eight_characters_of_three_kinds() {
    let world = World::new();
    world.user_with_password("alice", FIRST);
    world.admin("CreateUser", &[("UserName", "given")]).ok();
    let snapshot = world.snapshot();
    let account = snapshot.account(world.account).unwrap();
    let (name, email) = (account.name.to_string(), account.email.to_uppercase());
    for (password, accepted) in [
        ("Abcdef1!", true),
        ("Abcdefg1", true),
        ("abcdef1!", true),
        ("ABCDEF1!", true),
        ("Abcdefg!", true),
        ("Abcdef1", false),
        ("abcdefgh1", false),
        ("ABCDEFGH1", false),
        ("Abcdefgh", false),
        ("12345678!", false),
        ("        ", false),
        // Neither letters beyond A to Z nor spaces are of any kind.
        ("éàÉÀéà1!", false),
        ("Äbcdefgh1", false),
        ("Ab1\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", true),
        (name.as_str(), false),
        (email.as_str(), false),
    ] {
        accepts(&world, password, accepted);
    }
}

#[test]
fn a_policy_of_the_account_replaces_the_default_one() {
    let cases: [(&Parameters<'_>, &str, &str); 7] = [
        (&[], "abcdef", "abcde"),
        (
            &[("MinimumPasswordLength", "10")],
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
            "abcdefghi",
        ),
        (&[("RequireSymbols", "true")], "abcde|", "abcde~"),
        (&[("RequireNumbers", "true")], "abcde1", "abcde\u{b2}"),
        (&[("RequireUppercaseCharacters", "true")], "abcdeF", "abcde\u{c9}"),
        (&[("RequireLowercaseCharacters", "true")], "ABCDEf", "ABCDE\u{e9}"),
        (
            &[
                ("RequireSymbols", "true"),
                ("RequireNumbers", "true"),
                ("RequireUppercaseCharacters", "true"),
                ("RequireLowercaseCharacters", "true"),
            ],
            "aB3$ef",
            "aB3def",
        ),
    ];
    for (parameters, good, bad) in cases {
        let world = World::new();
        world.user_with_password("alice", FIRST);
        world.admin("CreateUser", &[("UserName", "given")]).ok();
        demand(&world, parameters);
        accepts(&world, good, true);
        accepts(&world, bad, false);
    }
    for symbol in "!@#$%^&*()_+-=[]{}|'".chars() {
        let world = World::new();
        world.admin("CreateUser", &[("UserName", "a")]).ok();
        demand(&world, &[("RequireSymbols", "true")]);
        world.give_password("a", &format!("abcde{symbol}")).ok();
    }
}

#[test]
fn the_last_passwords_cannot_be_used_again() {
    let world = World::new();
    let alice = world.user_with_password("alice", "passworD-00");
    let password = |n: usize| format!("passworD-{n:02}");
    // Without a policy they can.
    world.set_password("alice", &password(0)).ok();
    for n in 1..=30 {
        world.change_password(&alice, &password(n - 1), &password(n)).ok();
    }
    assert_eq!(world.profile("alice").previous.len(), 23);
    demand(&world, &[("PasswordReusePrevention", "24")]);
    for n in 7..=30 {
        let answer = world.set_password("alice", &password(n));
        answer.fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
        let answer = world.change_password(&alice, &password(30), &password(n));
        answer.fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
    }
    demand(&world, &[("PasswordReusePrevention", "1")]);
    world
        .change_password(&alice, &password(30), &password(30))
        .fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
    world.change_password(&alice, &password(30), &password(29)).ok();
    demand(&world, &[("PasswordReusePrevention", "24")]);
    world.change_password(&alice, &password(29), &password(6)).ok();
}

#[test]
fn an_account_can_let_its_users_change_their_password() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let bob = world.user(
        &world.root,
        "bob",
        Some(r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ChangePassword","Resource":"*"}}"#),
    );
    world.give_password("alice", FIRST).ok();
    world.give_password("bob", FIRST).ok();
    demand(&world, &[]);
    let denied = |answer: crate::harness::Answer| {
        assert_eq!(
            (answer.status, answer.text("Code")),
            (DENIED.0, DENIED.1.to_owned())
        );
    };
    denied(world.change_password(&alice, FIRST, SECOND));
    denied(world.iam(&alice, "GetAccountPasswordPolicy", &[]));
    demand(&world, &[("AllowUsersToChangePassword", "true")]);
    world.change_password(&alice, FIRST, SECOND).ok();
    world.iam(&alice, "GetAccountPasswordPolicy", &[]).ok();
    // That, and nothing else.
    for action in [
        "GetLoginProfile",
        "DeleteAccountPasswordPolicy",
        "GetUser",
        "DeleteLoginProfile",
    ] {
        denied(world.iam(&alice, action, &[]));
    }
    denied(world.iam(
        &alice,
        "UpdateLoginProfile",
        &[("UserName", "alice"), ("Password", FIRST)],
    ));
    denied(world.change_password(&bob, FIRST, SECOND));
    // A boundary that does not allow it still bounds.
    let boundary = world.policy("bounds", super::texts::READ_NOTES);
    let parameters = [("UserName", "alice"), ("PermissionsBoundary", boundary.as_str())];
    world.admin("PutUserPermissionsBoundary", &parameters).ok();
    denied(world.change_password(&alice, SECOND, FIRST));
    // What another account lets its users do does not matter.
    let other = world.other_account("444455556666");
    let stranger = world.user(&other, "alice", None);
    denied(world.iam(&stranger, "GetAccountPasswordPolicy", &[]));
}
