//! The key cache: what is fetched when, what is served meanwhile, and what an attacker cannot make it do.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use jiff::Timestamp;
use locum_federation::oidc::{
    Algorithm, Expected, FetchProblem, Fetched, KeyCache, KeySet, Keys, Refresh, Source, Token, TokenError,
    Verification,
};

use crate::issuer::{ISSUER, OTHER_RSA, RSA, RSA_HEADER, at, claims, expected, jwk, jwks, keys, sign};

const A: [u8; 20] = [0xa; 20];
const B: [u8; 20] = [0xb; 20];
const MOST: usize = 16;
const HOUR: i64 = 3600;
const WEEK: i64 = 7 * 24 * HOUR;

fn source(issuer: &str, thumbprints: &[[u8; 20]]) -> Source {
    Source {
        issuer: issuer.into(),
        thumbprints: thumbprints.to_vec(),
    }
}

fn fetched(keys: KeySet) -> Result<Fetched, FetchProblem> {
    Ok(Fetched {
        keys,
        verification: Verification::TrustStore,
    })
}

fn pinned(keys: KeySet, thumbprints: &[[u8; 20]]) -> Result<Fetched, FetchProblem> {
    Ok(Fetched {
        keys,
        verification: Verification::Thumbprint(thumbprints.into()),
    })
}

/// A cache with the one issuer, whose keys came at second zero.
fn ready() -> KeyCache {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[])]);
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    cache.put(ISSUER, fetched(keys()), at(0));
    cache
}

fn good() -> String {
    sign(&RSA, RSA_HEADER, claims(&[]))
}

fn verify(cache: &KeyCache, token: &str, now: Timestamp) -> Result<(), TokenError> {
    verify_as(cache, token, &[], now)
}

fn verify_as(
    cache: &KeyCache,
    token: &str,
    thumbprints: &[[u8; 20]],
    now: Timestamp,
) -> Result<(), TokenError> {
    let expected = Expected { now, ..expected() };
    cache
        .verify(&Token::parse(token)?, &expected, thumbprints)
        .map(drop)
}

fn is_ready(cache: &KeyCache, now: Timestamp) -> bool {
    matches!(cache.look_up(ISSUER, &[], now), Keys::Ready(_))
}

#[test]
fn a_new_issuer_is_fetched_at_once_and_then_hourly() {
    let cache = KeyCache::new();
    assert_eq!(
        verify(&cache, &good(), at(0)),
        Err(TokenError::ProviderUnreachable)
    );
    assert_eq!(cache.due(at(0), MOST), []);
    cache.register(&[source(ISSUER, &[A])]);
    assert_eq!(
        verify(&cache, &good(), at(0)),
        Err(TokenError::ProviderUnreachable)
    );
    assert_eq!(cache.due(at(0), MOST), [source(ISSUER, &[A])]);
    assert_eq!(cache.due(at(1), MOST), [], "it is under way");
    assert_eq!(
        verify(&cache, &good(), at(1)),
        Err(TokenError::ProviderUnreachable)
    );
    cache.put(ISSUER, fetched(keys()), at(2));
    assert_eq!(verify(&cache, &good(), at(2)), Ok(()));
    assert_eq!(cache.due(at(HOUR + 1), MOST).len(), 0);
    assert_eq!(cache.due(at(HOUR + 2), MOST).len(), 1);
}

#[test]
fn unknown_issuers_have_no_place() {
    let cache = ready();
    for number in 0..1000 {
        let issuer = format!("https://idp-{number}.example.com");
        assert_eq!(cache.want_refresh(&issuer, at(1)), Refresh::UnderWay);
        cache.put(&issuer, fetched(keys()), at(1));
        assert!(matches!(cache.look_up(&issuer, &[], at(1)), Keys::Pending));
    }
    assert_eq!(cache.due(at(1), MOST), []);
    assert_eq!(format!("{cache:?}"), "KeyCache { issuers: 1, .. }");
    cache.register(&[]);
    assert!(!is_ready(&cache, at(1)), "a deleted provider's keys are gone");
}

#[test]
fn a_hundred_thousand_unknown_keys_cause_one_fetch() {
    let cache = ready();
    let woken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&woken);
    cache.set_waker(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let (good, mut fetches) = (good(), 0);
    let template = sign(&OTHER_RSA, r#"{"alg":"RS256","kid":"00000000"}"#, claims(&[]));
    let (_, rest) = template.split_once('.').unwrap();
    for number in 0..100_000_u32 {
        // All within the thirty seconds.
        let now = at(100 + i64::from(number) * 29 / 100_000);
        let header = format!(r#"{{"alg":"RS256","kid":"{number:08x}"}}"#);
        let error = verify(&cache, &format!("{}.{rest}", crate::issuer::encode(header)), now).unwrap_err();
        let due = cache.due(now, MOST).len();
        fetches += due;
        match fetches {
            1 if due == 1 => {
                assert_eq!(error, TokenError::ProviderUnreachable, "retried by clients");
                cache.put(ISSUER, fetched(keys()), now);
            }
            _ => assert_eq!(error, TokenError::NoKey),
        }
        if number % 1000 == 0 {
            assert_eq!(
                verify(&cache, &good, now),
                Ok(()),
                "a good token is served meanwhile"
            );
        }
    }
    assert_eq!((fetches, woken.load(Ordering::Relaxed)), (1, 1));
    assert_eq!(cache.want_refresh(ISSUER, at(129)), Refresh::Recent);
    assert_eq!(cache.want_refresh(ISSUER, at(130)), Refresh::Asked);
}

#[test]
fn many_threads_get_one_refresh() {
    let cache = ready();
    let asked: usize = std::thread::scope(|scope| {
        let ask = || {
            (0..10_000)
                .filter(|_| cache.want_refresh(ISSUER, at(50)) == Refresh::Asked)
                .count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(
        (
            asked,
            cache.due(at(50), MOST).len(),
            cache.due(at(50), MOST).len()
        ),
        (1, 1, 0)
    );
}

#[test]
fn a_rotated_key_is_found_on_the_second_try() {
    let cache = ready();
    let rotated = sign(&OTHER_RSA, r#"{"alg":"RS256","kid":"next"}"#, claims(&[]));
    assert_eq!(
        verify(&cache, &rotated, at(100)),
        Err(TokenError::ProviderUnreachable)
    );
    assert_eq!(cache.due(at(100), MOST).len(), 1);
    assert_eq!(
        verify(&cache, &rotated, at(101)),
        Err(TokenError::ProviderUnreachable),
        "under way"
    );
    let both = jwks(&[jwk(&RSA, r#","kid":"rsa""#), jwk(&OTHER_RSA, r#","kid":"next""#)]);
    cache.put(ISSUER, fetched(KeySet::parse(both.as_bytes()).unwrap()), at(101));
    assert_eq!(verify(&cache, &rotated, at(101)), Ok(()));
    assert_eq!(verify(&cache, &good(), at(101)), Ok(()));
}

#[test]
fn an_algorithm_that_was_not_announced_is_asked_for_once() {
    let cache = ready();
    let limited = || fetched(keys().limited_to(&[Algorithm::Es256]));
    cache.put(ISSUER, limited(), at(0));
    assert_eq!(
        verify(&cache, &good(), at(100)),
        Err(TokenError::ProviderUnreachable)
    );
    assert_eq!(cache.due(at(100), MOST).len(), 1);
    cache.put(ISSUER, limited(), at(101));
    assert_eq!(
        verify(&cache, &good(), at(102)),
        Err(TokenError::UnsupportedAlgorithm)
    );
    assert!(cache.due(at(102), MOST).is_empty());
    assert_eq!(
        verify(&cache, &good(), at(140)),
        Err(TokenError::ProviderUnreachable)
    );
    assert_eq!(cache.due(at(140), MOST).len(), 1);
    cache.put(ISSUER, fetched(keys()), at(141));
    assert_eq!(verify(&cache, &good(), at(142)), Ok(()));
}

#[test]
fn a_withdrawn_key_is_gone() {
    let cache = ready();
    cache.put(ISSUER, fetched(KeySet::parse(br#"{"keys":[]}"#).unwrap()), at(50));
    assert_eq!(
        verify(&cache, &good(), at(51)),
        Err(TokenError::ProviderUnreachable),
        "asks anew"
    );
    assert_eq!(cache.due(at(51), MOST).len(), 1);
    cache.put(ISSUER, fetched(KeySet::parse(br#"{"keys":[]}"#).unwrap()), at(52));
    assert_eq!(verify(&cache, &good(), at(53)), Err(TokenError::NoKey));
}

#[test]
fn the_last_good_keys_serve_while_the_issuer_is_down() {
    let cache = ready();
    let problems = [
        FetchProblem::Unreachable,
        FetchProblem::BadDocument,
        FetchProblem::CertificateMismatch,
        FetchProblem::Forbidden,
    ];
    let mut now = HOUR;
    for round in 0..2000 {
        while cache.due(at(now), MOST).is_empty() {
            now += 10;
        }
        cache.put(ISSUER, Err(problems[round % 4]), at(now));
        assert_eq!(is_ready(&cache, at(now)), now <= WEEK, "at {now}");
        if now > WEEK {
            break;
        }
    }
    assert!(now > WEEK, "keys that nobody may replace end sometime");
    cache.put(ISSUER, fetched(keys()), at(now));
    assert!(is_ready(&cache, at(now)));
}

#[test]
fn failures_are_retried_ever_later() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[])]);
    let (mut now, mut waits) = (0, Vec::new());
    assert_eq!(cache.due(at(now), MOST).len(), 1);
    for _ in 0..20 {
        cache.put(ISSUER, Err(FetchProblem::Unreachable), at(now));
        let begun = now;
        while cache.due(at(now), MOST).is_empty() {
            now += 1;
        }
        waits.push(now - begun);
    }
    assert_eq!(waits[..6], [30, 60, 120, 240, 480, 900]);
    assert!(waits[6..].iter().all(|wait| *wait == 900));
}

#[test]
fn without_keys_the_problem_is_told() {
    for (problem, error) in [
        (FetchProblem::Unreachable, TokenError::ProviderUnreachable),
        (FetchProblem::CertificateMismatch, TokenError::CertificateMismatch),
        (FetchProblem::BadDocument, TokenError::NoKey),
        (FetchProblem::Forbidden, TokenError::NoKey),
    ] {
        let cache = KeyCache::new();
        cache.register(&[source(ISSUER, &[])]);
        assert_eq!(cache.due(at(0), MOST).len(), 1);
        cache.put(ISSUER, Err(problem), at(1));
        assert_eq!(verify(&cache, &good(), at(2)), Err(error));
        assert_eq!(cache.due(at(2), MOST).len(), 1, "a request may hasten the retry");
        cache.put(ISSUER, Err(problem), at(3));
        let _ = verify(&cache, &good(), at(4));
        assert_eq!(cache.due(at(4), MOST), [], "but once in thirty seconds");
    }
}

#[test]
fn a_lost_fetch_is_begun_again() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[])]);
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    assert_eq!(cache.due(at(59), MOST).len(), 0);
    assert_eq!(cache.due(at(60), MOST).len(), 1);
}

#[test]
fn few_are_fetched_at_once_and_nobody_waits_for_ever() {
    let cache = KeyCache::new();
    let issuers: Vec<_> = (0..100)
        .map(|number| source(&format!("https://idp-{number:02}.example.com"), &[]))
        .collect();
    cache.register(&issuers);
    let mut fetched = Vec::new();
    for second in 0..10 {
        let due = cache.due(at(second), 10);
        assert_eq!(due.len(), 10);
        for source in due {
            cache.put(&source.issuer, Err(FetchProblem::Unreachable), at(second));
            fetched.push(source);
        }
    }
    fetched.sort_by(|one, other| one.issuer.cmp(&other.issuer));
    assert_eq!(fetched, issuers);
    // Those that failed first are due first, but for the one that a request asks for.
    assert_eq!(
        cache.want_refresh("https://idp-99.example.com", at(32)),
        Refresh::Asked
    );
    let due: Vec<_> = cache
        .due(at(32), 3)
        .into_iter()
        .map(|source| source.issuer)
        .collect();
    assert_eq!(*due[0], *"https://idp-99.example.com");
    assert_eq!(
        (&*due[1], &*due[2]),
        ("https://idp-00.example.com", "https://idp-01.example.com")
    );
}

#[test]
fn a_clock_that_goes_back_stops_nothing() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[])]);
    assert_eq!(cache.due(at(1_000_000), MOST).len(), 1);
    assert_eq!(cache.want_refresh(ISSUER, at(1_000_000)), Refresh::Asked);
    cache.put(ISSUER, fetched(keys()), at(1_000_000));
    assert_eq!(cache.want_refresh(ISSUER, at(0)), Refresh::Asked);
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    cache.put(ISSUER, Err(FetchProblem::Unreachable), at(1_000_000));
    assert_eq!(cache.due(at(10), MOST).len(), 1);
}

/// What came while the clock ran ahead is neither newer than what came since nor good for longer.
#[test]
fn keys_of_a_clock_that_ran_ahead_are_as_old_as_they_are() {
    let year = 365 * 24 * HOUR;
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[A])]);
    cache.put(ISSUER, pinned(keys(), &[A]), at(year));
    let withdrawn = KeySet::parse(br#"{"keys":[]}"#).unwrap();
    cache.put(ISSUER, fetched(withdrawn), at(0));
    assert_ne!(verify_as(&cache, &good(), &[A], at(1)), Ok(()));

    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[])]);
    cache.put(ISSUER, fetched(keys()), at(year));
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    cache.put(ISSUER, Err(FetchProblem::Unreachable), at(0));
    assert!(is_ready(&cache, at(WEEK)));
    assert!(!is_ready(&cache, at(WEEK + 1)));
}

#[test]
fn a_thumbprint_vouches_for_those_who_registered_it() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[A, B])]);
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    cache.put(ISSUER, pinned(keys(), &[A]), at(0));
    assert_eq!(verify_as(&cache, &good(), &[A], at(1)), Ok(()));
    assert_eq!(verify_as(&cache, &good(), &[B, A], at(1)), Ok(()));
    for others in [&[][..], &[B]] {
        assert_eq!(
            verify_as(&cache, &good(), others, at(1)),
            Err(TokenError::CertificateMismatch)
        );
    }
    // Whoever gets another certificate accepted for his own account changes nothing for the rest.
    let forged = KeySet::parse(jwks(&[jwk(&OTHER_RSA, r#","kid":"rsa""#)]).as_bytes()).unwrap();
    cache.put(ISSUER, pinned(forged, &[B]), at(2));
    assert_eq!(verify_as(&cache, &good(), &[A], at(3)), Ok(()));
    assert_eq!(
        verify_as(&cache, &good(), &[B], at(3)),
        Err(TokenError::BadSignature)
    );
    // A trusted chain serves everyone.
    cache.put(ISSUER, fetched(keys()), at(4));
    for thumbprints in [&[][..], &[A], &[B]] {
        assert_eq!(verify_as(&cache, &good(), thumbprints, at(5)), Ok(()));
    }
}

#[test]
fn several_thumbprints_vouch_for_one_chain() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[A, B])]);
    cache.put(ISSUER, pinned(keys(), &[A, B]), at(0));
    for thumbprints in [[A], [B]] {
        assert_eq!(verify_as(&cache, &good(), &thumbprints, at(1)), Ok(()));
    }
    assert_eq!(
        verify_as(&cache, &good(), &[[0xc; 20]], at(1)),
        Err(TokenError::CertificateMismatch)
    );
    // Keys under fewer do not end those under more, which somebody may need.
    let none = KeySet::parse(br#"{"keys":[]}"#).unwrap();
    cache.put(ISSUER, pinned(none, &[B]), at(2));
    assert_eq!(verify_as(&cache, &good(), &[A], at(3)), Ok(()));
    assert_ne!(verify_as(&cache, &good(), &[B], at(3)), Ok(()));
}

#[test]
fn keys_follow_the_registration_of_thumbprints() {
    let cache = KeyCache::new();
    cache.register(&[source(ISSUER, &[A])]);
    assert_eq!(cache.due(at(0), MOST).len(), 1);
    cache.put(ISSUER, pinned(keys(), &[A]), at(0));
    cache.register(&[source(ISSUER, &[A])]);
    assert_eq!(cache.due(at(1), MOST), [], "nothing changed");
    cache.register(&[source(ISSUER, &[A, B])]);
    assert_eq!(
        cache.due(at(1), MOST),
        [source(ISSUER, &[A, B])],
        "a new one is tried at once"
    );
    cache.put(ISSUER, Err(FetchProblem::Unreachable), at(1));
    assert_eq!(verify_as(&cache, &good(), &[A], at(2)), Ok(()));
    cache.register(&[source(ISSUER, &[B])]);
    assert_ne!(verify_as(&cache, &good(), &[A], at(2)), Ok(()), "withdrawn");
}

#[test]
fn what_vouched_is_told() {
    let cache = ready();
    let token = good();
    let verified = cache
        .verify(&Token::parse(&token).unwrap(), &expected(), &[])
        .unwrap();
    assert_eq!(
        (verified.verification.name(), verified.claims.subject.as_str()),
        ("IAMTrustStore", "user-1")
    );
    assert_eq!(Verification::Thumbprint([A].into()).name(), "Thumbprint");
    let elsewhere = Expected {
        issuer: "https://other.example.com",
        ..expected()
    };
    let error = cache
        .verify(&Token::parse(&token).unwrap(), &elsewhere, &[])
        .unwrap_err();
    assert!(matches!(error, TokenError::NoProvider(_)));
}
