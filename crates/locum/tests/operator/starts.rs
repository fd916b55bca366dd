//! What a start says of its surroundings.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::place::Place;

#[test]
fn a_data_directory_that_everybody_can_write_is_warned_of() {
    for (mode, warned) in [
        (0o700, false),
        (0o770, false),
        (0o755, false),
        (0o777, true),
        (0o1777, true),
    ] {
        let place = Place::new();
        let data = place.home.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(mode)).unwrap();
        let (status, said) = place.serve(&[]).stop();
        assert!(status.success(), "{said}");
        let told = said.contains(&format!("the data directory data has mode {mode:04o}"));
        assert_eq!(told, warned, "{mode:o}: {said}");
    }
}

#[test]
fn a_level_that_is_none_does_not_silence_the_log() {
    for (value, told, warned) in [
        ("", false, true),
        ("info", false, true),
        ("WARN", false, true),
        ("warn,locum_server=debug", false, true),
        ("off", false, false),
        ("verbose", true, true),
        ("warning", true, true),
        ("locum=loud", true, true),
    ] {
        let place = Place::new();
        let data = place.home.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
        let (_, said) = place.serve(&[("LOCUM_LOG", value)]).stop();
        assert_eq!(
            said.contains(&format!("locum: LOCUM_LOG is {value}, and goes for warn")),
            told,
            "{value}: {said}"
        );
        assert_eq!(
            said.contains("the data directory data has mode"),
            warned,
            "{value}: {said}"
        );
    }
}

#[test]
fn a_store_that_is_gone_is_not_followed_by_a_new_one() {
    let place = Place::new();
    let data = place.home.path().join("data");
    let service = place.serve(&[]);
    let told = service.run(&place, "whoami");
    assert_eq!(told.code, Some(0), "{told:?}");
    service.stop();
    let credentials = fs::read_to_string(data.join("credentials")).unwrap();
    fs::rename(data.join("directory.redb"), data.join("directory.redb.backup")).unwrap();

    let start = || place.run("serve --data data --listen 127.0.0.1:0");
    start().refused(
        1,
        "data/directory.redb is missing, and data/directory.redb.backup is of a store that was there",
    );
    fs::rename(data.join("directory.redb.backup"), data.join("elsewhere")).unwrap();
    start().refused(
        1,
        "data/directory.redb is missing, and data/audit.jsonl is of a store that was there",
    );
    // The records are put aside, and there are no new ones yet.
    fs::rename(data.join("audit.jsonl"), data.join("audit.jsonl.1")).unwrap();
    start().refused(1, "data/audit.jsonl.1 is of a store that was there");
    fs::rename(data.join("audit.jsonl.1"), data.join("records")).unwrap();
    start().refused(1, "data/credentials is of a store that was there");
    // Nothing was made, and the key of the root user is the one that the store has.
    assert!(!data.join("directory.redb").exists());
    assert_eq!(fs::read_to_string(data.join("credentials")).unwrap(), credentials);

    fs::rename(data.join("elsewhere"), data.join("directory.redb")).unwrap();
    let service = place.serve(&[]);
    let told = service.run(&place, "whoami");
    assert_eq!(told.code, Some(0), "{told:?}");
    service.stop();
}

#[test]
fn a_first_start_that_was_cut_off_is_followed_by_another() {
    let place = Place::new();
    let data = place.home.path().join("data");
    place.serve(&[]).stop();
    // Before the store there is the key alone. An audit log without records tells of nothing.
    for name in ["directory.redb", "credentials"] {
        fs::remove_file(data.join(name)).unwrap();
    }
    assert_eq!(fs::metadata(data.join("audit.jsonl")).unwrap().len(), 0);
    let service = place.serve(&[]);
    let told = service.run(&place, "whoami");
    assert_eq!(told.code, Some(0), "{told:?}");
    service.stop();
}
