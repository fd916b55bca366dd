//! Standard output that takes nothing more: a full disk is told before or after the work, and a reader that went away is not.

use std::fs::File;
use std::process::Stdio;

use crate::place::{Place, Told};

const USERS: &str = r#"{"account": {"users": {"bob": {}}}}"#;

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn a_plan_that_nobody_can_see_is_not_applied() {
    let place = Place::new();
    place.write("bob.json", USERS);
    let service = place.serve(&[]);
    for line in [
        "apply bob.json --yes",
        "apply bob.json --dry-run",
        "apply bob.json --dry-run --output json",
    ] {
        let run = service.command(&place, line).stdout(full()).output();
        Told::of(&run.unwrap()).refused(1, "nothing was changed: the plan cannot be written");
    }
    let told = service.run(&place, "apply bob.json --dry-run");
    assert_eq!(told.code, Some(3), "{told:?}");

    // Whoever has seen enough of it is no reason to stop.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = service
        .command(&place, "apply bob.json --yes")
        .stdout(writer)
        .output();
    let told = Told::of(&run.unwrap());
    assert_eq!((told.code, &*told.err), (Some(0), ""), "{told:?}");
    let told = service.run(&place, "apply bob.json --dry-run");
    assert_eq!(
        (told.code, &*told.out),
        (Some(0), "Everything is as described.\n")
    );

    // A program is told after the work, and must not take what it was not told for what was not done.
    place.write("carl.json", USERS.replace("bob", "carl"));
    let run = service
        .command(&place, "apply carl.json --yes --output json")
        .stdout(full())
        .output();
    Told::of(&run.unwrap()).refused(1, "everything was applied, but cannot write to standard output");
    let told = service.run(&place, "apply carl.json --dry-run");
    assert_eq!(told.code, Some(0), "{told:?}");
}

#[test]
fn an_export_into_a_closed_pipe_ends_like_every_command() {
    let place = Place::new();
    let service = place.serve(&[]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = service.command(&place, "export").stdout(writer).output();
    let told = Told::of(&run.unwrap());
    assert_eq!((told.code, &*told.err), (Some(0), ""), "{told:?}");
    let run = service.command(&place, "export").stdout(full()).output();
    Told::of(&run.unwrap()).refused(1, "cannot write to standard output");
}

#[test]
fn a_key_that_was_changed_is_said_to_be() {
    let place = Place::new();
    drop(place.serve(&[]).stop());
    let run = place.command("rekey --data data").stdout(full()).output();
    let told = Told::of(&run.unwrap());
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(
        told.err
            .contains("data/directory.redb is sealed under the new key, but cannot write to standard output"),
        "{told:?}"
    );
    drop(place.serve(&[]).stop());
}
