use super::texts::{
    ALLOW_ALL, ALREADY_EXISTS, DELETE_CONFLICT, INVALID_INPUT, MALFORMED, NO_SUCH_ENTITY, READ_NOTES,
    TRUST_ACCOUNT,
};
use crate::harness::World;

/// A trust policy that names one principal, as it is spelled.
fn trusts(principal: &str) -> String {
    let statement =
        format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}"#);
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

/// Seen in many answers of AWS: of roles that were made or changed with an empty description, such as CloudFormation's.
/// Whoever compares what is with what should be would otherwise change such a role for ever.
#[test]
fn an_empty_description_is_shown_and_none_is_not() {
    let world = World::new();
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    let (none, empty) = (("RoleName", "none"), ("RoleName", "empty"));
    let nothing = ("Description", "");
    let shows = |operation: &str, name| {
        world
            .admin(operation, &[name])
            .ok()
            .body
            .contains("<Description/>")
    };
    world.admin("CreateRole", &[none, trust]).ok();
    world.admin("CreateRole", &[empty, trust, nothing]).ok();
    assert!(!shows("GetRole", none) && shows("GetRole", empty));
    assert!(shows("ListRoles", ("PathPrefix", "/")));

    world
        .admin("UpdateRole", &[none, ("MaxSessionDuration", "7200")])
        .ok();
    assert!(!shows("GetRole", none), "what is not given stays");
    world.admin("UpdateRole", &[none, nothing]).ok();
    assert!(shows("GetRole", none));
    world
        .admin("UpdateRoleDescription", &[none, ("Description", "x")])
        .ok();
    world.admin("UpdateRoleDescription", &[none, nothing]).ok();
    assert!(shows("GetRole", none));
}

#[test]
fn a_role_is_created_shown_listed_changed_and_deleted() {
    let world = World::new();
    let parameters = [
        ("RoleName", "Worker"),
        ("Path", "/service/"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ("Description", "works"),
        ("MaxSessionDuration", "7200"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let created = world.admin("CreateRole", &parameters).ok();
    assert_eq!(
        created.find("MaxSessionDuration"),
        None,
        "recorded answers leave it out"
    );
    assert_eq!(created.document("AssumeRolePolicyDocument"), TRUST_ACCOUNT);
    assert!(created.text("RoleId").starts_with("AROA"));
    assert_eq!(
        created.text("Arn"),
        "arn:aws:iam::111122223333:role/service/Worker"
    );

    let shown = world.admin("GetRole", &[("RoleName", "worker")]).ok();
    assert_eq!(shown.text("RoleName"), "Worker");
    assert_eq!(shown.text("MaxSessionDuration"), "7200");
    assert_eq!(shown.text("Description"), "works");
    assert_eq!(shown.text("Key"), "Team");

    let listed = world.admin("ListRoles", &[("PathPrefix", "/service/")]).ok();
    assert_eq!(listed.texts("RoleName"), ["Worker"]);
    assert_eq!(listed.find("Key"), None);
    assert_eq!(listed.document("AssumeRolePolicyDocument"), TRUST_ACCOUNT);
    assert_eq!(
        world
            .admin("ListRoles", &[("PathPrefix", "/other/")])
            .ok()
            .texts("RoleName"),
        [""; 0]
    );

    world
        .admin(
            "UpdateRole",
            &[("RoleName", "Worker"), ("MaxSessionDuration", "3600")],
        )
        .ok();
    let shown = world.admin("GetRole", &[("RoleName", "Worker")]).ok();
    assert_eq!(shown.text("MaxSessionDuration"), "3600");
    assert_eq!(shown.text("Description"), "works", "what is not given stays");
    let parameters = [("RoleName", "Worker"), ("Description", "")];
    let changed = world.admin("UpdateRoleDescription", &parameters).ok();
    assert_eq!(changed.text("RoleName"), "Worker");
    assert!(changed.body.contains("<Description/>"));

    world.admin("DeleteRole", &[("RoleName", "Worker")]).ok();
    let text = "The role with name Worker cannot be found.";
    world.refuses(&[("GetRole", &[("RoleName", "Worker")], NO_SUCH_ENTITY, text)]);
}

#[test]
fn roles_have_their_own_texts() {
    let world = World::new();
    let policy = world.policy("notes", READ_NOTES);
    world.role(&world.root, "Worker", TRUST_ACCOUNT, None);
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    let nobody = ("RoleName", "nobody");
    let text = "The role with name nobody cannot be found.";
    world.refuses(&[
        (
            "CreateRole",
            &[("RoleName", "WORKER"), trust],
            ALREADY_EXISTS,
            "Role with name WORKER already exists.",
        ),
        (
            "CreateRole",
            &[("RoleName", "x"), ("AssumeRolePolicyDocument", "{")],
            MALFORMED,
            "This policy contains invalid Json",
        ),
        (
            "CreateRole",
            &[
                ("RoleName", "x"),
                ("Path", "/aws-service-role/x.example.com/"),
                trust,
            ],
            INVALID_INPUT,
            "Roles of the path /aws-service-role/x.example.com/ are made by services only.",
        ),
        ("UpdateRole", &[nobody], NO_SUCH_ENTITY, text),
        (
            "UpdateRoleDescription",
            &[nobody, ("Description", "")],
            NO_SUCH_ENTITY,
            text,
        ),
        (
            "UpdateAssumeRolePolicy",
            &[nobody, ("PolicyDocument", TRUST_ACCOUNT)],
            NO_SUCH_ENTITY,
            text,
        ),
        ("DeleteRole", &[nobody], NO_SUCH_ENTITY, text),
        (
            "AttachRolePolicy",
            &[nobody, ("PolicyArn", &policy)],
            NO_SUCH_ENTITY,
            text,
        ),
        (
            "DetachRolePolicy",
            &[nobody, ("PolicyArn", &policy)],
            NO_SUCH_ENTITY,
            text,
        ),
        ("ListAttachedRolePolicies", &[nobody], NO_SUCH_ENTITY, text),
        ("ListRolePolicies", &[nobody], NO_SUCH_ENTITY, text),
        ("ListRoleTags", &[nobody], NO_SUCH_ENTITY, text),
        ("DeleteRolePermissionsBoundary", &[nobody], NO_SUCH_ENTITY, text),
    ]);
}

#[test]
fn a_role_with_policies_is_not_deleted() {
    let world = World::new();
    let policy = world.policy("notes", READ_NOTES);
    world.role(&world.root, "worker", TRUST_ACCOUNT, Some(READ_NOTES));
    let attached = [("RoleName", "worker"), ("PolicyArn", policy.as_str())];
    world.admin("AttachRolePolicy", &attached).ok();
    let delete: &[(&str, &str)] = &[("RoleName", "worker")];
    let text = "Cannot delete entity, must detach all policies first.";
    world.refuses(&[("DeleteRole", delete, DELETE_CONFLICT, text)]);
    world.admin("DetachRolePolicy", &attached).ok();
    let text = "Cannot delete entity, must delete policies first.";
    world.refuses(&[("DeleteRole", delete, DELETE_CONFLICT, text)]);
    world
        .admin(
            "DeleteRolePolicy",
            &[("RoleName", "worker"), ("PolicyName", "inline")],
        )
        .ok();
    world.admin("DeleteRole", delete).ok();
}

#[test]
fn a_trusted_user_that_is_made_again_is_a_stranger() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let trust = trusts("arn:aws:iam::111122223333:user/alice");
    let role = world.role(&world.root, "worker", &trust, None);
    let shown = || {
        let answer = world.admin("GetRole", &[("RoleName", "worker")]).ok();
        answer.document("AssumeRolePolicyDocument")
    };
    assert_eq!(shown(), trust, "shown as it was given");
    let assume = [("RoleArn", role.as_str()), ("RoleSessionName", "work")];
    world.sts(&alice, "AssumeRole", &assume).ok();

    let id = world
        .admin("GetUser", &[("UserName", "alice")])
        .ok()
        .text("UserId");
    world
        .admin("UpdateUser", &[("UserName", "alice"), ("NewUserName", "alison")])
        .ok();
    assert_eq!(
        shown(),
        trusts("arn:aws:iam::111122223333:user/alison"),
        "it follows the user"
    );
    world.sts(&alice, "AssumeRole", &assume).ok();

    let key = world
        .admin("ListAccessKeys", &[("UserName", "alison")])
        .ok()
        .text("AccessKeyId");
    world
        .admin(
            "DeleteAccessKey",
            &[("UserName", "alison"), ("AccessKeyId", &key)],
        )
        .ok();
    world.admin("DeleteUser", &[("UserName", "alison")]).ok();
    assert_eq!(shown(), trusts(&id), "an id that nobody has stays an id");
    let stranger = world.user(&world.root, "alison", None);
    assert_eq!(shown(), trusts(&id));
    let text = format!(
        "User: arn:aws:iam::111122223333:user/alison is not authorized to perform: sts:AssumeRole on resource: {role}"
    );
    world
        .sts(&stranger, "AssumeRole", &assume)
        .fails(403, "AccessDenied", &text);
    // What was shown can be written back.
    let update = [("RoleName", "worker"), ("PolicyDocument", &*trusts(&id))];
    world.admin("UpdateAssumeRolePolicy", &update).ok();
    assert_eq!(shown(), trusts(&id));
}

#[test]
fn a_trusted_role_follows_its_name_across_accounts() {
    let world = World::new();
    let other = world.other_account("444455556666");
    let their = world.role(&other, "caller", TRUST_ACCOUNT, None);
    world.role(&world.root, "worker", &trusts(&their), None);
    let shown = world.admin("GetRole", &[("RoleName", "worker")]).ok();
    assert_eq!(shown.document("AssumeRolePolicyDocument"), trusts(&their));
    let id = world
        .iam(&other, "GetRole", &[("RoleName", "caller")])
        .ok()
        .text("RoleId");
    world.iam(&other, "DeleteRole", &[("RoleName", "caller")]).ok();
    let shown = world.admin("GetRole", &[("RoleName", "worker")]).ok();
    assert_eq!(shown.document("AssumeRolePolicyDocument"), trusts(&id));
}

#[test]
fn a_trusted_session_is_one_of_the_role_that_was_there() {
    let world = World::new();
    world.role(&world.root, "caller", TRUST_ACCOUNT, None);
    let session = "arn:aws:sts::111122223333:assumed-role/caller/ci";
    world.role(&world.root, "worker", &trusts(session), None);
    let shown = || {
        let answer = world.admin("GetRole", &[("RoleName", "worker")]).ok();
        answer.document("AssumeRolePolicyDocument")
    };
    assert_eq!(shown(), trusts(session), "shown as it was given");
    let caller = [("RoleName", "caller")];
    let id = world.admin("GetRole", &caller).ok().text("RoleId");
    world.admin("DeleteRole", &caller).ok();
    let gone = trusts(&format!("{id}:ci"));
    assert_eq!(shown(), gone, "an id that nobody has stays an id");
    world.role(&world.root, "caller", TRUST_ACCOUNT, None);
    assert_eq!(shown(), gone);
    let update = |document: &str| {
        let parameters = [("RoleName", "worker"), ("PolicyDocument", document)];
        world.admin("UpdateAssumeRolePolicy", &parameters).ok();
    };
    // What was shown can be written back.
    update(&gone);
    assert_eq!(shown(), gone);
    update(&trusts(session));
    assert_eq!(shown(), trusts(session));
}

#[test]
fn a_principal_that_is_not_there_cannot_be_trusted() {
    let world = World::new();
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    for principal in [
        "arn:aws:iam::111122223333:user/bob",
        // Path and name count to the letter.
        "arn:aws:iam::111122223333:user/Alice",
        "arn:aws:iam::111122223333:user/staff/alice",
        "arn:aws:iam::111122223333:role/alice",
        "arn:aws:sts::111122223333:assumed-role/alice/ci",
        "arn:aws:sts::111122223333:assumed-role/Worker/ci",
        // No delegation crosses partitions.
        "arn:aws-cn:iam::111122223333:user/alice",
        // Not an account of this directory.
        "arn:aws:iam::999988887777:user/alice",
    ] {
        let trust = trusts(principal);
        let text = format!(r#"Invalid principal in policy: "AWS":"{principal}""#);
        let create = [("RoleName", "x"), ("AssumeRolePolicyDocument", trust.as_str())];
        let update = [("RoleName", "worker"), ("PolicyDocument", trust.as_str())];
        world.refuses(&[
            ("CreateRole", &create, MALFORMED, &text),
            ("UpdateAssumeRolePolicy", &update, MALFORMED, &text),
        ]);
    }
}
