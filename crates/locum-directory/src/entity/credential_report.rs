use jiff::Timestamp;
use locum_names::AccountId;

use super::Revision;

/// The last report of the credentials of an account's users.
#[derive(Debug, Clone)]
pub struct CredentialReport {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account it is about.
    pub account: AccountId,
    /// When it was made.
    pub generated: Timestamp,
    /// The comma-separated values; `None` once it was too old to be shown.
    pub content: Option<Box<str>>,
}
