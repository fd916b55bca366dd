use locum_crypto::SecretBytes;
use locum_directory::{Changes, MfaDevice, Snapshot};

use super::phone::Phone;
use crate::harness::World;

#[test]
fn a_user_and_the_root_user_have_eight_devices_each() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    for user in ["alice", "root"] {
        for n in 0..8 {
            let phone = Phone::new(&world, &format!("{user}{n}"));
            phone.enable(&world, &world.root, user).ok();
        }
        let ninth = Phone::new(&world, &format!("{user}9"));
        let text = "Cannot exceed quota for MFADevicesPerUser: 8";
        ninth
            .enable(&world, &world.root, user)
            .fails(409, "LimitExceeded", text);
        assert!(ninth.stored(&world).last_step.is_none(), "no code was used up");
    }
}

#[test]
fn an_account_has_as_many_virtual_devices_as_users() {
    let world = World::new();
    let decide = |_: &Snapshot| {
        let mut changes = Changes::new();
        for n in 0..4999 {
            let seed = SecretBytes::new(*b"12345678901234567890");
            changes.put(MfaDevice::new(
                world.account,
                "/",
                &format!("filler{n}"),
                seed,
                world.now(),
            ));
        }
        Ok::<_, &str>(((), changes))
    };
    let ((), pending) = world.service.directory().write(decide).unwrap();
    pending.wait().unwrap();
    Phone::new(&world, "last");
    let text = "Cannot exceed quota for VirtualMFADevicesPerAccount: 5000";
    world
        .iam(
            &world.root,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "more")],
        )
        .fails(409, "LimitExceeded", text);
}

#[test]
fn a_device_has_fifty_tags() {
    let world = World::new();
    let tags = |count: usize| -> Vec<(String, String)> {
        let tag = |n| {
            [
                (format!("Tags.member.{n}.Key"), format!("k{n}")),
                (format!("Tags.member.{n}.Value"), String::new()),
            ]
        };
        (1..=count).flat_map(tag).collect()
    };
    let fifty = tags(50);
    let mut parameters: Vec<(&str, &str)> = fifty.iter().map(|(name, value)| (&**name, &**value)).collect();
    parameters.push(("VirtualMFADeviceName", "phone"));
    let made = world.iam(&world.root, "CreateVirtualMFADevice", &parameters).ok();
    let serial = made.text("SerialNumber");
    let more = [
        ("SerialNumber", &*serial),
        ("Tags.member.1.Key", "one"),
        ("Tags.member.1.Value", "more"),
    ];
    let text = "Cannot exceed quota for TagsPerMFADevice: 50";
    world
        .iam(&world.root, "TagMFADevice", &more)
        .fails(409, "LimitExceeded", text);
}
