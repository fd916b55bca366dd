//! What must hold of an entity among the others, checked once all changes of a write are made.
//!
//! The checks repeat what an operation has checked already, in its own words, for its caller. Here they are the last
//! line: whatever asks for a change, no dangling attachment or ownerless key can come into being.

use locum_names::{AccountId, UniqueId, UniqueKind};
use locum_policy::PolicyKind;

use super::{ChangeError, Counts, PolicyUsage, Snapshot, attachment::uses};
use crate::{
    AccessKey, ControlTarget, Entity, EntityKey, InlinePolicy, KeyOwner, ManagedPolicy, PolicyOwner,
    Revision, Role, User,
};

/// The most versions a managed policy keeps (`facts: sts §8.3`).
const MOST_VERSIONS: usize = 5;

impl Snapshot {
    pub(super) fn verify(&self, entity: &Entity) -> Result<(), ChangeError> {
        let key = entity.key();
        match entity {
            Entity::Organization(organization) => self.verify_account(key, organization.management_account),
            Entity::Ring(_) | Entity::CreateAccountStatus(_) | Entity::Account(_) => Ok(()),
            Entity::Policy(policy) => self.verify_policy(key, policy),
            Entity::Group(group) => self.verify_group(key, group),
            Entity::User(user) => self.verify_user(key, user),
            Entity::Role(role) => self.verify_role(key, role),
            Entity::InstanceProfile(profile) => self.verify_instance_profile(key, profile),
            Entity::AccessKey(access_key) => self.verify_access_key(key, access_key),
            Entity::SamlProvider(provider) => self.verify_saml(key, provider),
            Entity::OidcProvider(provider) => self.verify_oidc(key, provider),
            Entity::MfaDevice(device) => self.verify_mfa_device(key, device),
            // It outlives its account: forgetting it early would help nobody but whoever replays it.
            Entity::UsedAssertion(_) => Ok(()),
            Entity::OutboundFederation(issuer) => self.verify_outbound(key, issuer),
            Entity::DelegationRequest(request) => self.verify_delegation(key, request),
            Entity::LoginProfile(profile) => self.verify_login_profile(key, profile),
            Entity::PasswordPolicy(policy) => self.verify_account(key, policy.account),
            // Neither need be of something that still exists: it says what was.
            Entity::LastUse(_) | Entity::CredentialReport(_) => Ok(()),
            Entity::Unit(unit) => self.verify_unit(key, unit),
            Entity::ControlPolicy(policy) => self.verify_control_policy(key, policy),
            Entity::ControlAttachments(attachments) => self.verify_control_attachments(key, attachments),
            Entity::DelegatedAdministrator(administrator) => self.verify_administrator(key, administrator),
        }
    }

    pub(super) fn verify_account(&self, key: EntityKey, account: AccountId) -> Result<(), ChangeError> {
        if self.accounts.contains_key(&account) {
            Ok(())
        } else {
            Err(ChangeError::Dangling(key, format!("account {account}").into()))
        }
    }

    fn verify_policy(&self, key: EntityKey, policy: &ManagedPolicy) -> Result<(), ChangeError> {
        let PolicyOwner::Account(account) = policy.owner else {
            return Err(ChangeError::Invalid(key, "a built-in policy cannot be changed"));
        };
        verify_name(&key, UniqueKind::Policy, policy.id, &policy.name)?;
        if policy.versions.len() > MOST_VERSIONS {
            return Err(ChangeError::Invalid(key, "it has more than five versions"));
        }
        if policy.in_force().is_none() {
            return Err(ChangeError::Invalid(key, "its default version is missing"));
        }
        let mut compiled = policy.versions.iter().map(|version| &version.policy);
        if compiled.any(|policy| policy.kind() != PolicyKind::Managed) {
            return Err(ChangeError::Invalid(
                key,
                "its document was compiled as another kind",
            ));
        }
        if policy.versions.iter().any(|v| v.id >= policy.next_version) {
            return Err(ChangeError::Invalid(
                key,
                "its next version number is used already",
            ));
        }
        self.verify_account(key, account)
    }

    fn verify_user(&self, key: EntityKey, user: &User) -> Result<(), ChangeError> {
        verify_name(&key, UniqueKind::User, user.id, &user.name)?;
        verify_inline(&key, &user.inline)?;
        self.verify_uses(&key, user.account, &user.attached, user.boundary)?;
        self.verify_membership(&key, user)?;
        self.verify_account(key, user.account)
    }

    fn verify_role(&self, key: EntityKey, role: &Role) -> Result<(), ChangeError> {
        verify_name(&key, UniqueKind::Role, role.id, &role.name)?;
        verify_inline(&key, &role.inline)?;
        if role.trust.kind() != PolicyKind::Trust {
            return Err(ChangeError::Invalid(
                key,
                "its trust policy was compiled as another kind",
            ));
        }
        if let Some(fault) = role.fault_of_link() {
            return Err(ChangeError::Invalid(key, fault));
        }
        self.verify_uses(&key, role.account, &role.attached, role.boundary)?;
        self.verify_account(key, role.account)
    }

    pub(super) fn verify_uses(
        &self,
        key: &EntityKey,
        account: AccountId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) -> Result<(), ChangeError> {
        for (id, _) in uses(attached, boundary) {
            let reachable = self.policy_by_id(&id).is_some_and(|policy| match policy.owner {
                PolicyOwner::Aws => policy.is_attachable(),
                PolicyOwner::Account(owner) => owner == account,
            });
            if !reachable {
                return Err(ChangeError::Dangling(key.clone(), format!("policy {id}").into()));
            }
        }
        Ok(())
    }

    fn verify_access_key(&self, key: EntityKey, access_key: &AccessKey) -> Result<(), ChangeError> {
        if !self.is_of(access_key.owner, access_key.account) {
            return Err(ChangeError::Dangling(key, "its owner".into()));
        }
        self.verify_account(key, access_key.account)
    }

    pub(super) fn verify_absent(&self, key: &EntityKey) -> Result<(), ChangeError> {
        let in_use = match key {
            EntityKey::Policy(account, id) => (self.policy_usage(id, *account) != PolicyUsage::default())
                .then_some("it is attached or bounds"),
            EntityKey::Group(_, id) => self.group_in_use(*id),
            EntityKey::Role(_, id) => self.role_in_use(*id),
            EntityKey::User(_, id) => {
                let owner = KeyOwner::User(*id);
                let keys = self.access_keys(owner).next().map(|_| "it has access keys");
                let password = || self.login_profile(id).map(|_| "it has a password");
                keys.or_else(password).or_else(|| {
                    self.mfa_devices_of(owner, None)
                        .next()
                        .map(|_| "it has MFA devices")
                })
            }
            EntityKey::Account(id) => {
                let management = self.organization().is_some_and(|o| o.management_account == *id);
                let keys = self.access_keys(KeyOwner::Root(*id)).next().is_some();
                let entities = self.counts(*id) != Counts::default()
                    || self.outbound_federation(*id).is_some()
                    || self.password_policy(*id).is_some();
                let named = self.has_control_attachments(ControlTarget::Account(*id))
                    || self.delegated_administrator(*id).is_some();
                (management || keys || entities || named)
                    .then_some("it has entities, policies or duties, or manages the organization")
            }
            EntityKey::Unit(id) => self.unit_in_use(*id),
            EntityKey::ControlPolicy(id) => self.control_policy_in_use(id),
            EntityKey::Organization
            | EntityKey::Ring(_)
            | EntityKey::CreateAccountStatus(_)
            | EntityKey::InstanceProfile(..)
            | EntityKey::AccessKey(..)
            | EntityKey::SamlProvider(..)
            | EntityKey::OidcProvider(..)
            | EntityKey::MfaDevice(..)
            | EntityKey::UsedAssertion(..)
            | EntityKey::OutboundFederation(_)
            | EntityKey::DelegationRequest(_)
            | EntityKey::LoginProfile(..)
            | EntityKey::PasswordPolicy(_)
            | EntityKey::LastUse(..)
            | EntityKey::CredentialReport(_)
            | EntityKey::ControlAttachments(..)
            | EntityKey::DelegatedAdministrator(_) => None,
        };
        match in_use {
            Some(reason) if self.revision_of(key) == Revision::NEW => {
                Err(ChangeError::InUse(key.clone(), reason))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn verify_name(
    key: &EntityKey,
    kind: UniqueKind,
    id: UniqueId,
    name: &str,
) -> Result<(), ChangeError> {
    if id.kind() != kind {
        return Err(ChangeError::Invalid(
            key.clone(),
            "its unique id is of another kind",
        ));
    }
    if name.is_empty() {
        return Err(ChangeError::Invalid(key.clone(), "its name is empty"));
    }
    Ok(())
}

/// A document is compiled again, as what it is stored as, at the next start: it must be accepted then too.
pub(super) fn verify_inline(key: &EntityKey, policies: &[InlinePolicy]) -> Result<(), ChangeError> {
    if policies
        .iter()
        .any(|inline| inline.policy.kind() != PolicyKind::Inline)
    {
        return Err(ChangeError::Invalid(
            key.clone(),
            "an inline policy was compiled as another kind",
        ));
    }
    Ok(())
}
