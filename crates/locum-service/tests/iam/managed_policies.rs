use super::texts::{
    ADMINISTRATOR, ALLOW_ALL, ALREADY_EXISTS, DELETE_CONFLICT, INVALID_INPUT, LIMIT_EXCEEDED, MALFORMED,
    NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT, VALIDATION, policy_arn,
};
use crate::harness::World;

#[test]
fn a_policy_is_created_shown_listed_and_deleted() {
    let world = World::new();
    let parameters = [
        ("PolicyName", "Notes"),
        ("Path", "/team/"),
        ("PolicyDocument", READ_NOTES),
        ("Description", "reads"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let created = world.admin("CreatePolicy", &parameters).ok();
    let arn = created.text("Arn");
    assert_eq!(arn, "arn:aws:iam::111122223333:policy/team/Notes");
    assert!(created.text("PolicyId").starts_with("ANPA"));
    let shown = world.admin("GetPolicy", &[("PolicyArn", &arn)]).ok();
    for (name, expected) in [
        ("PolicyName", "Notes"),
        ("DefaultVersionId", "v1"),
        ("AttachmentCount", "0"),
        ("PermissionsBoundaryUsageCount", "0"),
        ("IsAttachable", "true"),
        ("Description", "reads"),
        ("Key", "Team"),
    ] {
        assert_eq!(shown.text(name), expected, "{name}");
    }
    let listed = world.admin("ListPolicies", &[("Scope", "Local")]).ok();
    assert_eq!(listed.texts("PolicyName"), ["Notes"]);
    assert_eq!((listed.find("Description"), listed.find("Key")), (None, None));
    world.admin("DeletePolicy", &[("PolicyArn", &arn)]).ok();
    let text = format!("Policy {arn} was not found.");
    world.refuses(&[("GetPolicy", &[("PolicyArn", &arn)], NO_SUCH_ENTITY, &text)]);
}

#[test]
fn lists_are_filtered_by_scope_path_and_use() {
    let world = World::new();
    let notes = world.policy("notes", READ_NOTES);
    let bounds = world.policy("bounds", ALLOW_ALL);
    let aside = [
        ("PolicyName", "aside"),
        ("Path", "/x/"),
        ("PolicyDocument", READ_NOTES),
    ];
    world.admin("CreatePolicy", &aside).ok();
    world
        .admin(
            "CreateUser",
            &[("UserName", "a"), ("PermissionsBoundary", &bounds)],
        )
        .ok();
    world
        .admin("AttachUserPolicy", &[("UserName", "a"), ("PolicyArn", &notes)])
        .ok();
    for (parameters, expected) in [
        (
            &[][..],
            &[
                "AdministratorAccess",
                "AmazonS3FullAccess",
                "AmazonS3ReadOnlyAccess",
                "aside",
                "bounds",
                "IAMAuditRootUserCredentials",
                "IAMCreateRootUserPassword",
                "IAMDeleteRootUserCredentials",
                "IAMFullAccess",
                "IAMReadOnlyAccess",
                "notes",
                "PowerUserAccess",
                "ReadOnlyAccess",
                "S3UnlockBucketPolicy",
                "SecurityAudit",
                "SQSUnlockQueuePolicy",
            ][..],
        ),
        (&[("Scope", "Local")], &["aside", "bounds", "notes"]),
        (
            &[("Scope", "AWS"), ("PathPrefix", "/root-task/")],
            &[
                "IAMAuditRootUserCredentials",
                "IAMCreateRootUserPassword",
                "IAMDeleteRootUserCredentials",
                "S3UnlockBucketPolicy",
                "SQSUnlockQueuePolicy",
            ],
        ),
        (&[("PathPrefix", "/x/")], &["aside"]),
        (&[("OnlyAttached", "true")], &["bounds", "notes"]),
        (&[("PolicyUsageFilter", "PermissionsBoundary")], &["bounds"]),
        (&[("PolicyUsageFilter", "PermissionsPolicy")], &["notes"]),
    ] {
        let listed = world.admin("ListPolicies", parameters).ok();
        assert_eq!(listed.texts("PolicyName"), expected, "{parameters:?}");
    }
}

/// As AWS documents `UpdateDate`: when the policy was made, or, if there are several versions, the newest of them.
#[test]
fn the_date_of_an_update_is_that_of_the_newest_version() {
    let world = World::new();
    let arn = world.policy("Notes", READ_NOTES);
    let policy = ("PolicyArn", &*arn);
    let (document, second) = (("PolicyDocument", ALLOW_ALL), ("VersionId", "v2"));
    let dates = || {
        let shown = world.admin("GetPolicy", &[policy]).ok();
        (shown.text("CreateDate"), shown.text("UpdateDate"))
    };
    let (made, updated) = dates();
    assert_eq!(made, updated);
    world.advance(60);
    world.admin("CreatePolicyVersion", &[policy, document]).ok();
    let newest = dates().1;
    assert!(newest > made, "{newest}");
    for (action, version, expected) in [
        ("SetDefaultPolicyVersion", second, &newest),
        ("DeletePolicyVersion", ("VersionId", "v1"), &made),
    ] {
        world.advance(60);
        world.admin(action, &[policy, version]).ok();
        assert_eq!(&dates().1, expected, "{action}");
    }
}

#[test]
fn managed_policies_have_their_own_texts() {
    let world = World::new();
    let arn = world.policy("Notes", READ_NOTES);
    let old = READ_NOTES.replace("2012-10-17", "2008-10-17");
    let missing = policy_arn("none");
    let (named, document) = (("PolicyName", "x"), ("PolicyDocument", READ_NOTES));
    let not_found = format!("Policy {missing} was not found.");
    let unparsed = "ARN nothing-valid-in-here is not valid.";
    let aws = format!("Policy {ADMINISTRATOR} is managed by AWS and cannot be changed.");
    let version = format!("Policy {arn} version v7 does not exist or is not attachable.");
    world.refuses(&[
        (
            "CreatePolicy",
            &[("PolicyName", "NOTES"), document],
            ALREADY_EXISTS,
            "A policy called NOTES already exists. Duplicate names are not allowed.",
        ),
        (
            "CreatePolicy",
            &[named, ("PolicyDocument", "{}")],
            MALFORMED,
            "Syntax errors in policy.",
        ),
        (
            "CreatePolicy",
            &[named, ("PolicyDocument", &old)],
            MALFORMED,
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            "GetPolicy",
            &[("PolicyArn", &missing)],
            NO_SUCH_ENTITY,
            &not_found,
        ),
        (
            "DeletePolicy",
            &[("PolicyArn", &missing)],
            NO_SUCH_ENTITY,
            &not_found,
        ),
        (
            "ListPolicyVersions",
            &[("PolicyArn", &missing)],
            NO_SUCH_ENTITY,
            &not_found,
        ),
        (
            "CreatePolicyVersion",
            &[("PolicyArn", &missing), document],
            NO_SUCH_ENTITY,
            &not_found,
        ),
        (
            "GetPolicy",
            &[("PolicyArn", "nothing-valid-in-here")],
            VALIDATION,
            unparsed,
        ),
        (
            "DeletePolicy",
            &[("PolicyArn", ADMINISTRATOR)],
            INVALID_INPUT,
            &aws,
        ),
        (
            "CreatePolicyVersion",
            &[("PolicyArn", ADMINISTRATOR), document],
            INVALID_INPUT,
            &aws,
        ),
        (
            "UntagPolicy",
            &[("PolicyArn", ADMINISTRATOR), ("TagKeys.member.1", "a")],
            INVALID_INPUT,
            &aws,
        ),
        (
            "GetPolicyVersion",
            &[("PolicyArn", &arn), ("VersionId", "v7")],
            NO_SUCH_ENTITY,
            &version,
        ),
        (
            "DeletePolicyVersion",
            &[("PolicyArn", &arn), ("VersionId", "v7")],
            NO_SUCH_ENTITY,
            &version,
        ),
        (
            "SetDefaultPolicyVersion",
            &[("PolicyArn", &arn), ("VersionId", "v7")],
            NO_SUCH_ENTITY,
            &version,
        ),
    ]);
}

#[test]
fn versions_come_go_and_take_effect() {
    let world = World::new();
    let arn = world.policy("notes", READ_NOTES);
    let policy = ("PolicyArn", arn.as_str());
    let alice = world.user(&world.root, "alice", None);
    world
        .admin("AttachUserPolicy", &[("UserName", "alice"), policy])
        .ok();
    assert_eq!(world.iam(&alice, "ListUsers", &[]).status, 403);

    let create = [policy, ("PolicyDocument", ALLOW_ALL)];
    let created = world.admin("CreatePolicyVersion", &create).ok();
    assert_eq!(
        (created.text("VersionId"), created.text("IsDefaultVersion")),
        ("v2".to_owned(), "false".to_owned())
    );
    assert_eq!(
        world.iam(&alice, "ListUsers", &[]).status,
        403,
        "not in force yet"
    );
    world
        .admin("SetDefaultPolicyVersion", &[policy, ("VersionId", "v2")])
        .ok();
    world.iam(&alice, "ListUsers", &[]).ok();
    let shown = world
        .admin("GetPolicyVersion", &[policy, ("VersionId", "v2")])
        .ok();
    assert_eq!(shown.document("Document"), ALLOW_ALL);

    let in_force = [policy, ("PolicyDocument", READ_NOTES), ("SetAsDefault", "true")];
    world.admin("CreatePolicyVersion", &in_force).ok();
    assert_eq!(world.iam(&alice, "ListUsers", &[]).status, 403);
    world.refuses(&[(
        "DeletePolicyVersion",
        &[policy, ("VersionId", "v3")],
        DELETE_CONFLICT,
        "Cannot delete the default version of a policy.",
    )]);
    world.admin("CreatePolicyVersion", &create).ok();
    world.admin("CreatePolicyVersion", &create).ok();
    let listed = world.admin("ListPolicyVersions", &[policy]).ok();
    assert_eq!(listed.texts("VersionId"), ["v5", "v4", "v3", "v2", "v1"]);
    assert_eq!(listed.find("Document"), None);
    world.refuses(&[(
        "CreatePolicyVersion",
        &create,
        LIMIT_EXCEEDED,
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing \
         version.",
    )]);
    world
        .admin("DeletePolicyVersion", &[policy, ("VersionId", "v5")])
        .ok();
    let created = world.admin("CreatePolicyVersion", &create).ok();
    assert_eq!(created.text("VersionId"), "v6", "numbers are never used twice");
}

#[test]
fn a_policy_that_is_used_or_has_versions_is_not_deleted() {
    let world = World::new();
    let arn = world.policy("notes", READ_NOTES);
    let policy = ("PolicyArn", arn.as_str());
    let delete: &[(&str, &str)] = &[policy];
    let attached = "Cannot delete a policy attached to entities.";
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    world
        .admin("AttachRolePolicy", &[("RoleName", "worker"), policy])
        .ok();
    assert_eq!(world.admin("GetPolicy", delete).ok().text("AttachmentCount"), "1");
    world.refuses(&[("DeletePolicy", delete, DELETE_CONFLICT, attached)]);
    world
        .admin("DetachRolePolicy", &[("RoleName", "worker"), policy])
        .ok();
    world
        .admin(
            "PutRolePermissionsBoundary",
            &[("RoleName", "worker"), ("PermissionsBoundary", &arn)],
        )
        .ok();
    assert_eq!(
        world
            .admin("GetPolicy", delete)
            .ok()
            .text("PermissionsBoundaryUsageCount"),
        "1"
    );
    world.refuses(&[("DeletePolicy", delete, DELETE_CONFLICT, attached)]);
    world
        .admin("DeleteRolePermissionsBoundary", &[("RoleName", "worker")])
        .ok();
    world
        .admin("CreatePolicyVersion", &[policy, ("PolicyDocument", ALLOW_ALL)])
        .ok();
    world.refuses(&[(
        "DeletePolicy",
        delete,
        DELETE_CONFLICT,
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
         The default version is deleted with the policy.",
    )]);
    world
        .admin("DeletePolicyVersion", &[policy, ("VersionId", "v2")])
        .ok();
    world.admin("DeletePolicy", delete).ok();
}

#[test]
fn policies_are_attached_and_detached() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let (own, missing) = (world.policy("notes", READ_NOTES), policy_arn("none"));
    let not_attachable = format!("Policy {missing} does not exist or is not attachable.");
    let root_task = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy";
    let shown = world.admin("GetPolicy", &[("PolicyArn", root_task)]).ok();
    assert_eq!(shown.text("IsAttachable"), "false");
    let root_task_text = format!("Policy {root_task} does not exist or is not attachable.");
    // Another partition's namesake is another policy.
    let foreign = own.replace("arn:aws:", "arn:aws-cn:");
    let foreign_text = format!("Policy {foreign} does not exist or is not attachable.");
    for (kind, name) in [("User", "UserName"), ("Role", "RoleName")] {
        let owner = (name, "worker");
        let (attach, detach) = (format!("Attach{kind}Policy"), format!("Detach{kind}Policy"));
        let list = format!("ListAttached{}Policies", kind);
        // Twice is once.
        for arn in [&own, ADMINISTRATOR, &own] {
            world.admin(&attach, &[owner, ("PolicyArn", arn)]).ok();
        }
        let listed = world.admin(&list, &[owner]).ok();
        assert_eq!(listed.texts("PolicyArn"), [ADMINISTRATOR, &own]);
        assert_eq!(listed.texts("PolicyName"), ["AdministratorAccess", "notes"]);
        let none = world.admin(&list, &[owner, ("PathPrefix", "/none/")]).ok();
        assert_eq!(none.texts("PolicyArn"), [""; 0]);
        world.refuses(&[
            (
                &attach,
                &[owner, ("PolicyArn", &missing)],
                NO_SUCH_ENTITY,
                &not_attachable,
            ),
            (
                &attach,
                &[owner, ("PolicyArn", &foreign)],
                NO_SUCH_ENTITY,
                &foreign_text,
            ),
            (
                &attach,
                &[owner, ("PolicyArn", root_task)],
                NO_SUCH_ENTITY,
                &root_task_text,
            ),
            (
                &attach,
                &[owner, ("PolicyArn", "AdministratorAccess-not")],
                VALIDATION,
                "ARN AdministratorAccess-not is not valid.",
            ),
        ]);
        world.admin(&detach, &[owner, ("PolicyArn", &own)]).ok();
        let not_found = format!("Policy {own} was not found.");
        world.refuses(&[(&detach, &[owner, ("PolicyArn", &own)], NO_SUCH_ENTITY, &not_found)]);
        assert_eq!(
            world.admin(&list, &[owner]).ok().texts("PolicyArn"),
            [ADMINISTRATOR]
        );
    }
}
