//! The one way a snapshot comes from another: expectations checked, indexes kept, references verified.
//!
//! The checks repeat what an operation has checked already, in its own words, for its caller. Here they are the last
//! line: whatever asks for a change, no dangling attachment, second namesake or ownerless key can come into being.

use std::sync::Arc;

use locum_names::{AccessKeyId, AccountId, UniqueId, UniqueKind};

use super::{Attachment, Counts, PolicyUsage, PolicyUse, Snapshot, named::Filed};
use crate::{
    AccessKey, Account, Change, Changes, Entity, EntityKey, KeyOwner, ManagedPolicy, PolicyOwner, Revision,
    Role, User, change::purpose_name,
};

/// The most versions a managed policy keeps (`facts: sts §8.3`).
const MOST_VERSIONS: usize = 5;

/// A change that would break what the directory promises. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The entity is not what the change was decided on: another write came first.
    #[error("{0} was changed by somebody else in the meantime; read it again and retry")]
    Conflict(EntityKey),
    /// Another entity of the account has the name.
    #[error("{0} would have the name of {1}, which is in the same account")]
    NameTaken(EntityKey, UniqueId),
    /// Another account has the address.
    #[error("account {0} has this email address already")]
    EmailTaken(AccountId),
    /// An unique id is in use elsewhere.
    #[error("{0} would have an id that is in use in another account")]
    IdTaken(EntityKey),
    /// It refers to what is not there.
    #[error("{0} refers to {1}, which does not exist")]
    Dangling(EntityKey, Box<str>),
    /// It is still referred to.
    #[error("{0} cannot be removed while {1}")]
    InUse(EntityKey, &'static str),
    /// It contradicts itself.
    #[error("{0} is not valid: {1}")]
    Invalid(EntityKey, &'static str),
}

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
                Change::Put(entity) => next.verify(entity)?,
                Change::Delete { key, .. } => next.verify_absent(key)?,
            }
        }
        next.revision = revision;
        Ok(next)
    }

    /// Files entities as they were stored, each at the revision it carries.
    pub(crate) fn load(&mut self, entities: Vec<Entity>) -> Result<(), ChangeError> {
        for entity in &entities {
            self.put(entity.clone())?;
        }
        entities.iter().try_for_each(|entity| self.verify(entity))
    }

    /// Sets the revision once everything of it is loaded.
    pub(crate) const fn loaded_at(mut self, revision: Revision) -> Self {
        self.revision = revision;
        self
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
            EntityKey::User(_, id) => self.users.by_id(id).map(|e| e.revision),
            EntityKey::Role(_, id) => self.roles.by_id(id).map(|e| e.revision),
            EntityKey::AccessKey(_, id) => self.keys.get(id).map(|e| e.revision),
        }
        .unwrap_or(Revision::NEW)
    }

    fn put(&mut self, entity: Entity) -> Result<(), ChangeError> {
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
            Entity::User(user) => {
                let key = EntityKey::User(user.account, user.id);
                let previous = file(self.users.insert(&user), &user, key)?;
                if let Some(previous) = &previous {
                    self.detach(
                        previous.account,
                        previous.id,
                        &previous.attached,
                        previous.boundary,
                    );
                } else {
                    self.count(Some(user.account), |counts| &mut counts.users, 1);
                }
                self.attach(user.account, user.id, &user.attached, user.boundary);
            }
            Entity::Role(role) => {
                let key = EntityKey::Role(role.account, role.id);
                let previous = file(self.roles.insert(&role), &role, key)?;
                if let Some(previous) = &previous {
                    self.detach(
                        previous.account,
                        previous.id,
                        &previous.attached,
                        previous.boundary,
                    );
                } else {
                    self.count(Some(role.account), |counts| &mut counts.roles, 1);
                }
                self.attach(role.account, role.id, &role.attached, role.boundary);
            }
            Entity::AccessKey(key) => self.put_access_key(key)?,
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
        if let Some(previous) = self.accounts.get(&account.id) {
            self.emails.remove(previous.email.to_ascii_lowercase().as_str());
        }
        self.emails.insert(email, account.id);
        self.accounts.insert(account.id, account);
        Ok(())
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
        self.keys.insert(key.id, key);
        Ok(())
    }

    fn delete(&mut self, key: &EntityKey) {
        match key {
            EntityKey::Organization => self.organization = None,
            EntityKey::Ring(purpose) => {
                self.rings.remove(purpose);
            }
            EntityKey::Account(id) => {
                if let Some(account) = self.accounts.remove(id) {
                    self.emails.remove(account.email.to_ascii_lowercase().as_str());
                }
            }
            EntityKey::CreateAccountStatus(id) => {
                self.create_account.remove(id);
            }
            EntityKey::Policy(account, id) => {
                if self.policies.remove(id).is_some() {
                    self.count(Some(*account), |counts| &mut counts.policies, -1);
                }
            }
            EntityKey::User(account, id) => {
                if let Some(user) = self.users.remove(id) {
                    self.detach(user.account, user.id, &user.attached, user.boundary);
                    self.count(Some(*account), |counts| &mut counts.users, -1);
                }
            }
            EntityKey::Role(account, id) => {
                if let Some(role) = self.roles.remove(id) {
                    self.detach(role.account, role.id, &role.attached, role.boundary);
                    self.count(Some(*account), |counts| &mut counts.roles, -1);
                }
            }
            EntityKey::AccessKey(_, id) => self.delete_access_key(id),
        }
    }

    fn delete_access_key(&mut self, id: &AccessKeyId) {
        let Some(key) = self.keys.remove(id) else { return };
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

    fn count(&mut self, account: Option<AccountId>, which: fn(&mut Counts) -> &mut usize, by: isize) {
        let Some(account) = account else { return };
        let mut counts = self.counts(account);
        let count = which(&mut counts);
        *count = count.saturating_add_signed(by);
        if counts == Counts::default() {
            self.counts.remove(&account);
        } else {
            self.counts.insert(account, counts);
        }
    }

    fn attach(
        &mut self,
        account: AccountId,
        principal: UniqueId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) {
        for (policy, usage) in uses(attached, boundary) {
            self.attachments
                .insert(policy, account, Attachment { usage, principal });
        }
    }

    fn detach(
        &mut self,
        account: AccountId,
        principal: UniqueId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) {
        for (policy, usage) in uses(attached, boundary) {
            self.attachments
                .remove(policy, account, Attachment { usage, principal });
        }
    }

    fn verify(&self, entity: &Entity) -> Result<(), ChangeError> {
        let key = entity.key();
        match entity {
            Entity::Organization(organization) => self.verify_account(key, organization.management_account),
            Entity::Ring(_) | Entity::CreateAccountStatus(_) | Entity::Account(_) => Ok(()),
            Entity::Policy(policy) => self.verify_policy(key, policy),
            Entity::User(user) => self.verify_user(key, user),
            Entity::Role(role) => self.verify_role(key, role),
            Entity::AccessKey(access_key) => self.verify_access_key(key, access_key),
        }
    }

    fn verify_account(&self, key: EntityKey, account: AccountId) -> Result<(), ChangeError> {
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
        self.verify_uses(&key, user.account, &user.attached, user.boundary)?;
        self.verify_account(key, user.account)
    }

    fn verify_role(&self, key: EntityKey, role: &Role) -> Result<(), ChangeError> {
        verify_name(&key, UniqueKind::Role, role.id, &role.name)?;
        self.verify_uses(&key, role.account, &role.attached, role.boundary)?;
        self.verify_account(key, role.account)
    }

    fn verify_uses(
        &self,
        key: &EntityKey,
        account: AccountId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) -> Result<(), ChangeError> {
        for (id, _) in uses(attached, boundary) {
            let reachable = self.policy_by_id(&id).is_some_and(|policy| match policy.owner {
                PolicyOwner::Aws => true,
                PolicyOwner::Account(owner) => owner == account,
            });
            if !reachable {
                return Err(ChangeError::Dangling(key.clone(), format!("policy {id}").into()));
            }
        }
        Ok(())
    }

    fn verify_access_key(&self, key: EntityKey, access_key: &AccessKey) -> Result<(), ChangeError> {
        let owned = match access_key.owner {
            KeyOwner::Root(account) => account == access_key.account,
            KeyOwner::User(id) => self
                .user_by_id(&id)
                .is_some_and(|u| u.account == access_key.account),
        };
        if !owned {
            return Err(ChangeError::Dangling(key, "its owner".into()));
        }
        self.verify_account(key, access_key.account)
    }

    fn verify_absent(&self, key: &EntityKey) -> Result<(), ChangeError> {
        let in_use = match key {
            EntityKey::Policy(account, id) => (self.policy_usage(id, *account) != PolicyUsage::default())
                .then_some("it is attached or bounds"),
            EntityKey::User(_, id) => self
                .access_keys(KeyOwner::User(*id))
                .next()
                .map(|_| "it has access keys"),
            EntityKey::Account(id) => {
                let management = self.organization().is_some_and(|o| o.management_account == *id);
                let keys = self.access_keys(KeyOwner::Root(*id)).next().is_some();
                let entities = self.counts(*id) != Counts::default();
                (management || keys || entities).then_some("it has entities or manages the organization")
            }
            EntityKey::Organization
            | EntityKey::Ring(_)
            | EntityKey::CreateAccountStatus(_)
            | EntityKey::Role(..)
            | EntityKey::AccessKey(..) => None,
        };
        match in_use {
            Some(reason) if self.revision_of(key) == Revision::NEW => {
                Err(ChangeError::InUse(key.clone(), reason))
            }
            _ => Ok(()),
        }
    }
}

/// The policies a principal uses, and how.
fn uses(attached: &[UniqueId], boundary: Option<UniqueId>) -> impl Iterator<Item = (UniqueId, PolicyUse)> {
    let attached = attached.iter().map(|id| (*id, PolicyUse::Attached));
    attached.chain(boundary.map(|id| (id, PolicyUse::Boundary)))
}

fn verify_name(key: &EntityKey, kind: UniqueKind, id: UniqueId, name: &str) -> Result<(), ChangeError> {
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
