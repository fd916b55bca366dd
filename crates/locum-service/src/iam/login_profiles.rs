//! Passwords: given to users, changed by them, taken away.
//!
//! Nothing signs in with them yet, so all that a password does is to be there. The root user has none and can be given
//! none: on AWS that only lets the owner of the account's address choose one by mail, and locum sends no mail.

use std::sync::Arc;

use jiff::Timestamp;
use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        self, ChangePasswordRequest, CreateLoginProfileRequest, CreateLoginProfileResponse,
        DeleteLoginProfileRequest, GetLoginProfileRequest, GetLoginProfileResponse,
        UpdateLoginProfileRequest,
    },
    model::Operation,
};
use locum_crypto::PasswordHash;
use locum_directory::{LoginProfile, User};

use super::{
    access::{Keys, authorize, authorize_as, root_arn},
    devices::ROOT,
    owner,
    password_policy::USERS_MAY_CHANGE,
    whose::{Whose, whose},
};
use crate::{
    audit::Elements,
    call::{Call, Failure},
    passwords::{self, NewPassword, Verdict},
    route::Perform,
};

/// The user whose password an operation is about, if the caller may perform it there; `None` is the root user.
fn permitted(
    call: &Call<'_>,
    operation: &Operation,
    name: Option<String>,
) -> Result<Option<Arc<User>>, Failure> {
    match whose(call, name)? {
        Whose::User(name) => Ok(Some(owner::permitted::<User>(
            call,
            operation,
            &name,
            Keys::default(),
        )?)),
        Whose::Root => {
            authorize(call, operation, &root_arn(call), Keys::default())?;
            Ok(None)
        }
    }
}

fn profile_of(call: &Call<'_>, user: &User) -> Result<Arc<LoginProfile>, ApiError> {
    let profile = call.snapshot.login_profile(&user.id);
    profile.cloned().ok_or_else(|| not_found(&user.name))
}

fn not_found(name: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("Login Profile for User {name} cannot be found."))
}

fn shown(user: &User, profile: &LoginProfile) -> iam::LoginProfile {
    iam::LoginProfile {
        user_name: user.name.to_string(),
        create_date: profile.created,
        password_reset_required: Some(profile.reset_required),
    }
}

/// Refuses a password that the caller's account does not allow.
fn check(call: &Call<'_>, password: &str) -> Result<(), ApiError> {
    let account = call.account();
    let policy = call.snapshot.password_policy(account);
    let account = call
        .snapshot
        .account(account)
        .ok_or_else(ApiError::internal_failure)?;
    passwords::check(policy.map(Arc::as_ref), account, password)
}

impl Perform for CreateLoginProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateLoginProfileResponse, Failure> {
        let Some(user) = permitted(call, Self::OPERATION, self.user_name)? else {
            let text = "The root user cannot be given a password.";
            return Err(ApiError::validation(text).into());
        };
        let Some(password) = self.password else {
            let text = "1 validation error detected: Value null at 'password' failed to satisfy constraint: Member \
                        must not be null";
            return Err(ApiError::validation(text).into());
        };
        if call.snapshot.login_profile(&user.id).is_some() {
            let text = format!("Login Profile for user {} already exists.", user.name);
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        check(call, password.expose())?;
        let (iterations, random) = (call.settings.password_iterations, &mut *call.random);
        let hashed = call.carried.once(|| {
            let new = NewPassword::first(password.expose(), iterations, random);
            Ok::<_, ApiError>(new)
        })?;
        let profile = LoginProfile::new(
            user.account,
            user.id,
            hashed.into_hash(),
            self.password_reset_required.unwrap_or_default(),
            call.now(),
        );
        let login_profile = shown(&user, &profile);
        call.changes.put(profile);
        Ok(CreateLoginProfileResponse { login_profile })
    }
}

impl Perform for GetLoginProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetLoginProfileResponse, Failure> {
        let user = permitted(call, Self::OPERATION, self.user_name)?;
        let user = user.ok_or_else(|| not_found(ROOT))?;
        let profile = profile_of(call, &user)?;
        Ok(GetLoginProfileResponse {
            login_profile: shown(&user, &profile),
        })
    }
}

impl Perform for UpdateLoginProfileRequest {
    /// What an administrator sets must not be one of the last passwords either. It ends a lock: whoever guessed, guessed at
    /// another password.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let user = owner::permitted::<User>(call, Self::OPERATION, &self.user_name, Keys::default())?;
        let mut profile = Arc::unwrap_or_clone(profile_of(call, &user)?);
        if let Some(password) = &self.password {
            check(call, password.expose())?;
            let hashed = hashed(call, &profile, password.expose())?;
            profile.change(hashed, call.now());
            profile.failures = None;
            profile.locked_until = None;
        }
        if let Some(required) = self.password_reset_required {
            profile.reset_required = required;
        }
        call.changes.put(profile);
        Ok(NoResult)
    }
}

/// The hash of a new password for a profile, none of whose last ones it may be.
fn hashed(call: &mut Call<'_>, profile: &LoginProfile, password: &str) -> Result<PasswordHash, ApiError> {
    let policy = call.snapshot.password_policy(call.account());
    let compared = passwords::compared(policy.map(Arc::as_ref));
    let (iterations, random) = (call.settings.password_iterations, &mut *call.random);
    let new = call.carried.once(|| {
        let new = NewPassword::next(password, profile, compared, iterations, random);
        Ok::<_, ApiError>(new)
    })?;
    new.check_unused(profile, compared)?;
    Ok(new.into_hash())
}

impl Perform for DeleteLoginProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let user = permitted(call, Self::OPERATION, self.user_name)?;
        let user = user.ok_or_else(|| not_found(ROOT))?;
        let profile = profile_of(call, &user)?;
        call.changes.delete(Arc::as_ref(&profile));
        Ok(NoResult)
    }
}

/// What the first run of ChangePassword works out for the second.
#[derive(Clone)]
struct Change {
    /// The hash of what was said to be the old password.
    old: PasswordHash,
    /// The new one; `None` if the account does not allow it.
    new: Option<NewPassword>,
}

impl Perform for ChangePasswordRequest {
    /// A user's own password only, so there is no name to give. The old one is looked at first: who does not know it learns
    /// nothing of what the account asks of the new one.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let Some(user) = call.caller.user().cloned() else {
            let text = "Only IAM Users can change their own password";
            return Err(errors::INVALID_USER_TYPE.with(text).into());
        };
        let keys = Keys {
            resource_tags: &user.tags,
            ..Keys::default()
        };
        let arn = user.arn(call.partition()).to_string();
        authorize_as(call, Self::OPERATION, &arn, keys, USERS_MAY_CHANGE.granted(call))?;
        let mut profile = Arc::unwrap_or_clone(profile_of(call, &user)?);
        if let Some(until) = passwords::locked_until(&profile, call.now()) {
            return Err(locked(call, until).into());
        }
        let policy = call.snapshot.password_policy(call.account());
        let compared = passwords::compared(policy.map(Arc::as_ref));
        let allowed = check(call, self.new_password.expose());
        let (iterations, random) = (call.settings.password_iterations, &mut *call.random);
        let change = call.carried.once(|| {
            let old = profile.password.scheme().hash(self.old_password.expose());
            // Whether or not the old one is right, or the time would tell which guess was, beyond those that are counted.
            let next = self.new_password.expose();
            let new = allowed
                .is_ok()
                .then(|| NewPassword::next(next, &profile, compared, iterations, random));
            Ok::<_, ApiError>(Change { old, new })
        })?;
        match passwords::verify(&profile, &change.old, call.now())? {
            Verdict::Right => {}
            Verdict::Wrong(counted) => {
                call.kept.put(*counted);
                return Err(incorrect().into());
            }
            Verdict::Locked(until) => return Err(locked(call, until).into()),
        }
        let new = allowed.and_then(|()| {
            let new = change.new.ok_or_else(passwords::changed_meanwhile)?;
            new.check_unused(&profile, compared)?;
            Ok(new)
        });
        let new = match new {
            Ok(new) => new,
            Err(refused) => {
                // It tells that the old one is right, so the newest state must agree, where guesses made meanwhile count.
                call.kept.put(profile);
                return Err(refused.into());
            }
        };
        profile.change(new.into_hash(), call.now());
        profile.reset_required = false;
        call.changes.put(profile);
        Ok(NoResult)
    }
}

/// Tells the audit record why no password was looked at; the caller is told what everybody with a wrong one is.
fn locked(call: &mut Call<'_>, until: Timestamp) -> ApiError {
    call.notes.additional_event_data = Some(Elements::from_iter([(
        "passwordLockedUntil",
        until.to_string().into(),
    )]));
    incorrect()
}

fn incorrect() -> ApiError {
    ApiError::access_denied("The old password was incorrect.")
}
