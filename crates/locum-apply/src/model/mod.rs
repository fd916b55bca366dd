//! The format: what a file may describe, and the shape in which existing things are read and exported.
//!
//! One set of types is the desired state, the current state and the export, so what is exported can be applied, and a
//! comparison is one between equals. Everything optional that is not written is left alone; a list or map that is
//! written inside a described thing is complete. There is no place for a secret.

mod account;
mod document;
mod organization;
mod principals;
mod providers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    account::{Account, ManagedPolicy, PasswordPolicy, TokenPreferences, TokenVersion},
    document::{Content, Document},
    organization::{ControlPolicy, Organization, PolicyType, Root, RootFeature, Unit},
    principals::{Group, InstanceProfile, Role, User},
    providers::{OidcProvider, SamlProvider},
};
use crate::{FileError, Place};

/// Things by their names.
pub type Named<T> = BTreeMap<String, T>;

/// What a file describes. See docs/apply.md of locum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Described {
    /// The organization. Only its management account's principals can describe it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// The account whose credentials are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Accounts of the organization, by name or number. One that is not there is made if it has an `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Named<Account>>,
}

impl Described {
    /// Returns the accounts by key; the caller's own has none.
    pub fn all_accounts(&self) -> impl Iterator<Item = (Option<&str>, &Account)> {
        let own = self.account.iter().map(|account| (None, account));
        let others = self.accounts.iter().flatten();
        own.chain(others.map(|(name, account)| (Some(name.as_str()), account)))
    }

    /// Refuses what the types cannot.
    pub(crate) fn check(&self, place: &dyn Fn(&[&str]) -> Place) -> Result<(), FileError> {
        if let Some(account) = &self.account
            && let Some(field) = account.organizational_field()
        {
            let message =
                format!("`{field}` belongs to an account of the organization; describe it under `accounts`");
            return Err(FileError::at(&place(&["account", field]), message));
        }
        for (name, account) in self.accounts.iter().flatten() {
            if crate::is_account_number(name) && account.email.is_some() {
                let message = "an account that is named by its number exists; `email` only makes new ones";
                return Err(FileError::at(&place(&["accounts", name, "email"]), message));
            }
        }
        let mut units = self.organization.iter().flat_map(Organization::unit_names);
        if let Some(unit) = units.find(|unit| unit.is_empty() || unit.contains('/')) {
            let message = format!(
                "a unit cannot be named `{unit}`: `/` separates units in paths; describe a unit below another under its `units`"
            );
            return Err(FileError::at(&place(&["organization", "units", unit]), message));
        }
        for (name, account) in self.all_accounts() {
            account.check(&|path| {
                let mut whole = name.map_or(vec!["account"], |name| vec!["accounts", name]);
                whole.extend(path);
                place(&whole)
            })?;
        }
        Ok(())
    }
}
