//! Tokens of our own, for others to verify.
