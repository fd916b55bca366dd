use super::texts::{
    ALLOW_ALL, ALREADY_EXISTS, DELETE_CONFLICT, INVALID_INPUT, NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT,
};
use crate::harness::World;

#[test]
fn a_user_is_created_shown_listed_and_deleted() {
    let world = World::new();
    let parameters = [
        ("UserName", "Alice"),
        ("Path", "/staff/"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue / green"),
    ];
    let created = world.admin("CreateUser", &parameters).ok();
    assert!(
        created
            .body
            .contains("<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">")
    );
    for answer in [created, world.admin("GetUser", &[("UserName", "Alice")]).ok()] {
        assert_eq!(answer.text("UserName"), "Alice");
        assert_eq!(answer.text("Path"), "/staff/");
        assert_eq!(answer.text("Arn"), "arn:aws:iam::111122223333:user/staff/Alice");
        assert_eq!(answer.text("CreateDate"), "2026-11-22T12:00:00Z");
        assert!(answer.text("UserId").starts_with("AIDA"), "{}", answer.body);
        assert_eq!(
            (answer.text("Key"), answer.text("Value")),
            ("Team".to_owned(), "blue / green".to_owned())
        );
    }
    let listed = world.admin("ListUsers", &[]).ok();
    assert_eq!(listed.texts("UserName"), ["Alice"]);
    assert_eq!(listed.text("IsTruncated"), "false");
    assert_eq!(listed.find("Key"), None, "lists leave tags out");
    world.admin("DeleteUser", &[("UserName", "Alice")]).ok();
    world.refuses(&[(
        "GetUser",
        &[("UserName", "Alice")],
        NO_SUCH_ENTITY,
        "The user with name Alice cannot be found.",
    )]);
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let world = World::new();
    let before = world.snapshot().revision();
    world.fail_audit(true);
    for parameters in [
        &[("UserName", "Alice")][..],
        &[("UserName", "Bob"), ("Path", "/a/")],
    ] {
        let answer = world.admin("CreateUser", parameters);
        assert_eq!(
            (answer.status, answer.text("Code")),
            (503, "ServiceUnavailable".to_owned())
        );
    }
    assert_eq!(world.snapshot().revision(), before);
    world.fail_audit(false);
    assert_eq!(world.admin("ListUsers", &[]).ok().texts("UserName"), [""; 0]);
    world.admin("CreateUser", &[("UserName", "Alice")]).ok();
}

#[test]
fn names_are_unique_ignoring_case_and_keep_theirs() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "Alice")]).ok();
    world.admin("CreateUser", &[("UserName", "Bob")]).ok();
    world.refuses(&[
        (
            "CreateUser",
            &[("UserName", "ALICE")],
            ALREADY_EXISTS,
            "User with name ALICE already exists.",
        ),
        (
            "CreateUser",
            &[("UserName", "alice"), ("Path", "/other/")],
            ALREADY_EXISTS,
            "User with name alice already exists.",
        ),
        (
            "UpdateUser",
            &[("UserName", "Bob"), ("NewUserName", "aLICE")],
            ALREADY_EXISTS,
            "User with name aLICE already exists.",
        ),
    ]);
    assert_eq!(
        world
            .admin("GetUser", &[("UserName", "alice")])
            .ok()
            .text("UserName"),
        "Alice"
    );
}

#[test]
fn a_renamed_user_keeps_its_id_keys_and_policies() {
    let world = World::new();
    let alice = world.user(&world.root, "Alice", Some(ALLOW_ALL));
    let id = world
        .admin("GetUser", &[("UserName", "Alice")])
        .ok()
        .text("UserId");
    let move_to = [
        ("UserName", "Alice"),
        ("NewUserName", "alison"),
        ("NewPath", "/moved/"),
    ];
    world.admin("UpdateUser", &move_to).ok();
    let shown = world.iam(&alice, "GetUser", &[]).ok();
    assert_eq!(shown.text("UserId"), id);
    assert_eq!(shown.text("Arn"), "arn:aws:iam::111122223333:user/moved/alison");
    // Only the case.
    world
        .admin("UpdateUser", &[("UserName", "alison"), ("NewUserName", "Alison")])
        .ok();
    assert_eq!(world.iam(&alice, "GetUser", &[]).ok().text("UserName"), "Alison");
    world.refuses(&[(
        "GetUser",
        &[("UserName", "Alice")],
        NO_SUCH_ENTITY,
        "The user with name Alice cannot be found.",
    )]);
}

#[test]
fn without_a_name_get_user_means_the_caller() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    assert_eq!(world.iam(&alice, "GetUser", &[]).ok().text("UserName"), "alice");

    let root = world.admin("GetUser", &[]).ok();
    assert_eq!(root.text("Arn"), "arn:aws:iam::111122223333:root");
    assert_eq!(root.text("UserId"), "111122223333");

    let arn = world.role(&world.root, "worker", TRUST_ACCOUNT, Some(ALLOW_ALL));
    let session = world.sts(
        &alice,
        "AssumeRole",
        &[("RoleArn", &arn), ("RoleSessionName", "work")],
    );
    let session = session.credentials();
    for action in ["GetUser", "CreateAccessKey", "ListAccessKeys"] {
        let text = "Must specify userName when calling with non-User credentials";
        world
            .iam(&session, action, &[])
            .fails(400, "ValidationError", text);
    }
    let named = world.iam(&session, "GetUser", &[("UserName", "alice")]).ok();
    assert_eq!(named.text("UserName"), "alice");
}

#[test]
fn a_user_with_anything_left_is_not_deleted() {
    let world = World::new();
    let policy = world.policy("notes", READ_NOTES);
    world.user(&world.root, "alice", Some(READ_NOTES));
    let key = world
        .admin("ListAccessKeys", &[("UserName", "alice")])
        .ok()
        .text("AccessKeyId");
    let attached = [("UserName", "alice"), ("PolicyArn", policy.as_str())];
    world.admin("AttachUserPolicy", &attached).ok();
    let delete: &[(&str, &str)] = &[("UserName", "alice")];
    let detach_first = "Cannot delete entity, must detach all policies first.";
    world.refuses(&[("DeleteUser", delete, DELETE_CONFLICT, detach_first)]);
    world.admin("DetachUserPolicy", &attached).ok();
    let delete_first = "Cannot delete entity, must delete policies first.";
    world.refuses(&[("DeleteUser", delete, DELETE_CONFLICT, delete_first)]);
    world
        .admin(
            "DeleteUserPolicy",
            &[("UserName", "alice"), ("PolicyName", "inline")],
        )
        .ok();
    let remove_first = "Cannot delete entity, must remove referenced objects first.";
    world.refuses(&[("DeleteUser", delete, DELETE_CONFLICT, remove_first)]);
    world
        .admin("DeleteAccessKey", &[("UserName", "alice"), ("AccessKeyId", &key)])
        .ok();
    world.admin("DeleteUser", delete).ok();
}

#[test]
fn accounts_do_not_see_each_other() {
    let world = World::new();
    let other = world.other_account("444455556666");
    world.admin("CreateUser", &[("UserName", "alice")]).ok();
    let policy = world.policy("notes", READ_NOTES);
    assert_eq!(
        world.iam(&other, "ListUsers", &[]).ok().texts("UserName"),
        [""; 0]
    );
    let text = "The user with name alice cannot be found.";
    world
        .iam(&other, "GetUser", &[("UserName", "alice")])
        .fails(404, "NoSuchEntity", text);
    let text = format!("Policy {policy} was not found.");
    world
        .iam(&other, "GetPolicy", &[("PolicyArn", &policy)])
        .fails(404, "NoSuchEntity", &text);
    world
        .iam(&other, "DeletePolicy", &[("PolicyArn", &policy)])
        .fails(404, "NoSuchEntity", &text);
    world.iam(&other, "CreateUser", &[("UserName", "alice")]).ok();
    let text = format!("Policy {policy} does not exist or is not attachable.");
    let attach = [("UserName", "alice"), ("PolicyArn", policy.as_str())];
    world
        .iam(&other, "AttachUserPolicy", &attach)
        .fails(404, "NoSuchEntity", &text);
}

#[test]
fn every_operation_on_a_user_that_is_not_there_says_so() {
    let world = World::new();
    let policy = world.policy("notes", READ_NOTES);
    let nobody = ("UserName", "nobody");
    let text = "The user with name nobody cannot be found.";
    world.refuses(&[
        ("UpdateUser", &[nobody, ("NewPath", "/x/")], NO_SUCH_ENTITY, text),
        ("DeleteUser", &[nobody], NO_SUCH_ENTITY, text),
        ("CreateAccessKey", &[nobody], NO_SUCH_ENTITY, text),
        ("ListAccessKeys", &[nobody], NO_SUCH_ENTITY, text),
        (
            "AttachUserPolicy",
            &[nobody, ("PolicyArn", &policy)],
            NO_SUCH_ENTITY,
            text,
        ),
        (
            "DetachUserPolicy",
            &[nobody, ("PolicyArn", &policy)],
            NO_SUCH_ENTITY,
            text,
        ),
        ("ListAttachedUserPolicies", &[nobody], NO_SUCH_ENTITY, text),
        (
            "PutUserPermissionsBoundary",
            &[nobody, ("PermissionsBoundary", &policy)],
            NO_SUCH_ENTITY,
            text,
        ),
        ("DeleteUserPermissionsBoundary", &[nobody], NO_SUCH_ENTITY, text),
        ("ListUserPolicies", &[nobody], NO_SUCH_ENTITY, text),
        ("ListUserTags", &[nobody], NO_SUCH_ENTITY, text),
        (
            "UntagUser",
            &[nobody, ("TagKeys.member.1", "a")],
            NO_SUCH_ENTITY,
            text,
        ),
    ]);
}

#[test]
fn reserved_tag_keys_and_duplicates_are_refused_at_creation() {
    let world = World::new();
    let reserved = [
        ("UserName", "a"),
        ("Tags.member.1.Key", "AWS:x"),
        ("Tags.member.1.Value", ""),
    ];
    let twice = [
        ("UserName", "a"),
        ("Tags.member.1.Key", "x"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "X"),
        ("Tags.member.2.Value", "2"),
    ];
    let duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    world.refuses(&[
        (
            "CreateUser",
            &reserved,
            INVALID_INPUT,
            "The tag key AWS:x is reserved: it begins with aws:.",
        ),
        ("CreateUser", &twice, INVALID_INPUT, duplicate),
    ]);
}
