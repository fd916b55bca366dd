//! The regular expressions of AWS's models, each as its text and a function.
//!
//! A dozen character classes do not need a regular expression engine, and its start-up cost and its readings of `\w`
//! would both be wrong: the models are written for Java, where `\w` is ASCII and `\u10000` is U+1000 followed by a
//! zero. That second one is why an ARN refuses supplementary characters but takes U+007F (`facts: sts §1.7`).

mod account;
mod delegation;
mod organizations;

pub use account::*;
pub use delegation::*;
pub use organizations::*;
use unicode_general_category::{GeneralCategory, get_general_category};

use crate::plain;

/// A pattern that a whole text must match.
pub struct Pattern {
    /// Its text, as error messages quote it.
    pub text: &'static str,
    /// Whether a text matches.
    pub matches: fn(&str) -> bool,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

/// A class of characters, and which of ASCII belong to it.
struct Class {
    /// False for every byte beyond ASCII.
    ascii: [bool; 256],
    has: fn(char) -> bool,
}

impl Class {
    /// Whether all characters of a text belong to it.
    fn has_all(&self, text: &str) -> bool {
        let is_plain = |byte: u8| self.ascii.get(usize::from(byte)).copied().unwrap_or(false);
        // Whatever else a text is, its characters decide.
        text.bytes().all(is_plain) || text.chars().all(self.has)
    }
}

/// Returns the class of the characters for which a constant function says yes.
macro_rules! class {
    ($has:path) => {
        Class {
            ascii: {
                let mut ascii = [false; 256];
                let (mut rest, _) = ascii.split_at_mut(128);
                let mut byte = 0_u8;
                while let [place, tail @ ..] = rest {
                    *place = $has(byte as char);
                    rest = tail;
                    byte += 1;
                }
                ascii
            },
            has: $has,
        }
    };
}

/// `[…]*` over a class of characters.
fn any(text: &str, class: fn(char) -> bool) -> bool {
    text.chars().all(class)
}

/// `[…]+` over a class of characters.
fn some(text: &str, class: fn(char) -> bool) -> bool {
    !text.is_empty() && any(text, class)
}

/// Whether a text has no character but those from U+0020 to U+007F.
fn is_printable_or_delete(text: &str) -> bool {
    plain::is(text, |word| plain::below(word, b' '))
}

/// Java's `\w`.
const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `[\w+=,.@-]`, the alphabet of IAM's names.
const fn is_name(c: char) -> bool {
    is_word(c) || matches!(c, '+' | '=' | ',' | '.' | '@' | '-')
}

static NAMES: Class = class!(is_name);

/// `[\w+=,.@:\/-]`, the alphabet of serial numbers.
const fn is_serial(c: char) -> bool {
    is_name(c) || matches!(c, ':' | '/')
}

static SERIALS: Class = class!(is_serial);

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
fn is_tag(c: char) -> bool {
    if c.is_ascii() {
        return is_word(c) || matches!(c, ' ' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    }
    use GeneralCategory as G;
    matches!(
        get_general_category(c),
        G::UppercaseLetter
            | G::LowercaseLetter
            | G::TitlecaseLetter
            | G::ModifierLetter
            | G::OtherLetter
            | G::SpaceSeparator
            | G::LineSeparator
            | G::ParagraphSeparator
            | G::DecimalNumber
            | G::LetterNumber
            | G::OtherNumber
    )
}

/// The class of [`ARN`] as Java reads it: `\u10000-\u10FFFF` is U+1000, the range `0`–U+10FF, `F` and `F`.
const fn is_arn(c: char) -> bool {
    matches!(c,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
        | '0'..='\u{10ff}')
}

/// `[\u0009\u000A\u000D\u0020-\u00FF]`.
const fn is_document(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

/// `[!-~]`.
const fn is_graphic(c: char) -> bool {
    c.is_ascii_graphic()
}

/// ARNs of roles, principals and policies.
pub const ARN: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    matches: |text| !text.is_empty() && (is_printable_or_delete(text) || any(text, is_arn)),
};

/// Session names, source identities and federated names.
pub const SESSION_NAME: Pattern = Pattern {
    text: r"[\w+=,.@-]*",
    matches: |text| NAMES.has_all(text),
};

/// IAM's names of users, roles and policies.
pub const NAME: Pattern = Pattern {
    text: r"[\w+=,.@-]+",
    matches: |text| !text.is_empty() && NAMES.has_all(text),
};

/// Names of users, groups and roles, with wildcards. AWS's model has [`NAME`] here, its documentation the wildcards.
pub const NAME_WITH_WILDCARDS: Pattern = Pattern {
    text: r"[\w+=,.@*?-]+",
    matches: |text| some(text, |c| is_name(c) || matches!(c, '*' | '?')),
};

/// External ids.
pub const EXTERNAL_ID: Pattern = Pattern {
    text: r"[\w+=,.@:\/-]*",
    matches: |text| SERIALS.has_all(text),
};

/// Serial numbers of MFA devices.
pub const SERIAL_NUMBER: Pattern = Pattern {
    text: r"[\w+=/:,.@-]*",
    matches: |text| SERIALS.has_all(text),
};

/// Codes of MFA devices.
pub const TOKEN_CODE: Pattern = Pattern {
    text: r"[\d]*",
    matches: |text| any(text, |c| c.is_ascii_digit()),
};

/// Serial numbers of MFA devices, where IAM takes them.
pub const IAM_SERIAL_NUMBER: Pattern = Pattern {
    text: r"[\w+=/:,.@-]+",
    matches: |text| !text.is_empty() && SERIALS.has_all(text),
};

/// Codes of MFA devices, where IAM takes them.
pub const AUTHENTICATION_CODE: Pattern = Pattern {
    text: r"[\d]+",
    matches: |text| some(text, |c| c.is_ascii_digit()),
};

/// Names of SAML providers.
pub const SAML_PROVIDER_NAME: Pattern = Pattern {
    text: r"[\w._-]+",
    matches: |text| some(text, |c| is_word(c) || matches!(c, '.' | '-')),
};

/// Ids of private keys, and of SAML providers.
pub const PRIVATE_KEY_ID: Pattern = Pattern {
    text: r"[A-Z0-9]+",
    matches: |text| some(text, |c| c.is_ascii_uppercase() || c.is_ascii_digit()),
};

/// Policy documents.
pub const DOCUMENT: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |text| !text.is_empty() && (is_printable_or_delete(text) || any(text, is_document)),
};

/// Keys of tags.
pub const TAG_KEY: Pattern = Pattern {
    text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
    matches: |text| some(text, is_tag),
};

/// Values of tags.
pub const TAG_VALUE: Pattern = Pattern {
    text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    matches: |text| any(text, is_tag),
};

/// Access key ids, where STS takes them.
pub const KEY_ID: Pattern = Pattern {
    text: r"[\w]*",
    matches: |text| any(text, is_word),
};

/// Unique ids and access key ids, where IAM takes them.
pub const UNIQUE_ID: Pattern = Pattern {
    text: r"[\w]+",
    matches: |text| some(text, is_word),
};

/// Ids of assumed roles.
pub const ASSUMED_ROLE_ID: Pattern = Pattern {
    text: r"[\w+=,.@:-]*",
    matches: |text| any(text, |c| is_name(c) || c == ':'),
};

/// Ids of federated users.
pub const FEDERATED_ID: Pattern = Pattern {
    text: r"[\w+=,.@\:-]*",
    matches: |text| any(text, |c| is_name(c) || c == ':'),
};

/// Paths of users and roles.
pub const PATH: Pattern = Pattern {
    text: r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
    matches: |text| {
        text == "/"
            || text
                .strip_prefix('/')
                .and_then(|rest| rest.strip_suffix('/'))
                .is_some_and(|inner| some(inner, is_graphic))
    },
};

/// Path prefixes of users and roles.
pub const PATH_PREFIX: Pattern = Pattern {
    text: r"\u002F[\u0021-\u007F]*",
    matches: |text| {
        text.strip_prefix('/')
            .is_some_and(|rest| any(rest, |c| is_graphic(c) || c == '\u{7f}'))
    },
};

/// Markers of pages.
pub const MARKER: Pattern = Pattern {
    text: r"[\u0020-\u00FF]+",
    matches: |text| some(text, |c| matches!(c, ' '..='\u{ff}')),
};

/// Paths of managed policies.
pub const POLICY_PATH: Pattern = Pattern {
    text: r"((/[A-Za-z0-9\.,\+@=_-]+)*)/",
    matches: |text| {
        text.strip_suffix('/').is_some_and(|parts| {
            parts.is_empty()
                || parts
                    .strip_prefix('/')
                    .is_some_and(|parts| parts.split('/').all(|part| some(part, is_name)))
        })
    },
};

/// Versions of managed policies.
pub const POLICY_VERSION: Pattern = Pattern {
    text: r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
    matches: |text| {
        let Some(number) = text.strip_prefix('v') else {
            return false;
        };
        let (number, suffix) = number.split_once('.').unwrap_or((number, ""));
        number.starts_with(|c: char| matches!(c, '1'..='9'))
            && any(number, |c| c.is_ascii_digit())
            && any(suffix, |c| c.is_ascii_alphanumeric() || c == '-')
    },
};

/// Descriptions of roles.
pub const DESCRIPTION: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
    matches: |text| any(text, |c| is_document(c) && !matches!(c, '\u{7f}'..='\u{a0}')),
};

/// Anything at all.
pub const ANYTHING: Pattern = Pattern {
    text: r"[\s\S]*",
    matches: |_| true,
};
