use locum_crypto::SecretBytes;
use proptest::prelude::*;

use super::*;

const SEED: &[u8; 20] = b"12345678901234567890";
/// The first second of a step.
const NOW: i64 = 1_763_812_800;
const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn device() -> MfaDevice {
    let account = "111122223333".parse().unwrap();
    MfaDevice::new(account, "/", "phone", SecretBytes::new(*SEED), at(0))
}

fn shown(second: i64) -> Code {
    Code::of_step(SEED, step_of(at(second)))
}

/// A code of none of the steps around.
fn wrong(second: i64) -> Code {
    let near: Vec<Code> = (-25..=25).map(|steps| shown(second + 30 * steps)).collect();
    let code = |number: u32| Code::parse(&format!("{number:06}")).unwrap();
    (0..).map(code).find(|code| !near.contains(code)).unwrap()
}

#[track_caller]
fn right(verdict: Verdict) -> MfaDevice {
    match verdict {
        Verdict::Right(device) => device,
        Verdict::Wrong(_) => panic!("wrong"),
        Verdict::Locked(_) => panic!("locked"),
    }
}

#[track_caller]
fn refused(verdict: Verdict) -> MfaDevice {
    match verdict {
        Verdict::Wrong(device) => device,
        Verdict::Right(_) => panic!("right"),
        Verdict::Locked(_) => panic!("locked"),
    }
}

#[test]
fn the_codes_of_three_steps_are_right() {
    for (ago, accepted) in [
        (-90, false),
        (-60, false),
        (-30, true),
        (0, true),
        (29, true),
        (30, true),
        (59, true),
        (60, false),
    ] {
        let verdict = check(&device(), shown(NOW + ago), at(NOW));
        assert_eq!(matches!(verdict, Verdict::Right(_)), accepted, "{ago}");
        // The last second of the same step decides alike.
        let verdict = check(&device(), shown(NOW + ago), at(NOW + 29));
        assert_eq!(matches!(verdict, Verdict::Right(_)), accepted, "{ago}");
    }
}

#[test]
fn a_step_is_accepted_once_and_none_before_it_afterwards() {
    let device = right(check(&device(), shown(NOW), at(NOW)));
    assert_eq!(device.last_step, Some(NOW / 30));
    let device = refused(check(&device, shown(NOW), at(NOW)));
    let device = refused(check(&device, shown(NOW - 30), at(NOW)));
    assert_eq!(device.last_step, Some(NOW / 30), "a wrong code uses nothing up");
    let device = right(check(&device, shown(NOW + 30), at(NOW)));
    refused(check(&device, shown(NOW + 30), at(NOW + 30)));
    right(check(&device, shown(NOW + 60), at(NOW + 60)));
    // Whatever the clock does.
    refused(check(&device, shown(NOW), at(NOW - 30)));
}

#[test]
fn ten_wrong_codes_lock_the_device_for_a_while() {
    let mut device = device();
    for count in 1..=10 {
        assert!(device.locked_until.is_none(), "{count}");
        device = refused(check(&device, wrong(NOW), at(NOW)));
        assert_eq!(device.failures.unwrap().count, count);
    }
    assert_eq!(device.locked_until, Some(at(NOW + 1000)));
    // Right or wrong, one code or two.
    for later in [0, 500, 999] {
        let now = NOW + later;
        for code in [shown(now), wrong(now)] {
            assert!(matches!(check(&device, code, at(now)), Verdict::Locked(_)));
            assert!(matches!(
                check_pair(&device, code, shown(now + 30), at(now)),
                Verdict::Locked(_)
            ));
        }
    }
    let now = NOW + 1000;
    let used = right(check(&device, shown(now), at(now)));
    // A right code takes nothing back: there is one try.
    let again = refused(check(&used, wrong(now), at(now)));
    assert_eq!(again.locked_until, Some(at(NOW + 2000)));
    assert!(matches!(
        check(&again, shown(now + 30), at(now + 30)),
        Verdict::Locked(_)
    ));
    // Nine were forgiven after nine thousand seconds, all after ten thousand.
    let later = refused(check(&device, wrong(NOW + 9_000), at(NOW + 9_000)));
    assert_eq!(later.failures.unwrap().count, 2);
    let later = refused(check(&device, wrong(NOW + 10_000), at(NOW + 10_000)));
    assert_eq!(later.failures.unwrap().count, 1);
}

#[test]
fn a_clock_that_goes_back_forgives_nothing() {
    let mut device = device();
    for _ in 0..9 {
        device = refused(check(&device, wrong(NOW), at(NOW)));
    }
    let back = NOW - DAY;
    let device = refused(check(&device, wrong(back), at(back)));
    assert!(matches!(
        check(&device, shown(back), at(back)),
        Verdict::Locked(_)
    ));
    assert!(matches!(check(&device, shown(NOW), at(NOW)), Verdict::Locked(_)));
}

#[test]
fn wrong_pairs_count_like_wrong_codes() {
    let mut device = device();
    for _ in 0..10 {
        device = refused(check_pair(&device, shown(NOW), wrong(NOW), at(NOW)));
    }
    assert!(matches!(
        check_pair(&device, shown(NOW), shown(NOW + 30), at(NOW)),
        Verdict::Locked(_)
    ));
    assert_eq!(device.last_step, None);
}

#[test]
fn two_codes_in_a_row_are_found_within_ten_minutes_and_both_used_up() {
    for (second_code, drift) in [
        (-660, None),
        (-630, None),
        (-600, Some(-20)),
        (-60, Some(-2)),
        (-30, Some(0)),
        (0, Some(0)),
        (30, Some(0)),
        (60, Some(2)),
        (600, Some(20)),
        (630, None),
    ] {
        let (first, second) = (shown(NOW + second_code - 30), shown(NOW + second_code));
        let verdict = check_pair(&device(), first, second, at(NOW));
        let found = match &verdict {
            Verdict::Right(device) => Some(device.drift),
            Verdict::Wrong(_) | Verdict::Locked(_) => None,
        };
        assert_eq!(found, drift, "{second_code}");
        if let Verdict::Right(device) = verdict {
            assert_eq!(device.last_step, Some((NOW + second_code) / 30));
            refused(check(&device, second, at(NOW)));
            refused(check(&device, first, at(NOW)));
            refused(check_pair(&device, first, second, at(NOW)));
        }
    }
}

#[test]
fn only_two_codes_in_a_row_are_a_pair() {
    for (first, second) in [
        (shown(NOW), shown(NOW)),
        (shown(NOW), shown(NOW - 30)),
        (shown(NOW), shown(NOW + 60)),
        (wrong(NOW), shown(NOW)),
    ] {
        refused(check_pair(&device(), first, second, at(NOW)));
    }
    // A step that was used is no part of a pair, not as its first code either.
    let used = right(check(&device(), shown(NOW), at(NOW)));
    refused(check_pair(&used, shown(NOW - 30), shown(NOW), at(NOW)));
    refused(check_pair(&used, shown(NOW), shown(NOW + 30), at(NOW)));
    right(check_pair(&used, shown(NOW + 30), shown(NOW + 60), at(NOW)));
}

#[test]
fn a_drifting_device_is_read_by_its_own_clock() {
    let behind = NOW - 300;
    let device = right(check_pair(&device(), shown(behind - 30), shown(behind), at(NOW)));
    assert_eq!(device.drift, -10);
    for (shift, accepted) in [
        (-360, false),
        (-330, true),
        (-300, true),
        (-270, true),
        (-240, false),
        (0, false),
    ] {
        // Later, when the codes of the pair are out of the way.
        let verdict = check(&device, shown(NOW + 60 + shift), at(NOW + 60));
        assert_eq!(matches!(verdict, Verdict::Right(_)), accepted, "{shift}");
    }
}

proptest! {
    /// Whatever the times of the guesses and of the owner's sign-ins: no day has more than a hundred looked at.
    #[test]
    fn no_day_has_more_than_a_hundred_guesses(
        pauses in prop::collection::vec((prop_oneof![0_i64..3, 0_i64..1500, 990_i64..1010], any::<bool>()), 1..400)
    ) {
        let (mut device, mut now, mut counted) = (device(), NOW, Vec::new());
        for (pause, owner) in pauses {
            now += pause;
            let code = if owner { shown(now) } else { wrong(now) };
            match check(&device, code, at(now)) {
                Verdict::Right(changed) => device = changed,
                Verdict::Wrong(changed) => {
                    device = changed;
                    counted.push(now);
                }
                Verdict::Locked(_) => {}
            }
        }
        for (index, begin) in counted.iter().enumerate() {
            let day = counted[index..].iter().take_while(|time| **time <= begin + DAY);
            prop_assert!(day.count() <= 100);
        }
    }
}

#[test]
fn the_most_guesses_that_a_day_has() {
    let (mut device, mut guesses) = (device(), 0);
    for now in NOW..=NOW + DAY {
        if guesses::locked_until(device.locked_until, at(now)).is_none() {
            device = refused(check(&device, wrong(now), at(now)));
            guesses += 1;
        }
        while guesses::locked_until(device.locked_until, at(now)).is_none() {
            device = refused(check(&device, wrong(now), at(now)));
            guesses += 1;
        }
    }
    assert_eq!(guesses, 96);
}
