//! The patterns of Organizations. Several of AWS's leave their parts without brackets, so that read to the letter one
//! anchor belongs to one alternative; all are meant for the whole text, and are held to it.

use super::{Pattern, account::is_account_id, any, is_name, is_tag, is_word, some};

fn is_lower_id(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && any(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn is_organization_id(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| is_lower_id(id, 10, 32))
}

fn is_root_id(text: &str) -> bool {
    text.strip_prefix("r-").is_some_and(|id| is_lower_id(id, 4, 32))
}

fn is_unit_id(text: &str) -> bool {
    text.strip_prefix("ou-")
        .and_then(|ids| ids.split_once('-'))
        .is_some_and(|(root, id)| is_lower_id(root, 4, 32) && is_lower_id(id, 8, 32))
}

fn is_policy_id(text: &str) -> bool {
    text.strip_prefix("p-")
        .is_some_and(|id| (8..=128).contains(&id.len()) && any(id, is_word))
}

/// Roles that `CreateAccount` makes.
pub const ORGANIZATION_ROLE_NAME: Pattern = Pattern {
    text: r"[\w+=,.@-]{1,64}",
    matches: |text| some(text, is_name) && text.len() <= 64,
};

/// Ids of requests to create an account.
pub const CREATE_ACCOUNT_REQUEST_ID: Pattern = Pattern {
    text: r"^car-[a-z0-9]{8,32}$",
    matches: |text| text.strip_prefix("car-").is_some_and(|id| is_lower_id(id, 8, 32)),
};

/// Ids of organizations.
pub const ORGANIZATION_ID: Pattern = Pattern {
    text: r"^o-[a-z0-9]{10,32}$",
    matches: is_organization_id,
};

/// ARNs of organizations. This pattern and the next two leave the end open.
pub const ORGANIZATION_ARN: Pattern = Pattern {
    text: r"^arn:aws:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}",
    matches: |text| organization_resource(text, "organization/").is_some_and(is_organization_id),
};

/// ARNs of accounts.
pub const ACCOUNT_ARN: Pattern = Pattern {
    text: r"^arn:aws:organizations::\d{12}:account\/o-[a-z0-9]{10,32}\/\d{12}",
    matches: |text| {
        organization_resource(text, "account/")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(organization, account)| is_organization_id(organization) && is_account_id(account))
    },
};

/// Where an account stands in its organization.
pub const ORGANIZATION_PATH: Pattern = Pattern {
    text: r"^(o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}(\/ou\-[0-9a-z]{4,32}-[a-z0-9]{8,32})*(\/\d{12})*)\/",
    matches: |text| {
        let Some(mut parts) = text.strip_suffix('/').map(|path| path.split('/')) else {
            return false;
        };
        parts.next().is_some_and(is_organization_id)
            && parts.next().is_some_and(is_root_id)
            && parts.skip_while(|part| is_unit_id(part)).all(is_account_id)
    },
};

/// Keys and values of an account's tags.
pub const ORGANIZATION_TAG: Pattern = Pattern {
    text: r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
    matches: |text| any(text, is_tag),
};

/// Ids of roots.
pub const ROOT_ID: Pattern = Pattern {
    text: r"^r-[0-9a-z]{4,32}$",
    matches: is_root_id,
};

/// Ids of organizational units.
pub const UNIT_ID: Pattern = Pattern {
    text: r"^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$",
    matches: is_unit_id,
};

/// Ids of roots and units.
pub const PARENT_ID: Pattern = Pattern {
    text: r"^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$",
    matches: |text| is_root_id(text) || is_unit_id(text),
};

/// Ids of accounts and units.
pub const CHILD_ID: Pattern = Pattern {
    text: r"^(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$",
    matches: |text| is_account_id(text) || is_unit_id(text),
};

/// Ids of organization policies.
pub const ORGANIZATION_POLICY_ID: Pattern = Pattern {
    text: r"^p-[0-9a-zA-Z_]{8,128}$",
    matches: is_policy_id,
};

/// Ids of what policies can be attached to.
pub const POLICY_TARGET_ID: Pattern = Pattern {
    text: r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$",
    matches: |text| is_root_id(text) || is_account_id(text) || is_unit_id(text),
};

/// Ids of what has tags. Resource policies and transfers, which AWS tags too, are not here.
pub const TAGGABLE_ID: Pattern = Pattern {
    text: r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})|(^p-[0-9a-zA-Z_]{8,128})|(^rp-[0-9a-zA-Z_]{4,128})|(^rt-[0-9a-zA-Z_]{8,32})$",
    matches: |text| {
        let other = |prefix, min, max| {
            text.strip_prefix(prefix)
                .is_some_and(|id: &str| (min..=max).contains(&id.len()) && any(id, is_word))
        };
        is_root_id(text)
            || is_account_id(text)
            || is_unit_id(text)
            || is_policy_id(text)
            || other("rp-", 4, 128)
            || other("rt-", 8, 32)
    },
};

/// Principals of services.
pub const SERVICE_PRINCIPAL: Pattern = Pattern {
    text: r"[\w+=,.@-]*",
    matches: |text| any(text, is_name),
};

/// ARNs of units.
pub const UNIT_ARN: Pattern = Pattern {
    text: r"^arn:aws:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}",
    matches: |text| is_in_organization(text, "ou/", is_unit_id),
};

/// ARNs of roots.
pub const ROOT_ARN: Pattern = Pattern {
    text: r"^arn:aws:organizations::\d{12}:root\/o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}",
    matches: |text| is_in_organization(text, "root/", is_root_id),
};

/// ARNs of organization policies.
pub const ORGANIZATION_POLICY_ARN: Pattern = Pattern {
    text: r"^(arn:aws:organizations::\d{12}:policy\/o-[a-z0-9]{10,32}\/[0-9a-z_]+\/p-[0-9a-z]{10,32})|(arn:aws:organizations::aws:policy\/[0-9a-z_]+\/p-[0-9a-zA-Z_]{10,128})",
    matches: |text| {
        let typed = |rest: &str| {
            rest.split_once('/').is_some_and(|(word, id)| {
                any(word, |c| c.is_ascii_lowercase() || c == '_') && is_policy_id(id)
            })
        };
        if let Some(rest) = text.strip_prefix("arn:aws:organizations::aws:policy/") {
            return typed(rest);
        }
        is_in_organization(text, "policy/", typed)
    },
};

/// ARNs of anything in an organization.
pub const GENERIC_ARN: Pattern = Pattern {
    text: r"^arn:aws:organizations::.+:.+",
    matches: |text| {
        let fields = text
            .strip_prefix("arn:aws:organizations::")
            .and_then(|rest| rest.split_once(':'));
        fields.is_some_and(|(account, resource)| !account.is_empty() && !resource.is_empty())
    },
};

fn is_in_organization(text: &str, kind: &str, is_it: fn(&str) -> bool) -> bool {
    organization_resource(text, kind)
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(organization, rest)| is_organization_id(organization) && is_it(rest))
}

/// Returns what follows a kind in an ARN of Organizations.
fn organization_resource<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let (account, resource) = text.strip_prefix("arn:aws:organizations::")?.split_once(':')?;
    is_account_id(account).then_some(resource)?.strip_prefix(kind)
}
