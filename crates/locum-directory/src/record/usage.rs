use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccessKeyId, AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{RecordError, text::Text};
use crate::{CredentialReport, LastUse, Revision, UsedBy};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastUseRecord<'a> {
    account: Text<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Text<AccessKeyId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Text<UniqueId>>,
    at: Text<Timestamp>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    service: Cow<'a, str>,
}

impl<'a> From<&'a LastUse> for LastUseRecord<'a> {
    fn from(used: &'a LastUse) -> Self {
        let (key, role) = match used.by {
            UsedBy::Key(id) => (Some(Text(id)), None),
            UsedBy::Role(id) => (None, Some(Text(id))),
        };
        Self {
            account: Text(used.account),
            key,
            role,
            at: Text(used.at),
            region: Cow::Borrowed(&used.region),
            service: Cow::Borrowed(&used.service),
        }
    }
}

impl LastUseRecord<'_> {
    pub(super) fn into_entity(self) -> Result<LastUse, RecordError> {
        Ok(LastUse {
            revision: Revision::NEW,
            account: self.account.0,
            by: match (self.key, self.role) {
                (Some(id), None) => UsedBy::Key(id.0),
                (None, Some(id)) => UsedBy::Role(id.0),
                (Some(_), Some(_)) | (None, None) => return Err(RecordError::Unknown("thing that was used")),
            },
            at: self.at.0,
            region: self.region.into(),
            service: self.service.into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialReportRecord<'a> {
    account: Text<AccountId>,
    generated: Text<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    content: Option<Cow<'a, str>>,
}

impl<'a> From<&'a CredentialReport> for CredentialReportRecord<'a> {
    fn from(report: &'a CredentialReport) -> Self {
        Self {
            account: Text(report.account),
            generated: Text(report.generated),
            content: report.content.as_deref().map(Cow::Borrowed),
        }
    }
}

impl CredentialReportRecord<'_> {
    pub(super) fn into_entity(self) -> CredentialReport {
        CredentialReport {
            revision: Revision::NEW,
            account: self.account.0,
            generated: self.generated.0,
            content: self.content.map(Into::into),
        }
    }
}
