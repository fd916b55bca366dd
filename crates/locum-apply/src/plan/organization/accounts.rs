//! The accounts of the organization: made, moved, tagged, and their policies attached.

use serde_json::json;

use super::{Planner, attachments::Attachments, resource_tags};
use crate::{
    PolicyType,
    plan::{
        Change, Mark, PlanError,
        facets::{new_details, set, tag_list},
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
                (None, None) => {
                    let message = "there is no such account in the organization; give its `email` to make it";
                    return Err(PlanError::of(what, message));
                }
                (None, Some(email)) => {
                    let taken = self
                        .state
                        .members
                        .iter()
                        .find(|member| member.email.eq_ignore_ascii_case(email));
                    if let Some(other) = taken {
                        let message =
                            format!("{email} is the address of account {}; use another", other.name);
                        return Err(PlanError::of(what, message));
                    }
                    change.detail(Mark::Created, format!("email {email}"));
                    new_details(&mut change, None, account.tags.as_ref());
                    let mut parameters = json!({"Email": email, "AccountName": name});
                    if let Some(tags) = account.tags.as_ref().filter(|tags| !tags.is_empty()) {
                        set(&mut parameters, "Tags", tag_list(tags));
                    }
                    let id = self.answer(&change, &["CreateAccountStatus", "AccountId"]);
                    change.organizations("CreateAccount", parameters);
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
}
