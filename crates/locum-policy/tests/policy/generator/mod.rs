//! Requests, and policies made of their pieces (`facts: policy §7`).
//!
//! The request comes first. Every literal of a policy is a piece of it, often bent in one place: cut to a prefix or a
//! suffix, one character another, another case, a field shifted, a value written as its variable. So about half of all
//! comparisons just miss.

mod conditions;
mod documents;
mod near;
mod own;
mod principals;
mod requests;
mod statements;
mod vocabulary;

pub use conditions::operators;
pub use documents::{document, stack};
pub use near::near;
pub use own::make_own;
pub use requests::{Asked, asked, bend, callers, context};
pub use statements::{actions, resources};
pub use vocabulary::{ACTIONS, ARNS, RESOURCES, TEXTS};
