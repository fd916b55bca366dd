//! A byte for the mode, then text as a token, changes to a real token, a sealed body, or an authorization message.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_crypto::{DeploymentId, KeyEncryptionKey, KeyRing, Purpose, SecretString, SeededRandom};
use locum_session::{
    AuthorizationMessage, Federation, FederationKey, Session, SessionPrincipal, SessionScope, TOKEN_PREFIX,
    TokenError, open_session, seal_session,
};

const KEY: &str = "ASIAQNZGKIQY56JQ7WML";
const ISSUED: i64 = 1_800_000_000;

struct Fixture {
    sessions: KeyRing,
    messages: KeyRing,
    deployment: DeploymentId,
    now: Timestamp,
    token: String,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let now = Timestamp::from_second(ISSUED).expect("a time");
    let mut rng = SeededRandom::new(1);
    let sessions = KeyRing::generate(Purpose::SessionToken, now, &mut rng);
    let messages = KeyRing::generate(Purpose::AuthorizationMessage, now, &mut rng);
    let deployment = DeploymentId::generate(&mut rng);
    let session = Session {
        access_key_id: KEY.parse().expect("a key id"),
        secret_access_key: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        issued_at: ISSUED,
        expires_at: ISSUED + 3600,
        principal: SessionPrincipal::Root {
            account: "029608264753".parse().expect("an account"),
        },
        mfa: None,
        policy: None,
        policy_arns: Vec::new(),
        tags: Vec::new(),
        source_identity: None,
        chain_depth: 0,
        federation: Some(Federation {
            provider: "arn:aws:iam::029608264753:saml-provider/adfs".into(),
            keys: vec![FederationKey {
                name: "saml:sub".into(),
                values: vec!["ann".into()],
            }],
        }),
        scope: Some(SessionScope::Delegated {
            request: "request".into(),
        }),
    };
    let token = seal_session(&session, &sessions, &deployment, &mut rng).expect("fits");
    Fixture {
        sessions,
        messages,
        deployment,
        now,
        token,
    }
});

fn open(token: &str) -> Result<Session, TokenError> {
    let f = &*FIXTURE;
    open_session(
        token,
        &KEY.parse().expect("a key id"),
        &f.sessions,
        &f.deployment,
        f.now,
    )
}

/// Changes the real token's bytes by exclusive or, from a place on.
fn changed(place: u8, changes: &[u8]) -> String {
    let mut bytes = FIXTURE.token.clone().into_bytes();
    for (byte, change) in bytes.iter_mut().skip(place.into()).zip(changes) {
        *byte ^= change;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a body that only a broken or newer node would seal opens to must be sealable again.
fn read_body(body: &[u8]) {
    let f = &*FIXTURE;
    let mut raw = BASE64_STANDARD.decode(TOKEN_PREFIX).expect("base64");
    let aad = [f.deployment.as_bytes().as_slice(), KEY.as_bytes()];
    f.sessions.seal(&aad, body, &mut SeededRandom::new(2), &mut raw);
    if let Ok(session) = open(&BASE64_STANDARD.encode(&raw)) {
        let again = seal_session(&session, &f.sessions, &f.deployment, &mut SeededRandom::new(3));
        let again = again.expect("not longer than it was");
        let again = open(&again).expect("what was sealed opens");
        // Its Debug form has all but the secret.
        assert_eq!(format!("{again:?}"), format!("{session:?}"));
        assert_eq!(
            again.secret_access_key.expose(),
            session.secret_access_key.expose()
        );
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((mode, rest)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match mode % 6 {
        0 => assert!(open(&text).is_err()),
        1 => assert!(open(&format!("{TOKEN_PREFIX}{text}")).is_err()),
        2 => {
            let Some((place, changes)) = rest.split_first() else {
                return;
            };
            let token = changed(*place, changes);
            assert_eq!(open(&token).is_ok(), token == FIXTURE.token, "{token}");
        }
        3 => read_body(rest),
        4 => {
            let f = &*FIXTURE;
            assert!(AuthorizationMessage::open(&text, &f.messages, &f.deployment, f.now).is_err());
        }
        _ => {
            let _ = KeyRing::from_bytes(Purpose::SessionToken, rest);
            let _ = KeyEncryptionKey::parse(rest);
        }
    }
});
