//! The sizes of what an AssumeRole hashes, seals and draws, in bytes, as the benchmark's caller sends it.

/// The canonical request, as every request with four signed headers has it.
pub(crate) const CANONICAL: usize = 257;
/// The text that the signature is of.
pub(crate) const STRING_TO_SIGN: usize = 137;
/// The sealed session without what stands around it, and what is bound to it.
pub(crate) const SESSION: usize = 118;
pub(crate) const BOUND: usize = 58;
/// The whole token.
pub(crate) const TOKEN: usize = 163;
/// The ids of the request, as every call has them.
pub(crate) const IDS: usize = 38;
/// Those, the secret, the nonce.
pub(crate) const RANDOM: usize = 88;
