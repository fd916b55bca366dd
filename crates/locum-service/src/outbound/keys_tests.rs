use locum_crypto::SeededRandom;

use super::*;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A key that signs nothing: succession looks at times only.
fn new(algorithm: OutboundAlgorithm) -> NewKey {
    NewKey {
        algorithm,
        pkcs8: SecretBytes::new([0]),
    }
}

fn both() -> Vec<NewKey> {
    ALGORITHMS.into_iter().map(new).collect()
}

fn issuer() -> OutboundFederation {
    let account = "111122223333".parse().unwrap();
    let mut issuer = OutboundFederation::new(account, at(0), &mut SeededRandom::new(1));
    assert_eq!(missing(&issuer), ALGORITHMS);
    add(&mut issuer, &both(), at(0));
    issuer
}

fn kids(issuer: &OutboundFederation) -> Vec<&str> {
    issuer.keys.iter().map(|key| &*key.kid).collect()
}

fn signs(issuer: &OutboundFederation, seconds: i64) -> &str {
    &signing(issuer, OutboundAlgorithm::Rs256, at(seconds))
        .unwrap()
        .kid
}

#[test]
fn the_first_keys_sign_at_once_and_are_not_replaced_by_enabling_again() {
    let mut issuer = issuer();
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0"]);
    assert_eq!(signs(&issuer, 0), "RSA_0");
    assert_eq!(missing(&issuer), []);
    add(&mut issuer, &both(), at(5));
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0"]);
}

#[test]
fn a_key_is_published_a_day_before_it_signs_and_its_predecessor_until_its_tokens_have_expired() {
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    assert_eq!(due(&issuer, at(6 * DAY - 1), &schedule), []);
    assert_eq!(due(&issuer, at(6 * DAY), &schedule), ALGORITHMS);
    advance(&mut issuer, &both(), at(6 * DAY), &schedule);
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0", "RSA_1", "EC384_1"]);
    assert_eq!(due(&issuer, at(7 * DAY), &schedule), []);
    assert_eq!(signs(&issuer, 7 * DAY - 1), "RSA_0");
    assert_eq!(signs(&issuer, 7 * DAY), "RSA_1");
    let gone = 7 * DAY + 37 * HOUR;
    assert!(!has_expired(&issuer, at(gone - 1)));
    assert!(has_expired(&issuer, at(gone)));
    advance(&mut issuer, &[], at(gone), &schedule);
    assert_eq!(kids(&issuer), ["RSA_1", "EC384_1"]);
    // The next number follows the newest, not the count.
    advance(&mut issuer, &both(), at(13 * DAY), &schedule);
    assert_eq!(kids(&issuer), ["RSA_1", "EC384_1", "RSA_2", "EC384_2"]);
}

#[test]
fn after_a_long_stop_the_next_key_still_gets_its_notice() {
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    advance(&mut issuer, &both(), at(100 * DAY), &schedule);
    assert_eq!(signs(&issuer, 101 * DAY - 1), "RSA_0");
    assert_eq!(signs(&issuer, 101 * DAY), "RSA_1");
}

#[test]
fn a_disabled_issuer_gets_no_keys_and_keeps_its_newest() {
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    issuer.enabled = false;
    assert_eq!(due(&issuer, at(100 * DAY), &schedule), []);
    advance(&mut issuer, &both(), at(100 * DAY), &schedule);
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0"]);
}

#[test]
fn a_step_without_its_key_is_left_for_the_next_time() {
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    let made = [new(OutboundAlgorithm::Es384)];
    advance(&mut issuer, &made, at(6 * DAY), &schedule);
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0", "EC384_1"]);
    assert_eq!(due(&issuer, at(6 * DAY), &schedule), [OutboundAlgorithm::Rs256]);
}

#[test]
fn a_short_schedule_keeps_keys_as_long_as_tokens_live() {
    let minute = Duration::from_secs(60);
    let schedule = RotationSchedule::new(minute, Duration::ZERO, Duration::ZERO).unwrap();
    let mut issuer = issuer();
    advance(&mut issuer, &both(), at(60), &schedule);
    let until = issuer.keys[0].published_until.unwrap();
    assert_eq!(until, at(60 + 2 * HOUR));
}

#[test]
fn a_clock_that_is_behind_meets_a_published_key() {
    assert_eq!(signs(&issuer(), -DAY), "RSA_0");
}

/// Otherwise the key of before would sign, and be published, until the clock is what it was.
#[test]
fn a_clock_that_ran_ahead_keeps_no_key_beyond_its_schedule() {
    const YEAR: i64 = 365 * DAY;
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    for now in [0, 6 * DAY] {
        assert!(!is_ahead(&issuer, at(now), &schedule), "at {now}");
    }
    advance(&mut issuer, &both(), at(YEAR), &schedule);
    assert!(is_ahead(&issuer, at(DAY), &schedule));
    assert!(bring_back(&mut issuer, at(DAY), &schedule));
    assert!(!is_ahead(&issuer, at(DAY), &schedule));
    advance(&mut issuer, &[], at(DAY), &schedule);
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0", "RSA_1", "EC384_1"]);
    assert_eq!(signs(&issuer, 2 * DAY - 1), "RSA_0");
    assert_eq!(signs(&issuer, 2 * DAY), "RSA_1");
    assert!(has_expired(&issuer, at(2 * DAY + 37 * HOUR)));
    assert_eq!(due(&issuer, at(8 * DAY), &schedule), ALGORITHMS);
}

#[test]
fn keys_that_are_replaced_at_once_take_their_names_with_them() {
    let (mut issuer, schedule) = (issuer(), RotationSchedule::default());
    advance(&mut issuer, &both(), at(6 * DAY), &schedule);
    // One signs and one is announced: whoever has the store has both.
    assert_eq!(kids(&issuer), ["RSA_0", "EC384_0", "RSA_1", "EC384_1"]);
    replace(&mut issuer, &both(), at(6 * DAY + HOUR));
    assert_eq!(kids(&issuer), ["RSA_2", "EC384_2"]);
    assert_eq!(signs(&issuer, 6 * DAY + HOUR), "RSA_2");
    assert!(issuer.keys.iter().all(|key| key.published_until.is_none()));
    // The succession goes on from there.
    assert_eq!(due(&issuer, at(12 * DAY + HOUR - 1), &schedule), []);
    assert_eq!(due(&issuer, at(12 * DAY + HOUR), &schedule), ALGORITHMS);
    // Those of an issuer that is disabled are published, too.
    issuer.enabled = false;
    replace(&mut issuer, &both(), at(100 * DAY));
    assert_eq!(kids(&issuer), ["RSA_3", "EC384_3"]);
}
