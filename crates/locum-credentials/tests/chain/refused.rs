//! Sessions of the cache that a service does not take: made anew, once.

use std::path::PathBuf;

use crate::world::World;

const ROLES: &str = "[profile a]\nrole_arn = arn:a\nsource_profile = keys\n[profile b]\nrole_arn = arn:b\nsource_profile = a\n";

fn entries(world: &World) -> Vec<PathBuf> {
    let files = std::fs::read_dir(world.path().join("aws/cli/cache")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect()
}

fn key(world: &World, profile: &str) -> Result<String, String> {
    let found = world.find(ROLES, profile, &[]);
    found.map(|credentials| credentials.access_key_id)
}

/// The role of each call, and who signed it.
fn calls(world: &World) -> Vec<(String, String)> {
    let calls = world.calls.borrow();
    let call = |(_, parameters, signer): &(String, serde_json::Value, Option<String>)| {
        let role = parameters["RoleArn"].as_str().unwrap().to_owned();
        (role, signer.clone().unwrap())
    };
    calls.iter().map(call).collect()
}

#[test]
fn a_session_that_is_over_is_forgotten_once() {
    let world = World::new();
    let forget = |code| world.resolver().forget_refused_session(code);
    assert_eq!(key(&world, "a").unwrap(), "ASIA1");
    assert!(!forget("ExpiredToken"), "it was made for this command");
    for code in ["AccessDenied", "InvalidClientTokenId", "Throttling"] {
        assert_eq!(key(&world, "a").unwrap(), "ASIA1");
        assert!(!forget(code), "{code} does not say that it is over everywhere");
    }
    for (code, next) in [("ExpiredToken", "ASIA2"), ("ExpiredTokenException", "ASIA3")] {
        key(&world, "a").unwrap();
        assert!(forget(code));
        assert!(entries(&world).is_empty());
        assert_eq!(key(&world, "a").unwrap(), next);
        assert!(!forget(code));
    }
}

#[test]
fn what_another_command_made_anew_is_kept() {
    let world = World::new();
    key(&world, "a").unwrap();
    key(&world, "a").unwrap();
    let path = entries(&world).remove(0);
    let entry = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, entry.replace("ASIA1", "NEWER")).unwrap();
    assert!(world.resolver().forget_refused_session("ExpiredToken"));
    assert_eq!(key(&world, "a").unwrap(), "NEWER");
    assert_eq!(world.calls.borrow().len(), 1);
}

#[test]
fn a_role_is_assumed_with_another_session_where_the_one_of_the_cache_is_over() {
    let refused = |codes: &[&'static str]| {
        let world = World::new();
        key(&world, "a").unwrap();
        let refusals = codes.iter().map(|code| ("AssumeRole", *code));
        world.refusals.borrow_mut().extend(refusals);
        let found = key(&world, "b");
        let calls = calls(&world);
        let calls: Vec<_> = calls.iter().map(|(role, signer)| (&**role, &**signer)).collect();
        (found, format!("{calls:?}"))
    };
    let made = ("arn:a", "KEYS");
    for (codes, found, expected) in [
        (&[][..], Ok("ASIA2"), &[made, ("arn:b", "ASIA1")][..]),
        (
            &["ExpiredToken"],
            Ok("ASIA4"),
            &[made, ("arn:b", "ASIA1"), made, ("arn:b", "ASIA3")],
        ),
        (
            &["AccessDenied"],
            Err("AccessDenied"),
            &[made, ("arn:b", "ASIA1")],
        ),
        (
            &["ExpiredToken", "AccessDenied"],
            Err("AccessDenied"),
            &[made, ("arn:b", "ASIA1"), made],
        ),
    ] {
        let expected = (
            found.map(str::to_owned).map_err(str::to_owned),
            format!("{expected:?}"),
        );
        assert_eq!(refused(codes), expected, "{codes:?}");
    }
}
