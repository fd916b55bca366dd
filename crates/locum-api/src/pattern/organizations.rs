//! The patterns of Organizations. Several of AWS's leave their parts without brackets, so that read to the letter one
//! anchor belongs to one alternative; all are meant for the whole text, and are held to it.

use super::{
    Pattern, any, is_account_id, is_lower_id, is_name, is_organization_id, is_word, organization_resource,
};

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
