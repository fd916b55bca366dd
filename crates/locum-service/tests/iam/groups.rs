use super::texts::{
    ADMINISTRATOR, ALREADY_EXISTS, DELETE_CONFLICT, LIMIT_EXCEEDED, MALFORMED, NO_SUCH_ENTITY, READ_NOTES,
    TRUST_ACCOUNT, VALIDATION,
};
use crate::harness::{Answer, World};

const STAFF: (&str, &str) = ("GroupName", "staff");

impl World {
    /// A group with a user in it, made by the root user.
    fn group_of(&self, group: &str, users: &[&str]) {
        let name = ("GroupName", group);
        self.admin("CreateGroup", &[name]).ok();
        for user in users {
            self.admin("AddUserToGroup", &[name, ("UserName", user)]).ok();
        }
    }

    /// Gives a group an inline policy.
    fn put_group_policy(&self, group: &str, name: &str, document: &str) {
        let parameters = [
            ("GroupName", group),
            ("PolicyName", name),
            ("PolicyDocument", document),
        ];
        self.admin("PutGroupPolicy", &parameters).ok();
    }
}

fn members(answer: &Answer) -> Vec<String> {
    answer.texts("UserName")
}

#[test]
fn a_group_is_created_shown_listed_and_deleted() {
    let world = World::new();
    let made = world
        .admin("CreateGroup", &[("GroupName", "Developers"), ("Path", "/staff/")])
        .ok();
    let shown = world.admin("GetGroup", &[("GroupName", "DEVELOPERS")]).ok();
    let listed = world.admin("ListGroups", &[("PathPrefix", "/staff/")]).ok();
    for answer in [&made, &shown, &listed] {
        assert_eq!(answer.text("GroupName"), "Developers");
        assert_eq!(answer.text("Path"), "/staff/");
        assert_eq!(
            answer.text("Arn"),
            "arn:aws:iam::111122223333:group/staff/Developers"
        );
        assert_eq!(answer.text("CreateDate"), "2026-11-22T12:00:00Z");
        assert!(answer.text("GroupId").starts_with("AGPA"), "{}", answer.body);
    }
    assert_eq!(
        (members(&shown), shown.text("IsTruncated")),
        (Vec::new(), "false".to_owned())
    );
    assert!(
        world
            .admin("ListGroups", &[("PathPrefix", "/other/")])
            .ok()
            .texts("GroupName")
            .is_empty()
    );
    world.admin("DeleteGroup", &[("GroupName", "developers")]).ok();
    world.refuses(&[
        (
            "GetGroup",
            &[("GroupName", "Developers")],
            NO_SUCH_ENTITY,
            "The group with name Developers cannot be found.",
        ),
        (
            "DeleteGroup",
            &[("GroupName", "Developers")],
            NO_SUCH_ENTITY,
            "The group with name Developers cannot be found.",
        ),
    ]);
}

#[test]
fn group_names_are_unique_ignoring_case_and_those_of_users_are_others() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "staff")]).ok();
    world.group_of("Staff", &[]);
    world.group_of("other", &[]);
    world.refuses(&[
        (
            "CreateGroup",
            &[STAFF, ("Path", "/x/")],
            ALREADY_EXISTS,
            "Group with name staff already exists.",
        ),
        (
            "UpdateGroup",
            &[("GroupName", "other"), ("NewGroupName", "STAFF")],
            ALREADY_EXISTS,
            "Group with name STAFF already exists.",
        ),
        (
            "UpdateGroup",
            &[("GroupName", "none"), ("NewGroupName", "x")],
            NO_SUCH_ENTITY,
            "The group with name none cannot be found.",
        ),
        (
            "CreateGroup",
            &[("GroupName", "a b")],
            VALIDATION,
            "1 validation error detected: Value at 'groupName' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\w+=,.@-]+",
        ),
    ]);
    // Only the case.
    world
        .admin("UpdateGroup", &[STAFF, ("NewGroupName", "STAFF")])
        .ok();
    assert_eq!(world.admin("GetGroup", &[STAFF]).ok().text("GroupName"), "STAFF");
}

#[test]
fn users_are_added_shown_in_pages_and_removed() {
    let world = World::new();
    for name in ["delta", "Alpha", "charlie", "Bravo", "echo"] {
        world.admin("CreateUser", &[("UserName", name)]).ok();
    }
    world.group_of("staff", &["delta", "ALPHA", "charlie", "Bravo", "echo"]);
    // Once more is no error and changes nothing.
    world
        .admin("AddUserToGroup", &[STAFF, ("UserName", "alpha")])
        .ok();
    let all = ["Alpha", "Bravo", "charlie", "delta", "echo"];
    assert_eq!(members(&world.admin("GetGroup", &[STAFF]).ok()), all);

    let first = world.admin("GetGroup", &[STAFF, ("MaxItems", "2")]).ok();
    assert_eq!(
        (members(&first), first.text("IsTruncated")),
        (vec!["Alpha".to_owned(), "Bravo".to_owned()], "true".to_owned())
    );
    let marker = first.text("Marker");
    let second = world
        .admin("GetGroup", &[STAFF, ("MaxItems", "3"), ("Marker", &marker)])
        .ok();
    assert_eq!(members(&second), ["charlie", "delta", "echo"]);
    assert_eq!(second.text("GroupName"), "staff");
    // A marker is of one group.
    world.group_of("other", &[]);
    let elsewhere = [("GroupName", "other"), ("Marker", marker.as_str())];
    world
        .admin("GetGroup", &elsewhere)
        .fails(400, "ValidationError", "Invalid Marker.");

    world.group_of("Admins", &["alpha"]);
    let of_user = world.admin("ListGroupsForUser", &[("UserName", "alpha")]).ok();
    assert_eq!(of_user.texts("GroupName"), ["Admins", "staff"]);
    let page = world
        .admin("ListGroupsForUser", &[("UserName", "alpha"), ("MaxItems", "1")])
        .ok();
    assert_eq!(page.texts("GroupName"), ["Admins"]);
    let marker = page.text("Marker");
    let page = world
        .admin("ListGroupsForUser", &[("UserName", "alpha"), ("Marker", &marker)])
        .ok();
    assert_eq!(page.texts("GroupName"), ["staff"]);

    world
        .admin("RemoveUserFromGroup", &[STAFF, ("UserName", "Alpha")])
        .ok();
    assert_eq!(members(&world.admin("GetGroup", &[STAFF]).ok()), all[1..]);
    // Once more is no error, but both must be there.
    world
        .admin("RemoveUserFromGroup", &[STAFF, ("UserName", "Alpha")])
        .ok();
    world.refuses(&[
        (
            "RemoveUserFromGroup",
            &[STAFF, ("UserName", "nobody")],
            NO_SUCH_ENTITY,
            "The user with name nobody cannot be found.",
        ),
        (
            "RemoveUserFromGroup",
            &[("GroupName", "none"), ("UserName", "nobody")],
            NO_SUCH_ENTITY,
            "The user with name nobody cannot be found.",
        ),
        (
            "RemoveUserFromGroup",
            &[("GroupName", "none"), ("UserName", "Alpha")],
            NO_SUCH_ENTITY,
            "The group with name none cannot be found.",
        ),
        (
            "AddUserToGroup",
            &[STAFF, ("UserName", "nobody")],
            NO_SUCH_ENTITY,
            "The user with name nobody cannot be found.",
        ),
        (
            "ListGroupsForUser",
            &[("UserName", "nobody")],
            NO_SUCH_ENTITY,
            "The user with name nobody cannot be found.",
        ),
    ]);
}

#[test]
fn groups_are_listed_in_pages() {
    let world = World::new();
    for name in ["delta", "Alpha", "charlie"] {
        world.group_of(name, &[]);
    }
    let first = world.admin("ListGroups", &[("MaxItems", "2")]).ok();
    assert_eq!(first.texts("GroupName"), ["Alpha", "charlie"]);
    let marker = first.text("Marker");
    let last = world.admin("ListGroups", &[("Marker", &marker)]).ok();
    assert_eq!(
        (last.texts("GroupName"), last.find("Marker")),
        (vec!["delta".to_owned()], None)
    );
}

#[test]
fn group_policies_are_put_attached_shown_and_removed() {
    let world = World::new();
    world.group_of("Staff", &[]);
    let one = ("PolicyName", "one");
    let spaced = READ_NOTES.replace(',', ",\n  ");
    world.put_group_policy("staff", "two", READ_NOTES);
    world.put_group_policy("staff", "one", READ_NOTES);
    world.put_group_policy("staff", "one", &spaced);
    let shown = world.admin("GetGroupPolicy", &[STAFF, one]).ok();
    assert_eq!(shown.document("PolicyDocument"), spaced);
    assert_eq!(
        (shown.text("GroupName"), shown.text("PolicyName")),
        ("Staff".to_owned(), "one".to_owned())
    );
    let page = world.admin("ListGroupPolicies", &[STAFF, ("MaxItems", "1")]).ok();
    assert_eq!(
        (page.text("member"), page.text("IsTruncated")),
        ("one".to_owned(), "true".to_owned())
    );
    let rest = [STAFF, ("Marker", &page.text("Marker"))].map(|(name, value)| (name, value.to_owned()));
    let rest: Vec<_> = rest.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        world.admin("ListGroupPolicies", &rest).ok().texts("member"),
        ["two"]
    );
    world.admin("DeleteGroupPolicy", &[STAFF, one]).ok();
    let missing = "The group policy with name one cannot be found.";
    world.refuses(&[
        ("GetGroupPolicy", &[STAFF, one], NO_SUCH_ENTITY, missing),
        ("DeleteGroupPolicy", &[STAFF, one], NO_SUCH_ENTITY, missing),
        (
            "PutGroupPolicy",
            &[STAFF, one, ("PolicyDocument", "{")],
            MALFORMED,
            "Syntax errors in policy.",
        ),
    ]);

    let arn = world.policy("managed", READ_NOTES);
    let managed = ("PolicyArn", arn.as_str());
    let count = || world.admin("GetPolicy", &[managed]).ok().text("AttachmentCount");
    world.admin("AttachGroupPolicy", &[STAFF, managed]).ok();
    world.admin("AttachGroupPolicy", &[STAFF, managed]).ok();
    world
        .admin("AttachGroupPolicy", &[STAFF, ("PolicyArn", ADMINISTRATOR)])
        .ok();
    assert_eq!(count(), "1");
    let listed = world.admin("ListAttachedGroupPolicies", &[STAFF]).ok();
    assert_eq!(listed.texts("PolicyName"), ["AdministratorAccess", "managed"]);
    let page = world
        .admin("ListAttachedGroupPolicies", &[STAFF, ("MaxItems", "1")])
        .ok();
    assert_eq!(page.text("IsTruncated"), "true");
    world.refuses(&[(
        "DeletePolicy",
        &[managed],
        DELETE_CONFLICT,
        "Cannot delete a policy attached to entities.",
    )]);
    world.admin("DetachGroupPolicy", &[STAFF, managed]).ok();
    assert_eq!(count(), "0");
    let absent = "arn:aws:iam::111122223333:policy/absent";
    world.refuses(&[
        (
            "DetachGroupPolicy",
            &[STAFF, managed],
            NO_SUCH_ENTITY,
            "Policy arn:aws:iam::111122223333:policy/managed was not found.",
        ),
        (
            "AttachGroupPolicy",
            &[STAFF, ("PolicyArn", absent)],
            NO_SUCH_ENTITY,
            "Policy arn:aws:iam::111122223333:policy/absent does not exist or is not attachable.",
        ),
    ]);
}

#[test]
fn what_holds_together_is_not_deleted() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "alice")]).ok();
    world.group_of("staff", &["alice"]);
    world
        .admin("AttachGroupPolicy", &[STAFF, ("PolicyArn", ADMINISTRATOR)])
        .ok();
    world.put_group_policy("staff", "inline", READ_NOTES);
    let remove_users = "Cannot delete entity, must remove users from group first.";
    let alice = ("UserName", "alice");
    world.refuses(&[
        ("DeleteGroup", &[STAFF], DELETE_CONFLICT, remove_users),
        ("DeleteUser", &[alice], DELETE_CONFLICT, remove_users),
    ]);
    world.admin("RemoveUserFromGroup", &[STAFF, alice]).ok();
    world.refuses(&[(
        "DeleteGroup",
        &[STAFF],
        DELETE_CONFLICT,
        "Cannot delete entity, must detach all policies first.",
    )]);
    world
        .admin("DetachGroupPolicy", &[STAFF, ("PolicyArn", ADMINISTRATOR)])
        .ok();
    world.refuses(&[(
        "DeleteGroup",
        &[STAFF],
        DELETE_CONFLICT,
        "Cannot delete entity, must delete policies first.",
    )]);
    world
        .admin("DeleteGroupPolicy", &[STAFF, ("PolicyName", "inline")])
        .ok();
    world.admin("DeleteGroup", &[STAFF]).ok();
    world.admin("DeleteUser", &[alice]).ok();
}

#[test]
fn groups_have_their_quotas() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "alice")]).ok();
    let alice = ("UserName", "alice");
    for n in 0..300 {
        world
            .admin("CreateGroup", &[("GroupName", &format!("g{n}"))])
            .ok();
    }
    for n in 0..10 {
        let group = format!("g{n}");
        world
            .admin("AddUserToGroup", &[("GroupName", &group), alice])
            .ok();
        let policy = world.policy(&format!("p{n}"), READ_NOTES);
        world
            .admin(
                "AttachGroupPolicy",
                &[("GroupName", "g0"), ("PolicyArn", &policy)],
            )
            .ok();
    }
    // A user in ten groups may be put where it is.
    world.admin("AddUserToGroup", &[("GroupName", "g3"), alice]).ok();
    // 5,120 characters of inline policy together, white space not counted.
    let empty = READ_NOTES.replace("\"*\"", "\"arn:aws:s3:::\"");
    let sized = |size: usize| {
        let resource = format!("arn:aws:s3:::{}", "x".repeat(size - empty.len()));
        READ_NOTES.replace("\"*\"", &format!("\"{resource}\""))
    };
    world.put_group_policy("g0", "a", &sized(3000));
    world.put_group_policy("g0", "b", &sized(2120).replace(',', " ,\n"));
    let (g0, tiny) = (("GroupName", "g0"), sized(200));
    world.refuses(&[
        (
            "CreateGroup",
            &[("GroupName", "more")],
            LIMIT_EXCEEDED,
            "Cannot exceed quota for GroupsPerAccount: 300",
        ),
        (
            "AddUserToGroup",
            &[("GroupName", "g10"), alice],
            LIMIT_EXCEEDED,
            "Cannot exceed quota for GroupsPerUser: 10",
        ),
        (
            "AttachGroupPolicy",
            &[g0, ("PolicyArn", ADMINISTRATOR)],
            LIMIT_EXCEEDED,
            "Cannot exceed quota for PoliciesPerGroup: 10",
        ),
        (
            "PutGroupPolicy",
            &[g0, ("PolicyName", "c"), ("PolicyDocument", &tiny)],
            LIMIT_EXCEEDED,
            "Maximum policy size of 5120 bytes exceeded for group g0",
        ),
    ]);
}

#[test]
fn a_group_is_no_principal() {
    let world = World::new();
    world.group_of("staff", &[]);
    let trust = TRUST_ACCOUNT.replace(":root", ":group/staff");
    let parameters = [
        ("RoleName", "worker"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    let refused = world.admin("CreateRole", &parameters);
    assert_eq!(
        (refused.status, refused.text("Code")),
        (400, "MalformedPolicyDocument".to_owned()),
        "{}",
        refused.body
    );
}
