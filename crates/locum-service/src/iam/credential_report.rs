//! The credential report: who of an account has which credentials, and how old they are.
//!
//! A report is made by the call that asks for it and kept as it was made, for four hours; until then the same one is
//! shown. It holds what is known and nothing else: `N/A` where there is no such credential or it was never used,
//! `no_information` where it is not kept, and `not_supported` where AWS says so of the root user.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use locum_api::{
    ApiError, Blob, Request, errors,
    iam::{
        GenerateCredentialReportRequest, GenerateCredentialReportResponse, GetCredentialReportRequest,
        GetCredentialReportResponse,
    },
};
use locum_directory::{
    AccessKey, CredentialReport, KeyOwner, KeyStatus, LoginProfile, Revision, UsedBy, User,
};

use super::{
    access::{Keys, authorize, root_arn},
    last_used::NOT_APPLICABLE,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// How long a report is shown before another can be made.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(4);

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
                      password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                      access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
                      access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
                      access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
                      cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const NO_INFORMATION: &str = "no_information";
const NOT_SUPPORTED: &str = "not_supported";
/// How many keys the report has room for: as many as a user may have.
const KEYS: usize = 2;

impl Perform for GenerateCredentialReportRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GenerateCredentialReportResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let last = call.snapshot.credential_report(call.account()).cloned();
        if last.as_ref().is_some_and(|report| is_current(report, call.now())) {
            return Ok(GenerateCredentialReportResponse {
                state: Some("COMPLETE".to_owned()),
                description: None,
            });
        }
        let mut carried = std::mem::take(&mut call.carried);
        let made = carried.once(|| Ok::<Arc<str>, ApiError>(report(call).into()));
        call.carried = carried;
        call.changes.put(CredentialReport {
            revision: last.map_or(Revision::NEW, |last| last.revision),
            account: call.account(),
            generated: call.now(),
            content: Some((*made?).into()),
        });
        Ok(GenerateCredentialReportResponse {
            state: Some("STARTED".to_owned()),
            description: Some("No report exists. Starting a new report generation task".to_owned()),
        })
    }
}

impl Perform for GetCredentialReportRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetCredentialReportResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let report = call.snapshot.credential_report(call.account());
        let not_present = || errors::REPORT_NOT_PRESENT.with("Credential report not present");
        let report = report.ok_or_else(not_present)?;
        let content = report
            .content
            .as_deref()
            .filter(|_| is_current(report, call.now()));
        let expired = || errors::REPORT_EXPIRED.with("Credential report expired");
        Ok(GetCredentialReportResponse {
            content: Some(Blob::new(content.ok_or_else(expired)?.as_bytes())),
            report_format: Some("text/csv".to_owned()),
            generated_time: Some(report.generated),
        })
    }
}

fn is_current(report: &CredentialReport, now: Timestamp) -> bool {
    now.duration_since(report.generated) < LIFETIME
}

/// The whole report: the root user, and the users in the order of their names.
fn report(call: &Call<'_>) -> String {
    let account = call.account();
    let mut text = HEADER.to_owned();
    let joined = call.snapshot.account(account).map(|account| account.joined);
    let mut root = Row::default();
    root.add("<root_account>");
    root.add(&root_arn(call));
    root.add(&joined.map_or_else(|| NO_INFORMATION.to_owned(), time));
    root.add(NOT_SUPPORTED);
    root.add(NO_INFORMATION);
    root.add(NOT_SUPPORTED);
    root.add(NOT_SUPPORTED);
    credentials(call, KeyOwner::Root(account), &mut root);
    text.push('\n');
    text.push_str(&root.0);
    for user in call.snapshot.users(account, None, "/") {
        text.push('\n');
        text.push_str(&of_user(call, user).0);
    }
    text
}

fn of_user(call: &Call<'_>, user: &User) -> Row {
    let mut row = Row::default();
    row.add(&user.name);
    row.add(&user.arn(call.partition()).to_string());
    row.add(&time(user.created));
    if let Some(profile) = call.snapshot.login_profile(&user.id) {
        row.add("true");
        // There is no sign-in that could have used it.
        row.add(NO_INFORMATION);
        row.add(&time(profile.changed));
        row.add(&next_rotation(call, profile).map_or_else(|| NOT_APPLICABLE.to_owned(), time));
    } else {
        row.add("false");
        row.add(NOT_APPLICABLE);
        row.add(NOT_APPLICABLE);
        row.add(NOT_APPLICABLE);
    }
    credentials(call, KeyOwner::User(user.id), &mut row);
    row
}

/// When a password expires, if it does.
fn next_rotation(call: &Call<'_>, profile: &LoginProfile) -> Option<Timestamp> {
    let days = call.snapshot.password_policy(call.account())?.max_age?;
    let age = SignedDuration::from_hours(i64::from(days).saturating_mul(24));
    profile.changed.checked_add(age).ok()
}

/// The columns that the root user and the others have alike.
fn credentials(call: &Call<'_>, owner: KeyOwner, row: &mut Row) {
    let device = call.snapshot.mfa_devices_of(owner, None).next();
    row.add(truth(device.is_some()));
    let mut keys: Vec<&Arc<AccessKey>> = call.snapshot.access_keys(owner).collect();
    // The older one is the first.
    keys.sort_by_key(|key| (key.created, key.id));
    for at in 0..KEYS {
        let Some(key) = keys.get(at) else {
            row.add("false");
            (0..4).for_each(|_| row.add(NOT_APPLICABLE));
            continue;
        };
        row.add(truth(key.status == KeyStatus::Active));
        row.add(&time(key.created));
        match call.last_uses.of(call.snapshot, UsedBy::Key(key.id)) {
            Some(used) => {
                row.add(&time(used.at));
                row.add(&used.region);
                row.add(&used.service);
            }
            None => (0..3).for_each(|_| row.add(NOT_APPLICABLE)),
        }
    }
    // There are no signing certificates.
    for _ in 0..2 {
        row.add("false");
        row.add(NOT_APPLICABLE);
    }
}

const fn truth(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

/// As the reports of AWS have it: `2026-11-22T12:00:00+00:00`.
fn time(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// One line of comma-separated values (RFC 4180).
#[derive(Default)]
struct Row(String);

impl Row {
    fn add(&mut self, value: &str) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        if value.contains([',', '"', '\r', '\n']) {
            self.0.push('"');
            self.0.push_str(&value.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(value);
        }
    }
}
