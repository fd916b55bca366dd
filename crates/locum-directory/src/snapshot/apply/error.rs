//! Why a change cannot be made.

use locum_names::{AccountId, UniqueId};

use crate::EntityKey;

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
    /// Another account has the alias.
    #[error("account {0} has this alias already")]
    AliasTaken(AccountId),
    /// An unique id is in use elsewhere.
    #[error("{0} would have an id that is in use in another account")]
    IdTaken(EntityKey),
    /// It refers to what is not there.
    #[error("{0} refers to {1}, which does not exist")]
    Dangling(EntityKey, Box<str>),
    /// It is still referred to.
    #[error("{0} cannot be removed while {1}")]
    InUse(EntityKey, &'static str),
    /// It contradicts itself, or what it was.
    #[error("{0} is not valid: {1}")]
    Invalid(EntityKey, &'static str),
}
