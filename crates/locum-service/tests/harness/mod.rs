//! A whole service over a store in memory, and callers that sign as any client would.
//!
//! Nothing is stubbed but the clock and the randomness: a test goes through the signature, the policies and the commit.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test program uses a part"
)]

mod answer;
mod callers;
mod calls;
mod organization;
mod signed;
mod world;

pub use answer::{Answer, percent_decode};
pub use callers::Credentials;
pub use calls::contained;
pub use organization::{RCP, SCP, deny_everybody, deny_everybody_on};
pub use signed::{Signed, percent_encode};
pub use world::World;

/// The account that the first start makes.
pub const ACCOUNT: &str = "111122223333";

/// The issuer that the operator allows by name.
pub const ALLOWED_ISSUER: &str = "http://issuer.cluster.local:8080/realms/a";

/// The parameters of a request.
pub type Parameters<'a> = [(&'a str, &'a str)];
