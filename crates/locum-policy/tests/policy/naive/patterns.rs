//! Wildcards and variables, by dynamic programming.

use locum_policy::{Context, Values};

use super::{Ask, Mutation, mutated};

#[derive(Clone)]
pub enum Symbol {
    Char(char),
    One,
    Star,
}

/// Whether a document has variables, whether an empty value counts as none, what stands for a set of values, and whether one
/// that is not quite written as a variable is none, or anything.
#[derive(Clone, Copy)]
pub struct Mode {
    pub variables: bool,
    pub empty_is_none: bool,
    pub set_is: SetIs,
    pub odd_is_none: bool,
}

#[derive(Clone, Copy)]
pub enum SetIs {
    Nothing,
    ItsOnlyValue,
    TheDefault,
}

impl Mode {
    /// Of a text that has no variables.
    pub const PLAIN: Self = Self {
        variables: false,
        empty_is_none: false,
        set_is: SetIs::Nothing,
        odd_is_none: false,
    };
}

/// A comparison with a pattern, under every reading of variables if there may be any.
pub fn both(variables: bool, pattern: &str, compare: impl Fn(Mode) -> Truth) -> Truth {
    if !variables || !pattern.contains("${") {
        return compare(Mode::PLAIN);
    }
    let mut readings = Vec::new();
    for empty_is_none in [false, true] {
        for set_is in [SetIs::Nothing, SetIs::ItsOnlyValue, SetIs::TheDefault] {
            for odd_is_none in [false, true] {
                readings.push(compare(Mode {
                    variables,
                    empty_is_none,
                    set_is,
                    odd_is_none,
                }));
            }
        }
    }
    readings.dedup();
    if let [truth] = readings[..] { truth } else { None }
}

/// Whether what is in a variable's braces is not quite written as a variable.
fn is_odd(inner: &str) -> bool {
    let comma = inner.find(',').unwrap_or(inner.len());
    let (key, rest) = (&inner[..comma], &inner[comma..]);
    let default = rest.strip_prefix(", '").and_then(|text| text.strip_suffix('\''));
    let well_written = rest.is_empty() || default.is_some_and(|d| !d.contains('\''));
    let names_nothing = |c: char| {
        c.is_whitespace() || c.is_control() || (c.is_ascii() && "!\"#$&'()*,;<>?[\\]^`{|}".contains(c))
    };
    let is_odd = !well_written || key.is_empty() || key.contains(names_nothing);
    is_odd && !["*", "?", "$"].contains(&inner)
}

/// Whether a pattern is made of what is not quite a variable, and of stars.
fn may_be_any(pattern: &str) -> bool {
    let (mut rest, mut odd) = (pattern.to_owned(), false);
    while !rest.is_empty() {
        let length = match variable(&rest) {
            Some((inner, length)) if is_odd(&inner) => {
                odd = true;
                length
            }
            None if rest.starts_with('*') => 1,
            _ => return false,
        };
        rest = rest.chars().skip(length).collect();
    }
    odd
}

/// A pattern's symbols; `None` when a variable has no value.
pub fn symbols(text: &str, wild: bool, mode: Mode, context: &Context<'_>) -> Option<Vec<Symbol>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let rest: String = chars[i..].iter().collect();
        if mode.variables
            && let Some((inner, length)) = variable(&rest)
        {
            i += length;
            let comma = inner.find(',').unwrap_or(inner.len());
            let (key, rest) = (inner[..comma].to_owned(), &inner[comma..]);
            let quoted = rest.trim_start_matches([',', ' ']).strip_prefix('\'');
            let default = quoted.and_then(|text| text.strip_suffix('\'')).map(str::to_owned);
            if is_odd(&inner) {
                if mode.odd_is_none {
                    return None;
                }
                out.push(Symbol::Star);
                continue;
            }
            let default = default.filter(|_| !mutated(Mutation::DefaultsAreIgnored));
            let unresolved = || match () {
                () if mutated(Mutation::UnresolvedIsEmpty) => Some(String::new()),
                () if mutated(Mutation::UnresolvedIsItsText) => Some(format!("${{{inner}}}")),
                () => None,
            };
            let value = match inner.as_str() {
                "*" | "?" | "$" => inner.clone(),
                _ => match context.get(&key) {
                    Some(Values::One(value)) if mode.empty_is_none && value.is_empty() => {
                        default.or_else(unresolved)?
                    }
                    Some(Values::One(value)) => value.to_string(),
                    Some(Values::Many(values)) => match mode.set_is {
                        SetIs::Nothing => unresolved()?,
                        SetIs::ItsOnlyValue if values.len() == 1 => values[0].to_string(),
                        SetIs::ItsOnlyValue | SetIs::TheDefault => default.or_else(unresolved)?,
                    },
                    None => default.or_else(unresolved)?,
                },
            };
            let literal = inner.len() == 1 || !mutated(Mutation::ValuesHoldWildcards);
            out.extend(value.chars().map(|c| symbol(c, wild && !literal)));
            continue;
        }
        out.push(symbol(chars[i], wild));
        i += 1;
    }
    Some(out)
}

/// A variable at the beginning of a text: what is in its braces, and how many characters it takes. One whose quote or
/// brace is open goes on to the next end of both, or to that of the text, and one with another in it to the last brace.
fn variable(text: &str) -> Option<(String, usize)> {
    let opened = text.strip_prefix("${")?;
    let whole = (opened.to_owned(), text.chars().count());
    let Some((inner, _)) = opened.split_once('}') else {
        return Some((",".to_owned(), whole.1));
    };
    if inner.split(',').next().unwrap().contains("${") {
        let end = opened.rfind('}').unwrap();
        return Some((",".to_owned(), opened[..end].chars().count() + 3));
    }
    let open_quote = inner.matches('\'').count() == 1 && (inner.contains(',') || inner.contains(' '));
    if !open_quote {
        return Some((inner.to_owned(), inner.chars().count() + 3));
    }
    let inner_to_quote = opened
        .split_once("'}")
        .map(|(inner, _)| inner.chars().count() + 4);
    Some((",".to_owned(), inner_to_quote.unwrap_or(whole.1)))
}

fn symbol(c: char, wild: bool) -> Symbol {
    match c {
        '*' if wild => Symbol::Star,
        '?' if wild => Symbol::One,
        c => Symbol::Char(c),
    }
}

/// O(mn) dynamic programming.
pub fn glob(pattern: &[Symbol], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let any = |c: char| c != '\n' || !mutated(Mutation::WildcardStopsAtNewline);
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        next[0] = matches!(symbol, Symbol::Star) && row[0] && !mutated(Mutation::StarIsNotEmpty);
        for j in 1..=text.len() {
            next[j] = match symbol {
                Symbol::Star if mutated(Mutation::StarIsNotEmpty) => row[j - 1] || next[j - 1],
                Symbol::Star => row[j] || next[j - 1] && any(text[j - 1]),
                Symbol::One => row[j - 1] && any(text[j - 1]),
                Symbol::Char(c) => row[j - 1] && *c == text[j - 1],
            };
        }
        row = next;
    }
    row[text.len()]
}

/// The pattern cut at its first five colons, colons inside `${…}` not counted.
pub fn cut(pattern: &str, variables: bool) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut inside = 0;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if variables && inside == 0 {
            inside = variable(rest).map_or(0, |(_, length)| length);
        }
        if c == ':' && inside == 0 && fields.len() < 6 {
            fields.push(String::new());
        } else {
            fields.last_mut().unwrap().push(c);
        }
        inside = inside.saturating_sub(1);
        rest = &rest[c.len_utf8()..];
    }
    fields
}

/// `Some` when settled, `None` when two readings differ.
pub type Truth = Option<bool>;

pub fn or(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let all: Vec<Truth> = truths.into_iter().collect();
    if all.contains(&Some(true)) {
        Some(true)
    } else if all.contains(&None) {
        None
    } else {
        Some(false)
    }
}

pub fn not(truth: Truth) -> Truth {
    truth.map(|t| !t)
}

pub fn by_fields(fields: &[String], text: &str, mode: Mode, context: &Context<'_>) -> bool {
    let given: Vec<&str> = text.splitn(6, ':').collect();
    given.len() == 6
        && fields
            .iter()
            .zip(&given)
            .all(|(p, t)| symbols(p, true, mode, context).is_some_and(|s| glob(&s, t)))
}

pub fn resource_matches(pattern: &str, ask: &Ask<'_>, mode: Mode) -> Truth {
    let variables = mode.variables;
    if pattern == "*" {
        return Some(true);
    }
    if ask.resource == "*" {
        return match variables && may_be_any(pattern) {
            true => None,
            false => Some(mutated(Mutation::NoResourceIsEvery)),
        };
    }
    let (lower_pattern, lower_resource) = (pattern.to_lowercase(), ask.resource.to_lowercase());
    let (pattern, resource) = match mutated(Mutation::ResourcesHaveNoCase) {
        true => (lower_pattern.as_str(), lower_resource.as_str()),
        false => (pattern, ask.resource),
    };
    let Some(whole) = symbols(pattern, true, mode, ask.context) else {
        return Some(false);
    };
    let fields = cut(pattern, variables);
    let narrow = by_fields(&fields, resource, mode, ask.context);
    let whole = glob(&whole, resource);
    let early = variables && fields.iter().take(5).any(|f| f.contains("${"));
    match (whole, narrow) {
        (false, false) => Some(false),
        (true, true) if !early => Some(true),
        (true, _) if mutated(Mutation::ResourceStarCrossesColons) => Some(true),
        _ => None,
    }
}
