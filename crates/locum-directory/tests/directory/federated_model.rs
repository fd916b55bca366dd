//! Random writes of providers, devices and redeemed assertions against plain lists; and the same again after reopening.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use locum_crypto::SeededRandom;
use locum_directory::{
    Changes, Directory, KeyOwner, MfaDevice, OidcProvider, RedbStore, UsedAssertion, User,
};
use proptest::prelude::*;

use crate::{
    fixture::{account, now, open, put, queue, view},
    samples::{device, saml},
};

const NAMES: [&str; 5] = ["alice", "Alice", "BOB", "carol", "a"];
const USERS: [&str; 2] = ["first", "second"];

#[derive(Debug, Clone)]
enum Step {
    Saml(usize),
    Oidc(usize),
    Device(usize),
    /// Gives a device to a user, to root, or to nobody.
    Assign(usize, usize),
    Redeem(u8, i64),
    Sweep(i64),
    DeleteSaml(usize),
    DeleteOidc(usize),
    DeleteDevice(usize),
    DeleteUser(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES.len();
    prop_oneof![
        3 => name().prop_map(Step::Saml),
        3 => name().prop_map(Step::Oidc),
        4 => name().prop_map(Step::Device),
        6 => (name(), 0..4_usize).prop_map(|(which, owner)| Step::Assign(which, owner)),
        6 => (0..6_u8, 0..10_i64).prop_map(|(digest, until)| Step::Redeem(digest, until)),
        2 => (0..10_i64).prop_map(Step::Sweep),
        2 => name().prop_map(Step::DeleteSaml),
        2 => name().prop_map(Step::DeleteOidc),
        2 => name().prop_map(Step::DeleteDevice),
        1 => (0..USERS.len()).prop_map(Step::DeleteUser),
        1 => Just(Step::Reopen),
    ]
}

/// Everything, in the order it was made.
#[derive(Debug, Default)]
struct Model {
    saml: Vec<&'static str>,
    oidc: Vec<&'static str>,
    /// With the place of the owner in the list of owners.
    devices: Vec<(&'static str, usize)>,
    used: Vec<(u8, i64)>,
    /// Which of the users are gone.
    gone: [bool; USERS.len()],
}

fn minute(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// The users, root, nobody.
fn owner(directory: &Directory, place: usize) -> Option<KeyOwner> {
    match USERS.get(place) {
        // One that is gone still has an id to point at.
        Some(_) => Some(KeyOwner::User(user(place).id)),
        None if place == USERS.len() => Some(KeyOwner::Root(
            directory.snapshot().organization().unwrap().management_account,
        )),
        None => None,
    }
}

fn user(place: usize) -> User {
    let mut rng = SeededRandom::new(place as u64 + 50);
    User::new(account(), "/", USERS[place], now(), &mut rng)
}

/// Makes the write of a step, notes it in the model, and returns the changes and whether they shall be accepted.
fn decide(step: &Step, seed: u64, directory: &Directory, model: &mut Model) -> Option<(Changes, bool)> {
    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    let accepted = match *step {
        Step::Saml(name) => {
            changes.put(saml(NAMES[name], seed));
            let free = !model
                .saml
                .iter()
                .any(|other| other.eq_ignore_ascii_case(NAMES[name]));
            if free {
                model.saml.push(NAMES[name]);
            }
            free
        }
        Step::Oidc(name) => {
            changes.put(OidcProvider::new(account(), NAMES[name], now()));
            let free = !model.oidc.contains(&NAMES[name]);
            if free {
                model.oidc.push(NAMES[name]);
            }
            free
        }
        Step::Device(name) => {
            changes.put(device(NAMES[name]));
            let free = !model.devices.iter().any(|(other, _)| *other == NAMES[name]);
            if free {
                model.devices.push((NAMES[name], USERS.len() + 1));
            }
            free
        }
        Step::Assign(name, place) => {
            let known = model
                .devices
                .iter_mut()
                .find(|(other, _)| *other == NAMES[name])?;
            let device = snapshot
                .mfa_device(account(), &format!("/{}", NAMES[name]))
                .unwrap();
            let owner = owner(directory, place);
            changes.put(MfaDevice {
                owner,
                enabled_at: owner.map(|_| now()),
                ..MfaDevice::clone(device)
            });
            let there = !model.gone.get(place).is_some_and(|gone| *gone);
            if there {
                known.1 = place;
            }
            there
        }
        Step::Redeem(digest, until) => {
            changes.put(UsedAssertion::new(account(), [digest; 32], minute(until)));
            let first = !model.used.iter().any(|(other, _)| *other == digest);
            if first {
                model.used.push((digest, until));
            }
            first
        }
        Step::Sweep(until) => {
            for used in snapshot.used_assertions_until(minute(until)) {
                changes.delete(&**used);
            }
            model.used.retain(|(_, other)| *other > until);
            true
        }
        Step::DeleteSaml(which) => {
            let name = (!model.saml.is_empty()).then(|| model.saml.remove(which % model.saml.len()))?;
            changes.delete(&**snapshot.saml_provider(account(), name).unwrap());
            true
        }
        Step::DeleteOidc(which) => {
            let url = (!model.oidc.is_empty()).then(|| model.oidc.remove(which % model.oidc.len()))?;
            changes.delete(&**snapshot.oidc_provider(account(), url).unwrap());
            true
        }
        Step::DeleteDevice(which) => {
            let (name, _) =
                (!model.devices.is_empty()).then(|| model.devices.remove(which % model.devices.len()))?;
            changes.delete(&**snapshot.mfa_device(account(), &format!("/{name}")).unwrap());
            true
        }
        Step::DeleteUser(place) => {
            changes.delete(&**snapshot.user(account(), USERS[place])?);
            let free = !model.devices.iter().any(|(_, owner)| *owner == place);
            model.gone[place] |= free;
            free
        }
        Step::Reopen => return None,
    };
    Some((changes, accepted))
}

fn agree(directory: &Directory, model: &Model) {
    let snapshot = directory.snapshot();
    let counts = snapshot.counts(account());
    let assigned = model
        .devices
        .iter()
        .filter(|(_, owner)| *owner <= USERS.len())
        .count();
    assert_eq!(counts.saml_providers, model.saml.len());
    assert_eq!(counts.oidc_providers, model.oidc.len());
    assert_eq!(
        (counts.mfa_devices, counts.mfa_devices_in_use),
        (model.devices.len(), assigned)
    );

    let mut names = model.saml.clone();
    names.sort_by_key(|name| name.to_ascii_lowercase());
    let found: Vec<&str> = snapshot.saml_providers(account()).map(|p| &*p.name).collect();
    assert_eq!(found, names);
    for name in names {
        assert_eq!(
            &*snapshot
                .saml_provider(account(), &name.to_ascii_uppercase())
                .unwrap()
                .name,
            name
        );
    }
    let mut urls = model.oidc.clone();
    urls.sort_unstable();
    let found: Vec<&str> = snapshot.oidc_providers(account()).map(|p| &*p.url).collect();
    assert_eq!(found, urls);

    let mut devices = model.devices.clone();
    devices.sort_unstable();
    let all: Vec<&str> = devices.iter().map(|(name, _)| *name).collect();
    let found: Vec<&str> = snapshot.mfa_devices(account(), None).map(|d| &*d.name).collect();
    assert_eq!(found, all);
    for place in 0..=USERS.len() {
        let of = owner(directory, place).unwrap();
        let mine: Vec<&str> = devices
            .iter()
            .filter(|(_, o)| *o == place)
            .map(|(name, _)| *name)
            .collect();
        let found: Vec<&str> = snapshot.mfa_devices_of(of, None).map(|d| &*d.name).collect();
        assert_eq!(found, mine);
    }

    assert_eq!(snapshot.used_assertion_count(), model.used.len());
    let mut used = model.used.clone();
    used.sort_unstable_by_key(|(digest, until)| (*until, *digest));
    for until in 0..10 {
        let due = used
            .iter()
            .filter(|(_, other)| *other <= until)
            .map(|(digest, _)| [*digest; 32]);
        let found = snapshot
            .used_assertions_until(minute(until))
            .map(|used| used.digest);
        assert!(found.eq(due));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn federation_is_its_model_before_and_after_reopening(steps in prop::collection::vec(step(), 1..50)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        let reopen = || open(Arc::new(RedbStore::open(&path).unwrap()));
        let mut directory = reopen();
        let mut model = Model::default();
        for place in 0..USERS.len() {
            put(&directory, user(place));
        }
        for (seed, step) in steps.iter().enumerate() {
            if let Some((changes, accepted)) = decide(step, seed as u64 + 100, &directory, &mut model) {
                match queue(&directory, changes) {
                    Ok(pending) => {
                        pending.wait().unwrap();
                        prop_assert!(accepted, "{step:?} was accepted");
                    }
                    Err(error) => prop_assert!(!accepted, "{step:?}: {error}"),
                }
            } else if matches!(step, Step::Reopen) {
                let before = view(&directory.snapshot());
                drop(directory);
                directory = reopen();
                prop_assert_eq!(view(&directory.snapshot()), before);
            }
            agree(&directory, &model);
        }
        let before = view(&directory.snapshot());
        drop(directory);
        prop_assert_eq!(view(&reopen().snapshot()), before);
    }
}
