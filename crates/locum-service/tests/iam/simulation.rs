//! What the simulator answers: decisions, statements and their places, missing keys, boundaries, organizations, accounts.

use locum_crypto::SeededRandom;
use locum_directory::{Changes, ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget};
use locum_policy::{Policy, PolicyKind};

use super::texts::{ADMINISTRATOR, ALLOW_ALL, TRUST_ACCOUNT};
use crate::harness::{Answer, Parameters, World};

const READ: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const OBJECT: &str = "arn:aws:s3:::notes/today";

fn custom(world: &World, more: &Parameters<'_>) -> Answer {
    world.admin("SimulateCustomPolicy", more).ok()
}

/// Line and column of where each statement begins and ends.
fn places(answer: &Answer) -> Vec<String> {
    let starts = answer.texts("StartPosition");
    let ends = answer.texts("EndPosition");
    let number = |text: &str, name: &str| {
        let open = format!("<{name}>");
        text.split(&open)
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    let place = |text: &String| format!("{}:{}", number(text, "Line"), number(text, "Column"));
    starts
        .iter()
        .zip(&ends)
        .map(|(start, end)| format!("{}-{}", place(start), place(end)))
        .collect()
}

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
fn the_policies_of_users_groups_and_roles_are_named() {
    let world = World::new();
    let arn = world.policy("reader", READ);
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let staff = ("GroupName", "staff");
    world.admin("CreateGroup", &[staff]).ok();
    world
        .admin("AddUserToGroup", &[staff, ("UserName", "alice")])
        .ok();
    world
        .admin(
            "PutGroupPolicy",
            &[staff, ("PolicyName", "own"), ("PolicyDocument", READ)],
        )
        .ok();
    for policy in [&arn, ADMINISTRATOR] {
        world
            .admin(
                "AttachUserPolicy",
                &[("UserName", "alice"), ("PolicyArn", policy)],
            )
            .ok();
    }
    world.role(&world.root, "worker", TRUST_ACCOUNT, Some(READ));
    let ids = |source: &str, more: &Parameters<'_>| {
        let mut parameters = vec![
            ("PolicySourceArn", source),
            ("ActionNames.member.1", "s3:GetObject"),
        ];
        parameters.extend(more);
        let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
        let mut ids = answer.texts("SourcePolicyId");
        ids.sort();
        (answer.text("EvalDecision"), ids)
    };
    let alice = "arn:aws:iam::111122223333:user/alice";
    let allowed = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        ("allowed".to_owned(), names)
    };
    let everything = [
        "AdministratorAccess",
        "group_staff_own",
        "reader",
        "user_alice_inline",
    ];
    assert_eq!(ids(alice, &[]), allowed(&everything));
    assert_eq!(
        ids("arn:aws:iam::111122223333:group/staff", &[]),
        allowed(&["group_staff_own"])
    );
    assert_eq!(
        ids(
            "arn:aws:iam::111122223333:role/worker",
            &[("PolicyInputList.member.1", READ)]
        ),
        allowed(&["PolicyInputList.1", "role_worker_inline"])
    );
    let kind = "PolicyExclusionList.member.1.PolicyType";
    let by_arn = "PolicyExclusionList.member.1.PolicyArn";
    let inline = "PolicyExclusionList.member.1.InlinePolicyIdentifier.";
    let name = format!("{inline}PolicyName");
    let (owner_kind, owner) = (
        format!("{inline}AttachmentType"),
        format!("{inline}AttachmentName"),
    );
    for (excluded, expected) in [
        (&[(kind, "inline")][..], &["AdministratorAccess", "reader"][..]),
        (
            &[(kind, "aws-managed")],
            &["group_staff_own", "reader", "user_alice_inline"],
        ),
        (
            &[(kind, "user-managed")],
            &["AdministratorAccess", "group_staff_own", "user_alice_inline"],
        ),
        (&[(kind, "rcp")], &everything),
        (
            &[(by_arn, "arn:aws:iam::111122223333:policy/r?ad*")],
            &["AdministratorAccess", "group_staff_own", "user_alice_inline"],
        ),
        (&[(by_arn, "arn:aws:iam::111122223333:policy/none")], &everything),
        (
            &[(&name, "own"), (&owner_kind, "group"), (&owner, "st*f")],
            &["AdministratorAccess", "reader", "user_alice_inline"],
        ),
        (
            &[(&name, "own"), (&owner_kind, "user"), (&owner, "*")],
            &everything,
        ),
    ] {
        assert_eq!(ids(alice, excluded), allowed(expected), "{excluded:?}");
    }
    // Nothing is left of what allowed.
    let both = [
        (kind, "inline"),
        ("PolicyExclusionList.member.2.PolicyType", "aws-managed"),
        ("PolicyExclusionList.member.3.PolicyType", "user-managed"),
    ];
    assert_eq!(ids(alice, &both), ("implicitDeny".to_owned(), Vec::new()));
}

#[test]
fn a_boundary_is_told_of_and_may_be_replaced_or_left_out() {
    let world = World::new();
    let boundary = world.policy("limit", READ);
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
    let mut parameters = vec![("UserName", "alice"), ("PermissionsBoundary", &*boundary)];
    world.admin("CreateUser", &parameters).ok();
    parameters = vec![
        ("UserName", "alice"),
        ("PolicyName", "all"),
        ("PolicyDocument", ALLOW_ALL),
    ];
    world.admin("PutUserPolicy", &parameters).ok();
    let given = "PermissionsBoundaryPolicyInputList.member.1";
    for (action, more, decision, within, source) in [
        (
            "s3:GetObject",
            &[][..],
            "allowed",
            Some("true"),
            Some("user_alice_all"),
        ),
        ("s3:PutObject", &[], "implicitDeny", Some("false"), None),
        (
            "s3:PutObject",
            &[("PolicyExclusionList.member.1.PolicyType", "permission-boundary")],
            "allowed",
            None,
            Some("user_alice_all"),
        ),
        (
            "s3:PutObject",
            &[(given, ALLOW_ALL)],
            "allowed",
            Some("true"),
            Some("user_alice_all"),
        ),
        (
            "s3:GetObject",
            &[(given, deny)],
            "explicitDeny",
            Some("false"),
            Some("PermissionsBoundaryPolicyInputList.1"),
        ),
    ] {
        let mut parameters = vec![
            ("PolicySourceArn", "arn:aws:iam::111122223333:user/alice"),
            ("ActionNames.member.1", action),
        ];
        parameters.extend(more);
        let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), decision, "{action} {more:?}");
        assert_eq!(
            answer.find("AllowedByPermissionsBoundary").as_deref(),
            within,
            "{action} {more:?}"
        );
        assert_eq!(
            answer.find("SourcePolicyId").as_deref(),
            source,
            "{action} {more:?}"
        );
        let kind = source.map(|id| {
            let bounds = id.starts_with("Permissions");
            if bounds {
                "Permissions Boundary Policy"
            } else {
                "IAM Policy"
            }
        });
        assert_eq!(answer.find("SourcePolicyType").as_deref(), kind);
    }
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let world = World::new();
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:PrincipalTag/a":"true"}}}]}"#;
    for (levels, decision, within) in [
        (&[&[ALLOW_ALL][..], &[READ]][..], "allowed", "true"),
        (&[&[READ], &[TRUST_LIKE]], "implicitDeny", "false"),
        (&[&[READ, TRUST_LIKE], &[ALLOW_ALL]], "allowed", "true"),
        (&[&[deny]], "explicitDeny", "false"),
    ] {
        let mut names = Vec::new();
        for (level, policies) in levels.iter().enumerate() {
            for (at, policy) in policies.iter().enumerate() {
                let name = format!(
                    "OrderedOrganizationPolicyInputList.member.{}.ServiceControlPolicyInputList.member.{}",
                    level + 1,
                    at + 1
                );
                names.push((name, *policy));
            }
        }
        let mut parameters = vec![
            ("PolicyInputList.member.1", ALLOW_ALL),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", OBJECT),
        ];
        parameters.extend(names.iter().map(|(name, policy)| (name.as_str(), *policy)));
        let answer = custom(&world, &parameters);
        assert_eq!(answer.text("EvalDecision"), decision, "{levels:?}");
        assert_eq!(answer.text("AllowedByOrganizations"), within, "{levels:?}");
        // Neither statements nor keys of the organization are told.
        assert_eq!(answer.texts("SourcePolicyId").is_empty(), within == "false");
        assert_eq!(answer.find("MissingContextValues"), None);
        assert_eq!(answer.body.contains("EvalDecisionDetails"), within == "true");
    }
    let alone = custom(
        &world,
        &[
            ("PolicyInputList.member.1", ALLOW_ALL),
            ("ActionNames.member.1", "s3:GetObject"),
        ],
    );
    assert_eq!(alone.find("AllowedByOrganizations"), None);
}

const TRUST_LIKE: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#;

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

/// Those of the organization, for a member account: enforced and simulated.
#[test]
fn the_control_policies_in_force_take_part() {
    let scp = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["iam:ListRoles","s3:*"],"Resource":"*"}}"#;
    let world = World::new();
    let member = world.other_account("444455556666");
    let alice = world.user(&member, "alice", Some(ALLOW_ALL));
    world.iam(&alice, "ListRoles", &[]).ok();
    let policy = Policy::compile(scp, PolicyKind::ServiceControl).unwrap();
    let limit = ControlPolicyType::ServiceControl;
    let policy = ControlPolicy::new(limit, "limit", "", policy, world.now(), &mut SeededRandom::new(7));
    let target = ControlTarget::Account("444455556666".parse().unwrap());
    let mut attachments = ControlAttachments::initial(limit, target);
    attachments.policies.push(policy.id.clone());
    let written = world.service.directory().write(|_| {
        let mut changes = Changes::new();
        changes.put(policy).put(attachments);
        Ok::<_, &str>(((), changes))
    });
    written.unwrap().1.wait().unwrap();
    assert_eq!(world.iam(&alice, "ListRoles", &[]).status, 403);
    world.iam(&alice, "ListUsers", &[]).ok();
    let excluded = ("PolicyExclusionList.member.1.PolicyType", "scp");
    for (action, more, decision, within) in [
        ("iam:ListRoles", &[][..], "explicitDeny", Some("false")),
        ("iam:ListUsers", &[], "allowed", Some("true")),
        ("iam:ListRoles", &[excluded], "allowed", None),
    ] {
        let mut parameters = vec![
            ("PolicySourceArn", "arn:aws:iam::444455556666:user/alice"),
            ("ActionNames.member.1", action),
        ];
        parameters.extend(more);
        let answer = world.iam(&member, "SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), decision, "{action} {more:?}");
        assert_eq!(
            answer.find("AllowedByOrganizations").as_deref(),
            within,
            "{action} {more:?}"
        );
        // Which statement of the organization it was is not told.
        assert_eq!(
            answer.texts("SourcePolicyId").len(),
            usize::from(decision == "allowed")
        );
    }
    // The management account is not limited.
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let parameters = [
        ("PolicySourceArn", "arn:aws:iam::111122223333:user/alice"),
        ("ActionNames.member.1", "iam:ListRoles"),
    ];
    let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
    assert_eq!(
        (answer.text("EvalDecision"), answer.find("AllowedByOrganizations")),
        ("allowed".to_owned(), None)
    );
}
