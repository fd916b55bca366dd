//! The ids of a call and its reply.

use std::io::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::{Random, Uuid};

/// The ids that a call is known by: drawn once, and kept in place until the reply and the record are written.
#[derive(Clone, Copy)]
pub(crate) struct Identifiers {
    /// The value of `x-amzn-requestid`.
    pub(crate) request: Uuid,
    /// The id of its record.
    pub(crate) event: Uuid,
    /// The value of `x-amz-sts-extended-request-id`.
    pub(crate) extended: Extended,
}

/// An id in the shape of AWS's extended ones (`facts: sts §1.2`).
#[derive(Clone, Copy)]
pub(crate) struct Extended {
    text: [u8; MOST],
    len: usize,
}

/// Base64 of at most 41 bytes: ten, a time of twenty, three, eight.
const MOST: usize = 56;
const PLAIN: usize = 41;

impl Identifiers {
    pub(crate) fn draw(now: Timestamp, random: &mut dyn Random) -> Self {
        let mut uuids = [[0; 16]; 2];
        random.fill(uuids.as_flattened_mut());
        let [request, event] = uuids.map(Uuid::from_random);
        let mut drawn = [0; 6];
        random.fill(&mut drawn);
        Self {
            request,
            event,
            extended: Extended::of(now, drawn),
        }
    }
}

impl Extended {
    fn of(now: Timestamp, drawn: [u8; 6]) -> Self {
        let mut plain = [0; PLAIN];
        let mut rest = plain.as_mut_slice();
        // INVARIANT: the longest fits.
        let mut number = itoa::Buffer::new();
        for part in ["0:local:S:", number.format(now.as_millisecond()), ":R:"] {
            let _ = rest.write(part.as_bytes());
        }
        let written = BASE64_STANDARD.encode_slice(drawn, rest).unwrap_or_default();
        let left = rest.len();
        let plain = plain.get(..PLAIN - left + written).unwrap_or_default();
        let mut text = [0; MOST];
        let len = BASE64_STANDARD.encode_slice(plain, &mut text).unwrap_or_default();
        Self { text, len }
    }

    pub(crate) fn as_str(&self) -> &str {
        // INVARIANT: base64 is ASCII.
        let text = self.text.get(..self.len).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;

    use super::*;

    #[test]
    fn an_extended_id_holds_the_time_and_random_characters() {
        let times = [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX];
        for now in times {
            let mut random = SeededRandom::new(1);
            let ids = Identifiers::draw(now, &mut random);
            assert_ne!(ids.request, ids.event);
            let id = ids.extended;
            let plain = BASE64_STANDARD.decode(id.as_str()).unwrap();
            let plain = String::from_utf8(plain).unwrap();
            let (begin, drawn) = plain.rsplit_once(':').unwrap();
            assert_eq!(begin, format!("0:local:S:{}:R", now.as_millisecond()));
            assert_eq!(BASE64_STANDARD.decode(drawn).unwrap().len(), 6);
        }
    }
}
