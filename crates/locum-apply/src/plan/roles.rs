//! Roles, so that each comes after those that it trusts.

use serde_json::json;

use super::{
    Change, Mark, PlanError,
    account::Planner,
    documents::{addition, difference, named, principals, same},
    facets::{Entity, Kind, members, new_details, set, tags},
    order::by_dependency,
    policies::fixed,
    principals::start,
};
use crate::Role;

impl Planner<'_> {
    pub(super) fn roles(&mut self) -> Result<(), PlanError> {
        let Some(described) = &self.described.roles else {
            return Ok(());
        };
        let names = by_dependency(described.keys().cloned().collect(), |name: &String| {
            described
                .get(name)
                .map(|role| trusted_roles(role, &self.state.id))
                .unwrap_or_default()
        });
        for name in names {
            let Some(wanted) = described.get(&name) else {
                continue;
            };
            let found = self
                .state
                .account
                .roles
                .as_ref()
                .and_then(|roles| roles.get(&name));
            let mut change = start(format!("role {name}"), found.is_some());
            let entity = Entity {
                kind: Kind::Role,
                name: &name,
            };
            match found {
                None => self.create_role(&mut change, &name, wanted)?,
                Some(present) => self.update_role(&mut change, &name, wanted, present)?,
            }
            let policies = found.and_then(|role| role.policies.as_ref());
            self.attachments(&mut change, entity, wanted.policies.as_ref(), policies)?;
            let inline = found.and_then(|role| role.inline.as_ref());
            self.inline(&mut change, entity, wanted.inline.as_ref(), inline);
            self.push(change);
        }
        Ok(())
    }

    fn create_role(&self, change: &mut Change, name: &str, wanted: &Role) -> Result<(), PlanError> {
        new_details(change, wanted.path.as_ref(), None);
        addition(change, "trust", &wanted.trust);
        let mut parameters = members(wanted.path.iter().map(|path| ("Path", json!(path))));
        set(&mut parameters, "RoleName", json!(name));
        set(
            &mut parameters,
            "AssumeRolePolicyDocument",
            json!(wanted.trust.0.to_string()),
        );
        if let Some(text) = &wanted.description {
            change.detail(Mark::Created, format!("description {text:?}"));
            set(&mut parameters, "Description", json!(text));
        }
        if let Some(seconds) = wanted.max_session_duration {
            change.detail(Mark::Created, format!("maxSessionDuration {seconds}"));
            set(&mut parameters, "MaxSessionDuration", json!(seconds));
        }
        self.bound_and_tagged(
            change,
            &mut parameters,
            wanted.boundary.as_ref(),
            wanted.tags.as_ref(),
        )?;
        change.iam("CreateRole", parameters);
        Ok(())
    }

    fn update_role(
        &mut self,
        change: &mut Change,
        name: &str,
        wanted: &Role,
        present: &Role,
    ) -> Result<(), PlanError> {
        const USUAL_DURATION: u32 = 3_600;
        fixed(
            &change.what,
            "path",
            wanted.path.as_deref(),
            present.path.as_deref().unwrap_or("/"),
        )?;
        if !same(&present.trust, &wanted.trust) {
            difference(change, "trust", &present.trust, &wanted.trust);
            let text = wanted.trust.0.to_string();
            change.iam(
                "UpdateAssumeRolePolicy",
                json!({"RoleName": name, "PolicyDocument": text}),
            );
        }
        let mut update = Vec::new();
        if let Some(text) = &wanted.description
            && text != present.description.as_deref().unwrap_or_default()
        {
            change.detail(Mark::Changed, format!("description {text:?}"));
            update.push(("Description", json!(text)));
        }
        if let Some(seconds) = wanted.max_session_duration
            && seconds != present.max_session_duration.unwrap_or(USUAL_DURATION)
        {
            change.detail(Mark::Changed, format!("maxSessionDuration {seconds}"));
            update.push(("MaxSessionDuration", json!(seconds)));
        }
        let entity = Entity {
            kind: Kind::Role,
            name,
        };
        if !update.is_empty() {
            change.iam(
                "UpdateRole",
                members([("RoleName", json!(name))].into_iter().chain(update)),
            );
        }
        self.boundary(
            change,
            entity,
            wanted.boundary.as_ref(),
            present.boundary.as_ref(),
        )?;
        let (new, old) = (wanted.tags.as_ref(), present.tags.as_ref());
        tags(
            change,
            "iam",
            ["TagRole", "UntagRole"],
            ("RoleName", &json!(name)),
            new,
            old,
        );
        Ok(())
    }
}

/// The roles of the same account that a role trusts, which must be there first.
fn trusted_roles(role: &Role, account: &str) -> Vec<String> {
    let trusted = principals(&role.trust.0, "AWS").into_iter().filter_map(named);
    trusted
        .filter(|named| named.kind == "role" && named.account == account)
        .map(|role| role.name.to_owned())
        .collect()
}
