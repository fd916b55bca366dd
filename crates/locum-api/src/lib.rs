//! Every operation declared once: parameters, results, errors, encodings.
//!
//! A declaration (`sts/assume_role.rs` is a good first one to read) becomes a typed request and response and a
//! static [`model::Operation`]. All else is generic over these two: a form or a JSON body is read into a tree along the
//! model, the tree is validated, and only then turned into the typed request; a typed response shows its members by
//! position, and one writer for XML and one for JSON walk it along the model. So the macro stays small, and no
//! operation can be decoded, checked or printed in a way of its own.
//!
//! ```
//! use locum_api::{Parameters, Request, operation_for, sts::AssumeRoleRequest};
//!
//! let form = b"Action=AssumeRole&Version=2011-06-15&RoleSessionName=ada";
//! let parameters = Parameters::parse(b"", form).unwrap();
//! assert_eq!(operation_for(&parameters).unwrap().name, "AssumeRole");
//!
//! let error = AssumeRoleRequest::decode(&parameters).unwrap_err();
//! assert_eq!(
//!     error.message.as_deref(),
//!     Some("1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"),
//! );
//! ```

pub mod access_analyzer;
mod blob;
mod client;
mod declare;
mod document;
mod envelope;
mod error;
pub mod errors;
mod form;
pub mod iam;
mod json;
pub mod locum;
mod map;
pub mod model;
mod node;
pub mod organizations;
mod parameters;
pub mod pattern;
mod plain;
mod record;
mod reference;
mod route;
mod sensitive;
mod shapes;
pub mod sts;
mod tags;
mod time;
mod urlencoded;
mod validate;
mod xml;

pub use blob::Blob;
pub use client::encode_form;
pub use document::Document;
pub use envelope::{Body, Format, contained_error_body, error_body, success_body};
pub use error::ApiError;
pub use map::MapEntry;
pub use node::Node;
pub use parameters::{MAX_PARAMETERS, Parameters};
pub use record::{Field, NoResult, Record, Request, Sequence, Value};
pub use reference::reference_markdown;
pub use route::{operation_for, operation_for_target};
pub use sensitive::Sensitive;
pub use tags::Tags;
pub use time::{push_instant, two_digits};
