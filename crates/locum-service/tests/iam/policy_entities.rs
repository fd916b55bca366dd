use super::texts::{ALLOW_ALL, NO_SUCH_ENTITY, TRUST_ACCOUNT};
use crate::harness::World;

const STAFF: (&str, &str) = ("GroupName", "staff");

#[test]
fn who_uses_a_policy_is_listed_once_and_in_pages() {
    let world = World::new();
    let arn = world.policy("shared", ALLOW_ALL);
    let managed = ("PolicyArn", arn.as_str());
    let boundary = ("PermissionsBoundary", arn.as_str());
    world
        .admin(
            "CreateUser",
            &[("UserName", "alice"), ("Path", "/staff/"), boundary],
        )
        .ok();
    world
        .admin("CreateUser", &[("UserName", "bounded"), boundary])
        .ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    world.admin("CreateGroup", &[STAFF]).ok();
    world
        .admin("AttachUserPolicy", &[("UserName", "alice"), managed])
        .ok();
    world
        .admin("AttachRolePolicy", &[("RoleName", "worker"), managed])
        .ok();
    world.admin("AttachGroupPolicy", &[STAFF, managed]).ok();
    let listed = |filters: &[(&str, &str)]| {
        let mut parameters = vec![managed];
        parameters.extend(filters);
        let answer = world.admin("ListEntitiesForPolicy", &parameters).ok();
        let mut names = answer.texts("UserName");
        names.sort();
        names.extend(answer.texts("GroupName"));
        names.extend(answer.texts("RoleName"));
        names
    };
    for (filters, expected) in [
        (&[][..], &["alice", "bounded", "staff", "worker"][..]),
        (&[("EntityFilter", "User")], &["alice", "bounded"]),
        (&[("EntityFilter", "Group")], &["staff"]),
        (&[("EntityFilter", "Role")], &["worker"]),
        (&[("EntityFilter", "LocalManagedPolicy")], &[]),
        (
            &[("PolicyUsageFilter", "PermissionsPolicy")],
            &["alice", "staff", "worker"],
        ),
        (
            &[("PolicyUsageFilter", "PermissionsBoundary")],
            &["alice", "bounded"],
        ),
        (&[("PathPrefix", "/staff/")], &["alice"]),
    ] {
        assert_eq!(listed(filters), expected, "{filters:?}");
    }
    let (mut marker, mut seen) = (None::<String>, Vec::new());
    loop {
        let mut parameters = vec![managed, ("MaxItems", "1")];
        if let Some(marker) = &marker {
            parameters.push(("Marker", marker));
        }
        let page = world.admin("ListEntitiesForPolicy", &parameters).ok();
        let names = ["UserName", "GroupName", "RoleName"]
            .map(|name| page.texts(name))
            .concat();
        assert_eq!(names.len(), 1);
        seen.extend(names);
        marker = page.find("Marker");
        if marker.is_none() {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, ["alice", "bounded", "staff", "worker"]);
    world.refuses(&[(
        "ListEntitiesForPolicy",
        &[("PolicyArn", "arn:aws:iam::111122223333:policy/absent")],
        NO_SUCH_ENTITY,
        "Policy arn:aws:iam::111122223333:policy/absent does not exist or is not attachable.",
    )]);
}
