//! What a session carries, and its sealed token; authorization messages.
