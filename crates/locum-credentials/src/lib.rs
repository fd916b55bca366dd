//! Where a client's credentials come from: profile files, the chain of sources, the caches.
//!
//! ```text
//! Files + Environment ─▶ Chain::plan ─▶ Recipe ─▶ Resolver ─▶ Credentials
//!        pure: which source wins, and why          asks: STS, HTTP, a program, a person, the cache
//! ```
//!
//! The plan is decided before anything is asked, so that a command can say which source wins and why. What the resolver
//! needs of the world comes in through small traits; this crate opens no socket and knows no terminal. Order, settings,
//! sentences and cache files are those of AWS's command line (facts: cli §2).

mod credentials;
mod environment;
mod error;
mod files;
mod instance_plan;
mod plan;
mod profile_file;
mod quote;
mod recipe;
mod role_plan;
mod source;
mod sso_plan;
mod words;

pub use credentials::{Credentials, parse_time};
pub use environment::Environment;
pub use error::{ConfigError, CredentialsError};
pub use files::{FileError, Files, ProfileView};
pub use plan::{Chain, Plan, Step, Verdict};
pub use profile_file::{Section, parse as parse_profile_file};
pub use quote::plain;
pub use recipe::{Container, Instance, Process, Recipe, Role, Sso, WebIdentity};
pub use source::Source;
pub use words::{WordsError, split as split_words};
