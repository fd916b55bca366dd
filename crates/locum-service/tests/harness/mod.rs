//! A whole service over a store in memory, and callers that sign as any client would.
//!
//! Nothing is stubbed but the clock and the randomness: a test goes through the signature, the policies and the commit.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test program uses a part"
)]

mod answer;
mod breakable;
mod organization;

use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use locum_api::model::Service as Api;
use locum_crypto::{KeyEncryptionKey, Random, RotationSchedule, SecretString, SeededRandom};
use locum_directory::{
    AccessKey, Account, Changes, Directory, JoinedMethod, KeyOwner, MemoryStore, Snapshot, Store,
};
use locum_federation::outbound::PublicUrl;
use locum_names::{AccountId, Partition};
use locum_service::{
    Incoming, OperatorError, Regions, SamlRecipients, Service, Settings,
    audit::{AuditSink, Unrecorded},
};
use locum_sigv4::{PathRule, Request, Signer};
use serde_json::{Value, json};

pub use answer::{Answer, percent_decode};
pub use breakable::Breakable;
pub use organization::{RCP, SCP, deny_everybody, deny_everybody_on};

/// Where every test begins.
const BEGIN: &str = "2026-11-22T12:00:00Z";

/// The account that the first start makes.
pub const ACCOUNT: &str = "111122223333";

/// The issuer that the operator allows by name.
pub const ALLOWED_ISSUER: &str = "http://issuer.cluster.local:8080/realms/a";

/// The parameters of a request.
pub type Parameters<'a> = [(&'a str, &'a str)];

/// What signs a request.
#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret: SecretString,
    pub token: Option<SecretString>,
}

/// A service, its clock, and the root user of its management account.
pub struct World {
    pub service: Service,
    pub root: Credentials,
    pub account: AccountId,
    now: Cell<Timestamp>,
    random: RefCell<SeededRandom>,
    records: Arc<Records>,
}

#[derive(Default)]
struct Records(Mutex<Vec<Vec<u8>>>);

impl AuditSink for Records {
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
        self.0.lock().unwrap().push(line.to_vec());
        Ok(())
    }
}

impl World {
    pub fn new() -> Self {
        Self::seeded(1)
    }

    /// A world whose keys differ from those of other seeds.
    pub fn seeded(seed: u64) -> Self {
        Self::over(Arc::new(MemoryStore::new()), seed)
    }

    /// A world over a store of its own, or once more over the store of another with the same seed: a restart.
    pub fn over(store: Arc<dyn Store>, seed: u64) -> Self {
        Self::set_up(store, seed, |_| ())
    }

    /// A world whose operator decided otherwise.
    pub fn with_settings(edit: impl FnOnce(&mut Settings)) -> Self {
        Self::set_up(Arc::new(MemoryStore::new()), 1, edit)
    }

    fn set_up(store: Arc<dyn Store>, seed: u64, edit: impl FnOnce(&mut Settings)) -> Self {
        let mut random = SeededRandom::new(seed);
        let now: Timestamp = BEGIN.parse().unwrap();
        let kek = KeyEncryptionKey::generate(&mut random);
        let directory = Directory::open(store, kek, Box::new(SeededRandom::new(seed + 1000))).unwrap();
        let account: AccountId = ACCOUNT.parse().unwrap();
        directory
            .bootstrap(Some(account), now, &mut random, |_| Ok(()))
            .unwrap();
        let snapshot = directory.snapshot();
        let root = snapshot.access_keys(KeyOwner::Root(account)).next();
        let mut settings = Settings {
            partition: Partition::Aws,
            deployment: *directory.deployment(),
            regions: Regions::Any,
            public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
            password_iterations: NonZeroU32::new(2).unwrap(),
            saml_recipients: SamlRecipients::Aws,
            allowed_issuers: vec![ALLOWED_ISSUER.to_owned()],
        };
        edit(&mut settings);
        let records = Arc::new(Records::default());
        let schedule = RotationSchedule::default();
        let sink: Arc<dyn AuditSink> = Arc::clone(&records) as _;
        let directory = Arc::new(directory);
        let service = Service::new(settings, directory, sink, now, &schedule, &mut random).unwrap();
        Self {
            service,
            root: credentials_of(root.unwrap()),
            account,
            now: Cell::new(now),
            random: RefCell::new(random),
            records,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Lets time pass.
    pub fn advance(&self, seconds: i64) {
        self.now.set(self.now.get() + SignedDuration::from_secs(seconds));
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.service.directory().snapshot()
    }

    /// Another account of the organization, and its root user's key.
    pub fn other_account(&self, id: &str) -> Credentials {
        let random = &mut *self.random.borrow_mut();
        let id: AccountId = id.parse().unwrap();
        let (key, pending) = self
            .service
            .directory()
            .write(|_| {
                let email = format!("{id}@example.com");
                let joined = JoinedMethod::Created;
                let account = Account::new(id, "other", &email, joined, self.now());
                let key = AccessKey::generate(id, KeyOwner::Root(id), self.now(), random);
                let mut changes = Changes::new();
                changes.put(account).put(key.clone());
                Ok::<_, &str>((key, changes))
            })
            .unwrap();
        pending.wait().unwrap();
        credentials_of(&key)
    }

    /// Calls an operation of IAM as `who`.
    pub fn iam(&self, who: &Credentials, action: &str, parameters: &Parameters<'_>) -> Answer {
        self.call(who, Api::Iam, action, parameters)
    }

    /// Calls an operation of STS as `who`.
    pub fn sts(&self, who: &Credentials, action: &str, parameters: &Parameters<'_>) -> Answer {
        self.call(who, Api::Sts, action, parameters)
    }

    /// Calls an awsQuery operation and waits until its write is durable.
    pub fn call(&self, who: &Credentials, api: Api, action: &str, parameters: &Parameters<'_>) -> Answer {
        let signed = self.signed_call(who, api, action, parameters);
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Signs a call of an awsQuery operation.
    pub fn signed_call(
        &self,
        who: &Credentials,
        api: Api,
        action: &str,
        parameters: &Parameters<'_>,
    ) -> Signed {
        let version = [("Action", action), ("Version", api.api_version())];
        let body = form(version.iter().chain(parameters));
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        self.signed(who, api, &[("content-type", content_type)], body.as_bytes())
    }

    /// Calls an operation of STS that nobody signs.
    pub fn unsigned(&self, action: &str, parameters: &Parameters<'_>) -> Answer {
        let call = Self::unsigned_call(action, parameters);
        call.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// A call of an operation of STS that nobody signs.
    pub fn unsigned_call(action: &str, parameters: &Parameters<'_>) -> Signed {
        let version = [("Action", action), ("Version", Api::Sts.api_version())];
        let body = form(version.iter().chain(parameters));
        let headers = [
            ("host", "sts.us-east-1.example.com"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("user-agent", "test/1"),
        ];
        Signed {
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            body: body.into_bytes(),
        }
    }

    /// Calls an operation of Organizations as `who`.
    pub fn organizations(&self, who: &Credentials, action: &str, body: &Value) -> Answer {
        let target = format!("{}.{action}", Api::Organizations.target_prefix().unwrap());
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", &*target),
        ];
        self.send(who, Api::Organizations, &headers, body.to_string().as_bytes())
    }

    /// Applies requests as one transaction, or tries to: each is its service, its action and its parameters.
    pub fn transaction(&self, who: &Credentials, requests: &[(&str, &str, Value)]) -> Answer {
        let requests: Vec<Value> = requests.iter().map(contained).collect();
        self.locum(who, &json!({ "Requests": requests }))
    }

    /// Calls ApplyTransaction as `who` with this body.
    pub fn locum(&self, who: &Credentials, body: &Value) -> Answer {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Locum_20261122.ApplyTransaction"),
        ];
        self.send(who, Api::Locum, &headers, body.to_string().as_bytes())
    }

    /// Signs a POST for `/`, sends it, and waits until its write is durable.
    pub fn send(&self, who: &Credentials, api: Api, headers: &Parameters<'_>, body: &[u8]) -> Answer {
        let signed = self.signed(who, api, headers, body);
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Sends what was signed, and waits until its write is durable.
    pub fn sent(&self, signed: &Signed) -> Answer {
        signed.answered(&self.service, self.now(), &mut *self.random.borrow_mut())
    }

    /// Calls an operation for whoever runs the program, and waits until its write is durable.
    pub fn operator(
        &self,
        account: AccountId,
        api: Api,
        action: &str,
        parameters: &Value,
    ) -> Result<Value, OperatorError> {
        let random = &mut *self.random.borrow_mut();
        let operator = self.service.operator(account);
        let (result, commit) = operator.call(api, action, parameters, self.now(), random)?;
        if let Some(commit) = commit {
            commit.wait().unwrap();
        }
        Ok(result)
    }

    /// Calls Access Analyzer: the method, the path and the query, and a body of JSON.
    pub fn rest(&self, who: &Credentials, at: (&str, &str, &str), body: &[u8]) -> Answer {
        let (method, path, query) = at;
        self.rest_from(who, (method, path, query), (path, query), body)
    }

    /// A call of Access Analyzer that was signed for another path and query than it is sent to.
    pub fn rest_elsewhere(
        &self,
        who: &Credentials,
        signed: (&str, &str),
        sent: (&str, &str),
        body: &[u8],
    ) -> Answer {
        self.rest_from(who, ("POST", signed.0, signed.1), sent, body)
    }

    fn rest_from(
        &self,
        who: &Credentials,
        (method, path, query): (&str, &str, &str),
        sent: (&str, &str),
        body: &[u8],
    ) -> Answer {
        let headers = [("content-type", "application/json")];
        let signed = self.signed_at(who, Api::AccessAnalyzer, (method, path, query), &headers, body);
        let incoming = Incoming {
            method,
            path: sent.0,
            query: sent.1,
            headers: &borrow(&signed.headers),
            body: &signed.body,
            peer: Ipv4Addr::new(203, 0, 113, 7).into(),
            tls: None,
        };
        self.handle(&incoming)
    }

    /// Signs a POST for `/`, to be sent from any thread.
    pub fn signed(&self, who: &Credentials, api: Api, headers: &Parameters<'_>, body: &[u8]) -> Signed {
        self.signed_at(who, api, ("POST", "/", ""), headers, body)
    }

    fn signed_at(
        &self,
        who: &Credentials,
        api: Api,
        (method, path, query): (&str, &str, &str),
        headers: &Parameters<'_>,
        body: &[u8],
    ) -> Signed {
        let region = "us-east-1";
        let host = format!("{}.{region}.example.com", api.signing_name());
        let mut sent: Vec<(String, String)> = vec![("host".to_owned(), host)];
        sent.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let signer = Signer {
            access_key_id: &who.access_key_id,
            secret: &who.secret,
            session_token: who.token.as_ref(),
            region,
            service: api.signing_name(),
            path: PathRule::SERVICE,
        };
        let borrowed = borrow(&sent);
        let request = Request {
            method,
            path,
            query,
            headers: &borrowed,
            body,
        };
        let added = signer.sign_headers(&request, self.now()).unwrap();
        sent.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value)),
        );
        sent.push(("user-agent".to_owned(), "test/1".to_owned()));
        Signed {
            headers: sent,
            body: body.to_vec(),
        }
    }

    /// Hands over a request as it is.
    pub fn handle(&self, incoming: &Incoming<'_>) -> Answer {
        answered(
            &self.service,
            incoming,
            self.now(),
            &mut *self.random.borrow_mut(),
        )
    }

    /// The audit records so far, oldest first.
    pub fn records(&self) -> Vec<Value> {
        let lines = self.records.0.lock().unwrap();
        lines
            .iter()
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    /// The newest audit record.
    pub fn last_record(&self) -> Value {
        let lines = self.records.0.lock().unwrap();
        serde_json::from_slice(lines.last().unwrap()).unwrap()
    }

    /// A user with an access key, made by `who`, allowed what the inline policy `document` says, if there is one.
    pub fn user(&self, who: &Credentials, name: &str, document: Option<&str>) -> Credentials {
        self.iam(who, "CreateUser", &[("UserName", name)]).ok();
        if let Some(document) = document {
            let parameters = [
                ("UserName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", document),
            ];
            self.iam(who, "PutUserPolicy", &parameters).ok();
        }
        self.iam(who, "CreateAccessKey", &[("UserName", name)])
            .credentials()
    }

    /// A role made by `who`, with an inline policy if there is one. Returns its ARN.
    pub fn role(&self, who: &Credentials, name: &str, trust: &str, document: Option<&str>) -> String {
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        let arn = self.iam(who, "CreateRole", &parameters).ok().text("Arn");
        if let Some(document) = document {
            let parameters = [
                ("RoleName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", document),
            ];
            self.iam(who, "PutRolePolicy", &parameters).ok();
        }
        arn
    }
}

/// A POST for `/`, signed if its operation is, to be sent from any thread and as often as you like.
#[derive(Clone)]
pub struct Signed {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Signed {
    /// The same head over another body.
    pub fn with_body(&self, body: &[u8]) -> Self {
        Self {
            headers: self.headers.clone(),
            body: body.to_vec(),
        }
    }

    /// Whether its head, without its body, announces a transaction of somebody known.
    pub fn announces_transaction(&self, service: &Service, now: Timestamp) -> bool {
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrow(&self.headers),
            body: &[],
            peer: Ipv4Addr::LOCALHOST.into(),
            tls: None,
        };
        service.announces_transaction(&incoming, now)
    }

    /// Whether it asks for a password to be hashed, as somebody known.
    pub fn hashes_password(&self, service: &Service, now: Timestamp) -> bool {
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrow(&self.headers),
            body: &self.body,
            peer: Ipv4Addr::LOCALHOST.into(),
            tls: None,
        };
        service.hashes_password(&incoming, || now)
    }

    /// Sends it over TLS and waits until its write is durable.
    pub fn answered(&self, service: &Service, now: Timestamp, random: &mut dyn Random) -> Answer {
        let (peer, tls) = (Ipv4Addr::new(203, 0, 113, 7), "TLSv1.3");
        self.answered_from(service, now, random, peer.into(), Some(tls))
    }

    /// The same from a place, with this version of TLS or none.
    pub fn answered_from(
        &self,
        service: &Service,
        now: Timestamp,
        random: &mut dyn Random,
        peer: IpAddr,
        tls: Option<&'static str>,
    ) -> Answer {
        let incoming = Incoming {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrow(&self.headers),
            body: &self.body,
            peer,
            tls: tls.map(|version| (version, "TLS_AES_128_GCM_SHA256")),
        };
        answered(service, &incoming, now, random)
    }
}

fn answered(service: &Service, incoming: &Incoming<'_>, now: Timestamp, random: &mut dyn Random) -> Answer {
    let outcome = service.handle(incoming, now, random);
    let reply = match outcome.commit.map(locum_service::Commit::wait) {
        None | Some(Ok(())) => outcome.reply,
        Some(Err(instead)) => instead,
    };
    let headers = reply
        .headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), v.clone().into_owned()));
    Answer {
        status: reply.status,
        headers: headers.collect(),
        body: reply.body,
    }
}

/// A request as a transaction contains it.
pub fn contained((service, action, parameters): &(&str, &str, Value)) -> Value {
    json!({ "Service": service, "Action": action, "Parameters": parameters })
}

fn credentials_of(key: &AccessKey) -> Credentials {
    Credentials {
        access_key_id: key.id.to_string(),
        secret: key.secret.clone(),
        token: None,
    }
}

fn borrow(headers: &[(String, String)]) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

fn form<'a>(parameters: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = parameters
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    pairs.join("&")
}

pub fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
