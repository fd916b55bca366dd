//! The language, its texts and its layers, from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod agreement;
mod compiled;
mod coverage;
mod dice;
mod explanations;
mod findings;
mod generator;
mod laws;
mod layers;
mod mutations;
mod naive;
mod operators;
mod principals;
mod properties;
mod statements;
mod unsettled;
mod validation;
mod world;
