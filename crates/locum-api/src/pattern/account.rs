//! The patterns of accounts' own settings.

use super::Pattern;

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
