//! Case folding of ASCII and Latin-1, the alphabet stored policies are limited to (`facts: policy §1.1, §1.7`).
//!
//! Wider folding is left out on purpose: under full Unicode folding `ſ` equals `s` and the Kelvin sign equals `k`,
//! which has turned a lookalike into the real name before.

/// The lower-case form of an ASCII or Latin-1 letter; anything else is itself.
pub(crate) const fn fold(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        'À'..='Ö' | 'Ø'..='Þ' => match char::from_u32(c as u32 + 0x20) {
            Some(lower) => lower,
            None => c,
        },
        _ => c,
    }
}

/// The form of a character under Unicode's folding of one character to one, as some engines may fold.
pub(crate) fn fold_widely(c: char) -> char {
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut mapped: impl ExactSizeIterator<Item = char>) -> Option<char> {
    (mapped.len() == 1).then(|| mapped.next()).flatten()
}

/// Whether two condition keys are one, and so two tags whose keys are part of them: equal but for the case of ASCII and
/// Latin-1 letters.
///
/// ```
/// assert!(locum_policy::same_key("Team", "TEAM"));
/// // A sign that looks like a K.
/// assert!(!locum_policy::same_key("task", "tas\u{212a}"));
/// ```
#[must_use]
pub fn same_key(a: &str, b: &str) -> bool {
    a == b || a.chars().map(fold).eq(b.chars().map(fold))
}

/// A text that two keys have in common if they [are one](same_key).
pub(crate) fn folded(key: &str) -> String {
    key.chars().map(fold).collect()
}

/// FNV-1a, seeded with its offset basis.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// One step of FNV-1a. Enough here: a collision costs a comparison, never a match.
pub(crate) const fn step(hash: u64, unit: u32) -> u64 {
    (hash ^ unit as u64).wrapping_mul(0x0100_0000_01b3)
}

/// A hash that is equal for texts that differ in case only.
pub(crate) fn fold_hash(text: &str) -> u64 {
    if text.is_ascii() {
        return fold_hash_ascii(text.as_bytes());
    }
    text.chars().fold(SEED, |hash, c| step(hash, fold(c) as u32))
}

/// The same of ASCII, also when the program is built.
pub(crate) const fn fold_hash_ascii(text: &[u8]) -> u64 {
    let (mut hash, mut rest) = (SEED, text);
    while let [byte, after @ ..] = rest {
        hash = step(hash, byte.to_ascii_lowercase() as u32);
        rest = after;
    }
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_hash_is_that_of_the_folded_characters(text in "[ -~]{0,20}|[ -~À-ÿĀ]{0,20}") {
            let expected = folded(&text).chars().fold(SEED, |hash, c| step(hash, c as u32));
            prop_assert_eq!(fold_hash(&text), expected);
        }
    }
}
