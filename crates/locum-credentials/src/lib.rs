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

mod alias_file;
mod assume;
mod cache;
mod cache_key;
mod container;
mod credentials;
mod environment;
mod error;
mod files;
mod host;
mod instance;
mod instance_plan;
mod login;
mod metadata;
mod mfa_codes;
mod mfa_plan;
mod mfa_session;
mod offline;
mod outside;
mod plan;
mod process;
mod profile_file;
mod quote;
mod recipe;
mod refused;
mod resolve;
mod rewrite;
mod role_plan;
mod source;
mod sso;
mod sso_plan;
mod state_file;
mod vault;
mod vault_files;
mod words;

pub use alias_file::Aliases;
pub use cache::{Cache, Lock};
pub use credentials::{Credentials, parse_time};
pub use environment::{Environment, NotText};
pub use error::{ConfigError, CredentialsError, LoginError};
pub use files::{FileError, Files, ProfileView, UntrustedFile, Which};
pub use mfa_codes::{Codes, Given};
pub use offline::{Known, Need, Offline, State};
pub use outside::{
    CallError, Clock, HttpError, HttpReply, HttpRequest, Output, Prompt, Reach, Runner, Services, Transport,
};
pub use plan::{Chain, Plan, Step, Verdict};
pub use process::SystemRunner;
pub use profile_file::{Section, parse as parse_profile_file};
pub use quote::{one_line, plain};
pub use recipe::{Container, Instance, Login, Mfa, MfaSession, Process, Recipe, Role, Sso, WebIdentity};
pub use resolve::Resolver;
pub use rewrite::{RewriteError, with_key, without_keys};
pub use source::Source;
pub use state_file::{check_replaceable, others_read, others_write, replace};
pub use vault::{Kind, Layered, MAX_NAME, NoVault, Vault, VaultError, check_name, state_directory};
pub use vault_files::FileVault;
pub use words::{WordsError, quoted, split as split_words};
