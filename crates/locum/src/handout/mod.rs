//! Credentials on their way to other programs of this machine: as variables, or by an endpoint that they ask.
//!
//! ```text
//! Whose ─▶ Credentials ─▶ Variables ─▶ Format ─▶ a shell reads them (env)
//!   │                        └───────▶ the environment of a command (exec)
//!   └─▶ Keeper ─▶ Endpoint: ecs, imds ◀── SDKs ask, time and again (exec --refresh, serve-credentials)
//! ```

mod ecs;
mod endpoint;
mod endpoints;
mod format;
mod guard;
mod imds;
mod keeper;
mod reply;
pub(crate) mod rivals;
mod variables;
mod whose;

pub(crate) use ecs::Container;
pub(crate) use endpoint::{Endpoint, serve};
pub(crate) use format::{Format, Unquotable};
pub(crate) use imds::Instance;
pub(crate) use keeper::Keeper;
use variables::to_unset;
pub(crate) use variables::{Surroundings, Variables};
pub(crate) use whose::{Renewal, Whose};
