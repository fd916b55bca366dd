//! Whose credentials an operation is about: a user's or the root user's own.

use locum_api::model::Operation;
use locum_directory::{KeyOwner, User};

use super::{
    access::{Keys, authorize, root_arn},
    owner,
    whose::{Whose, whose},
};
use crate::call::{Call, Failure};

/// Whose access keys or MFA devices an operation is about, if the caller may perform it there.
pub(super) struct Holder {
    pub(super) owner: KeyOwner,
    /// `None` for the root user.
    pub(super) user_name: Option<String>,
}

impl Holder {
    /// The user that is named or, without a name, whoever signed.
    ///
    /// # Errors
    /// Denied, or that there is no such user.
    pub(super) fn permitted(
        call: &Call<'_>,
        operation: &Operation,
        user_name: Option<String>,
    ) -> Result<Self, Failure> {
        match whose(call, user_name)? {
            Whose::User(name) => {
                let user = owner::permitted::<User>(call, operation, &name, Keys::default())?;
                Ok(Self {
                    owner: KeyOwner::User(user.id),
                    user_name: Some(user.name.to_string()),
                })
            }
            Whose::Root => {
                authorize(call, operation, &root_arn(call), Keys::default())?;
                Ok(Self {
                    owner: KeyOwner::Root(call.account()),
                    user_name: None,
                })
            }
        }
    }
}
