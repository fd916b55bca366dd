//! The records of the tree of accounts, and of the policies that bound them.

use std::borrow::Cow;

use jiff::Timestamp;
use locum_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{
    RecordError, one_of,
    principal::{TagRecord, tag_records, tags},
    text::{Text, borrowed, owned},
};
use crate::{
    ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget, DelegatedAdministrator, Documents,
    OrganizationalUnit, Parent, Revision, ServiceGrant, UnitId,
};

/// The root's place in records. Older ones have the root's id.
const ROOT: &str = "root";

pub(super) fn parent_text(parent: Parent) -> Cow<'static, str> {
    match parent {
        Parent::Root => ROOT.into(),
        Parent::Unit(unit) => unit.to_string().into(),
    }
}

pub(super) fn parent(text: &str) -> Result<Parent, RecordError> {
    if text == ROOT || text.starts_with("r-") {
        return Ok(Parent::Root);
    }
    let unit = text.parse().map(Parent::Unit);
    unit.map_err(|_| RecordError::Unknown("parent"))
}

pub(super) fn policy_type(text: &str) -> Result<ControlPolicyType, RecordError> {
    one_of(
        &ControlPolicyType::ALL,
        ControlPolicyType::as_str,
        text,
        "policy type",
    )
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceGrantRecord<'a> {
    #[serde(borrow)]
    service: Cow<'a, str>,
    since: Text<Timestamp>,
}

pub(super) fn grant_records(grants: &[ServiceGrant]) -> Vec<ServiceGrantRecord<'_>> {
    fn record(ServiceGrant { service, since }: &ServiceGrant) -> ServiceGrantRecord<'_> {
        ServiceGrantRecord {
            service: Cow::Borrowed(service),
            since: Text(*since),
        }
    }
    grants.iter().map(record).collect()
}

pub(super) fn grants(records: Vec<ServiceGrantRecord<'_>>) -> Vec<ServiceGrant> {
    let grant = |ServiceGrantRecord { service, since }: ServiceGrantRecord<'_>| ServiceGrant {
        service: service.into(),
        since: since.0,
    };
    records.into_iter().map(grant).collect()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitRecord<'a> {
    id: Text<UnitId>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    parent: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    created: Text<Timestamp>,
}

impl<'a> From<&'a OrganizationalUnit> for UnitRecord<'a> {
    fn from(unit: &'a OrganizationalUnit) -> Self {
        Self {
            id: Text(unit.id),
            name: Cow::Borrowed(&unit.name),
            parent: parent_text(unit.parent),
            tags: tag_records(&unit.tags),
            created: Text(unit.created),
        }
    }
}

impl UnitRecord<'_> {
    pub(super) fn into_entity(self) -> Result<OrganizationalUnit, RecordError> {
        Ok(OrganizationalUnit {
            revision: Revision::NEW,
            id: self.id.0,
            name: self.name.into(),
            parent: parent(&self.parent)?,
            tags: tags(self.tags),
            created: self.created.0,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlPolicyRecord<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    policy_type: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    #[serde(borrow)]
    document: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    created: Text<Timestamp>,
}

impl<'a> From<&'a ControlPolicy> for ControlPolicyRecord<'a> {
    fn from(policy: &'a ControlPolicy) -> Self {
        Self {
            id: Cow::Borrowed(&policy.id),
            policy_type: policy.policy_type.as_str().into(),
            name: Cow::Borrowed(&policy.name),
            description: Cow::Borrowed(&policy.description),
            document: Cow::Borrowed(policy.policy.document()),
            tags: tag_records(&policy.tags),
            created: Text(policy.created),
        }
    }
}

impl ControlPolicyRecord<'_> {
    pub(super) fn into_entity(self, documents: &Documents) -> Result<ControlPolicy, RecordError> {
        let policy_type = policy_type(&self.policy_type)?;
        Ok(ControlPolicy {
            revision: Revision::NEW,
            id: self.id.into(),
            policy_type,
            name: self.name.into(),
            description: self.description.into(),
            policy: documents.compile(&self.document, policy_type.policy_kind())?,
            tags: tags(self.tags),
            created: self.created.0,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlAttachmentsRecord<'a> {
    target: Text<ControlTarget>,
    #[serde(borrow)]
    policy_type: Cow<'a, str>,
    #[serde(borrow)]
    policies: Vec<Cow<'a, str>>,
}

impl<'a> From<&'a ControlAttachments> for ControlAttachmentsRecord<'a> {
    fn from(attachments: &'a ControlAttachments) -> Self {
        Self {
            target: Text(attachments.target),
            policy_type: attachments.policy_type.as_str().into(),
            policies: borrowed(&attachments.policies),
        }
    }
}

impl ControlAttachmentsRecord<'_> {
    pub(super) fn into_entity(self) -> Result<ControlAttachments, RecordError> {
        Ok(ControlAttachments {
            revision: Revision::NEW,
            target: self.target.0,
            policy_type: policy_type(&self.policy_type)?,
            policies: owned(self.policies),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DelegatedAdministratorRecord<'a> {
    account: Text<AccountId>,
    enabled: Text<Timestamp>,
    #[serde(borrow)]
    services: Vec<ServiceGrantRecord<'a>>,
}

impl<'a> From<&'a DelegatedAdministrator> for DelegatedAdministratorRecord<'a> {
    fn from(administrator: &'a DelegatedAdministrator) -> Self {
        Self {
            account: Text(administrator.account),
            enabled: Text(administrator.enabled),
            services: grant_records(&administrator.services),
        }
    }
}

impl DelegatedAdministratorRecord<'_> {
    pub(super) fn into_entity(self) -> DelegatedAdministrator {
        DelegatedAdministrator {
            revision: Revision::NEW,
            account: self.account.0,
            enabled: self.enabled.0,
            services: grants(self.services),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Documents, Entity, Parent,
        record::{Recent, decode},
    };

    /// What stores held before there were units, policies and tags.
    #[test]
    fn older_records_are_read() {
        let documents = Documents::default();
        let read = |prefix, json: &str| {
            let value = [&[1], json.as_bytes()].concat();
            decode(prefix, &value, &documents, &mut Recent::default()).unwrap()
        };
        let Entity::Account(account) = read(
            "/accounts/",
            r#"{"id":"123456789012","name":"dev","email":"dev@example.com","status":"ACTIVE",
                "joined_method":"CREATED","joined":"2026-11-22T01:02:03Z","parent":"r-ab12"}"#,
        ) else {
            panic!("not an account");
        };
        assert_eq!((account.parent, account.closed), (Parent::Root, None));
        let Entity::Organization(organization) = read(
            "/organization",
            r#"{"id":"o-abcdefghij","root_id":"r-ab12","management_account":"123456789012","feature_set":"ALL",
                "created":"2026-11-22T01:02:03Z"}"#,
        ) else {
            panic!("not an organization");
        };
        assert!(organization.policy_types.is_empty() && organization.trusted_services.is_empty());
    }
}
