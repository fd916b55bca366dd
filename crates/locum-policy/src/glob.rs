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

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    key: Box<str>,
    hash: u64,
    default: Option<Box<str>>,
    /// It may be no variable at all: its default is not written `, '…'`, or its key has a blank (`facts: policy §1.6`).
    odd: bool,
}

/// What the empty value of a variable's key counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Value,
    Missing,
}

impl Variable {
    /// The value; `None` for a missing key without a default and for a multi-valued one (`facts: policy §1.6`).
    fn resolve<'a>(&'a self, context: &'a Context<'_>, blank: Blank) -> Option<&'a str> {
        match context.get_hashed(self.hash, &self.key) {
            Some(Values::One(value)) if blank == Blank::Missing && value.is_empty() => {
                self.default.as_deref()
            }
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

/// The text between `${` and `}` as a token. What is malformed leaves the variable unresolved, and the whole text with it
/// null; so may what is nearly right.
fn variable(inner: &str) -> Token {
    if let "*" | "?" | "$" = inner {
        return Token::Literal(inner.into());
    }
    let quoted = |text: &str| {
        let text = text.trim_start_matches(' ').strip_prefix('\'')?;
        text.strip_suffix('\'').map(Into::into)
    };
    let (key, default, exact) = match inner.split_once(',') {
        Some((key, rest)) => match quoted(rest) {
            Some(default) => (key, Some(default), rest.starts_with(" '")),
            None => ("", None, false),
        },
        None => (inner, None, true),
    };
    Token::Variable(Box::new(Variable {
        key: key.into(),
        hash: fold_hash(key),
        default,
        odd: !exact || key.contains(' ') || matches!(key, "" | "*" | "?" | "$"),
    }))
}

impl Pattern {
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        // Looking for the end of a variable again and again where there is none would be quadratic.
        let last_end = text.rfind('}').filter(|_| syntax.variables).unwrap_or_default();
        while let Some(c) = rest.chars().next() {
            let inner = rest
                .strip_prefix("${")
                .filter(|r| text.len() - r.len() <= last_end)
                .and_then(|r| r.split_once('}'));
            if let Some((inner, after)) = inner {
                match variable(inner) {
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

    /// Whether every variable has a value, even if an empty one counts as none.
    pub(crate) fn resolves(&self, scope: Scope<'_>) -> bool {
        let mut variables = self.variables();
        variables.all(|v| {
            let context = scope.context();
            let found =
                scope.work.scan(context.steps_of_look_up()) && v.resolve(context, Blank::Missing).is_some();
            found && (!v.odd || QUIRKS.odd_variable == Reading::Holds)
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

    /// Compares under what an empty value may count as.
    fn in_both_readings(&self, scope: Scope<'_>, compare: impl Fn(Blank) -> Truth) -> Truth {
        let as_value = match compare(Blank::Value) {
            Truth::Holds if self.variables().any(|variable| variable.odd) => QUIRKS.odd_variable.truth(),
            other => other,
        };
        let is_blank = |v: &Variable| v.resolve(scope.context(), Blank::Value) == Some("");
        // Out of steps is unclear already.
        if as_value == Truth::Unclear
            || !self.variables().any(is_blank)
            || compare(Blank::Missing) == as_value
        {
            return as_value;
        }
        match QUIRKS.empty_variable.truth() {
            Truth::Unclear => Truth::Unclear,
            Truth::Holds | Truth::Fails => as_value,
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
        self.in_both_readings(scope, |blank| {
            let value = |token: &'p Token| {
                if let Token::Variable(_) = token {
                    work.scan(scope.context().steps_of_look_up());
                }
                value(token, scope, blank)
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

fn value<'a>(token: &'a Token, scope: Scope<'a>, blank: Blank) -> Option<&'a str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::Variable(variable) => variable.resolve(scope.context(), blank),
        Token::One | Token::Star => None,
    }
}

fn plain_value(token: &Token) -> Option<&str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::One | Token::Star | Token::Variable(_) => None,
    }
}
