//! The account number inside unique ids and access key ids (`facts: sts §3.2`).
//!
//! The characters after the four-letter prefix are base32. Their first 48 bits are a set bit, forty bits of account
//! number and seven random bits; the rest is random.

use crate::AccountId;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Set in every id issued since the scheme began; ids without it carry no account.
const MARK: u64 = 1 << 47;

fn value(symbol: u8) -> Option<u64> {
    match symbol {
        b'A'..=b'Z' => Some(u64::from(symbol - b'A')),
        b'2'..=b'7' => Some(u64::from(symbol - b'2') + 26),
        _ => None,
    }
}

/// Whether a text has symbols of the alphabet only. A fold without an early end lets the compiler look at many of them at a time.
#[inline]
pub(crate) fn is_base32(text: &[u8]) -> bool {
    text.iter()
        .fold(true, |all, &symbol| all & value(symbol).is_some())
}

/// The account in the base32 text after the prefix, if it carries one.
pub(crate) fn account(text: &[u8]) -> Option<AccountId> {
    let fifty = text
        .get(..10)?
        .iter()
        .try_fold(0, |bits, &b| Some(bits << 5 | value(b)?))?;
    let head: u64 = fifty >> 2;
    if head & MARK == 0 {
        return None;
    }
    AccountId::new((head & !MARK) >> 7).ok()
}

/// Fills `text` with base32 that carries `account`, the remaining bits taken from `random`.
pub(crate) fn fill(text: &mut [u8], account: AccountId, random: u64) {
    let head = u128::from(MARK | account.number() << 7 | (random & 0x7f));
    let bits = text.len() * 5;
    let tail_bits = bits.saturating_sub(48);
    let tail = u128::from(random >> 7) & ((1 << tail_bits) - 1);
    let mut rest = head << tail_bits | tail;
    for symbol in text.iter_mut().rev() {
        let [low, ..] = rest.to_le_bytes();
        *symbol = ALPHABET.get(usize::from(low & 31)).copied().unwrap_or(b'A');
        rest >>= 5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_symbols_are_those_of_the_alphabet() {
        for byte in 0..=u8::MAX {
            let known = ALPHABET.contains(&byte);
            assert_eq!(
                (is_base32(&[byte]), value(byte).is_some()),
                (known, known),
                "{byte}"
            );
            assert_eq!(is_base32(&[b'A', byte, b'7']), known, "{byte}");
        }
    }
}
