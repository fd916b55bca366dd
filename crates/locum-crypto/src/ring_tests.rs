use std::time::Duration;

use super::*;
use crate::SeededRandom;

const T0: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(T0 + seconds).unwrap()
}

/// Rotates every 100 s, with 20 s of notice, and opens for 30 s more.
fn schedule() -> RotationSchedule {
    RotationSchedule::new(
        Duration::from_secs(100),
        Duration::from_secs(20),
        Duration::from_secs(30),
    )
    .unwrap()
}

fn ring() -> (KeyRing, SeededRandom) {
    let mut rng = SeededRandom::new(1);
    (KeyRing::generate(Purpose::SessionToken, at(0), &mut rng), rng)
}

/// The keys in short: `A0` active since 0, `P100` activates at 100, `R130` drops at 130.
fn shown(ring: &KeyRing) -> String {
    let mut words: Vec<String> = ring
        .states()
        .map(|(_, state)| match state {
            KeyState::Active { since } => format!("A{}", since.as_second() - T0),
            KeyState::Prepared { activates } => format!("P{}", activates.as_second() - T0),
            KeyState::Retired { drops } => format!("R{}", drops.as_second() - T0),
        })
        .collect();
    words.sort();
    words.join(" ")
}

fn run(timeline: &[(i64, bool, &str)]) {
    let (mut ring, mut rng) = ring();
    for &(now, changes, expected) in timeline {
        assert_eq!(ring.advance(at(now), &schedule(), &mut rng), changes, "at {now}");
        assert_eq!(shown(&ring), expected, "at {now}");
        assert!(
            !ring.advance(at(now), &schedule(), &mut rng),
            "not idempotent at {now}"
        );
        assert_eq!(shown(&ring), expected, "again at {now}");
    }
}

#[test]
fn keys_are_prepared_activated_and_retired_on_schedule() {
    run(&[
        (0, false, "A0"),
        (79, false, "A0"),
        (80, true, "A0 P100"),
        (99, false, "A0 P100"),
        (100, true, "A100 R130"),
        (129, false, "A100 R130"),
        (130, true, "A100"),
        (180, true, "A100 P200"),
        (205, true, "A205 R235"),
        (284, true, "A205"),
        (285, true, "A205 P305"),
    ]);
}

#[test]
fn a_key_made_after_a_long_stop_still_gets_its_notice() {
    run(&[
        (1000, true, "A0 P1020"),
        (1019, false, "A0 P1020"),
        (1020, true, "A1020 R1050"),
    ]);
}

#[test]
fn a_clock_that_runs_backwards_activates_and_drops_nothing() {
    run(&[
        (80, true, "A0 P100"),
        (60, true, "A0 P80"),
        (79, false, "A0 P80"),
        (80, true, "A80 R110"),
        (70, true, "A70 R100"),
        (99, false, "A70 R100"),
        (100, true, "A70"),
    ]);
}

/// Otherwise the ring would stand still until the time that the clock showed, and open what it sealed then.
#[test]
fn a_clock_that_ran_ahead_leaves_no_key_beyond_its_schedule() {
    const YEAR: i64 = 365 * 24 * 3600;
    // It was ahead for a moment: the next key would have had its turn in a year.
    run(&[
        (YEAR, true, "A0 P31536020"),
        (10, true, "A0 P30"),
        (30, true, "A30 R60"),
        (60, true, "A30"),
        (110, true, "A30 P130"),
    ]);
    // It was ahead for longer than the notice: the key before would have opened for a year, and the new one sealed.
    run(&[
        (YEAR, true, "A0 P31536020"),
        (YEAR + 20, true, "A31536020 R31536050"),
        (50, true, "A50 R80"),
        (80, true, "A50"),
        (130, true, "A50 P150"),
        (150, true, "A150 R180"),
        (180, true, "A150"),
    ]);
    // It was ahead when the ring was made.
    let mut rng = SeededRandom::new(1);
    let mut ring = KeyRing::generate(Purpose::SessionToken, at(YEAR), &mut rng);
    let mut asleep = Vec::new();
    ring.seal(&[], b"issued in a year", &mut rng, &mut asleep);
    for (now, expected) in [(0, "A0"), (80, "A0 P100"), (100, "A100 R130"), (130, "A100")] {
        assert!(ring.advance(at(now), &schedule(), &mut rng), "at {now}");
        assert_eq!(shown(&ring), expected, "at {now}");
    }
    assert_eq!(ring.open(&[], &asleep), Err(OpenError::UnknownKey));
}

#[test]
fn old_values_open_until_their_key_is_dropped() {
    let (mut ring, mut rng) = ring();
    let mut old = Vec::new();
    ring.seal(&[b"a"], b"old", &mut rng, &mut old);
    for now in [80, 100, 129] {
        ring.advance(at(now), &schedule(), &mut rng);
        assert_eq!(ring.open(&[b"a"], &old).unwrap(), b"old", "at {now}");
    }
    ring.advance(at(130), &schedule(), &mut rng);
    assert_eq!(ring.open(&[b"a"], &old), Err(OpenError::UnknownKey));
}

#[test]
fn a_node_that_has_not_seen_the_activation_opens_what_the_others_seal() {
    let (mut ring, mut rng) = ring();
    ring.advance(at(80), &schedule(), &mut rng);
    let behind = ring.clone();
    ring.advance(at(100), &schedule(), &mut rng);
    let mut sealed = Vec::new();
    ring.seal(&[], b"new", &mut rng, &mut sealed);
    assert_eq!(behind.open(&[], &sealed).unwrap(), b"new");
}

#[test]
fn equal_secrets_of_different_purposes_do_not_open_each_other() {
    let secret = Zeroizing::new([7; 32]);
    let id = KeyId([1, 2, 3, 4]);
    let state = KeyState::Active { since: at(0) };
    let rings = Purpose::ALL.map(|purpose| {
        KeyRing::assemble(
            purpose,
            RingKey::new(id, purpose, state, secret.clone()),
            Vec::new(),
        )
    });
    for sealing in &rings {
        let mut sealed = Vec::new();
        sealing.seal(&[b"a"], b"text", &mut SeededRandom::new(1), &mut sealed);
        for opening in &rings {
            let expected = if opening.purpose() == sealing.purpose() {
                Ok(b"text".to_vec())
            } else {
                Err(OpenError::NotAuthentic)
            };
            assert_eq!(opening.open(&[b"a"], &sealed), expected);
        }
    }
}

#[test]
fn moved_aad_boundaries_are_refused() {
    let (ring, mut rng) = ring();
    let mut sealed = Vec::new();
    ring.seal(&[b"ab", b"c"], b"text", &mut rng, &mut sealed);
    assert!(ring.open(&[b"ab", b"c"], &sealed).is_ok());
    for aad in [&[b"a".as_slice(), b"bc"][..], &[b"abc"], &[b"ab", b"c", b""], &[]] {
        assert_eq!(ring.open(aad, &sealed), Err(OpenError::NotAuthentic));
    }
}

#[test]
fn sealing_appends_and_leaves_what_stands_before() {
    let (ring, mut rng) = ring();
    let mut out = b"prefix".to_vec();
    ring.seal(&[], b"text", &mut rng, &mut out);
    assert_eq!(out.len(), 6 + OVERHEAD + 4);
    assert_eq!(&out[..6], b"prefix");
    assert_eq!(ring.open(&[], &out[6..]).unwrap(), b"text");
}

#[test]
fn schedules_that_cannot_work_are_refused() {
    let seconds = Duration::from_secs;
    assert!(RotationSchedule::new(Duration::ZERO, Duration::ZERO, seconds(1)).is_err());
    assert!(RotationSchedule::new(seconds(10), seconds(11), seconds(1)).is_err());
    assert!(RotationSchedule::new(seconds(10), seconds(1), seconds(1010)).is_err());
    assert!(RotationSchedule::new(seconds(10), seconds(10), seconds(1000)).is_ok());
}

#[test]
fn debug_shows_ids_and_no_secret() {
    let (ring, _) = ring();
    let shown = format!("{ring:?}");
    assert!(shown.contains("SessionToken") && shown.contains("Active"));
    let secret = ring.active.secret.as_slice();
    assert!(!shown.contains(&crate::hex(&secret[..4])) && !shown.contains(&format!("{:?}", &secret[..2])));
}

#[test]
fn parts_of_a_second_do_not_make_a_stored_ring_differ() {
    let now = Timestamp::from_millisecond(T0 * 1000 + 999).unwrap();
    let mut rng = SeededRandom::new(1);
    let ring = KeyRing::generate(Purpose::Marker, now, &mut rng);
    let stored = KeyRing::from_bytes(Purpose::Marker, ring.to_bytes().expose()).unwrap();
    assert!(ring.states().eq(stored.states()));
}
