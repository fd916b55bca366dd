//! `aws:MultiFactorAuthPresent` and `aws:MultiFactorAuthAge` in trust and identity policies (`facts: sts §4.3`).

use super::phone::{ALLOW_ALL, Phone, TRUST_ACCOUNT, assume, trust_if};
use crate::harness::{Credentials, World};

const ROLE: &str = "arn:aws:iam::111122223333:role/guarded";

/// Conditions, and whether they hold for: a key alone, a session without and one with a second factor, a key with a
/// code in the call, a session without one with a code, and the session with a factor ten minutes later.
const CASES: &[(&str, [bool; 6])] = &[
    (
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        [false, false, true, true, true, true],
    ),
    (
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
        [true, false, true, true, true, true],
    ),
    (
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
        [false, true, false, false, false, false],
    ),
    (
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
        [true, true, false, false, false, false],
    ),
    (
        r#"{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#,
        [true, false, false, false, false, false],
    ),
    (
        r#"{"Null":{"aws:MultiFactorAuthAge":"true"}}"#,
        [true, true, false, false, false, false],
    ),
    (
        r#"{"Null":{"aws:MultiFactorAuthAge":"false"}}"#,
        [false, false, true, true, true, true],
    ),
    (
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#,
        [false, false, true, true, true, false],
    ),
    (
        r#"{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"300"}}"#,
        [true, true, true, true, true, false],
    ),
    (
        r#"{"NumericEquals":{"aws:MultiFactorAuthAge":"0"}}"#,
        [false, false, true, true, true, false],
    ),
    (
        r#"{"NumericEquals":{"aws:MultiFactorAuthAge":"600"}}"#,
        [false, false, false, false, false, true],
    ),
];

/// Tries the role in each of the six ways.
fn tries(world: &World, alice: &Credentials, phone: &Phone) -> [bool; 6] {
    let without = world.sts(alice, "GetSessionToken", &[]).credentials();
    let with = phone.sign_in(world, alice, &phone.shows(world, 0)).credentials();
    let may = |who: &Credentials| assume(world, who, ROLE, &[]).status == 200;
    let mut done = [may(alice), may(&without), may(&with), false, false, false];
    world.advance(60);
    done[3] = phone.assume(world, alice, ROLE, &phone.shows(world, 0)).status == 200;
    world.advance(60);
    done[4] = phone.assume(world, &without, ROLE, &phone.shows(world, 0)).status == 200;
    world.advance(480);
    done[5] = may(&with);
    done
}

#[test]
fn a_trust_policy_sees_the_second_factor() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    world.role(&world.root, "guarded", TRUST_ACCOUNT, None);
    for (condition, expected) in CASES {
        let parameters = [("RoleName", "guarded"), ("PolicyDocument", &*trust_if(condition))];
        world.iam(&world.root, "UpdateAssumeRolePolicy", &parameters).ok();
        world.advance(60);
        assert_eq!(tries(&world, &alice, &phone), *expected, "{condition}");
    }
}

#[test]
fn the_callers_own_policy_sees_the_second_factor() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let phone = Phone::of_user(&world, "alice");
    world.role(&world.root, "guarded", TRUST_ACCOUNT, None);
    for (condition, expected) in CASES {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{condition}}}}}"#
        );
        let parameters = [
            ("UserName", "alice"),
            ("PolicyName", "inline"),
            ("PolicyDocument", &*document),
        ];
        world.iam(&world.root, "PutUserPolicy", &parameters).ok();
        world.advance(60);
        assert_eq!(tries(&world, &alice, &phone), *expected, "{condition}");
    }
}

/// The usual guard: deny everything without a second factor.
#[test]
fn a_deny_without_a_second_factor_holds_until_there_is_one() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
    let alice = world.user(&world.root, "alice", Some(document));
    let phone = Phone::of_user(&world, "alice");
    assert_eq!(world.iam(&alice, "ListUsers", &[]).status, 403);
    let session = phone
        .sign_in(&world, &alice, &phone.shows(&world, 0))
        .credentials();
    world.iam(&session, "ListUsers", &[]).ok();
}

#[test]
fn a_session_of_a_role_has_no_second_factor() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}"#;
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    world.role(&world.root, "guarded", TRUST_ACCOUNT, Some(document));
    let code = phone.shows(&world, 0);
    let session = phone.assume(&world, &alice, ROLE, &code).credentials();
    assert_eq!(world.iam(&session, "ListUsers", &[]).status, 403);
    // Nor if its caller's session had one.
    world.advance(60);
    let with = phone
        .sign_in(&world, &alice, &phone.shows(&world, 0))
        .credentials();
    let session = assume(&world, &with, ROLE, &[]).credentials();
    assert_eq!(world.iam(&session, "ListUsers", &[]).status, 403);
}

#[test]
fn only_a_session_with_a_second_factor_may_call_iam() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let without = world.sts(&alice, "GetSessionToken", &[]).credentials();
    let text = "The security token included in the request is invalid";
    world
        .iam(&without, "ListUsers", &[])
        .fails(403, "InvalidClientTokenId", text);
    let with = phone
        .sign_in(&world, &alice, &phone.shows(&world, 0))
        .credentials();
    world.iam(&with, "ListUsers", &[]).ok();
}

#[test]
fn the_root_users_device_counts_too() {
    let world = World::new();
    let phone = Phone::new(&world, "root-account-mfa-device");
    phone.enable(&world, &world.root, "root").ok();
    world.advance(60);
    let code = phone.shows(&world, 0);
    let session = phone.sign_in(&world, &world.root, &code).credentials();
    world.iam(&session, "ListUsers", &[]).ok();
    let who = world.sts(&session, "GetCallerIdentity", &[]).ok();
    assert_eq!(who.text("Arn"), "arn:aws:iam::111122223333:root");
}
