//! Accounts, users, roles and policies: the snapshot and the stores.
