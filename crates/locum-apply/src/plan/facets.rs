//! What several kinds of things have: attached and inline policies, a boundary, tags.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Change, Mark, PlanError,
    account::Planner,
    documents::{addition, difference, same},
};
use crate::{Document, Named};

/// The word that takes a boundary or a role away.
pub(crate) const NONE: &str = "none";

/// An entity that policies are attached to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entity<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Role,
    User,
}

/// The operations of a kind.
struct Actions {
    kind: &'static str,
    name: &'static str,
    attach: &'static str,
    detach: &'static str,
    put: &'static str,
    delete: &'static str,
    bound: &'static str,
    unbind: &'static str,
}

impl Kind {
    const fn actions(self) -> Actions {
        match self {
            Self::Group => Actions {
                kind: "Group",
                name: "GroupName",
                attach: "AttachGroupPolicy",
                detach: "DetachGroupPolicy",
                put: "PutGroupPolicy",
                delete: "DeleteGroupPolicy",
                bound: "",
                unbind: "",
            },
            Self::Role => Actions {
                kind: "Role",
                name: "RoleName",
                attach: "AttachRolePolicy",
                detach: "DetachRolePolicy",
                put: "PutRolePolicy",
                delete: "DeleteRolePolicy",
                bound: "PutRolePermissionsBoundary",
                unbind: "DeleteRolePermissionsBoundary",
            },
            Self::User => Actions {
                kind: "User",
                name: "UserName",
                attach: "AttachUserPolicy",
                detach: "DetachUserPolicy",
                put: "PutUserPolicy",
                delete: "DeleteUserPolicy",
                bound: "PutUserPermissionsBoundary",
                unbind: "DeleteUserPermissionsBoundary",
            },
        }
    }
}

impl Entity<'_> {
    /// The member that names it, and its name.
    pub(super) fn parameters<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let own = [(self.kind.actions().name, json!(self.name))];
        members(own.into_iter().chain(more))
    }
}

/// An object of members.
pub(super) fn members<'a>(list: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let list = list.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::Object(list.collect::<Map<_, _>>())
}

/// Adds a member to the parameters of a request.
pub(super) fn set(parameters: &mut Value, name: &str, value: Value) {
    if let Some(members) = parameters.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Tells the tags and the path of something that is made.
pub(super) fn new_details(change: &mut Change, path: Option<&String>, tags: Option<&Named<String>>) {
    if let Some(path) = path {
        change.detail(Mark::Created, format!("path {path}"));
    }
    for (key, value) in tags.into_iter().flatten() {
        change.detail(Mark::Created, format!("tag {key} = {value}"));
    }
}

/// Tags as the API wants them.
pub(super) fn tag_list<'a>(tags: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let tags = tags
        .into_iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}));
    Value::Array(tags.collect())
}

impl Planner<'_> {
    /// Attaches what is described and detaches the rest.
    pub(super) fn attachments(
        &mut self,
        change: &mut Change,
        entity: Entity<'_>,
        wanted: Option<&Vec<String>>,
        present: Option<&Vec<String>>,
    ) -> Result<(), PlanError> {
        let Some(wanted) = wanted else { return Ok(()) };
        let actions = entity.kind.actions();
        let wanted = self.arns(&change.what, wanted)?;
        let present = self.arns(&change.what, present.into_iter().flatten())?;
        for arn in present.difference(&wanted) {
            change.detail(Mark::Removed, format!("policy {}", self.shown(arn)));
            change.iam(actions.detach, entity.parameters([("PolicyArn", json!(arn))]));
            self.note_detached(entity, arn);
        }
        for arn in wanted.difference(&present) {
            change.detail(Mark::Created, format!("policy {}", self.shown(arn)));
            change.iam(actions.attach, entity.parameters([("PolicyArn", json!(arn))]));
        }
        Ok(())
    }

    /// Writes the inline policies that are described and deletes the rest.
    pub(super) fn inline(
        &mut self,
        change: &mut Change,
        entity: Entity<'_>,
        wanted: Option<&Named<Document>>,
        present: Option<&Named<Document>>,
    ) {
        let Some(wanted) = wanted else { return };
        let actions = entity.kind.actions();
        for name in present.into_iter().flatten().map(|(name, _)| name) {
            if !wanted.contains_key(name) {
                change.detail(Mark::Removed, format!("inline policy {name}"));
                change.iam(actions.delete, entity.parameters([("PolicyName", json!(name))]));
            }
        }
        for (name, document) in wanted {
            let what = format!("inline policy {name}");
            match present.and_then(|present| present.get(name)) {
                Some(present) if same(present, document) => continue,
                Some(present) => difference(change, &what, present, document),
                None => addition(change, &what, document),
            }
            let text = json!(document.0.to_string());
            let parameters = entity.parameters([("PolicyName", json!(name)), ("PolicyDocument", text)]);
            change.iam(actions.put, parameters);
        }
    }

    /// Sets the boundary of something that is there already.
    pub(super) fn boundary(
        &mut self,
        change: &mut Change,
        entity: Entity<'_>,
        wanted: Option<&String>,
        present: Option<&String>,
    ) -> Result<(), PlanError> {
        let Some(wanted) = wanted else { return Ok(()) };
        let actions = entity.kind.actions();
        if wanted == NONE {
            if let Some(present) = present {
                change.detail(Mark::Removed, format!("boundary {present}"));
                change.iam(actions.unbind, entity.parameters([]));
                self.note_unbound(&change.what, entity, Some(present))?;
            }
            return Ok(());
        }
        let arn = self.arn(&change.what, wanted)?;
        let before = present
            .map(|present| self.arn(&change.what, present))
            .transpose()?;
        if before.as_ref() != Some(&arn) {
            let mark = if present.is_some() {
                Mark::Changed
            } else {
                Mark::Created
            };
            change.detail(mark, format!("boundary {wanted}"));
            change.iam(
                actions.bound,
                entity.parameters([("PermissionsBoundary", json!(arn))]),
            );
            self.note_unbound(&change.what, entity, present)?;
        }
        Ok(())
    }

    /// Every ARN of a list of policies.
    fn arns<'a>(
        &self,
        what: &str,
        names: impl IntoIterator<Item = &'a String>,
    ) -> Result<BTreeSet<String>, PlanError> {
        names.into_iter().map(|name| self.arn(what, name)).collect()
    }

    /// Remembers that a policy is not attached any more when it is its turn to be removed.
    pub(super) fn note_detached(&mut self, entity: Entity<'_>, arn: &str) {
        let kind = entity.kind.actions().kind;
        self.detached
            .insert((kind, entity.name.to_owned(), arn.to_owned()));
    }

    /// Remembers that something has not the boundary any more that it has.
    pub(super) fn note_unbound(
        &mut self,
        what: &str,
        entity: Entity<'_>,
        boundary: Option<&String>,
    ) -> Result<(), PlanError> {
        if let Some(boundary) = boundary {
            let arn = self.arn(what, boundary)?;
            let kind = entity.kind.actions().kind;
            self.unbound.insert((kind, entity.name.to_owned(), arn));
        }
        Ok(())
    }
}

/// Sets tags and takes those away that are not described. `named` is the member that names the thing.
pub(super) fn tags(
    change: &mut Change,
    service: &'static str,
    [tag, untag]: [&'static str; 2],
    named: (&str, &Value),
    wanted: Option<&Named<String>>,
    present: Option<&Named<String>>,
) {
    let Some(wanted) = wanted else { return };
    let of = |more: (&str, Value)| members([(named.0, named.1.clone()), more]);
    let present = present.cloned().unwrap_or_default();
    let gone: Vec<&String> = present.keys().filter(|key| !wanted.contains_key(*key)).collect();
    for key in &gone {
        change.detail(Mark::Removed, format!("tag {key}"));
    }
    let new: Vec<_> = wanted
        .iter()
        .filter(|(key, value)| present.get(*key) != Some(value))
        .collect();
    for (key, value) in &new {
        let mark = if present.contains_key(*key) {
            Mark::Changed
        } else {
            Mark::Created
        };
        change.detail(mark, format!("tag {key} = {value}"));
    }
    let mut push = |action, parameters| {
        change.requests.push(super::Request {
            service,
            action,
            parameters,
        })
    };
    if !gone.is_empty() {
        push(untag, of(("TagKeys", json!(gone))));
    }
    if !new.is_empty() {
        push(tag, of(("Tags", tag_list(new))));
    }
}
