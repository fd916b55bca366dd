//! What an adversary would try, over the whole service.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod review {
    mod escalation;
}

use std::net::{IpAddr, Ipv4Addr};

use harness::World;
use locum_service::Incoming;
use serde_json::json;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const TRUST_ACCOUNT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}}"#;

/// A policy may trust a tag of the prefix `aws:`, since nobody but AWS sets one.
#[test]
fn nobody_sets_a_session_tag_of_awss_own() {
    let world = World::new();
    let user = world.user(&world.root, "alice", Some(EVERYTHING));
    let role = world.role(&world.root, "r", TRUST_ACCOUNT, None);
    for key in ["aws:PrincipalOrgID", "AWS:x"] {
        let tag = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "v")];
        let assume = [("RoleArn", &*role), ("RoleSessionName", "session")];
        let federate = [("Name", "bob")];
        for (action, parameters) in [("AssumeRole", &assume[..]), ("GetFederationToken", &federate)] {
            let parameters = [parameters, &tag].concat();
            let message = format!("The tag key {key} is reserved: it begins with aws:.");
            world
                .sts(&user, action, &parameters)
                .fails(400, "InvalidParameterValue", &message);
        }
    }
}

/// The denial of an account that exists and of one that differ in nothing but the number asked for.
#[test]
fn member_accounts_do_not_learn_of_others() {
    let world = World::new();
    let member = world.other_account("222233334444");
    let nobody = world.user(&member, "nobody", None);
    world.other_account("333344445555");
    let ask = |id: &str| {
        let answer = world.organizations(&nobody, "DescribeAccount", &json!({ "AccountId": id }));
        assert_ne!(answer.status, 200);
        answer.body.replace(id, "ID")
    };
    assert_eq!(ask("333344445555"), ask("999999999999"));
}

fn stranger<'a>(query: &'a str, headers: &'a [(&'a str, &'a [u8])]) -> Incoming<'a> {
    Incoming {
        method: "GET",
        path: "/",
        query,
        headers,
        body: b"",
        peer: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)),
        tls: None,
    }
}

/// Whoever has no credentials cannot push out of the log what others did: neither with long requests nor with many.
#[test]
fn strangers_do_not_fill_the_log() {
    let world = World::new();
    let name = "n".repeat(100_000);
    let twice = format!("{name}=1&{name}=2");
    let key = format!(
        "AWS4-HMAC-SHA256 Credential={}/20261122/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
        "k".repeat(9_000)
    );
    let headers: [(&str, &[u8]); 3] = [
        ("host", b"sts.us-east-1.example.com"),
        ("x-amz-date", b"20261122T120000Z"),
        ("authorization", key.as_bytes()),
    ];
    assert_eq!(world.handle(&stranger(&twice, &[])).status, 400);
    let identity = "Action=GetCallerIdentity&Version=2011-06-15";
    assert_eq!(world.handle(&stranger(identity, &headers)).status, 403);
    for record in world.records() {
        let length = record.to_string().len();
        assert!(length < 3_000, "{length} bytes");
    }

    for _ in 0..1_000 {
        world.handle(&stranger(identity, &[]));
    }
    let before = world.records().len();
    assert!(before < 200, "{before} records");
    world.sts(&world.root, "GetCallerIdentity", &[]).ok();
    assert_eq!(
        world.records().len(),
        before + 1,
        "who is known is always recorded"
    );

    world.advance(60);
    world.handle(&stranger(identity, &[]));
    let records = world.records();
    let told = &records.last().unwrap()["additionalEventData"]["refusedWithoutRecord"];
    assert_eq!(told.as_u64(), Some(1_003 - before as u64 - 1));
}

/// A Deny that names a policy cannot be got around by another spelling of its ARN.
#[test]
fn a_policy_has_one_spelling() {
    let world = World::new();
    let guarded = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:AttachUserPolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AdministratorAccess"}}}]}"#;
    let user = world.user(&world.root, "mallory", Some(guarded));
    let other = world.other_account("222233334444");
    let theirs = [("PolicyName", "Theirs"), ("PolicyDocument", EVERYTHING)];
    world.iam(&other, "CreatePolicy", &theirs).ok();
    for arn in [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/administratoraccess",
        "arn:aws:iam::aws:policy//AdministratorAccess",
        "arn:aws:iam:us-east-1:aws:policy/AdministratorAccess",
        "arn:aws:iam::AWS:policy/AdministratorAccess",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        "arn:AWS:iam::aws:policy/AdministratorAccess",
        "arn:aws:IAM::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess ",
        "arn:aws:iam::222233334444:policy/Theirs",
    ] {
        let parameters = [("UserName", "mallory"), ("PolicyArn", arn)];
        let answer = world.iam(&user, "AttachUserPolicy", &parameters);
        assert!(matches!(answer.status, 400 | 403 | 404), "{arn}: {}", answer.body);
        let parameters = [("UserName", "mallory"), ("PermissionsBoundary", arn)];
        if arn != "arn:aws:iam::aws:policy/AdministratorAccess" {
            let answer = world.iam(&user, "PutUserPermissionsBoundary", &parameters);
            assert!(matches!(answer.status, 400 | 404), "{arn}: {}", answer.body);
        }
    }
    let attached = world.iam(
        &world.root,
        "ListAttachedUserPolicies",
        &[("UserName", "mallory")],
    );
    assert!(attached.ok().texts("PolicyArn").is_empty());
}

/// What a deleted user had cannot come back under a new user of the same name.
#[test]
fn a_namesake_inherits_nothing() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(EVERYTHING));
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    let federated = [("Name", "bob"), ("Policy", EVERYTHING)];
    let federated = world.sts(&alice, "GetFederationToken", &federated).credentials();
    let root = &world.root;
    let busy = world.iam(root, "DeleteUser", &[("UserName", "alice")]);
    assert_eq!(busy.status, 409);
    let inline = [("UserName", "alice"), ("PolicyName", "inline")];
    world.iam(root, "DeleteUserPolicy", &inline).ok();
    let busy = world.iam(root, "DeleteUser", &[("UserName", "alice")]);
    assert_eq!(busy.status, 409, "its key is still there");
    let key = [("UserName", "alice"), ("AccessKeyId", &*alice.access_key_id)];
    world.iam(root, "DeleteAccessKey", &key).ok();
    world.iam(root, "DeleteUser", &[("UserName", "alice")]).ok();
    world.user(root, "alice", Some(EVERYTHING));
    for old in [&alice, &session, &federated] {
        let answer = world.sts(old, "GetCallerIdentity", &[]);
        assert_eq!(
            (answer.status, answer.text("Code")),
            (403, "InvalidClientTokenId".to_owned())
        );
    }
}

/// Whoever may rename within one path can neither take a user out of another nor put one there.
#[test]
fn a_move_needs_both_ends() {
    let world = World::new();
    let root = &world.root;
    let within = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:UpdateUser","Resource":"arn:aws:iam::111122223333:user/team/*"}}"#;
    let mover = world.user(root, "mover", Some(within));
    world
        .iam(root, "CreateUser", &[("UserName", "in"), ("Path", "/team/")])
        .ok();
    world.iam(root, "CreateUser", &[("UserName", "out")]).ok();
    let update = |parameters: &[(&str, &str)]| world.iam(&mover, "UpdateUser", parameters).status;
    assert_eq!(update(&[("UserName", "in"), ("NewPath", "/admins/")]), 403);
    assert_eq!(update(&[("UserName", "out"), ("NewPath", "/team/")]), 403);
    assert_eq!(update(&[("UserName", "in"), ("NewUserName", "in2")]), 200);
}
