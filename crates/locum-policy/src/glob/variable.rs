//! Policy variables: how they are written, and what stands for them.

use super::Token;
use crate::{Context, QUIRKS, Values, fold::fold_hash, quirks::Reading};

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    key: Box<str>,
    hash: u64,
    default: Option<Box<str>>,
    /// It may be no variable at all, or have another end: its default is not written `, '…'`, its key is no name, or it is
    /// not closed before another or never (`facts: policy §1.6`). It stands for any text, and what it matches is unclear.
    odd: bool,
}

/// What a variable's value counts as when it is empty, or its key has a set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubtful {
    /// Empty text counts as if the key were missing.
    empty_is_missing: bool,
    set: OfSet,
}

/// What stands for a set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfSet {
    Nothing,
    /// Its only value, or else the default.
    Only,
    Default,
}

impl Doubtful {
    pub(super) const AS_IT_IS: Self = Self::of(false, OfSet::Nothing);
    /// Each of the other readings with each: one variable may be empty, and another have a set.
    pub(super) const OTHERWISE: [Self; 5] = [
        Self::of(true, OfSet::Nothing),
        Self::of(false, OfSet::Only),
        Self::of(true, OfSet::Only),
        Self::of(false, OfSet::Default),
        Self::of(true, OfSet::Default),
    ];

    const fn of(empty_is_missing: bool, set: OfSet) -> Self {
        Self {
            empty_is_missing,
            set,
        }
    }
}

impl Variable {
    /// Its key; empty if it has none that could be told.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether it may be no variable, or have another end.
    pub(super) const fn is_odd(&self) -> bool {
        self.odd
    }

    /// The value; `None` for a missing key without a default and for a multi-valued one (`facts: policy §1.6`).
    pub(super) fn resolve<'a>(&'a self, context: &'a Context<'_>, doubtful: Doubtful) -> Option<&'a str> {
        let default = self.default.as_deref();
        match (context.get_hashed(self.hash, &self.key), doubtful.set) {
            (Some(Values::One(value)), _) if doubtful.empty_is_missing && value.is_empty() => default,
            (Some(Values::One(value)), _) => Some(value),
            (Some(Values::Many(_)), OfSet::Nothing) => None,
            (Some(Values::Many(values)), OfSet::Only) => match &**values {
                [only] => Some(only),
                _ => default,
            },
            (Some(Values::Many(_)), OfSet::Default) | (None, _) => default,
        }
    }

    /// How it is read where its value is doubtful; `None` where it is not.
    pub(super) fn doubt(&self, context: &Context<'_>) -> Option<Reading> {
        match context.get_hashed(self.hash, &self.key)? {
            Values::One(value) => value.is_empty().then_some(QUIRKS.empty_variable),
            Values::Many(_) => Some(QUIRKS.several_values_in_variable),
        }
    }
}

/// Reads a variable at the beginning of a text, after its `${`: the token, and the text behind it. One that is never closed
/// takes all of it, and one with another in it all to the last brace.
pub(super) fn read(text: &str) -> (Token, &str) {
    let Some((inner, after)) = text.split_once('}') else {
        return (odd(), "");
    };
    if inner.split(',').next().is_some_and(|key| key.contains("${")) {
        return (odd(), text.rsplit_once('}').map_or("", |(_, after)| after));
    }
    let token = well_closed(inner);
    // The brace may be one of a default's.
    match &token {
        Token::Variable(variable) if variable.odd && inner.matches('\'').count() == 1 => {
            (token, text.split_once("'}").map_or("", |(_, after)| after))
        }
        _ => (token, after),
    }
}

fn odd() -> Token {
    Token::Variable(Box::new(Variable {
        key: "".into(),
        hash: fold_hash(""),
        default: None,
        odd: true,
    }))
}

/// Whether a text can be the name of a key: that of a tag, or of an identity provider's claim, at the most. A tag's key with a
/// blank may or may not be one.
pub(crate) fn names_key(text: &str) -> bool {
    let named = |c: char| c.is_alphanumeric() || "_.:/=+-@~%".contains(c);
    !text.is_empty() && text.chars().all(named)
}

/// The text between `${` and `}` as a token.
fn well_closed(inner: &str) -> Token {
    if let "*" | "?" | "$" = inner {
        return Token::Literal(inner.into());
    }
    let quoted = |text: &str| -> Option<Box<str>> {
        let text = text.trim_start_matches(' ').strip_prefix('\'')?;
        text.strip_suffix('\'').map(Into::into)
    };
    let (key, default, exact) = match inner.split_once(',') {
        Some((key, rest)) => match quoted(rest) {
            Some(default) => {
                let exact = rest.starts_with(" '") && !default.contains('\'');
                (key, Some(default), exact)
            }
            None => return odd(),
        },
        None => (inner, None, true),
    };
    Token::Variable(Box::new(Variable {
        key: key.into(),
        hash: fold_hash(key),
        default,
        odd: !exact || !names_key(key),
    }))
}
