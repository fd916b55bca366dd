//! Hashes, MACs, sealing and keys with one purpose each.
//!
//! The only crate that names `aws-lc-rs`, so that the choice of a cryptographic library stands in one room. Randomness
//! and time come in as arguments; secrets are types that are wiped on drop and print as `..`.

mod aad;
mod access_secret;
mod buffered;
mod deployment;
mod hash;
mod kek;
mod purpose;
mod random;
mod ring;
mod ring_layout;
mod schedule;
mod seal;
mod secret;
mod uuid;

pub use access_secret::generate_secret_access_key;
pub use buffered::BufferedRandom;
pub use deployment::{DeploymentId, DeploymentIdError};
pub use hash::{HmacKey, Sha256, equal, hex, hex32, hmac_sha256, sha256};
pub use kek::{KeyEncryptionKey, KeyFileError};
pub use purpose::Purpose;
pub use random::{Random, SeededRandom, SystemRandom};
pub use ring::{KeyRing, KeyState};
pub use ring_layout::RingLayoutError;
pub use schedule::{RotationSchedule, ScheduleError};
pub use seal::{HEADER_LEN, KeyId, OVERHEAD, OpenError};
pub use secret::{SecretBytes, SecretString};
pub use uuid::uuid;
