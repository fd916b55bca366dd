use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use locum_policy::PolicyKind;
use serde::{Deserialize, Serialize};

use super::{RecordError, text::Text};
use crate::{Documents, InlinePolicy, Revision, Role, Tag, User};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagRecord<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InlineRecord<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    document: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserRecord<'a> {
    id: Text<UniqueId>,
    account: Text<AccountId>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    created: Text<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boundary: Option<Text<UniqueId>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    inline: Vec<InlineRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attached: Vec<Text<UniqueId>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Text<UniqueId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoke_before: Option<Text<Timestamp>>,
}

impl<'a> From<&'a User> for UserRecord<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: Text(user.id),
            account: Text(user.account),
            path: Cow::Borrowed(&user.path),
            name: Cow::Borrowed(&user.name),
            created: Text(user.created),
            tags: tag_records(&user.tags),
            boundary: user.boundary.map(Text),
            inline: inline_records(&user.inline),
            attached: user.attached.iter().copied().map(Text).collect(),
            groups: user.groups.iter().copied().map(Text).collect(),
            revoke_before: user.revoke_before.map(Text),
        }
    }
}

impl UserRecord<'_> {
    pub(super) fn into_entity(self, documents: &Documents) -> Result<User, RecordError> {
        Ok(User {
            revision: Revision::NEW,
            id: self.id.0,
            account: self.account.0,
            path: self.path.into(),
            name: self.name.into(),
            created: self.created.0,
            tags: tags(self.tags),
            boundary: self.boundary.map(|id| id.0),
            inline: inline(self.inline, documents)?,
            attached: self.attached.into_iter().map(|id| id.0).collect(),
            groups: self.groups.into_iter().map(|id| id.0).collect(),
            revoke_before: self.revoke_before.map(|time| time.0),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleRecord<'a> {
    id: Text<UniqueId>,
    account: Text<AccountId>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    created: Text<Timestamp>,
    #[serde(borrow)]
    trust: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    max_session_duration: u32,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    service: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boundary: Option<Text<UniqueId>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    inline: Vec<InlineRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attached: Vec<Text<UniqueId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoke_before: Option<Text<Timestamp>>,
}

impl<'a> From<&'a Role> for RoleRecord<'a> {
    fn from(role: &'a Role) -> Self {
        Self {
            id: Text(role.id),
            account: Text(role.account),
            path: Cow::Borrowed(&role.path),
            name: Cow::Borrowed(&role.name),
            created: Text(role.created),
            trust: Cow::Borrowed(role.trust.document()),
            description: Cow::Borrowed(&role.description),
            max_session_duration: role.max_session_duration,
            service: role.service.as_deref().map(Cow::Borrowed),
            tags: tag_records(&role.tags),
            boundary: role.boundary.map(Text),
            inline: inline_records(&role.inline),
            attached: role.attached.iter().copied().map(Text).collect(),
            revoke_before: role.revoke_before.map(Text),
        }
    }
}

impl RoleRecord<'_> {
    pub(super) fn into_entity(self, documents: &Documents) -> Result<Role, RecordError> {
        Ok(Role {
            revision: Revision::NEW,
            id: self.id.0,
            account: self.account.0,
            path: self.path.into(),
            name: self.name.into(),
            created: self.created.0,
            trust: documents.compile(&self.trust, PolicyKind::Trust)?,
            description: self.description.into(),
            max_session_duration: self.max_session_duration,
            service: self.service.map(Box::from),
            tags: tags(self.tags),
            boundary: self.boundary.map(|id| id.0),
            inline: inline(self.inline, documents)?,
            attached: self.attached.into_iter().map(|id| id.0).collect(),
            revoke_before: self.revoke_before.map(|time| time.0),
        })
    }
}

pub(super) fn tag_records<'a>(tags: &'a [Tag]) -> Vec<TagRecord<'a>> {
    let record = |Tag { key, value }: &'a Tag| TagRecord {
        key: Cow::Borrowed(&**key),
        value: Cow::Borrowed(&**value),
    };
    tags.iter().map(record).collect()
}

pub(super) fn tags(records: Vec<TagRecord<'_>>) -> Vec<Tag> {
    let tag = |TagRecord { key, value }: TagRecord<'_>| Tag {
        key: Box::from(key),
        value: Box::from(value),
    };
    records.into_iter().map(tag).collect()
}

pub(super) fn inline_records<'a>(policies: &'a [InlinePolicy]) -> Vec<InlineRecord<'a>> {
    let record = |InlinePolicy { name, policy }: &'a InlinePolicy| InlineRecord {
        name: Cow::Borrowed(&**name),
        document: Cow::Borrowed(policy.document()),
    };
    policies.iter().map(record).collect()
}

pub(super) fn inline(
    records: Vec<InlineRecord<'_>>,
    documents: &Documents,
) -> Result<Vec<InlinePolicy>, RecordError> {
    let mut compile = |InlineRecord { name, document }: InlineRecord<'_>| {
        Ok(InlinePolicy {
            name: Box::from(name),
            policy: documents.compile(&document, PolicyKind::Inline)?,
        })
    };
    records.into_iter().map(&mut compile).collect()
}
