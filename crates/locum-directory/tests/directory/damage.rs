//! Sealed values that open but are not what they should be: each is refused, and a value from before a field is read.

use std::sync::Arc;

use locum_crypto::{DeploymentId, SeededRandom};
use locum_directory::{Changes, Directory, KeyOwner, MemoryStore, OpenError, Store, Transaction, User};

use crate::{
    fixture::{account, kek, now, open, put, queue},
    samples::{full_device, one_of_each},
};

/// A store with one entity of each kind, and its deployment.
fn filled() -> (Arc<MemoryStore>, DeploymentId) {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    for entity in one_of_each() {
        put(&directory, entity);
    }
    let deployment = *directory.deployment();
    (store, deployment)
}

fn opened(store: &dyn Store, deployment: &DeploymentId, prefix: &str) -> (String, String) {
    let item = store.range(prefix, None, 1).unwrap().remove(0);
    let path = format!("{deployment}{}", item.key);
    let value = kek().open_value(&path, &item.value).unwrap();
    (item.key, String::from_utf8(value.to_vec()).unwrap())
}

/// Changes the text of the value whose key begins so, and seals it again.
fn alter(prefix: &str, from: &str, to: &str) -> Result<Directory, OpenError> {
    let (store, deployment) = filled();
    let (key, text) = opened(&*store, &deployment, prefix);
    let path = format!("{deployment}{key}");
    assert!(text.contains(from), "{text}");
    let altered = text.replacen(from, to, 1);
    let sealed = kek().seal_value(&path, altered.as_bytes(), &mut SeededRandom::new(8));
    store
        .transact(&Transaction {
            puts: vec![(key, sealed)],
            ..Transaction::default()
        })
        .unwrap();
    Directory::open(store, kek(), Box::new(SeededRandom::new(2)))
}

#[test]
fn each_kind_of_record_is_refused_when_it_is_damaged() {
    for (prefix, from, to) in [
        ("/saml-providers/", r#""Required""#, r#""required""#),
        ("/saml-providers/", r#""entity_id""#, r#""entity""#),
        ("/saml-providers/", "MAD/", "MAD!"),
        ("/saml-providers/", r#""pem":""#, r#""pem":"//79"#),
        (
            "/saml-providers/",
            r#""name":"Corporate.IdP""#,
            r#""name":"Other""#,
        ),
        ("/oidc-providers/", r#""http""#, r#""ftp""#),
        ("/oidc-providers/", r#""url":"idp"#, r#""url":"odp"#),
        ("/oidc-providers/", r#""client_ids""#, r#""clients""#),
        ("/mfa-devices/", r#""count":3"#, r#""count":-3"#),
        ("/mfa-devices/", r#""seed":"#, r#""seeds":"#),
        (
            "/mfa-devices/",
            r#""enabled_at":"2026-11-22T01:03:03Z","#,
            r#""user":"AIDAQNZGKIQY56JQ7WML2","#,
        ),
        ("/mfa-devices/", r#""path":"/team/""#, r#""path":"/teams/""#),
        ("/used-assertions/", r#""digest":"CQkJ"#, r#""digest":""#),
        ("/used-assertions/", r#""digest":"CQkJ"#, r#""digest":"AQkJ"#),
        ("/used-assertions/", r#""until":"2026"#, r#""until":"2O26"#),
        ("/outbound-federation/", r#""ES384""#, r#""ES256""#),
        ("/outbound-federation/", r#""enabled":false"#, r#""enabled":"no""#),
        (
            "/outbound-federation/",
            r#""account":"123456789012""#,
            r#""account":"210987654321""#,
        ),
        ("/delegation-requests/", r#""FINALIZED""#, r#""FINAL""#),
        ("/delegation-requests/", r#""digest":"BQUF"#, r#""digest":""#),
        (
            "/delegation-requests/",
            r#""principal":"AROA"#,
            r#""principal":"XROA"#,
        ),
        (
            "/delegation-requests/",
            r#""id":"delegation"#,
            r#""id":"Delegation"#,
        ),
        ("/delegation-requests/", "\u{1}{", "\u{2}{"),
    ] {
        let error = alter(prefix, from, to).expect_err("it opened");
        assert!(
            matches!(error, OpenError::Damaged { .. }),
            "{prefix} {to}: {error}"
        );
    }
}

#[test]
fn records_that_contradict_each_other_are_refused() {
    for (prefix, from, to) in [
        // Its owner would be a user that is not there.
        (
            "/mfa-devices/",
            r#""enabled_at""#,
            r#""user":"AIDAQNZGKIQY56JQ7WML2","enabled_at""#,
        ),
        (
            "/saml-providers/",
            r#""certificates":["MAD/","MAE="]"#,
            r#""certificates":[]"#,
        ),
        (
            "/delegation-requests/",
            r#""owner_account":"123456789012""#,
            r#""owner_account":"210987654321""#,
        ),
    ] {
        let error = alter(prefix, from, to).expect_err("it opened");
        assert!(
            matches!(error, OpenError::Inconsistent(_)),
            "{prefix} {to}: {error}"
        );
    }
}

#[test]
fn a_device_whose_user_is_gone_from_the_store_is_not_loaded() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let user = User::new(account(), "/", "alice", now(), &mut SeededRandom::new(6));
    let key = format!("/users/{}/{}", account(), user.id);
    let mut changes = Changes::new();
    changes.put(full_device(KeyOwner::User(user.id))).put(user);
    queue(&directory, changes).unwrap().wait().unwrap();
    drop(directory);
    drop(open(Arc::clone(&store) as Arc<dyn Store>));
    store
        .transact(&Transaction {
            deletes: vec![key],
            ..Transaction::default()
        })
        .unwrap();
    let error = Directory::open(store, kek(), Box::new(SeededRandom::new(2))).expect_err("it opened");
    assert!(matches!(error, OpenError::Inconsistent(_)), "{error}");
}

#[test]
fn an_organization_from_before_the_root_features_has_neither() {
    let (store, deployment) = filled();
    let (_, text) = opened(&*store, &deployment, "/organization");
    assert!(
        !text.contains("root_session") && !text.contains("root_credentials"),
        "{text}"
    );
    let organization = Arc::clone(open(store).snapshot().organization().unwrap());
    assert!(!organization.root_credentials_management && !organization.root_sessions);
    let on = alter("/organization", "\u{1}{", "\u{1}{\"root_sessions\":true,").unwrap();
    let organization = Arc::clone(on.snapshot().organization().unwrap());
    assert!(!organization.root_credentials_management && organization.root_sessions);
    let later = alter("/organization", "\u{1}{", "\u{1}{\"root_others\":true,");
    assert!(matches!(later, Err(OpenError::Damaged { .. })));
}
