//! The record of a call, in CloudTrail's format (`facts: sts §10`), so that whatever reads CloudTrail reads locum.
//!
//! Every call leaves one record in the caller's account, denied and failed ones too; an AssumeRole across accounts leaves a
//! second one in the role's account with the same `sharedEventID`. Secrets have no way in: a record is made of values
//! that the service chose one by one. What a denial's sealed message hides from the caller stands here in clear.

mod elements;
mod identity;
pub(crate) mod json;
mod lines;

pub use elements::{Elements, Shown};
pub use identity::{
    Delegate, SessionAttributes, SessionContext, SessionIssuer, UserIdentity, WebIdFederationData,
};
pub(crate) use lines::Lines;

use std::{cell::RefCell, fmt::Write as _, net::IpAddr};

use jiff::Timestamp;
use locum_api::{push_instant, two_digits};
use locum_names::AccountId;

use crate::clock::{LastText, instant, push_now};
use json::{Object, name};

/// Receives one finished record: a line of JSON without its line end.
pub trait AuditSink: Send + Sync {
    /// Takes the record. What cannot be recorded is not answered: the caller then gets an error and no credentials.
    ///
    /// # Errors
    /// `Unrecorded` if the record is lost.
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded>;

    /// Takes a record that was just refused, of what has happened and cannot be undone, to be written if that is ever possible.
    fn keep(&self, line: &[u8]) {
        let _ = line;
    }

    /// Whether records are known to be lost now. What cannot be recorded is not done either: no write is begun meanwhile.
    fn is_failing(&self) -> bool {
        false
    }
}

/// A record that could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit record could not be kept")]
pub struct Unrecorded;

/// One record, of parts that others keep.
#[derive(Debug, Clone, Copy)]
pub struct AuditRecord<'a> {
    /// Who called.
    pub user_identity: &'a UserIdentity<'a>,
    /// When, to the second.
    pub event_time: Timestamp,
    /// Such as `sts.amazonaws.com`.
    pub event_source: &'static str,
    /// The operation; `Unknown` when the request names none that exists.
    pub event_name: &'static str,
    /// The region of the credential scope.
    pub aws_region: &'a str,
    /// The address of the peer.
    pub source_ip_address: IpAddr,
    /// The client's name for itself.
    pub user_agent: Option<&'a str>,
    /// The error's code, of a call that failed.
    pub error_code: Option<&'a str>,
    /// The error's message, of a call that failed.
    pub error_message: Option<&'a str>,
    /// The parameters, secrets left out.
    pub request_parameters: Option<&'a Elements>,
    /// The result, secrets left out.
    pub response_elements: Option<&'a Elements>,
    /// What CloudTrail has no field for, such as why a call was denied.
    pub additional_event_data: Option<&'a Elements>,
    /// The resources that the call concerned.
    pub resources: &'a [Resource],
    /// The request id that the reply carries.
    pub request_id: &'a str,
    /// The id of this record.
    pub event_id: &'a str,
    /// Whether CloudTrail counts the operation as one that only reads.
    pub read_only: bool,
    /// The account whose trail the record belongs to.
    pub recipient_account_id: Option<AccountId>,
    /// Shared by the two records of one cross-account call.
    pub shared_event_id: Option<&'a str>,
    /// How the connection was protected.
    pub tls_details: Option<&'a TlsDetails>,
}

/// A resource that a call concerned.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account_id: AccountId,
    /// Such as `AWS::IAM::Role`.
    pub kind: &'static str,
}

/// How a connection was protected.
#[derive(Debug, Clone)]
pub struct TlsDetails {
    /// Such as `TLSv1.3`.
    pub tls_version: &'static str,
    /// The suite's name.
    pub cipher_suite: &'static str,
    /// The `Host` header.
    pub client_provided_host_header: String,
}

impl AuditRecord<'_> {
    /// Writes the record's members.
    fn write(&self, record: &mut Object<'_>) {
        record.constant(r#","eventVersion":"1.11""#);
        record.object(name!("userIdentity"), |identity| {
            self.user_identity.write(identity)
        });
        let time = record.member(name!("eventTime"));
        time.push('"');
        push_now(time, self.event_time);
        time.push('"');
        record.plain(name!("eventSource"), self.event_source);
        record.plain(name!("eventName"), self.event_name);
        record.text(name!("awsRegion"), self.aws_region);
        write_address(record.member(name!("sourceIPAddress")), self.source_ip_address);
        record.perhaps(name!("userAgent"), self.user_agent);
        record.perhaps(name!("errorCode"), self.error_code);
        record.perhaps(name!("errorMessage"), self.error_message);
        record.raw(name!("requestParameters"), or_null(self.request_parameters));
        record.raw(name!("responseElements"), or_null(self.response_elements));
        if let Some(more) = self.additional_event_data {
            record.raw(name!("additionalEventData"), more.json());
        }
        if !self.resources.is_empty() {
            record.list(name!("resources"), self.resources, |out, resource| {
                Object::write(out, |object| {
                    object.text(name!("ARN"), &resource.arn);
                    write_account(object.member(name!("accountId")), resource.account_id);
                    object.plain(name!("type"), resource.kind);
                });
            });
        }
        record.text(name!("requestID"), self.request_id);
        record.text(name!("eventID"), self.event_id);
        record.constant(if self.read_only {
            r#","readOnly":true,"eventType":"AwsApiCall","managementEvent":true"#
        } else {
            r#","readOnly":false,"eventType":"AwsApiCall","managementEvent":true"#
        });
        if let Some(account) = self.recipient_account_id {
            write_account(record.member(name!("recipientAccountId")), account);
        }
        record.perhaps(name!("sharedEventID"), self.shared_event_id);
        record.constant(r#","eventCategory":"Management""#);
        if let Some(tls) = self.tls_details {
            record.object(name!("tlsDetails"), |details| {
                details.plain(name!("tlsVersion"), tls.tls_version);
                details.plain(name!("cipherSuite"), tls.cipher_suite);
                details.text(
                    name!("clientProvidedHostHeader"),
                    &tls.client_provided_host_header,
                );
            });
        }
    }
}

fn or_null(elements: Option<&Elements>) -> &str {
    elements.map_or("null", Elements::json)
}

/// Writes an account number as text.
fn write_account(out: &mut String, account: AccountId) {
    out.push('"');
    // INVARIANT: digits are ASCII.
    out.push_str(std::str::from_utf8(&account.digits()).unwrap_or_default());
    out.push('"');
}

/// Writes an address in quotes.
fn write_address(out: &mut String, address: IpAddr) {
    out.push('"');
    push_address(out, address);
    out.push('"');
}

/// Writes an address as text: digits, dots and colons.
pub(crate) fn push_address(out: &mut String, address: IpAddr) {
    match address {
        IpAddr::V4(address) => {
            let mut dot = "";
            for number in address.octets() {
                out.push_str(std::mem::replace(&mut dot, "."));
                push_number(out, number);
            }
        }
        IpAddr::V6(address) => {
            // INVARIANT: writing to a string does not fail.
            let _ = write!(out, "{address}");
        }
    }
}

/// Writes a number as short as it can be.
fn push_number(out: &mut String, number: u8) {
    for (least, unit) in [(100, 100), (10, 10), (0, 1)] {
        if number >= least {
            out.push(char::from(b'0' + number / unit % 10));
        }
    }
}

/// Writes a Unix second as text.
fn write_seconds(out: &mut String, second: i64) {
    out.push('"');
    push_instant(out, instant(second));
    out.push('"');
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

thread_local! {
    static EXPIRATION: RefCell<LastText> = RefCell::default();
}

/// Writes an expiry as CloudTrail prints it in `responseElements`: `Jul 9, 2024, 4:41:37 PM` (`facts: sts §10`).
fn push_expiration(out: &mut String, time: Timestamp) {
    LastText::push(&EXPIRATION, out, time, write_expiration);
}

fn write_expiration(out: &mut String, time: Timestamp) {
    let utc = jiff::tz::TimeZone::UTC.to_datetime(time);
    let month = usize::try_from(utc.month())
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let half = if utc.hour() < 12 { "AM" } else { "PM" };
    let hour = match utc.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    out.push_str(month.copied().unwrap_or_default());
    out.push(' ');
    push_number(out, utc.day().unsigned_abs());
    out.push_str(", ");
    match u16::try_from(utc.year()) {
        Ok(year) => {
            for pair in [year / 100, year % 100] {
                two_digits(out, i8::try_from(pair).unwrap_or_default());
            }
        }
        Err(_) => {
            // INVARIANT: writing to a string does not fail.
            let _ = write!(out, "{:04}", utc.year());
        }
    }
    out.push_str(", ");
    push_number(out, hour.unsigned_abs());
    out.push(':');
    two_digits(out, utc.minute());
    out.push(':');
    two_digits(out, utc.second());
    out.push(' ');
    out.push_str(half);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_printed_as_cloudtrail_does() {
        for second in (0..400).map(|day| day * 86_400 + day * 3_607 + 1_700_000_000) {
            let time = Timestamp::from_second(second).unwrap();
            let expected = time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string();
            let mut text = String::new();
            push_expiration(&mut text, time);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn an_address_is_written_as_it_is_shown() {
        let numbers = [0, 1, 9, 10, 19, 99, 100, 109, 110, 199, 200, 255];
        for (a, b) in numbers.iter().zip(numbers.iter().rev()) {
            let address = IpAddr::from([*a, *b, 7, *a]);
            let mut text = String::new();
            write_address(&mut text, address);
            assert_eq!(text, format!("\"{address}\""));
        }
        let mut text = String::new();
        write_address(&mut text, IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]));
        assert_eq!(text, "\"2001:db8::1\"");
    }

    #[test]
    fn a_record_is_one_object_of_what_is_there() {
        let identity = UserIdentity::unknown(Some("AKIA\""));
        let record = AuditRecord {
            user_identity: &identity,
            event_time: Timestamp::UNIX_EPOCH,
            event_source: "sts.amazonaws.com",
            event_name: "Unknown",
            aws_region: "",
            source_ip_address: IpAddr::from([203, 0, 113, 7]),
            user_agent: None,
            error_code: Some("E"),
            error_message: None,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            resources: &[],
            request_id: "r",
            event_id: "e",
            read_only: true,
            recipient_account_id: None,
            shared_event_id: None,
            tls_details: None,
        };
        let mut lines = Lines::new();
        lines.add(&record);
        let expected = r#"{"eventVersion":"1.11","userIdentity":{"type":"Unknown","accessKeyId":"AKIA\""},"eventTime":"1970-01-01T00:00:00Z","eventSource":"sts.amazonaws.com","eventName":"Unknown","awsRegion":"","sourceIPAddress":"203.0.113.7","errorCode":"E","requestParameters":null,"responseElements":null,"requestID":"r","eventID":"e","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"eventCategory":"Management"}"#;
        assert_eq!(lines.iter().collect::<Vec<_>>(), [expected.as_bytes()]);
    }
}
