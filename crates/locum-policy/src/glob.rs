//! Wildcard patterns, with policy variables in them.
//!
//! A pattern is tokenised once. Matching is greedy with one point to return to, the last star, so it takes at most
//! |pattern| × |text| steps, uses no stack and allocates nothing; backtracking engines take exponential time on a
//! document of some hundred bytes (`facts: security §1.4`). What follows a star is searched for, so that patterns people
//! write take about a step a token. A variable's value is compared as one literal: a `*` or a
//! `${…}` in it is never looked at again.

mod walk;

use crate::{
    Context, QUIRKS, Values,
    fold::{fold, fold_hash, fold_widely, same_key},
    quirks::{Reading, Truth},
    work::{Scope, Work},
};
use walk::{anywhere, ascii_prefix, find, folded_prefix, literal_prefix, walk};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(Box<str>),
    /// `?`: one character.
    One,
    /// `*`: any run, the empty one included.
    Star,
    Variable(Box<Variable>),
}

impl Token {
    /// Whether it takes any text, a star or what may be one.
    fn is_any_text(&self) -> bool {
        match self {
            Self::Star => true,
            Self::Variable(variable) => variable.odd,
            Self::Literal(_) | Self::One => false,
        }
    }
}

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
struct Doubtful {
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
    const AS_IT_IS: Self = Self::of(false, OfSet::Nothing);
    /// Each of the other readings with each: one variable may be empty, and another have a set.
    const OTHERWISE: [Self; 5] = [
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
    /// The value; `None` for a missing key without a default and for a multi-valued one (`facts: policy §1.6`).
    fn resolve<'a>(&'a self, context: &'a Context<'_>, doubtful: Doubtful) -> Option<&'a str> {
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
    fn doubt(&self, context: &Context<'_>) -> Option<Reading> {
        match context.get_hashed(self.hash, &self.key)? {
            Values::One(value) => value.is_empty().then_some(QUIRKS.empty_variable),
            Values::Many(_) => Some(QUIRKS.several_values_in_variable),
        }
    }
}

/// How the source text of a pattern is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${…}` is a variable: only in documents of version 2012-10-17.
    pub(crate) variables: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    tokens: Box<[Token]>,
    has_variables: bool,
}

/// Reads a variable at the beginning of a text, after its `${`: the token, and the text behind it. One that is never closed
/// takes all of it, and one with another in it all to the last brace.
fn variable(text: &str) -> (Token, &str) {
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
fn names_key(text: &str) -> bool {
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

impl Pattern {
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(opened) = rest.strip_prefix("${").filter(|_| syntax.variables) {
                let (token, after) = variable(opened);
                match token {
                    Token::Literal(text) => literal.push_str(&text),
                    other => {
                        flush(&mut literal, &mut tokens);
                        tokens.push(other);
                    }
                }
                rest = after;
                continue;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                '*' if syntax.wildcards => {
                    flush(&mut literal, &mut tokens);
                    if tokens.last() != Some(&Token::Star) {
                        tokens.push(Token::Star);
                    }
                }
                '?' if syntax.wildcards => {
                    flush(&mut literal, &mut tokens);
                    // `*?` is `?*`, and a star is best followed by something to search for.
                    let star = tokens.pop_if(|last| *last == Token::Star);
                    tokens.push(Token::One);
                    tokens.extend(star);
                }
                _ => literal.push(c),
            }
        }
        flush(&mut literal, &mut tokens);
        Self::of(tokens)
    }

    fn of(tokens: Vec<Token>) -> Self {
        Self {
            has_variables: tokens.iter().any(|t| matches!(t, Token::Variable(_))),
            tokens: tokens.into(),
        }
    }

    /// The literal text every match begins with, and whether it is the whole pattern.
    pub(crate) fn prefix(&self) -> (&str, bool) {
        match &*self.tokens {
            [] => ("", true),
            [Token::Literal(text)] => (text, true),
            [Token::Literal(text), ..] => (text, false),
            _ => ("", false),
        }
    }

    pub(crate) fn is_star(&self) -> bool {
        matches!(&*self.tokens, [Token::Star])
    }

    pub(crate) fn is_literal(&self) -> bool {
        self.prefix().1
    }

    pub(crate) const fn has_variables(&self) -> bool {
        self.has_variables
    }

    /// Whether every variable has a value, whatever a doubtful one counts as.
    pub(crate) fn resolves(&self, scope: Scope<'_>) -> bool {
        let mut variables = self.variables();
        variables.all(|v| {
            let context = scope.context();
            let found = |doubtful| v.resolve(context, doubtful).is_some();
            let looked_up = scope.work.scan(context.steps_of_look_up());
            looked_up && !v.odd && found(Doubtful::AS_IT_IS) && Doubtful::OTHERWISE.into_iter().all(found)
        })
    }

    /// The keys of its variables; a malformed variable has none.
    pub(crate) fn variable_keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.variables().map(|variable| &*variable.key);
        keys.filter(|key| !key.is_empty())
    }

    fn variables(&self) -> impl Iterator<Item = &Variable> {
        let tokens: &[Token] = if self.has_variables { &self.tokens } else { &[] };
        tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(&**variable),
            Token::Literal(_) | Token::One | Token::Star => None,
        })
    }

    /// Compares under what a doubtful value may count as.
    fn in_every_reading(&self, scope: Scope<'_>, compare: impl Fn(Doubtful) -> Truth) -> Truth {
        let as_it_is = match compare(Doubtful::AS_IT_IS) {
            Truth::Holds if self.variables().any(|variable| variable.odd) => QUIRKS.odd_variable.truth(),
            other => other,
        };
        // Out of steps is unclear already.
        if as_it_is == Truth::Unclear {
            return as_it_is;
        }
        let is_doubtful = |v: &Variable| v.doubt(scope.context()) == Some(Reading::AgainstTheCaller);
        let differs = |doubtful| compare(doubtful) != as_it_is;
        if self.variables().any(is_doubtful) && Doubtful::OTHERWISE.into_iter().any(differs) {
            Truth::Unclear
        } else {
            as_it_is
        }
    }

    /// Splits at the first `colons` colons of the literal text; colons in variables do not count.
    pub(crate) fn fields(&self, colons: usize) -> Vec<Self> {
        let mut fields = Vec::new();
        let mut current = Vec::new();
        for token in &self.tokens {
            let Token::Literal(text) = token else {
                current.push(token.clone());
                continue;
            };
            let mut rest: &str = text;
            while fields.len() < colons
                && let Some((head, tail)) = rest.split_once(':')
            {
                if !head.is_empty() {
                    current.push(Token::Literal(head.into()));
                }
                fields.push(Self::of(std::mem::take(&mut current)));
                rest = tail;
            }
            if !rest.is_empty() {
                current.push(Token::Literal(rest.into()));
            }
        }
        fields.push(Self::of(current));
        fields
    }

    /// Whether the whole of `text` matches. An unresolved variable matches nothing.
    pub(crate) fn matches(&self, text: &str, scope: Scope<'_>) -> Truth {
        match &*self.tokens {
            [Token::Literal(literal)] => Truth::of(**literal == *text),
            [Token::Star] => Truth::Holds,
            _ => self.walk(text, scope, literal_prefix, find),
        }
    }

    /// The same of a tag's key; unclear if it is the key in another case.
    pub(crate) fn matches_tag_key(&self, text: &str, scope: Scope<'_>) -> Truth {
        let exact = self.matches(text, scope);
        if exact != Truth::Fails {
            return exact;
        }
        let folded = match &*self.tokens {
            [Token::Literal(literal)] => same_key(literal, text),
            _ => self.matches_narrowly(text, scope) != Truth::Fails,
        };
        if folded {
            QUIRKS.tag_key_in_another_case.truth()
        } else {
            Truth::Fails
        }
    }

    /// Whether the whole of `text` matches without regard to ASCII and Latin-1 case.
    fn matches_narrowly(&self, text: &str, scope: Scope<'_>) -> Truth {
        let take = |text: &str, literal: &str| folded_prefix(text, literal, fold);
        self.walk(text, scope, take, anywhere)
    }

    /// The same; unclear for texts that only a wider folding makes equal.
    pub(crate) fn matches_folded(&self, text: &str, scope: Scope<'_>) -> Truth {
        let narrow = self.matches_narrowly(text, scope);
        if narrow != Truth::Fails {
            return narrow;
        }
        let wide = |text: &str, literal: &str| folded_prefix(text, literal, fold_widely);
        match self.walk(text, scope, wide, anywhere) {
            Truth::Holds => QUIRKS.fold_beyond_latin.truth(),
            other => other,
        }
    }

    /// Whether it matches a text without the help of a variable.
    pub(crate) fn takes(&self, text: &str) -> bool {
        walk(&self.tokens, text, plain_value, literal_prefix, find, |_| true) == Truth::Holds
    }

    /// Matches an action: no variables, ASCII case does not matter. Actions are short, and not the caller's to choose.
    pub(crate) fn matches_action(&self, text: &str) -> bool {
        self.means_action(text, &Work::new()) == Truth::Holds
    }

    /// The same for a request, where it is unclear when a simulation has scanned too much.
    pub(crate) fn means_action(&self, text: &str, work: &Work) -> Truth {
        let scan = |steps| work.scan(steps);
        walk(&self.tokens, text, plain_value, ascii_prefix, anywhere, scan)
    }

    fn walk<'p>(
        &'p self,
        text: &str,
        scope: Scope<'p>,
        take: impl Fn(&str, &str) -> Option<usize>,
        seek: impl Fn(&str, &str) -> Option<usize>,
    ) -> Truth {
        let work = scope.work;
        self.in_every_reading(scope, |doubtful| {
            let value = |token: &'p Token| {
                if let Token::Variable(_) = token {
                    work.scan(scope.context().steps_of_look_up());
                }
                value(token, scope, doubtful)
            };
            walk(&self.tokens, text, value, &take, &seek, |steps| work.spend(steps))
        })
    }
}

fn flush(literal: &mut String, tokens: &mut Vec<Token>) {
    if !literal.is_empty() {
        tokens.push(Token::Literal(std::mem::take(literal).into()));
    }
}

fn value<'a>(token: &'a Token, scope: Scope<'a>, doubtful: Doubtful) -> Option<&'a str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::Variable(variable) if variable.odd => None,
        Token::Variable(variable) => variable.resolve(scope.context(), doubtful),
        Token::One | Token::Star => None,
    }
}

fn plain_value(token: &Token) -> Option<&str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::One | Token::Star | Token::Variable(_) => None,
    }
}
