//! `help` in front of a command is its page.

use crate::place::Place;

#[test]
fn help_before_a_command_is_its_page() {
    let place = Place::new();
    for (line, page) in [
        ("help serve", "serve --help"),
        ("help keys add", "keys --help"),
        ("help exec -- rm", "exec --help"),
        ("help serve-credentials", "serve-credentials --help"),
        ("help policy", "policy --help"),
        ("help policy validate", "policy validate --help"),
        ("policy help validate", "policy validate --help"),
        ("help sts", "sts help"),
        ("help sts assume-role", "sts assume-role help"),
        ("sts help assume-role", "sts assume-role help"),
        ("help sts --debug", "sts help"),
        ("sts help --debug", "sts help"),
        ("help --profile p", "help"),
        ("help help", "help"),
    ] {
        let (told, meant) = (place.run(line), place.run(page));
        assert_eq!((told.code, meant.code), (Some(0), Some(0)), "{line}: {told:?}");
        assert_eq!(told.out, meant.out, "{line}");
    }
    // Nothing was done, least of all kept under the name `help`.
    assert_eq!(std::fs::read_dir(place.home.path()).unwrap().count(), 0);
}

#[test]
fn help_for_what_is_not_there_says_what_is() {
    let place = Place::new();
    for line in [
        "help serv",
        "help nonsense",
        "help sts assume-rol",
        "help policy validat",
    ] {
        let told = place.run(line);
        assert!(told.out.is_empty() && told.code != Some(0), "{line}: {told:?}");
    }
    let told = place.run("help serv");
    assert_eq!(told.code, Some(252));
    assert!(told.err.contains("Found invalid choice 'serv'"), "{told:?}");
    assert!(told.err.contains("  * serve\n"), "{told:?}");
}
