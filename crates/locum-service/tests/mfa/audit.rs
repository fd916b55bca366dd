use serde_json::Value;

use super::phone::{ALLOW_ALL, Phone, TRUST_ACCOUNT};
use crate::harness::World;

#[test]
fn records_name_the_device_and_no_secret() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let made = world
        .iam(
            &alice,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "phone")],
        )
        .ok();
    let (seed, picture) = (made.text("Base32StringSeed"), made.text("QRCodePNG"));
    let phone = Phone::of(&made);
    let mut codes = vec![phone.shows(&world, -30), phone.shows(&world, 0)];
    phone.enable(&world, &alice, "alice").ok();
    world.advance(60);
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    codes.extend([
        phone.wrong(&world),
        phone.shows(&world, 0),
        phone.shows(&world, 30),
    ]);
    assert_eq!(phone.sign_in(&world, &alice, &codes[2]).status, 403);
    let session = phone.sign_in(&world, &alice, &codes[3]).credentials();
    phone.assume(&world, &alice, &role, &codes[4]).ok();
    world.advance(90);
    codes.extend([phone.shows(&world, -30), phone.shows(&world, 0)]);
    phone
        .prove(&world, &alice, "ResyncMFADevice", "alice", [-30, 0])
        .ok();
    let parameters = [("UserName", "alice"), ("SerialNumber", phone.serial.as_str())];
    world.iam(&session, "DeactivateMFADevice", &parameters).ok();

    let records = world.records();
    let named = [
        "EnableMFADevice",
        "GetSessionToken",
        "AssumeRole",
        "ResyncMFADevice",
        "DeactivateMFADevice",
    ];
    let about: Vec<&Value> = records
        .iter()
        .filter(|record| named.contains(&record["eventName"].as_str().unwrap()))
        .collect();
    assert_eq!(about.len(), 6);
    for record in &about {
        let parameters = record["requestParameters"].as_object().unwrap();
        assert_eq!(parameters["serialNumber"], phone.serial.as_str());
        for key in ["tokenCode", "authenticationCode1", "authenticationCode2"] {
            assert!(!parameters.contains_key(key), "{key}");
        }
    }
    let text = records.iter().map(Value::to_string).collect::<String>();
    for secret in [&seed, &picture, &phone.base32] {
        assert!(!text.contains(secret.as_str()));
    }
    for code in &codes {
        assert!(!text.contains(&format!("\"{code}\"")), "{code}");
    }
    let created = records
        .iter()
        .find(|record| record["eventName"] == "CreateVirtualMFADevice");
    let device = &created.unwrap()["responseElements"]["virtualMFADevice"];
    assert_eq!(device["serialNumber"], phone.serial.as_str());
    let context = &about[5]["userIdentity"]["sessionContext"]["attributes"];
    assert_eq!(context["mfaAuthenticated"], "true");
    let failed = about
        .iter()
        .find(|record| record["errorCode"] == "AccessDenied")
        .unwrap();
    assert_eq!(failed["eventName"], "GetSessionToken");
}

#[test]
fn the_seed_is_shown_once() {
    let world = World::new();
    let made = world
        .iam(
            &world.root,
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "phone")],
        )
        .ok();
    let phone = Phone::of(&made);
    phone.enable(&world, &world.root, "root").ok();
    let serial = ("SerialNumber", phone.serial.as_str());
    for (action, parameters) in [
        ("ListVirtualMFADevices", &[][..]),
        ("ListMFADevices", &[]),
        ("GetMFADevice", &[serial]),
        ("ListMFADeviceTags", &[serial]),
    ] {
        let shown = world.iam(&world.root, action, parameters).ok();
        for member in ["Base32StringSeed", "QRCodePNG"] {
            assert_eq!(shown.find(member), None, "{action}");
        }
    }
}

#[test]
fn only_the_record_tells_of_a_lock() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let phone = Phone::of_user(&world, "alice");
    let wrong = phone.wrong(&world);
    (0..11).for_each(|_| drop(phone.sign_in(&world, &alice, &wrong)));
    let resync = phone.prove(&world, &world.root, "ResyncMFADevice", "alice", [0, 30]);
    assert_eq!(resync.status, 403);
    let records = world.records();
    let told: Vec<&Value> = records
        .iter()
        .rev()
        .take(3)
        .map(|record| &record["additionalEventData"])
        .collect();
    let until = "2026-11-22T12:17:40Z";
    assert_eq!(told[0]["mfaDeviceLockedUntil"], until);
    assert_eq!(told[1]["mfaDeviceLockedUntil"], until);
    assert!(told[2].is_null(), "the tenth was looked at");
}
