//! What the simulator refuses, to whom it answers, and how much it takes.

use super::texts::{ALLOW_ALL, DENIED, INVALID_INPUT, NO_SUCH_ENTITY, READ_NOTES, VALIDATION};
use crate::harness::{Parameters, World};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const CUSTOM: &[(&str, &str)] = &[
    ("PolicyInputList.member.1", ALLOW_ALL),
    ("ActionNames.member.1", "s3:GetObject"),
];

#[test]
fn what_makes_no_sense_is_refused() {
    let world = World::new();
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let custom = |more: &[(&'static str, &'static str)], message: &str| {
        let parameters: Vec<_> = CUSTOM
            .iter()
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
            .chain(more)
            .copied()
            .collect();
        world.refuses(&[("SimulateCustomPolicy", &parameters, INVALID_INPUT, message)]);
    };
    let action = |name: &'static str, message: &str| custom(&[("ActionNames.member.1", name)], message);
    action("GetObject", "The action is invalid since it is missing names");
    action("s3:Get*", "Invalid action: s3:Get* must not have wildcards.");
    action(
        "s3:Get?bject",
        "Invalid action: s3:Get?bject must not have wildcards.",
    );
    action(
        "s3:a:b",
        "Invalid action: s3:a:b is not of the form service:name.",
    );
    action("s3:", "Invalid action: s3: is not of the form service:name.");
    custom(
        &[("ResourceArns.member.1", "notes")],
        "ResourceNames are not in a valid ARN format: notes.",
    );
    custom(
        &[
            ("ResourceArns.member.1", "*"),
            ("ResourceArns.member.2", "arn:aws:s3:::notes"),
        ],
        "ResourceNames are not in a valid ARN format: *.",
    );
    custom(
        &[("ResourceOwner", "111122223333")],
        "'111122223333' is not a valid as a Resource Owner.",
    );
    custom(
        &[("PolicyInputList.member.1", "{}")],
        "Invalid policy PolicyInputList.1: Syntax errors in policy.",
    );
    custom(
        &[
            ("PermissionsBoundaryPolicyInputList.member.1", ALLOW_ALL),
            ("PermissionsBoundaryPolicyInputList.member.2", ALLOW_ALL),
        ],
        "The list of Permissions Boundary policies cannot exceed 1 items.",
    );
    custom(
        &[
            ("ResourcePolicy", READ_NOTES),
            ("ResourceArns.member.1", "arn:aws:s3:::notes"),
        ],
        "Invalid caller - Caller cannot be null or empty.",
    );
    custom(
        &[("ResourcePolicy", READ_NOTES), ("CallerArn", ALICE)],
        "Invalid Entity Arn: * does not clearly define entity type and name.",
    );
    for caller in [
        "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "arn:aws:sts::111122223333:federated-user/f",
        "ec2.amazonaws.com",
        "arn:aws:iam::111122223333:group/",
    ] {
        custom(
            &[("CallerArn", caller)],
            "Invalid caller - Caller must be an IAM user, role or group in this context.",
        );
    }
    custom(
        &[("ResourceHandlingOption", "EC2-Classic-EBS")],
        "Invalid resource handling option: EC2-Classic-EBS.",
    );
    custom(
        &[
            ("ResourceHandlingOption", "EC2-VPC-InstanceStore"),
            (
                "ResourceArns.member.1",
                "arn:aws:ec2:us-east-1:111122223333:instance/*",
            ),
        ],
        "The resource handling option EC2-VPC-InstanceStore requires a resource of the type image.",
    );
    world.refuses(&[
        (
            "SimulateCustomPolicy",
            &[CUSTOM[0]],
            VALIDATION,
            "1 validation error detected: Value at 'actionNames' failed to satisfy constraint: Member must not be null",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:root"), CUSTOM[1]],
            INVALID_INPUT,
            "Invalid Entity Arn: arn:aws:iam::111122223333:root does not clearly define entity type and name.",
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:sts::111122223333:assumed-role/r/s")],
            INVALID_INPUT,
            "Invalid Entity Arn: arn:aws:sts::111122223333:assumed-role/r/s does not clearly define entity type and name.",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::444455556666:user/alice"), CUSTOM[1]],
            INVALID_INPUT,
            "Invalid Policy Source Arn: caller's account 111122223333 does not have access to policies in account 444455556666",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:user/bob"), CUSTOM[1]],
            NO_SUCH_ENTITY,
            "The user with name bob cannot be found.",
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:group/path/staff")],
            NO_SUCH_ENTITY,
            "The group with name staff cannot be found.",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:user/path/alice"), CUSTOM[1]],
            NO_SUCH_ENTITY,
            "The user with name alice cannot be found.",
        ),
    ]);
    let excluded = |more: &[(&'static str, &'static str)], message: &str| {
        let mut parameters = vec![("PolicySourceArn", ALICE), CUSTOM[1]];
        parameters.extend(more);
        world.refuses(&[("SimulatePrincipalPolicy", &parameters, INVALID_INPUT, message)]);
    };
    let one =
        "Invalid policy identifier: specify exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.";
    let (kind, arn) = (
        "PolicyExclusionList.member.1.PolicyType",
        "PolicyExclusionList.member.1.PolicyArn",
    );
    excluded(
        &[
            (kind, "scp"),
            (arn, "arn:aws:iam::aws:policy/AdministratorAccess"),
        ],
        one,
    );
    excluded(
        &[(arn, "arn:aws:iam::*:policy/AdministratorAccess")],
        "Invalid policy identifier: arn:aws:iam::*:policy/AdministratorAccess is not the ARN of a policy.",
    );
    excluded(
        &[(arn, "arn:aws:iam::aws:policy/*Admin*")],
        "Invalid policy identifier: arn:aws:iam::aws:policy/*Admin* has more than one *.",
    );
}

#[test]
fn values_are_of_their_types() {
    let world = World::new();
    let ask = |kind: &str, values: &[&str]| {
        let names: Vec<String> = (1..=values.len())
            .map(|n| format!("ContextEntries.member.1.ContextKeyValues.member.{n}"))
            .collect();
        let mut parameters = CUSTOM.to_vec();
        parameters.push(("ContextEntries.member.1.ContextKeyName", "aws:Something"));
        parameters.push(("ContextEntries.member.1.ContextKeyType", kind));
        parameters.extend(names.iter().map(String::as_str).zip(values.iter().copied()));
        world.admin("SimulateCustomPolicy", &parameters)
    };
    for (kind, good, bad) in [
        ("string", &["", "x", "é"][..], &[][..]),
        (
            "numeric",
            &["0", "-1", "3.50"],
            &["", "1e3", "x", "1.", ".5", "0x10"],
        ),
        ("boolean", &["true", "FALSE"], &["yes", "1", ""]),
        (
            "ip",
            &["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"],
            &["10.0.0", "10.0.0.1/33", "::1/129", "x"],
        ),
        ("binary", &["", "AAE="], &["AAE", "*"]),
        (
            "date",
            &["2026-11-22", "2026-11-22T12:00:00Z", "1763812800"],
            &["", "tomorrow", "2026-13-01", "99999999999999999999"],
        ),
    ] {
        for value in good {
            ask(kind, &[value]).ok();
            ask(&format!("{kind}List"), &[value, value]).ok();
        }
        for value in bad {
            let message =
                format!("Invalid value for context key aws:Something: '{value}' is not of the type {kind}.");
            ask(kind, &[value]).fails(400, "InvalidInput", &message);
            ask(&format!("{kind}List"), &[good[0], value]).fails(400, "InvalidInput", &message);
        }
        ask(&format!("{kind}List"), &[]).ok();
        for values in [&[][..], &[good[0], good[1]]] {
            let message = "Context key aws:Something must have exactly one value, or a list as its type.";
            ask(kind, values).fails(400, "InvalidInput", message);
        }
    }
    let (most, more) = ("a".repeat(2_048), "a".repeat(2_049));
    ask("string", &[&most]).ok();
    let message = "A value of context key aws:Something cannot exceed 2048 bytes.";
    ask("string", &[&more]).fails(400, "InvalidInput", message);
    ask("stringList", &["a", &more]).fails(400, "InvalidInput", message);
    let key = "ContextEntries.member.1.ContextKeyName";
    let entry = |more: &Parameters<'_>, message: &str| {
        let mut parameters = CUSTOM.to_vec();
        parameters.extend(more);
        world
            .admin("SimulateCustomPolicy", &parameters)
            .fails(400, "InvalidInput", message);
    };
    entry(
        &[(key, "aws:Something")],
        "Context key aws:Something must have a ContextKeyType.",
    );
    entry(
        &[("ContextEntries.member.1.ContextKeyType", "ip")],
        "Every context entry must have a ContextKeyName.",
    );
    entry(
        &[
            (key, "aws:Something"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "x"),
            ("ContextEntries.member.2.ContextKeyName", "AWS:something"),
            ("ContextEntries.member.2.ContextKeyType", "string"),
            ("ContextEntries.member.2.ContextKeyValues.member.1", "y"),
        ],
        "Context key AWS:something must not be given twice.",
    );
}

#[test]
fn each_operation_needs_its_permission_on_its_resource() {
    let world = World::new();
    let policy = |action: &str, resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
        )
    };
    let bob = "arn:aws:iam::111122223333:user/bob";
    world.user(&world.root, "bob", None);
    for (operation, resource, parameters) in [
        ("SimulateCustomPolicy", "*", CUSTOM),
        ("GetContextKeysForCustomPolicy", "*", &CUSTOM[..1]),
        (
            "SimulatePrincipalPolicy",
            bob,
            &[("PolicySourceArn", bob), CUSTOM[1]],
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            bob,
            &[("PolicySourceArn", bob)],
        ),
    ] {
        let name = format!("for-{operation}");
        let caller = world.user(
            &world.root,
            &name,
            Some(&policy(&format!("iam:{operation}"), resource)),
        );
        world.iam(&caller, operation, parameters).ok();
        let other = policy(
            &format!("iam:{operation}"),
            "arn:aws:iam::111122223333:user/alice",
        );
        let stranger = world.user(&world.root, &format!("not-{operation}"), Some(&other));
        let message = format!(
            "User: arn:aws:iam::111122223333:user/not-{operation} is not authorized to perform: iam:{operation} on resource: \
             {resource} because no identity-based policy allows the iam:{operation} action"
        );
        world
            .iam(&stranger, operation, parameters)
            .fails(DENIED.0, DENIED.1, &message);
    }
}

#[test]
fn simulating_changes_nothing() {
    let world = World::new();
    let before = world.user(&world.root, "alice", Some(ALLOW_ALL));
    for action in ["iam:DeleteUser", "iam:CreateUser", "iam:DeleteUserPolicy"] {
        let parameters = [("PolicySourceArn", ALICE), ("ActionNames.member.1", action)];
        let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), "allowed");
    }
    world.iam(&before, "GetUser", &[]).ok();
}

#[test]
fn results_come_in_pages_of_the_very_request() {
    let world = World::new();
    let names: Vec<(String, String)> = (1..=7)
        .map(|n| (format!("ActionNames.member.{n}"), format!("s3:Action{n}")))
        .collect();
    let mut parameters = vec![("PolicyInputList.member.1", ALLOW_ALL), ("MaxItems", "3")];
    parameters.extend(
        names
            .iter()
            .map(|(name, action)| (name.as_str(), action.as_str())),
    );
    let mut seen = Vec::new();
    let mut marker: Option<String> = None;
    for size in [3, 3, 1] {
        let mut page = parameters.clone();
        page.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let answer = world.admin("SimulateCustomPolicy", &page).ok();
        let actions = answer.texts("EvalActionName");
        assert_eq!(actions.len(), size);
        seen.extend(actions);
        assert_eq!(answer.text("IsTruncated"), (size == 3).to_string());
        if let Some(next) = answer.find("Marker") {
            marker = Some(next);
        }
    }
    assert_eq!(seen, (1..=7).map(|n| format!("s3:Action{n}")).collect::<Vec<_>>());
    let marker = marker.unwrap();
    let mut other = parameters.clone();
    other[0].1 = READ_NOTES;
    other.push(("Marker", &marker));
    world.refuses(&[("SimulateCustomPolicy", &other, VALIDATION, "Invalid Marker")]);
}

/// What compares slowly ends a page early, and what compares too slowly is an error, not a busy server.
#[test]
fn hostile_policies_are_bounded() {
    let world = World::new();
    let run = "a?".repeat(400);
    let list = vec![format!(r#""arn:aws:s3:::*{run}c""#); 120].join(",");
    let slow = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":[{list}]}}}}"#
    );
    let resource = format!("arn:aws:s3:::{}", "a".repeat(1900));
    let parameters = [
        ("PolicyInputList.member.1", slow.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", &resource),
    ];
    world.admin("SimulateCustomPolicy", &parameters).fails(
        500,
        "PolicyEvaluation",
        "The policies are too complex to be evaluated for s3:GetObject on these resources.",
    );
    // Many statements that all match many resources: the answer would be larger than the question by far.
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let many = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        vec![statement; 1000].join(",")
    );
    let resources: Vec<(String, String)> = (1..=200)
        .map(|n| (format!("ResourceArns.member.{n}"), format!("arn:aws:s3:::b{n}")))
        .collect();
    let mut parameters = vec![
        ("PolicyInputList.member.1", many.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    parameters.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    world.admin("SimulateCustomPolicy", &parameters).fails(
        500,
        "PolicyEvaluation",
        "The policies are too complex to be evaluated for s3:A on these resources.",
    );
    // Action patterns that are compared slowly, on many resources.
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    let patterns: Vec<String> = (0..3_000)
        .map(|n| format!(r#""s:*aa{}{}b""#, letter(n / 26), letter(n)))
        .collect();
    let scanned = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Resource":"*","Action":[{}]}}}}"#,
        patterns.join(",")
    );
    let action = format!("s:{}", "a".repeat(120));
    let mut slow = vec![
        ("PolicyInputList.member.1", scanned.as_str()),
        ("ActionNames.member.1", action.as_str()),
        ("ActionNames.member.2", action.as_str()),
    ];
    let alone = slow.clone();
    slow.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    world.admin("SimulateCustomPolicy", &slow).fails(
        500,
        "PolicyEvaluation",
        &format!("The policies are too complex to be evaluated for {action} on these resources."),
    );
    world.admin("SimulateCustomPolicy", &alone).ok();
    // With fewer it is answered, and the page ends before its time.
    parameters.truncate(22);
    parameters.extend([("ActionNames.member.2", "s3:B"), ("ActionNames.member.3", "s3:C")]);
    let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
    assert_eq!(answer.text("IsTruncated"), "true");
    assert!(!answer.texts("EvalActionName").is_empty());
}

#[test]
fn a_caller_of_another_account_is_not_looked_up() {
    let world = World::new();
    let other = world.other_account("444455556666");
    let service = [("AWSServiceName", "autoscaling.amazonaws.com")];
    world.iam(&world.root, "CreateServiceLinkedRole", &service).ok();
    world.iam(&other, "CreateServiceLinkedRole", &service).ok();
    let role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    // Control policies do not bind a role of a service, which one's own is known to be.
    for (account, expected) in [
        ("111122223333", "allowed"),
        ("444455556666", "explicitDeny"),
        ("999900001111", "explicitDeny"),
    ] {
        let caller = format!("arn:aws:iam::{account}:{role}");
        let parameters = [
            ("PolicyInputList.member.1", ALLOW_ALL),
            (
                "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1",
                deny,
            ),
            ("CallerArn", &*caller),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::notes/today"),
        ];
        let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), expected, "{account}");
    }
}

/// Every result tells the keys that are missing; their length is what an answer grows by.
#[test]
fn missing_keys_do_not_make_an_answer_large() {
    let world = World::new();
    let reads = |key: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{{key}}}}}}}}}"#
        )
    };
    let long = "k".repeat(257);
    for (name, key) in [
        ("PolicyInputList.member.1", format!(r#""{long}":"v""#)),
        ("PolicyInputList.member.1", format!(r#""k":"${{{long}}}""#)),
        (
            "PermissionsBoundaryPolicyInputList.member.1",
            format!(r#""{long}":"v""#),
        ),
    ] {
        let document = reads(&key);
        let other = match name {
            "PolicyInputList.member.1" => "PolicyInputList.member.2",
            _ => "PolicyInputList.member.1",
        };
        let parameters = [
            (name, document.as_str()),
            ("ActionNames.member.1", "s3:A"),
            (other, ALLOW_ALL),
        ];
        let message = format!(
            "Invalid policy {}: A condition key cannot exceed 256 characters.",
            name.replace(".member", "")
        );
        world
            .admin("SimulateCustomPolicy", &parameters)
            .fails(400, "InvalidInput", &message);
    }
    // A key of the greatest length is told; so many of them that it would take megabytes are not.
    let keys = |count: usize| {
        let keys: Vec<String> = (0..count)
            .map(|n| format!(r#""{}{n:03}":"v""#, "k".repeat(253)))
            .collect();
        reads(&keys.join(","))
    };
    let one = keys(1);
    let parameters = [
        ("PolicyInputList.member.1", one.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
    assert!(answer.body.contains(&format!("{}000", "k".repeat(253))));
    let many = keys(300);
    let resources: Vec<(String, String)> = (1..=60)
        .map(|n| (format!("ResourceArns.member.{n}"), format!("arn:aws:s3:::b{n}")))
        .collect();
    let mut parameters = vec![
        ("PolicyInputList.member.1", many.as_str()),
        ("ActionNames.member.1", "s3:A"),
    ];
    parameters.extend(resources.iter().map(|(name, arn)| (name.as_str(), arn.as_str())));
    world.admin("SimulateCustomPolicy", &parameters).fails(
        500,
        "PolicyEvaluation",
        "The policies are too complex to be evaluated for s3:A on these resources.",
    );
}
