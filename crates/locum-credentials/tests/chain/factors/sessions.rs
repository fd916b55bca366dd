//! One code for many commands: where sessions are made, how long they last, and who does not share them.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use locum_credentials::FileVault;

use super::devices::{OWN, making, operations, roles, signers};
use crate::world::{Still, World};

#[test]
fn one_code_serves_every_role_and_the_keys_themselves() {
    let world = making();
    let config = roles(5) + OWN;
    for role in ["r1", "r2", "r3", "r4", "r5"] {
        world.find(&config, role, &[]).unwrap();
    }
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(*world.asked.borrow(), ["arn:mfa"]);
    let mut expected = vec!["GetSessionToken"];
    expected.extend(["AssumeRole"; 5]);
    assert_eq!(operations(&world), expected);
    assert_eq!(
        signers(&world),
        ["KEYS", "ASIA1", "ASIA1", "ASIA1", "ASIA1", "ASIA1"]
    );
    let calls = world.calls.borrow();
    assert_eq!(
        calls[0].1,
        serde_json::json!({"SerialNumber": "arn:mfa", "TokenCode": "123456"})
    );
    assert!(calls.iter().skip(1).all(|call| call.1.get("TokenCode").is_none()));
}

#[test]
fn ten_at_once_ask_for_one_code() {
    let shared = tempfile::tempdir().unwrap();
    let (asked, made, barrier) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(10));
    std::thread::scope(|scope| {
        for number in 1..=10 {
            let (asked, made, barrier, shared) = (&asked, &made, &barrier, &shared);
            scope.spawn(move || {
                let mut world = making();
                world.vault = Box::new(FileVault::new(Some(shared.path().join("state")), Still));
                barrier.wait();
                world.find(&roles(10), &format!("r{number}"), &[]).unwrap();
                asked.fetch_add(world.asked.borrow().len(), Ordering::SeqCst);
                let sessions = operations(&world)
                    .iter()
                    .filter(|name| *name == "GetSessionToken")
                    .count();
                made.fetch_add(sessions, Ordering::SeqCst);
            });
        }
    });
    assert_eq!((asked.into_inner(), made.into_inner()), (1, 1));
}

#[test]
fn the_original_makes_none_and_one_that_is_there_is_used() {
    let world = World::new();
    let config = roles(3) + OWN;
    world.find(&config, "r1", &[]).unwrap();
    assert_eq!(operations(&world), ["AssumeRole"], "a code for the role, as ever");
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "KEYS");
    assert_eq!(world.asked.borrow().len(), 1);
    // Somebody wants one.
    let wanted = [("LOCUM_MFA_SESSION", "true")];
    world.find(&config, "r2", &wanted).unwrap();
    assert_eq!(world.asked.borrow().len(), 2);
    world.find(&config, "r3", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 2, "the session spares the third code");
    assert_eq!(signers(&world), ["KEYS", "KEYS", "ASIA2", "ASIA2"]);
}

#[test]
fn profile_and_environment_choose() {
    for (making, setting, variable, sessions) in [
        (false, "", "", 0),
        (true, "", "", 1),
        (false, "locum_mfa_session = true\n", "", 1),
        (true, "locum_mfa_session = False\n", "", 0),
        (false, "locum_mfa_session = true\n", "false", 0),
        (true, "locum_mfa_session = false\n", "TRUE", 1),
    ] {
        let world = World::new();
        world.making.set(making);
        let config = format!("{}{setting}", roles(1));
        world
            .find(&config, "r1", &[("LOCUM_MFA_SESSION", variable)])
            .unwrap();
        let made = operations(&world)
            .iter()
            .filter(|name| *name == "GetSessionToken")
            .count();
        assert_eq!(made, sessions, "{making} {setting:?} {variable:?}");
    }
    let complaint = |setting: &str| {
        making()
            .find(&format!("{}{setting}\n", roles(1)), "r1", &[])
            .unwrap_err()
    };
    assert_eq!(
        complaint("locum_mfa_session = yes\u{1b}"),
        "Invalid value for locum_mfa_session: yes\\x1b; it must be true or false."
    );
    assert_eq!(
        complaint("locum_mfa_session_seconds = 0"),
        "Invalid value for locum_mfa_session_seconds: 0; it must be a number above 0."
    );
}

#[test]
fn a_session_lasts_as_long_as_is_asked() {
    let world = making();
    world.lasting.set(7_200);
    let config = format!("{}locum_mfa_session_seconds = 7200\n", OWN);
    world.find(&config, "keys", &[]).unwrap();
    assert_eq!(world.calls.borrow()[0].1["DurationSeconds"], 7_200);
    world.pass(7_200 - 901);
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
    world.pass(1);
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA2");
    assert_eq!(world.asked.borrow().len(), 2);
}

#[test]
fn services_devices_and_keys_do_not_share_sessions() {
    let world = making();
    let config = format!(
        "{OWN}[profile second]\naws_access_key_id = KEYS\naws_secret_access_key = s\nmfa_serial = arn:other\n\
         [profile third]\naws_access_key_id = OTHER\naws_secret_access_key = s\nmfa_serial = arn:mfa\n"
    );
    for (place, (realm, profile)) in [
        ("aws", "keys"),
        ("http://here", "keys"),
        ("aws", "second"),
        ("aws", "third"),
    ]
    .into_iter()
    .enumerate()
    {
        world.realm.set(realm);
        let found = world.find(&config, profile, &[]).unwrap();
        assert_eq!(found.access_key_id, format!("ASIA{}", place + 1));
    }
    world.realm.set("aws");
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
}

#[test]
fn roles_of_another_service_are_passed_over_in_the_cache() {
    let world = World::new();
    let config = "[profile p]\nrole_arn = arn:r\nsource_profile = keys\n";
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA1");
    world.realm.set("http://here");
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA2");
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA2");
    world.realm.set("aws");
    assert_eq!(
        world.find(config, "p", &[]).unwrap().access_key_id,
        "ASIA1",
        "they do not take each other's place"
    );
}

#[test]
fn temporary_credentials_need_no_session() {
    let world = making();
    let token = "[profile t]\naws_access_key_id = TEMPORARY\naws_secret_access_key = s\naws_session_token = t\nmfa_serial = m\n";
    assert_eq!(world.find(token, "t", &[]).unwrap().access_key_id, "TEMPORARY");
    let printed = r#"{"Version": 1, "AccessKeyId": "PRINTED", "SecretAccessKey": "s", "SessionToken": "t"}"#;
    *world.output.borrow_mut() = Ok((true, printed.to_owned(), String::new()));
    let process = "[profile t]\ncredential_process = /bin/tool\nmfa_serial = m\n";
    assert_eq!(world.find(process, "t", &[]).unwrap().access_key_id, "PRINTED");
    assert!(world.calls.borrow().is_empty() && world.asked.borrow().is_empty());
    // Long-term ones that a program prints do.
    let printed = r#"{"Version": 1, "AccessKeyId": "PRINTED", "SecretAccessKey": "s"}"#;
    *world.output.borrow_mut() = Ok((true, printed.to_owned(), String::new()));
    assert_eq!(world.find(process, "t", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(signers(&world), ["PRINTED"]);
}
