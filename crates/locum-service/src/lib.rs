//! Authenticate, authorize, perform, record: one file an operation.
