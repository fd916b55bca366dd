//! The algebra of the layers, row by row (`facts: policy §2`).
//!
//! Each file takes the callers of one kind through the combinations of policies that bear on them.

mod denials;
mod elsewhere;
mod one_account;
mod organization;
mod rows;
mod trust;
