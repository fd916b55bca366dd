//! The operations of Organizations.

mod accounts;
mod organization;
mod shapes;

pub use accounts::*;
pub use organization::*;

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    CreateAccountRequest::OPERATION,
    DescribeAccountRequest::OPERATION,
    DescribeCreateAccountStatusRequest::OPERATION,
    DescribeOrganizationRequest::OPERATION,
    ListAccountsRequest::OPERATION,
];
