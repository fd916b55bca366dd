//! Everything the directory holds, as of one revision, in persistent maps.
//!
//! A snapshot never changes, so a reader needs no lock and a request sees one state from its first look-up to its
//! last. The next snapshot shares all but the path to what changed: a write costs O(log n) at any size. The maps are
//! filled in two ways: by [`Snapshot::apply`], one change after the other, and at start-up all at once. A test holds the
//! second to what the first makes and refuses, so what is derived (names, owners, attachments, counts) does not depend on
//! how an entity came here.

mod administrators;
mod apply;
mod attachment;
mod control;
mod delegations;
mod federation;
mod filling;
mod groups;
mod instance_profiles;
mod loading;
mod mfa;
mod named;
mod order;
mod passwords;
mod tree;
mod usage;
mod used;
mod verify;

use std::{ops::Bound, sync::Arc};

use imbl::{HashMap, OrdMap};
use locum_crypto::Purpose;
use locum_names::{
    AccessKeyId, AccountId, Arn, Partition, PrincipalArn, PrincipalKind, UniqueId, UniqueKind,
};

use crate::{
    AccessKey, Account, AwsPolicies, CreateAccountStatus, DelegatedAdministrator, KeyOwner, ManagedPolicy,
    Organization, Revision, Ring, Role, User, change::purpose_name,
};
use named::Named;

pub use apply::ChangeError;
pub use attachment::{Attachment, PolicyUsage, PolicyUse};

/// The state of the directory as of one revision.
#[derive(Debug, Clone)]
pub struct Snapshot {
    revision: Revision,
    organization: Option<Arc<Organization>>,
    rings: OrdMap<&'static str, Arc<Ring>>,
    accounts: OrdMap<AccountId, Arc<Account>>,
    /// Lower-cased address to account.
    emails: OrdMap<Arc<str>, AccountId>,
    /// Alias to account.
    aliases: OrdMap<Box<str>, AccountId>,
    create_account: OrdMap<Box<str>, Arc<CreateAccountStatus>>,
    groups: groups::Groups,
    users: Named<User>,
    roles: Named<Role>,
    instance_profiles: instance_profiles::InstanceProfiles,
    policies: Named<ManagedPolicy>,
    keys: HashMap<AccessKeyId, Arc<AccessKey>>,
    keys_by_owner: HashMap<KeyOwner, Arc<[AccessKeyId]>>,
    attachments: attachment::Attachments,
    federation: federation::Federation,
    mfa: mfa::MfaDevices,
    passwords: passwords::Passwords,
    usage: usage::Usage,
    used: used::UsedAssertions,
    delegations: delegations::Delegations,
    tree: tree::Tree,
    controls: control::Controls,
    administrators: OrdMap<AccountId, Arc<DelegatedAdministrator>>,
    counts: OrdMap<AccountId, Counts>,
    aws: AwsPolicies,
}

/// How many entities an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Groups.
    pub groups: usize,
    /// Users.
    pub users: usize,
    /// Roles.
    pub roles: usize,
    /// Instance profiles.
    pub instance_profiles: usize,
    /// Customer managed policies.
    pub policies: usize,
    /// SAML providers.
    pub saml_providers: usize,
    /// OIDC providers.
    pub oidc_providers: usize,
    /// Virtual MFA devices, assigned or not.
    pub mfa_devices: usize,
    /// Virtual MFA devices that are assigned.
    pub mfa_devices_in_use: usize,
    /// Delegation requests that the account made.
    pub delegation_requests: usize,
}

impl Snapshot {
    /// The state before the first commit: nothing but the built-in policies.
    #[must_use]
    pub fn empty(aws: AwsPolicies) -> Self {
        Self {
            revision: Revision::NEW,
            organization: None,
            rings: OrdMap::new(),
            accounts: OrdMap::new(),
            emails: OrdMap::new(),
            aliases: OrdMap::new(),
            create_account: OrdMap::new(),
            groups: groups::Groups::default(),
            users: Named::default(),
            roles: Named::default(),
            instance_profiles: instance_profiles::InstanceProfiles::default(),
            policies: Named::default(),
            keys: HashMap::new(),
            keys_by_owner: HashMap::new(),
            attachments: attachment::Attachments::default(),
            federation: federation::Federation::default(),
            mfa: mfa::MfaDevices::default(),
            passwords: passwords::Passwords::default(),
            usage: usage::Usage::default(),
            used: used::UsedAssertions::default(),
            delegations: delegations::Delegations::default(),
            tree: tree::Tree::default(),
            controls: control::Controls::default(),
            administrators: OrdMap::new(),
            counts: OrdMap::new(),
            aws,
        }
    }

    /// The last commit it contains.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The organization; `None` before the first start has made it.
    #[must_use]
    pub fn organization(&self) -> Option<&Arc<Organization>> {
        self.organization.as_ref()
    }

    /// The stored key ring of a purpose.
    #[must_use]
    pub fn ring(&self, purpose: Purpose) -> Option<&Arc<Ring>> {
        self.rings.get(purpose_name(purpose))
    }

    /// The account of this number.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(&id)
    }

    /// The account with this address, ignoring case.
    #[must_use]
    pub fn account_by_email(&self, email: &str) -> Option<&Arc<Account>> {
        self.account(*self.emails.get(email.to_ascii_lowercase().as_str())?)
    }

    /// The account with this alias.
    #[must_use]
    pub fn account_by_alias(&self, alias: &str) -> Option<&Arc<Account>> {
        self.account(*self.aliases.get(alias)?)
    }

    /// The accounts after a number, in the order of numbers.
    pub fn accounts(&self, after: Option<AccountId>) -> impl Iterator<Item = &Arc<Account>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.accounts
            .range((from, Bound::Unbounded))
            .map(|(_, account)| account)
    }

    /// How many accounts there are.
    #[must_use]
    pub fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// The record of a `CreateAccount`.
    #[must_use]
    pub fn create_account_status(&self, id: &str) -> Option<&Arc<CreateAccountStatus>> {
        self.create_account.get(id)
    }

    /// The records of `CreateAccount` after an id, in the order of ids.
    pub fn create_account_statuses<'a>(
        &'a self,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<CreateAccountStatus>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.create_account
            .range::<_, str>((from, Bound::Unbounded))
            .map(|(_, status)| status)
    }

    /// How many entities of each kind an account has.
    #[must_use]
    pub fn counts(&self, account: AccountId) -> Counts {
        self.counts.get(&account).copied().unwrap_or_default()
    }

    /// The user of this name, ignoring case.
    #[must_use]
    pub fn user(&self, account: AccountId, name: &str) -> Option<&Arc<User>> {
        self.users.by_name(account, name)
    }

    /// The user of this unique id.
    #[must_use]
    pub fn user_by_id(&self, id: &UniqueId) -> Option<&Arc<User>> {
        self.users.by_id(id)
    }

    /// The users of an account whose path begins with `path_prefix`, after a name, in the order of lower-cased names.
    pub fn users<'a>(
        &'a self,
        account: AccountId,
        after: Option<&'a str>,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<User>> {
        self.users
            .after(account, after)
            .filter(move |user| user.path.starts_with(path_prefix))
    }

    /// The role of this name, ignoring case.
    #[must_use]
    pub fn role(&self, account: AccountId, name: &str) -> Option<&Arc<Role>> {
        self.roles.by_name(account, name)
    }

    /// The role of this unique id.
    #[must_use]
    pub fn role_by_id(&self, id: &UniqueId) -> Option<&Arc<Role>> {
        self.roles.by_id(id)
    }

    /// The roles of an account whose path begins with `path_prefix`, after a name, in the order of lower-cased names.
    pub fn roles<'a>(
        &'a self,
        account: AccountId,
        after: Option<&'a str>,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Role>> {
        self.roles
            .after(account, after)
            .filter(move |role| role.path.starts_with(path_prefix))
    }

    /// The long-term access key of this id.
    #[must_use]
    pub fn access_key(&self, id: &AccessKeyId) -> Option<&Arc<AccessKey>> {
        self.keys.get(id)
    }

    /// The access keys of a root user or a user, in the order of their ids.
    pub fn access_keys(&self, owner: KeyOwner) -> impl Iterator<Item = &Arc<AccessKey>> {
        let ids = self.keys_by_owner.get(&owner).map_or(&[][..], |ids| ids);
        ids.iter().filter_map(|id| self.keys.get(id))
    }

    /// The customer managed policy of this name, ignoring case.
    #[must_use]
    pub fn policy(&self, account: AccountId, name: &str) -> Option<&Arc<ManagedPolicy>> {
        self.policies.by_name(account, name)
    }

    /// The managed policy of this unique id, built in or a customer's.
    #[must_use]
    pub fn policy_by_id(&self, id: &UniqueId) -> Option<&Arc<ManagedPolicy>> {
        self.policies.by_id(id).or_else(|| self.aws.by_id(id))
    }

    /// The managed policy of this ARN, built in or a customer's; path and name to the letter. The partition is the
    /// caller's to compare.
    #[must_use]
    pub fn policy_by_arn(&self, arn: &Arn<'_>) -> Option<&Arc<ManagedPolicy>> {
        if arn.service != "iam" || !arn.region.is_empty() {
            return None;
        }
        let tail = arn.resource.strip_prefix("policy")?;
        let slash = tail.rfind('/')?;
        let (path, name) = tail.split_at_checked(slash + 1)?;
        let policy = match arn.account {
            "aws" => self.aws.by_name(name),
            digits => self.policy(digits.parse().ok()?, name),
        }?;
        (*policy.path == *path && *policy.name == *name).then_some(policy)
    }

    /// The customer managed policies of an account whose path begins with `path_prefix`, after a name, in the order of
    /// lower-cased names.
    pub fn policies<'a>(
        &'a self,
        account: AccountId,
        after: Option<&'a str>,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<ManagedPolicy>> {
        self.policies
            .after(account, after)
            .filter(move |policy| policy.path.starts_with(path_prefix))
    }

    /// The built-in policies, in the order of lower-cased names.
    #[must_use]
    pub const fn aws_policies(&self) -> &AwsPolicies {
        &self.aws
    }

    /// How many users, groups and roles of an account a policy is attached to, and how many it bounds.
    #[must_use]
    pub fn policy_usage(&self, policy: &UniqueId, account: AccountId) -> PolicyUsage {
        self.attachments.usage(policy, account)
    }

    /// The users, groups and roles of an account that a policy is attached to or bounds, in the order of use and unique id,
    /// after one of them.
    pub fn policy_entities<'a>(
        &'a self,
        policy: UniqueId,
        account: AccountId,
        after: Option<Attachment>,
    ) -> impl Iterator<Item = Attachment> + 'a {
        self.attachments.of(policy, account, after)
    }

    /// The unique id of the user or role that an ARN names, path and name to the letter. `None` for every other ARN.
    #[must_use]
    pub fn unique_id(&self, arn: &PrincipalArn) -> Option<UniqueId> {
        match &arn.kind {
            PrincipalKind::User { path, name } => {
                let user = self.user(arn.account, name)?;
                (user.path == *path && user.name == *name).then_some(user.id)
            }
            PrincipalKind::Role { path, name } => {
                let role = self.role(arn.account, name)?;
                (role.path == *path && role.name == *name).then_some(role.id)
            }
            // A session's ARN does not tell its role's path, but names of roles are unique.
            PrincipalKind::AssumedRole { role: name, .. } => {
                let role = self.role(arn.account, name)?;
                (role.name == *name).then_some(role.id)
            }
            PrincipalKind::Root | PrincipalKind::FederatedUser { .. } => None,
        }
    }

    /// The ARN of the user or role with a unique id, if it still exists.
    #[must_use]
    pub fn principal_arn(&self, id: &UniqueId, partition: Partition) -> Option<PrincipalArn> {
        match id.kind() {
            UniqueKind::User => self.user_by_id(id).map(|user| user.arn(partition)),
            UniqueKind::Role => self.role_by_id(id).map(|role| role.arn(partition)),
            _ => None,
        }
    }
}
