//! The real service behind a slow edge: what it stores is recorded, whoever is still there to be told.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use locum_directory::{AccessKey, KeyOwner, MemoryStore};
use locum_server::{
    Answer, Application, AuditFile, Config, Incoming, RotatePolicy, Running, ServiceApplication,
};
use locum_service::Service;
use locum_sigv4::{PathRule, Request, Signer};

use crate::{
    fixture::{Client, bind},
    real::{account, service},
};

const TRANSACTION: &str = r#"{"Requests":[{"Service":"iam","Action":"CreateUser","Parameters":{"UserName":"ada"}},{"Service":"iam","Action":"CreateUser","Parameters":{"UserName":"bob"}}]}"#;
const TAKES: Duration = Duration::from_millis(400);

/// A service that has decided long before it says so.
struct Slow {
    service: ServiceApplication,
    begun: AtomicUsize,
}

impl Application for Slow {
    fn call(&self, incoming: Incoming<'_>) -> Answer {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let answer = self.service.call(incoming);
        thread::sleep(TAKES);
        answer
    }

    fn is_long(&self, head: Incoming<'_>) -> bool {
        self.service.is_long(head)
    }

    fn ready(&self) -> bool {
        self.service.ready()
    }
}

struct Deployed {
    service: Arc<Service>,
    application: Arc<Slow>,
    key: Arc<AccessKey>,
    audit: PathBuf,
    running: Running,
    client: Client,
    _directory: tempfile::TempDir,
}

impl Deployed {
    fn start(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::recording(adjust, |path| {
            Arc::new(AuditFile::open(path, RotatePolicy::default()).unwrap())
        })
    }

    fn recording(adjust: impl FnOnce(&mut Config), open: impl FnOnce(&Path) -> Arc<AuditFile>) -> Self {
        let files = tempfile::tempdir().unwrap();
        let audit = files.path().join("audit.jsonl");
        let sink = open(&audit);
        let store = Arc::new(MemoryStore::new());
        let service = service(store, Timestamp::now(), Arc::clone(&sink));
        let snapshot = service.directory().snapshot();
        let key = snapshot.access_keys(KeyOwner::Root(account())).next().unwrap();
        let application = Arc::new(Slow {
            service: ServiceApplication::new(Arc::clone(&service), sink),
            begun: AtomicUsize::new(0),
        });
        let bound = bind(adjust);
        let client = Client::connect(bound.local_addr());
        Self {
            key: Arc::clone(key),
            service,
            audit,
            running: bound.start(Arc::clone(&application) as _).unwrap(),
            application,
            client,
            _directory: files,
        }
    }

    /// Sends the transaction, and returns when the service has it.
    fn send(&mut self) {
        let headers = [
            ("host", "sts.example.com"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Locum_20261122.ApplyTransaction"),
        ];
        let borrowed = headers.map(|(name, value)| (name, value.as_bytes()));
        let signer = Signer {
            access_key_id: &self.key.id.to_string(),
            secret: &self.key.secret,
            session_token: None,
            region: "us-east-1",
            service: "locum",
            path: PathRule::SERVICE,
        };
        let request = Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrowed,
            body: TRANSACTION.as_bytes(),
        };
        let added = signer.sign_headers(&request, Timestamp::now()).unwrap();
        let added = added.iter().map(|(name, value)| (*name, value.as_str()));
        let lines: String = headers
            .into_iter()
            .chain(added)
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let length = TRANSACTION.len();
        let text = format!("POST / HTTP/1.1\r\n{lines}content-length: {length}\r\n\r\n{TRANSACTION}");
        self.client.send(text.as_bytes());
        let began = Instant::now();
        while self.application.begun.load(Ordering::SeqCst) == 0 {
            assert!(began.elapsed() < Duration::from_secs(20));
            thread::yield_now();
        }
    }

    /// Stops, and returns the names of what was stored and what was recorded.
    fn stop(self) -> (Vec<String>, Vec<String>) {
        self.running.shutdown_handle().stop();
        self.running.wait();
        let snapshot = self.service.directory().snapshot();
        let stored: Vec<String> = snapshot
            .users(account(), None, "/")
            .map(|user| user.name.to_string())
            .collect();
        // As at the end of a process: the directory writes what is queued, and then nothing more is recorded.
        drop((self.application, self.service));
        let records = fs::read_to_string(&self.audit).unwrap();
        let names = records.lines().map(|line| {
            let (_, rest) = line.split_once(r#""eventName":""#).unwrap();
            rest.split('"').next().unwrap().to_owned()
        });
        (stored, names.collect())
    }
}

fn everything() -> (Vec<String>, Vec<String>) {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (
        texts(&["ada", "bob"]),
        texts(&["ApplyTransaction", "CreateUser", "CreateUser"]),
    )
}

#[test]
fn a_client_that_leaves_before_the_answer_is_recorded() {
    let mut deployed = Deployed::start(|_| {});
    deployed.send();
    deployed.client.stream.shutdown(std::net::Shutdown::Both).unwrap();
    thread::sleep(TAKES / 4);
    assert_eq!(deployed.stop(), everything());
}

#[test]
fn what_is_under_way_when_the_grace_ends_is_recorded() {
    let mut deployed = Deployed::start(|config| config.shutdown_grace = Duration::from_millis(1));
    deployed.send();
    assert_eq!(deployed.stop(), everything());
}

/// A pipe that nobody reads is a disk that hangs: what it cannot be told of is not done.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_done_while_the_audit_disk_hangs() {
    use std::{io::Read, process::Command};

    let mut sink = None;
    let mut deployed = Deployed::recording(
        |_| {},
        |path| {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
            let policy = RotatePolicy {
                queue: 2,
                ..RotatePolicy::default()
            };
            let file = Arc::new(AuditFile::open(path, policy).unwrap());
            // Longer than a pipe is.
            while file.record(&vec![b'x'; 128 * 1024]).is_ok() {}
            sink = Some(Arc::clone(&file));
            file
        },
    );
    let sink = sink.unwrap();
    deployed.send();
    assert_eq!(deployed.client.read().status, 503);
    assert!(!deployed.application.ready());
    let users = |deployed: &Deployed| {
        let snapshot = deployed.service.directory().snapshot();
        snapshot.users(account(), None, "/").count()
    };
    assert_eq!(users(&deployed), 0);

    let mut reader = fs::File::open(&deployed.audit).unwrap();
    thread::spawn(move || {
        let mut some = vec![0; 64 * 1024];
        while matches!(reader.read(&mut some), Ok(1..)) {}
    });
    while sink.is_failing() {
        thread::sleep(Duration::from_millis(5));
    }
    deployed.client = Client::connect(deployed.client.stream.peer_addr().unwrap());
    deployed.send();
    assert_eq!(deployed.client.read().status, 200);
    assert_eq!(users(&deployed), 2);
    assert!(deployed.application.ready());
    deployed.running.shutdown_handle().stop();
}
