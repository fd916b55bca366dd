use super::texts::{INVALID_INPUT, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::World;

#[test]
fn tags_are_set_replaced_listed_and_removed() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "worker")]).ok();
    world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let arn = world.policy("worker", READ_NOTES);
    for (kind, owner) in [
        ("User", ("UserName", "worker")),
        ("Role", ("RoleName", "worker")),
        ("Policy", ("PolicyArn", arn.as_str())),
    ] {
        let (tag, untag) = (format!("Tag{kind}"), format!("Untag{kind}"));
        let list = format!("List{kind}Tags");
        let key = |key| ("Tags.member.1.Key", key);
        let value = |value| ("Tags.member.1.Value", value);
        let second = [("Tags.member.2.Key", "Cost"), ("Tags.member.2.Value", "")];
        world
            .admin(&tag, &[owner, key("Team"), value("blue"), second[0], second[1]])
            .ok();
        let listed = world.admin(&list, &[owner]).ok();
        assert_eq!(listed.texts("Key"), ["Cost", "Team"], "in the order of keys");
        // A key in another case replaces the tag.
        world.admin(&tag, &[owner, key("TEAM"), value("red")]).ok();
        let listed = world.admin(&list, &[owner]).ok();
        assert_eq!(listed.texts("Key"), ["Cost", "TEAM"]);
        assert!(listed.texts("Value").contains(&"red".to_owned()));
        let removed = [owner, ("TagKeys.member.1", "team"), ("TagKeys.member.2", "none")];
        world.admin(&untag, &removed).ok();
        assert_eq!(world.admin(&list, &[owner]).ok().texts("Key"), ["Cost"]);
        let duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        let reserved = "The tag key aws:x is reserved: it begins with aws:.";
        let twice = [("Tags.member.2.Key", "TEAM"), ("Tags.member.2.Value", "")];
        world.refuses(&[
            (
                &tag,
                &[owner, key("Team"), value("a"), twice[0], twice[1]],
                INVALID_INPUT,
                duplicate,
            ),
            (&tag, &[owner, key("aws:x"), value("a")], INVALID_INPUT, reserved),
        ]);
    }
}
