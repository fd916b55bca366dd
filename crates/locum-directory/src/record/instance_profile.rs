use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    principal::{TagRecord, tag_records, tags},
    text::Text,
};
use crate::{InstanceProfile, Revision};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceProfileRecord<'a> {
    id: Text<UniqueId>,
    account: Text<AccountId>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    created: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Text<UniqueId>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
}

impl<'a> From<&'a InstanceProfile> for InstanceProfileRecord<'a> {
    fn from(profile: &'a InstanceProfile) -> Self {
        Self {
            id: Text(profile.id),
            account: Text(profile.account),
            path: Cow::Borrowed(&profile.path),
            name: Cow::Borrowed(&profile.name),
            created: Text(profile.created),
            role: profile.role.map(Text),
            tags: tag_records(&profile.tags),
        }
    }
}

impl InstanceProfileRecord<'_> {
    pub(super) fn into_entity(self) -> InstanceProfile {
        InstanceProfile {
            revision: Revision::NEW,
            id: self.id.0,
            account: self.account.0,
            path: self.path.into(),
            name: self.name.into(),
            created: self.created.0,
            role: self.role.map(|id| id.0),
            tags: tags(self.tags),
        }
    }
}
