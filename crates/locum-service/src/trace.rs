//! What is known of a call so far, for its audit record.
//!
//! A trace begins with the request and is told more at each step, so a call that ends early is recorded with all that
//! was established about it, and nothing that was only claimed.

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use jiff::Timestamp;
use locum_api::{
    ApiError,
    model::{Access, Operation, Service},
};
use locum_crypto::Uuid;
use locum_names::AccountId;
use serde_json::{Value, json};

use crate::{
    audit::{AuditRecord, Elements, Lines, Resource, TlsDetails, UserIdentity},
    authenticate::Authenticated,
    call::Notes,
    identifiers::Identifiers,
    incoming::Incoming,
};

/// How much of a text that a client chose is recorded, in bytes: whoever has no credentials must not fill the log with
/// one request.
const MAX_TEXT: usize = 1024;
/// As [`MAX_TEXT`], of the key id that a refused request claimed; the longest there can be.
const MAX_KEY_ID: usize = 128;

pub(crate) struct Trace {
    now: Timestamp,
    request_id: Uuid,
    event_id: Uuid,
    operation: Option<&'static Operation>,
    client: Client,
    who: Who,
    /// The region of a call that nobody signed.
    region: String,
    account: Option<AccountId>,
    other_account: Option<AccountId>,
    error: Option<(Cow<'static, str>, Option<String>)>,
    request_parameters: Option<Elements>,
    response_elements: Option<Elements>,
    more: Option<Elements>,
    resources: Vec<Resource>,
    /// The transaction that contains this request: the id of its record, and the place in it.
    transaction: Option<(Uuid, usize)>,
    /// The finished lines of the requests that this one contains.
    parts: Lines,
}

/// Where a request came from.
#[derive(Clone)]
struct Client {
    address: IpAddr,
    user_agent: Option<String>,
    tls: Option<TlsDetails>,
}

/// Who a record says called.
#[derive(Clone)]
enum Who {
    /// Nobody yet, with the key that a refused request claimed.
    Unknown(Option<String>),
    Caller(Arc<Authenticated>),
    /// Whom an identity provider vouched for.
    Vouched(Box<UserIdentity<'static>>),
}

impl Trace {
    pub(crate) fn begin(incoming: &Incoming<'_>, now: Timestamp, ids: &Identifiers) -> Self {
        let client = Client {
            address: incoming.peer.to_canonical(),
            user_agent: incoming.header("user-agent").map(|agent| cut(agent, MAX_TEXT)),
            tls: incoming.tls.map(|(version, cipher)| TlsDetails {
                tls_version: version,
                cipher_suite: cipher,
                client_provided_host_header: cut(incoming.header("host").unwrap_or_default(), MAX_TEXT),
            }),
        };
        Self::new(now, ids.request, ids.event, client)
    }

    const fn new(now: Timestamp, request_id: Uuid, event_id: Uuid, client: Client) -> Self {
        Self {
            now,
            request_id,
            event_id,
            operation: None,
            client,
            who: Who::Unknown(None),
            region: String::new(),
            account: None,
            other_account: None,
            error: None,
            request_parameters: None,
            response_elements: None,
            more: None,
            resources: Vec::new(),
            transaction: None,
            parts: Lines::none(),
        }
    }

    /// The trace of a request that this one contains, at `index`.
    pub(crate) fn part(&self, operation: &'static Operation, index: usize, event_id: Uuid) -> Self {
        let mut part = Self {
            operation: Some(operation),
            who: self.who.clone(),
            region: self.region.clone(),
            account: self.account,
            transaction: Some((self.event_id, index)),
            ..Self::new(self.now, self.request_id, event_id, self.client.clone())
        };
        part.notes(Notes::default());
        part
    }

    /// Keeps the lines of a request that this one contains.
    pub(crate) fn keep(&mut self, part: &Self) {
        self.parts.append(&part.lines());
    }

    /// Forgets what was kept: it did not happen.
    pub(crate) fn forget_parts(&mut self) {
        self.parts = Lines::none();
    }

    /// Tells which of the requests that this one contains made it fail.
    pub(crate) fn failed_at(&mut self, index: usize) {
        self.tell("requestIndex", index.into());
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn request_id(&self) -> &str {
        self.request_id.as_str()
    }

    /// The operation's name; `none` if there is none.
    pub(crate) const fn operation_name(&self) -> &'static str {
        match self.operation {
            Some(operation) => operation.name,
            None => "none",
        }
    }

    pub(crate) const fn operation(&mut self, operation: &'static Operation) {
        self.operation = Some(operation);
    }

    pub(crate) fn refused(&mut self, access_key_id: Option<String>) {
        // An earlier run may have known the caller.
        if let Who::Caller(authenticated) = &self.who {
            self.region.clone_from(&authenticated.region);
        }
        self.who = Who::Unknown(access_key_id.map(|id| cut(&id, MAX_KEY_ID)));
    }

    /// Whether it was never established who called.
    pub(crate) const fn is_of_stranger(&self) -> bool {
        self.account.is_none()
    }

    /// Tells of the strangers' requests before this one that have no record.
    pub(crate) fn left_out(&mut self, count: u64) {
        self.tell("refusedWithoutRecord", count.into());
    }

    pub(crate) fn caller(&mut self, authenticated: Arc<Authenticated>) {
        self.account = Some(authenticated.caller.account);
        self.who = Who::Caller(authenticated);
    }

    /// The region of the host of a call that nobody signed.
    pub(crate) fn region(&mut self, region: &str) {
        region.clone_into(&mut self.region);
    }

    pub(crate) fn notes(&mut self, notes: Notes) {
        if let Some((identity, account)) = notes.vouched {
            self.who = Who::Vouched(Box::new(identity));
            self.account = Some(account);
        }
        self.more = notes.additional_event_data;
        self.resources = notes.resources;
        self.request_parameters = notes.request_parameters;
        self.response_elements = notes.response_elements;
        self.other_account = notes.other_account.filter(|other| Some(*other) != self.account);
        if let Some((event_id, index)) = &self.transaction {
            let transaction = json!({ "eventID": event_id.as_str(), "requestIndex": index });
            self.tell("transaction", transaction);
        }
    }

    /// Tells why the call was denied.
    pub(crate) fn explain(&mut self, reason: &str) {
        let more = self.more.get_or_insert_default();
        more.add_json("authorization", reason);
    }

    /// Adds to what CloudTrail has no field for.
    fn tell(&mut self, name: &str, value: Value) {
        self.more.get_or_insert_default().add(name, &value);
    }

    pub(crate) fn fail(&mut self, error: &ApiError) {
        let message = error.message.as_deref().map(|text| cut(text, MAX_TEXT));
        self.error = Some((error.code.clone(), message));
        self.response_elements = None;
    }

    /// The finished lines: its own, a second one for the other account of a call that succeeded (`facts: sts §10`), and those
    /// of the requests it contains. Its own comes first: it tells how many follow, should any of them be lost.
    pub(crate) fn lines(&self) -> Lines {
        let mut lines = Lines::new();
        match &self.who {
            Who::Unknown(claimed) => {
                self.add_own(&mut lines, &UserIdentity::unknown(claimed.as_deref()));
            }
            Who::Caller(authenticated) => {
                self.add_own(&mut lines, &authenticated.caller.user_identity());
            }
            Who::Vouched(identity) => self.add_own(&mut lines, identity),
        }
        lines.append(&self.parts);
        lines
    }

    fn add_own(&self, lines: &mut Lines, identity: &UserIdentity<'_>) {
        let own = self.record(identity);
        let Some(other) = self.other_account.filter(|_| self.error.is_none()) else {
            lines.add(&own);
            return;
        };
        let own = AuditRecord {
            shared_event_id: Some(self.event_id.as_str()),
            ..own
        };
        let theirs = AuditRecord {
            recipient_account_id: Some(other),
            event_id: &second_id(self.event_id.as_str()),
            user_identity: &UserIdentity {
                kind: "AWSAccount",
                principal_id: identity.principal_id.clone(),
                account_id: identity.account_id,
                ..UserIdentity::default()
            },
            ..own
        };
        lines.add(&own);
        lines.add(&theirs);
    }

    fn record<'t>(&'t self, user_identity: &'t UserIdentity<'t>) -> AuditRecord<'t> {
        let error = self.error.as_ref();
        AuditRecord {
            user_identity,
            event_time: self.now,
            event_source: event_source(self.operation.map_or(Service::Sts, |operation| operation.service)),
            event_name: self.operation.map_or("Unknown", |operation| operation.name),
            aws_region: match &self.who {
                Who::Caller(authenticated) => &authenticated.region,
                Who::Unknown(_) | Who::Vouched(_) => &self.region,
            },
            source_ip_address: self.client.address,
            user_agent: self.client.user_agent.as_deref(),
            error_code: error.map(|(code, _)| &**code),
            error_message: error.and_then(|(_, message)| message.as_deref()),
            request_parameters: self.request_parameters.as_ref(),
            response_elements: self.response_elements.as_ref(),
            additional_event_data: self.more.as_ref(),
            resources: &self.resources,
            request_id: self.request_id.as_str(),
            event_id: self.event_id.as_str(),
            read_only: self.operation.is_none_or(is_read_only),
            recipient_account_id: self.account,
            shared_event_id: None,
            tls_details: self.client.tls.as_ref(),
        }
    }
}

/// The service's name in the records.
const fn event_source(service: Service) -> &'static str {
    match service {
        Service::Sts => "sts.amazonaws.com",
        Service::Iam => "iam.amazonaws.com",
        Service::Organizations => "organizations.amazonaws.com",
        Service::Locum => "locum",
        Service::AccessAnalyzer => "access-analyzer.amazonaws.com",
    }
}

/// CloudTrail counts AssumeRole as reading, and these three as not (`facts: sts §10`).
fn is_read_only(operation: &Operation) -> bool {
    !matches!(
        operation.name,
        "AssumeRoot" | "GetFederationToken" | "GetSessionToken"
    ) && operation.access == Access::Read
}

/// The beginning of a text.
fn cut(text: &str, most: usize) -> String {
    text.get(..text.floor_char_boundary(most))
        .unwrap_or_default()
        .to_owned()
}

/// A second id that differs from the first: its first digit turned.
fn second_id(id: &str) -> String {
    let mut chars = id.chars();
    let turned = chars
        .next()
        .and_then(|c| c.to_digit(16))
        .and_then(|d| char::from_digit(15 - d, 16));
    turned.into_iter().chain(chars).collect()
}
