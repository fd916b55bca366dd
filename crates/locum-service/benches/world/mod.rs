//! A directory with a user and two roles, and its signed calls: what the benchmarks and the counts of this crate call.
//!
//! The clock stands still, so one signed request is good for every iteration and the signing key is cached, as it is for
//! a client that calls again.

use std::{cell::RefCell, hint::black_box, sync::Arc};

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
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
        black_box(line);
        Ok(())
    }
}

pub(crate) struct Credentials {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
}

pub(crate) struct World {
    service: Service,
    user: Credentials,
    now: Timestamp,
    /// As each thread of the edge has it.
    random: RefCell<BufferedRandom>,
}

pub(crate) fn world() -> World {
    let mut random = SystemRandom;
    let now = Timestamp::now();
    let kek = KeyEncryptionKey::generate(&mut random);
    let directory = Directory::open(Arc::new(MemoryStore::new()), kek, Box::new(SystemRandom)).unwrap();
    let account: AccountId = "111122223333".parse().unwrap();
    directory
        .bootstrap(Some(account), Partition::Aws, now, &mut random, |_| Ok(()))
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
    pub(crate) fn sign(&self, who: &Credentials, body: &str) -> Vec<(String, String)> {
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

    pub(crate) fn call(&self, headers: &[(&str, &[u8])], body: &str) -> (u16, String) {
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

/// A call, signed and ready to be made again and again.
pub(crate) struct Prepared {
    pub(crate) name: &'static str,
    headers: Vec<(String, String)>,
    body: String,
}

impl World {
    /// The calls whose cost is kept, by name.
    pub(crate) fn prepared(&self) -> Vec<Prepared> {
        let assume = |role: &str| {
            format!(
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2F{role}\
                 &RoleSessionName=session"
            )
        };
        let identity = "Action=GetCallerIdentity&Version=2011-06-15".to_owned();
        let user = &self.user;
        let first = self.prepare("assume_role", user, assume("open"), 200);
        let (_, answer) = self.again(&first);
        let session = Credentials {
            id: text(&answer, "AccessKeyId"),
            secret: SecretString::new(text(&answer, "SecretAccessKey")),
            token: Some(SecretString::new(text(&answer, "SessionToken"))),
        };
        vec![
            first,
            self.prepare("assume_role_denied", user, assume("closed"), 403),
            self.prepare("caller_identity_of_user", user, identity.clone(), 200),
            self.prepare("caller_identity_of_session", &session, identity, 200),
        ]
    }

    fn prepare(&self, name: &'static str, who: &Credentials, body: String, status: u16) -> Prepared {
        let headers = self.sign(who, &body);
        let prepared = Prepared { name, headers, body };
        let (got, answer) = self.again(&prepared);
        assert_eq!(got, status, "{answer}");
        prepared
    }

    /// Makes a call.
    pub(crate) fn again(&self, prepared: &Prepared) -> (u16, String) {
        let mut headers = [("", &b""[..]); 8];
        let count = prepared.headers.len();
        for (place, (name, value)) in headers.iter_mut().zip(&prepared.headers) {
            *place = (name.as_str(), value.as_bytes());
        }
        self.call(headers.get(..count).unwrap(), &prepared.body)
    }
}

fn text(body: &str, name: &str) -> String {
    let (_, rest) = body.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}
