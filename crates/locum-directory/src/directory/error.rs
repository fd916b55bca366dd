use locum_crypto::{KeyId, SigningError};

use crate::{BuiltInError, ChangeError, StoreError};

/// Why a directory could not be opened. Each text is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key does not belong to the store.
    #[error(
        "wrong key: the store was sealed under another key-encryption key ({needed}), and only that one opens it; nothing in it was changed"
    )]
    WrongKey {
        /// The id of the right one.
        needed: KeyId,
    },
    /// Values without the stamp that is written first.
    #[error(
        "the store holds values but no locum stamp; it is not a locum directory, nothing in it was changed"
    )]
    Unstamped,
    /// A store of another version of locum.
    #[error(
        "the store has format version {found}, this locum reads version {expected}; nothing in it was changed"
    )]
    Version {
        /// The store's.
        found: u32,
        /// Ours.
        expected: u32,
    },
    /// A value of a kind that only another version of locum has.
    #[error(
        "the store holds {key}, a kind of value that this locum does not know; open it with the newer one that wrote it, nothing in it was changed"
    )]
    UnknownKind {
        /// Its key.
        key: String,
    },
    /// A value that does not open or does not read.
    #[error(
        "the stored value {key} is damaged ({reason}); restore the store from a backup, nothing in it was changed"
    )]
    Damaged {
        /// Its key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Values that contradict each other.
    #[error("the stored values contradict each other ({0}); restore the store from a backup")]
    Inconsistent(#[from] ChangeError),
    /// A fault of this program.
    #[error(transparent)]
    BuiltIn(#[from] BuiltInError),
    /// The operating system gave no thread.
    #[error("cannot start a thread of the directory: {0}")]
    Thread(std::io::Error),
}

/// Why a store was not sealed under another key. It opens with the one before.
#[derive(Debug, thiserror::Error)]
pub enum RekeyError {
    /// It cannot be read or written.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is nothing in it.
    #[error("the store is empty: start the service first")]
    Empty,
    /// The new key is the old one.
    #[error("the new key-encryption key is the one in use ({0}); make another from 32 random bytes")]
    SameKey(KeyId),
    /// A key that signs tokens was not made.
    #[error("no other key to sign with was made: {0}")]
    SigningKey(#[from] SigningError),
}

impl From<StoreError> for RekeyError {
    fn from(error: StoreError) -> Self {
        Self::Open(error.into())
    }
}

/// Why a write was not queued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError<E> {
    /// The closure decided against it.
    #[error("{0}")]
    Refused(E),
    /// The changes cannot be made.
    #[error(transparent)]
    Change(ChangeError),
    /// Too many writes wait; the caller may retry.
    #[error("too many writes are waiting; try again in a moment")]
    Busy,
    /// The directory is being closed, or its writer has failed.
    #[error("the directory accepts no more writes")]
    Closed,
}

/// Why a queued write is not durable. It may be retried: whether it happened after all, its comparisons will tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store went on without us; the directory takes no more writes until it is opened again.
    #[error("the store was written by somebody else; open the directory again")]
    Diverged,
    /// An entity has no stored form: a fault of this program.
    #[error("{key} cannot be stored: {reason}")]
    Encode {
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// A write this one rests on, or was batched with, failed.
    #[error("a write that this one depended on failed; try again")]
    Abandoned,
    /// The writer is gone.
    #[error("the directory was closed before the write was on disk")]
    Closed,
}
