//! The accounts of the organization, and which of them is meant by a key of a file.
//!
//! Names are not unique: whoever may create accounts can give one the name of another. So a key of twelve digits is a
//! number and never a name, any other is the name of one active account, and a name that several have means none of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    Api, ApiFailure, Named,
    api::{Pages, text},
};

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address, which no other account has.
    pub email: String,
    /// Whether it is `ACTIVE`: one that is closed, or about to be, cannot be used.
    pub active: bool,
}

/// A name that means no account, because several have it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("several accounts are named {0}; use the number of the one that is meant")]
pub struct SeveralAccounts(pub String);

/// Whether a key is the number of an account, and so never a name.
#[must_use]
pub fn is_account_number(key: &str) -> bool {
    key.len() == 12 && key.bytes().all(|b| b.is_ascii_digit())
}

impl Member {
    /// Whether a key may mean this account: by its number, or if it is active by its name.
    pub(crate) fn answers_to(&self, key: &str) -> bool {
        let named = if is_account_number(key) {
            &self.id
        } else {
            &self.name
        };
        self.active && named == key
    }
}

/// Returns the active account that a key means.
///
/// # Errors
/// [`SeveralAccounts`] for a name that more than one of them has.
pub fn member_of<'a>(members: &'a [Member], key: &str) -> Result<Option<&'a Member>, SeveralAccounts> {
    let mut found = members.iter().filter(|member| member.answers_to(key));
    let first = found.next();
    match found.next() {
        None => Ok(first),
        Some(_) => Err(SeveralAccounts(key.to_owned())),
    }
}

/// Returns the numbers of the active accounts by every key that means one: their numbers, and names that no other has.
#[must_use]
pub fn numbers_of(members: &[Member]) -> Named<String> {
    let active = members.iter().filter(|member| member.active);
    let keys = active.flat_map(|member| [&member.id, &member.name]);
    keys.filter_map(|key| Some((key.clone(), member_of(members, key).ok()??.id.clone())))
        .collect()
}

/// Every account of the organization.
pub(super) fn members(api: &mut dyn Api) -> Result<Vec<Member>, ApiFailure> {
    let accounts = organizations(api).list("ListAccounts", json!({}), "Accounts")?;
    let members = accounts.iter().map(|account| Member {
        id: text(account, "Id"),
        name: text(account, "Name"),
        email: text(account, "Email"),
        active: state(account) == "ACTIVE",
    });
    Ok(members.collect())
}

/// `State` came beside `Status`, which AWS means to leave out.
fn state(account: &Value) -> String {
    let told = ["State", "Status"].map(|member| text(account, member));
    told.into_iter()
        .find(|state| !state.is_empty())
        .unwrap_or_default()
}

fn organizations(api: &mut dyn Api) -> Pages<'_> {
    Pages {
        api,
        service: "organizations",
    }
}

/// What became of a request to make an account. That the request was accepted does not say that there is an account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Creation {
    id: String,
    name: String,
    succeeded: bool,
    account: String,
}

/// The requests to make accounts that were known at one moment.
#[derive(Debug, Clone)]
pub struct Creations(BTreeSet<String>);

impl Creations {
    /// Reads what was asked for until now.
    ///
    /// # Errors
    /// The first call that failed.
    pub fn read(api: &mut dyn Api) -> Result<Self, ApiFailure> {
        let known = creations(api)?.into_iter().map(|creation| creation.id);
        Ok(Self(known.collect()))
    }

    /// Returns the numbers of accounts that were made since, by name. `wanted` has their addresses by name: the address says
    /// which account it is, and its creation that it is no stranger's who was quicker with the same address. One that is not
    /// found, or that a request failed for, is left out.
    ///
    /// # Errors
    /// The first call that failed.
    pub fn made_since(&self, api: &mut dyn Api, wanted: &Named<String>) -> Result<Named<String>, ApiFailure> {
        let (members, creations) = (members(api)?, creations(api)?);
        let made = wanted.iter().filter_map(|(name, email)| {
            let active = members.iter().filter(|member| member.active);
            let member = active
                .filter(|member| member.name == *name)
                .find(|member| member.email.eq_ignore_ascii_case(email))?;
            let mut since = creations
                .iter()
                .filter(|creation| creation.name == *name && !self.0.contains(&creation.id));
            let ours = since.clone().any(|creation| creation.account == member.id);
            (ours && since.all(|creation| creation.succeeded)).then(|| (name.clone(), member.id.clone()))
        });
        Ok(made.collect())
    }
}

fn creations(api: &mut dyn Api) -> Result<Vec<Creation>, ApiFailure> {
    let listed = organizations(api).list("ListCreateAccountStatus", json!({}), "CreateAccountStatuses")?;
    let creations = listed.iter().map(|status| Creation {
        id: text(status, "Id"),
        name: text(status, "AccountName"),
        succeeded: text(status, "State") == "SUCCEEDED",
        account: text(status, "AccountId"),
    });
    Ok(creations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, name: &str, active: bool) -> Member {
        Member {
            id: id.into(),
            name: name.into(),
            email: format!("{id}@example.com"),
            active,
        }
    }

    #[test]
    fn a_key_means_one_account_or_none() {
        let members = [
            member("111111111111", "tools", true),
            member("222222222222", "tools", true),
            member("333333333333", "data", false),
            member("444444444444", "data", true),
            member("555555555555", "666666666666", true),
            member("666666666666", "big", true),
        ];
        let several = Err(SeveralAccounts("tools".into()));
        for (key, expected) in [
            ("tools", several),
            ("222222222222", Ok(Some("222222222222"))),
            ("data", Ok(Some("444444444444"))),
            ("333333333333", Ok(None)),
            ("666666666666", Ok(Some("666666666666"))),
            ("nothing", Ok(None)),
        ] {
            let found = member_of(&members, key).map(|found| found.map(|member| &*member.id));
            assert_eq!(found, expected, "{key}");
        }
        let numbers = numbers_of(&members);
        let named: Vec<_> = numbers
            .iter()
            .filter(|(key, _)| !is_account_number(key))
            .collect();
        assert_eq!(
            named,
            [
                (&"big".to_owned(), &"666666666666".to_owned()),
                (&"data".to_owned(), &"444444444444".to_owned())
            ]
        );
        assert!(
            numbers
                .iter()
                .all(|(key, number)| !is_account_number(key) || key == number)
        );
        assert_eq!(numbers.len(), 7);
    }

    /// An organization whose lists are given.
    struct Lists(Value);

    impl Api for Lists {
        fn call(&mut self, _: &str, action: &'static str, _: Value) -> Result<Value, ApiFailure> {
            Ok(self.0[action].clone())
        }
    }

    #[test]
    fn an_account_is_ours_by_its_address_and_a_creation_that_succeeded() {
        let account = |id: &str, email: &str, status: &str| json!({"Id": id, "Name": "tools", "Email": email, "Status": status});
        let status = |id: &str, state: &str, account: &str| json!({"Id": id, "AccountName": "tools", "State": state, "AccountId": account});
        let (theirs, ours) = ("111111111111", "222222222222");
        let old = status("car-0", "SUCCEEDED", theirs);
        let namesake = account(theirs, "x@example.com", "ACTIVE");
        let made = account(ours, "T@example.com", "ACTIVE");
        for (accounts, statuses, expected) in [
            (
                vec![namesake.clone(), made.clone()],
                vec![status("car-1", "SUCCEEDED", ours)],
                Some(ours),
            ),
            (vec![namesake], vec![status("car-1", "FAILED", "")], None),
            // Somebody was quicker with the same name and address.
            (
                vec![made.clone()],
                vec![status("car-1", "SUCCEEDED", ours), status("car-2", "FAILED", "")],
                None,
            ),
            (vec![made], vec![], None),
            (
                vec![account(ours, "t@example.com", "SUSPENDED")],
                vec![status("car-1", "SUCCEEDED", ours)],
                None,
            ),
            (
                vec![account(ours, "t@example.com", "PENDING_CLOSURE")],
                vec![status("car-1", "SUCCEEDED", ours)],
                None,
            ),
            (
                vec![json!({"Id": ours, "Name": "tools", "Email": "t@example.com", "State": "ACTIVE"})],
                vec![status("car-1", "SUCCEEDED", ours)],
                Some(ours),
            ),
            (
                vec![
                    json!({"Id": ours, "Name": "tools", "Email": "t@example.com", "State": "CLOSED", "Status": "ACTIVE"}),
                ],
                vec![status("car-1", "SUCCEEDED", ours)],
                None,
            ),
        ] {
            let list = |statuses: Vec<Value>| {
                Lists(json!({
                    "ListAccounts": {"Accounts": accounts},
                    "ListCreateAccountStatus": {"CreateAccountStatuses": statuses},
                }))
            };
            let before = Creations::read(&mut list(vec![old.clone()])).unwrap();
            let mut after = list([vec![old.clone()], statuses.clone()].concat());
            let wanted = [("tools".to_owned(), "t@example.com".to_owned())].into();
            let found = before.made_since(&mut after, &wanted).unwrap();
            assert_eq!(found.get("tools").map(String::as_str), expected, "{statuses:?}");
        }
    }
}
