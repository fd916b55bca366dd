//! Many lives, in which enough must happen.

use std::collections::{BTreeMap, BTreeSet};

use super::{life::Life, verdict::End};

/// Seeds that are lived by default.
const LIVES: u64 = 8;
/// The first of them.
const FIRST: u64 = 1;
/// How many operations are called in them.
const ACTIONS: usize = 70;

#[test]
fn a_living_service_and_its_model_agree() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, lives) = (number("LOCUM_SEED", FIRST), number("LOCUM_LIVES", LIVES));
    let mut tally: BTreeMap<(String, End), u32> = BTreeMap::new();
    for seed in first..first + lives {
        let mut life = Life::new(seed);
        life.live(400);
        life.restart();
        life.inventory();
        for (what, count) in life.tally {
            *tally.entry(what).or_default() += count;
        }
    }
    // Nothing is shown by lives in which nothing happens.
    for (action, end) in [
        ("ApplyTransaction", End::Done),
        ("ApplyTransaction", End::Refused),
        ("AssumeRole", End::Done),
        ("AssumeRole", End::Denied),
        ("AssumeRole", End::Refused),
        ("AssumeRoleWithSAML", End::Done),
        ("AssumeRoleWithSAML", End::Refused),
        ("AssumeRoleWithWebIdentity", End::Done),
        ("AssumeRoot", End::Done),
        ("GetCallerIdentity", End::Expired),
        ("GetCallerIdentity", End::Invalid),
        ("GetDelegatedAccessToken", End::Done),
        ("GetFederationToken", End::Done),
        ("GetSessionToken", End::Done),
        ("GetUser", End::Denied),
        ("GetUser", End::Done),
        ("RevokeSessions", End::Done),
    ] {
        let count = tally.get(&(action.to_owned(), end)).copied().unwrap_or_default();
        assert!(
            count > 0 || lives < LIVES,
            "no {action} that was {end:?}: {tally:?}"
        );
    }
    // Nor does a deed show anything that nobody was ever let do; of few lives by other seeds it may be so.
    let is_done = |action: &String| tally.contains_key(&(action.clone(), End::Done));
    let actions: BTreeSet<&String> = tally.keys().map(|(action, _)| action).collect();
    let never: Vec<_> = actions.iter().filter(|action| !is_done(action)).collect();
    let settled = first == FIRST && lives >= LIVES;
    assert!(!settled || never.is_empty(), "never done: {never:?}");
    assert!(
        !settled || actions.len() >= ACTIONS,
        "{} actions: {actions:?}",
        actions.len()
    );
}
