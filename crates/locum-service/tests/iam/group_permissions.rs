//! What groups do to what their users may.

use super::texts::{ALLOW_ALL, READ_NOTES};
use crate::harness::{Credentials, Parameters, World};

const STAFF: (&str, &str) = ("GroupName", "staff");
const HEADER: &str = "x-locum-authorization-message";
const ALICE: (&str, &str) = ("UserName", "alice");

fn statement(effect: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#
    )
}

/// Alice in the group `staff`, which has one inline policy.
fn scene(own: Option<&str>, of_group: &str) -> (World, Credentials) {
    let world = World::new();
    let alice = world.user(&world.root, "alice", own);
    world.admin("CreateGroup", &[STAFF]).ok();
    world.admin("AddUserToGroup", &[STAFF, ALICE]).ok();
    put(&world, "guard", of_group);
    (world, alice)
}

fn put(world: &World, name: &str, document: &str) {
    let parameters = [STAFF, ("PolicyName", name), ("PolicyDocument", document)];
    world.admin("PutGroupPolicy", &parameters).ok();
}

fn may(world: &World, who: &Credentials, action: &str, parameters: &Parameters<'_>) -> bool {
    world.iam(who, action, parameters).status == 200
}

fn decoded(world: &World, encoded: &str) -> serde_json::Value {
    let answer = world.sts(
        &world.root,
        "DecodeAuthorizationMessage",
        &[("EncodedMessage", encoded)],
    );
    serde_json::from_str(&answer.ok().text("DecodedMessage")).unwrap()
}

#[test]
fn a_groups_policies_are_its_users_until_they_leave() {
    let (world, alice) = scene(None, &statement("Allow", "iam:ListUsers"));
    let arn = world.policy("managed", &statement("Allow", "iam:ListRoles"));
    assert!(may(&world, &alice, "ListUsers", &[]));
    assert!(!may(&world, &alice, "ListRoles", &[]));
    world
        .admin("AttachGroupPolicy", &[STAFF, ("PolicyArn", &arn)])
        .ok();
    assert!(may(&world, &alice, "ListRoles", &[]));
    // Under another name and path it is the same group.
    let renamed = [STAFF, ("NewGroupName", "people"), ("NewPath", "/x/")];
    world.admin("UpdateGroup", &renamed).ok();
    assert!(may(&world, &alice, "ListUsers", &[]) && may(&world, &alice, "ListRoles", &[]));
    // A new group of the old name is not.
    world.admin("CreateGroup", &[STAFF]).ok();
    world
        .admin("RemoveUserFromGroup", &[("GroupName", "people"), ALICE])
        .ok();
    for action in ["ListUsers", "ListRoles"] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:{action} on resource: \
             arn:aws:iam::111122223333:{}/ because no identity-based policy allows the iam:{action} action",
            if action == "ListUsers" { "user" } else { "role" },
        );
        world.iam(&alice, action, &[]).fails(403, "AccessDenied", &text);
    }
}

#[test]
fn a_policy_of_a_group_ends_with_it() {
    let (world, alice) = scene(None, &statement("Allow", "iam:ListUsers"));
    assert!(may(&world, &alice, "ListUsers", &[]));
    world
        .admin("DeleteGroupPolicy", &[STAFF, ("PolicyName", "guard")])
        .ok();
    assert!(!may(&world, &alice, "ListUsers", &[]));
}

#[test]
fn a_deny_of_a_group_wins_and_is_told_with_its_group() {
    let (world, alice) = scene(Some(ALLOW_ALL), &statement("Deny", "iam:ListUsers"));
    // The user has a policy of this very name.
    let namesake = [ALICE, ("PolicyName", "guard"), ("PolicyDocument", READ_NOTES)];
    world.admin("PutUserPolicy", &namesake).ok();
    let text = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers on resource: \
                arn:aws:iam::111122223333:user/ with an explicit deny in an identity-based policy";
    let denied = world.iam(&alice, "ListUsers", &[]);
    denied.fails(403, "AccessDenied", text);
    let message = decoded(&world, denied.header(HEADER).unwrap());
    let why = &message["explanation"];
    let group = "arn:aws:iam::111122223333:group/staff";
    assert_eq!((&why["policy"], &why["group"]), (&"guard".into(), &group.into()));
    assert_eq!(
        why["reason"],
        format!(
            "Statement 1 of the identity-based policy guard of {group} denies iam:ListUsers; no other statement can override it."
        )
    );

    // A managed policy is named by its ARN, and the group beside it.
    world
        .admin("DeleteGroupPolicy", &[STAFF, ("PolicyName", "guard")])
        .ok();
    let arn = world.policy("no-listing", &statement("Deny", "iam:ListUsers"));
    world
        .admin("AttachGroupPolicy", &[STAFF, ("PolicyArn", &arn)])
        .ok();
    let denied = world.iam(&alice, "ListUsers", &[]);
    denied.fails(403, "AccessDenied", &format!("{text}: {arn}"));
    let message = decoded(&world, denied.header(HEADER).unwrap());
    let why = &message["explanation"];
    assert_eq!(
        (&why["policy"], &why["group"]),
        (&arn.as_str().into(), &group.into())
    );

    // The user's own comes from no group, even if a group has it too.
    world
        .admin("AttachUserPolicy", &[ALICE, ("PolicyArn", &arn)])
        .ok();
    let denied = world.iam(&alice, "ListUsers", &[]);
    let message = decoded(&world, denied.header(HEADER).unwrap());
    assert_eq!(message["explanation"].get("group"), None);
}

#[test]
fn an_inline_policy_with_the_id_of_a_managed_one_is_not_taken_for_it() {
    let (world, alice) = scene(None, READ_NOTES);
    let other = world.other_account("444455556666");
    let make = |who: &Credentials, name: &str| {
        let parameters = [
            ("PolicyName", name),
            ("Path", "/merger/"),
            ("PolicyDocument", READ_NOTES),
        ];
        let made = world.iam(who, "CreatePolicy", &parameters).ok();
        (made.text("PolicyId"), made.text("Arn"))
    };
    let (foreign, _) = make(&other, "secret");
    let (own, arn) = make(&world.root, "own");
    world
        .admin("AttachGroupPolicy", &[STAFF, ("PolicyArn", &arn)])
        .ok();
    let administrator = [("PolicyArn", super::texts::ADMINISTRATOR)];
    let aws = world.admin("GetPolicy", &administrator).ok().text("PolicyId");
    let deny = statement("Deny", "iam:ListUsers");
    let text = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers on resource: \
                arn:aws:iam::111122223333:user/ with an explicit deny in an identity-based policy";
    for id in [foreign, own, aws] {
        let name = [ALICE, ("PolicyName", &id)];
        let inline = [name[0], name[1], ("PolicyDocument", &deny)];
        world.admin("PutUserPolicy", &inline).ok();
        let denied = world.iam(&alice, "ListUsers", &[]);
        denied.fails(403, "AccessDenied", text);
        let why = &decoded(&world, denied.header(HEADER).unwrap())["explanation"];
        assert_eq!(why["policy"], id.as_str());
        assert_eq!(why.get("group"), None, "{id}");
        assert!(!why.to_string().contains("arn:"), "{why}");
        assert!(!world.last_record().to_string().contains("merger"), "{id}");
        world.admin("DeleteUserPolicy", &name).ok();
    }
}

#[test]
fn a_boundary_bounds_what_a_group_allows() {
    let (world, alice) = scene(None, ALLOW_ALL);
    assert!(may(&world, &alice, "ListRoles", &[]));
    let fence = world.policy("fence", &statement("Allow", "iam:ListUsers"));
    let parameters = [ALICE, ("PermissionsBoundary", fence.as_str())];
    world.admin("PutUserPermissionsBoundary", &parameters).ok();
    assert!(may(&world, &alice, "ListUsers", &[]));
    assert!(!may(&world, &alice, "ListRoles", &[]));
}

#[test]
fn sessions_of_a_user_have_what_its_groups_allow() {
    let (world, alice) = scene(None, &statement("Allow", "sts:*"));
    let role = world.role(&world.root, "worker", &trust(), None);
    let assume = [("RoleArn", role.as_str()), ("RoleSessionName", "work")];
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    assert_eq!(world.sts(&session, "AssumeRole", &assume).status, 200);
    // A federated user has at most what its user has.
    let policy = ("Policy", ALLOW_ALL);
    let federated = world
        .sts(&alice, "GetFederationToken", &[("Name", "fed"), policy])
        .credentials();
    assert_eq!(world.sts(&federated, "GetCallerIdentity", &[]).status, 200);
    world.admin("RemoveUserFromGroup", &[STAFF, ALICE]).ok();
    assert_eq!(world.sts(&session, "AssumeRole", &assume).status, 403);
    assert_eq!(
        world
            .sts(&alice, "GetFederationToken", &[("Name", "fed"), policy])
            .status,
        403
    );
}

fn trust() -> String {
    super::texts::TRUST_ACCOUNT.to_owned()
}

#[test]
fn acting_on_groups_needs_a_right_to_the_group() {
    let (world, alice) = scene(None, READ_NOTES);
    let here = "arn:aws:iam::111122223333:";
    let document = ("PolicyDocument", READ_NOTES);
    let (policy, arn) = (("PolicyName", "p"), ("PolicyArn", super::texts::ADMINISTRATOR));
    let staff = format!("{here}group/staff");
    for (action, parameters, resource) in [
        (
            "CreateGroup",
            &[("GroupName", "x"), ("Path", "/y/")][..],
            format!("{here}group/y/x"),
        ),
        ("GetGroup", &[STAFF], staff.clone()),
        ("GetGroup", &[("GroupName", "none")], format!("{here}group/none")),
        ("UpdateGroup", &[STAFF, ("NewGroupName", "x")], staff.clone()),
        ("DeleteGroup", &[STAFF], staff.clone()),
        ("ListGroups", &[("PathPrefix", "/y/")], format!("{here}group/y/")),
        ("AddUserToGroup", &[STAFF, ALICE], staff.clone()),
        ("RemoveUserFromGroup", &[STAFF, ALICE], staff.clone()),
        ("ListGroupsForUser", &[ALICE], format!("{here}user/alice")),
        ("AttachGroupPolicy", &[STAFF, arn], staff.clone()),
        ("DetachGroupPolicy", &[STAFF, arn], staff.clone()),
        ("ListAttachedGroupPolicies", &[STAFF], staff.clone()),
        ("PutGroupPolicy", &[STAFF, policy, document], staff.clone()),
        ("GetGroupPolicy", &[STAFF, policy], staff.clone()),
        ("DeleteGroupPolicy", &[STAFF, policy], staff.clone()),
        ("ListGroupPolicies", &[STAFF], staff),
        ("ListEntitiesForPolicy", &[arn], arn.1.to_owned()),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:{action} on resource: \
             {resource} because no identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&alice, action, parameters)
            .fails(403, "AccessDenied", &text);
    }
    assert!(world.snapshot().group(world.account, "x").is_none());
}

#[test]
fn whoever_is_kept_to_a_path_of_groups_or_to_some_policies_stays_there() {
    let (world, lead) = scene(
        Some(
            r#"{"Version":"2012-10-17","Statement":[
               {"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:group/dev/*"},
               {"Effect":"Deny","Action":"iam:AttachGroupPolicy","Resource":"*",
                "Condition":{"ArnNotEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/fine"}}}]}"#,
        ),
        READ_NOTES,
    );
    let fine = world.policy("fine", READ_NOTES);
    let dev = ("GroupName", "dev");
    assert!(may(&world, &lead, "CreateGroup", &[dev, ("Path", "/dev/")]));
    assert!(!may(&world, &lead, "CreateGroup", &[("GroupName", "x")]));
    assert!(may(
        &world,
        &lead,
        "AttachGroupPolicy",
        &[dev, ("PolicyArn", &fine)]
    ));
    let administrator = ("PolicyArn", super::texts::ADMINISTRATOR);
    assert!(!may(&world, &lead, "AttachGroupPolicy", &[dev, administrator]));
    assert!(!may(
        &world,
        &lead,
        "AttachGroupPolicy",
        &[STAFF, ("PolicyArn", &fine)]
    ));
    // Neither out of the path nor into it.
    assert!(!may(&world, &lead, "UpdateGroup", &[dev, ("NewPath", "/")]));
    assert!(!may(&world, &lead, "UpdateGroup", &[STAFF, ("NewPath", "/dev/")]));
    assert!(may(
        &world,
        &lead,
        "UpdateGroup",
        &[dev, ("NewGroupName", "devs")]
    ));
    assert!(may(
        &world,
        &lead,
        "AddUserToGroup",
        &[("GroupName", "devs"), ALICE]
    ));
}
