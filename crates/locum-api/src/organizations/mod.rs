//! The operations of Organizations.

use crate::model::Operation;

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[];
