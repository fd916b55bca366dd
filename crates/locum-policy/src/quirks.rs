//! What AWS's documentation leaves open, and which way this engine leans.
//!
//! Each field names one unsettled question of `facts: policy §8`. Where two readings are possible the rule is always
//! the same: an `Allow` statement must hold under both, a `Deny` statement under either.

/// How an unsettled case is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// An `Allow` statement does not match, a `Deny` statement does.
    AgainstTheCaller,
    /// The condition holds.
    Holds,
    /// The condition does not hold.
    Fails,
}

/// The unsettled semantics, each with the reason for its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// A key with several values under an operator without `ForAllValues:` or `ForAnyValue:`. Engines match any value,
    /// every value or never; Access Analyzer calls it an error.
    pub several_values_without_set_operator: Reading,
    /// `ForAnyValue:…IfExists` on a missing key: "if not present evaluate as true" against "false when it does not exist".
    pub any_value_if_exists_on_missing_key: Reading,
    /// `ForAllValues:` on a key whose only value is the empty string: the guide calls that a null data set, hence true.
    pub all_values_on_empty_string: Reading,
    /// `ForAnyValue:` on such a key, where the value would match: no member of an empty set does.
    pub any_value_on_empty_string: Reading,
    /// `Null` on a key whose only value is the empty string: it exists, but is its value null?
    pub null_on_empty_string: Reading,
    /// A variable with a default that is not written `, '…'`, whose key has a blank, or that is not closed: it may be no
    /// variable at all, or another.
    pub odd_variable: Reading,
    /// A variable whose value is empty: some engines use the default, or leave the variable unresolved.
    pub empty_variable: Reading,
    /// A variable whose key has a set of values: it has none, or the only one of the set, or its default.
    pub several_values_in_variable: Reading,
    /// Letters that are equal but for case only beyond Latin-1, under `…IgnoreCase`.
    pub fold_beyond_latin: Reading,
    /// A tag key in another case under an operator that tells cases apart, as the value of `aws:TagKeys` or
    /// `sts:TransitiveTagKeys`: of the tag itself no condition tells them apart, and here nothing else does.
    pub tag_key_in_another_case: Reading,
    /// A request's number such as `1e3`, `+5` or `10abc`, which some engines read and others do not.
    pub odd_number: Reading,
    /// `Bool` with `false` on what is not a boolean.
    pub odd_boolean: Reading,
    /// A policy's value that its operator can not read, such as a range of `/33` or a boolean `fals`: AWS stores it and is said
    /// never to match it, which leaves a `Deny` without effect, and nobody is told.
    pub unreadable_value: Reading,
    /// A negated operator on what is not a number, date, address or ARN, or with what is hardly an ARN: "never matches"
    /// against plain negation.
    pub negated_on_malformed: Reading,
    /// A key that stands under one operator in several spellings (`aws:username`, `AWS:UserName`), where its values differ in what
    /// they come to: all of them may count, or any, or those of one spelling.
    pub key_in_several_spellings: Reading,
    /// A negated operator without values, with `IfExists` or a set operator, on a key that is there: negated operators hold
    /// without values, but `IfExists` and `ForAllValues:` then hold for a missing key only, and `ForAnyValue:` never.
    pub negated_empty_list: Reading,
    /// `BinaryEquals` where one side is not canonical base64, and the texts or what they may stand for are the same.
    pub odd_binary: Reading,
    /// `ArnLike` where a wildcard would have to cross a colon, or on what is no ARN: the guide compares six fields, one
    /// observer saw one glob.
    pub arn_wildcard_across_fields: Reading,
    /// A `Resource` wildcard that would have to cross a colon before the sixth field, a pattern of fewer than six fields,
    /// or a variable before it. An `Allow` needs the narrow reading, a `Deny` the wide one; `NotResource` the reverse.
    pub resource_wildcard_across_fields: Reading,
    /// An entry of `NotResource` with an unresolved variable: either the statement never applies (so for `Allow`), or
    /// the entry is inert (so for `Deny`).
    pub unresolved_in_not_resource: Reading,
    /// `NotAction` and an action of locum's own: who wrote "everything but `iam:*`" for AWS left out all that ends the sessions
    /// of others, and could not know the name that it has here.
    pub not_action_means_own_actions: Reading,
    /// `Deny` with `NotPrincipal` hits every caller with a permissions boundary, whoever is listed: documented in one
    /// place only, and kept because it denies.
    pub deny_not_principal_hits_boundaries: bool,
    /// `Deny` with `NotPrincipal` spares a session only when the session, its role (or the user who asked for it) and its
    /// account are all listed, as the guide advises of roles; other engines spare it for any of them.
    pub deny_not_principal_needs_every_member: bool,
    /// Whether `{"AWS":"*"}` in an `Allow` of a trust policy reaches services, federated identities and the anonymous.
    /// They are not AWS principals, and a wildcard is never meant to trust every identity provider.
    pub trust_star_reaches_outsiders: bool,
    /// Whether the ARN of a user, a role or a role's session that was never resolved to an id grants anything in a trust
    /// policy. It would also trust a recreated namesake.
    pub unresolved_trust_arn_grants: bool,
}

/// The readings in force.
pub const QUIRKS: Quirks = Quirks {
    several_values_without_set_operator: Reading::AgainstTheCaller,
    any_value_if_exists_on_missing_key: Reading::AgainstTheCaller,
    all_values_on_empty_string: Reading::AgainstTheCaller,
    any_value_on_empty_string: Reading::AgainstTheCaller,
    null_on_empty_string: Reading::AgainstTheCaller,
    odd_variable: Reading::AgainstTheCaller,
    empty_variable: Reading::AgainstTheCaller,
    several_values_in_variable: Reading::AgainstTheCaller,
    fold_beyond_latin: Reading::AgainstTheCaller,
    tag_key_in_another_case: Reading::AgainstTheCaller,
    odd_number: Reading::AgainstTheCaller,
    odd_boolean: Reading::AgainstTheCaller,
    unreadable_value: Reading::AgainstTheCaller,
    negated_on_malformed: Reading::AgainstTheCaller,
    key_in_several_spellings: Reading::AgainstTheCaller,
    negated_empty_list: Reading::AgainstTheCaller,
    odd_binary: Reading::AgainstTheCaller,
    arn_wildcard_across_fields: Reading::AgainstTheCaller,
    resource_wildcard_across_fields: Reading::AgainstTheCaller,
    unresolved_in_not_resource: Reading::AgainstTheCaller,
    not_action_means_own_actions: Reading::AgainstTheCaller,
    deny_not_principal_hits_boundaries: true,
    deny_not_principal_needs_every_member: true,
    trust_star_reaches_outsiders: false,
    unresolved_trust_arn_grants: false,
};

/// The value of a condition before its statement's effect is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Holds,
    Fails,
    /// Both readings are possible.
    Unclear,
}

impl Reading {
    pub(crate) const fn truth(self) -> Truth {
        match self {
            Self::AgainstTheCaller => Truth::Unclear,
            Self::Holds => Truth::Holds,
            Self::Fails => Truth::Fails,
        }
    }
}

impl Truth {
    pub(crate) const fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    pub(crate) const fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
            Self::Unclear => Self::Unclear,
        }
    }

    /// The largest of all.
    pub(crate) fn any(truths: impl Iterator<Item = Self>) -> Self {
        let mut any = Self::Fails;
        for truth in truths {
            any = any.or(truth);
            if any == Self::Holds {
                break;
            }
        }
        any
    }

    /// The larger of the two: holds over unclear over fails.
    pub(crate) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Holds, _) | (_, Self::Holds) => Self::Holds,
            (Self::Unclear, _) | (_, Self::Unclear) => Self::Unclear,
            (Self::Fails, Self::Fails) => Self::Fails,
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        self.not().or(other.not()).not()
    }
}
