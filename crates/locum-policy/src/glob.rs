//! Wildcard patterns, with policy variables in them.
//!
//! A pattern is tokenised once. Matching is greedy with one point to return to, the last star, so it takes at most
//! |pattern| × |text| steps, uses no stack and allocates nothing; backtracking engines take exponential time on a
//! document of some hundred bytes (`facts: security §1.4`). A variable's value is compared as one literal: a `*` or a
//! `${…}` in it is never looked at again.

use crate::{
    Context, Values,
    fold::{fold, fold_hash},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(Box<str>),
    /// `?`: one character.
    One,
    /// `*`: any run, the empty one included.
    Star,
    Variable(Box<Variable>),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    key: Box<str>,
    hash: u64,
    default: Option<Box<str>>,
}

impl Variable {
    /// The value; `None` for a missing key without a default and for a multi-valued one (`facts: policy §1.6`).
    fn resolve<'a>(&'a self, context: &'a Context<'_>) -> Option<&'a str> {
        match context.get_hashed(self.hash, &self.key) {
            Some(Values::One(value)) => Some(value),
            Some(Values::Many(_)) => None,
            None => self.default.as_deref(),
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

/// The text between `${` and `}` as a token; `None` when it is not a variable, and so plain text.
fn variable(inner: &str) -> Option<Token> {
    if let "*" | "?" | "$" = inner {
        return Some(Token::Literal(inner.into()));
    }
    let (key, default) = match inner.split_once(',') {
        Some((key, rest)) => {
            let default = rest
                .trim_start_matches(' ')
                .strip_prefix('\'')?
                .strip_suffix('\'')?;
            (key, Some(default.into()))
        }
        None => (inner, None),
    };
    // A key that can not exist leaves the variable unresolved, and the whole text with it null.
    Some(Token::Variable(Box::new(Variable {
        key: key.into(),
        hash: fold_hash(key),
        default,
    })))
}

impl Pattern {
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let inner = rest
                .strip_prefix("${")
                .filter(|_| syntax.variables)
                .and_then(|r| r.split_once('}'));
            if let Some((inner, after)) = inner
                && let Some(token) = variable(inner)
            {
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
                    tokens.push(Token::One);
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

    /// Whether every variable has a value.
    pub(crate) fn resolves(&self, context: &Context<'_>) -> bool {
        !self.has_variables
            || self.tokens.iter().all(|t| match t {
                Token::Variable(v) => v.resolve(context).is_some(),
                Token::Literal(_) | Token::One | Token::Star => true,
            })
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
    pub(crate) fn matches(&self, text: &str, context: &Context<'_>) -> bool {
        match &*self.tokens {
            [Token::Literal(literal)] => **literal == *text,
            [Token::Star] => true,
            tokens => walk(tokens, text, |token| value(token, context), literal_prefix),
        }
    }

    /// The same without regard to ASCII and Latin-1 case.
    pub(crate) fn matches_folded(&self, text: &str, context: &Context<'_>) -> bool {
        walk(&self.tokens, text, |token| value(token, context), folded_prefix)
    }

    /// Matches an action: no variables, ASCII case does not matter.
    pub(crate) fn matches_action(&self, text: &str) -> bool {
        walk(&self.tokens, text, plain_value, ascii_prefix)
    }
}

fn flush(literal: &mut String, tokens: &mut Vec<Token>) {
    if !literal.is_empty() {
        tokens.push(Token::Literal(std::mem::take(literal).into()));
    }
}

fn value<'a>(token: &'a Token, context: &'a Context<'_>) -> Option<&'a str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::Variable(variable) => variable.resolve(context),
        Token::One | Token::Star => None,
    }
}

fn plain_value(token: &Token) -> Option<&str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::One | Token::Star | Token::Variable(_) => None,
    }
}

/// How many bytes of `text` the literal takes, if it begins with it.
fn literal_prefix(text: &str, literal: &str) -> Option<usize> {
    text.starts_with(literal).then_some(literal.len())
}

fn ascii_prefix(text: &str, literal: &str) -> Option<usize> {
    let head = text.as_bytes().get(..literal.len())?;
    head.eq_ignore_ascii_case(literal.as_bytes())
        .then_some(literal.len())
}

fn folded_prefix(text: &str, literal: &str) -> Option<usize> {
    let mut rest = text.chars();
    for expected in literal.chars() {
        if rest.next().map(fold) != Some(fold(expected)) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// The greedy walk: on a mismatch, the last star takes one character more. Earlier stars never need to.
fn walk<'t>(
    tokens: &'t [Token],
    text: &str,
    value: impl Fn(&'t Token) -> Option<&'t str>,
    take: impl Fn(&str, &str) -> Option<usize>,
) -> bool {
    let mut token = 0;
    let mut rest = text;
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match tokens.get(token) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Token::Star) => {
                if token + 1 == tokens.len() {
                    return true;
                }
                retry = Some((token, rest));
                Some(0)
            }
            Some(Token::One) => rest.chars().next().map(char::len_utf8),
            Some(other) => match value(other) {
                Some(literal) => take(rest, literal),
                None => return false,
            },
        };
        match (step, retry) {
            (Some(bytes), _) => {
                token += 1;
                rest = rest.get(bytes..).unwrap_or_default();
            }
            (None, Some((star, from))) => {
                let Some(c) = from.chars().next() else {
                    return false;
                };
                let next = from.get(c.len_utf8()..).unwrap_or_default();
                retry = Some((star, next));
                token = star + 1;
                rest = next;
            }
            (None, None) => return false,
        }
    }
}
