//! The policy simulator: what policies would make of a request that nobody made.
//!
//! Whatever is simulated becomes the very layers that enforcement decides over, and the same engine decides. Nothing is
//! implied: the condition keys are those that the request gives, the resource's policy is the one it gives, and what was
//! read and not given is told. What one page costs is bounded: a page that costs too much ends early, and one action
//! that does alone is an error.

mod cases;
mod context_entries;
mod context_keys;
mod custom;
mod documents;
mod exclusions;
mod handling;
mod page;
mod policies;
mod principal;
mod results;
mod source;
mod who;

use locum_api::{ApiError, errors};

fn invalid(message: impl Into<String>) -> ApiError {
    errors::INVALID_INPUT.with(message.into())
}
