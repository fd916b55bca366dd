//! The names AWS gives to things: partitions, account ids, ARNs, unique ids and access key ids.
//!
//! Every name is a value that can only be built from well-formed text, so the rooms above compare and match typed
//! values and never search in text. Unique ids and access key ids carry their account number (`facts: sts §3.2`), so
//! the account behind a key is known without a table.
//!
//! ```
//! use locum_names::AccessKeyId;
//!
//! let key: AccessKeyId = "ASIAQNZGKIQY56JQ7WML".parse()?;
//! assert_eq!(key.account().map(|a| a.to_string()).as_deref(), Some("029608264753"));
//! # Ok::<(), locum_names::NameError>(())
//! ```

mod account;
mod arn;
mod embedded;
mod key;
mod partition;
mod principal;
mod region;
mod unique;

pub use account::AccountId;
pub use arn::{Arn, account_arn};
pub use key::{AccessKeyId, KeyKind};
pub use partition::Partition;
pub use principal::{PrincipalArn, PrincipalKind, is_name};
pub use region::has_region_shape;
pub use unique::{UniqueId, UniqueKind};

/// Text that is not the name it was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not one of AWS's partitions.
    #[error("not a known partition; use aws, aws-cn, aws-us-gov, aws-eusc or an aws-iso partition")]
    Partition,
    /// Not twelve decimal digits.
    #[error("an account id is twelve decimal digits")]
    Account,
    /// Not six colon-separated fields that begin with `arn`.
    #[error("not an ARN; expected arn:partition:service:region:account:resource")]
    Arn,
    /// An ARN, but of nothing that can call.
    #[error("not the ARN of a root, user, role, role session or federated user")]
    Principal,
    /// Not a unique id of a known kind.
    #[error("not a unique id; expected a four-letter prefix such as AIDA or AROA and 17 characters A-Z2-7")]
    UniqueId,
    /// Not an access key id of a known kind.
    #[error("not an access key id; expected AKIA or ASIA and 16 characters A-Z2-7")]
    AccessKeyId,
}
