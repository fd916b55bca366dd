//! Where the directory's values are kept: keys and sealed values, a global count of commits, and what each key's last
//! commit was.
//!
//! The trait is what both an embedded file and etcd can do. A store never sees a value in clear.

mod copy;
mod faulty;
mod memory;
mod redb;

use crate::Revision;

pub use self::redb::RedbStore;
pub use faulty::FaultyStore;
pub use memory::MemoryStore;

/// A store of sealed values.
pub trait Store: Send + Sync {
    /// The last commit.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    fn revision(&self) -> Result<Revision, StoreError>;

    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    fn get(&self, key: &str) -> Result<Option<Item>, StoreError>;

    /// At most `limit` items whose key begins with `prefix` and comes after `after`, in the order of keys.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    fn range(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Item>, StoreError>;

    /// Writes all of `puts` and `deletes`, or nothing if a comparison fails. When it returns the commit is durable.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if a comparison fails; otherwise the commit may or may not have happened, and every
    /// later comparison tells.
    fn transact(&self, transaction: &Transaction) -> Result<Revision, StoreError>;
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Such as `/users/123456789012/AIDA…`.
    pub key: String,
    /// Sealed.
    pub value: Vec<u8>,
    /// The commit that last wrote it.
    pub revision: Revision,
}

/// What to write, and on what condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Keys and the commit that must have been the last to write each; [`Revision::NEW`] for no such key.
    pub compare: Vec<(String, Revision)>,
    /// Keys and their new sealed values.
    pub puts: Vec<(String, Vec<u8>)>,
    /// Keys to remove.
    pub deletes: Vec<String>,
}

/// Why a store could not do as told. Each text is one sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A comparison failed.
    #[error("the key {key} was written by somebody else in the meantime")]
    Conflict {
        /// The first key that differs.
        key: String,
    },
    /// Another process has the file.
    #[error("{path} is in use by another process; stop it, or choose another data directory")]
    Locked {
        /// The file.
        path: String,
    },
    /// The file is not one of ours.
    #[error("{path} is not a locum directory file; nothing in it was changed")]
    Foreign {
        /// The file.
        path: String,
    },
    /// The file is damaged or was only half written.
    #[error("{path} is damaged ({reason}); restore it from a backup, nothing in it was changed")]
    Corrupt {
        /// The file.
        path: String,
        /// What the storage engine says.
        reason: String,
    },
    /// The operating system refused.
    #[error("cannot use {path}: {reason}")]
    Unavailable {
        /// The file.
        path: String,
        /// What the operating system says.
        reason: String,
    },
}
