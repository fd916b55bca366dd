//! The policy of a resource decides with the caller it names; that of a role is its trust policy.

use super::answers::{OBJECT, READ, custom, places};
use crate::harness::World;
use crate::iam::texts::ALLOW_ALL;

#[test]
fn a_resource_policy_decides_with_the_caller_it_names() {
    let world = World::new();
    let bucket = |principal: &str, effect: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::notes/*"}}]}}"#
        )
    };
    let (alice, bob) = (
        "arn:aws:iam::111122223333:user/x/alice",
        "arn:aws:iam::111122223333:user/bob",
    );
    let worker = "arn:aws:iam::111122223333:role/worker";
    let elsewhere = "arn:aws:iam::999999999999:root";
    let nothing =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#;
    for (identity, principal, effect, caller, owner, decision) in [
        (nothing, alice, "Allow", alice, None, "allowed"),
        (nothing, alice, "Allow", bob, None, "implicitDeny"),
        (nothing, "*", "Allow", bob, None, "allowed"),
        (nothing, worker, "Allow", worker, None, "allowed"),
        (nothing, "111122223333", "Allow", bob, None, "implicitDeny"),
        (READ, "111122223333", "Allow", bob, None, "allowed"),
        (READ, alice, "Deny", alice, None, "explicitDeny"),
        (READ, alice, "Deny", bob, None, "allowed"),
        (READ, alice, "Allow", alice, Some(elsewhere), "allowed"),
        (nothing, alice, "Allow", alice, Some(elsewhere), "implicitDeny"),
        (READ, alice, "Allow", bob, Some(elsewhere), "implicitDeny"),
    ] {
        let document = bucket(principal, effect);
        let mut parameters = vec![
            ("PolicyInputList.member.1", identity),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", OBJECT),
            ("ResourcePolicy", &document),
            ("CallerArn", caller),
        ];
        parameters.extend(owner.map(|owner| ("ResourceOwner", owner)));
        let answer = custom(&world, &parameters);
        let case = (identity == READ, principal, effect, caller, owner);
        assert_eq!(answer.text("EvalDecision"), decision, "{case:?}");
        let details = answer.find("EvalDecisionDetails").unwrap_or_default();
        assert_eq!(owner.is_some(), details.contains("Resource Policy"), "{case:?}");
        if decision == "explicitDeny" {
            assert_eq!(answer.text("SourcePolicyId"), "ResourcePolicy");
            assert_eq!(answer.text("SourcePolicyType"), "Resource Policy");
        }
    }
    // Another account's resource without a policy allows nobody from elsewhere, and the details tell whose fault it is.
    let answer = custom(
        &world,
        &[
            ("PolicyInputList.member.1", ALLOW_ALL),
            ("ActionNames.member.1", "sqs:SendMessage"),
            ("ResourceArns.member.1", "arn:aws:sqs:us-east-1:999999999999:q"),
        ],
    );
    assert_eq!(answer.text("EvalDecision"), "implicitDeny");
    assert_eq!(
        answer.texts("value"),
        ["allowed", "implicitDeny", "allowed", "implicitDeny"]
    );
    assert_eq!(
        answer.texts("key"),
        ["IAM Policy", "Resource Policy", "IAM Policy", "Resource Policy"]
    );
}

/// As enforcement has it: a trust policy must allow, whoever else does.
#[test]
fn the_resource_policy_of_a_role_is_its_trust_policy() {
    let world = World::new();
    let trust = |principal: &str, effect: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"T","Effect":"{effect}","Principal":{{"AWS":["{principal}"]}},"Action":"sts:AssumeRole"}}]}}"#
        )
    };
    let (alice, bob) = (
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::111122223333:user/bob",
    );
    let nothing =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#;
    for (identity, principal, effect, decision) in [
        (nothing, alice, "Allow", "allowed"),
        (ALLOW_ALL, bob, "Allow", "implicitDeny"),
        (ALLOW_ALL, alice, "Deny", "explicitDeny"),
        (ALLOW_ALL, "111122223333", "Allow", "allowed"),
        (nothing, "111122223333", "Allow", "implicitDeny"),
    ] {
        let document = trust(principal, effect);
        let answer = custom(
            &world,
            &[
                ("PolicyInputList.member.1", identity),
                ("ActionNames.member.1", "sts:AssumeRole"),
                ("ResourceArns.member.1", "arn:aws:iam::111122223333:role/worker"),
                ("ResourcePolicy", &document),
                ("CallerArn", alice),
            ],
        );
        assert_eq!(answer.text("EvalDecision"), decision, "{principal} {effect}");
        if decision == "explicitDeny" {
            // The place is that in the document as it was given.
            let end = document.len() - 1;
            assert_eq!(places(&answer)[0], format!("1:38-1:{end}"));
        }
    }
}
