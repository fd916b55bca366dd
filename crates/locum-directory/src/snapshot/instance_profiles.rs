//! The instance profiles, and the way back from a role to those it is in.

use std::sync::Arc;

use imbl::OrdSet;
use locum_names::{AccountId, UniqueId, UniqueKind};

use super::{ChangeError, Snapshot, named::Named, tree::children, verify::verify_name};
use crate::{EntityKey, InstanceProfile};

#[derive(Debug, Clone, Default)]
pub(super) struct InstanceProfiles {
    pub(super) named: Named<InstanceProfile>,
    /// Role and profile, as [`children`] takes them.
    of_roles: OrdSet<(UniqueId, Option<UniqueId>)>,
}

impl InstanceProfiles {
    pub(super) fn take_role(&mut self, profile: &InstanceProfile) {
        if let Some(role) = profile.role {
            self.of_roles.insert((role, Some(profile.id)));
        }
    }

    pub(super) fn leave_role(&mut self, profile: &InstanceProfile) {
        if let Some(role) = profile.role {
            self.of_roles.remove(&(role, Some(profile.id)));
        }
    }
}

impl Snapshot {
    /// The instance profile of this name, ignoring case.
    #[must_use]
    pub fn instance_profile(&self, account: AccountId, name: &str) -> Option<&Arc<InstanceProfile>> {
        self.instance_profiles.named.by_name(account, name)
    }

    /// The instance profile of this unique id.
    #[must_use]
    pub fn instance_profile_by_id(&self, id: &UniqueId) -> Option<&Arc<InstanceProfile>> {
        self.instance_profiles.named.by_id(id)
    }

    /// The instance profiles of an account whose path begins with `path_prefix`, after a name, in the order of
    /// lower-cased names.
    pub fn instance_profiles<'a>(
        &'a self,
        account: AccountId,
        after: Option<&'a str>,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<InstanceProfile>> {
        self.instance_profiles
            .named
            .after(account, after)
            .filter(move |profile| profile.path.starts_with(path_prefix))
    }

    /// The instance profiles that a role is in, in the order of their unique ids.
    pub fn instance_profiles_of_role(&self, role: UniqueId) -> impl Iterator<Item = &Arc<InstanceProfile>> {
        children(&self.instance_profiles.of_roles, role, None)
            .filter_map(|id| self.instance_profile_by_id(&id))
    }

    /// Its role must be there, of its account, and not a service's own: whoever may hand over a profile hands over
    /// its role.
    pub(super) fn verify_instance_profile(
        &self,
        key: EntityKey,
        profile: &InstanceProfile,
    ) -> Result<(), ChangeError> {
        verify_name(&key, UniqueKind::InstanceProfile, profile.id, &profile.name)?;
        if let Some(id) = profile.role {
            let Some(role) = self
                .role_by_id(&id)
                .filter(|role| role.account == profile.account)
            else {
                return Err(ChangeError::Dangling(key, format!("role {id}").into()));
            };
            if role.is_service_linked() {
                return Err(ChangeError::Invalid(key, "its role is linked to a service"));
            }
        }
        self.verify_account(key, profile.account)
    }

    /// Why a role cannot go.
    pub(super) fn role_in_use(&self, role: UniqueId) -> Option<&'static str> {
        let mut profiles = children(&self.instance_profiles.of_roles, role, None);
        profiles.next().map(|_| "it is in an instance profile")
    }
}
