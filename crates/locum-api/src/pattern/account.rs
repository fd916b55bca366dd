//! The patterns of accounts: their ids, names, addresses and aliases.

use super::{Pattern, any, some};

/// Account ids.
pub const ACCOUNT_ID: Pattern = Pattern {
    text: r"^\d{12}$",
    matches: is_account_id,
};

/// Names of new accounts.
pub const ACCOUNT_NAME: Pattern = Pattern {
    text: r"[\u0020-\u007E]+",
    matches: |text| some(text, |c| matches!(c, ' '..='~')),
};

/// Addresses of root users.
pub const EMAIL: Pattern = Pattern {
    text: r"[^\s@]+@[^\s@]+\.[^\s@]+",
    matches: |text| {
        let part = |text: &str| {
            some(text, |c| {
                !matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '@')
            })
        };
        text.split_once('@').is_some_and(|(name, domain)| {
            // The last dot that has something behind it; any dot with something on both sides would do.
            let dotted = domain
                .char_indices()
                .any(|(at, c)| c == '.' && at > 0 && at + 1 < domain.len());
            part(name) && part(domain) && dotted
        })
    },
};

/// Aliases of accounts.
pub const ACCOUNT_ALIAS: Pattern = Pattern {
    text: r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
    matches: |text| {
        let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let dash = |c: char| c == '-' || is_end(Some(c));
        (3..=63).contains(&text.len())
            && is_end(text.chars().next())
            && is_end(text.chars().next_back())
            && text.chars().all(dash)
            && !text.contains("--")
    },
};

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && any(text, |c| c.is_ascii_digit())
}
