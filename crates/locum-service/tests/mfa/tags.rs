use super::phone::Phone;
use crate::harness::World;

fn guard(action: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":{action},"Resource":"*","Condition":{condition}}}}}"#
    )
}

#[test]
fn tags_are_put_replaced_listed_and_removed() {
    let world = World::new();
    let root = &world.root;
    let parameters = [
        ("VirtualMFADeviceName", "phone"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let made = world.iam(root, "CreateVirtualMFADevice", &parameters).ok();
    assert_eq!(
        (made.texts("Key"), made.texts("Value")),
        (vec!["Team".to_owned()], vec!["blue".to_owned()])
    );
    let serial = ("SerialNumber", made.text("SerialNumber"));
    let serial = (serial.0, serial.1.as_str());
    let tags = [
        serial,
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "green"),
        ("Tags.member.2.Key", "cost"),
        ("Tags.member.2.Value", ""),
    ];
    world.iam(root, "TagMFADevice", &tags).ok();
    let page = world
        .iam(root, "ListMFADeviceTags", &[serial, ("MaxItems", "1")])
        .ok();
    assert_eq!(
        (page.texts("Key"), page.text("IsTruncated")),
        (vec!["cost".to_owned()], "true".to_owned())
    );
    let marker = page.text("Marker");
    let page = world
        .iam(root, "ListMFADeviceTags", &[serial, ("Marker", &marker)])
        .ok();
    assert_eq!(
        (page.texts("Key"), page.texts("Value")),
        (vec!["team".to_owned()], vec!["green".to_owned()])
    );
    world
        .iam(root, "UntagMFADevice", &[serial, ("TagKeys.member.1", "TEAM")])
        .ok();
    let page = world.iam(root, "ListMFADeviceTags", &[serial]).ok();
    assert_eq!(page.texts("Key"), ["cost"]);
    let listed = world.iam(root, "ListVirtualMFADevices", &[]).ok();
    assert_eq!(listed.find("Key"), None, "lists leave tags out");
}

#[test]
fn policies_see_the_tags_of_a_device_and_of_a_request() {
    let world = World::new();
    let create = guard(
        r#"["iam:CreateVirtualMFADevice","iam:TagMFADevice"]"#,
        r#"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#,
    );
    let maker = world.user(&world.root, "maker", Some(&create));
    let delete = guard(
        r#"["iam:DeleteVirtualMFADevice","iam:UntagMFADevice","iam:ListMFADeviceTags"]"#,
        r#"{"StringEquals":{"aws:ResourceTag/team":"blue","iam:ResourceTag/team":"blue"}}"#,
    );
    let remover = world.user(&world.root, "remover", Some(&delete));
    let name = ("VirtualMFADeviceName", "phone");
    let tag = |value| {
        [
            name,
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", value),
        ]
    };
    assert_eq!(world.iam(&maker, "CreateVirtualMFADevice", &[name]).status, 403);
    assert_eq!(
        world.iam(&maker, "CreateVirtualMFADevice", &tag("red")).status,
        403
    );
    let more = [
        &tag("blue")[..],
        &[("Tags.member.2.Key", "x"), ("Tags.member.2.Value", "y")],
    ]
    .concat();
    assert_eq!(world.iam(&maker, "CreateVirtualMFADevice", &more).status, 403);
    let blue = Phone::of(&world.iam(&maker, "CreateVirtualMFADevice", &tag("blue")).ok());
    let plain = Phone::new(&world, "plain");
    let plain = ("SerialNumber", plain.serial.as_str());
    let blue = ("SerialNumber", blue.serial.as_str());
    for action in ["ListMFADeviceTags", "DeleteVirtualMFADevice"] {
        assert_eq!(world.iam(&remover, action, &[plain]).status, 403, "{action}");
        world.iam(&remover, action, &[blue]).ok();
    }
    // What is made with tags is tagged, too.
    let untagged = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateVirtualMFADevice","Resource":"*"}}"#;
    let creator = world.user(&world.root, "creator", Some(untagged));
    world
        .iam(
            &creator,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "a")],
        )
        .ok();
    let text = "User: arn:aws:iam::111122223333:user/creator is not authorized to perform: iam:TagMFADevice on \
                resource: arn:aws:iam::111122223333:mfa/phone because no identity-based policy allows the \
                iam:TagMFADevice action";
    world
        .iam(&creator, "CreateVirtualMFADevice", &tag("blue"))
        .fails(403, "AccessDenied", text);
}
