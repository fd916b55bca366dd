use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    RecordError,
    principal::{TagRecord, tag_records, tags},
    text::{Base64Secret, Text},
};
use crate::{KeyOwner, MfaDevice, Revision, WrongGuesses};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FailuresRecord {
    count: u32,
    since: Text<Timestamp>,
}

pub(super) const fn failures_record(WrongGuesses { count, since }: WrongGuesses) -> FailuresRecord {
    FailuresRecord {
        count,
        since: Text(since),
    }
}

pub(super) const fn failures(FailuresRecord { count, since }: FailuresRecord) -> WrongGuesses {
    WrongGuesses {
        count,
        since: since.0,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MfaRecord<'a> {
    account: Text<AccountId>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    seed: Base64Secret,
    created: Text<Timestamp>,
    /// Set while it is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enabled_at: Option<Text<Timestamp>>,
    /// `None` for the account's root user, if it is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<Text<UniqueId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_step: Option<i64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    drift: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failures: Option<FailuresRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until: Option<Text<Timestamp>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &i32) -> bool {
    *number == 0
}

impl<'a> From<&'a MfaDevice> for MfaRecord<'a> {
    fn from(device: &'a MfaDevice) -> Self {
        Self {
            account: Text(device.account),
            path: Cow::Borrowed(&device.path),
            name: Cow::Borrowed(&device.name),
            seed: Base64Secret(device.seed.clone()),
            created: Text(device.created),
            enabled_at: device.enabled_at.map(Text),
            user: match device.owner {
                Some(KeyOwner::User(user)) => Some(Text(user)),
                Some(KeyOwner::Root(_)) | None => None,
            },
            last_step: device.last_step,
            drift: device.drift,
            failures: device.failures.map(failures_record),
            locked_until: device.locked_until.map(Text),
            tags: tag_records(&device.tags),
        }
    }
}

impl MfaRecord<'_> {
    pub(super) fn into_entity(self) -> Result<MfaDevice, RecordError> {
        let account = self.account.0;
        Ok(MfaDevice {
            revision: Revision::NEW,
            account,
            path: self.path.into(),
            name: self.name.into(),
            seed: self.seed.0,
            owner: match (&self.enabled_at, self.user) {
                (Some(_), Some(user)) => Some(KeyOwner::User(user.0)),
                (Some(_), None) => Some(KeyOwner::Root(account)),
                (None, None) => None,
                (None, Some(_)) => return Err(RecordError::Unknown("owner of a device not enabled")),
            },
            enabled_at: self.enabled_at.map(|time| time.0),
            created: self.created.0,
            last_step: self.last_step,
            drift: self.drift,
            failures: self.failures.map(failures),
            locked_until: self.locked_until.map(|time| time.0),
            tags: tags(self.tags),
        })
    }
}
