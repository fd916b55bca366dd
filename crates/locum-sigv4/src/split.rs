//! Splitting short texts of which every request has many.
//!
//! The standard library's `split` sets up a searcher for any character; on headers of a few dozen bytes that is most of its
//! cost.

use memchr::memchr;

/// What stands before and after the first `separator`, which is ASCII.
pub(crate) fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr(separator, text.as_bytes())?;
    // INVARIANT: an ASCII byte begins and ends a character.
    text.get(..at).zip(text.get(at + 1..))
}

/// The parts between separators, which are ASCII: one more than there are separators.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        // Parts are so short that a loop is there before a search has begun.
        let Some(at) = text.bytes().position(|byte| byte == separator) else {
            return Some(text);
        };
        // INVARIANT: an ASCII byte begins and ends a character.
        rest = text.get(at + 1..);
        text.get(..at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_those_of_the_standard_library(text in "[a-c;é=/,]{0,40}") {
            for separator in [';', '=', '/', ','] {
                let byte = u8::try_from(separator).unwrap();
                let expected: Vec<_> = text.split(separator).collect();
                prop_assert_eq!(split(&text, byte).collect::<Vec<_>>(), expected);
                prop_assert_eq!(cut(&text, byte), text.split_once(separator));
            }
        }
    }
}
