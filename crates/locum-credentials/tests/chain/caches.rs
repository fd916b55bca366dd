//! The files of the cache: whose they may be, what they look like, and two commands at once.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use locum_credentials::State;
use serde_json::{Value, json};

use crate::world::World;

const ROLE: &str = "[profile p]\nrole_arn = arn:r\nsource_profile = keys\n";

fn entry(world: &World) -> std::path::PathBuf {
    let mut files = entries(world);
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

fn entries(world: &World) -> Vec<std::path::PathBuf> {
    let directory = world.path().join("aws/cli/cache");
    std::fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect()
}

#[test]
fn entries_are_private_and_whole() {
    let world = World::new();
    world.find(ROLE, "p", &[]).unwrap();
    let path = entry(&world);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&world.path().join("aws")), 0o700);
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept["Credentials"]["AccountId"], "123456789012");
    assert_eq!(kept["Credentials"]["AccessKeyId"], "ASIA1");
    assert_eq!(kept["AssumedRoleUser"]["AssumedRoleId"], "AROA:x");
}

#[test]
fn entries_of_the_original_are_used() {
    for end in [
        "2027-01-01T01:00:00Z",
        "2027-01-01T01:00:00+00:00",
        "2027-01-01T01:00:00UTC",
    ] {
        let world = World::new();
        world.find(ROLE, "p", &[]).unwrap();
        let theirs = json!({"Credentials": {
            "AccessKeyId": "THEIRS", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": end,
        }, "ResponseMetadata": {"RequestId": "r"}});
        std::fs::write(entry(&world), theirs.to_string()).unwrap();
        assert_eq!(
            world.find(ROLE, "p", &[]).unwrap().access_key_id,
            "THEIRS",
            "{end}"
        );
    }
}

#[test]
fn a_service_of_ones_own_and_the_original_share_nothing() {
    let world = World::new();
    let token = world.path().join("token");
    std::fs::write(&token, "t.t.t").unwrap();
    let web = format!(
        "[profile p]\nrole_arn = arn:r\nweb_identity_token_file = {}\n",
        token.display()
    );
    for config in [ROLE, web.as_str()] {
        // As the original leaves it: without a word of whose it is.
        world.realm.set("aws");
        world.find(config, "p", &[]).unwrap();
        for path in entries(&world) {
            let mut kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            kept.as_object_mut().unwrap().remove("LocumOrigin");
            std::fs::write(path, kept.to_string()).unwrap();
        }
        let before = entries(&world);
        world.realm.set("https://sts.test");
        assert_eq!(world.look(config, "p", &[]).state, State::Ready);
        let made = world.find(config, "p", &[]).unwrap().access_key_id;
        assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, made);
        assert_eq!(world.look(config, "p", &[]).access_key_id, Some(made.clone()));
        for path in before {
            assert!(
                !std::fs::read_to_string(path)
                    .unwrap()
                    .contains(&format!("\"{made}\"")),
                "where the original looks"
            );
        }
        // Nor is an entry under our own name taken that does not tell whose it is.
        for path in entries(&world) {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, text.replace("LocumOrigin", "Other")).unwrap();
        }
        assert_ne!(world.find(config, "p", &[]).unwrap().access_key_id, made);
    }
}

#[test]
fn what_is_no_entry_of_ones_own_is_made_anew() {
    type Spoil = fn(&std::path::Path);
    let spoils: [(&str, Spoil); 9] = [
        ("empty", |path| std::fs::write(path, "").unwrap()),
        ("no object", |path| std::fs::write(path, "[]").unwrap()),
        ("half", |path| {
            std::fs::write(path, r#"{"Credentials": {"AccessKeyId": "X"}}"#).unwrap()
        }),
        ("a mark of nobody", |path| {
            let mut kept: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            kept["LocumOrigin"] = json!(["another"]);
            std::fs::write(path, kept.to_string()).unwrap();
        }),
        ("binary", |path| std::fs::write(path, [0xff, 0, 0xfe]).unwrap()),
        ("huge", |path| std::fs::write(path, vec![b' '; 2 << 20]).unwrap()),
        ("open to others", |path| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
        }),
        ("a link", |path| {
            let real = path.with_extension("real");
            std::fs::rename(path, &real).unwrap();
            symlink(real, path).unwrap();
        }),
        ("a directory", |path| {
            std::fs::remove_file(path).unwrap();
            std::fs::create_dir(path).unwrap();
        }),
    ];
    for (what, spoil) in spoils {
        let world = World::new();
        world.find(ROLE, "p", &[]).unwrap();
        spoil(&entry(&world));
        assert_eq!(
            world.find(ROLE, "p", &[]).unwrap().access_key_id,
            "ASIA2",
            "{what}"
        );
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_survived() {
    let mut world = World::new();
    // A file stands where the directory would be; mode bits do not stop root.
    std::fs::write(world.path().join("aws"), "").unwrap();
    assert_eq!(world.find(ROLE, "p", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(world.find(ROLE, "p", &[]).unwrap().access_key_id, "ASIA2");
    world.sessions = locum_credentials::Cache::default();
    assert_eq!(world.find(ROLE, "p", &[]).unwrap().access_key_id, "ASIA3");
}

#[test]
fn ten_at_once_ask_for_one_code() {
    let shared = tempfile::tempdir().unwrap();
    let (asked, barrier) = (AtomicUsize::new(0), Barrier::new(10));
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let mut world = World::new();
                world.sessions = locum_credentials::Cache::new(Some(shared.path().join("cache")));
                barrier.wait();
                let config = format!("{ROLE}mfa_serial = arn:mfa\n");
                let found = world.find(&config, "p", &[]).unwrap();
                assert_eq!(found.access_key_id, "ASIA1");
                asked.fetch_add(world.asked.borrow().len(), Ordering::SeqCst);
            });
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
