//! Which comes first: what is referred to, before what refers to it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    documents::{named, principals},
    placeholders::placeholder_of,
};
use crate::{Account, Described, Named};

/// The turn of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its key under `accounts`; the caller's own account may be described without one.
    pub key: Option<String>,
    /// The accounts whose users and roles its roles trust. One whose turn comes later trusts this one too, perhaps by way of
    /// others.
    pub waits: Vec<Option<String>>,
}

/// Returns the described accounts so that each comes after those whose users and roles its roles trust. `own` is the number
/// of the caller's account, and `numbers` has those of the accounts that are there, by every key that means one.
#[must_use]
pub fn order(described: &Described, own: &str, numbers: &Named<String>) -> Vec<Turn> {
    let mut accounts: Vec<(Option<String>, &Account)> = Vec::new();
    accounts.extend(described.account.as_ref().map(|account| (None, account)));
    let others = described.accounts.iter().flatten();
    accounts.extend(others.map(|(key, account)| (Some(key.clone()), account)));
    let names: Vec<_> = accounts
        .iter()
        .map(|(key, _)| (key.clone(), numbers_in_arns(key.as_deref(), own, numbers)))
        .collect();
    let waits = accounts.iter().map(|(key, account)| {
        let roles = account.roles.iter().flatten();
        let trusted = roles.flat_map(|(_, role)| principals(&role.trust.0, "AWS"));
        let trusted: BTreeSet<&str> = trusted.filter_map(named).map(|named| named.account).collect();
        let trusted = names.iter().filter(|(other, names)| {
            other != key && names.iter().any(|number| trusted.contains(number.as_str()))
        });
        trusted.map(|(other, _)| other.clone()).collect::<Vec<_>>()
    });
    let waits: BTreeMap<Option<String>, Vec<Option<String>>> =
        accounts.iter().map(|(key, _)| key.clone()).zip(waits).collect();
    let waits = |key: &Option<String>| waits.get(key).cloned().unwrap_or_default();
    by_dependency(accounts.iter().map(|(key, _)| key.clone()).collect(), waits)
        .into_iter()
        .map(|key| Turn {
            waits: waits(&key),
            key,
        })
        .collect()
}

/// What stands for the number of an account in the ARNs of a file.
#[must_use]
pub fn numbers_in_arns(key: Option<&str>, own: &str, numbers: &Named<String>) -> BTreeSet<String> {
    let number = key.map_or(Some(own), |key| numbers.get(key).map(String::as_str));
    let same = numbers.iter().filter(|(_, other)| Some(other.as_str()) == number);
    let keys = same.map(|(name, _)| name.as_str()).chain(key);
    let placeholders = keys.map(placeholder_of);
    placeholders.chain(number.map(str::to_owned)).collect()
}

/// Whether a principal is a user or role of an account that has one of these numbers.
#[must_use]
pub fn is_of(principal: &str, numbers: &BTreeSet<String>) -> bool {
    named(principal).is_some_and(|named| numbers.contains(named.account))
}

/// Orders names so that each comes after those it needs; where they need each other, as they were.
pub(super) fn by_dependency<T: PartialEq>(names: Vec<T>, needs: impl Fn(&T) -> Vec<T>) -> Vec<T> {
    let mut ordered = Vec::with_capacity(names.len());
    let mut rest = names;
    while !rest.is_empty() {
        let ready = |name: &T| {
            needs(name)
                .iter()
                .all(|need| need == name || !rest.contains(need))
        };
        let at = rest.iter().position(ready).unwrap_or(0);
        ordered.push(rest.remove(at));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let needs = |name: &&str| match *name {
            "a" => vec!["c"],
            "c" => vec!["b", "c"],
            _ => Vec::new(),
        };
        assert_eq!(by_dependency(vec!["a", "b", "c"], needs), ["b", "c", "a"]);
        let circle = |name: &&str| vec![if *name == "a" { "b" } else { "a" }];
        assert_eq!(by_dependency(vec!["a", "b"], circle), ["a", "b"]);
    }

    #[test]
    fn an_account_is_meant_by_its_number_and_by_every_key() {
        let numbers = [("data", "444455556666"), ("444455556666", "444455556666")];
        let numbers = numbers
            .map(|(key, number)| (key.to_owned(), number.to_owned()))
            .into();
        let data = numbers_in_arns(Some("data"), "111122223333", &numbers);
        for (principal, expected) in [
            ("arn:aws:iam::444455556666:role/x", true),
            // A path may have the look of another kind.
            ("arn:aws:iam::444455556666:user/a:role/b/x", true),
            ("arn:aws:iam::${locum:account/444455556666}:user/x", true),
            ("arn:aws:iam::${locum:account/data}:role/p/x", true),
            ("arn:aws:sts::444455556666:assumed-role/x/s", true),
            (
                "arn:aws:iam::111122223333:user/a:sts::444455556666:assumed-role/b/x",
                false,
            ),
            ("arn:aws:iam::444455556666:root", false),
            ("arn:aws:iam::111122223333:role/x", false),
        ] {
            assert_eq!(is_of(principal, &data), expected, "{principal}");
        }
        let own = numbers_in_arns(None, "111122223333", &numbers);
        assert!(is_of("arn:aws:iam::111122223333:role/x", &own));
    }
}
