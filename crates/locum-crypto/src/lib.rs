//! Hashes, MACs, sealing and keys with one purpose each.
//!
//! The only crate that names `aws-lc-rs`, so that the choice of a cryptographic library stands in one room. Randomness
//! and time come in as arguments; secrets are types that are wiped on drop and print as `..`.

mod hash;
mod random;
mod secret;

pub use hash::{HmacKey, Sha256, equal, hex, hex32, hmac_sha256, sha256};
pub use random::{Random, SeededRandom, SystemRandom};
pub use secret::{SecretBytes, SecretString};
