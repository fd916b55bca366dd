//! Assuming roles, and what the cache saves.

use serde_json::{Value, json};

use crate::world::World;

const ROLE: &str = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n";

#[test]
fn a_role_is_assumed_once_while_it_lasts() {
    let world = World::new();
    let first = world.find(ROLE, "p", &[]).unwrap();
    assert_eq!(first.access_key_id, "ASIA1");
    assert_eq!(first.account_id.as_deref(), Some("123456789012"));
    let calls = world.calls.borrow().clone();
    assert_eq!(calls[0].0, "AssumeRole");
    assert_eq!(
        calls[0].1,
        json!({"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "botocore-session-1798761600"})
    );
    assert_eq!(calls[0].2.as_deref(), Some("KEYS"));
    world.pass(3_600 - 901);
    assert_eq!(world.find(ROLE, "p", &[]).unwrap().access_key_id, "ASIA1");
    world.pass(1);
    assert_eq!(world.find(ROLE, "p", &[]).unwrap().access_key_id, "ASIA2");
}

#[test]
fn every_setting_is_sent() {
    let world = World::new();
    let config = format!(
        "{ROLE}role_session_name = me\nexternal_id = x\nmfa_serial = arn:mfa\nduration_seconds = 1800\n"
    );
    world.find(&config, "p", &[]).unwrap();
    assert_eq!(
        world.calls.borrow()[0].1,
        json!({
            "RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me", "ExternalId": "x",
            "DurationSeconds": 1800, "SerialNumber": "arn:mfa", "TokenCode": "123456",
        })
    );
    assert_eq!(*world.asked.borrow(), ["arn:mfa"]);
    world.find(&config, "p", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 1, "the cache spares the second code");
}

#[test]
fn roles_of_fifteen_minutes_are_cached_too() {
    let world = World::new();
    world.lasting.set(900);
    let config = format!("{ROLE}duration_seconds = 900\n");
    world.find(&config, "p", &[]).unwrap();
    world.pass(674);
    assert_eq!(world.find(&config, "p", &[]).unwrap().access_key_id, "ASIA1");
    world.pass(1);
    assert_eq!(world.find(&config, "p", &[]).unwrap().access_key_id, "ASIA2");
}

#[test]
fn hops_are_signed_by_the_one_before() {
    let world = World::new();
    let config = "[profile a]\nrole_arn = arn:a\nsource_profile = b\n\
                  [profile b]\nrole_arn = arn:b\nsource_profile = keys\n";
    assert_eq!(world.find(config, "a", &[]).unwrap().access_key_id, "ASIA2");
    let calls = world.calls.borrow();
    let signed: Vec<(&str, Option<&str>)> = calls
        .iter()
        .map(|call| (call.1["RoleArn"].as_str().unwrap(), call.2.as_deref()))
        .collect();
    assert_eq!(signed, [("arn:b", Some("KEYS")), ("arn:a", Some("ASIA1"))]);
}

#[test]
fn the_same_role_from_another_source_is_another_session() {
    let world = World::new();
    let config = format!(
        "{ROLE}[profile q]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = other\n\
         [profile other]\naws_access_key_id = OTHER\naws_secret_access_key = s\n"
    );
    assert_eq!(world.find(&config, "p", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(world.find(&config, "q", &[]).unwrap().access_key_id, "ASIA2");
    assert_eq!(world.calls.borrow()[1].2.as_deref(), Some("OTHER"));
}

#[test]
fn a_web_identity_signs_nothing() {
    let world = World::new();
    let token = world.path().join("token");
    std::fs::write(&token, "header.claims.signature").unwrap();
    let config = format!(
        "[profile w]\nrole_arn = arn:w\nweb_identity_token_file = {}\n",
        token.display()
    );
    world.find(&config, "w", &[]).unwrap();
    world.find(&config, "w", &[]).unwrap();
    let calls = world.calls.borrow();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].0, "AssumeRoleWithWebIdentity");
    assert_eq!(calls[0].1["WebIdentityToken"], "header.claims.signature");
    assert_eq!(calls[0].2, None);
    for (content, complaint) in [
        (None, "Unable to read the token file"),
        (Some(vec![0xff]), "not UTF-8"),
        (Some(vec![b'x'; 70_000]), "larger than it may be"),
    ] {
        let world = World::new();
        match content {
            None => std::fs::remove_file(&token).unwrap(),
            Some(bytes) => std::fs::write(&token, bytes).unwrap(),
        }
        let error = world.find(&config, "w", &[]).unwrap_err();
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn what_fails_is_told_and_not_kept() {
    let world = World::new();
    let closed = "[profile p]\nrole_arn = arn:closed\nsource_profile = keys\n";
    assert_eq!(world.find(closed, "p", &[]).unwrap_err(), "closed");
    let lost = format!("{ROLE}mfa_serial = arn:lost\n");
    assert_eq!(
        world.find(&lost, "p", &[]).unwrap_err(),
        "The MFA code for arn:lost cannot be asked for: there is no terminal"
    );
    let kept = world.path().join("aws/cli/cache");
    let kept = std::fs::read_dir(kept).unwrap().filter_map(Result::ok);
    let kept: Vec<_> = kept
        .filter(|file| file.path().extension().is_some_and(|e| e == "json"))
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
}

#[test]
fn keys_that_are_over_are_refused() {
    let world = World::new();
    let keys = [("AWS_ACCESS_KEY_ID", "K"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let with = |end: &'static str| [keys[0], keys[1], ("AWS_CREDENTIAL_EXPIRATION", end)];
    assert!(world.find("", "default", &with("2027-01-01T00:00:01Z")).is_ok());
    assert_eq!(
        world
            .find("", "default", &with("2027-01-01T00:00:00Z"))
            .unwrap_err(),
        "Credentials were refreshed, but the refreshed credentials are still expired."
    );
    assert!(
        world
            .find("", "default", &with("soon"))
            .unwrap_err()
            .contains("not a time")
    );
}

/// Names of entries that `aws` makes for the same settings.
#[test]
fn entries_have_botocores_names() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../data/keys.json")).unwrap();
    assert!(rows.len() >= 12);
    for row in rows {
        let world = World::new();
        let token = world.path().join("token");
        std::fs::write(&token, "token").unwrap();
        let config = row["config"].as_str().unwrap();
        let config = config.replace("@TOKEN@", token.to_str().unwrap());
        world.find(&config, "p", &[]).ok();
        let directory = world.path().join("aws/cli/cache");
        let names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let expected = format!("{}.lock", row["key"].as_str().unwrap());
        assert!(names.contains(&expected), "{row}: {names:?}");
    }
}
