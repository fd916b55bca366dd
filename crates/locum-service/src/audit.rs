//! The record of a call, in CloudTrail's format (`facts: sts §10`), so that whatever reads CloudTrail reads locum.
//!
//! Every call leaves one record in the caller's account, denied and failed ones too; an AssumeRole across accounts leaves a
//! second one in the role's account with the same `sharedEventID`. Secrets have no way in: a record is made of values
//! that the service chose one by one. What a denial's sealed message hides from the caller stands here in clear.

mod elements;
mod identity;

pub use elements::elements;
pub use identity::{
    Delegate, SessionAttributes, SessionContext, SessionIssuer, UserIdentity, WebIdFederationData,
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Receives one finished record: a line of JSON without its line end.
pub trait AuditSink: Send + Sync {
    /// Takes the record. What cannot be recorded is not answered: the caller then gets an error and no credentials.
    ///
    /// # Errors
    /// `Unrecorded` if the record is lost.
    fn record(&self, line: Vec<u8>) -> Result<(), Unrecorded>;
}

/// A record that could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit record could not be kept")]
pub struct Unrecorded;

/// One record.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    event_version: &'static str,
    /// Who called.
    pub user_identity: UserIdentity,
    /// When, to the second.
    #[serde(serialize_with = "whole_seconds")]
    pub event_time: Timestamp,
    /// Such as `sts.amazonaws.com`.
    pub event_source: &'static str,
    /// The operation; `Unknown` when the request names none that exists.
    pub event_name: String,
    /// The region of the credential scope.
    pub aws_region: String,
    /// The address of the peer.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: String,
    /// The client's name for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The error's code, of a call that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The error's message, of a call that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The parameters, secrets left out.
    pub request_parameters: Option<Value>,
    /// The result, secrets left out.
    pub response_elements: Option<Value>,
    /// What CloudTrail has no field for, such as why a call was denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_event_data: Option<Value>,
    /// The resources that the call concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// The request id that the reply carries.
    #[serde(rename = "requestID")]
    pub request_id: String,
    /// The id of this record.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// Whether CloudTrail counts the operation as one that only reads.
    pub read_only: bool,
    event_type: &'static str,
    management_event: bool,
    /// The account whose trail the record belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_account_id: Option<String>,
    /// Shared by the two records of one cross-account call.
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    pub shared_event_id: Option<String>,
    event_category: &'static str,
    /// How the connection was protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_details: Option<TlsDetails>,
}

/// A resource that a call concerned.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// Its account.
    pub account_id: String,
    /// Such as `AWS::IAM::Role`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// How a connection was protected.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsDetails {
    /// Such as `TLSv1.3`.
    pub tls_version: String,
    /// The suite's name.
    pub cipher_suite: String,
    /// The `Host` header.
    pub client_provided_host_header: String,
}

impl AuditRecord {
    /// A record of a call by `user_identity` that has neither parameters nor an outcome yet.
    #[must_use]
    pub fn new(
        user_identity: UserIdentity,
        event_time: Timestamp,
        request_id: String,
        event_id: String,
    ) -> Self {
        Self {
            event_version: "1.11",
            user_identity,
            event_time,
            event_source: "",
            event_name: String::new(),
            aws_region: String::new(),
            source_ip_address: String::new(),
            user_agent: None,
            error_code: None,
            error_message: None,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            resources: Vec::new(),
            request_id,
            event_id,
            read_only: true,
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: None,
            shared_event_id: None,
            event_category: "Management",
            tls_details: None,
        }
    }

    /// The record as one line of JSON.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        // INVARIANT: every field is text, a number or JSON already, which cannot fail to serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn whole_seconds<S: serde::Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let seconds = Timestamp::from_second(time.as_second()).unwrap_or(*time);
    serializer.collect_str(&seconds)
}

/// An expiry as CloudTrail prints it in `responseElements`: `Jul 9, 2024, 4:41:37 PM` (`facts: sts §10`).
#[must_use]
pub fn expiration_text(time: Timestamp) -> String {
    time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}
