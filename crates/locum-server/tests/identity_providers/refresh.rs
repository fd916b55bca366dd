//! When keys are fetched again, and what serves meanwhile.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use locum_federation::oidc::{Keys, Refresh};

use crate::{
    fixture::{Fixture, eventually},
    idp::{Answer, DISCOVERY, Idp, KEYS},
};

#[test]
fn the_last_good_keys_serve_while_the_issuer_is_down() {
    let idp = Idp::http();
    let issuer = idp.issuer();
    let fixture = Fixture::start(&[&issuer], &[]);
    assert_eq!(fixture.fetch(&issuer), Ok("IAMTrustStore"));
    idp.answer(
        DISCOVERY,
        Answer::raw("HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n"),
    );
    assert_eq!(
        fixture.cache.want_refresh(&issuer, Timestamp::now()),
        Refresh::Asked
    );
    eventually(|| fixture.metrics().contains("{outcome=\"unreachable\"} 1"));
    let Keys::Ready(ready) = fixture.look_up(&issuer, &[]) else {
        panic!("the keys are gone");
    };
    assert_eq!(ready.key_set().len(), 4);
    assert!(fixture.metrics().contains("{outcome=\"trust_store\"} 1"));
    assert!(fixture.metrics().contains("locum_identity_providers 1\n"));
}

#[test]
fn requests_cause_one_fetch() {
    let idp = Idp::http();
    let issuer = idp.issuer();
    let fixture = Fixture::start(&[&issuer], &[]);
    assert_eq!(fixture.fetch(&issuer), Ok("IAMTrustStore"));
    for _ in 0..100_000 {
        fixture.cache.want_refresh(&issuer, Timestamp::now());
    }
    eventually(|| fixture.metrics().contains("{outcome=\"trust_store\"} 2"));
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(
        idp.asked().len(),
        4,
        "the first fetch and one more, of two documents each"
    );
    assert_eq!(
        fixture.cache.want_refresh(&issuer, Timestamp::now()),
        Refresh::Recent
    );
}

#[test]
fn withdrawn_keys_are_gone_with_the_next_fetch() {
    let idp = Idp::http();
    let issuer = idp.issuer();
    let fixture = Fixture::start(&[&issuer], &[]);
    assert_eq!(fixture.fetch(&issuer), Ok("IAMTrustStore"));
    idp.answer(KEYS, Answer::Document(r#"{"keys":[]}"#.to_owned()));
    fixture.cache.want_refresh(&issuer, Timestamp::now());
    eventually(|| matches!(fixture.look_up(&issuer, &[]), Keys::Ready(ready) if ready.key_set().is_empty()));
}

#[test]
fn a_deleted_provider_takes_its_keys_along() {
    let idp = Idp::http();
    let issuer = idp.issuer();
    let fixture = Fixture::start(&[&issuer], &[]);
    assert_eq!(fixture.fetch(&issuer), Ok("IAMTrustStore"));
    fixture.delete(&issuer);
    eventually(|| matches!(fixture.look_up(&issuer, &[]), Keys::Pending));
    assert!(fixture.metrics().contains("locum_identity_providers 0\n"));
}

#[test]
fn a_slow_issuer_delays_neither_the_others_nor_the_end() {
    let (slow, good) = (Idp::http(), Idp::http());
    slow.answer(
        DISCOVERY,
        Answer::Pieces(vec![b"HTTP/1.1 200 OK\r\n".to_vec()], Duration::from_secs(60)),
    );
    let allowed = [slow.issuer(), good.issuer()];
    let fixture = Fixture::with_timeout(&[&allowed[0], &allowed[1]], &[], Duration::from_secs(60));
    fixture.register(&slow.issuer(), &[]);
    eventually(|| slow.asked().len() == 1);
    assert_eq!(fixture.fetch(&good.issuer()), Ok("IAMTrustStore"));
    let begun = Instant::now();
    drop(fixture);
    assert!(begun.elapsed() < Duration::from_secs(5));
}
