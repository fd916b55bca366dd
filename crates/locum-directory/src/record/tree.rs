//! The records of what stands around principals: the organization, accounts, policies, rings.

use std::borrow::Cow;

use jiff::Timestamp;
use locum_crypto::Purpose;
use locum_names::{AccountId, Partition, UniqueId};
use locum_policy::PolicyKind;
use serde::{Deserialize, Serialize};

use super::{
    RecordError, one_of,
    organization::{ServiceGrantRecord, grant_records, grants, parent, parent_text, policy_type},
    principal::{TagRecord, tag_records, tags},
    text::{Base64Secret, Text},
};
use crate::{
    Account, AccountStatus, CreateAccountState, CreateAccountStatus, Documents, GlobalTokenVersion,
    JoinedMethod, ManagedPolicy, Organization, PolicyOwner, PolicyVersion, ProviderRevocation, Revision,
    Ring, RootUser, VersionId, change::purpose_name,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationRecord<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    root_id: Cow<'a, str>,
    management_account: Text<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition: Option<Text<Partition>>,
    #[serde(borrow)]
    feature_set: Cow<'a, str>,
    created: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    root_credentials_management: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    root_sessions: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    root_credentials_management_ended: Option<Text<Timestamp>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    root_sessions_ended: Option<Text<Timestamp>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    policy_types: Vec<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    trusted_services: Vec<ServiceGrantRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    root_tags: Vec<TagRecord<'a>>,
}

impl<'a> From<&'a Organization> for OrganizationRecord<'a> {
    fn from(organization: &'a Organization) -> Self {
        Self {
            id: Cow::Borrowed(&organization.id),
            root_id: Cow::Borrowed(&organization.root_id),
            management_account: Text(organization.management_account),
            partition: organization.partition.map(Text),
            feature_set: Organization::FEATURE_SET.into(),
            created: Text(organization.created),
            root_credentials_management: organization.root_credentials_management,
            root_sessions: organization.root_sessions,
            root_credentials_management_ended: organization.root_credentials_management_ended.map(Text),
            root_sessions_ended: organization.root_sessions_ended.map(Text),
            policy_types: organization
                .policy_types
                .iter()
                .map(|policy_type| policy_type.as_str().into())
                .collect(),
            trusted_services: grant_records(&organization.trusted_services),
            root_tags: tag_records(&organization.root_tags),
        }
    }
}

impl OrganizationRecord<'_> {
    pub(super) fn into_entity(self) -> Result<Organization, RecordError> {
        if self.feature_set != Organization::FEATURE_SET {
            return Err(RecordError::Unknown("feature set"));
        }
        Ok(Organization {
            revision: Revision::NEW,
            id: self.id.into(),
            root_id: self.root_id.into(),
            management_account: self.management_account.0,
            partition: self.partition.map(|partition| partition.0),
            created: self.created.0,
            root_credentials_management: self.root_credentials_management,
            root_sessions: self.root_sessions,
            root_credentials_management_ended: self.root_credentials_management_ended.map(|time| time.0),
            root_sessions_ended: self.root_sessions_ended.map(|time| time.0),
            policy_types: self
                .policy_types
                .iter()
                .map(|text| policy_type(text))
                .collect::<Result<_, _>>()?,
            trusted_services: grants(self.trusted_services),
            root_tags: tags(self.root_tags),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountRecord<'a> {
    id: Text<AccountId>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    joined_method: Cow<'a, str>,
    joined: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<Text<Timestamp>>,
    #[serde(borrow)]
    parent: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    root_revoke_before: Option<Text<Timestamp>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    alias: Option<Cow<'a, str>>,
    /// Absent for the default.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    global_tokens: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    provider_revocations: Vec<ProviderRevocationRecord<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderRevocationRecord<'a> {
    #[serde(borrow)]
    provider: Cow<'a, str>,
    revoke_before: Text<Timestamp>,
}

impl<'a> From<&'a Account> for AccountRecord<'a> {
    fn from(account: &'a Account) -> Self {
        let revocation = |revocation: &'a ProviderRevocation| ProviderRevocationRecord {
            provider: Cow::Borrowed(&*revocation.provider),
            revoke_before: Text(revocation.revoke_before),
        };
        Self {
            id: Text(account.id),
            name: Cow::Borrowed(&account.name),
            email: Cow::Borrowed(&account.email),
            status: account.status.as_str().into(),
            joined_method: account.joined_method.as_str().into(),
            joined: Text(account.joined),
            closed: account.closed.map(Text),
            parent: parent_text(account.parent),
            tags: tag_records(&account.tags),
            root_revoke_before: account.root.revoke_before.map(Text),
            alias: account.alias.as_deref().map(Cow::Borrowed),
            global_tokens: (account.global_tokens != GlobalTokenVersion::default())
                .then(|| account.global_tokens.as_str().into()),
            provider_revocations: account.provider_revocations.iter().map(revocation).collect(),
        }
    }
}

impl AccountRecord<'_> {
    pub(super) fn into_entity(self) -> Result<Account, RecordError> {
        let revocation = |record: ProviderRevocationRecord<'_>| ProviderRevocation {
            provider: record.provider.into(),
            revoke_before: record.revoke_before.0,
        };
        Ok(Account {
            revision: Revision::NEW,
            id: self.id.0,
            name: self.name.into(),
            email: self.email.into(),
            status: one_of(
                &[AccountStatus::Active, AccountStatus::Suspended],
                AccountStatus::as_str,
                &self.status,
                "account status",
            )?,
            joined_method: one_of(
                &[JoinedMethod::Created, JoinedMethod::Invited],
                JoinedMethod::as_str,
                &self.joined_method,
                "joined method",
            )?,
            joined: self.joined.0,
            closed: self.closed.map(|time| time.0),
            parent: parent(&self.parent)?,
            tags: tags(self.tags),
            root: RootUser {
                revoke_before: self.root_revoke_before.map(|time| time.0),
            },
            alias: self.alias.map(Box::from),
            global_tokens: match self.global_tokens {
                None => GlobalTokenVersion::default(),
                Some(word) => one_of(
                    &[GlobalTokenVersion::V1, GlobalTokenVersion::V2],
                    GlobalTokenVersion::as_str,
                    &word,
                    "token version",
                )?,
            },
            provider_revocations: self.provider_revocations.into_iter().map(revocation).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateAccountRecord<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    account_name: Cow<'a, str>,
    requested: Text<Timestamp>,
    completed: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Text<AccountId>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    failure: Option<Cow<'a, str>>,
}

impl<'a> From<&'a CreateAccountStatus> for CreateAccountRecord<'a> {
    fn from(status: &'a CreateAccountStatus) -> Self {
        let (account, failure) = match &status.state {
            CreateAccountState::Succeeded(account) => (Some(Text(*account)), None),
            CreateAccountState::Failed(reason) => (None, Some(Cow::Borrowed(&**reason))),
        };
        Self {
            id: Cow::Borrowed(&status.id),
            account_name: Cow::Borrowed(&status.account_name),
            requested: Text(status.requested),
            completed: Text(status.completed),
            account,
            failure,
        }
    }
}

impl CreateAccountRecord<'_> {
    pub(super) fn into_entity(self) -> Result<CreateAccountStatus, RecordError> {
        Ok(CreateAccountStatus {
            revision: Revision::NEW,
            id: self.id.into(),
            account_name: self.account_name.into(),
            requested: self.requested.0,
            completed: self.completed.0,
            state: match (self.account, self.failure) {
                (Some(account), None) => CreateAccountState::Succeeded(account.0),
                (None, Some(reason)) => CreateAccountState::Failed(reason.into()),
                (None, None) | (Some(_), Some(_)) => return Err(RecordError::Unknown("account state")),
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionRecord<'a> {
    id: Text<VersionId>,
    #[serde(borrow)]
    document: Cow<'a, str>,
    created: Text<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyRecord<'a> {
    id: Text<UniqueId>,
    account: Option<Text<AccountId>>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    #[serde(borrow)]
    versions: Vec<VersionRecord<'a>>,
    default_version: Text<VersionId>,
    next_version: Text<VersionId>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
    created: Text<Timestamp>,
    updated: Text<Timestamp>,
}

impl<'a> From<&'a ManagedPolicy> for PolicyRecord<'a> {
    fn from(policy: &'a ManagedPolicy) -> Self {
        let version = |version: &'a PolicyVersion| VersionRecord {
            id: Text(version.id),
            document: Cow::Borrowed(version.policy.document()),
            created: Text(version.created),
        };
        Self {
            id: Text(policy.id),
            account: match policy.owner {
                PolicyOwner::Account(account) => Some(Text(account)),
                PolicyOwner::Aws => None,
            },
            path: Cow::Borrowed(&policy.path),
            name: Cow::Borrowed(&policy.name),
            description: Cow::Borrowed(&policy.description),
            versions: policy.versions.iter().map(version).collect(),
            default_version: Text(policy.default_version),
            next_version: Text(policy.next_version),
            tags: tag_records(&policy.tags),
            created: Text(policy.created),
            updated: Text(policy.updated),
        }
    }
}

impl PolicyRecord<'_> {
    pub(super) fn into_entity(self, documents: &Documents) -> Result<ManagedPolicy, RecordError> {
        let mut version = |version: VersionRecord<'_>| {
            Ok::<_, RecordError>(PolicyVersion {
                id: version.id.0,
                policy: documents.compile(&version.document, PolicyKind::Managed)?,
                created: version.created.0,
            })
        };
        Ok(ManagedPolicy {
            revision: Revision::NEW,
            id: self.id.0,
            owner: PolicyOwner::Account(self.account.ok_or(RecordError::Unknown("policy owner"))?.0),
            path: self.path.into(),
            name: self.name.into(),
            description: self.description.into(),
            versions: self
                .versions
                .into_iter()
                .map(&mut version)
                .collect::<Result<_, _>>()?,
            default_version: self.default_version.0,
            next_version: self.next_version.0,
            tags: tags(self.tags),
            created: self.created.0,
            updated: self.updated.0,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RingRecord<'a> {
    #[serde(borrow)]
    purpose: Cow<'a, str>,
    keys: Base64Secret,
}

impl<'a> From<&'a Ring> for RingRecord<'a> {
    fn from(ring: &'a Ring) -> Self {
        Self {
            purpose: purpose_name(ring.purpose).into(),
            keys: Base64Secret(ring.bytes.clone()),
        }
    }
}

impl RingRecord<'_> {
    pub(super) fn into_entity(self) -> Result<Ring, RecordError> {
        Ok(Ring {
            revision: Revision::NEW,
            purpose: one_of(&Purpose::ALL, purpose_name, &self.purpose, "ring purpose")?,
            bytes: self.keys.0,
        })
    }
}
