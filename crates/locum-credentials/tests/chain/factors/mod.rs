//! A second factor: one code for many commands, where codes come from, and what becomes of a session that is refused.

mod codes;
mod devices;
mod kept;
mod refused;
mod sessions;
