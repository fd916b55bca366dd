//! What is known of a call so far, for its audit record.
//!
//! A trace begins with the request and is told more at each step, so a call that ends early is recorded with all that
//! was established about it, and nothing that was only claimed.

use jiff::Timestamp;
use locum_api::{
    ApiError,
    model::{Access, Operation, Service},
};
use locum_names::AccountId;
use serde_json::{Value, json};

use crate::{
    audit::{AuditRecord, TlsDetails, UserIdentity},
    call::Notes,
    caller::Caller,
    denial::Denial,
    incoming::Incoming,
};

/// How much of a text that a client chose is recorded, in bytes: whoever has no credentials must not fill the log with
/// one request.
const MAX_TEXT: usize = 1024;
/// As [`MAX_TEXT`], of the key id that a refused request claimed; the longest there can be.
const MAX_KEY_ID: usize = 128;

pub(crate) struct Trace {
    record: AuditRecord,
    operation: &'static str,
    account: Option<AccountId>,
    other_account: Option<AccountId>,
    shared_id: String,
    failed: bool,
    /// The transaction that contains this request: the id of its record, and the place in it.
    transaction: Option<(String, usize)>,
    /// The finished lines of the requests that this one contains.
    parts: Vec<Vec<u8>>,
}

impl Trace {
    pub(crate) fn begin(
        incoming: &Incoming<'_>,
        now: Timestamp,
        request_id: String,
        event_id: String,
    ) -> Self {
        let shared_id = event_id.clone();
        let mut record = AuditRecord::new(UserIdentity::unknown(None), now, request_id, event_id);
        record.source_ip_address = incoming.peer.to_canonical().to_string();
        record.user_agent = incoming.header("user-agent").map(|agent| cut(agent, MAX_TEXT));
        record.tls_details = incoming.tls.map(|(version, cipher)| TlsDetails {
            tls_version: version.to_owned(),
            cipher_suite: cipher.to_owned(),
            client_provided_host_header: cut(incoming.header("host").unwrap_or_default(), MAX_TEXT),
        });
        record.event_source = event_source(Service::Sts);
        "Unknown".clone_into(&mut record.event_name);
        Self {
            record,
            operation: "none",
            account: None,
            other_account: None,
            shared_id,
            failed: false,
            transaction: None,
            parts: Vec::new(),
        }
    }

    /// The trace of a request that this one contains, at `index`.
    pub(crate) fn part(&self, operation: &'static Operation, index: usize, event_id: String) -> Self {
        let mut part = Self {
            record: self.record.clone(),
            operation: self.operation,
            account: self.account,
            other_account: None,
            shared_id: event_id.clone(),
            failed: false,
            transaction: Some((self.record.event_id.clone(), index)),
            parts: Vec::new(),
        };
        part.record.event_id = event_id;
        part.operation(operation);
        part.notes(Notes::default());
        part
    }

    /// Keeps the lines of a request that this one contains.
    pub(crate) fn keep(&mut self, part: &mut Self) {
        self.parts.append(&mut part.lines());
    }

    /// Forgets what was kept: it did not happen.
    pub(crate) fn forget_parts(&mut self) {
        self.parts = Vec::new();
    }

    /// Tells which of the requests that this one contains made it fail.
    pub(crate) fn failed_at(&mut self, index: usize) {
        self.tell("requestIndex", index.into());
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.record.event_time
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.record.request_id
    }

    pub(crate) const fn operation_name(&self) -> &'static str {
        self.operation
    }

    pub(crate) fn operation(&mut self, operation: &'static Operation) {
        self.operation = operation.name;
        operation.name.clone_into(&mut self.record.event_name);
        self.record.event_source = event_source(operation.service);
        self.record.read_only = is_read_only(operation);
    }

    pub(crate) fn refused(&mut self, access_key_id: Option<String>) {
        let claimed = access_key_id.map(|id| cut(&id, MAX_KEY_ID));
        self.record.user_identity = UserIdentity::unknown(claimed);
    }

    /// Whether it was never established who called.
    pub(crate) const fn is_of_stranger(&self) -> bool {
        self.account.is_none()
    }

    /// Tells of the strangers' requests before this one that have no record.
    pub(crate) fn left_out(&mut self, count: u64) {
        self.tell("refusedWithoutRecord", count.into());
    }

    pub(crate) fn caller(&mut self, caller: &Caller, region: &str) {
        self.record.user_identity = caller.user_identity();
        self.account = Some(caller.account);
        self.record.recipient_account_id = Some(caller.account.to_string());
        region.clone_into(&mut self.record.aws_region);
    }

    /// The region of a call that nobody signed.
    pub(crate) fn region(&mut self, region: &str) {
        region.clone_into(&mut self.record.aws_region);
    }

    pub(crate) fn notes(&mut self, notes: Notes) {
        if let Some((identity, account)) = notes.vouched {
            self.record.user_identity = identity;
            self.account = Some(account);
            self.record.recipient_account_id = Some(account.to_string());
        }
        self.record.additional_event_data = notes.additional_event_data;
        self.record.resources = notes.resources;
        self.record.request_parameters = notes.request_parameters;
        self.record.response_elements = notes.response_elements;
        self.other_account = notes.other_account.filter(|other| Some(*other) != self.account);
        if let Some((event_id, index)) = &self.transaction {
            let transaction = json!({ "eventID": event_id, "requestIndex": index });
            self.tell("transaction", transaction);
        }
    }

    pub(crate) fn explain(&mut self, denial: &Denial) {
        self.tell("authorization", denial.reason.clone());
    }

    /// Adds to what CloudTrail has no field for.
    fn tell(&mut self, name: &str, value: Value) {
        let more = self.record.additional_event_data.get_or_insert_with(|| json!({}));
        if let Some(more) = more.as_object_mut() {
            more.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn fail(&mut self, error: &ApiError) {
        self.failed = true;
        self.record.error_code = Some(error.code.to_string());
        self.record.error_message = error.message.as_deref().map(|text| cut(text, MAX_TEXT));
        self.record.response_elements = None;
    }

    /// The finished lines: its own, a second one for the other account of a call that succeeded (`facts: sts §10`), and those
    /// of the requests it contains. Its own comes first: it tells how many follow, should any of them be lost.
    pub(crate) fn lines(&mut self) -> Vec<Vec<u8>> {
        let mut lines = self.own_lines();
        lines.append(&mut self.parts);
        lines
    }

    fn own_lines(&self) -> Vec<Vec<u8>> {
        let Some(other) = self.other_account.filter(|_| !self.failed) else {
            return vec![self.record.to_line()];
        };
        let mut own = self.record.clone();
        own.shared_event_id = Some(self.shared_id.clone());
        let mut theirs = own.clone();
        theirs.recipient_account_id = Some(other.to_string());
        theirs.event_id = second_id(&self.shared_id);
        theirs.user_identity = UserIdentity {
            kind: "AWSAccount",
            principal_id: own.user_identity.principal_id.clone(),
            account_id: own.user_identity.account_id.clone(),
            ..UserIdentity::default()
        };
        vec![own.to_line(), theirs.to_line()]
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
