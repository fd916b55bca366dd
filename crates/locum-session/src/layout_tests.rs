use proptest::prelude::*;

use super::*;

fn id(text: &str) -> UniqueId {
    text.parse().unwrap()
}

fn key() -> AccessKeyId {
    "ASIAQNZGKIQY56JQ7WML".parse().unwrap()
}

fn account() -> locum_names::AccountId {
    "029608264753".parse().unwrap()
}

fn text(max: usize) -> impl Strategy<Value = Box<str>> {
    prop::collection::vec(any::<char>(), 0..max)
        .prop_map(|chars| chars.into_iter().collect::<String>().into())
}

fn principal() -> impl Strategy<Value = SessionPrincipal> {
    let user = id("AIDAQNZGKIQY56JQ7WMLA");
    let role = id("AROAVW7XGDOWATIX2A3IA");
    prop_oneof![
        Just(SessionPrincipal::Root { account: account() }),
        Just(SessionPrincipal::User {
            id: user,
            account: account()
        }),
        text(20).prop_map(move |session_name| SessionPrincipal::Role {
            id: role,
            account: account(),
            session_name
        }),
        (any::<bool>(), text(20)).prop_map(move |(root, name)| SessionPrincipal::FederatedUser {
            account: account(),
            issuer: if root { Issuer::Root } else { Issuer::User(user) },
            name
        }),
    ]
}

fn tag() -> impl Strategy<Value = SessionTag> {
    let reach = prop_oneof![
        Just(TagReach::Session),
        Just(TagReach::Transitive),
        Just(TagReach::Inherited)
    ];
    (text(12), text(12), reach).prop_map(|(key, value, reach)| SessionTag { key, value, reach })
}

fn federation() -> impl Strategy<Value = Federation> {
    let values = prop::collection::vec(text(12), 0..3);
    let key = (text(12), values).prop_map(|(name, values)| FederationKey { name, values });
    (text(20), prop::collection::vec(key, 0..4)).prop_map(|(provider, keys)| Federation { provider, keys })
}

fn scope() -> impl Strategy<Value = SessionScope> {
    prop_oneof![
        Just(SessionScope::AssumedRoot),
        text(20).prop_map(|request| SessionScope::Delegated { request }),
    ]
}

prop_compose! {
    fn session()(
        secret in text(50),
        times in any::<(i64, i64)>(),
        principal in principal(),
        mfa in prop::option::of(any::<i64>()),
        policy in prop::option::of(text(100)),
        policy_arns in prop::collection::vec(text(40), 0..4),
        tags in prop::collection::vec(tag(), 0..6),
        source_identity in prop::option::of(text(20)),
        chain_depth: u8,
        federation in prop::option::of(federation()),
        scope in prop::option::of(scope()),
    ) -> Session {
        Session {
            access_key_id: key(),
            secret_access_key: SecretString::from(&*secret),
            issued_at: times.0,
            expires_at: times.1,
            principal,
            mfa: mfa.map(|authenticated_at| MfaFacts { authenticated_at }),
            policy,
            policy_arns,
            tags,
            source_identity,
            chain_depth,
            federation,
            scope,
        }
    }
}

/// Secrets cannot be compared, so their text joins the printed rest.
fn shown(session: &Session) -> String {
    format!("{session:?} {}", session.secret_access_key.expose())
}

fn body(session: &Session) -> Vec<u8> {
    let mut out = Vec::new();
    write(session, &mut out);
    out
}

/// A root session without any optional field.
fn least() -> Vec<u8> {
    body(&Session {
        access_key_id: key(),
        secret_access_key: SecretString::from("s"),
        issued_at: 1,
        expires_at: 2,
        principal: SessionPrincipal::Root { account: account() },
        mfa: None,
        policy: None,
        policy_arns: Vec::new(),
        tags: Vec::new(),
        source_identity: None,
        chain_depth: 0,
        federation: None,
        scope: None,
    })
}

proptest! {
    #[test]
    fn a_session_survives_its_layout(session in session()) {
        let read = read(key(), &body(&session)).unwrap();
        prop_assert_eq!(shown(&read), shown(&session));
    }

    #[test]
    fn a_shortened_body_is_refused_or_has_fewer_fields(session in session(), cut in any::<prop::sample::Index>()) {
        let mut bytes = body(&session);
        bytes.truncate(cut.index(bytes.len()));
        if let Some(shorter) = read(key(), &bytes) {
            prop_assert_eq!(body(&shorter), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(key(), &bytes);
    }

    #[test]
    fn a_changed_byte_never_panics(session in session(), place in any::<prop::sample::Index>(), value: u8) {
        let mut bytes = body(&session);
        let place = place.index(bytes.len());
        bytes[place] = value;
        let _ = read(key(), &bytes);
    }
}

#[test]
fn unknown_fields_are_refused_unless_marked_optional() {
    for (tag, accepted) in [(11, false), (127, false), (128, true), (255, true)] {
        let bytes = [least(), vec![tag, 0, 1, b'x']].concat();
        assert_eq!(read(key(), &bytes).is_some(), accepted, "tag {tag}");
    }
}

#[test]
fn repeated_and_unordered_fields_are_refused() {
    let identity = |tag| vec![tag, 0, 1, b'x'];
    let good = [least(), identity(POLICY), identity(SOURCE_IDENTITY)].concat();
    assert!(read(key(), &good).is_some());
    for fields in [
        [POLICY, POLICY],
        [SOURCE_IDENTITY, POLICY],
        [POLICY, SECRET],
        [0, POLICY],
        [200, 200],
    ] {
        let bytes = [least(), identity(fields[0]), identity(fields[1])].concat();
        assert!(read(key(), &bytes).is_none(), "{fields:?}");
    }
}

#[test]
fn what_a_field_does_not_use_is_refused() {
    let mfa = [MFA, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    assert!(read(key(), &[least(), mfa.to_vec()].concat()).is_none());
    let mut version = least();
    version[0] = 2;
    assert!(read(key(), &version).is_none());
}

#[test]
fn a_session_has_one_scope() {
    let (root, delegated) = ([ASSUMED_ROOT, 0, 0], [DELEGATED, 0, 1, b'x']);
    for (fields, accepted) in [
        (root.to_vec(), true),
        (delegated.to_vec(), true),
        ([&root[..], &delegated[..]].concat(), false),
        (vec![ASSUMED_ROOT, 0, 1, b'x'], false),
    ] {
        let bytes = [least(), fields.clone()].concat();
        assert_eq!(read(key(), &bytes).is_some(), accepted, "{fields:?}");
    }
}

#[test]
fn secret_and_principal_must_stand_there() {
    let head = &least()[..18];
    let secret = [SECRET, 0, 1, b's'];
    let mut root = vec![PRINCIPAL, 0, 9, ROOT];
    root.extend(account().number().to_be_bytes());
    assert!(read(key(), &[head, &secret, &root].concat()).is_some());
    assert!(read(key(), &[head, &secret].concat()).is_none());
    assert!(read(key(), &[head, &root].concat()).is_none());
}

#[test]
fn a_role_id_does_not_pass_for_a_user_id() {
    for (kind, text, accepted) in [
        (USER, "AIDAQNZGKIQY56JQ7WMLA", true),
        (USER, "AROAVW7XGDOWATIX2A3IA", false),
        (ROLE, "AROAVW7XGDOWATIX2A3IA", true),
        (ROLE, "AIDAQNZGKIQY56JQ7WMLA", false),
        (FEDERATED_BY_USER, "AROAVW7XGDOWATIX2A3IA", false),
        (USER, "aidaqnzgkiqy56jq7wmla", false),
    ] {
        let mut value = vec![kind];
        value.extend(account().number().to_be_bytes());
        value.extend(text.bytes());
        assert_eq!(
            read_principal(&mut Reader(&value)).is_some(),
            accepted,
            "{kind} {text}"
        );
    }
}
