//! Accounts as a file describes them.
//!
//! ```text
//! files ─▶ read ─▶ Described ───┐
//!                               ├─▶ plan ─▶ changes to show, requests to send
//! Api ─▶ observe ─▶ what there is┘
//!                      └─▶ export ─▶ write
//! ```
//!
//! Nothing here opens a socket, a file or a clock: calls go through [`Api`], files come as texts. Requests and answers are
//! JSON with AWS's own names, so whatever speaks that API can be planned for.

mod api;
mod export;
mod model;
mod observe;
mod place;
mod plan;
mod read;
#[cfg(test)]
mod schema;
mod write;

pub use self::{
    api::{Api, ApiFailure},
    export::{export_account, export_organization},
    model::*,
    observe::*,
    place::{FileError, Place},
    plan::*,
    read::{Files, Source, read, read_yaml},
    write::{Format, WriteError, write},
};
