use super::texts::{ALLOW_ALL, INVALID_INPUT, LIMIT_EXCEEDED, NO_SUCH_ENTITY};
use crate::harness::World;

#[test]
fn a_key_works_while_it_is_active() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let key = [
        ("UserName", "alice"),
        ("AccessKeyId", alice.access_key_id.as_str()),
    ];
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    let set = |status| {
        world
            .admin("UpdateAccessKey", &[key[0], key[1], ("Status", status)])
            .ok()
    };
    set("Inactive");
    let text = "The security token included in the request is invalid.";
    world
        .sts(&alice, "GetCallerIdentity", &[])
        .fails(403, "InvalidClientTokenId", text);
    let listed = world.admin("ListAccessKeys", &[key[0]]).ok();
    assert_eq!(
        (listed.text("AccessKeyId"), listed.text("Status")),
        (alice.access_key_id.clone(), "Inactive".to_owned())
    );
    assert_eq!(listed.find("SecretAccessKey"), None);
    set("Active");
    world.sts(&alice, "GetCallerIdentity", &[]).ok();
    world.admin("DeleteAccessKey", &key).ok();
    world
        .sts(&alice, "GetCallerIdentity", &[])
        .fails(403, "InvalidClientTokenId", text);
    let text = format!("The Access Key with id {} cannot be found.", alice.access_key_id);
    world.refuses(&[
        ("DeleteAccessKey", &key, NO_SUCH_ENTITY, &text),
        (
            "UpdateAccessKey",
            &[key[0], key[1], ("Status", "Active")],
            NO_SUCH_ENTITY,
            &text,
        ),
    ]);
}

#[test]
fn keys_are_their_holders_own() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let bob = world.user(&world.root, "bob", None);
    // Without a name, the caller's own.
    let second = world.iam(&alice, "CreateAccessKey", &[]).credentials();
    let listed = world.iam(&alice, "ListAccessKeys", &[]).ok();
    let mut expected = [alice.access_key_id.clone(), second.access_key_id.clone()];
    expected.sort();
    assert_eq!(listed.texts("AccessKeyId"), expected);
    world.sts(&second, "GetCallerIdentity", &[]).ok();
    // A key of somebody else is not there, whoever asks.
    let text = format!("The Access Key with id {} cannot be found.", bob.access_key_id);
    world
        .iam(&alice, "DeleteAccessKey", &[("AccessKeyId", &bob.access_key_id)])
        .fails(404, "NoSuchEntity", &text);
    world.sts(&bob, "GetCallerIdentity", &[]).ok();
    world.refuses(&[
        (
            "CreateAccessKey",
            &[("UserName", "alice")],
            LIMIT_EXCEEDED,
            "Cannot exceed quota for AccessKeysPerUser: 2",
        ),
        (
            "UpdateAccessKey",
            &[
                ("UserName", "bob"),
                ("AccessKeyId", &bob.access_key_id),
                ("Status", "Expired"),
            ],
            INVALID_INPUT,
            "The status of an access key cannot be set to Expired.",
        ),
    ]);
}

#[test]
fn the_root_user_has_keys_of_its_own() {
    let world = World::new();
    let second = world.admin("CreateAccessKey", &[]).credentials();
    assert_eq!(
        world.sts(&second, "GetCallerIdentity", &[]).ok().text("Arn"),
        "arn:aws:iam::111122223333:root"
    );
    assert_eq!(
        world.admin("ListAccessKeys", &[]).ok().texts("AccessKeyId").len(),
        2
    );
    world.refuses(&[(
        "CreateAccessKey",
        &[],
        LIMIT_EXCEEDED,
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )]);
    let other = world.other_account("444455556666");
    let text = format!("The Access Key with id {} cannot be found.", other.access_key_id);
    world.refuses(&[(
        "DeleteAccessKey",
        &[("AccessKeyId", &other.access_key_id)],
        NO_SUCH_ENTITY,
        &text,
    )]);
    let own = [("AccessKeyId", world.root.access_key_id.as_str())];
    world.iam(&second, "DeleteAccessKey", &own).ok();
    assert_eq!(world.sts(&world.root, "GetCallerIdentity", &[]).status, 403);
}

#[test]
fn a_secret_is_never_recorded() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let records = world.records();
    let created = records
        .iter()
        .find(|record| record["eventName"] == "CreateAccessKey")
        .unwrap();
    assert_eq!(
        created["responseElements"]["accessKey"]["accessKeyId"],
        alice.access_key_id.as_str()
    );
    let all: String = records.iter().map(ToString::to_string).collect();
    assert!(!all.contains(alice.secret.expose()));
}
