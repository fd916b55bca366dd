use super::texts::{INVALID_INPUT, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::World;

/// Conditions fold ASCII and Latin-1 letters, so a Kelvin sign is no `k`: were it one here, whoever may not touch a tag could
/// replace it under a name that no condition means.
#[test]
fn what_no_condition_takes_for_a_key_does_not_replace_it() {
    let world = World::new();
    let named = ("UserName", "worker");
    let locked = [
        named,
        ("Tags.member.1.Key", "tâsk"),
        ("Tags.member.1.Value", "locked"),
    ];
    world.admin("CreateUser", &locked).ok();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["iam:TagUser","iam:UntagUser"],"Resource":"*"},
        {"Effect":"Deny","Action":"iam:TagUser","Resource":"*","Condition":{"Null":{"aws:RequestTag/tâsk":"false"}}},
        {"Effect":"Deny","Action":"iam:UntagUser","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["tâsk"]}}}]}"#;
    let tagger = world.user(&world.root, "tagger", Some(policy));
    for (key, status) in [("tâsk", 403), ("TÂSK", 403), ("tâs\u{212a}", 200)] {
        let tag = [named, ("Tags.member.1.Key", key), ("Tags.member.1.Value", "free")];
        assert_eq!(world.iam(&tagger, "TagUser", &tag).status, status, "{key}");
    }
    // A key in another case is the key: it would take the tag away.
    for (key, status) in [("tâsk", 403), ("TÂSK", 403), ("tâs\u{212a}", 200)] {
        let untag = [named, ("TagKeys.member.1", key)];
        assert_eq!(world.iam(&tagger, "UntagUser", &untag).status, status, "{key}");
    }
    let listed = world.admin("ListUserTags", &[named]).ok();
    assert_eq!(
        (listed.texts("Key"), listed.texts("Value")),
        (vec!["tâsk".to_owned()], vec!["locked".to_owned()])
    );
}

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
