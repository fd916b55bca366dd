//! The operations of Identity and Access Management.

use crate::model::Operation;

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[];
