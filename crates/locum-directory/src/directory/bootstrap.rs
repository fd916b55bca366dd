//! The first start: an organization, its management account, that account's root key, and the partition of all.

use std::io;

use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition};

use super::{CommitError, Directory, WriteError};
use crate::{AccessKey, Account, Changes, JoinedMethod, KeyOwner, Organization, Snapshot};

/// The first key of a deployment, of the root user of its management account.
pub type RootKey = AccessKey;

/// Why the first start did not come about. Nothing was stored, unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The caller could not keep the key.
    #[error("cannot keep the root user's key: {0}")]
    Deliver(#[source] io::Error),
    /// The write was not accepted.
    #[error(transparent)]
    Write(WriteError<std::convert::Infallible>),
    /// The write did not reach the disk.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl Directory {
    /// Makes the organization, its management account (`account`, or a random number) and a key of its root user,
    /// unless there is an organization already, and settles the partition of every ARN by that. Returns whether it made them.
    ///
    /// `deliver` is given the key, secret included, before anything is stored: a crash in between leaves a key that
    /// opens nothing and a first start still to come, never a deployment whose only key is lost.
    ///
    /// # Errors
    /// [`BootstrapError`]: what `deliver` returned, or that the write failed.
    pub fn bootstrap(
        &self,
        account: Option<AccountId>,
        partition: Partition,
        now: Timestamp,
        rng: &mut dyn Random,
        deliver: impl FnOnce(&RootKey) -> io::Result<()>,
    ) -> Result<bool, BootstrapError> {
        let decide = |snapshot: &Snapshot| {
            if snapshot.organization().is_some() {
                return Ok((false, Changes::new()));
            }
            let id = account.unwrap_or_else(|| AccountId::from_random(rng.next_u64()));
            let organization = Organization {
                partition: Some(partition),
                ..Organization::new(id, now, rng)
            };
            let email = format!("root@{id}.invalid");
            let joined = JoinedMethod::Invited;
            let management = Account::new(id, "management", &email, joined, now);
            let key = AccessKey::generate(id, KeyOwner::Root(id), now, rng);
            deliver(&key)?;
            let mut changes = Changes::new();
            changes.put(management).put(organization).put(key);
            Ok((true, changes))
        };
        self.decided(decide)
    }

    /// Returns the partition of every ARN: the one that was settled before, or else `asked`, which is settled by that: an
    /// organization of an earlier version has none.
    ///
    /// Stored policies name principals and resources by whole ARNs. Under another partition none of them would match
    /// any more, and a `Deny` that does not match denies nothing.
    ///
    /// # Errors
    /// [`BootstrapError`]: the write failed.
    pub fn settle_partition(&self, asked: Partition) -> Result<Partition, BootstrapError> {
        self.decided(|snapshot: &Snapshot| {
            let mut changes = Changes::new();
            let Some(organization) = snapshot.organization() else {
                return Ok((asked, changes));
            };
            if let Some(settled) = organization.partition {
                return Ok((settled, changes));
            }
            changes.put(Organization {
                partition: Some(asked),
                ..Organization::clone(organization)
            });
            Ok((asked, changes))
        })
    }

    fn decided<T>(
        &self,
        decide: impl FnOnce(&Snapshot) -> io::Result<(T, Changes)>,
    ) -> Result<T, BootstrapError> {
        match self.write(decide) {
            Ok((value, pending)) => pending.wait().map(|_| value).map_err(BootstrapError::Commit),
            Err(WriteError::Refused(error)) => Err(BootstrapError::Deliver(error)),
            Err(WriteError::Change(error)) => Err(BootstrapError::Write(WriteError::Change(error))),
            Err(WriteError::Busy) => Err(BootstrapError::Write(WriteError::Busy)),
            Err(WriteError::Closed) => Err(BootstrapError::Write(WriteError::Closed)),
        }
    }
}
