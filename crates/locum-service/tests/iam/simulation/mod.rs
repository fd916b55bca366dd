//! The policy simulator: what it is asked, what it answers, and that calls are answered alike.

mod agreement;
mod answers;
mod bounds;
mod context_values;
mod control;
mod exemptions;
mod organizations;
mod principals;
mod questions;
mod resource_policies;
mod results;
mod rights;
