//! The way of a request: read, authenticate, perform, record.

mod problem;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use locum_api::{
    ApiError, Format, access_analyzer,
    model::{Access, Service as ApiService},
    operation_for_target,
};
use locum_crypto::{Random, RotationSchedule, SigningError};
use locum_directory::{Changes, Directory, Snapshot, WriteError};
use locum_federation::oidc::KeyCache;
use locum_sigv4::SigningKeyCache;
use memchr::memmem;

use crate::{
    asked::Asked,
    attempt::{Answered, Attempt, Credentials},
    audit::{AuditSink, Lines},
    authenticate::Authenticator,
    carried::Carried,
    commit::{Commit, record_all},
    credential_reports, delegation,
    identifiers::Identifiers,
    incoming::{Incoming, Reply},
    known_time::KnownTime,
    last_uses::LastUses,
    outbound::{self, Issuers},
    redeemed,
    reply::{conflict, failure, success, with_ids},
    rings::{DamagedRing, Rings},
    route::is_transaction,
    settings::Settings,
    strangers::Strangers,
    trace::Trace,
    transaction::Transaction,
};

pub use problem::AUTHORIZATION_MESSAGE_HEADER;
pub(crate) use problem::Problem;

/// The operations that hash passwords.
const HASHING: [&str; 3] = ["ChangePassword", "CreateLoginProfile", "UpdateLoginProfile"];

/// The service: one value, shared by every thread that serves.
pub struct Service {
    pub(crate) settings: Settings,
    directory: Arc<Directory>,
    rings: ArcSwap<Rings>,
    pub(crate) signing_keys: SigningKeyCache,
    pub(crate) issuers: Issuers,
    pub(crate) last_uses: LastUses,
    audit: Arc<dyn AuditSink>,
    strangers: Strangers,
    identity_keys: Arc<KeyCache>,
    pub(crate) known_time: KnownTime,
    /// Whose turn it is to decide a transaction.
    transactions: Mutex<()>,
}

/// A reply, and the write it must wait for.
pub struct Outcome {
    /// What to send once `commit` is settled.
    pub reply: Reply,
    /// The write that must be durable first.
    pub commit: Option<Commit>,
}

/// Why a service could not be made, or what it does every minute not be done.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A stored key ring is damaged.
    #[error(transparent)]
    Ring(#[from] DamagedRing),
    /// A write of the service's own did not come about.
    #[error("what the service itself keeps (keys, last uses, what has expired) could not be stored: {0}")]
    Store(String),
    /// A key of an issuer could not be made.
    #[error("a key of an issuer could not be made: {0}")]
    Signing(#[from] SigningError),
}

impl Service {
    /// A service over a directory; makes and stores the key rings on first start.
    ///
    /// # Errors
    /// [`StartError`] if a ring is damaged or cannot be stored.
    pub fn new(
        settings: Settings,
        directory: Arc<Directory>,
        audit: Arc<dyn AuditSink>,
        now: Timestamp,
        schedule: &RotationSchedule,
        random: &mut dyn Random,
    ) -> Result<Self, StartError> {
        // Before times of a clock that was ahead are brought back.
        let known_time = KnownTime::of(&directory.snapshot(), schedule)?;
        rotate(&directory, now, schedule, random)?;
        let rings = Rings::of(&directory.snapshot())?
            .ok_or_else(|| StartError::Store("the key rings are not there".to_owned()))?;
        Ok(Self {
            settings,
            directory,
            rings: ArcSwap::from_pointee(rings),
            signing_keys: SigningKeyCache::default(),
            issuers: Issuers::default(),
            last_uses: LastUses::default(),
            audit,
            strangers: Strangers::default(),
            identity_keys: Arc::default(),
            known_time,
            transactions: Mutex::default(),
        })
    }

    /// Prepares, activates and retires keys as their schedule has it, those of issuers too, forgets redeemed assertions,
    /// delegation requests and credential reports that have expired, and stores when keys and roles were last used. Call it every minute, where a second more does not matter: an issuer's next key is made here.
    ///
    /// # Errors
    /// [`StartError`]; the keys in use stay in use.
    pub fn rotate(
        &self,
        now: Timestamp,
        schedule: &RotationSchedule,
        random: &mut dyn Random,
    ) -> Result<(), StartError> {
        self.known_time.see(now);
        // Whatever becomes of the keys.
        let stored = self.store_last_uses();
        rotate(&self.directory, now, schedule, random)?;
        if let Some(rings) = Rings::of(&self.directory.snapshot())? {
            self.rings.store(Arc::new(rings));
        }
        outbound::rotate(&self.directory, now, schedule)?;
        redeemed::forget(&self.directory, now)?;
        delegation::forget(&self.directory, now)?;
        credential_reports::forget(&self.directory, now)?;
        stored
    }

    /// Stores when keys and roles were last used. [`rotate`](Self::rotate) and [`finish`](Self::finish) do it too.
    ///
    /// # Errors
    /// [`StartError::Store`]; what was not stored is still remembered.
    pub fn store_last_uses(&self) -> Result<(), StartError> {
        self.last_uses.flush(&self.directory)
    }

    /// Stores when keys and roles were last used, and waits until the fate of every write is known and recorded: also of those whose
    /// clients are gone, or were not waited for. Call it when no more requests come, and before the audit log is closed.
    ///
    /// # Errors
    /// As those of [`store_last_uses`](Self::store_last_uses).
    pub fn finish(&self) -> Result<(), StartError> {
        let stored = self.store_last_uses();
        self.directory.settle();
        stored
    }

    /// Waits until no other transaction is being decided. Held, it holds up other transactions and nothing else.
    pub(crate) fn transaction_turn(&self) -> MutexGuard<'_, ()> {
        // There is nothing behind it that a panic could leave half done.
        self.transactions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the operator decided.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The directory behind it.
    #[must_use]
    pub const fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// The keys of OpenID Connect issuers: read here, fetched by whoever runs the service.
    #[must_use]
    pub const fn identity_keys(&self) -> &Arc<KeyCache> {
        &self.identity_keys
    }

    /// Answers one request.
    pub fn handle(&self, incoming: &Incoming<'_>, now: Timestamp, random: &mut dyn Random) -> Outcome {
        let asked = Asked::read(incoming);
        self.respond(incoming, asked, Credentials::Signature, now, random)
    }

    /// Whether the head of a request announces a transaction and claims a key that is in use here: such a request may be longer,
    /// and takes longer, than others. The body is not looked at; whether the key's holder sent it is for [`handle`](Self::handle)
    /// to find out.
    pub fn announces_transaction(&self, head: &Incoming<'_>, now: Timestamp) -> bool {
        let operation = head.header("x-amz-target").map(operation_for_target);
        if !matches!(operation, Some(Ok(operation)) if is_transaction(operation)) {
            return false;
        }
        self.knows(head, ApiService::Locum, now)
    }

    /// Whether a whole request asks for a password to be hashed, which takes tenths of a second, and claims a key that is in use
    /// here. Whether the key's holder sent it is for [`handle`](Self::handle) to find out.
    pub fn hashes_password(&self, incoming: &Incoming<'_>, now: impl FnOnce() -> Timestamp) -> bool {
        // Most requests are for STS, and need not be read twice: a signature in the headers names the service.
        let signed_for_iam = incoming.header("authorization").map_or_else(
            || !incoming.query.is_empty(),
            |signature| memmem::find(signature.as_bytes(), b"/iam/aws4_request").is_some(),
        );
        signed_for_iam
            && Asked::read(incoming).is_ok_and(|asked| HASHING.contains(&asked.operation.name))
            && self.knows(incoming, ApiService::Iam, now())
    }

    /// Whether a request claims a key that is in use here.
    fn knows(&self, incoming: &Incoming<'_>, service: ApiService, now: Timestamp) -> bool {
        let authenticator = Authenticator {
            settings: &self.settings,
            snapshot: &self.directory.snapshot(),
            ring: &self.rings.load().session,
            keys: &self.signing_keys,
            now,
        };
        authenticator.knows(&incoming.signed(), service)
    }

    /// Answers a request that was read, and records it.
    pub(crate) fn respond(
        &self,
        incoming: &Incoming<'_>,
        asked: Result<Asked, ApiError>,
        credentials: Credentials,
        now: Timestamp,
        random: &mut dyn Random,
    ) -> Outcome {
        let ids = Identifiers::draw(now, random);
        let mut trace = Trace::begin(incoming, now, &ids);
        let format = incoming.header("accept").map_or(Format::Xml, Format::from_accept);
        let service = asked
            .as_ref()
            .map_or_else(|_| spoken(incoming), |asked| asked.operation.service);
        let answered = asked.map_err(Problem::Api).map_or_else(
            |problem| (Err(problem), None),
            |asked| self.answer(incoming, &asked, credentials, &mut trace, format, random),
        );
        let (reply, pending) = match answered {
            (Ok(answered), pending) => (success(answered, trace.operation_name()), pending),
            (Err(problem), pending) => (
                self.problem(problem, service, &mut trace, format, random),
                pending,
            ),
        };
        let recorded = self.is_recorded(&mut trace);
        let lines = if recorded { trace.lines() } else { Lines::none() };
        let reply = with_ids(reply, &ids);
        // What is answered when the write or its record is lost: made only when it may be needed.
        let instead = |mut trace: Trace| {
            let error = ApiError::service_unavailable();
            trace.fail(&error);
            trace.forget_parts();
            let reply = failure(
                service,
                &error,
                trace.request_id(),
                format,
                trace.operation_name(),
            );
            (with_ids(reply, &ids), trace.lines())
        };
        match pending {
            None => {
                // Credentials that no record tells of are not given out.
                let recorded = record_all(&*self.audit, &lines);
                let reply = recorded.map_or_else(|_| instead(trace).0, |()| reply);
                Outcome { reply, commit: None }
            }
            Some(pending) => {
                let (instead, failed) = instead(trace);
                let commit = Commit::new(pending, Arc::clone(&self.audit), lines, failed, instead);
                Outcome {
                    reply,
                    commit: Some(commit),
                }
            }
        }
    }

    /// Decides a request, and once more if it asks for changes: writers run one at a time, so only what may write
    /// reaches their queue, and there the newest state, which has the writes that are not on disk yet, decides.
    ///
    /// A verdict may stand on a write too: a wrong code is answered once it is counted (`facts: security §1.7`).
    fn answer(
        &self,
        incoming: &Incoming<'_>,
        asked: &Asked,
        credentials: Credentials,
        trace: &mut Trace,
        format: Format,
        random: &mut dyn Random,
    ) -> (Result<Answered, Problem>, Option<locum_directory::Pending>) {
        let rings = self.rings.load();
        let mut attempt = Attempt {
            service: self,
            incoming,
            asked,
            rings: &rings,
            format,
            credentials,
            carried: Carried::default(),
        };
        trace.operation(asked.operation);
        if is_transaction(asked.operation) {
            return Transaction::new(attempt).answer(&self.directory, trace, random);
        }
        let first = attempt.run(&self.directory.snapshot(), trace, random);
        let writes = asked.operation.access == Access::Write && first.answered.is_ok();
        if !writes && first.asks_for_nothing() {
            return (first.answered, None);
        }
        if let Err(problem) = self.may_write() {
            return (Err(problem), None);
        }
        let written = self.directory.write(|newest| {
            let run = attempt.run(newest, trace, random);
            match run.answered {
                Err(problem) if run.kept.is_empty() => Err(problem),
                Err(problem) => Ok((Err(problem), run.kept)),
                Ok(answered) => Ok((Ok(answered), run.kept.and(run.changes))),
            }
        });
        match written {
            Ok((answered, pending)) => (answered, Some(pending)),
            Err(WriteError::Refused(problem)) => (Err(problem), None),
            Err(WriteError::Change(_)) => (Err(conflict(asked.operation.service).into()), None),
            Err(WriteError::Busy | WriteError::Closed) => (Err(ApiError::service_unavailable().into()), None),
        }
    }

    /// Refuses a write that no record could tell of: undoing it is not possible, so it must not be begun.
    pub(crate) fn may_write(&self) -> Result<(), Problem> {
        if self.audit.is_failing() {
            return Err(ApiError::service_unavailable().into());
        }
        Ok(())
    }

    /// Whether a finished call leaves a record: all do but those of strangers that there is no room for.
    fn is_recorded(&self, trace: &mut Trace) -> bool {
        if !trace.is_of_stranger() {
            return true;
        }
        let left_out = self.strangers.admit(trace.now());
        if let Some(count @ 1..) = left_out {
            trace.left_out(count);
        }
        left_out.is_some()
    }
}

fn rotate(
    directory: &Directory,
    now: Timestamp,
    schedule: &RotationSchedule,
    random: &mut dyn Random,
) -> Result<(), StartError> {
    store(directory, |newest| Ok(Rings::due(newest, now, schedule, random)?))
}

/// Makes a write of the service's own, decided on the newest state, and waits until it is durable.
///
/// # Errors
/// What `decide` returns, or `StartError::Store`.
pub(crate) fn store(
    directory: &Directory,
    decide: impl FnOnce(&Snapshot) -> Result<Changes, StartError>,
) -> Result<(), StartError> {
    let written = directory.write(|newest| decide(newest).map(|changes| ((), changes)));
    let ((), pending) = written.map_err(|error| match error {
        WriteError::Refused(refused) => refused,
        other @ (WriteError::Change(_) | WriteError::Busy | WriteError::Closed) => {
            StartError::Store(other.to_string())
        }
    })?;
    let durable = pending.wait();
    durable
        .map(|_| ())
        .map_err(|error| StartError::Store(error.to_string()))
}

/// In whose words a request is refused that asks for no operation: a target is AWS JSON, which Organizations speaks.
fn spoken(incoming: &Incoming<'_>) -> ApiService {
    if access_analyzer::is_path(incoming.path) {
        return ApiService::AccessAnalyzer;
    }
    match incoming.header("x-amz-target") {
        Some(_) => ApiService::Organizations,
        None => ApiService::Sts,
    }
}
