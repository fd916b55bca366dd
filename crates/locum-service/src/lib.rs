//! Authenticate, authorize, perform, record: one file an operation.
//!
//! A request becomes a [`Caller`](caller::Caller) by its signature, its parameters become a typed request, one function
//! performs it against an immutable snapshot, and a record of it goes to the audit log. Nothing here waits: what must
//! reach a disk is handed back to whoever called, who waits for it.

mod access_analyzer;
mod asked;
mod attempt;
pub mod audit;
mod authenticate;
pub mod call;
pub mod caller;
mod carried;
mod circumstances;
mod clock;
mod commit;
mod credential_reports;
mod delegation;
pub mod denial;
mod guesses;
mod iam;
mod identifiers;
mod incoming;
mod known_time;
mod last_uses;
mod layers;
mod mfa;
mod operator;
mod organizations;
mod outbound;
mod paging;
mod passwords;
mod redeemed;
mod reply;
mod restrictions;
mod revocation;
mod rings;
mod root_tasks;
mod route;
mod saml_recipients;
mod service;
mod settings;
mod strangers;
mod sts;
mod trace;
mod transaction;
pub mod unsigned;

pub use carried::Carried;
pub use commit::Commit;
pub use delegation::TRADE_IN_TOKEN_HEADER;
pub use incoming::{Incoming, Reply};
pub use last_uses::LastUses;
pub use operator::{Operator, OperatorError};
pub use outbound::{Issuers, Published, replace_signing_keys};
pub use rings::{DamagedRing, Rings};
pub use route::{Perform, PerformUnsigned};
pub use saml_recipients::SamlRecipients;
pub use service::{AUTHORIZATION_MESSAGE_HEADER, Outcome, Service, StartError};
pub use settings::{Regions, Settings};
