//! Looks at eight bytes of a text at a time for one that cannot be copied as it is: almost every text can.
//!
//! What is looked for are marks: the highest bit of each byte of a word. The lowest mark of a word is always right; above a
//! mark there may be false ones, since a subtraction borrows from the next byte. Bytes beyond ASCII count as marked, so that
//! marks are cheap; whoever asks has a slower way for a text with marks, which decides.

/// How many bytes are looked at together.
pub(crate) const WIDTH: usize = 8;

#[inline]
const fn each(byte: u8) -> u64 {
    // INVARIANT: no more than eight bytes of ones.
    0x0101_0101_0101_0101_u64.wrapping_mul(byte as u64)
}

/// Marks the bytes of a word that are `byte`, which is ASCII.
#[inline]
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    (word ^ each(byte)).wrapping_sub(each(1))
}

/// Marks the bytes of a word that are `byte` if one bit is set in them that `byte` has.
#[inline]
pub(crate) const fn equal_with(word: u64, bit: u8, byte: u8) -> u64 {
    equal(word | each(bit), byte)
}

/// Marks the bytes of a word that are less than `limit`, which is at most 0x80.
#[inline]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit))
}

/// Where marks are.
const HIGHEST: u64 = each(0x80);

/// Returns the marks of a word, and of the bytes in it that are not ASCII; what is no [`HIGHEST`] bit says nothing.
#[inline]
fn marks(word: [u8; WIDTH], mark: impl Fn(u64) -> u64) -> u64 {
    let word = u64::from_le_bytes(word);
    mark(word) | word
}

/// Returns how many bytes stand before the first that is marked or not ASCII.
#[inline]
pub(crate) fn run(word: [u8; WIDTH], mark: impl Fn(u64) -> u64) -> usize {
    let marks = marks(word, mark) & HIGHEST;
    // INVARIANT: at most 64, for no marks, and so at most WIDTH.
    (marks.trailing_zeros() / u8::BITS) as usize
}

/// Whether no byte of a text is marked and all are ASCII. A space must not be marked.
#[inline]
pub(crate) fn is(text: &str, mark: impl Fn(u64) -> u64) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else {
        let mut word = [b' '; WIDTH];
        word.iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = *byte);
        return marks(word, mark) & HIGHEST == 0;
    };
    let (words, _) = bytes.as_chunks();
    // What is left over is looked at with bytes before it, rather than byte by byte.
    let found = words.iter().fold(0, |found, word| found | marks(*word, &mark));
    (found | marks(*last, &mark)) & HIGHEST == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(word: u64) -> u64 {
        equal(word, b'+') | equal(word, 0) | equal_with(word, 2, b'>') | below(word, b' ')
    }

    fn is_marked(byte: u8) -> bool {
        matches!(byte, b'+' | b'<' | b'>' | 0..b' ') || !byte.is_ascii()
    }

    proptest! {
        #[test]
        fn the_first_mark_is_found(word in any::<[u8; 8]>(), plain in 0..8_usize) {
            let mut word = word;
            word[..plain].fill(b'a');
            let first = word.iter().position(|byte| is_marked(*byte));
            prop_assert_eq!(run(word, mark), first.unwrap_or(WIDTH));
        }

        #[test]
        fn a_text_is_plain_if_all_its_bytes_are(text in "[ -~]{0,40}|[a-z]{0,20}[\\x00-\\x3f\u{80}\u{ff}]?[!-*]{0,20}") {
            prop_assert_eq!(is(&text, mark), !text.bytes().any(is_marked));
        }
    }

    #[test]
    fn every_byte_is_looked_at() {
        for length in (0..80).chain([127, 128, 200]) {
            let plain = "a".repeat(length);
            assert!(is(&plain, mark));
            for at in 0..length {
                let mut text = plain.clone();
                text.replace_range(at..=at, "<");
                assert!(!is(&text, mark), "{at} of {length}");
            }
        }
    }
}
