//! What an account asks of the passwords of its users.

use std::sync::{Arc, LazyLock};

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        self, DeleteAccountPasswordPolicyRequest, GetAccountPasswordPolicyRequest,
        GetAccountPasswordPolicyResponse, UpdateAccountPasswordPolicyRequest,
    },
};
use locum_directory::{PasswordPolicy, Revision};
use locum_policy::{Policy, PolicyKind};

use super::access::{Keys, authorize, authorize_as};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// The fewest characters, if a policy does not say.
const DEFAULT_LENGTH: u32 = 6;

/// What `AllowUsersToChangePassword` gives every user of the account: to change the own password, and to see what is asked
/// of it. It is one more policy of the user, so whatever else denies or bounds still does.
pub(super) struct UsersMayChange(LazyLock<Option<Policy>>);

pub(super) static USERS_MAY_CHANGE: UsersMayChange = UsersMayChange(LazyLock::new(|| {
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:ChangePassword","iam:GetAccountPasswordPolicy"],"Resource":"*"}}"#;
    Policy::compile(document, PolicyKind::Managed).ok()
}));

impl UsersMayChange {
    /// The policy, if the caller is a user of an account that gives it to its users.
    pub(super) fn granted(&self, call: &Call<'_>) -> Option<&Policy> {
        call.caller.user()?;
        let policy = call.snapshot.password_policy(call.account())?;
        policy.users_may_change.then_some(self.0.as_ref())?
    }
}

impl Perform for UpdateAccountPasswordPolicyRequest {
    /// What is not given gets its default: there are no partial updates.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let revision = call.snapshot.password_policy(call.account());
        let policy = PasswordPolicy {
            revision: revision.map_or(Revision::NEW, |policy| policy.revision),
            account: call.account(),
            minimum_length: self.minimum_password_length.map_or(Ok(DEFAULT_LENGTH), number)?,
            symbols: self.require_symbols.unwrap_or_default(),
            numbers: self.require_numbers.unwrap_or_default(),
            uppercase: self.require_uppercase_characters.unwrap_or_default(),
            lowercase: self.require_lowercase_characters.unwrap_or_default(),
            users_may_change: self.allow_users_to_change_password.unwrap_or_default(),
            max_age: self.max_password_age.map(number).transpose()?,
            reuse_prevention: self.password_reuse_prevention.map(number).transpose()?,
            hard_expiry: self.hard_expiry,
        };
        call.changes.put(policy);
        Ok(NoResult)
    }
}

/// The declaration has checked the range; this is the conversion.
fn number(number: i32) -> Result<u32, ApiError> {
    u32::try_from(number).map_err(|_| ApiError::malformed_input())
}

fn existing(call: &Call<'_>) -> Option<Arc<PasswordPolicy>> {
    call.snapshot.password_policy(call.account()).cloned()
}

impl Perform for GetAccountPasswordPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccountPasswordPolicyResponse, Failure> {
        authorize_as(
            call,
            Self::OPERATION,
            "*",
            Keys::default(),
            USERS_MAY_CHANGE.granted(call),
        )?;
        let account = call.account();
        let text = || format!("The Password Policy with domain name {account} cannot be found.");
        let policy = existing(call).ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()))?;
        let number = |number: u32| i32::try_from(number).ok();
        Ok(GetAccountPasswordPolicyResponse {
            password_policy: iam::PasswordPolicy {
                minimum_password_length: number(policy.minimum_length),
                require_symbols: Some(policy.symbols),
                require_numbers: Some(policy.numbers),
                require_uppercase_characters: Some(policy.uppercase),
                require_lowercase_characters: Some(policy.lowercase),
                allow_users_to_change_password: Some(policy.users_may_change),
                expire_passwords: Some(policy.max_age.is_some()),
                max_password_age: policy.max_age.and_then(number),
                password_reuse_prevention: policy.reuse_prevention.and_then(number),
                hard_expiry: policy.hard_expiry,
            },
        })
    }
}

impl Perform for DeleteAccountPasswordPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let text = "The account policy with name PasswordPolicy cannot be found.";
        let policy = existing(call).ok_or_else(|| errors::NO_SUCH_ENTITY.with(text))?;
        call.changes.delete(Arc::as_ref(&policy));
        Ok(NoResult)
    }
}
