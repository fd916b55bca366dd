//! What a result tells: its resources, the statements that decided and their places, and the keys that were read.

use super::answers::{OBJECT, custom, places};
use crate::harness::World;

/// The places that AWS's documentation shows for these documents.
#[test]
fn places_are_those_of_aws() {
    let lone = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let administrator = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
    let two = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}"#;
    let world = World::new();
    for (document, expected) in [
        (lone, "1:38-1:167"),
        (administrator, "3:17-8:6"),
        (two, "1:87-1:143"),
    ] {
        let answer = custom(
            &world,
            &[
                ("PolicyInputList.member.1", document),
                ("ActionNames.member.1", "dynamodb:CreateBackup"),
                ("ContextEntries.member.1.ContextKeyName", "aws:CurrentTime"),
                (
                    "ContextEntries.member.1.ContextKeyValues.member.1",
                    "2019-04-25T11:00:00Z",
                ),
                ("ContextEntries.member.1.ContextKeyType", "date"),
            ],
        );
        assert_eq!(answer.text("EvalDecision"), "allowed", "{document}");
        assert_eq!(answer.text("SourcePolicyId"), "PolicyInputList.1");
        assert_eq!(answer.text("SourcePolicyType"), "IAM Policy");
        assert_eq!(places(&answer), [expected], "{document}");
    }
}

#[test]
fn one_result_an_action_tells_of_every_resource() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::notes/*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::notes/secret"}]}"#;
    let ask = |resources: &[&'static str]| {
        let names: Vec<String> = (1..=resources.len())
            .map(|n| format!("ResourceArns.member.{n}"))
            .collect();
        let mut parameters = vec![
            ("PolicyInputList.member.1", document),
            ("ActionNames.member.1", "s3:GetObject"),
        ];
        parameters.extend(names.iter().map(String::as_str).zip(resources.iter().copied()));
        custom(&world, &parameters)
    };
    let answer = ask(&[
        "arn:aws:s3:::notes/today",
        "arn:aws:s3:::notes/secret",
        "arn:aws:s3:::other/x",
    ]);
    assert_eq!(answer.texts("EvalActionName"), ["s3:GetObject"]);
    assert_eq!(answer.texts("EvalDecision"), ["explicitDeny"]);
    assert_eq!(
        answer.texts("EvalResourceDecision"),
        ["allowed", "explicitDeny", "implicitDeny"]
    );
    let mut resources = answer.texts("EvalResourceName");
    assert_eq!(resources.remove(0), "*");
    assert_eq!(
        resources,
        [
            "arn:aws:s3:::notes/today",
            "arn:aws:s3:::notes/secret",
            "arn:aws:s3:::other/x"
        ]
    );
    // The denial alone makes the decision of all, and each resource has its own.
    assert_eq!(answer.texts("SourcePolicyId").len(), 3);

    let one = ask(&["arn:aws:s3:::notes/today"]);
    assert_eq!(one.texts("EvalResourceName"), [OBJECT, OBJECT]);
    assert_eq!(one.texts("EvalDecision"), ["allowed"]);
    assert!(one.body.contains("<EvalDecisionDetails/>"), "{}", one.body);

    // Without a resource there is nothing specific.
    let all = ask(&[]);
    assert_eq!(all.text("EvalDecision"), "implicitDeny");
    assert_eq!(all.text("EvalResourceName"), "*");
    assert!(!all.body.contains("ResourceSpecificResults") && !all.body.contains("EvalDecisionDetails"));
    assert!(!all.body.contains("SourcePolicyId"));
}

#[test]
fn missing_keys_are_those_that_were_read() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::notes",
         "Condition":{"StringLike":{"aws:PrincipalTag/team":"${aws:PrincipalOrgID}"},
                      "Bool":{"AWS:securetransport":"true"}}},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::notes/${aws:username}"},
        {"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"true"}}}]}"#;
    for (action, resource, expected) in [
        (
            "s3:ListBucket",
            "arn:aws:s3:::notes",
            &["aws:PrincipalTag/team", "aws:PrincipalOrgID"][..],
        ),
        ("s3:GetObject", "arn:aws:s3:::notes/alice", &["aws:username"]),
        ("s3:GetObject", "arn:aws:s3:::other/alice", &[]),
        ("ec2:RunInstances", "*", &["aws:TokenIssueTime"]),
        ("iam:GetUser", "*", &[]),
    ] {
        let answer = custom(
            &world,
            &[
                ("PolicyInputList.member.1", document),
                ("ActionNames.member.1", action),
                ("ResourceArns.member.1", resource),
                ("ContextEntries.member.1.ContextKeyName", "aws:SecureTransport"),
                ("ContextEntries.member.1.ContextKeyValues.member.1", "true"),
                ("ContextEntries.member.1.ContextKeyType", "boolean"),
            ],
        );
        let missing = answer.find("MissingContextValues").unwrap_or_default();
        let keys: Vec<&str> = missing
            .split("<member>")
            .skip(1)
            .map(|part| part.split('<').next().unwrap())
            .collect();
        assert_eq!(keys, expected, "{action} {resource}");
    }
}

#[test]
fn keys_are_listed_once_whoever_reads_them() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/${s3:prefix, 'x'}",
         "Condition":{"StringEquals":{"aws:PrincipalTag/team":["${aws:PrincipalTag/Team}","${aws:userid}","${*}"]},
                      "DateLessThan":{"aws:CurrentTime":"2030-01-01"}}},
        {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"AWS:MultiFactorAuthPresent":"false"}}}]}"#;
    let old = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:SourceIp}",
        "Condition":{"Bool":{"aws:multifactorauthpresent":"true"}}}}"#;
    let keys = [
        "aws:username",
        "s3:prefix",
        "aws:PrincipalTag/team",
        "aws:userid",
        "aws:CurrentTime",
        "AWS:MultiFactorAuthPresent",
    ];
    let answer = world
        .admin(
            "GetContextKeysForCustomPolicy",
            &[
                ("PolicyInputList.member.1", document),
                ("PolicyInputList.member.2", old),
            ],
        )
        .ok();
    assert_eq!(answer.texts("member"), keys);
    world.user(&world.root, "alice", Some(document));
    let answer = world
        .admin(
            "GetContextKeysForPrincipalPolicy",
            &[
                ("PolicySourceArn", "arn:aws:iam::111122223333:user/alice"),
                ("PolicyInputList.member.1", old),
            ],
        )
        .ok();
    assert_eq!(answer.texts("member"), keys);
}
