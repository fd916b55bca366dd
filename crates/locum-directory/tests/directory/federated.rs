//! Providers, devices, redeemed assertions and issuers: what is kept and what is refused.

use std::sync::Arc;

use locum_crypto::{SecretBytes, SeededRandom};
use locum_directory::{
    Account, ChangeError, Changes, Entity, KeyOwner, MemoryStore, MfaDevice, OidcProvider, Organization,
    OutboundFederation, ProviderRevocation, SamlProvider, Store, UsedAssertion, User,
};
use locum_names::{AccountId, Arn, Partition};

use crate::{
    fixture::{account, in_memory, now, open, put, put_refused, queue, refused, view},
    samples::{device, full_device, full_oidc, full_outbound, full_saml, later, one_of_each, saml},
};

#[test]
fn every_field_is_there_after_reopening() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let mut fresh: Vec<String> = Vec::new();
    for entity in one_of_each() {
        let revision = put(&directory, entity.clone());
        let text = format!("{entity:?}");
        fresh.push(text.replacen("Revision(0)", &format!("{revision:?}"), 1));
    }
    let organization = Organization {
        root_credentials_management: true,
        root_sessions: true,
        root_credentials_management_ended: Some("2026-11-22T10:00:00Z".parse().unwrap()),
        root_sessions_ended: Some("2026-11-22T11:00:00.5Z".parse().unwrap()),
        ..Organization::clone(directory.snapshot().organization().unwrap())
    };
    put(&directory, organization);
    let before = view(&directory.snapshot());
    drop(directory);

    let snapshot = open(store).snapshot();
    assert_eq!(view(&snapshot), before);
    let organization = snapshot.organization().unwrap();
    assert!(organization.root_credentials_management && organization.root_sessions);
    let found = [
        Entity::SamlProvider(Arc::clone(
            snapshot.saml_provider(account(), "corporate.idp").unwrap(),
        )),
        Entity::OidcProvider(Arc::clone(
            snapshot.oidc_provider(account(), "idp.example/Realm").unwrap(),
        )),
        Entity::MfaDevice(Arc::clone(snapshot.mfa_device(account(), "/team/phone").unwrap())),
        Entity::UsedAssertion(Arc::clone(snapshot.used_assertion(account(), [9; 32]).unwrap())),
        Entity::OutboundFederation(Arc::clone(snapshot.outbound_federation(account()).unwrap())),
        Entity::DelegationRequest(Arc::clone(
            snapshot.delegation_request_by_token(&[5; 32]).unwrap(),
        )),
    ];
    // Debug leaves secrets out; `view` compared those.
    for (found, put) in found.iter().zip(fresh) {
        assert_eq!(format!("{found:?}"), put);
    }
    let key = &snapshot
        .saml_provider(account(), "corporate.idp")
        .unwrap()
        .private_keys[0];
    assert!(key.pem.matches(full_saml().private_keys[0].pem.expose()));
}

#[test]
fn revocations_of_providers_are_kept_with_the_account() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let revocation = |provider: &str, at| ProviderRevocation {
        provider: provider.into(),
        revoke_before: later(at),
    };
    let (first, second) = ("arn:aws:iam::123456789012:saml-provider/a", "\"b\"");
    let mut revoked = Account::clone(directory.snapshot().account(account()).unwrap());
    revoked.provider_revocations = vec![revocation(first, 1), revocation(second, 2)];
    put(&directory, revoked.clone());
    drop(directory);

    let directory = open(store);
    let snapshot = directory.snapshot();
    let found = snapshot.account(account()).unwrap();
    assert_eq!(found.provider_revocations, revoked.provider_revocations);
    for (provider, time) in [(first, Some(later(1))), (second, Some(later(2))), ("b", None)] {
        assert_eq!(found.provider_revocation(provider), time, "{provider}");
    }
}

#[test]
fn no_secret_is_printed() {
    let seen: Vec<String> = one_of_each().iter().map(|entity| format!("{entity:?}")).collect();
    assert!(seen.iter().any(|text| text.contains("Corporate.IdP")));
    for secret in ["PRIVATE KEY", "[7, 7", "[82, 83, 65"] {
        assert!(!seen.iter().any(|text| text.contains(secret)), "{secret}");
    }
}

/// A clock that goes back must not bring back what was forgotten, not even after a restart.
#[test]
fn how_far_assertions_are_forgotten_is_kept_and_moves_forward_only() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    // Such as stores of before have, and one with a beginning.
    for (mark, times) in [
        (UsedAssertion::new(account(), [0xff; 32], later(5)), [4, 6]),
        (
            UsedAssertion::forgotten(account(), later(20), later(25)),
            [24, 26],
        ),
    ] {
        put(&directory, mark);
        let moved = |until| UsedAssertion {
            until: later(until),
            ..**directory
                .snapshot()
                .used_assertion(account(), mark.digest)
                .unwrap()
        };
        let back = put_refused(&directory, moved(times[0]));
        assert!(matches!(back, ChangeError::Invalid(..)), "{back}");
        put(&directory, moved(times[1]));
    }

    let snapshot = directory.snapshot();
    assert_eq!(snapshot.used_assertion_count(), 0);
    assert_eq!(snapshot.used_assertions_until(later(100)).count(), 0);
    drop((snapshot, directory));
    let snapshot = open(store).snapshot();
    let elsewhere = AccountId::from_random(4);
    for (minutes, is_forgotten) in [
        (-1000, true),
        (6, true),
        (7, false),
        (19, false),
        (20, true),
        (26, true),
        (27, false),
    ] {
        let forgotten = |account| snapshot.may_have_forgotten(account, later(minutes));
        assert_eq!(forgotten(account()), is_forgotten, "{minutes}");
        assert!(!forgotten(elsewhere));
    }
    assert_eq!(snapshot.forgotten_assertions(account()).count(), 2);
    assert_eq!(snapshot.forgotten_assertions(elsewhere).count(), 0);
}

#[test]
fn an_assertion_is_redeemed_once_and_forgotten_when_it_is_too_old() {
    let directory = in_memory();
    let used = |digest: u8, until| UsedAssertion::new(account(), [digest; 32], until);
    for (digest, until) in [(1, 5), (2, 3), (3, 5), (4, 9)] {
        put(&directory, used(digest, later(until)));
    }
    for until in [later(5), later(50)] {
        let replay = put_refused(&directory, used(1, until));
        assert!(matches!(replay, ChangeError::Conflict(_)), "{replay}");
    }
    // Not even with the right revision: it would only be forgotten earlier.
    let snapshot = directory.snapshot();
    let shorter = UsedAssertion {
        until: later(1),
        ..**snapshot.used_assertion(account(), [1; 32]).unwrap()
    };
    assert!(matches!(
        put_refused(&directory, shorter),
        ChangeError::Invalid(..)
    ));
    let mut changes = Changes::new();
    changes.put(used(8, later(1))).put(used(8, later(2)));
    assert!(matches!(refused(&directory, changes), ChangeError::Conflict(_)));

    let due = |minutes| -> Vec<u8> {
        let snapshot = directory.snapshot();
        let due = snapshot.used_assertions_until(later(minutes));
        due.map(|used| used.digest[0]).collect()
    };
    assert_eq!((due(2), due(3)), (vec![], vec![2]));
    assert_eq!(due(5), [2, 1, 3]);
    assert_eq!(due(100), [2, 1, 3, 4]);
    let mut changes = Changes::new();
    for used in snapshot.used_assertions_until(later(5)) {
        changes.delete(&**used);
    }
    queue(&directory, changes).unwrap().wait().unwrap();
    assert_eq!(due(100), [4]);
    assert!(directory.snapshot().used_assertion(account(), [1; 32]).is_none());
    // Another account's is another one.
    let elsewhere = AccountId::from_random(4);
    assert!(directory.snapshot().used_assertion(elsewhere, [4; 32]).is_none());
    put(&directory, UsedAssertion::new(elsewhere, [4; 32], later(1)));
}

#[test]
fn providers_are_found_by_arn_to_the_letter() {
    let directory = in_memory();
    let (saml, oidc) = (full_saml(), full_oidc());
    let arns = [
        saml.arn(Partition::Aws),
        oidc.arn(Partition::Aws),
        full_device(KeyOwner::Root(account())).serial_number(Partition::Aws),
    ];
    assert_eq!(
        arns,
        [
            "arn:aws:iam::123456789012:saml-provider/Corporate.IdP",
            "arn:aws:iam::123456789012:oidc-provider/idp.example/Realm",
            "arn:aws:iam::123456789012:mfa/team/phone",
        ]
    );
    assert_eq!(oidc.issuer(), "http://idp.example/Realm");
    for entity in one_of_each() {
        put(&directory, entity);
    }
    let snapshot = directory.snapshot();
    let find = |text: &str| {
        let arn = Arn::parse(text).unwrap();
        [
            snapshot.saml_provider_by_arn(&arn).is_some(),
            snapshot.oidc_provider_by_arn(&arn).is_some(),
            snapshot.mfa_device_by_arn(&arn).is_some(),
        ]
    };
    for (place, arn) in arns.iter().enumerate() {
        let mut expected = [false; 3];
        expected[place] = true;
        assert_eq!(find(arn), expected, "{arn}");
        for other in [
            arn.replace("idp", "IDP")
                .replace("IdP", "idp")
                .replace("phone", "Phone"),
            arn.replace("123456789012", "210987654321"),
            arn.replace(":iam:", ":sts:"),
            arn.replace("iam::", "iam:us-east-1:"),
            format!("{arn}/"),
        ] {
            assert_eq!(find(&other), [false; 3], "{other}");
        }
    }
}

#[test]
fn providers_that_contradict_themselves_are_refused() {
    let directory = in_memory();
    let stranger = AccountId::from_random(77);
    put(&directory, saml("Corporate", 1));
    let again = put_refused(&directory, saml("corporate", 2));
    assert!(matches!(again, ChangeError::Conflict(_)), "{again}");
    let no_certificate = SamlProvider {
        certificates: Vec::new(),
        ..saml("b", 2)
    };
    let many = SamlProvider {
        certificates: vec![Box::from([1]); 11],
        ..saml("b", 2)
    };
    let cannot_decrypt = SamlProvider {
        private_keys: Vec::new(),
        ..full_saml()
    };
    let mut three_keys = full_saml();
    three_keys.private_keys.push(three_keys.private_keys[0].clone());
    for provider in [saml("", 2), no_certificate, many, cannot_decrypt, three_keys] {
        assert!(matches!(
            put_refused(&directory, provider),
            ChangeError::Invalid(..)
        ));
    }
    let elsewhere = SamlProvider {
        account: stranger,
        ..saml("b", 2)
    };
    assert!(matches!(
        put_refused(&directory, elsewhere),
        ChangeError::Dangling(..)
    ));

    let oidc = |url: &str| OidcProvider::new(account(), url, now());
    put(&directory, oidc("idp.example/a"));
    put(&directory, oidc("idp.example/A"));
    let many = OidcProvider {
        client_ids: vec!["a".into(); 101],
        ..oidc("b")
    };
    let prints = OidcProvider {
        thumbprints: vec!["0".repeat(40).into(); 6],
        ..oidc("b")
    };
    let short = OidcProvider {
        thumbprints: vec!["0".repeat(39).into()],
        ..oidc("b")
    };
    let no_hex = OidcProvider {
        thumbprints: vec!["g".repeat(40).into()],
        ..oidc("b")
    };
    for provider in [oidc(""), many, prints, short, no_hex] {
        assert!(matches!(
            put_refused(&directory, provider),
            ChangeError::Invalid(..)
        ));
    }
    let elsewhere = OidcProvider {
        account: stranger,
        ..oidc("b")
    };
    assert!(matches!(
        put_refused(&directory, elsewhere),
        ChangeError::Dangling(..)
    ));

    let mut twice = full_outbound();
    twice.keys[1].kid = twice.keys[0].kid.clone();
    let nameless = OutboundFederation {
        issuer_id: "".into(),
        ..full_outbound()
    };
    for issuer in [twice, nameless] {
        assert!(matches!(
            put_refused(&directory, issuer),
            ChangeError::Invalid(..)
        ));
    }
    put(&directory, full_outbound());
    let same_id = OutboundFederation {
        account: stranger,
        ..full_outbound()
    };
    assert!(matches!(
        put_refused(&directory, same_id),
        ChangeError::IdTaken(_)
    ));
}

#[test]
fn a_device_has_an_owner_that_exists_and_a_spent_code_stays_spent() {
    let directory = in_memory();
    let alice = User::new(account(), "/", "alice", now(), &mut SeededRandom::new(1));
    let owner = KeyOwner::User(alice.id);
    let ownerless = put_refused(&directory, full_device(owner));
    assert!(matches!(ownerless, ChangeError::Dangling(..)), "{ownerless}");
    let root = KeyOwner::Root(AccountId::from_random(77));
    assert!(matches!(
        put_refused(&directory, full_device(root)),
        ChangeError::Dangling(..)
    ));
    put(&directory, alice);
    let good = full_device(owner);
    for bad in [
        MfaDevice {
            path: "/team".into(),
            ..good.clone()
        },
        MfaDevice {
            path: "team/".into(),
            ..good.clone()
        },
        MfaDevice {
            name: "a/b".into(),
            ..good.clone()
        },
        MfaDevice {
            name: "".into(),
            ..good.clone()
        },
        MfaDevice {
            seed: SecretBytes::new([]),
            ..good.clone()
        },
        MfaDevice {
            enabled_at: None,
            ..good.clone()
        },
        MfaDevice {
            owner: None,
            ..good.clone()
        },
    ] {
        assert!(matches!(put_refused(&directory, bad), ChangeError::Invalid(..)));
    }
    put(&directory, good);

    let snapshot = directory.snapshot();
    let read = MfaDevice::clone(snapshot.mfa_device(account(), "/team/phone").unwrap());
    for step in [None, read.last_step.map(|step| step - 1)] {
        let back = MfaDevice {
            last_step: step,
            ..read.clone()
        };
        assert!(matches!(put_refused(&directory, back), ChangeError::Invalid(..)));
    }
    // Not even by way of nobody.
    put(
        &directory,
        MfaDevice {
            owner: None,
            enabled_at: None,
            ..read.clone()
        },
    );
    let read = MfaDevice::clone(directory.snapshot().mfa_device(account(), "/team/phone").unwrap());
    let back = MfaDevice {
        last_step: None,
        ..read.clone()
    };
    assert!(matches!(put_refused(&directory, back), ChangeError::Invalid(..)));
    // Another seed has other codes.
    let (owner, enabled_at) = (Some(owner), Some(now()));
    put(
        &directory,
        MfaDevice {
            seed: SecretBytes::new([8; 40]),
            last_step: None,
            owner,
            enabled_at,
            ..read
        },
    );

    let mut changes = Changes::new();
    changes.delete(&**snapshot.user(account(), "alice").unwrap());
    assert!(matches!(
        refused(&directory, changes.clone()),
        ChangeError::InUse(..)
    ));
    changes.delete(&**directory.snapshot().mfa_device(account(), "/team/phone").unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    assert_eq!(
        directory.snapshot().counts(account()),
        locum_directory::Counts::default()
    );
}

#[test]
fn devices_come_in_pages_of_an_account_and_of_an_owner() {
    let directory = in_memory();
    let root = KeyOwner::Root(account());
    for (path, name, mine) in [
        ("/b/", "x", true),
        ("/", "c", false),
        ("/", "a", true),
        ("/b/", "A", true),
    ] {
        let owned = MfaDevice {
            path: path.into(),
            ..device(name)
        };
        put(
            &directory,
            if mine {
                MfaDevice {
                    owner: Some(root),
                    enabled_at: Some(now()),
                    ..owned
                }
            } else {
                owned
            },
        );
    }
    let snapshot = directory.snapshot();
    let all = |after| -> Vec<_> {
        snapshot
            .mfa_devices(account(), after)
            .map(|d| d.place())
            .collect()
    };
    let mine = |after| -> Vec<_> { snapshot.mfa_devices_of(root, after).map(|d| d.place()).collect() };
    assert_eq!(all(None), ["/a", "/b/A", "/b/x", "/c"].map(Box::from));
    assert_eq!(all(Some("/b/A")), ["/b/x", "/c"].map(Box::from));
    assert_eq!(all(Some("/b/B")), ["/b/x", "/c"].map(Box::from));
    assert_eq!(mine(None), ["/a", "/b/A", "/b/x"].map(Box::from));
    assert_eq!(mine(Some("/b/A")), ["/b/x"].map(Box::from));
    assert_eq!(snapshot.mfa_devices(AccountId::from_random(1), None).count(), 0);
    let counts = snapshot.counts(account());
    assert_eq!((counts.mfa_devices, counts.mfa_devices_in_use), (4, 3));
}
