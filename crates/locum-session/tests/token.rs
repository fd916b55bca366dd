//! A session token is refused with one error unless it is exactly what this deployment gave out for this access key.

#![allow(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made should stop the test"
)]

use std::time::Duration;

use base64::{Engine, prelude::*};
use jiff::Timestamp;
use locum_crypto::{KeyRing, Purpose, RotationSchedule, SecretString, SeededRandom};
use locum_names::AccessKeyId;
use locum_session::{
    DeploymentId, MAX_TOKEN_LEN, MfaFacts, Session, SessionPrincipal, SessionTag, TOKEN_PREFIX, TagReach,
    TokenError, TooLarge, open_session, packed_percent, seal_session, seal_session_padded,
};
use proptest::prelude::*;

const ISSUED: i64 = 1_800_000_000;
const KEY: &str = "ASIAQNZGKIQY56JQ7WML";
const OTHER_KEY: &str = "ASIAY34FZKBOKMUTVV7A";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(ISSUED + seconds).unwrap()
}

fn key(text: &str) -> AccessKeyId {
    text.parse().unwrap()
}

fn ring(purpose: Purpose, seed: u64) -> KeyRing {
    KeyRing::generate(purpose, at(0), &mut SeededRandom::new(seed))
}

fn deployment(byte: u8) -> DeploymentId {
    DeploymentId::from_bytes([byte; 16])
}

fn session(access_key_id: &str) -> Session {
    Session {
        access_key_id: key(access_key_id),
        secret_access_key: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        issued_at: ISSUED,
        expires_at: ISSUED + 3600,
        principal: SessionPrincipal::Role {
            id: "AROAVW7XGDOWATIX2A3IA".parse().unwrap(),
            account: "392971033516".parse().unwrap(),
            session_name: "build-7".into(),
        },
        mfa: Some(MfaFacts {
            authenticated_at: ISSUED - 60,
        }),
        policy: Some(r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#.into()),
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()],
        tags: vec![SessionTag {
            key: "Team".into(),
            value: "storage".into(),
            reach: TagReach::Transitive,
        }],
        source_identity: Some("alice".into()),
        chain_depth: 1,
        federation: None,
        scope: None,
    }
}

fn seal(session: &Session, ring: &KeyRing) -> Result<String, TooLarge> {
    seal_session(session, ring, &deployment(1), &mut SeededRandom::new(5))
}

fn open(token: &str, ring: &KeyRing) -> Result<Session, TokenError> {
    open_session(token, &key(KEY), ring, &deployment(1), at(0))
}

fn token() -> (KeyRing, String) {
    let ring = ring(Purpose::SessionToken, 1);
    let token = seal(&session(KEY), &ring).unwrap();
    (ring, token)
}

#[track_caller]
fn refused(token: &str, ring: &KeyRing) {
    assert_eq!(
        open(token, ring).map(|_| ()),
        Err(TokenError::Invalid),
        "{token:?}"
    );
}

fn shown(session: &Session) -> String {
    format!("{session:?} {}", session.secret_access_key.expose())
}

/// facts: sts §3.3 – version 2 tokens begin with `IQoJb3JpZ2luX2Vj`; §2.3 – at most 4,096 bytes.
#[test]
fn a_token_looks_like_aws_s_and_opens_to_its_session() {
    let (ring, token) = token();
    assert!(token.starts_with(TOKEN_PREFIX));
    assert!(token.len() <= MAX_TOKEN_LEN && token.len() % 4 == 0);
    assert_eq!(shown(&open(&token, &ring).unwrap()), shown(&session(KEY)));
    let raw = BASE64_STANDARD.decode(&token).unwrap();
    for secret in ["wJalrXUt", "build-7", "AROAVW7X", "alice"] {
        assert!(
            !raw.windows(secret.len()).any(|w| w == secret.as_bytes()),
            "{secret} in clear"
        );
    }
}

#[test]
fn every_flipped_bit_of_the_bytes_is_refused() {
    let (ring, token) = token();
    let raw = BASE64_STANDARD.decode(&token).unwrap();
    for bit in 0..raw.len() * 8 {
        let mut changed = raw.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        refused(&BASE64_STANDARD.encode(&changed), &ring);
    }
}

#[test]
fn every_flipped_bit_of_the_text_is_refused() {
    let (ring, token) = token();
    for bit in 0..token.len() * 8 {
        let mut changed = token.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(changed) {
            refused(&changed, &ring);
        }
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let (ring, token) = token();
    let raw = BASE64_STANDARD.decode(&token).unwrap();
    for len in 0..token.len() {
        refused(&token[..len], &ring);
        refused(&token[token.len() - len..], &ring);
    }
    for len in 0..raw.len() {
        refused(&BASE64_STANDARD.encode(&raw[..len]), &ring);
    }
    for byte in 0..=255 {
        refused(&BASE64_STANDARD.encode([&raw[..], &[byte]].concat()), &ring);
    }
    for extra in ["A", "AAAA", "=", "==", " ", "\n", "\0", "%3D", "é"] {
        refused(&format!("{token}{extra}"), &ring);
        refused(&format!("{extra}{token}"), &ring);
    }
    refused(&token.repeat(2), &ring);
    refused(&format!("{token}{}", "A".repeat(MAX_TOKEN_LEN)), &ring);
}

/// Tokens of all three lengths modulo three, so of every padding.
#[test]
fn every_other_spelling_is_refused() {
    let ring = ring(Purpose::SessionToken, 1);
    let mut paddings = std::collections::BTreeSet::new();
    for name in ["a", "ab", "abc"] {
        let mut session = session(KEY);
        session.source_identity = Some(name.into());
        let token = seal(&session, &ring).unwrap();
        let raw = BASE64_STANDARD.decode(&token).unwrap();
        let bare = token.trim_end_matches('=');
        let padding = token.len() - bare.len();
        paddings.insert(padding);
        assert!(open(&token, &ring).is_ok());
        for other in [bare.to_owned(), BASE64_URL_SAFE.encode(&raw), format!("{bare}=")] {
            if other != token {
                refused(&other, &ring);
            }
        }
        // The last symbol carries 2 or 4 bits that belong to no byte.
        if padding > 0 {
            let (head, last) = bare.split_at(bare.len() - 1);
            for symbol in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
                let symbol = char::from(*symbol).to_string();
                if symbol != last {
                    refused(&format!("{head}{symbol}{}", &token[bare.len()..]), &ring);
                }
            }
        }
        for place in 0..token.len() {
            let (head, tail) = token.split_at(place);
            refused(&format!("{head}\n{tail}"), &ring);
            refused(&format!("{head} {tail}"), &ring);
        }
    }
    assert_eq!(paddings.len(), 3);
}

/// Two tokens of different access key, deployment, purpose or session, joined at every byte.
#[test]
fn every_splice_of_two_tokens_is_refused() {
    let (mine, token) = token();
    let raw = BASE64_STANDARD.decode(&token).unwrap();
    let seal_with = |ring: &KeyRing, access_key: &str, d, seed| {
        let mut rng = SeededRandom::new(seed);
        seal_session(&session(access_key), ring, &deployment(d), &mut rng).unwrap()
    };
    let others = [
        seal_with(&mine, OTHER_KEY, 1, 5),
        seal_with(&mine, KEY, 2, 5),
        seal_with(&mine, KEY, 1, 6),
        seal_with(&ring(Purpose::AuthorizationMessage, 1), KEY, 1, 5),
        seal_with(&ring(Purpose::SessionToken, 2), KEY, 1, 5),
    ];
    for other in others {
        let other = BASE64_STANDARD.decode(&other).unwrap();
        assert_eq!(other.len(), raw.len());
        for place in 0..=raw.len() {
            for (head, tail) in [(&raw, &other), (&other, &raw)] {
                let spliced = [&head[..place], &tail[place..]].concat();
                let text = BASE64_STANDARD.encode(&spliced);
                if spliced == raw || spliced == other {
                    continue;
                }
                refused(&text, &mine);
            }
        }
    }
}

#[test]
fn another_key_deployment_ring_or_purpose_is_refused() {
    let (mine, token) = token();
    let opens = |ring: &KeyRing, access_key: &str, d| match open_session(
        &token,
        &key(access_key),
        ring,
        &deployment(d),
        at(0),
    ) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, TokenError::Invalid);
            false
        }
    };
    assert!(opens(&mine, KEY, 1));
    assert!(!opens(&mine, OTHER_KEY, 1));
    assert!(!opens(&mine, KEY, 2));
    assert!(!opens(&ring(Purpose::SessionToken, 2), KEY, 1));
    for purpose in Purpose::ALL {
        // The same seed gives the same key id and root secret.
        assert_eq!(opens(&ring(purpose, 1), KEY, 1), purpose == Purpose::SessionToken);
    }
    // Sealed for another purpose, it does not open with that purpose's ring either.
    let messages = ring(Purpose::AuthorizationMessage, 1);
    let sealed = seal(&session(KEY), &messages).unwrap();
    refused(&sealed, &messages);
}

#[test]
fn expired_is_said_of_authentic_tokens_only() {
    let (ring, token) = token();
    let at_second = |token: &str, seconds| {
        open_session(token, &key(KEY), &ring, &deployment(1), at(seconds)).map(|session| session.expires_at)
    };
    assert_eq!(at_second(&token, 3599), Ok(ISSUED + 3600));
    assert_eq!(at_second(&token, 3600), Err(TokenError::Expired));
    assert_eq!(at_second(&token, i64::from(i32::MAX)), Err(TokenError::Expired));
    let forged = token.replacen(TOKEN_PREFIX, "IQoJb3JpZ2luX2Vk", 1);
    assert_eq!(at_second(&forged, 3600), Err(TokenError::Invalid));
    let mut changed = BASE64_STANDARD.decode(&token).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(
        at_second(&BASE64_STANDARD.encode(changed), 3600),
        Err(TokenError::Invalid)
    );
}

/// Keys change every 1,000 s with 100 s of notice; the old one opens for another 4,000 s, longer than the token lives.
#[test]
fn tokens_outlive_the_rotation_of_their_key() {
    let seconds = Duration::from_secs;
    let schedule = RotationSchedule::new(seconds(1000), seconds(100), seconds(4000)).unwrap();
    let mut rng = SeededRandom::new(9);
    let (mut ring, first) = token();
    let mut tokens = vec![(0, first)];
    for now in (50..20_000).step_by(50) {
        ring.advance(at(now), &schedule, &mut rng);
        for (issued, token) in &tokens {
            let opened = open_session(token, &key(KEY), &ring, &deployment(1), at(now));
            let error = opened.err();
            let as_expected = match now - issued {
                ..3600 => error.is_none(),
                // Its key stays at least 4,000 s after its last use.
                3600..4000 => error == Some(TokenError::Expired),
                _ => error.is_some(),
            };
            assert!(as_expected, "issued {issued}, now {now}: {error:?}");
        }
        if now % 450 == 0 {
            let mut later = session(KEY);
            later.expires_at = ISSUED + now + 3600;
            let token = seal_session(&later, &ring, &deployment(1), &mut rng).unwrap();
            tokens.push((now, token));
        }
    }
    assert!(tokens.len() > 40);
    assert!(open_session(&tokens[0].1, &key(KEY), &ring, &deployment(1), at(0)).is_err());
}

/// facts: sts §2.3 – one limit of 4,096 bytes for the assembled token.
#[test]
fn a_token_has_at_most_4096_bytes() {
    let ring = ring(Purpose::SessionToken, 1);
    let with_policy = |len: usize| {
        let mut session = session(KEY);
        session.policy = Some("x".repeat(len).into());
        seal(&session, &ring)
    };
    let room = (0..4096).take_while(|&len| with_policy(len).is_ok()).count() - 1;
    let longest = with_policy(room).unwrap();
    assert_eq!(longest.len(), MAX_TOKEN_LEN);
    assert_eq!(open(&longest, &ring).unwrap().policy.unwrap().len(), room);
    assert_eq!(packed_percent(longest.len()), 100);
    for excess in [room + 1, 10_000, 70_000, 1_000_000] {
        let TooLarge { size, limit } = with_policy(excess).unwrap_err();
        assert_eq!(limit, MAX_TOKEN_LEN);
        assert!(size > limit && size / 4 * 3 >= excess, "{size} for {excess}");
        assert!(packed_percent(size) > 100);
    }
}

#[test]
fn percents_are_rounded_up() {
    for (size, percent) in [
        (0, 0),
        (1, 1),
        (40, 1),
        (41, 2),
        (2048, 50),
        (2049, 51),
        (4096, 100),
        (8192, 200),
    ] {
        assert_eq!(packed_percent(size), percent, "{size}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused(text in ".{0,300}") {
        refused(&text, &ring(Purpose::SessionToken, 1));
    }

    #[test]
    fn arbitrary_bytes_behind_the_prefix_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (ring, token) = token();
        refused(&format!("{TOKEN_PREFIX}{}", BASE64_STANDARD.encode(&bytes)), &ring);
        // With the right version and key id too.
        let mut raw = BASE64_STANDARD.decode(&token).unwrap();
        raw.truncate(17);
        raw.extend(bytes);
        refused(&BASE64_STANDARD.encode(&raw), &ring);
    }

    #[test]
    fn any_session_comes_back(name in "[a-zA-Z0-9=,.@-]{2,64}", depth: u8, life in 1_i64..129_600) {
        let ring = ring(Purpose::SessionToken, 3);
        let mut given = session(KEY);
        given.source_identity = Some(name.into());
        given.chain_depth = depth;
        given.expires_at = ISSUED + life;
        let token = seal(&given, &ring).unwrap();
        prop_assert_eq!(shown(&open(&token, &ring).unwrap()), shown(&given));
    }
}

/// facts: sts §2.2 – `MinimumSessionTokenSize`.
#[test]
fn a_padded_token_is_long_enough_and_opens_to_the_same_session() {
    let ring = ring(Purpose::SessionToken, 1);
    let plain = seal(&session(KEY), &ring).unwrap().len();
    for min_len in [
        0,
        1,
        plain,
        plain + 1,
        plain + 5,
        1000,
        2001,
        MAX_TOKEN_LEN - 1,
        MAX_TOKEN_LEN,
    ] {
        let rng = &mut SeededRandom::new(5);
        let token = seal_session_padded(&session(KEY), &ring, &deployment(1), min_len, rng).unwrap();
        assert!(
            token.len() >= min_len.max(plain) && token.len() <= MAX_TOKEN_LEN,
            "{min_len}"
        );
        assert!(token.len() <= min_len.max(plain) + 8, "{min_len}");
        assert_eq!(shown(&open(&token, &ring).unwrap()), shown(&session(KEY)));
    }
}

/// A clock that ran a year ahead must not leave sessions that last a year and that no revocation reaches.
#[test]
fn a_token_from_the_future_is_invalid() {
    let ring = ring(Purpose::SessionToken, 1);
    let opened = |ahead: i64| {
        let mut session = session(KEY);
        session.issued_at = ISSUED + ahead;
        session.expires_at = ISSUED + ahead + 3600;
        open(&seal(&session, &ring).unwrap(), &ring).map(|session| session.issued_at)
    };
    assert_eq!(opened(900), Ok(ISSUED + 900));
    assert_eq!(opened(901), Err(TokenError::Invalid));
}
