//! Hashes, MACs, sealing and keys with one purpose each.
//!
//! The only crate that names `aws-lc-rs`, so that the choice of a cryptographic library stands in one room. Randomness
//! and time come in as arguments; secrets are types that are wiped on drop and print as `..`.

mod aad;
mod access_secret;
mod aes_gcm;
mod buffered;
mod certificate;
mod decryption;
mod deployment;
mod der;
#[cfg(test)]
mod fixture;
mod hash;
mod kek;
mod password;
mod proof;
mod purpose;
mod random;
mod ring;
mod ring_layout;
mod schedule;
mod seal;
mod secret;
mod signing;
mod spki;
mod uuid;
mod verification;

pub use access_secret::generate_secret_access_key;
pub use aes_gcm::open_aes_gcm;
pub use buffered::BufferedRandom;
pub use certificate::{Certificate, CertificateError};
pub use decryption::{DecryptionKey, DecryptionKeyError, OaepHash};
pub use deployment::{DeploymentId, DeploymentIdError};
pub use hash::{HmacKey, Sha256, equal, hex, hex32, hmac_sha1, hmac_sha256, sha1, sha256, sha384, sha512};
pub use kek::{KeyEncryptionKey, KeyFileError};
pub use password::{InvalidPasswordHash, PasswordHash, PasswordScheme};
pub use proof::ProofKey;
pub use purpose::Purpose;
pub use random::{Random, SeededRandom, SystemRandom};
pub use ring::{KeyRing, KeyState};
pub use ring_layout::RingLayoutError;
pub use schedule::{RotationSchedule, ScheduleError};
pub use seal::{HEADER_LEN, KeyId, OVERHEAD, OpenError};
pub use secret::{SecretBytes, SecretString};
pub use signing::{PublicParts, SigningAlgorithm, SigningError, SigningKey};
pub use uuid::{Uuid, uuid};
pub use verification::{BadSignature, Curve, KeyError, KeyKind, SignatureAlgorithm, VerificationKey};
