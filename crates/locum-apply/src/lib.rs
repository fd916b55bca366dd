//! Accounts as a file describes them.
//!
//! ```text
//! files ─▶ read ─▶ Described ─┐
//!                             ├─▶ plan ─▶ changes to show, requests to send
//! Api ─▶ observe ─▶ Described ─┘
//!                      └────▶ written: the export
//! ```
//!
//! Nothing here opens a socket, a file or a clock: calls go through [`Api`], files come as texts. Requests and answers are
//! JSON with AWS's own names, so whatever speaks that API can be planned for.

mod model;
mod place;
mod read;

pub use self::{
    model::*,
    place::{FileError, Place},
    read::{Files, Source, read},
};
