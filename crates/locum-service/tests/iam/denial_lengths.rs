//! What the length of a sealed explanation tells of somebody whom the caller may not look at: nothing.

use super::texts::ALLOW_ALL;
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
