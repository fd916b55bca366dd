use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    RecordError,
    principal::{InlineRecord, inline, inline_records},
    text::Text,
};
use crate::{Documents, Group, Revision};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRecord<'a> {
    id: Text<UniqueId>,
    account: Text<AccountId>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    created: Text<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    inline: Vec<InlineRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attached: Vec<Text<UniqueId>>,
}

impl<'a> From<&'a Group> for GroupRecord<'a> {
    fn from(group: &'a Group) -> Self {
        Self {
            id: Text(group.id),
            account: Text(group.account),
            path: Cow::Borrowed(&group.path),
            name: Cow::Borrowed(&group.name),
            created: Text(group.created),
            inline: inline_records(&group.inline),
            attached: group.attached.iter().copied().map(Text).collect(),
        }
    }
}

impl GroupRecord<'_> {
    pub(super) fn into_entity(self, documents: &Documents) -> Result<Group, RecordError> {
        Ok(Group {
            revision: Revision::NEW,
            id: self.id.0,
            account: self.account.0,
            path: self.path.into(),
            name: self.name.into(),
            created: self.created.0,
            inline: inline(self.inline, documents)?,
            attached: self.attached.into_iter().map(|id| id.0).collect(),
        })
    }
}
