use jiff::Timestamp;
use locum_crypto::PasswordHash;
use locum_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    RecordError,
    mfa::{FailuresRecord, failures, failures_record},
    text::{Base64Secret, Text},
};
use crate::{LoginProfile, PasswordPolicy, Revision};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginProfileRecord {
    account: Text<AccountId>,
    user: Text<UniqueId>,
    created: Text<Timestamp>,
    changed: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reset_required: bool,
    password: Base64Secret,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    previous: Vec<Base64Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failures: Option<FailuresRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until: Option<Text<Timestamp>>,
}

impl From<&LoginProfile> for LoginProfileRecord {
    fn from(profile: &LoginProfile) -> Self {
        let hash = |hash: &PasswordHash| Base64Secret(hash.to_bytes());
        Self {
            account: Text(profile.account),
            user: Text(profile.user),
            created: Text(profile.created),
            changed: Text(profile.changed),
            reset_required: profile.reset_required,
            password: hash(&profile.password),
            previous: profile.previous.iter().map(hash).collect(),
            failures: profile.failures.map(failures_record),
            locked_until: profile.locked_until.map(Text),
        }
    }
}

impl LoginProfileRecord {
    pub(super) fn into_entity(self) -> Result<LoginProfile, RecordError> {
        let hash = |bytes: &Base64Secret| {
            PasswordHash::from_bytes(bytes.0.expose()).map_err(|_| RecordError::Unknown("hash of a password"))
        };
        Ok(LoginProfile {
            revision: Revision::NEW,
            account: self.account.0,
            user: self.user.0,
            created: self.created.0,
            changed: self.changed.0,
            reset_required: self.reset_required,
            password: hash(&self.password)?,
            previous: self.previous.iter().map(hash).collect::<Result<_, _>>()?,
            failures: self.failures.map(failures),
            locked_until: self.locked_until.map(|time| time.0),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(super) struct PasswordPolicyRecord {
    account: Text<AccountId>,
    minimum_length: u32,
    symbols: bool,
    numbers: bool,
    uppercase: bool,
    lowercase: bool,
    users_may_change: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reuse_prevention: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hard_expiry: Option<bool>,
}

impl From<&PasswordPolicy> for PasswordPolicyRecord {
    fn from(policy: &PasswordPolicy) -> Self {
        Self {
            account: Text(policy.account),
            minimum_length: policy.minimum_length,
            symbols: policy.symbols,
            numbers: policy.numbers,
            uppercase: policy.uppercase,
            lowercase: policy.lowercase,
            users_may_change: policy.users_may_change,
            max_age: policy.max_age,
            reuse_prevention: policy.reuse_prevention,
            hard_expiry: policy.hard_expiry,
        }
    }
}

impl PasswordPolicyRecord {
    pub(super) const fn into_entity(self) -> PasswordPolicy {
        PasswordPolicy {
            revision: Revision::NEW,
            account: self.account.0,
            minimum_length: self.minimum_length,
            symbols: self.symbols,
            numbers: self.numbers,
            uppercase: self.uppercase,
            lowercase: self.lowercase,
            users_may_change: self.users_may_change,
            max_age: self.max_age,
            reuse_prevention: self.reuse_prevention,
            hard_expiry: self.hard_expiry,
        }
    }
}
