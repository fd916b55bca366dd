use base64::{Engine, prelude::BASE64_STANDARD};
use locum_names::Partition;

use super::phone::{ALLOW_ALL, Phone, decode_base32};
use crate::harness::{Answer, World};

#[test]
fn a_device_is_made_given_shown_taken_and_deleted() {
    let world = World::new();
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let root = &world.root;
    let parameters = [("VirtualMFADeviceName", "Phone"), ("Path", "/team/")];
    let made = world.iam(root, "CreateVirtualMFADevice", &parameters).ok();
    let phone = Phone::of(&made);
    assert_eq!(phone.serial, "arn:aws:iam::111122223333:mfa/team/Phone");
    assert_eq!(made.find("EnableDate"), None);
    assert_eq!(phone.stored(&world).serial_number(Partition::Aws), phone.serial);
    phone.enable(&world, root, "alice").ok();

    let serial = ("SerialNumber", phone.serial.as_str());
    let alice = ("UserName", "alice");
    for (action, parameters) in [
        ("ListMFADevices", &[alice][..]),
        ("GetMFADevice", &[serial, alice]),
        ("ListVirtualMFADevices", &[]),
    ] {
        let shown = world.iam(root, action, parameters).ok();
        assert_eq!(shown.texts("SerialNumber"), [phone.serial.as_str()], "{action}");
        assert_eq!(shown.texts("UserName"), ["alice"], "{action}");
        assert_eq!(shown.text("EnableDate"), "2026-11-22T12:00:00Z", "{action}");
    }
    let conflict = "Cannot delete entity, must deactivate MFA device first.";
    world
        .iam(root, "DeleteVirtualMFADevice", &[serial])
        .fails(409, "DeleteConflict", conflict);
    world.iam(root, "DeactivateMFADevice", &[serial, alice]).ok();
    let gone = format!("MFA Device with serial number {} does not exist.", phone.serial);
    for action in ["DeactivateMFADevice", "GetMFADevice"] {
        world
            .iam(root, action, &[serial, alice])
            .fails(404, "NoSuchEntity", &gone);
    }
    let listed = world.iam(root, "ListMFADevices", &[alice]).ok();
    assert_eq!(listed.texts("SerialNumber"), [""; 0]);
    let listed = world.iam(root, "ListVirtualMFADevices", &[]).ok();
    assert_eq!((listed.find("User"), listed.find("EnableDate")), (None, None));
    world.iam(root, "DeleteVirtualMFADevice", &[serial]).ok();
    world
        .iam(root, "DeleteVirtualMFADevice", &[serial])
        .fails(404, "NoSuchEntity", &gone);
    let listed = world.iam(root, "ListVirtualMFADevices", &[]).ok();
    assert_eq!(listed.texts("SerialNumber"), [""; 0]);
}

/// The text in the picture, as a scanner reads it.
fn scanned(made: &Answer) -> String {
    let file = BASE64_STANDARD.decode(made.text("QRCodePNG")).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut rows = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rows).unwrap();
    let (width, height) = (info.width as usize, info.height as usize);
    let light = |x: usize, y: usize| 255 * (rows[y * info.line_size + x / 8] >> (7 - x % 8) & 1);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, light);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn a_scanner_reads_the_seed_from_the_picture() {
    let world = World::new();
    let alice = world.user(&world.root, "alice+a@example.com", Some(ALLOW_ALL));
    let parameters = [("VirtualMFADeviceName", "my=phone")];
    for (who, account) in [(&alice, "alice%2Ba%40example.com"), (&world.root, "111122223333")] {
        let made = world.iam(who, "CreateVirtualMFADevice", &parameters).ok();
        let phone = Phone::of(&made);
        assert_eq!(phone.base32.len(), 64);
        assert_eq!(decode_base32(&phone.base32).len(), 40);
        let uri = format!("otpauth://totp/my%3Dphone@{account}?secret={}", phone.base32);
        assert_eq!(scanned(&made), uri);
        let serial = [("SerialNumber", phone.serial.as_str())];
        world.iam(who, "DeleteVirtualMFADevice", &serial).ok();
    }
}

#[test]
fn the_longest_device_has_a_picture_and_a_marker() {
    let world = World::new();
    let name = |first: char| format!("{first}{}", "@".repeat(178));
    for first in ['a', 'b'] {
        let made = world.iam(
            &world.root,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", &name(first))],
        );
        assert!(scanned(&made.ok()).starts_with("otpauth://totp/"));
    }
    let page = world
        .iam(&world.root, "ListVirtualMFADevices", &[("MaxItems", "1")])
        .ok();
    let marker = page.text("Marker");
    let page = world
        .iam(&world.root, "ListVirtualMFADevices", &[("Marker", &marker)])
        .ok();
    assert_eq!(page.texts("SerialNumber").len(), 1);
    let long = format!("{}x", name('c'));
    let text = "The path and the name of a virtual MFA device may have 180 characters together.";
    world
        .iam(
            &world.root,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", &long)],
        )
        .fails(400, "InvalidInput", text);
    let text = "The path of a virtual MFA device may have letters, digits and _+=/:,.@- only.";
    let parameters = [("VirtualMFADeviceName", "a"), ("Path", "/#/")];
    world
        .iam(&world.root, "CreateVirtualMFADevice", &parameters)
        .fails(400, "InvalidInput", text);
}

#[test]
fn path_and_name_are_unique_to_the_letter() {
    let world = World::new();
    let make = |name, path| {
        let parameters = [("VirtualMFADeviceName", name), ("Path", path)];
        world.iam(&world.root, "CreateVirtualMFADevice", &parameters)
    };
    make("phone", "/").ok();
    make("phone", "/team/").ok();
    make("Phone", "/").ok();
    let text = "MFA device already exists.";
    for path in ["/", "/team/"] {
        make("phone", path).fails(409, "EntityAlreadyExists", text);
    }
}

#[test]
fn lists_are_filtered_and_paged() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phones: Vec<Phone> = (0..5).map(|n| Phone::new(&world, &format!("phone{n}"))).collect();
    for phone in &phones[..3] {
        phone.enable(&world, &alice, "alice").ok();
    }
    let serials = |answer: &Answer| answer.texts("SerialNumber");
    let all: Vec<String> = phones.iter().map(|phone| phone.serial.clone()).collect();
    for (status, expected) in [
        (&[][..], &all[..]),
        (&[("AssignmentStatus", "Any")], &all),
        (&[("AssignmentStatus", "Assigned")], &all[..3]),
        (&[("AssignmentStatus", "Unassigned")], &all[3..]),
    ] {
        let listed = world.iam(&alice, "ListVirtualMFADevices", status).ok();
        assert_eq!(serials(&listed), expected, "{status:?}");
        assert_eq!(listed.text("IsTruncated"), "false");
    }
    for (action, expected) in [("ListVirtualMFADevices", &all[..]), ("ListMFADevices", &all[..3])] {
        let (mut seen, mut marker) = (Vec::new(), None::<String>);
        loop {
            let mut parameters = vec![("MaxItems", "2")];
            parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
            let page = world.iam(&alice, action, &parameters).ok();
            seen.extend(serials(&page));
            marker = page.find("Marker");
            assert_eq!(page.text("IsTruncated"), marker.is_some().to_string());
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "{action}");
    }
    let wrong = world.iam(&alice, "ListVirtualMFADevices", &[("AssignmentStatus", "Lost")]);
    let text = "1 validation error detected: Value at 'assignmentStatus' failed to satisfy constraint: Member must satisfy enum value set";
    assert_eq!((wrong.status, wrong.text("Message")), (400, text.to_owned()));
    // A marker of one question opens no other.
    let page = world
        .iam(&alice, "ListVirtualMFADevices", &[("MaxItems", "2")])
        .ok();
    let marker = page.text("Marker");
    let parameters = [("Marker", marker.as_str()), ("AssignmentStatus", "Assigned")];
    world
        .iam(&alice, "ListVirtualMFADevices", &parameters)
        .fails(400, "ValidationError", "Invalid Marker.");
}

#[test]
fn without_a_name_a_device_is_the_callers() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let roots = Phone::new(&world, "roots");
    roots.enable(&world, &world.root, "root").ok();
    for (who, device, name) in [(&alice, &phone, "alice"), (&world.root, &roots, "root")] {
        let listed = world.iam(who, "ListMFADevices", &[]).ok();
        assert_eq!(listed.texts("SerialNumber"), [device.serial.as_str()]);
        assert_eq!(listed.text("UserName"), name);
        let serial = ("SerialNumber", device.serial.as_str());
        let shown = world.iam(who, "GetMFADevice", &[serial]).ok();
        assert_eq!(
            (shown.text("UserName"), shown.text("SerialNumber")),
            (name.to_owned(), device.serial.clone())
        );
    }
    let listed = world
        .iam(
            &world.root,
            "ListVirtualMFADevices",
            &[("AssignmentStatus", "Assigned")],
        )
        .ok();
    assert_eq!(
        listed.texts("Arn"),
        [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws:iam::111122223333:root"
        ]
    );
    for (who, device) in [(&alice, &phone), (&world.root, &roots)] {
        let serial = ("SerialNumber", device.serial.as_str());
        world.iam(who, "DeactivateMFADevice", &[serial]).ok();
    }
}

#[test]
fn a_user_who_has_a_device_is_not_deleted_but_may_be_renamed() {
    let world = World::new();
    world
        .iam(&world.root, "CreateUser", &[("UserName", "alice")])
        .ok();
    let phone = Phone::of_user(&world, "alice");
    let rename = [("UserName", "alice"), ("NewUserName", "alison")];
    world.iam(&world.root, "UpdateUser", &rename).ok();
    let alison = ("UserName", "alison");
    let text = "Cannot delete entity, must delete MFA device first.";
    world
        .iam(&world.root, "DeleteUser", &[alison])
        .fails(409, "DeleteConflict", text);
    let serial = ("SerialNumber", phone.serial.as_str());
    world
        .iam(&world.root, "DeactivateMFADevice", &[alison, serial])
        .ok();
    world.iam(&world.root, "DeleteUser", &[alison]).ok();
}
