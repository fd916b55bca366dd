use super::texts::{
    ADMINISTRATOR, ALLOW_ALL, DENIED, INVALID_INPUT, NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT, policy_arn,
};
use crate::harness::World;

#[test]
fn a_boundary_bounds_users_and_sessions_of_roles() {
    let world = World::new();
    let notes = world.policy("notes", READ_NOTES);
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let session = world.sts(
        &alice,
        "AssumeRole",
        &[("RoleArn", &role), ("RoleSessionName", "work")],
    );
    let session = session.credentials();
    let callers = [
        (
            "User",
            ("UserName", "alice"),
            &alice,
            "arn:aws:iam::111122223333:user/alice",
        ),
        (
            "Role",
            ("RoleName", "worker"),
            &session,
            "arn:aws:sts::111122223333:assumed-role/worker/work",
        ),
    ];
    for (kind, owner, caller, arn) in callers {
        let put = format!("Put{kind}PermissionsBoundary");
        let delete = format!("Delete{kind}PermissionsBoundary");
        world.iam(caller, "ListUsers", &[]).ok();
        world.admin(&put, &[owner, ("PermissionsBoundary", &notes)]).ok();
        let shown = world.admin(&format!("Get{kind}"), &[owner]).ok();
        assert_eq!(shown.text("PermissionsBoundaryArn"), notes);
        assert_eq!(shown.text("PermissionsBoundaryType"), "Policy");
        let text = format!(
            "User: {arn} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::111122223333:user/ \
             because no permissions boundary allows the iam:ListUsers action"
        );
        world
            .iam(caller, "ListUsers", &[])
            .fails(DENIED.0, DENIED.1, &text);
        world
            .admin(&put, &[owner, ("PermissionsBoundary", ADMINISTRATOR)])
            .ok();
        world.iam(caller, "ListUsers", &[]).ok();
        world.admin(&delete, &[owner]).ok();
        let shown = world.admin(&format!("Get{kind}"), &[owner]).ok();
        assert_eq!(shown.find("PermissionsBoundaryArn"), None);
    }
}

#[test]
fn a_boundary_must_be_a_policy_of_the_account() {
    let world = World::new();
    let missing = policy_arn("none");
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let text = format!("Scope ARN: {missing} does not exist or is not attachable.");
    let (missing, no_arn) = (
        ("PermissionsBoundary", missing.as_str()),
        ("PermissionsBoundary", "no-arn-but-long-enough"),
    );
    let unparsed = "ARN no-arn-but-long-enough is not valid.";
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    world.refuses(&[
        ("CreateUser", &[("UserName", "x"), missing], NO_SUCH_ENTITY, &text),
        (
            "CreateRole",
            &[("RoleName", "x"), trust, missing],
            NO_SUCH_ENTITY,
            &text,
        ),
        (
            "PutUserPermissionsBoundary",
            &[("UserName", "worker"), missing],
            NO_SUCH_ENTITY,
            &text,
        ),
        (
            "PutRolePermissionsBoundary",
            &[("RoleName", "worker"), missing],
            NO_SUCH_ENTITY,
            &text,
        ),
        (
            "CreateUser",
            &[("UserName", "x"), no_arn],
            INVALID_INPUT,
            unparsed,
        ),
        (
            "PutUserPermissionsBoundary",
            &[("UserName", "worker"), no_arn],
            INVALID_INPUT,
            unparsed,
        ),
    ]);
}

/// The pattern of AWS's documentation for administrators who may only make bounded users.
#[test]
fn an_administrator_can_be_kept_to_bounded_users() {
    let world = World::new();
    let bounds = world.policy("bounds", READ_NOTES);
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":["iam:CreateUser","iam:PutUserPolicy",
        "iam:AttachUserPolicy","iam:DetachUserPolicy","iam:DeleteUserPolicy","iam:PutUserPermissionsBoundary"],
        "Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":"{bounds}"}}}}}}}}"#
    );
    let delegate = world.user(&world.root, "delegate", Some(&document));
    let bounded = ("PermissionsBoundary", bounds.as_str());
    let wide = ("PermissionsBoundary", ADMINISTRATOR);
    world
        .iam(&delegate, "CreateUser", &[("UserName", "small"), bounded])
        .ok();
    world.admin("CreateUser", &[("UserName", "large")]).ok();
    for (allowed, action, parameters) in [
        (false, "CreateUser", &[("UserName", "x")][..]),
        (false, "CreateUser", &[("UserName", "x"), wide]),
        (
            true,
            "AttachUserPolicy",
            &[("UserName", "small"), ("PolicyArn", ADMINISTRATOR)],
        ),
        (
            true,
            "DetachUserPolicy",
            &[("UserName", "small"), ("PolicyArn", ADMINISTRATOR)],
        ),
        (
            false,
            "AttachUserPolicy",
            &[("UserName", "large"), ("PolicyArn", ADMINISTRATOR)],
        ),
        (
            false,
            "AttachUserPolicy",
            &[("UserName", "delegate"), ("PolicyArn", ADMINISTRATOR)],
        ),
        (
            false,
            "DeleteUserPolicy",
            &[("UserName", "delegate"), ("PolicyName", "inline")],
        ),
        (
            false,
            "PutUserPermissionsBoundary",
            &[("UserName", "small"), wide],
        ),
        (
            true,
            "PutUserPermissionsBoundary",
            &[("UserName", "large"), bounded],
        ),
        (false, "DeleteUserPermissionsBoundary", &[("UserName", "small")]),
    ] {
        let answer = world.iam(&delegate, action, parameters);
        assert_eq!(
            answer.status,
            if allowed { 200 } else { 403 },
            "{action} {parameters:?} {}",
            answer.body
        );
    }
}

/// What the service authorization reference lists for roles and not for users: the boundary in force, for what else can
/// be done to a role.
#[test]
fn the_boundary_of_a_role_is_a_condition_key() {
    let world = World::new();
    let bounds = world.policy("bounds", READ_NOTES);
    let bounded = ("PermissionsBoundary", bounds.as_str());
    for (role, boundary) in [("small", &[bounded][..]), ("large", &[])] {
        let mut parameters = vec![("RoleName", role), ("AssumeRolePolicyDocument", TRUST_ACCOUNT)];
        parameters.extend(boundary);
        world.admin("CreateRole", &parameters).ok();
    }
    let statement = |effect: &str, operator: &str| {
        format!(
            r#"{{"Effect":"{effect}","Action":"iam:*","Resource":"*","Condition":{{"{operator}":{{"iam:PermissionsBoundary":"{bounds}"}}}}}}"#
        )
    };
    let everything = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned();
    let user = |name: &str, statements: &[String]| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        );
        world.user(&world.root, name, Some(&document))
    };
    let callers = [
        (user("of-small", &[statement("Allow", "ArnEquals")]), "small"),
        (user("of-large", &[statement("Allow", "ArnNotEquals")]), "large"),
        (
            user("not-of-small", &[everything, statement("Deny", "StringEquals")]),
            "large",
        ),
    ];
    for (action, more) in [
        ("GetRole", &[][..]),
        ("UpdateRole", &[]),
        ("UpdateRoleDescription", &[("Description", "d")]),
        ("UpdateAssumeRolePolicy", &[("PolicyDocument", TRUST_ACCOUNT)]),
        ("DeleteRole", &[]),
    ] {
        for (caller, permitted) in &callers {
            for role in ["small", "large"] {
                let mut parameters = vec![("RoleName", role)];
                parameters.extend(more);
                let answer = world.iam(caller, action, &parameters);
                let status = if role == *permitted { 200 } else { 403 };
                assert_eq!(answer.status, status, "{action} {role} {}", answer.body);
                if action == "DeleteRole" && answer.status == 200 {
                    let mut parameters =
                        vec![("RoleName", role), ("AssumeRolePolicyDocument", TRUST_ACCOUNT)];
                    parameters.extend((role == "small").then_some(bounded));
                    world.admin("CreateRole", &parameters).ok();
                }
            }
        }
    }
}
