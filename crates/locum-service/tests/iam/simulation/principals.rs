//! The policies that a user, a group or a role has: each is named, may be left out, and has its boundary over it.

use super::answers::READ;
use crate::harness::{Parameters, World};
use crate::iam::texts::{ADMINISTRATOR, ALLOW_ALL, TRUST_ACCOUNT};

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
