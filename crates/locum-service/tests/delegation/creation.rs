//! What can be asked for, and the words of every refusal.

use super::parties::{ALLOW_ALL, Parties, allow};

#[test]
fn a_template_is_a_policy_of_the_requestor_or_of_aws() {
    let parties = Parties::new();
    let customers = [("PolicyName", "theirs"), ("PolicyDocument", ALLOW_ALL)];
    let customers = parties
        .iam(&parties.root, "CreatePolicy", &customers)
        .ok()
        .text("Arn");
    for arn in [
        &*customers,
        "arn:aws:iam::444455556666:policy/none",
        "arn:aws-cn:iam::444455556666:policy/template",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    ] {
        let text = format!("The policy template {arn} does not exist.");
        let answer = parties.create(&parties.vendor, &[("Permissions.PolicyTemplateArn", arn)]);
        answer.fails(400, "InvalidInput", &text);
    }
    let answer = parties.create(
        &parties.vendor,
        &[("Permissions.PolicyTemplateArn", "this is not an ARN")],
    );
    assert_eq!(answer.status, 400, "{}", answer.body);
    let none = [
        ("Permissions.PolicyTemplateArn", ""),
        ("Permissions.Parameters.member.1.Name", "bucket"),
        ("Permissions.Parameters.member.1.Values.member.1", "b"),
    ];
    let text = "A delegation request needs a PolicyTemplateArn.";
    parties
        .create(&parties.vendor, &none)
        .fails(400, "InvalidInput", text);
    let aws = [(
        "Permissions.PolicyTemplateArn",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    )];
    parties.create(&parties.vendor, &aws).ok();
}

#[test]
fn parameters_fill_every_gap_and_no_other() {
    let parties = Parties::new();
    let template = parties.template("gap", &allow("iam:GetUser", "arn:aws:iam::*:user/@{users}"));
    let create = |parameters: &[(&str, &str)]| {
        let mut more = vec![("Permissions.PolicyTemplateArn", &*template)];
        more.extend(parameters);
        parties.create(&parties.vendor, &more)
    };
    let name = ("Permissions.Parameters.member.1.Name", "users");
    let value = ("Permissions.Parameters.member.1.Values.member.1", "a");
    let second = ("Permissions.Parameters.member.1.Values.member.2", "b");
    let other = ("Permissions.Parameters.member.2.Name", "other");
    let others = ("Permissions.Parameters.member.2.Values.member.1", "a");
    let twice = ("Permissions.Parameters.member.2.Name", "users");
    let values =
        "The policy parameter users must have exactly one value, or be a stringList and have at least one.";
    for (parameters, text) in [
        (&[][..], "The policy parameter users is missing."),
        (&[name], values),
        (&[name, value, second], values),
        (
            &[name, value, other, others],
            "The policy template has no parameter other.",
        ),
        (
            &[name, value, twice, others],
            "The policy parameter users is given more than once.",
        ),
        (&[value], "A policy parameter has no name."),
    ] {
        create(parameters).fails(400, "InvalidInput", text);
    }
    create(&[name, value]).ok();
    let long = "x".repeat(2048);
    let text = "The policy has more than 2048 characters with its parameters filled in.";
    let long = ("Permissions.Parameters.member.1.Values.member.1", &*long);
    create(&[name, long]).fails(400, "InvalidInput", text);
    // Nothing that a value says gets out of its string.
    let sly = (
        "Permissions.Parameters.member.1.Values.member.1",
        r#"","Effect":"Allow","Action":"*"#,
    );
    let id = create(&[name, sly]).ok().text("DelegationRequestId");
    let kept = parties.kept(&id);
    let policy: serde_json::Value = serde_json::from_str(&kept.permission_policy).unwrap();
    assert_eq!(policy["Statement"]["Action"], "iam:GetUser");
}

#[test]
fn a_workflow_is_asked_once() {
    let parties = Parties::new();
    let workflow = [("RequestorWorkflowId", "onboarding-7")];
    parties.create(&parties.vendor, &workflow).ok();
    let text = "A delegation request with workflow id onboarding-7 already exists.";
    parties
        .create(&parties.vendor, &workflow)
        .fails(409, "EntityAlreadyExists", text);
    // Another account has workflows of its own.
    let aws = "arn:aws:iam::aws:policy/AdministratorAccess";
    let more = [workflow[0], ("Permissions.PolicyTemplateArn", aws)];
    parties.create(&parties.third, &more).ok();
}

#[test]
fn durations_are_between_five_minutes_and_twelve_hours() {
    let parties = Parties::new();
    for (seconds, status) in [
        ("299", 400),
        ("300", 200),
        ("43200", 200),
        ("43201", 400),
        ("-1", 400),
    ] {
        let answer = parties.create(&parties.vendor, &[("SessionDuration", seconds)]);
        assert_eq!(answer.status, status, "{seconds}: {}", answer.body);
    }
}

#[test]
fn an_account_that_does_not_exist_is_not_told_apart() {
    let parties = Parties::new();
    parties
        .create(&parties.vendor, &[("OwnerAccountId", "999988887777")])
        .ok();
    for bad in ["12345678901", "1234567890123", "aaaaaaaaaaaa", "000000000000 "] {
        let answer = parties.create(&parties.vendor, &[("OwnerAccountId", bad)]);
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "ValidationError"),
            "{bad}"
        );
    }
}

#[test]
fn the_check_of_permissions_says_what_is_known() {
    let parties = Parties::new();
    let id = parties.assigned(&[]);
    let parameters = [
        ("DelegationRequestId", &*id),
        ("DelegationPermissionCheck", "true"),
    ];
    for (who, result) in [(&parties.root, "ALLOWED"), (&parties.admin, "UNSURE")] {
        let answer = parties.iam(who, "GetDelegationRequest", &parameters).ok();
        assert_eq!(answer.text("PermissionCheckStatus"), "COMPLETE");
        assert_eq!(answer.text("PermissionCheckResult"), result);
    }
    let plain = parties.on(&parties.admin, "GetDelegationRequest", &id).ok();
    assert_eq!(plain.find("PermissionCheckStatus"), None);
}

#[test]
fn an_account_has_a_thousand_requests_at_once() {
    let parties = Parties::new();
    let id = parties.asked(&[]);
    let one = parties.kept(&id);
    parties.change(|_| {
        let mut changes = locum_directory::Changes::new();
        for n in 1..1000 {
            changes.put(locum_directory::DelegationRequest {
                revision: locum_directory::Revision::NEW,
                id: format!("copy-{n}-of-a-request").into(),
                workflow_id: format!("copy-{n}").into(),
                ..(*one).clone()
            });
        }
        changes
    });
    let text = "Cannot exceed quota for DelegationRequestsPerAccount: 1000";
    parties
        .create(&parties.vendor, &[])
        .fails(409, "LimitExceeded", text);
    let aws = "arn:aws:iam::aws:policy/AdministratorAccess";
    parties
        .create(&parties.third, &[("Permissions.PolicyTemplateArn", aws)])
        .ok();
}
