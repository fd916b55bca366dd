//! A session that is refused: what is forgotten, and when another code is worth asking for.

use locum_credentials::Kind;

use super::devices::{OWN, making, roles, signers};
use crate::world::World;

#[test]
fn a_session_that_is_over_costs_one_more_code_and_not_many() {
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
        let world = making();
        let config = roles(3);
        world.find(&config, "r1", &[]).unwrap();
        world.refusals.borrow_mut().push_back(("AssumeRole", code));
        world.find(&config, "r2", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), 2);
        let expected = ["KEYS", "ASIA1", "ASIA1", "KEYS", "ASIA4"];
        assert_eq!(signers(&world), expected, "{code}");
        // Refused again with the new one: an error, and no third code.
        let refusals = [("AssumeRole", code), ("AssumeRole", code)];
        world.refusals.borrow_mut().extend(refusals);
        assert_eq!(world.find(&config, "r3", &[]).unwrap_err(), code);
        assert_eq!(world.asked.borrow().len(), 3);
    }
}

#[test]
fn a_denial_asks_again_only_where_the_age_of_the_code_may_be_why() {
    let world = making();
    world.lasting.set(43_200);
    let config = roles(3);
    world.find(&config, "r1", &[]).unwrap();
    let deny = || {
        world
            .refusals
            .borrow_mut()
            .push_back(("AssumeRole", "AccessDenied"))
    };
    world.pass(60);
    deny();
    assert_eq!(world.find(&config, "r2", &[]).unwrap_err(), "AccessDenied");
    assert_eq!(world.asked.borrow().len(), 1);
    world.pass(1);
    deny();
    world.find(&config, "r2", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 2);
    world.pass(1_000);
    deny();
    deny();
    assert_eq!(world.find(&config, "r3", &[]).unwrap_err(), "AccessDenied");
    assert_eq!(world.asked.borrow().len(), 3);
}

#[test]
fn where_no_sessions_are_made_every_denial_is_worth_a_code() {
    let world = World::new();
    let config = roles(2);
    world
        .find(&config, "r1", &[("LOCUM_MFA_SESSION", "true")])
        .unwrap();
    world
        .refusals
        .borrow_mut()
        .push_back(("AssumeRole", "AccessDenied"));
    world.find(&config, "r2", &[]).unwrap();
    assert_eq!(signers(&world), ["KEYS", "ASIA1", "ASIA1", "KEYS"]);
    assert_eq!(world.calls.borrow()[3].1["TokenCode"], "123457");
}

#[test]
fn a_session_that_only_assumed_a_role_is_not_forgotten_for_the_roles_sake() {
    let world = making();
    let config = format!("{OWN}[profile r]\nrole_arn = arn:r\nsource_profile = keys\n");
    world.find(&config, "keys", &[]).unwrap();
    world.find(&config, "r", &[]).unwrap();
    assert_eq!(signers(&world), ["KEYS", "ASIA1"]);
    assert!(!world.resolver().forget_refused_session("ExpiredToken"));
    assert_eq!(world.vault.list(Kind::MfaSession).unwrap().len(), 1);
}

#[test]
fn the_keys_own_session_is_forgotten_once() {
    let world = making();
    world.find(OWN, "keys", &[]).unwrap();
    let forget = |code| world.resolver().forget_refused_session(code);
    assert!(!forget("ExpiredToken"), "it was made for this command");
    world.find(OWN, "keys", &[]).unwrap();
    assert!(!forget("AccessDenied"));
    assert!(forget("ExpiredToken"));
    assert_eq!(world.find(OWN, "keys", &[]).unwrap().access_key_id, "ASIA2");
    assert!(!forget("ExpiredToken"));
    assert_eq!(world.asked.borrow().len(), 2);
}
