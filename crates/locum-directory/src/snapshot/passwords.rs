//! The passwords of users, and what their accounts ask of them.

use std::sync::Arc;

use imbl::HashMap;
use locum_names::{AccountId, UniqueId};

use super::{ChangeError, Snapshot};
use crate::{EntityKey, LoginProfile, MOST_REMEMBERED_PASSWORDS, PasswordPolicy};

#[derive(Debug, Clone, Default)]
pub(super) struct Passwords {
    pub(super) profiles: HashMap<UniqueId, Arc<LoginProfile>>,
    pub(super) policies: HashMap<AccountId, Arc<PasswordPolicy>>,
}

impl Snapshot {
    /// The password of a user, if there is one.
    #[must_use]
    pub fn login_profile(&self, user: &UniqueId) -> Option<&Arc<LoginProfile>> {
        self.passwords.profiles.get(user)
    }

    /// The password policy of an account, if it has one of its own.
    #[must_use]
    pub fn password_policy(&self, account: AccountId) -> Option<&Arc<PasswordPolicy>> {
        self.passwords.policies.get(&account)
    }

    pub(super) fn put_login_profile(&mut self, profile: Arc<LoginProfile>) -> Result<(), ChangeError> {
        let previous = self.login_profile(&profile.user);
        if previous.is_some_and(|previous| previous.account != profile.account) {
            return Err(ChangeError::IdTaken(EntityKey::LoginProfile(
                profile.account,
                profile.user,
            )));
        }
        self.passwords.profiles.insert(profile.user, profile);
        Ok(())
    }

    pub(super) fn verify_login_profile(
        &self,
        key: EntityKey,
        profile: &LoginProfile,
    ) -> Result<(), ChangeError> {
        if profile.previous.len() >= MOST_REMEMBERED_PASSWORDS {
            return Err(ChangeError::Invalid(
                key,
                "it remembers more passwords than a policy can ask for",
            ));
        }
        let user = self.user_by_id(&profile.user);
        if user.is_none_or(|user| user.account != profile.account) {
            return Err(ChangeError::Dangling(key, "its user".into()));
        }
        self.verify_account(key, profile.account)
    }
}
