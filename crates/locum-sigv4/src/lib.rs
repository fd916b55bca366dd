//! Signature Version 4: make and verify, header and presigned.
