//! Service-linked roles are exempt from control policies and boundaries: what makes one, and what anybody can do with it.

use locum_directory::{Changes, Role};

use super::texts::{
    ADMINISTRATOR, ALLOW_ALL, DELETE_CONFLICT, DENIED, INVALID_INPUT, Kind, LIMIT_EXCEEDED, NO_SUCH_ENTITY,
    TRUST_ACCOUNT, VALIDATION,
};
use crate::harness::World;

const SERVICE: (&str, &str) = ("AWSServiceName", "autoscaling.amazonaws.com");
const NAME: (&str, &str) = ("RoleName", "AWSServiceRoleForAutoScaling");
const ARN: &str =
    "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
const UNMODIFIABLE: Kind = (400, "UnmodifiableEntity");
const PROTECTED: &str = "Cannot perform the operation on the protected role 'AWSServiceRoleForAutoScaling' - this role \
                         is only modifiable by AWS";

#[test]
fn a_service_has_its_role() {
    let world = World::new();
    let made = world
        .admin("CreateServiceLinkedRole", &[SERVICE, ("Description", "scales")])
        .ok();
    let shown = world.admin("GetRole", &[NAME]).ok();
    for answer in [&made, &shown] {
        assert_eq!(answer.text("Arn"), ARN);
        assert_eq!(
            answer.text("Path"),
            "/aws-service-role/autoscaling.amazonaws.com/"
        );
        assert_eq!(answer.text("Description"), "scales");
        assert_eq!(
            answer.document("AssumeRolePolicyDocument"),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"autoscaling.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
        );
    }
    let suffixed = [SERVICE, ("CustomSuffix", "blue")];
    let second = world.admin("CreateServiceLinkedRole", &suffixed).ok();
    assert_eq!(second.text("RoleName"), "AWSServiceRoleForAutoScaling_blue");
    let other = world
        .admin(
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "notes.example.com")],
        )
        .ok();
    assert_eq!(
        other.text("Arn"),
        "arn:aws:iam::111122223333:role/aws-service-role/notes.example.com/AWSServiceRoleForNotes"
    );
    let listed = world
        .admin("ListRoles", &[("PathPrefix", "/aws-service-role/")])
        .ok();
    assert_eq!(listed.texts("RoleName").len(), 3);
    for (action, member) in [
        ("ListAttachedRolePolicies", "PolicyArn"),
        ("ListRolePolicies", "member"),
    ] {
        assert!(world.admin(action, &[NAME]).ok().texts(member).is_empty());
    }

    world.refuses(&[
        (
            "CreateServiceLinkedRole",
            &[SERVICE],
            INVALID_INPUT,
            "Service role name AWSServiceRoleForAutoScaling has been taken in this account, please try a different \
             suffix.",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ecs.amazonaws.com"), ("CustomSuffix", "blue")],
            INVALID_INPUT,
            "Custom suffix is not allowed for ecs.amazonaws.com",
        ),
        (
            "CreateServiceLinkedRole",
            &[SERVICE, ("CustomSuffix", "a123456789012345678901234567890123456")],
            INVALID_INPUT,
            "The role name AWSServiceRoleForAutoScaling_a123456789012345678901234567890123456 is longer than 64 \
             characters.",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ECS.amazonaws.com")],
            INVALID_INPUT,
            "ECS.amazonaws.com is not the name of a service.",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ecs")],
            INVALID_INPUT,
            "ecs is not the name of a service.",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "a.b/../../")],
            VALIDATION,
            "1 validation error detected: Value at 'aWSServiceName' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\w+=,.@-]+",
        ),
    ]);
}

#[test]
fn nobody_changes_or_extends_it() {
    let world = World::new();
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    world
        .admin("CreateInstanceProfile", &[("InstanceProfileName", "web")])
        .ok();
    let policy = ("PolicyArn", ADMINISTRATOR);
    let own = ("PolicyName", "own");
    let before = world.admin("GetRole", &[NAME]).ok();
    world.refuses(&[
        (
            "UpdateAssumeRolePolicy",
            &[NAME, ("PolicyDocument", TRUST_ACCOUNT)],
            UNMODIFIABLE,
            PROTECTED,
        ),
        (
            "PutRolePolicy",
            &[NAME, own, ("PolicyDocument", ALLOW_ALL)],
            UNMODIFIABLE,
            PROTECTED,
        ),
        ("DeleteRolePolicy", &[NAME, own], UNMODIFIABLE, PROTECTED),
        ("AttachRolePolicy", &[NAME, policy], UNMODIFIABLE, PROTECTED),
        ("DetachRolePolicy", &[NAME, policy], UNMODIFIABLE, PROTECTED),
        (
            "PutRolePermissionsBoundary",
            &[NAME, ("PermissionsBoundary", ADMINISTRATOR)],
            UNMODIFIABLE,
            PROTECTED,
        ),
        ("DeleteRolePermissionsBoundary", &[NAME], UNMODIFIABLE, PROTECTED),
        (
            "UpdateRole",
            &[NAME, ("MaxSessionDuration", "7200")],
            UNMODIFIABLE,
            PROTECTED,
        ),
        (
            "AddRoleToInstanceProfile",
            &[("InstanceProfileName", "web"), NAME],
            UNMODIFIABLE,
            PROTECTED,
        ),
        ("DeleteRole", &[NAME], UNMODIFIABLE, PROTECTED),
        (
            "CreateRole",
            &[NAME, ("AssumeRolePolicyDocument", TRUST_ACCOUNT)],
            (409, "EntityAlreadyExists"),
            "Role with name AWSServiceRoleForAutoScaling already exists.",
        ),
    ]);
    assert_eq!(
        world.admin("GetRole", &[NAME]).ok().text("RoleId"),
        before.text("RoleId")
    );
    let role = world.snapshot().role(world.account, NAME.1).unwrap().clone();
    assert!(
        role.is_service_linked()
            && role.attached.is_empty()
            && role.inline.is_empty()
            && role.boundary.is_none()
    );

    // What it is for and its tags are its account's to say.
    world.admin("UpdateRole", &[NAME, ("Description", "one")]).ok();
    world
        .admin("UpdateRoleDescription", &[NAME, ("Description", "two")])
        .ok();
    let tag = [
        NAME,
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    world.admin("TagRole", &tag).ok();
    let shown = world.admin("GetRole", &[NAME]).ok();
    assert_eq!(
        (shown.text("Description"), shown.text("Value")),
        ("two".to_owned(), "blue".to_owned())
    );
    world
        .admin("UntagRole", &[NAME, ("TagKeys.member.1", "Team")])
        .ok();
}

#[test]
fn nobody_becomes_it() {
    let world = World::new();
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let assume = [("RoleArn", ARN), ("RoleSessionName", "ss")];
    world.sts(&alice, "AssumeRole", &assume).fails(
        DENIED.0,
        DENIED.1,
        &format!("User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: {ARN}"),
    );
    let chain = world.role(&world.root, "chain", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let session = world
        .sts(
            &alice,
            "AssumeRole",
            &[("RoleArn", &chain), ("RoleSessionName", "ss")],
        )
        .credentials();
    assert_eq!(world.sts(&session, "AssumeRole", &assume).status, DENIED.0);
    // Nor does a trust policy of another's making name the service for its author.
    let for_service = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"autoscaling.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let imitation = world.role(&world.root, "imitation", for_service, Some(ALLOW_ALL));
    let assume = [("RoleArn", &*imitation), ("RoleSessionName", "ss")];
    assert_eq!(world.sts(&alice, "AssumeRole", &assume).status, DENIED.0);
}

#[test]
fn no_path_and_no_name_makes_one() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    for path in [
        "/aws-service-role/",
        "/aws-service-role/autoscaling.amazonaws.com/",
        "/AWS-Service-Role/autoscaling.amazonaws.com/",
        "/aws-reserved/sso.amazonaws.com/",
    ] {
        let text = format!("Roles of the path {path} are made by services only.");
        let parameters = [("RoleName", "r"), ("Path", path), trust];
        world
            .iam(&alice, "CreateRole", &parameters)
            .fails(400, "InvalidInput", &text);
    }
    // What looks like it from afar is an ordinary role, with the session of one.
    for (number, path) in [
        "/x/aws-service-role/autoscaling.amazonaws.com/",
        "//aws-service-role/autoscaling.amazonaws.com/",
        "/aws-service-role./",
        "/",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("AWSServiceRoleForThing{number}");
        let parameters = [("RoleName", &*name), ("Path", path), trust];
        let arn = world.iam(&alice, "CreateRole", &parameters).ok().text("Arn");
        assert!(
            !world
                .snapshot()
                .role(world.account, &name)
                .unwrap()
                .is_service_linked()
        );
        // A boundary binds its sessions; a service-linked role's it would not.
        let named = ("RoleName", &*name);
        let all = [named, ("PolicyName", "own"), ("PolicyDocument", ALLOW_ALL)];
        world.iam(&alice, "PutRolePolicy", &all).ok();
        let fence = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
        world
            .iam(
                &alice,
                "PutRolePermissionsBoundary",
                &[named, ("PermissionsBoundary", fence)],
            )
            .ok();
        let session = world
            .sts(
                &alice,
                "AssumeRole",
                &[("RoleArn", &arn), ("RoleSessionName", "ss")],
            )
            .credentials();
        world.iam(&session, "ListUsers", &[]).ok();
        let denied = world.iam(&session, "CreateUser", &[("UserName", "mallory")]);
        assert_eq!(denied.status, DENIED.0, "{}", denied.body);
        assert!(
            denied
                .text("Message")
                .ends_with("because no permissions boundary allows the iam:CreateUser action")
        );
        // Nor can it be deleted as if it were one.
        world.iam(&alice, "DeleteServiceLinkedRole", &[named]).fails(
            NO_SUCH_ENTITY.0,
            NO_SUCH_ENTITY.1,
            &format!("The role with name {name} cannot be found."),
        );
    }
}

#[test]
fn deletion_is_a_task_that_is_done() {
    let world = World::new();
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    let stored = Role::clone(world.snapshot().role(world.account, NAME.1).unwrap());
    let task = world
        .admin("DeleteServiceLinkedRole", &[NAME])
        .ok()
        .text("DeletionTaskId");
    let begin = "task/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling/";
    assert!(task.starts_with(begin), "{task}");
    assert!(world.snapshot().role(world.account, NAME.1).is_none());
    let status = |task: &str| world.admin("GetServiceLinkedRoleDeletionStatus", &[("DeletionTaskId", task)]);
    let done = status(&task).ok();
    assert_eq!(
        (done.text("Status"), done.find("Reason")),
        ("SUCCEEDED".to_owned(), None)
    );
    world.refuses(&[
        (
            "DeleteServiceLinkedRole",
            &[NAME],
            NO_SUCH_ENTITY,
            "The role with name AWSServiceRoleForAutoScaling cannot be found.",
        ),
        (
            "GetServiceLinkedRoleDeletionStatus",
            &[("DeletionTaskId", "task/other")],
            INVALID_INPUT,
            "task/other is not the id of a deletion task.",
        ),
    ]);
    // A role made anew is another one.
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    assert_eq!(status(&task).ok().text("Status"), "SUCCEEDED");
    // Ids that were not given: made up, of another role, of another account.
    let made_up = format!("{begin}3c7c8a3e-0f6b-4d55-9c77-0a9f6c7c1d2e");
    let moved = task.replace("AutoScaling/", "AutoScaling_x/");
    for task in [&made_up, &moved] {
        let text = format!("The deletion task with id {task} cannot be found.");
        status(task).fails(NO_SUCH_ENTITY.0, NO_SUCH_ENTITY.1, &text);
    }
    let other = world.other_account("444455556666");
    let answer = world.iam(
        &other,
        "GetServiceLinkedRoleDeletionStatus",
        &[("DeletionTaskId", &task)],
    );
    assert_eq!(
        (answer.status, answer.text("Code")),
        (NO_SUCH_ENTITY.0, NO_SUCH_ENTITY.1.to_owned())
    );

    // As after a restore: the deleted role is there again.
    world.admin("DeleteServiceLinkedRole", &[NAME]).ok();
    let restore = |_: &locum_directory::Snapshot| {
        let mut changes = Changes::new();
        changes.put(Role {
            revision: locum_directory::Revision::NEW,
            ..stored.clone()
        });
        Ok::<_, &str>(((), changes))
    };
    world
        .service
        .directory()
        .write(restore)
        .unwrap()
        .1
        .wait()
        .unwrap();
    assert_eq!(status(&task).ok().text("Status"), "NOT_STARTED");
}

#[test]
fn each_operation_is_decided_on_the_role() {
    let world = World::new();
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    let nobody = world.user(&world.root, "nobody", None);
    let task = format!("task{}/x", ARN.split_once(":role").unwrap().1);
    for (action, parameters, resource) in [
        (
            "CreateServiceLinkedRole",
            &[SERVICE, ("CustomSuffix", "b")][..],
            format!("{ARN}_b"),
        ),
        ("DeleteServiceLinkedRole", &[NAME], ARN.to_owned()),
        (
            "GetServiceLinkedRoleDeletionStatus",
            &[("DeletionTaskId", &*task)],
            ARN.to_owned(),
        ),
    ] {
        world.iam(&nobody, action, parameters).fails(
            DENIED.0,
            DENIED.1,
            &format!(
                "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: iam:{action} on resource: \
                 {resource} because no identity-based policy allows the iam:{action} action"
            ),
        );
    }
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*",
        "Condition":{"StringLike":{"iam:AWSServiceName":"ecs.*"}}}}"#;
    let maker = world.user(&world.root, "maker", Some(document));
    world
        .iam(
            &maker,
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ecs.amazonaws.com")],
        )
        .ok();
    let other = [("AWSServiceName", "rds.amazonaws.com")];
    assert_eq!(
        world.iam(&maker, "CreateServiceLinkedRole", &other).status,
        DENIED.0
    );
}

#[test]
fn the_service_is_a_condition_key_of_deletion_too() {
    let world = World::new();
    for service in ["ecs.amazonaws.com", "rds.amazonaws.com"] {
        world
            .admin("CreateServiceLinkedRole", &[("AWSServiceName", service)])
            .ok();
    }
    let document = |effect: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:*","Resource":"*"}},{{"Effect":"{effect}","Action":["iam:DeleteServiceLinkedRole","iam:GetServiceLinkedRoleDeletionStatus"],"Resource":"*",
            "Condition":{{"StringLike":{{"iam:AWSServiceName":"ecs.*"}}}}}}]}}"#
        )
    };
    let only = document("Allow").replace(r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"},"#, "");
    let kept = world.user(&world.root, "kept", Some(&document("Deny")));
    let keeper = world.user(&world.root, "keeper", Some(&only));
    let (ecs, rds) = ("AWSServiceRoleForECS", "AWSServiceRoleForRDS");
    let delete = |who, role| world.iam(who, "DeleteServiceLinkedRole", &[("RoleName", role)]);
    let status = |who, task: &str| {
        let asked = [("DeletionTaskId", task)];
        world.iam(who, "GetServiceLinkedRoleDeletionStatus", &asked)
    };
    assert_eq!(delete(&kept, ecs).status, DENIED.0);
    assert_eq!(delete(&keeper, rds).status, DENIED.0);
    let task_of_ecs = delete(&keeper, ecs).ok().text("DeletionTaskId").to_owned();
    let task_of_rds = delete(&kept, rds).ok().text("DeletionTaskId").to_owned();
    assert_eq!(status(&kept, &task_of_ecs).status, DENIED.0);
    assert_eq!(status(&keeper, &task_of_rds).status, DENIED.0);
    status(&keeper, &task_of_ecs).ok();
    status(&kept, &task_of_rds).ok();
}

#[test]
fn it_counts_as_a_role_and_an_account_may_have_so_many() {
    let world = World::new();
    let now = world.now();
    let trust = locum_policy::Policy::compile(TRUST_ACCOUNT, locum_policy::PolicyKind::Trust).unwrap();
    let mut random = locum_crypto::SeededRandom::new(9);
    let account = world.account;
    let decide = |_: &locum_directory::Snapshot| {
        let mut changes = Changes::new();
        for number in 0..999 {
            changes.put(Role::new(
                account,
                "/",
                &format!("filler{number}"),
                trust.clone(),
                now,
                &mut random,
            ));
        }
        Ok::<_, &str>(((), changes))
    };
    world.service.directory().write(decide).unwrap().1.wait().unwrap();
    world.admin("CreateServiceLinkedRole", &[SERVICE]).ok();
    world.refuses(&[(
        "CreateServiceLinkedRole",
        &[("AWSServiceName", "ecs.amazonaws.com")],
        LIMIT_EXCEEDED,
        "Cannot exceed quota for RolesPerAccount: 1000",
    )]);
}

#[test]
fn an_ordinary_role_of_a_profile_is_not_deleted_either_way() {
    let world = World::new();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let web = ("InstanceProfileName", "web");
    world.admin("CreateInstanceProfile", &[web]).ok();
    world
        .admin("AddRoleToInstanceProfile", &[web, ("RoleName", "worker")])
        .ok();
    world.refuses(&[
        (
            "DeleteServiceLinkedRole",
            &[("RoleName", "worker")],
            NO_SUCH_ENTITY,
            "The role with name worker cannot be found.",
        ),
        (
            "DeleteRole",
            &[("RoleName", "worker")],
            DELETE_CONFLICT,
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
    ]);
}
