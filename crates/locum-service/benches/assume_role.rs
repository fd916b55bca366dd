//! Whole calls in process: signed request bytes in, reply out.
//!
//! The clock stands still, so one signed request is good for every iteration and the signing key is cached, as it is for
//! a client that calls again.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use std::{cell::RefCell, hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_crypto::{
    BufferedRandom, KeyEncryptionKey, PasswordScheme, RotationSchedule, SecretString, SystemRandom,
};
use locum_directory::{AccessKey, Changes, Directory, InlinePolicy, KeyOwner, MemoryStore, Role, User};
use locum_federation::outbound::PublicUrl;
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};
use locum_service::{
    Incoming, Regions, SamlRecipients, Service, Settings,
    audit::{AuditSink, Unrecorded},
};
use locum_sigv4::{PathRule, Request, Signer};

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}"#;

/// Takes every record and keeps none: what a log costs is not measured here.
struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, line: Vec<u8>) -> Result<(), Unrecorded> {
        black_box(line);
        Ok(())
    }
}

struct Credentials {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
}

struct World {
    service: Service,
    user: Credentials,
    now: Timestamp,
    /// As each thread of the edge has it.
    random: RefCell<BufferedRandom>,
}

fn world() -> World {
    let mut random = SystemRandom;
    let now = Timestamp::now();
    let kek = KeyEncryptionKey::generate(&mut random);
    let directory = Directory::open(Arc::new(MemoryStore::new()), kek, Box::new(SystemRandom)).unwrap();
    let account: AccountId = "111122223333".parse().unwrap();
    directory
        .bootstrap(Some(account), now, &mut random, |_| Ok(()))
        .unwrap();
    let mut user = User::new(account, "/", "alice", now, &mut random);
    user.inline.push(InlinePolicy {
        name: "allow".into(),
        policy: Policy::compile(ALLOW, PolicyKind::Inline).unwrap(),
    });
    let key = AccessKey::generate(account, KeyOwner::User(user.id), now, &mut random);
    let credentials = Credentials {
        id: key.id.to_string(),
        secret: key.secret.clone(),
        token: None,
    };
    let trust = |principal: &str| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}}}"#
        );
        Policy::compile(&document, PolicyKind::Trust).unwrap()
    };
    let open = Role::new(account, "/", "open", trust("111122223333"), now, &mut random);
    let closed = Role::new(account, "/", "closed", trust("444455556666"), now, &mut random);
    let write = |_: &_| {
        let mut changes = Changes::new();
        changes.put(user).put(key).put(open).put(closed);
        Ok::<_, ()>(((), changes))
    };
    directory.write(write).unwrap().1.wait().unwrap();
    let settings = Settings {
        partition: Partition::Aws,
        deployment: *directory.deployment(),
        regions: Regions::Any,
        public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
        password_iterations: PasswordScheme::ITERATIONS,
        saml_recipients: SamlRecipients::Aws,
        allowed_issuers: Vec::new(),
    };
    let schedule = RotationSchedule::default();
    let service = Service::new(
        settings,
        Arc::new(directory),
        Arc::new(Nowhere),
        now,
        &schedule,
        &mut random,
    );
    World {
        service: service.unwrap(),
        user: credentials,
        now,
        random: RefCell::default(),
    }
}

impl World {
    /// The headers of a signed form.
    fn sign(&self, who: &Credentials, body: &str) -> Vec<(String, String)> {
        let plain = [
            ("host", &b"sts.us-east-1.example.com"[..]),
            ("content-type", &b"application/x-www-form-urlencoded"[..]),
        ];
        let request = Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &plain,
            body: body.as_bytes(),
        };
        let signer = Signer {
            access_key_id: &who.id,
            secret: &who.secret,
            session_token: who.token.as_ref(),
            region: "us-east-1",
            service: "sts",
            path: PathRule::SERVICE,
        };
        let added = signer.sign_headers(&request, self.now).unwrap();
        let plain = plain
            .iter()
            .map(|(name, value)| ((*name).to_owned(), String::from_utf8_lossy(value).into_owned()));
        let added = added
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value));
        plain.chain(added).collect()
    }

    fn call(&self, headers: &[(&str, &[u8])], body: &str) -> (u16, String) {
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers,
            body: body.as_bytes(),
            peer: [203, 0, 113, 7].into(),
            tls: None,
        };
        let random = &mut *self.random.borrow_mut();
        let outcome = self.service.handle(&incoming, self.now, random);
        (outcome.reply.status, outcome.reply.body)
    }
}

fn text(body: &str, name: &str) -> String {
    let (_, rest) = body.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

fn calls(criterion: &mut Criterion) {
    let world = world();
    let mut bench = |name: &str, who: &Credentials, body: &str, status: u16| {
        let headers = world.sign(who, body);
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        let (got, answer) = world.call(&headers, body);
        assert_eq!(got, status, "{answer}");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| world.call(black_box(&headers), black_box(body)));
        });
        answer
    };
    let assume = |role: &str| {
        format!(
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2F{role}\
             &RoleSessionName=session"
        )
    };
    let identity = "Action=GetCallerIdentity&Version=2011-06-15";
    let user = &world.user;
    let answer = bench("assume_role", user, &assume("open"), 200);
    let session = Credentials {
        id: text(&answer, "AccessKeyId"),
        secret: SecretString::new(text(&answer, "SecretAccessKey")),
        token: Some(SecretString::new(text(&answer, "SessionToken"))),
    };
    bench("assume_role_denied", user, &assume("closed"), 403);
    bench("caller_identity_of_user", user, identity, 200);
    bench("caller_identity_of_session", &session, identity, 200);
}

criterion_group!(benches, calls);
criterion_main!(benches);
