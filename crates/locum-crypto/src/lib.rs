//! Hashes, MACs, sealing and keys with one purpose each.
