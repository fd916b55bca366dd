//! Wildcard patterns, with policy variables in them.
//!
//! A pattern is tokenised once. Matching is greedy with one point to return to, the last star, so it takes at most
//! |pattern| × |text| steps, uses no stack and allocates nothing; backtracking engines take exponential time on a
//! document of some hundred bytes (`facts: security §1.4`). What follows a star is searched for, so that patterns people
//! write take about a step a token. A variable's value is compared as one literal: a `*` or a
//! `${…}` in it is never looked at again.

mod variable;
mod walk;

use crate::{
    QUIRKS,
    fold::{fold, fold_widely, same_key},
    quirks::{Reading, Truth},
    work::{Scope, Work},
};
pub(crate) use variable::names_key;
use variable::{Doubtful, Variable};
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
            Self::Variable(variable) => variable.is_odd(),
            Self::Literal(_) | Self::One => false,
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

impl Pattern {
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(opened) = rest.strip_prefix("${").filter(|_| syntax.variables) {
                let (token, after) = variable::read(opened);
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

    /// An action, which may have wildcards and has no variables.
    pub(crate) fn of_action(text: &str) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        Self::parse(text, syntax)
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

    /// Whether it is a malformed variable, with nothing beside it but more of what takes any text.
    pub(crate) fn is_perhaps_anything(&self) -> bool {
        self.has_variables && self.tokens.iter().all(Token::is_any_text)
    }

    /// The most colons that a text may have which matches; `None` where nothing limits them.
    pub(crate) fn most_colons(&self) -> Option<usize> {
        let each = self.tokens.iter().map(|token| match token {
            Token::Literal(text) => Some(text.matches(':').count()),
            Token::One => Some(1),
            Token::Star | Token::Variable(_) => None,
        });
        each.sum()
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
            looked_up
                && !v.is_odd()
                && found(Doubtful::AS_IT_IS)
                && Doubtful::OTHERWISE.into_iter().all(found)
        })
    }

    /// The keys of its variables; a malformed variable has none.
    pub(crate) fn variable_keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.variables().map(Variable::key);
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
            Truth::Holds if self.variables().any(|variable| variable.is_odd()) => QUIRKS.odd_variable.truth(),
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
        Token::Variable(variable) if variable.is_odd() => None,
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
