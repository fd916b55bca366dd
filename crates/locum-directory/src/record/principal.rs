use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::{AccountId, UniqueId};
use locum_policy::PolicyKind;
use serde::{Deserialize, Serialize};

use super::{
    RecordError,
    plain::{Document, Plain, Recent},
    text::Text,
};
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

impl<'a> UserRecord<'a> {
    /// A user without tags and policies of its own, just as it is written.
    pub(super) fn plain(json: &'a str) -> Option<Self> {
        let mut record = Plain::new(json);
        record.literal(r#"{"id":""#)?;
        let id = record.value()?;
        record.literal(r#"","account":""#)?;
        let account = record.value()?;
        record.literal(r#"","path":""#)?;
        let path = record.text()?;
        record.literal(r#"","name":""#)?;
        let name = record.text()?;
        record.literal(r#"","created":""#)?;
        let created = record.value()?;
        record.literal("\"")?;
        let boundary = record.optional(r#","boundary":""#)?;
        let attached = record.list(r#","attached":["#)?;
        let groups = record.list(r#","groups":["#)?;
        let revoke_before = record.optional(r#","revoke_before":""#)?;
        record.end()?;
        Some(Self {
            id,
            account,
            path: path.into(),
            name: name.into(),
            created,
            tags: Vec::new(),
            boundary,
            inline: Vec::new(),
            attached,
            groups,
            revoke_before,
        })
    }

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
    trust: Document<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
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
            trust: Document::Text(role.trust.document().into()),
            description: role.description.as_deref().map(Cow::Borrowed),
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

impl<'a> RoleRecord<'a> {
    /// A role that no service has, without description, tags and policies of its own, just as it is written.
    pub(super) fn plain(json: &'a str, recent: &Recent) -> Option<Self> {
        let mut record = Plain::new(json);
        record.literal(r#"{"id":""#)?;
        let id = record.value()?;
        record.literal(r#"","account":""#)?;
        let account = record.value()?;
        record.literal(r#"","path":""#)?;
        let path = record.text()?;
        record.literal(r#"","name":""#)?;
        let name = record.text()?;
        record.literal(r#"","created":""#)?;
        let created = record.value()?;
        record.literal(r#"","trust":"#)?;
        let trust = record.document(recent)?;
        record.literal(r#","max_session_duration":"#)?;
        let max_session_duration = record.number()?;
        let boundary = record.optional(r#","boundary":""#)?;
        let attached = record.list(r#","attached":["#)?;
        let revoke_before = record.optional(r#","revoke_before":""#)?;
        record.end()?;
        Some(Self {
            id,
            account,
            path: path.into(),
            name: name.into(),
            created,
            trust,
            description: None,
            max_session_duration,
            service: None,
            tags: Vec::new(),
            boundary,
            inline: Vec::new(),
            attached,
            revoke_before,
        })
    }

    pub(super) fn into_entity(self, documents: &Documents, recent: &mut Recent) -> Result<Role, RecordError> {
        Ok(Role {
            revision: Revision::NEW,
            id: self.id.0,
            account: self.account.0,
            path: self.path.into(),
            name: self.name.into(),
            created: self.created.0,
            trust: self.trust.compile(PolicyKind::Trust, documents, recent)?,
            description: self.description.map(Box::from),
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
