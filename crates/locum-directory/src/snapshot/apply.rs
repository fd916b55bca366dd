//! The one way a snapshot comes from another: expectations checked, indexes kept, references verified.

mod counts;
mod error;

use std::sync::Arc;

use locum_names::{AccessKeyId, AccountId, UniqueId};

use super::{Snapshot, named::Filed};
use crate::{AccessKey, Account, Change, Changes, Entity, EntityKey, Revision, UsedBy, change::purpose_name};

pub(super) use counts::count;
pub use error::ChangeError;

impl Snapshot {
    /// Returns the snapshot after `changes`, which were committed as `revision`.
    ///
    /// # Errors
    /// [`ChangeError`] for the first change that cannot be made; then none is.
    pub fn apply(&self, changes: &Changes, revision: Revision) -> Result<Self, ChangeError> {
        let mut next = self.clone();
        for change in changes.iter() {
            let key = change.key();
            let nothing_to_delete = change.is_delete() && change.expected() == Revision::NEW;
            if nothing_to_delete || next.revision_of(&key) != change.expected() {
                return Err(ChangeError::Conflict(key));
            }
            match change {
                Change::Put(entity) => next.put(entity.clone().at(revision))?,
                Change::Delete { key, .. } => next.delete(key),
            }
        }
        for change in changes.iter() {
            match change {
                Change::Put(entity) => {
                    next.verify(entity)?;
                    next.verify_place(&entity.key())?;
                }
                Change::Delete { key, .. } => next.verify_absent(key)?,
            }
        }
        next.revision = revision;
        Ok(next)
    }

    /// The revision at which an entity last changed; `NEW` if there is none.
    #[must_use]
    pub fn revision_of(&self, key: &EntityKey) -> Revision {
        match key {
            EntityKey::Organization => self.organization.as_ref().map(|e| e.revision),
            EntityKey::Ring(purpose) => self.rings.get(purpose).map(|e| e.revision),
            EntityKey::Account(id) => self.accounts.get(id).map(|e| e.revision),
            EntityKey::CreateAccountStatus(id) => self.create_account.get(id).map(|e| e.revision),
            EntityKey::Policy(_, id) => self.policies.by_id(id).map(|e| e.revision),
            EntityKey::Group(_, id) => self.group_by_id(id).map(|e| e.revision),
            EntityKey::User(_, id) => self.users.by_id(id).map(|e| e.revision),
            EntityKey::Role(_, id) => self.roles.by_id(id).map(|e| e.revision),
            EntityKey::InstanceProfile(_, id) => self.instance_profile_by_id(id).map(|e| e.revision),
            EntityKey::AccessKey(_, id) => self.keys.get(id).map(|e| e.revision),
            EntityKey::SamlProvider(account, lower) => {
                self.federation.saml_by_key(*account, lower).map(|e| e.revision)
            }
            EntityKey::OidcProvider(account, url) => self.oidc_provider(*account, url).map(|e| e.revision),
            EntityKey::MfaDevice(account, place) => self.mfa_device(*account, place).map(|e| e.revision),
            EntityKey::UsedAssertion(account, digest) => {
                self.used_assertion(*account, *digest).map(|e| e.revision)
            }
            EntityKey::OutboundFederation(account) => self.outbound_federation(*account).map(|e| e.revision),
            EntityKey::DelegationRequest(id) => self.delegation_request(id).map(|e| e.revision),
            EntityKey::LoginProfile(_, user) => self.login_profile(user).map(|e| e.revision),
            EntityKey::PasswordPolicy(account) => self.password_policy(*account).map(|e| e.revision),
            EntityKey::LastUse(_, by) => self.last_use(*by).map(|e| e.revision),
            EntityKey::CredentialReport(account) => self.credential_report(*account).map(|e| e.revision),
            EntityKey::Unit(id) => self.unit(*id).map(|e| e.revision),
            EntityKey::ControlPolicy(id) => self.controls.policies.get(id).map(|e| e.revision),
            EntityKey::ControlAttachments(policy_type, target) => self
                .control_attachments(*policy_type, *target)
                .map(|e| e.revision),
            EntityKey::DelegatedAdministrator(account) => {
                self.delegated_administrator(*account).map(|e| e.revision)
            }
        }
        .unwrap_or(Revision::NEW)
    }

    pub(super) fn put(&mut self, entity: Entity) -> Result<(), ChangeError> {
        match entity {
            Entity::Organization(organization) => self.organization = Some(organization),
            Entity::Ring(ring) => {
                self.rings.insert(purpose_name(ring.purpose), ring);
            }
            Entity::Account(account) => self.put_account(account)?,
            Entity::CreateAccountStatus(status) => {
                self.create_account.insert(status.id.clone(), status);
            }
            Entity::Policy(policy) => {
                let key = Entity::Policy(Arc::clone(&policy)).key();
                let previous = file(self.policies.insert(&policy), &policy, key)?;
                if previous.is_none() {
                    self.count(policy.account(), |counts| &mut counts.policies, 1);
                }
            }
            Entity::Group(group) => {
                let key = EntityKey::Group(group.account, group.id);
                let previous = file(self.groups.named.insert(&group), &group, key)?;
                if let Some(previous) = &previous {
                    self.attachments
                        .detach(previous.account, previous.id, &previous.attached, None);
                } else {
                    self.count(Some(group.account), |counts| &mut counts.groups, 1);
                }
                self.attachments
                    .attach(group.account, group.id, &group.attached, None);
            }
            Entity::User(user) => {
                let key = EntityKey::User(user.account, user.id);
                let previous = file(self.users.insert(&user), &user, key)?;
                if let Some(previous) = &previous {
                    self.attachments.detach(
                        previous.account,
                        previous.id,
                        &previous.attached,
                        previous.boundary,
                    );
                    self.groups.leave(previous);
                } else {
                    self.count(Some(user.account), |counts| &mut counts.users, 1);
                }
                self.attachments
                    .attach(user.account, user.id, &user.attached, user.boundary);
                self.groups.join(&user);
            }
            Entity::Role(role) => {
                let key = EntityKey::Role(role.account, role.id);
                let previous = file(self.roles.insert(&role), &role, key.clone())?;
                if let Some(previous) = &previous {
                    if previous.service != role.service {
                        return Err(ChangeError::Invalid(
                            key,
                            "a role's link to a service cannot change",
                        ));
                    }
                    self.attachments.detach(
                        previous.account,
                        previous.id,
                        &previous.attached,
                        previous.boundary,
                    );
                } else {
                    self.count(Some(role.account), |counts| &mut counts.roles, 1);
                    self.usage.adopt(UsedBy::Role(role.id));
                }
                self.attachments
                    .attach(role.account, role.id, &role.attached, role.boundary);
            }
            Entity::InstanceProfile(profile) => {
                let key = EntityKey::InstanceProfile(profile.account, profile.id);
                let previous = file(self.instance_profiles.named.insert(&profile), &profile, key)?;
                match &previous {
                    Some(previous) => self.instance_profiles.leave_role(previous),
                    None => self.count(Some(profile.account), |counts| &mut counts.instance_profiles, 1),
                }
                self.instance_profiles.take_role(&profile);
            }
            Entity::AccessKey(key) => self.put_access_key(key)?,
            Entity::SamlProvider(provider) => {
                let account = provider.account;
                if self.federation.put_saml(provider) {
                    self.count(Some(account), |counts| &mut counts.saml_providers, 1);
                }
            }
            Entity::OidcProvider(provider) => {
                let account = provider.account;
                if self.federation.put_oidc(provider) {
                    self.count(Some(account), |counts| &mut counts.oidc_providers, 1);
                }
            }
            Entity::MfaDevice(device) => {
                let previous = self.mfa.put(&device)?;
                self.count_device(previous.as_deref(), -1);
                self.count_device(Some(&device), 1);
            }
            Entity::UsedAssertion(used) => self.used.put(used)?,
            Entity::OutboundFederation(issuer) => self.federation.put_outbound(issuer)?,
            Entity::DelegationRequest(request) => {
                let previous = self.delegations.put(&request)?;
                self.count_request(previous.as_deref(), -1);
                self.count_request(Some(&request), 1);
            }
            Entity::LoginProfile(profile) => self.put_login_profile(profile)?,
            Entity::PasswordPolicy(policy) => {
                self.passwords.policies.insert(policy.account, policy);
            }
            Entity::LastUse(used) => self.put_last_use(used)?,
            Entity::CredentialReport(report) => self.usage.put_report(report),
            Entity::Unit(unit) => self.tree.put_unit(unit)?,
            Entity::ControlPolicy(policy) => self.controls.put_policy(policy)?,
            Entity::ControlAttachments(attachments) => self.controls.put_attachments(attachments),
            Entity::DelegatedAdministrator(administrator) => {
                self.administrators.insert(administrator.account, administrator);
            }
        }
        Ok(())
    }

    fn put_account(&mut self, account: Arc<Account>) -> Result<(), ChangeError> {
        let email: Arc<str> = account.email.to_ascii_lowercase().into();
        if let Some(other) = self.emails.get(&*email)
            && *other != account.id
        {
            return Err(ChangeError::EmailTaken(*other));
        }
        if let Some(alias) = &account.alias
            && let Some(other) = self.aliases.get(alias)
            && *other != account.id
        {
            return Err(ChangeError::AliasTaken(*other));
        }
        self.forget_account(account.id);
        self.emails.insert(email, account.id);
        if let Some(alias) = &account.alias {
            self.aliases.insert(alias.clone(), account.id);
        }
        self.tree.place(&account);
        self.accounts.insert(account.id, account);
        Ok(())
    }

    fn forget_account(&mut self, id: AccountId) {
        let Some(account) = self.accounts.remove(&id) else {
            return;
        };
        self.emails.remove(account.email.to_ascii_lowercase().as_str());
        if let Some(alias) = &account.alias {
            self.aliases.remove(alias);
        }
        self.tree.displace(&account);
    }

    fn put_access_key(&mut self, key: Arc<AccessKey>) -> Result<(), ChangeError> {
        if let Some(previous) = self.keys.get(&key.id)
            && (previous.owner != key.owner || previous.account != key.account)
        {
            return Err(ChangeError::IdTaken(EntityKey::AccessKey(key.account, key.id)));
        }
        let mut ids: Vec<AccessKeyId> = self.access_keys(key.owner).map(|k| k.id).collect();
        if let Err(place) = ids.binary_search(&key.id) {
            ids.insert(place, key.id);
            self.keys_by_owner.insert(key.owner, ids.into());
        }
        self.usage.adopt(UsedBy::Key(key.id));
        self.keys.insert(key.id, key);
        Ok(())
    }

    fn delete(&mut self, key: &EntityKey) {
        match key {
            EntityKey::Organization => self.organization = None,
            EntityKey::Ring(purpose) => {
                self.rings.remove(purpose);
            }
            EntityKey::Account(id) => self.forget_account(*id),
            EntityKey::CreateAccountStatus(id) => {
                self.create_account.remove(id);
            }
            EntityKey::Policy(account, id) => {
                if self.policies.remove(id).is_some() {
                    self.count(Some(*account), |counts| &mut counts.policies, -1);
                }
            }
            EntityKey::Group(account, id) => {
                if let Some(group) = self.groups.named.remove(id) {
                    self.attachments
                        .detach(group.account, group.id, &group.attached, None);
                    self.count(Some(*account), |counts| &mut counts.groups, -1);
                }
            }
            EntityKey::User(account, id) => {
                if let Some(user) = self.users.remove(id) {
                    self.attachments
                        .detach(user.account, user.id, &user.attached, user.boundary);
                    self.groups.leave(&user);
                    self.count(Some(*account), |counts| &mut counts.users, -1);
                }
            }
            EntityKey::Role(account, id) => {
                if let Some(role) = self.roles.remove(id) {
                    self.attachments
                        .detach(role.account, role.id, &role.attached, role.boundary);
                    self.count(Some(*account), |counts| &mut counts.roles, -1);
                    self.usage.orphan(UsedBy::Role(*id));
                }
            }
            EntityKey::InstanceProfile(account, id) => {
                if let Some(profile) = self.instance_profiles.named.remove(id) {
                    self.instance_profiles.leave_role(&profile);
                    self.count(Some(*account), |counts| &mut counts.instance_profiles, -1);
                }
            }
            EntityKey::AccessKey(_, id) => self.delete_access_key(id),
            EntityKey::SamlProvider(account, lower) => {
                if self.federation.delete_saml(*account, lower) {
                    self.count(Some(*account), |counts| &mut counts.saml_providers, -1);
                }
            }
            EntityKey::OidcProvider(account, url) => {
                if self.federation.delete_oidc(*account, url) {
                    self.count(Some(*account), |counts| &mut counts.oidc_providers, -1);
                }
            }
            EntityKey::MfaDevice(account, place) => {
                let removed = self.mfa.delete(*account, place);
                self.count_device(removed.as_deref(), -1);
            }
            EntityKey::UsedAssertion(account, digest) => self.used.delete(*account, *digest),
            EntityKey::OutboundFederation(account) => self.federation.delete_outbound(*account),
            EntityKey::DelegationRequest(id) => {
                let removed = self.delegations.delete(id);
                self.count_request(removed.as_deref(), -1);
            }
            EntityKey::LoginProfile(_, user) => {
                self.passwords.profiles.remove(user);
            }
            EntityKey::PasswordPolicy(account) => {
                self.passwords.policies.remove(account);
            }
            EntityKey::LastUse(_, by) => self.usage.delete_last_use(*by),
            EntityKey::CredentialReport(account) => self.usage.delete_report(*account),
            EntityKey::Unit(id) => self.tree.delete_unit(*id),
            EntityKey::ControlPolicy(id) => self.controls.delete_policy(id),
            EntityKey::ControlAttachments(policy_type, target) => {
                self.controls.delete_attachments((*policy_type, *target));
            }
            EntityKey::DelegatedAdministrator(account) => {
                self.administrators.remove(account);
            }
        }
    }

    fn delete_access_key(&mut self, id: &AccessKeyId) {
        let Some(key) = self.keys.remove(id) else { return };
        self.usage.orphan(UsedBy::Key(*id));
        let left: Arc<[AccessKeyId]> = match self.keys_by_owner.get(&key.owner) {
            Some(ids) => ids.iter().copied().filter(|other| other != id).collect(),
            None => return,
        };
        if left.is_empty() {
            self.keys_by_owner.remove(&key.owner);
        } else {
            self.keys_by_owner.insert(key.owner, left);
        }
    }
}

/// The outcome of filing: the entity's predecessor, which must be of the same account.
fn file<T: Filed>(
    filed: Result<Option<Arc<T>>, UniqueId>,
    entity: &T,
    key: EntityKey,
) -> Result<Option<Arc<T>>, ChangeError> {
    match filed {
        Err(other) => Err(ChangeError::NameTaken(key, other)),
        Ok(Some(previous)) if previous.account() != entity.account() => Err(ChangeError::IdTaken(key)),
        Ok(previous) => Ok(previous),
    }
}
