//! Which issuers are fetched from first, when more are due than can be fetched.

use locum_federation::oidc::{FetchProblem, Fetched, KeyCache, Source, Verification};

use crate::issuer::{ISSUER, at, keys};

const HOUR: i64 = 3600;

fn source(issuer: &str) -> Source {
    Source {
        issuer: issuer.into(),
        thumbprints: Vec::new(),
    }
}

#[test]
fn issuers_that_are_asked_for_without_end_starve_no_other() {
    let cache = KeyCache::new();
    // A hundred whose names come first, none of which ever answers, and requests for all of them at all times.
    let slow: Vec<_> = (0..100)
        .map(|number| format!("https://a-{number:02}.example.com"))
        .collect();
    let mut sources: Vec<_> = slow.iter().map(|issuer| source(issuer)).collect();
    sources.push(source(ISSUER));
    cache.register(&sources);
    // Two fetches at a time that take two seconds each: less than is asked for in thirty.
    let mut fetched_at = Vec::new();
    let mut under_way: Vec<Source> = Vec::new();
    for second in (0..2 * HOUR).step_by(2) {
        for source in under_way.drain(..) {
            let outcome = match *source.issuer == *ISSUER {
                true => Ok(Fetched {
                    keys: keys(),
                    verification: Verification::TrustStore,
                }),
                false => Err(FetchProblem::Unreachable),
            };
            cache.put(&source.issuer, outcome, at(second));
        }
        for issuer in &slow {
            cache.want_refresh(issuer, at(second));
        }
        under_way = cache.due(at(second), 2);
        if under_way.iter().any(|source| *source.issuer == *ISSUER) {
            fetched_at.push(second);
        }
    }
    // Those who asked within a minute go before it, and a turn of all takes 100 seconds.
    let most = 60 + 102;
    assert_eq!(fetched_at.len(), 2, "{fetched_at:?}");
    assert!(fetched_at[0] <= most, "{fetched_at:?}");
    assert!(fetched_at[1] <= fetched_at[0] + 2 + HOUR + most, "{fetched_at:?}");
    // Who asks for this one waits for one turn.
    cache.want_refresh(ISSUER, at(2 * HOUR));
    let mut now = 2 * HOUR;
    let mut waited = None;
    while waited.is_none() && now < 3 * HOUR {
        for issuer in &slow {
            cache.want_refresh(issuer, at(now));
        }
        for source in cache.due(at(now), 2) {
            if *source.issuer == *ISSUER {
                waited = Some(now - 2 * HOUR);
            }
            cache.put(&source.issuer, Err(FetchProblem::Unreachable), at(now));
        }
        now += 2;
    }
    assert!(waited.is_some_and(|waited| waited <= 102), "{waited:?}");
}
