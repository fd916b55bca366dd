//! The primitives that a kind of call cannot do without, and nothing else of it. Between the ceiling, which has not even
//! these, and locum they say how much of the difference could ever go.

use std::hint::black_box;

use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::Timestamp;
use locum_crypto::{BufferedRandom, HmacKey, KeyRing, Purpose, Random, sha256};

use crate::{
    scenario::Call,
    sizes::{BOUND, CANONICAL, IDS, RANDOM, SESSION, STRING_TO_SIGN, TOKEN},
};

/// What a worker has at hand: a signing key that is derived already, a cipher key, randomness, texts of the right sizes.
pub(crate) struct Primitives {
    also: Also,
    signing: HmacKey,
    canonical: Vec<u8>,
    ring: KeyRing,
    random: BufferedRandom,
    /// The token of a session, as text.
    token: String,
    sealed: Vec<u8>,
    text: [u8; TOKEN * 2],
}

/// What a call needs beside a request's hashes and its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Also {
    /// Its ids.
    Ids,
    /// To open the caller's session, and its ids.
    Opening,
    /// A secret, and to seal a session of its own.
    Sealing,
}

impl Primitives {
    /// Those of a kind of call, if they are known.
    pub(crate) fn of(call: Call) -> Option<Self> {
        let also = match call {
            Call::AssumeRole => Also::Sealing,
            Call::IdentityOfUser => Also::Ids,
            Call::IdentityOfSession => Also::Opening,
            _ => return None,
        };
        let mut random = BufferedRandom::new();
        let ring = KeyRing::generate(Purpose::SessionToken, Timestamp::UNIX_EPOCH, &mut random);
        let mut sealed = Vec::new();
        ring.seal(&[&[0; BOUND]], &[0; SESSION], &mut random, &mut sealed);
        let token = BASE64_STANDARD.encode(&sealed);
        // A session's token is a header like any other, and signed.
        let header = if also == Also::Opening { token.len() } else { 0 };
        Some(Self {
            also,
            signing: HmacKey::new(&[7; 32]),
            canonical: vec![b'a'; CANONICAL + header],
            ring,
            random,
            token,
            sealed,
            text: [0; TOKEN * 2],
        })
    }

    /// Does them once, for a request with this body.
    ///
    /// # Errors
    /// Says which of them did not come out as it must.
    pub(crate) fn once(&mut self, body: &[u8]) -> Result<(), &'static str> {
        black_box(sha256(body));
        black_box(sha256(&self.canonical));
        if self.signing.verifies(&[b'a'; STRING_TO_SIGN], &[0; 32]) {
            return Err("a signature of zeros was right");
        }
        match self.also {
            Also::Ids => self.draw::<IDS>(),
            Also::Opening => {
                self.open()?;
                self.draw::<IDS>();
            }
            Also::Sealing => self.seal()?,
        }
        Ok(())
    }

    fn draw<const N: usize>(&mut self) {
        let mut drawn = [0; N];
        self.random.fill(&mut drawn);
        black_box(drawn);
    }

    fn seal(&mut self) -> Result<(), &'static str> {
        const NONCE: usize = 12;
        self.draw::<{ RANDOM - NONCE }>();
        self.sealed.clear();
        self.ring
            .seal(&[&[0; BOUND]], &[0; SESSION], &mut self.random, &mut self.sealed);
        let written = BASE64_STANDARD.encode_slice(&self.sealed, black_box(&mut self.text));
        written.map(|_| ()).map_err(|_| "no room for a token")
    }

    fn open(&mut self) -> Result<(), &'static str> {
        self.sealed.clear();
        let read = BASE64_STANDARD.decode_vec(&self.token, &mut self.sealed);
        read.map_err(|_| "a token was no base64")?;
        let opened = self.ring.open_in_place(&[&[0; BOUND]], &mut self.sealed);
        opened.map(|_| ()).map_err(|_| "a token did not open")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_with_a_goal_has_its_primitives_and_they_come_out() {
        for call in Call::ALL {
            let primitives = Primitives::of(call);
            assert_eq!(primitives.is_some(), call.goal().is_some(), "{call:?}");
            if let Some(mut primitives) = primitives {
                for _ in 0..3 {
                    assert_eq!(primitives.once(b"Action=AssumeRole"), Ok(()), "{call:?}");
                }
            }
        }
    }

    #[test]
    fn a_token_has_the_size_that_is_written_down() {
        let primitives = Primitives::of(Call::AssumeRole);
        let prefix = 12;
        assert_eq!(primitives.map(|p| p.sealed.len() + prefix), Some(TOKEN));
    }
}
