//! The patterns of delegation requests.

use super::{Pattern, account::is_account_id, is_document, is_name, is_word, some};

/// Account ids, where IAM takes them.
pub const IAM_ACCOUNT_ID: Pattern = Pattern {
    text: r"\d{12}",
    matches: is_account_id,
};

/// Ids of delegation requests.
pub const DELEGATION_REQUEST_ID: Pattern = Pattern {
    text: r"[\w-]+",
    matches: |text| some(text, |c| is_word(c) || c == '-'),
};

/// Owners of delegation requests.
pub const OWNER_ID: Pattern = Pattern {
    text: r"^[a-zA-Z0-9:/+=,.@_-]+$",
    matches: |text| some(text, |c| is_name(c) || matches!(c, ':' | '/')),
};

/// What a requester calls the matter of a delegation request.
pub const WORKFLOW_ID: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+",
    matches: |text| some(text, |c| is_document(c) && !matches!(c, '\u{7f}'..='\u{a0}')),
};

/// Where the browser goes after the decision on a delegation request.
pub const REDIRECT_URL: Pattern = Pattern {
    text: r"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$",
    matches: |text| {
        let is_place = |c: char| is_word(c) || matches!(c, '.' | '/' | '-');
        let is_query = |c: char| is_word(c) || matches!(c, '.' | '=' | '&' | '-');
        let Some(rest) = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"))
        else {
            return false;
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        place.chars().all(is_place) && query.chars().all(is_query) && fragment.chars().all(is_place)
    },
};

/// Where the trade-in token of a delegation request is sent.
pub const NOTIFICATION_CHANNEL: Pattern = Pattern {
    text: r"^[a-zA-Z0-9:_.-]+$",
    matches: |text| some(text, |c| is_word(c) || matches!(c, ':' | '.' | '-')),
};

/// What fills the gaps of a policy template.
pub const POLICY_PARAMETER: Pattern = Pattern {
    text: r"[ -~]+",
    matches: |text| some(text, |c| matches!(c, ' '..='~')),
};
