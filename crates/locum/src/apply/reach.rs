//! Who carries the calls of a plan: a client of a running service, or the process that starts one.

use locum_apply::{Api, Caller};
use serde_json::Value;

/// A way to accounts.
pub(crate) trait Reach {
    /// Returns who calls, in which account.
    fn caller(&self) -> &Caller;

    /// Refuses whoever can enter no account but its own, whatever is allowed to it.
    fn may_enter_others(&self) -> Result<(), ReachError> {
        Ok(())
    }

    /// Returns the calls of an account: the caller's own, or another that it may enter.
    fn api<'a>(&'a mut self, account: &str) -> Result<Box<dyn Api + 'a>, ReachError>;

    /// Sends a transaction in an account. When it returns, everything is stored, or nothing.
    fn transact(&mut self, account: &str, transaction: &Value) -> Result<(), ReachError>;
}

/// Why a call or a transaction did not come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReachError {
    /// A request of the transaction was refused, so all were.
    #[error("{code}: {message}")]
    Refused {
        /// Which request, unless it was the transaction itself.
        request: Option<usize>,
        /// The code of the service.
        code: String,
        /// The message of the service.
        message: String,
    },
    /// The service has no transactions.
    #[error(
        "this service has no transactions, so nothing can be applied at once; locum apply works with locum only"
    )]
    NoTransactions,
    /// Nobody answered; what was sent may have been stored.
    #[error("{0}; what was sent may have been stored or not: run the command again to see")]
    NoAnswer(String),
    /// Nobody can assume a role with these credentials.
    #[error(
        "a federated or a root user cannot enter other accounts: run this as a user or a role whose policies allow sts:AssumeRole"
    )]
    Root,
    /// Another account could not be entered.
    #[error("cannot enter account {account} as role {role}: {reason}")]
    Closed {
        /// The account's number.
        account: String,
        /// The role.
        role: String,
        /// What the service said.
        reason: String,
    },
}
