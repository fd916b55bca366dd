use std::borrow::Cow;

use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_names::{AccessKeyId, AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{RecordError, one_of, plain::Plain, text::Text};
use crate::{AccessKey, KeyOwner, KeyStatus, Revision};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKeyRecord<'a> {
    id: Text<AccessKeyId>,
    account: Text<AccountId>,
    /// `None` for the account's root user.
    user: Option<Text<UniqueId>>,
    #[serde(borrow)]
    secret: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    created: Text<Timestamp>,
}

impl<'a> From<&'a AccessKey> for AccessKeyRecord<'a> {
    fn from(key: &'a AccessKey) -> Self {
        Self {
            id: Text(key.id),
            account: Text(key.account),
            user: match key.owner {
                KeyOwner::User(user) => Some(Text(user)),
                KeyOwner::Root(_) => None,
            },
            secret: Cow::Borrowed(key.secret.expose()),
            status: key.status.as_str().into(),
            created: Text(key.created),
        }
    }
}

impl<'a> AccessKeyRecord<'a> {
    /// The key of a user, just as it is written.
    pub(super) fn plain(json: &'a str) -> Option<Self> {
        let mut record = Plain::new(json);
        record.literal(r#"{"id":""#)?;
        let id = record.value()?;
        record.literal(r#"","account":""#)?;
        let account = record.value()?;
        record.literal(r#"","user":""#)?;
        let user = record.value()?;
        record.literal(r#"","secret":""#)?;
        let secret = record.text()?;
        record.literal(r#"","status":""#)?;
        let status = record.text()?;
        record.literal(r#"","created":""#)?;
        let created = record.value()?;
        record.literal("\"")?;
        record.end()?;
        Some(Self {
            id,
            account,
            user: Some(user),
            secret: secret.into(),
            status: status.into(),
            created,
        })
    }

    pub(super) fn into_entity(self) -> Result<AccessKey, RecordError> {
        let account = self.account.0;
        Ok(AccessKey {
            revision: Revision::NEW,
            id: self.id.0,
            account,
            owner: self
                .user
                .map_or(KeyOwner::Root(account), |user| KeyOwner::User(user.0)),
            // The text is borrowed from the opened value, which is wiped.
            secret: SecretString::from(&*self.secret),
            status: one_of(
                &[KeyStatus::Active, KeyStatus::Inactive],
                KeyStatus::as_str,
                &self.status,
                "key status",
            )?,
            created: self.created.0,
        })
    }
}
