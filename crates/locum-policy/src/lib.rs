//! The IAM policy language: read, validate, compile, decide, explain.
//!
//! A document is read by a strict reader, validated with AWS's own messages and compiled once, when it is written, to
//! an immutable matcher. A [`Request`] is then decided against the [`Layers`] that bear on it: [`decide`] for the
//! answer, without allocating, and [`explain`] for the same answer with every statement that took part. [`simulate`]
//! answers for a request that nobody made yet, and tells which condition keys it lacks.
//! [`findings`] tells an author all that is wrong, dangerous or needless, with its place.
//! There is no I/O and no clock in here; times arrive as condition keys.
//!
//! ```
//! use locum_names::{AccountId, Partition};
//! use locum_policy::{Context, Decision, Layers, Policy, PolicyKind, Principal, Request, Source, decide};
//!
//! let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
//! let policy = Policy::compile(document, PolicyKind::Managed)?;
//! let account: AccountId = "123456789012".parse()?;
//! let user = "AIDAQNZGKIQY56JQ7WML2".parse()?;
//! let context = Context::new();
//! let request = Request {
//!     principal: Principal::user(Partition::Aws, account, user, "/", "alice"),
//!     action: "s3:GetObject",
//!     resource: "arn:aws:s3:::notes/today",
//!     resource_account: account,
//!     context: &context,
//! };
//! let identity = [Source::new(&policy, "arn:aws:iam::123456789012:policy/read")];
//! let layers = Layers { identity: &identity, ..Layers::default() };
//! assert_eq!(decide(&request, &layers), Decision::Allow);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arn_pattern;
mod binary;
mod condition;
mod context;
mod context_keys;
#[cfg(test)]
mod cost;
mod decide;
mod decision;
mod deferred;
mod error;
mod explain;
mod findings;
mod fold;
mod glob;
mod index;
pub mod json;
mod operator;
mod place;
mod policy;
mod principal;
mod quirks;
mod request;
mod rewrite;
mod simulate;
mod size;
mod statement;
mod validate;
mod values;
mod who;
mod work;

pub use context::{Context, KnownKey, Values};
pub use decide::decide;
pub use decision::{Decision, Layer, because, because_from};
pub use deferred::{ConditionKeys, Deferred};
pub use error::PolicyError;
pub use explain::{Explanation, Mismatch, NearMiss, StatementRef, StatementText, explain};
pub use findings::{
    Finding, FindingKind, FindingsKind, IssueCode, Location, PathElement, Position, Span, findings,
};
pub use fold::same_key;
pub use policy::{Effect, Policy, PolicyKind};
pub use principal::{FederatedIssuer, Principal, RequesterKind};
pub use quirks::{QUIRKS, Quirks, Reading};
pub use request::{Layers, Request, ResourcePolicy, Source};
pub use rewrite::{resolve_principals, restore_principals};
pub use simulate::{MissingKey, Simulation, Verdict, simulate};
pub use size::significant_len;
