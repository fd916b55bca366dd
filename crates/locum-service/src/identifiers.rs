//! The second id of a reply.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::Random;

/// The value of `x-amz-sts-extended-request-id`, in the shape AWS gives it (`facts: sts §1.2`).
pub(crate) fn extended_request_id(now: Timestamp, random: &mut dyn Random) -> String {
    let mut bytes = [0; 6];
    random.fill(&mut bytes);
    let mut text = String::with_capacity(48);
    // INVARIANT: writing to a string does not fail.
    let _ = write!(text, "0:local:S:{}:R:", now.as_millisecond());
    BASE64_STANDARD.encode_string(bytes, &mut text);
    BASE64_STANDARD.encode(text)
}
