//! The operations of Security Token Service.

use crate::model::Operation;

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[];
