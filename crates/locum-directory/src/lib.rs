//! Accounts, users, roles and policies: the snapshot and the stores.
//!
//! Everything a request may ask about is in memory, in an immutable [`Snapshot`] that is read without locks and never
//! waits for a disk. A write is decided by a closure over the newest state, goes to a [`Store`] as sealed values, and
//! becomes visible and acknowledged only when it is durable. What a write costs does not depend on how much there is.
//!
//! ```
//! use std::sync::Arc;
//!
//! use jiff::Timestamp;
//! use locum_crypto::{KeyEncryptionKey, SystemRandom};
//! use locum_directory::{Changes, Directory, MemoryStore, User};
//! use locum_names::Partition;
//!
//! let mut rng = SystemRandom;
//! let kek = KeyEncryptionKey::generate(&mut rng);
//! let directory = Directory::open(Arc::new(MemoryStore::new()), kek, Box::new(rng))?;
//! let now: Timestamp = "2026-11-22T00:00:00Z".parse()?;
//! directory.bootstrap(None, Partition::Aws, now, &mut rng, |key| {
//!     assert_eq!(key.secret.expose().len(), 40);
//!     Ok(())
//! })?;
//!
//! let (id, pending) = directory.write(|snapshot| {
//!     let account = snapshot.organization().map(|o| o.management_account).ok_or("no organization")?;
//!     let user = User::new(account, "/", "Alice", now, &mut rng);
//!     let id = user.id;
//!     let mut changes = Changes::new();
//!     changes.put(user);
//!     Ok::<_, &str>((id, changes))
//! })?;
//! pending.wait()?;
//! assert_eq!(directory.snapshot().user_by_id(&id).map(|u| &*u.name), Some("Alice"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aws_managed;
mod change;
mod directory;
mod documents;
mod entity;
mod new_file;
mod record;
mod snapshot;
mod store;
mod threads;

use documents::Documents;

pub use aws_managed::{AwsPolicies, BuiltInError};
pub use change::{Change, Changes, Entity, EntityKey};
pub use directory::{
    BootstrapError, CommitError, Directory, Draft, OpenError, Pending, RekeyError, RootKey, Sessions,
    SigningKeys, StoreNews, WriteCounts, WriteError, opens, rekey,
};
pub use entity::{
    AccessKey, Account, AccountStatus, AssertionEncryption, ControlAttachments, ControlPolicy,
    ControlPolicyType, ControlTarget, CreateAccountState, CreateAccountStatus, CredentialReport,
    DEFAULT_MAX_SESSION_DURATION, DelegatedAdministrator, DelegationApproval, DelegationParty,
    DelegationRequest, DelegationState, DelegationToken, GlobalTokenVersion, Group, InlinePolicy,
    InstanceProfile, InvalidControlTarget, InvalidUnitId, InvalidVersionId, IssuerScheme, JoinedMethod,
    KeyOwner, KeyStatus, LastUse, LoginProfile, MAX_UNIT_DEPTH, MOST_REMEMBERED_PASSWORDS, ManagedPolicy,
    MfaDevice, OidcProvider, Organization, OrganizationalUnit, OutboundAlgorithm, OutboundFederation,
    OutboundKey, Parent, PasswordPolicy, PolicyOwner, PolicyParameter, PolicyVersion, ProviderRevocation,
    Revision, Ring, Role, RootUser, SERVICE_LINKED_PATH, SamlPrivateKey, SamlProvider, ServiceGrant, Tag,
    UnitId, UsedAssertion, UsedBy, User, VersionId, WrongGuesses,
};
pub use new_file::{NewFile, remove_drafts, sync_folder};
pub use snapshot::{Attachment, ChangeError, Counts, PolicyUsage, PolicyUse, Snapshot};
pub use store::{FaultyStore, Item, MemoryStore, RedbStore, Store, StoreError, Transaction};
