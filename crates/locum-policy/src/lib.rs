//! The IAM policy language: read, validate, compile, decide, explain.
