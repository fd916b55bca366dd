//! What the length of a sealed explanation tells of somebody whom the caller may not look at: nothing.

use super::texts::{ALLOW_ALL, TRUST_ACCOUNT};
use crate::harness::World;

#[test]
fn nobody_is_told_from_anybody_by_the_length_of_a_denial() {
    let world = World::new();
    world
        .admin(
            "CreatePolicy",
            &[("PolicyName", "limits"), ("PolicyDocument", ALLOW_ALL)],
        )
        .ok();
    let limits = "arn:aws:iam::111122223333:policy/limits";
    let nowhere = "arn:aws:iam::111122223333:policy/nowhere";
    let unless_tagged = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"},
        {"Sid":"Never","Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}]}"#;
    let callers = [
        world.user(&world.root, "alice", None),
        world.user(&world.root, "carol", Some(unless_tagged)),
    ];
    world.user(&world.root, "bob", None);
    world.user(&world.root, "eve", None);
    let value = "x".repeat(40);
    let tags = [
        ("UserName", "eve"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
        ("Tags.member.2.Key", "secret"),
        ("Tags.member.2.Value", &value),
    ];
    world.admin("TagUser", &tags).ok();
    let boundary = [("UserName", "eve"), ("PermissionsBoundary", limits)];
    world.admin("PutUserPermissionsBoundary", &boundary).ok();

    // What the request says may be of any length, and does not push the rest over an end.
    let far = format!("arn:aws:iam::111122223333:policy/{}/nowhere", "p".repeat(400));
    for caller in &callers {
        for (operation, more) in [
            ("GetUser", None),
            ("DeleteUserPermissionsBoundary", None),
            (
                "PutUserPermissionsBoundary",
                Some(("PermissionsBoundary", limits)),
            ),
            (
                "PutUserPermissionsBoundary",
                Some(("PermissionsBoundary", nowhere)),
            ),
            ("PutUserPermissionsBoundary", Some(("PermissionsBoundary", &*far))),
            ("AttachUserPolicy", Some(("PolicyArn", &*far))),
            ("DeleteUser", None),
        ] {
            let lengths = ["bob", "eve", "zoe"].map(|name| {
                let mut parameters = vec![("UserName", name)];
                parameters.extend(more);
                let denied = world.iam(caller, operation, &parameters);
                assert_eq!(denied.text("Code"), "AccessDenied", "{operation}");
                denied.header("x-locum-authorization-message").unwrap().len()
            });
            assert!(
                lengths.iter().all(|length| *length == lengths[0]),
                "{operation} {lengths:?}"
            );
        }
    }
}

/// Who may make something and not tag it chooses its boundary, of any length, and does not push what denies over an end by it.
#[test]
fn what_denies_is_not_measured_by_the_boundary_of_what_is_made() {
    let world = World::new();
    let resources: String = (10..22)
        .map(|n| format!(r#","arn:aws:iam::*:user/u{n}""#))
        .collect();
    let makers = ["S", "SSSSSSSS"].map(|sid| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},
               {{"Sid":"{sid}","Effect":"Deny","Action":["iam:TagUser","iam:TagRole"],"Resource":["*"{resources}]}}]}}"#
        );
        world.user(&world.root, &format!("maker{}", sid.len()), Some(&document))
    });
    for (operation, name) in [("CreateUser", "UserName"), ("CreateRole", "RoleName")] {
        for length in (1..500).step_by(6) {
            let boundary = format!("arn:aws:iam::111122223333:policy/{}/p", "p".repeat(length));
            let [one, other] = makers.each_ref().map(|maker| {
                let mut parameters = vec![
                    (name, "bob"),
                    ("PermissionsBoundary", &boundary),
                    ("Tags.member.1.Key", "team"),
                    ("Tags.member.1.Value", "a"),
                ];
                if operation == "CreateRole" {
                    parameters.push(("AssumeRolePolicyDocument", TRUST_ACCOUNT));
                }
                let denied = world.iam(maker, operation, &parameters);
                assert_eq!(
                    denied.text("Code"),
                    "AccessDenied",
                    "{operation}: {}",
                    denied.body
                );
                denied.header("x-locum-authorization-message").unwrap().len()
            });
            assert_eq!(one, other, "{operation}, {length} bytes of path");
        }
    }
}
