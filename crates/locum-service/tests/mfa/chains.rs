//! Three roles in a row, with everything that a session may carry: what goes on, what is left behind, and what ends it.

use super::phone::{ALLOW_ALL, Phone, assume};
use crate::harness::{Credentials, World};

fn arn(role: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{role}")
}

/// A role that may do everything, and that its account may do everything to under a condition.
fn role(world: &World, name: &str, condition: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{condition}}}}}"#
    );
    world.role(&world.root, name, &trust, Some(ALLOW_ALL));
}

fn may_look(world: &World, who: &Credentials) -> bool {
    world.iam(who, "ListUsers", &[]).status == 200
}

#[track_caller]
fn refused(world: &World, who: &Credentials, role: &str, action: &str) {
    let answer = assume(world, who, &arn(role), &[]);
    assert_eq!(answer.status, 403, "{}", answer.body);
    let says = format!("perform: {action} on resource: {}", arn(role));
    assert!(answer.text("Message").ends_with(&says), "{}", answer.body);
}

#[test]
fn what_goes_down_a_chain_and_what_does_not() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let factor = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    let carried = r#"{"StringEquals":{"aws:PrincipalTag/team":"a","aws:RequestTag/team":"a","aws:SourceIdentity":"alice","sts:SourceIdentity":"alice"},"ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"team"}}"#;
    let left = r#"{"Null":{"aws:PrincipalTag/site":"true","aws:MultiFactorAuthAge":"true"},"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#;
    let still = r#"{"StringEquals":{"aws:PrincipalTag/site":"x"}}"#;
    role(&world, "one", factor);
    role(&world, "two", carried);
    role(&world, "three", left);
    role(&world, "four", carried);
    role(&world, "local", still);

    let code = phone.shows(&world, 0);
    let only = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":["{}","{}"]}}}}"#,
        arn("two"),
        arn("local")
    );
    let more = [
        ("SerialNumber", phone.serial.as_str()),
        ("TokenCode", code.as_str()),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
        ("Tags.member.2.Key", "site"),
        ("Tags.member.2.Value", "x"),
        ("TransitiveTagKeys.member.1", "team"),
        ("Policy", only.as_str()),
    ];
    let one = assume(&world, &alice, &arn("one"), &more).credentials();
    // The session policy bounds the next step, and only that: the second session has none.
    assert!(!may_look(&world, &one));
    refused(&world, &one, "three", "sts:AssumeRole");
    assume(&world, &one, &arn("local"), &[]).ok();
    let two = assume(&world, &one, &arn("two"), &[]).credentials();
    assert!(may_look(&world, &two));
    // The second factor stayed with the first call, the tag that is not transitive with the first session.
    refused(&world, &two, "one", "sts:AssumeRole");
    refused(&world, &two, "local", "sts:AssumeRole");
    let three = assume(&world, &two, &arn("three"), &[]).credentials();
    let answer = assume(&world, &three, &arn("four"), &[("DurationSeconds", "3600")]).ok();
    assert_eq!(answer.text("SourceIdentity"), "alice");
    let four = answer.credentials();
    for (key, value, code) in [
        ("SourceIdentity", "bob", "ValidationError"),
        ("DurationSeconds", "3601", "ValidationError"),
    ] {
        assert_eq!(
            assume(&world, &four, &arn("two"), &[(key, value)]).text("Code"),
            code
        );
    }
    let over = [("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "b")];
    let answer = assume(&world, &four, &arn("two"), &over);
    assert_eq!(answer.text("Code"), "InvalidParameterValue");

    // A revocation ends one link; those that were made of it stand on their own roles.
    world.revoke(&world.root, &arn("two")).ok();
    world.advance(1);
    let lives = |who: &Credentials| world.sts(who, "GetCallerIdentity", &[]).status == 200;
    assert_eq!([&one, &two, &three, &four].map(lives), [true, false, true, true]);
    // What one role loses, its own sessions lose, and no others.
    let inline = [("RoleName", "three"), ("PolicyName", "inline")];
    world.iam(&world.root, "DeleteRolePolicy", &inline).ok();
    assert_eq!([&three, &four].map(|who| may_look(&world, who)), [false, true]);
}
