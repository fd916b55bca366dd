use super::phone::{Phone, TRUST_ACCOUNT};
use crate::harness::World;

#[test]
fn nothing_is_allowed_to_whom_nothing_allows() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let staff = [("UserName", "bob"), ("Path", "/staff/")];
    world.iam(&world.root, "CreateUser", &staff).ok();
    let phone = Phone::of_user(&world, "alice");
    let stored = phone.stored(&world);
    let here = "arn:aws:iam::111122223333:";
    let serial = ("SerialNumber", phone.serial.as_str());
    let none = ("SerialNumber", "arn:aws:iam::111122223333:mfa/none");
    let hardware = ("SerialNumber", "GAHT12345678");
    let (own, codes) = (
        ("UserName", "alice"),
        [
            ("AuthenticationCode1", "123456"),
            ("AuthenticationCode2", "234567"),
        ],
    );
    let (alices, bobs) = (format!("{here}user/alice"), format!("{here}user/staff/bob"));
    let tag = [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    for (action, parameters, resource) in [
        (
            "CreateVirtualMFADevice",
            vec![("VirtualMFADeviceName", "x"), ("Path", "/y/")],
            format!("{here}mfa/y/x"),
        ),
        // Whether or not it is there.
        (
            "CreateVirtualMFADevice",
            vec![("VirtualMFADeviceName", "alice-phone")],
            phone.serial.clone(),
        ),
        ("DeleteVirtualMFADevice", vec![serial], phone.serial.clone()),
        ("DeleteVirtualMFADevice", vec![none], none.1.to_owned()),
        (
            "DeleteVirtualMFADevice",
            vec![hardware],
            format!("{here}mfa/GAHT12345678"),
        ),
        ("ListVirtualMFADevices", vec![], format!("{here}mfa/")),
        (
            "EnableMFADevice",
            vec![own, serial, codes[0], codes[1]],
            alices.clone(),
        ),
        (
            "EnableMFADevice",
            vec![("UserName", "bob"), none, codes[0], codes[1]],
            bobs.clone(),
        ),
        (
            "EnableMFADevice",
            vec![("UserName", "root"), none, codes[0], codes[1]],
            format!("{here}user/root"),
        ),
        (
            "ResyncMFADevice",
            vec![own, serial, codes[0], codes[1]],
            alices.clone(),
        ),
        (
            "ResyncMFADevice",
            vec![("UserName", "nobody"), serial, codes[0], codes[1]],
            format!("{here}user/nobody"),
        ),
        ("DeactivateMFADevice", vec![serial], alices.clone()),
        (
            "DeactivateMFADevice",
            vec![("UserName", "bob"), serial],
            bobs.clone(),
        ),
        ("GetMFADevice", vec![serial], alices.clone()),
        ("ListMFADevices", vec![], alices),
        ("ListMFADevices", vec![("UserName", "BOB")], bobs),
        ("TagMFADevice", vec![serial, tag[0], tag[1]], phone.serial.clone()),
        (
            "UntagMFADevice",
            vec![serial, ("TagKeys.member.1", "a")],
            phone.serial.clone(),
        ),
        ("ListMFADeviceTags", vec![serial], phone.serial.clone()),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:{action} on resource: \
             {resource} because no identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&alice, action, &parameters)
            .fails(403, "AccessDenied", &text);
    }
    assert_eq!(
        phone.stored(&world).revision,
        stored.revision,
        "a denied call changes and counts nothing"
    );
}

/// The usual policy for people who look after their own device.
#[test]
fn people_may_look_after_their_own_device() {
    let world = World::new();
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:CreateVirtualMFADevice","Resource":"arn:aws:iam::*:mfa/*"},
        {"Effect":"Allow","Action":["iam:EnableMFADevice","iam:ListMFADevices","iam:ResyncMFADevice"],
         "Resource":"arn:aws:iam::*:user/${aws:username}"},
        {"Effect":"Allow","Action":"iam:DeactivateMFADevice","Resource":"arn:aws:iam::*:user/${aws:username}",
         "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
    let alice = world.user(&world.root, "alice", Some(document));
    world.user(&world.root, "bob", None);
    let made = world.iam(
        &alice,
        "CreateVirtualMFADevice",
        &[("VirtualMFADeviceName", "alice")],
    );
    let phone = Phone::of(&made.ok());
    assert_eq!(phone.enable(&world, &alice, "bob").status, 403);
    phone.enable(&world, &alice, "alice").ok();
    let serial = ("SerialNumber", phone.serial.as_str());
    assert_eq!(world.iam(&alice, "DeactivateMFADevice", &[serial]).status, 403);
    world.advance(60);
    let session = phone
        .sign_in(&world, &alice, &phone.shows(&world, 0))
        .credentials();
    world.iam(&session, "DeactivateMFADevice", &[serial]).ok();
}

#[test]
fn a_session_of_a_role_must_say_whose_device_it_means() {
    let world = World::new();
    let all = super::phone::ALLOW_ALL;
    let alice = world.user(&world.root, "alice", Some(all));
    let phone = Phone::of_user(&world, "alice");
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, Some(all));
    let session = super::phone::assume(&world, &alice, &role, &[]).credentials();
    let serial = ("SerialNumber", phone.serial.as_str());
    let text = "Must specify userName when calling with non-User credentials";
    for (action, parameters) in [
        ("ListMFADevices", &[][..]),
        ("GetMFADevice", &[serial]),
        ("DeactivateMFADevice", &[serial]),
    ] {
        world
            .iam(&session, action, parameters)
            .fails(400, "ValidationError", text);
    }
    world
        .iam(&session, "GetMFADevice", &[serial, ("UserName", "alice")])
        .ok();
}
