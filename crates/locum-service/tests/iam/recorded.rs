//! What a public project's tests recorded of AWS in February 2026: which members an answer has, and what is said of what is
//! not there.

use super::texts::{INVALID_INPUT, NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT, VALIDATION, policy_arn};
use crate::harness::World;

const TAG: [(&str, &str); 2] = [("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];

#[test]
fn a_policy_that_is_shown_has_tags_even_if_it_has_none() {
    let world = World::new();
    let parameters = [
        ("PolicyName", "notes"),
        ("PolicyDocument", READ_NOTES),
        ("Description", "Notes."),
    ];
    let made = world.admin("CreatePolicy", &parameters).ok();
    assert_eq!(
        (made.find("Description"), made.body.contains("<Tags")),
        (None, false)
    );
    let arn = made.text("Arn");
    for arn in [arn.as_str(), "arn:aws:iam::aws:policy/AdministratorAccess"] {
        let shown = world.admin("GetPolicy", &[("PolicyArn", arn)]).ok();
        assert!(shown.body.contains("<Tags/>"), "{}", shown.body);
        assert!(shown.find("Description").is_some());
    }
    let listed = world.admin("ListPolicies", &[("Scope", "Local")]).ok();
    assert!(!listed.body.contains("<Tags"), "{}", listed.body);

    world
        .admin("TagPolicy", &[("PolicyArn", &arn), TAG[0], TAG[1]])
        .ok();
    let shown = world.admin("GetPolicy", &[("PolicyArn", &arn)]).ok();
    assert_eq!(shown.texts("Key"), ["k"]);
    let made = world
        .admin(
            "CreatePolicy",
            &[("PolicyName", "tagged"), parameters[1], TAG[0], TAG[1]],
        )
        .ok();
    assert_eq!(made.texts("Key"), ["k"]);
}

#[test]
fn an_instance_profile_that_is_shown_has_tags_and_a_brief_role() {
    let world = World::new();
    let name = ("InstanceProfileName", "web");
    let made = world.admin("CreateInstanceProfile", &[name]).ok();
    assert!(!made.body.contains("<Tags"), "{}", made.body);
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    world
        .admin("AddRoleToInstanceProfile", &[name, ("RoleName", "worker")])
        .ok();
    let shown = world.admin("GetInstanceProfile", &[name]).ok();
    assert!(shown.body.contains("<Tags/>"), "{}", shown.body);
    for (action, parameters) in [
        ("GetInstanceProfile", &[name][..]),
        ("ListInstanceProfiles", &[]),
        ("ListInstanceProfilesForRole", &[("RoleName", "worker")]),
        ("GetAccountAuthorizationDetails", &[("Filter.member.1", "Role")]),
    ] {
        let answer = world.admin(action, parameters).ok();
        assert!(answer.body.contains("<RoleName>worker</RoleName>"));
        assert_eq!(answer.find("MaxSessionDuration"), None, "{action}");
        let tags = answer.body.contains("<Tags");
        assert_eq!(tags, action == "GetInstanceProfile", "{action}");
    }
}

#[test]
fn what_is_told_of_a_role_differs() {
    let world = World::new();
    let boundary = world.policy("limit", READ_NOTES);
    let made = world
        .admin(
            "CreateRole",
            &[
                ("RoleName", "worker"),
                ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
                ("Description", "Works."),
                ("PermissionsBoundary", &boundary),
            ],
        )
        .ok();
    let members = |answer: &crate::harness::Answer| {
        [
            "Description",
            "MaxSessionDuration",
            "PermissionsBoundaryType",
            "PermissionsBoundaryArn",
        ]
        .map(|name| answer.find(name))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(members(&made), [None, None, some("Policy"), some(&boundary)]);
    let name = ("RoleName", "worker");
    let shown = world.admin("GetRole", &[name]).ok();
    let expected = [some("Works."), some("3600"), some("Policy"), some(&boundary)];
    assert_eq!(members(&shown), expected);
    let listed = world.admin("ListRoles", &[]).ok();
    assert_eq!(members(&listed), [some("Works."), some("3600"), None, None]);
    let described = world
        .admin("UpdateRoleDescription", &[name, ("Description", "Works more.")])
        .ok();
    assert_eq!(members(&described)[..2], [some("Works more."), None]);
}

#[test]
fn a_list_with_a_text_that_is_none_says_everything_of_its_texts() {
    let world = World::new();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let policy = world.policy("notes", READ_NOTES);
    let says = |member: &str, constraints: &str| {
        format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must satisfy \
             constraint: [{constraints}]"
        )
    };
    let keys = says(
        "tagKeys",
        r"Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null",
    );
    let ids = says(
        "clientIDList",
        "Member must have length less than or equal to 255, Member must have length greater than or equal to 1",
    );
    let (long, longer) = ("k".repeat(129), "c".repeat(256));
    let (role, url) = (("RoleName", "worker"), ("Url", "https://idp.example.com"));
    world.refuses(&[
        (
            "UntagRole",
            &[role, ("TagKeys.member.1", &long)],
            VALIDATION,
            &keys,
        ),
        (
            "UntagRole",
            &[role, ("TagKeys.member.1", "k!")],
            VALIDATION,
            &keys,
        ),
        (
            "UntagPolicy",
            &[("PolicyArn", &policy), ("TagKeys.member.1", &long)],
            VALIDATION,
            &keys,
        ),
        (
            "CreateOpenIDConnectProvider",
            &[url, ("ClientIDList.member.1", &longer)],
            VALIDATION,
            &ids,
        ),
    ]);
}

#[test]
fn what_is_not_there_is_told_so() {
    let world = World::new();
    let (missing, own) = (policy_arn("none"), world.policy("notes", READ_NOTES));
    let of =
        |version: &str| format!("Policy {missing} version {version} does not exist or is not attachable.");
    let not_found = format!("Policy {missing} was not found.");
    let no_policy = "arn:aws:iam::111122223333:not_a_policy/invalid";
    let invalid = |arn: &str| format!("ARN {arn} is not valid.");
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    let user = ("UserName", "worker");
    world.refuses(&[
        (
            "GetPolicyVersion",
            &[("PolicyArn", &missing), ("VersionId", "v1")],
            NO_SUCH_ENTITY,
            &of("v1"),
        ),
        (
            "SetDefaultPolicyVersion",
            &[("PolicyArn", &missing), ("VersionId", "v2")],
            NO_SUCH_ENTITY,
            &of("v2"),
        ),
        (
            "GetPolicy",
            &[("PolicyArn", &missing)],
            NO_SUCH_ENTITY,
            &not_found,
        ),
        (
            "AttachUserPolicy",
            &[user, ("PolicyArn", "longpolicynamebutnoarn")],
            VALIDATION,
            &invalid("longpolicynamebutnoarn"),
        ),
        (
            "PutUserPermissionsBoundary",
            &[user, ("PermissionsBoundary", no_policy)],
            INVALID_INPUT,
            &invalid(no_policy),
        ),
        (
            "CreateUser",
            &[("UserName", "other"), ("PermissionsBoundary", no_policy)],
            INVALID_INPUT,
            &invalid(no_policy),
        ),
    ]);
    world
        .admin(
            "PutUserPermissionsBoundary",
            &[user, ("PermissionsBoundary", &own)],
        )
        .ok();
}
