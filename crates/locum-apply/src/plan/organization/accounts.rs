//! The accounts of the organization: made, moved, tagged, and their policies attached.

use serde_json::{Value, json};

use super::{Planner, attachments::Attachments, resource_tags};
use crate::{
    Account, AccountState, Document, PolicyType,
    plan::{
        Change, Mark, PlanError,
        facets::{new_details, set, tag_list},
        placeholders::placeholder_of,
    },
};

impl Planner<'_> {
    /// Makes accounts, moves them, tags them and attaches policies to them.
    pub(super) fn accounts(&mut self) -> Result<(), PlanError> {
        for (name, account) in self.accounts.clone() {
            let what = format!("account {name}");
            let member = self.member(&what, name)?;
            let mut change = Change::new(
                if member.is_some() {
                    Mark::Changed
                } else {
                    Mark::Created
                },
                what.clone(),
            );
            let (id, before) = match (member, &account.email) {
                (Some(member), email) => {
                    let fits = email
                        .as_ref()
                        .is_none_or(|email| email.eq_ignore_ascii_case(&member.email));
                    if !fits {
                        let message = format!("its email is {} and cannot be changed", member.email);
                        return Err(PlanError::of(what, message));
                    }
                    let place = self.state.places.get(&member.id).cloned().unwrap_or_default();
                    (json!(member.id), place)
                }
                (None, _) => {
                    let made = self.made.get(name).cloned();
                    let id = match made {
                        Some(id) => {
                            change.mark = Mark::Changed;
                            id
                        }
                        None => self.make(&mut change, name, account)?,
                    };
                    (id, String::new())
                }
            };
            if let Some(unit) = &account.unit {
                let path = unit.trim_matches('/');
                if path != before {
                    let Some(to) = self.parent(path) else {
                        let message =
                            format!("there is no unit `{unit}`; describe it under organization.units");
                        return Err(PlanError::of(what, message));
                    };
                    let from = self.parent(&before).unwrap_or_default();
                    change.detail(Mark::Changed, format!("unit {unit}"));
                    let parameters =
                        json!({"AccountId": id, "SourceParentId": from, "DestinationParentId": to});
                    change.organizations("MoveAccount", parameters);
                }
            }
            let present = id.as_str().and_then(|id| self.state.targets.get(id));
            if member.is_some() {
                resource_tags(
                    &mut change,
                    &id,
                    account.tags.as_ref(),
                    present.map(|target| &target.tags),
                );
            }
            let wanted = Attachments {
                policies: [
                    (
                        PolicyType::ServiceControl,
                        account.service_control_policies.as_ref(),
                    ),
                    (
                        PolicyType::ResourceControl,
                        account.resource_control_policies.as_ref(),
                    ),
                ],
                full_access: account.full_access,
            };
            self.attach(&mut change, &id, wanted, present)?;
            self.push(change);
        }
        Ok(())
    }

    /// Makes those accounts first whose numbers policies of the organization name.
    pub(super) fn accounts_in_policies(&mut self) -> Result<(), PlanError> {
        let policies = PolicyType::ALL.map(|kind| self.described.control_policies(kind));
        let policies = policies.into_iter().flatten().flatten();
        let texts: Vec<String> = policies
            .map(|(_, policy)| policy.document.0.to_string())
            .collect();
        for (name, account) in self.accounts.clone() {
            let what = format!("account {name}");
            let placeholder = placeholder_of(name);
            if texts.iter().any(|text| text.contains(&placeholder)) && self.member(&what, name)?.is_none() {
                let mut change = Change::new(Mark::Created, what);
                self.make(&mut change, name, account)?;
                self.push(change);
            }
        }
        Ok(())
    }

    /// Makes an account as the next request of a change, and returns what stands for its number.
    fn make(&mut self, change: &mut Change, name: &str, account: &Account) -> Result<Value, PlanError> {
        let Some(email) = &account.email else {
            let message = "there is no such account in the organization; give its `email` to make it";
            return Err(PlanError::of(change.what.clone(), message));
        };
        let mut members = self.state.members.iter();
        if let Some(other) = members.find(|member| member.email.eq_ignore_ascii_case(email)) {
            let message = format!("{email} is the address of account {}; use another", other.name);
            return Err(PlanError::of(change.what.clone(), message));
        }
        change.detail(Mark::Created, format!("email {email}"));
        new_details(change, None, account.tags.as_ref());
        let mut parameters = json!({"Email": email, "AccountName": name});
        if let Some(tags) = account.tags.as_ref().filter(|tags| !tags.is_empty()) {
            set(&mut parameters, "Tags", tag_list(tags));
        }
        if self.access_role != AccountState::ACCESS_ROLE {
            change.detail(Mark::Created, format!("entered by role {}", self.access_role));
            set(&mut parameters, "RoleName", json!(self.access_role));
        }
        let id = self.answer(change, &["CreateAccountStatus", "AccountId"]);
        change.organizations("CreateAccount", parameters);
        self.made.insert(name.to_owned(), id.clone());
        Ok(id)
    }

    /// A document as a text, in which answers of the transaction stand for the numbers of accounts that it makes.
    pub(super) fn content(&self, document: &Document) -> Value {
        let mut parts = vec![json!(document.0.to_string())];
        for (name, number) in &self.made {
            let placeholder = placeholder_of(name);
            parts = parts
                .into_iter()
                .flat_map(|part| match part.as_str() {
                    Some(text) => {
                        let texts = text.split(&placeholder).map(|text| json!(text));
                        let mut pieces: Vec<Value> = texts.flat_map(|text| [number.clone(), text]).collect();
                        pieces.remove(0);
                        pieces
                    }
                    None => vec![part],
                })
                .collect();
        }
        match parts.as_slice() {
            [whole] => whole.clone(),
            _ => json!({"$text": parts}),
        }
    }
}
