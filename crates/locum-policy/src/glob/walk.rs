//! The walk of a pattern along a text, counted in steps, and the ways a literal is compared and searched for.

use super::Token;
use crate::quirks::Truth;

/// How many bytes are compared in the time of a step.
const BYTES_A_STEP: usize = 16;
/// How many bytes of a short text are searched in the time of a step. Those beyond take one each, for a search that
/// goes on is one that was made to.
const SOUGHT_A_STEP: usize = 8;
const SHORT: usize = 128;
/// What a star costs that takes one character more, in steps.
const RETRY: usize = 3;

/// How many bytes of `text` the literal takes, if it begins with it.
pub(super) fn literal_prefix(text: &str, literal: &str) -> Option<usize> {
    text.starts_with(literal).then_some(literal.len())
}

pub(super) fn ascii_prefix(text: &str, literal: &str) -> Option<usize> {
    let head = text.as_bytes().get(..literal.len())?;
    (head == literal.as_bytes() || head.eq_ignore_ascii_case(literal.as_bytes())).then_some(literal.len())
}

pub(super) fn folded_prefix(text: &str, literal: &str, fold: impl Fn(char) -> char) -> Option<usize> {
    let mut rest = text.chars();
    for expected in literal.chars() {
        if rest.next().map(&fold) != Some(fold(expected)) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// Where a literal stands in a text first. To prepare a search costs more than to look at every place of a short text.
pub(super) fn find(text: &str, literal: &str) -> Option<usize> {
    let (text_bytes, literal_bytes) = (text.as_bytes(), literal.as_bytes());
    let Some((first, rest)) = literal_bytes.split_first() else {
        return Some(0);
    };
    if text_bytes.len() > SHORT && !text.starts_with(literal) {
        return text.find(literal);
    }
    let mut places = text_bytes.windows(literal_bytes.len());
    places.position(|place| place.split_first().is_some_and(|(a, b)| a == first && b == rest))
}

/// Any place will do to begin looking for a literal that is not compared byte by byte.
pub(super) fn anywhere(_: &str, _: &str) -> Option<usize> {
    Some(0)
}

/// The greedy walk: on a mismatch, the last star takes more. Earlier stars never need to. `take` says how much of a text
/// a literal takes if it begins with it, `seek` where it may do so first, if anywhere. `spend` takes the steps it needs,
/// and ends it when there are none left.
pub(super) fn walk<'p>(
    tokens: &'p [Token],
    text: &str,
    value: impl Fn(&'p Token) -> Option<&'p str>,
    take: impl Fn(&str, &str) -> Option<usize>,
    seek: impl Fn(&str, &str) -> Option<usize>,
    spend: impl Fn(usize) -> bool,
) -> Truth {
    // The least that the star before this token must take of a text, or how the walk ends.
    let least = |token: usize, rest: &str| {
        let Some(literal) = tokens.get(token).and_then(&value) else {
            return Ok(0);
        };
        let found = seek(rest, literal);
        let sought = found.unwrap_or(rest.len());
        if spend(1 + sought / SOUGHT_A_STEP + sought.saturating_sub(SHORT)) {
            found.ok_or(Truth::Fails)
        } else {
            Err(Truth::Unclear)
        }
    };
    let mut token = 0;
    let mut rest = text;
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match tokens.get(token) {
            None if rest.is_empty() => return Truth::Holds,
            None => None,
            Some(star) if star.is_any_text() => {
                if token + 1 == tokens.len() {
                    return Truth::Holds;
                }
                let skipped = match least(token + 1, rest) {
                    Ok(skipped) => skipped,
                    Err(end) => return end,
                };
                retry = Some((token, rest.get(skipped..).unwrap_or_default()));
                Some(skipped)
            }
            Some(Token::One) => rest.chars().next().map(char::len_utf8),
            Some(other) => match value(other) {
                Some(literal) if !spend(literal.len().min(rest.len()) / BYTES_A_STEP) => {
                    return Truth::Unclear;
                }
                Some(literal) => take(rest, literal),
                None => return Truth::Fails,
            },
        };
        if !spend(if step.is_some() { 1 } else { RETRY }) {
            return Truth::Unclear;
        }
        match (step, retry) {
            (Some(bytes), _) => {
                token += 1;
                rest = rest.get(bytes..).unwrap_or_default();
            }
            (None, Some((star, from))) => {
                let after = from.chars().next().map_or(0, char::len_utf8);
                let Some(next) = from.get(after..).filter(|_| after > 0) else {
                    return Truth::Fails;
                };
                let skipped = match least(star + 1, next) {
                    Ok(skipped) => skipped,
                    Err(end) => return end,
                };
                rest = next.get(skipped..).unwrap_or_default();
                retry = Some((star, rest));
                token = star + 1;
            }
            (None, None) => return Truth::Fails,
        }
    }
}
