//! What there is, read through ordinary operations into the types of the format.
//!
//! Only what a plan needs is read: the lists of the sections that are described, and the details of the things in them
//! that are mentioned. An export, and a plan that may remove, read everything.

mod account;
mod documents;
mod members;
mod organization;
mod principals;
mod providers;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use self::{
    account::{AccountState, Inventory},
    members::{Creations, Member, SeveralAccounts, is_account_number, member_of, numbers_of},
    organization::{OrganizationState, Target},
};
use crate::{Api, ApiFailure, Named, api::Pages};

/// Who calls, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The partition of every ARN, such as `aws`.
    pub partition: String,
    /// The account's number.
    pub account: String,
    /// The caller's user or role, unless it is the root user.
    pub principal: Option<Principal>,
}

/// A user or role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A user by name.
    User(String),
    /// A role by name.
    Role(String),
}

impl Caller {
    /// Asks the service who calls.
    ///
    /// # Errors
    /// The failure of `GetCallerIdentity`.
    pub fn ask(api: &mut dyn Api) -> Result<Self, ApiFailure> {
        let answer = api.call("sts", "GetCallerIdentity", json!({}))?;
        let arn = crate::api::text(&answer, "Arn");
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, partition, _, _, account, resource] = parts.as_slice() else {
            return Err(ApiFailure {
                action: "GetCallerIdentity".to_owned(),
                code: "Unknown".to_owned(),
                message: format!("the caller's ARN is not one: {arn}"),
            });
        };
        let names: Vec<&str> = resource.split('/').collect();
        let principal = match names.as_slice() {
            ["user", .., name] => Some(Principal::User((*name).to_owned())),
            ["assumed-role", name, ..] => Some(Principal::Role((*name).to_owned())),
            _ => None,
        };
        Ok(Self {
            partition: (*partition).to_owned(),
            account: (*account).to_owned(),
            principal,
        })
    }
}

/// Tags as the API has them, by key.
fn tags(list: Option<&Value>) -> Named<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(|tag| (crate::api::text(tag, "Key"), crate::api::text(tag, "Value")))
        .collect()
}

/// An empty map is not worth a line in an export.
fn filled<T>(map: BTreeMap<String, T>) -> Option<BTreeMap<String, T>> {
    (!map.is_empty()).then_some(map)
}

fn iam(api: &mut dyn Api) -> Pages<'_> {
    Pages { api, service: "iam" }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
