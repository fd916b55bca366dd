//! One decision of the longest transaction, for a user with a policy of a few statements: what other writers wait for when
//! two meet. A dry run is that and nothing else.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_api::locum::MAX_REQUESTS;
use locum_crypto::{BufferedRandom, KeyEncryptionKey, PasswordScheme, RotationSchedule, SystemRandom};
use locum_directory::{AccessKey, Changes, Directory, InlinePolicy, KeyOwner, MemoryStore, User};
use locum_federation::outbound::PublicUrl;
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};
use locum_service::{
    Incoming, Regions, SamlRecipients, Service, Settings,
    audit::{AuditSink, Unrecorded},
};
use locum_sigv4::{PathRule, Request, Signer};
use serde_json::{Value, json};

const RIGHTS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["iam:Create*","iam:Put*","iam:Attach*","iam:Tag*","iam:Add*"],"Resource":"*"},
    {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"},
    {"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:user/guarded/*"},
    {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;

/// Takes every record and keeps none: what a log costs is not measured here.
struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
        black_box(line);
        Ok(())
    }
}

fn directory(now: Timestamp, account: AccountId) -> (Directory, AccessKey) {
    let mut random = SystemRandom;
    let kek = KeyEncryptionKey::generate(&mut random);
    let directory = Directory::open(Arc::new(MemoryStore::new()), kek, Box::new(SystemRandom)).unwrap();
    directory
        .bootstrap(Some(account), Partition::Aws, now, &mut random, |_| Ok(()))
        .unwrap();
    let mut user = User::new(account, "/", "alice", now, &mut random);
    user.inline.push(InlinePolicy {
        name: "rights".into(),
        policy: Policy::compile(RIGHTS, PolicyKind::Inline).unwrap(),
    });
    let key = AccessKey::generate(account, KeyOwner::User(user.id), now, &mut random);
    let write = |_: &_| {
        let mut changes = Changes::new();
        changes.put(user).put(key.clone());
        Ok::<_, ()>(((), changes))
    };
    directory.write(write).unwrap().1.wait().unwrap();
    (directory, key)
}

fn service(directory: Directory, now: Timestamp) -> Service {
    let settings = Settings {
        partition: Partition::Aws,
        deployment: *directory.deployment(),
        regions: Regions::Any,
        public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
        password_iterations: PasswordScheme::ITERATIONS,
        saml_recipients: SamlRecipients::Aws,
        allowed_issuers: Vec::new(),
    };
    let (audit, schedule) = (Arc::new(Nowhere), RotationSchedule::default());
    Service::new(
        settings,
        Arc::new(directory),
        audit,
        now,
        &schedule,
        &mut SystemRandom,
    )
    .unwrap()
}

/// Users, each with a tag, a group and an inline policy of about a kilobyte.
fn requests(most: u32) -> Vec<Value> {
    let resources: Vec<String> = (0..30).map(|n| format!("arn:aws:s3:::bucket-{n:04}/*")).collect();
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": resources}],
    })
    .to_string();
    let request = |action: &str, parameters: Value| json!({"Service": "iam", "Action": action, "Parameters": parameters});
    (0..most)
        .map(|number| {
            let name = format!("user-{}", number / 3);
            match number % 3 {
                0 => request("CreateUser", json!({"UserName": name, "Path": "/team/"})),
                1 => request(
                    "TagUser",
                    json!({"UserName": name, "Tags": [{"Key": "team", "Value": "red"}]}),
                ),
                _ => request(
                    "PutUserPolicy",
                    json!({"UserName": name, "PolicyName": "in", "PolicyDocument": document}),
                ),
            }
        })
        .collect()
}

fn transactions(criterion: &mut Criterion) {
    let now = Timestamp::now();
    let account: AccountId = "111122223333".parse().unwrap();
    let (directory, key) = directory(now, account);
    let service = service(directory, now);
    let mut group = criterion.benchmark_group("transaction");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for most in [100, 1_000, MAX_REQUESTS] {
        let body = json!({"Requests": requests(most), "DryRun": true}).to_string();
        let plain = [
            ("host", &b"locum.us-east-1.example.com"[..]),
            ("content-type", &b"application/x-amz-json-1.1"[..]),
            ("x-amz-target", &b"Locum_20261122.ApplyTransaction"[..]),
        ];
        let request = Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &plain,
            body: body.as_bytes(),
        };
        let signer = Signer {
            access_key_id: &key.id.to_string(),
            secret: &key.secret,
            session_token: None,
            region: "us-east-1",
            service: "locum",
            path: PathRule::SERVICE,
        };
        let added = signer.sign_headers(&request, now).unwrap();
        let added: Vec<_> = added
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let signed = added
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers: Vec<(&str, &[u8])> = plain.into_iter().chain(signed).collect();
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
            peer: [203, 0, 113, 7].into(),
            tls: Some(("TLSv1.3", "TLS_AES_128_GCM_SHA256")),
        };
        let mut random = BufferedRandom::new();
        let reply = service.handle(&incoming, now, &mut random).reply;
        assert_eq!(reply.status, 200, "{}", reply.body);
        group.throughput(Throughput::Elements(most.into()));
        group.bench_function(format!("{most}_requests"), |bencher| {
            bencher.iter(|| service.handle(black_box(&incoming), now, &mut random));
        });
    }
}

criterion_group!(benches, transactions);
criterion_main!(benches);
