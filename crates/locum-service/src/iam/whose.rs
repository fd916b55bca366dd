//! Whom an operation means that was given no `UserName`: whoever signed it.

use locum_api::ApiError;

use crate::{call::Call, caller::Identity};

/// To whoever is no user and names none.
pub(super) const NOT_A_USER: &str = "Must specify userName when calling with non-User credentials";

/// The user that an operation is about.
pub(super) enum Whose {
    /// The user of this name.
    User(String),
    /// The root user.
    Root,
}

/// The user that is named, or implied by the credentials (`facts: sts §7.2`).
///
/// # Errors
/// `Must specify userName when calling with non-User credentials` for a session of a role.
pub(super) fn whose(call: &Call<'_>, given: Option<String>) -> Result<Whose, ApiError> {
    match (given, &call.caller.identity) {
        (Some(name), _) => Ok(Whose::User(name)),
        (None, Identity::User(user)) => Ok(Whose::User(user.name.to_string())),
        (None, Identity::Root) => Ok(Whose::Root),
        (None, Identity::Role { .. } | Identity::FederatedUser { .. }) => {
            Err(ApiError::validation(NOT_A_USER))
        }
    }
}
