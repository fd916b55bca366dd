use std::sync::Arc;

use locum_crypto::{RotationSchedule, SeededRandom};
use locum_directory::{FaultyStore, MemoryStore};
use serde_json::Value;

use super::texts::{ALLOW_ALL, TRUST_ACCOUNT};
use crate::harness::{Answer, Credentials, World};

fn last_used(world: &World, who: &Credentials) -> Answer {
    // Asked by somebody whose own use does not matter.
    world
        .admin("GetAccessKeyLastUsed", &[("AccessKeyId", &who.access_key_id)])
        .ok()
}

/// Date, service and region.
fn shown(answer: &Answer) -> (Option<String>, String, String) {
    let date = answer.find("LastUsedDate");
    (date, answer.text("ServiceName"), answer.text("Region"))
}

fn used(date: &str, service: &str) -> (Option<String>, String, String) {
    (Some(date.to_owned()), service.to_owned(), "us-east-1".to_owned())
}

fn never() -> (Option<String>, String, String) {
    (None, "N/A".to_owned(), "N/A".to_owned())
}

fn rotate(world: &World) -> Result<(), String> {
    let mut random = SeededRandom::new(9);
    let rotated = world
        .service
        .rotate(world.now(), &RotationSchedule::default(), &mut random);
    rotated.map_err(|error| error.to_string())
}

#[test]
fn a_keys_last_use_is_told_to_the_minute() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let answer = last_used(&world, &alice);
    assert_eq!(answer.text("UserName"), "alice");
    assert_eq!(shown(&answer), never());
    world.advance(90);
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    assert_eq!(
        shown(&last_used(&world, &alice)),
        used("2026-11-22T12:01:00Z", "sts")
    );
    world.advance(60);
    world.iam(&alice, "ListUsers", &[]).ok();
    assert_eq!(
        shown(&last_used(&world, &alice)),
        used("2026-11-22T12:02:00Z", "iam")
    );
    world.advance(3600);
    world
        .organizations(&alice, "DescribeOrganization", &serde_json::json!({}))
        .ok();
    let expected = used("2026-11-22T13:02:00Z", "organizations");
    assert_eq!(shown(&last_used(&world, &alice)), expected);
}

#[test]
fn denied_calls_are_uses_and_wrong_signatures_are_not() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let forged = Credentials {
        secret: "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00".into(),
        ..alice.clone()
    };
    assert_eq!(world.iam(&forged, "ListUsers", &[]).status, 403);
    assert_eq!(shown(&last_used(&world, &alice)), never());
    assert_eq!(world.iam(&alice, "ListUsers", &[]).status, 403);
    assert_eq!(
        shown(&last_used(&world, &alice)),
        used("2026-11-22T12:00:00Z", "iam")
    );
    // A session of the user is not a use of the key.
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    world.advance(60);
    world.sts(&session, "GetCallerIdentity", &[]).ok();
    assert_eq!(
        shown(&last_used(&world, &alice)),
        used("2026-11-22T12:00:00Z", "iam"),
        "the first of the minute"
    );
}

#[test]
fn a_roles_last_use_is_that_of_its_sessions_and_told_for_four_hundred_days() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    let session = world.sts(&alice, "AssumeRole", &parameters).credentials();
    let shown = || world.admin("GetRole", &[("RoleName", "worker")]).ok();
    assert!(shown().body.contains("<RoleLastUsed/>"), "{}", shown().body);
    world.advance(61);
    world.sts(&session, "GetCallerIdentity", &[]).ok();
    for answer in [shown(), world.admin("GetAccountAuthorizationDetails", &[]).ok()] {
        assert_eq!(answer.text("LastUsedDate"), "2026-11-22T12:01:00Z");
        assert_eq!(answer.text("Region"), "us-east-1");
    }
    assert!(!world.admin("ListRoles", &[]).ok().body.contains("RoleLastUsed"));
    rotate(&world).unwrap();
    world.advance(400 * 24 * 3600 - 120);
    assert!(shown().find("LastUsedDate").is_some());
    world.advance(180);
    assert!(shown().body.contains("<RoleLastUsed/>"));
}

#[test]
fn the_root_users_key_has_a_last_use_and_others_keys_are_none_of_ones_business() {
    let world = World::new();
    let answer = last_used(&world, &world.root);
    assert_eq!(answer.text("UserName"), "root");
    assert_eq!(shown(&answer), used("2026-11-22T12:00:00Z", "iam"));
    let other = world.other_account("444455556666");
    for id in [
        other.access_key_id.as_str(),
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "nosuchkey12345678",
    ] {
        world.admin("GetAccessKeyLastUsed", &[("AccessKeyId", id)]).fails(
            403,
            "AccessDenied",
            &format!(
                "User: arn:aws:iam::111122223333:root is not authorized to perform iam:GetAccessKeyLastUsed on \
                 resource: access key {id}"
            ),
        );
    }
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetAccessKeyLastUsed","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}}"#;
    let alice = world.user(&world.root, "alice", Some(document));
    let bob = world.user(&world.root, "bob", None);
    let of = |who: &Credentials| {
        world.iam(
            &alice,
            "GetAccessKeyLastUsed",
            &[("AccessKeyId", &who.access_key_id)],
        )
    };
    of(&alice).ok();
    let tagged = world.user(&world.root, "carol", None);
    let (keys, value) = (["a", "b", "c", "d"], "x".repeat(220));
    let mut tags = vec![("UserName".to_owned(), "carol")];
    for (number, key) in keys.into_iter().enumerate() {
        tags.push((format!("Tags.member.{}.Key", number + 1), key));
        tags.push((format!("Tags.member.{}.Value", number + 1), &value));
    }
    let tags: Vec<_> = tags.iter().map(|(name, value)| (&**name, *value)).collect();
    world.admin("TagUser", &tags).ok();
    // What denies that of carol's is too long to be told.
    let resources: Vec<String> = (0..95)
        .map(|n| format!("\"arn:aws:iam::*:user/u{n:03}\""))
        .collect();
    let denies = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"iam:GetAccessKeyLastUsed","Resource":["arn:aws:iam::*:user/carol",{}]}}}}"#,
        resources.join(",")
    );
    let policy = [("PolicyName", "denies"), ("PolicyDocument", &*denies)];
    let policy = world.admin("CreatePolicy", &policy).ok().text("Arn");
    let attach = [("UserName", "alice"), ("PolicyArn", &*policy)];
    world.admin("AttachUserPolicy", &attach).ok();
    // Who may not ask is not told whose key it is, nor that it is anybody's.
    let absent = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        ..bob.clone()
    };
    let mut lengths = Vec::new();
    for who in [&bob, &world.root, &tagged, &absent] {
        let denied = of(who);
        let id = &who.access_key_id;
        let text = format!(
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform iam:GetAccessKeyLastUsed on \
             resource: access key {id}"
        );
        denied.fails(403, "AccessDenied", &text);
        lengths.push(denied.header("x-locum-authorization-message").unwrap().len());
    }
    // Nor by the length of what is sealed.
    lengths.dedup();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
    // The account's administrators are told why.
    let why = |denied: &Answer| {
        let message = denied.header("x-locum-authorization-message").unwrap();
        let decoded = world.sts(
            &world.root,
            "DecodeAuthorizationMessage",
            &[("EncodedMessage", message)],
        );
        serde_json::from_str::<Value>(&decoded.ok().text("DecodedMessage")).unwrap()
    };
    let resource = &why(&of(&bob))["context"]["resource"];
    assert_eq!(resource, "arn:aws:iam::111122223333:user/bob");
    let reason = &why(&of(&absent))["explanation"]["reason"];
    assert_eq!(reason, "The account has no such access key.");
    let explained = why(&of(&tagged))["explanation"]["reason"].to_string();
    assert!(explained.contains("in the audit log alone"), "{explained}");
}

#[test]
fn last_uses_are_stored_in_one_write_a_minute_and_are_there_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let world = World::over(Arc::clone(&store) as _, 1);
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    let session = world.sts(&alice, "AssumeRole", &parameters).credentials();
    rotate(&world).unwrap();
    let before = world.snapshot().revision();
    world.advance(120);
    for _ in 0..5 {
        world.sts(&session, "GetCallerIdentity", &[]).ok();
        world.sts(&alice, "GetCallerIdentity", &[]).ok();
    }
    assert_eq!(world.snapshot().revision(), before, "no call wrote");
    world.service.store_last_uses().unwrap();
    assert_eq!(world.snapshot().revision().0, before.0 + 1, "one write");
    world.service.store_last_uses().unwrap();
    assert_eq!(
        world.snapshot().revision().0,
        before.0 + 1,
        "nothing new, no write"
    );
    drop(world);
    let deployment = World::over(store, 1);
    let answer = last_used(&deployment, &alice);
    assert_eq!(shown(&answer), used("2026-11-22T12:02:00Z", "sts"));
    let role = deployment.admin("GetRole", &[("RoleName", "worker")]).ok();
    assert_eq!(role.text("LastUsedDate"), "2026-11-22T12:02:00Z");
}

#[test]
fn what_could_not_be_stored_is_kept_for_the_next_time() {
    let store = Arc::new(FaultyStore::default());
    let world = World::over(Arc::clone(&store) as _, 1);
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    store.set_full(true);
    world.service.store_last_uses().unwrap_err();
    // Reading goes on.
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    store.set_full(false);
    world.service.store_last_uses().unwrap();
    let snapshot = world.snapshot();
    let by = locum_directory::UsedBy::Key(alice.access_key_id.parse().unwrap());
    assert_eq!(snapshot.last_use(by).unwrap().at, world.now());
}

#[test]
fn what_tells_of_a_key_or_role_that_is_gone_goes_too() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    let session = world.sts(&alice, "AssumeRole", &parameters).credentials();
    world.sts(&session, "GetCallerIdentity", &[]).ok();
    rotate(&world).unwrap();
    let snapshot = world.snapshot();
    let key = locum_directory::UsedBy::Key(alice.access_key_id.parse().unwrap());
    let of_role = locum_directory::UsedBy::Role(snapshot.role(world.account, "worker").unwrap().id);
    assert!(snapshot.last_use(key).is_some() && snapshot.last_use(of_role).is_some());
    // Used once more, so that something of it waits to be stored when it goes.
    world.advance(60);
    world.sts(&session, "GetCallerIdentity", &[]).ok();
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    let of_alice = [
        ("UserName", "alice"),
        ("AccessKeyId", alice.access_key_id.as_str()),
    ];
    world.admin("DeleteAccessKey", &of_alice).ok();
    world.admin("DeleteRole", &[("RoleName", "worker")]).ok();
    assert_eq!(world.snapshot().orphaned_last_uses().count(), 2);
    rotate(&world).unwrap();
    let snapshot = world.snapshot();
    assert!(snapshot.last_use(key).is_none() && snapshot.last_use(of_role).is_none());
    assert_eq!(snapshot.orphaned_last_uses().count(), 0);
    let revision = snapshot.revision();
    world.service.store_last_uses().unwrap();
    assert_eq!(world.snapshot().revision(), revision);
}

#[test]
fn many_threads_that_use_one_key_leave_one_last_use() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let call = world.signed_call(&alice, locum_api::model::Service::Sts, "GetCallerIdentity", &[]);
    let (service, now) = (&world.service, world.now());
    std::thread::scope(|scope| {
        for seed in 0..8 {
            let call = &call;
            scope.spawn(move || {
                let mut random = SeededRandom::new(seed);
                (0..20).for_each(|_| {
                    call.answered(service, now, &mut random).ok();
                });
            });
        }
    });
    assert_eq!(
        shown(&last_used(&world, &alice)),
        used("2026-11-22T12:00:00Z", "sts")
    );
}
