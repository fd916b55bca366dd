use locum_crypto::SeededRandom;
use proptest::prelude::*;

use super::*;

const CREATED: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(CREATED + seconds).unwrap()
}

fn message(document: &str) -> AuthorizationMessage {
    AuthorizationMessage {
        account: "029608264753".parse().unwrap(),
        created_at: CREATED,
        expires_at: CREATED + 3600,
        document: document.to_owned(),
    }
}

fn ring(purpose: Purpose, seed: u64) -> KeyRing {
    KeyRing::generate(purpose, at(0), &mut SeededRandom::new(seed))
}

fn deployment(byte: u8) -> DeploymentId {
    DeploymentId::from_bytes([byte; 16])
}

fn sealed(document: &str) -> (KeyRing, String) {
    let ring = ring(Purpose::AuthorizationMessage, 1);
    let text = message(document)
        .seal(&ring, &deployment(1), &mut SeededRandom::new(2))
        .unwrap();
    (ring, text)
}

#[test]
fn opens_until_its_time_is_over() {
    let (ring, text) = sealed(r#"{"allowed":false}"#);
    let open = |seconds| AuthorizationMessage::open(&text, &ring, &deployment(1), at(seconds));
    assert_eq!(open(0).unwrap(), message(r#"{"allowed":false}"#));
    assert!(open(3599).is_ok());
    assert_eq!(open(3600), Err(MessageError::Invalid));
}

/// facts: sts §2.8 – URL-safe text.
#[test]
fn the_longest_document_just_fits() {
    let document = format!(
        "{:>width$}",
        "é",
        width = AuthorizationMessage::MAX_DOCUMENT_LEN - 1
    );
    assert_eq!(document.len(), AuthorizationMessage::MAX_DOCUMENT_LEN);
    let (ring, text) = sealed(&document);
    assert_eq!(text.len(), AuthorizationMessage::MAX_SEALED_LEN);
    assert!(
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    );
    let opened = AuthorizationMessage::open(&text, &ring, &deployment(1), at(0)).unwrap();
    assert_eq!(opened.document, document);

    let refused = message(&format!("{document}x")).seal(&ring, &deployment(1), &mut SeededRandom::new(2));
    let TooLarge { size, limit } = refused.unwrap_err();
    assert!(size > limit && limit == AuthorizationMessage::MAX_SEALED_LEN);
}

/// facts: sts §2.8 – at most 10,240 characters. Earlier versions sealed as many, and such messages open for a day.
#[test]
fn what_is_longer_than_what_is_sealed_now_is_opened() {
    let ring = ring(Purpose::AuthorizationMessage, 1);
    for (length, opens) in [
        (AuthorizationMessage::MAX_LEN, true),
        (AuthorizationMessage::MAX_LEN + 4, false),
    ] {
        let mut raw = vec![0; HEADER_LEN];
        let document = "x".repeat(length / 4 * 3 - OVERHEAD - HEAD_LEN);
        let mut w = Writer(&mut raw);
        w.u8(VERSION);
        w.account(message("").account);
        w.i64(CREATED);
        w.i64(CREATED + 3600);
        w.bytes(document.as_bytes());
        ring.seal_in_place(
            &[deployment(1).as_bytes()],
            &mut SeededRandom::new(2),
            &mut raw,
            0,
        );
        let text = URL_SAFE.encode(&raw);
        assert_eq!(text.len(), length);
        let opened = AuthorizationMessage::open(&text, &ring, &deployment(1), at(0));
        assert_eq!(
            opened.is_ok_and(|opened| opened.document == document),
            opens,
            "{length}"
        );
    }
}

#[test]
fn every_changed_bit_cut_and_line_break_is_refused() {
    let (ring, text) = sealed(r#"{"allowed":false}"#);
    let refused = |text: &str| {
        AuthorizationMessage::open(text, &ring, &deployment(1), at(0)) == Err(MessageError::Invalid)
    };
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(refused(&changed), "bit {bit}");
        }
    }
    for place in 0..=text.len() {
        let (head, tail) = text.split_at(place);
        assert!(place == text.len() || refused(head), "cut at {place}");
        for inserted in ["\n", "\r\n", " ", "=", "A"] {
            assert!(
                refused(&format!("{head}{inserted}{tail}")),
                "{inserted:?} at {place}"
            );
        }
    }
}

#[test]
fn another_ring_deployment_or_purpose_is_refused() {
    let (mine, text) = sealed("{}");
    let open = |ring: &KeyRing, d| AuthorizationMessage::open(&text, ring, &deployment(d), at(0));
    assert!(open(&mine, 1).is_ok());
    assert_eq!(open(&mine, 2), Err(MessageError::Invalid));
    for purpose in Purpose::ALL {
        let same_randomness = ring(purpose, 1);
        let expected = purpose == Purpose::AuthorizationMessage;
        assert_eq!(open(&same_randomness, 1).is_ok(), expected, "{purpose:?}");
        assert_eq!(open(&ring(purpose, 9), 1), Err(MessageError::Invalid));
    }
    // Sealed for another purpose, it does not open with that purpose's ring either.
    let sessions = ring(Purpose::SessionToken, 1);
    let foreign = message("{}")
        .seal(&sessions, &deployment(1), &mut SeededRandom::new(1))
        .unwrap();
    assert_eq!(
        AuthorizationMessage::open(&foreign, &sessions, &deployment(1), at(0)),
        Err(MessageError::Invalid)
    );
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused(text in "[A-Za-z0-9_-]{0,200}") {
        let ring = ring(Purpose::AuthorizationMessage, 1);
        prop_assert_eq!(
            AuthorizationMessage::open(&text, &ring, &deployment(1), at(0)),
            Err(MessageError::Invalid)
        );
    }
}
