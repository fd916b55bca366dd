//! Customer managed policies.

use serde_json::json;

use super::{
    Change, Mark, PlanError,
    account::Planner,
    documents::{addition, difference, same},
    facets::{members, new_details, tag_list, tags},
};
use crate::ManagedPolicy;

/// The versions that a policy can have.
const MAX_VERSIONS: usize = 5;

impl Planner<'_> {
    pub(super) fn policies(&mut self) -> Result<(), PlanError> {
        for (name, wanted) in self.described.policies.iter().flatten() {
            let present = self
                .state
                .account
                .policies
                .as_ref()
                .and_then(|policies| policies.get(name));
            let change = match present {
                None => create(name, wanted),
                Some(present) => self.update(name, wanted, present)?,
            };
            self.push(change);
        }
        Ok(())
    }

    fn update(
        &self,
        name: &str,
        wanted: &ManagedPolicy,
        present: &ManagedPolicy,
    ) -> Result<Change, PlanError> {
        let what = format!("policy {name}");
        fixed(
            &what,
            "path",
            wanted.path.as_deref(),
            present.path.as_deref().unwrap_or("/"),
        )?;
        let description = present.description.as_deref().unwrap_or_default();
        fixed(&what, "description", wanted.description.as_deref(), description)?;
        let arn = json!(self.arn(&what, name)?);
        let mut change = Change::new(Mark::Changed, what);
        if !same(&present.document, &wanted.document) {
            difference(&mut change, "document", &present.document, &wanted.document);
            let old = self
                .state
                .old_versions
                .get(name)
                .map(Vec::as_slice)
                .unwrap_or_default();
            if let Some(oldest) = old.first()
                && old.len() + 1 >= MAX_VERSIONS
            {
                change.detail(Mark::Removed, format!("version {oldest}, the oldest of five"));
                change.iam(
                    "DeletePolicyVersion",
                    json!({"PolicyArn": arn, "VersionId": oldest}),
                );
            }
            let text = wanted.document.0.to_string();
            let parameters = json!({"PolicyArn": arn, "PolicyDocument": text, "SetAsDefault": true});
            change.iam("CreatePolicyVersion", parameters);
        }
        let actions = ["TagPolicy", "UntagPolicy"];
        tags(
            &mut change,
            "iam",
            actions,
            ("PolicyArn", &arn),
            wanted.tags.as_ref(),
            present.tags.as_ref(),
        );
        Ok(change)
    }
}

fn create(name: &str, wanted: &ManagedPolicy) -> Change {
    let mut change = Change::new(Mark::Created, format!("policy {name}"));
    let mut parameters = vec![("PolicyName", json!(name))];
    parameters.extend(wanted.path.iter().map(|path| ("Path", json!(path))));
    parameters.push(("PolicyDocument", json!(wanted.document.0.to_string())));
    parameters.extend(wanted.description.iter().map(|text| ("Description", json!(text))));
    parameters.extend(
        wanted
            .tags
            .iter()
            .filter(|tags| !tags.is_empty())
            .map(|tags| ("Tags", tag_list(tags))),
    );
    new_details(&mut change, wanted.path.as_ref(), wanted.tags.as_ref());
    addition(&mut change, "document", &wanted.document);
    change.iam("CreatePolicy", members(parameters));
    change
}

/// Refuses to change what the API cannot.
pub(super) fn fixed(what: &str, field: &str, wanted: Option<&str>, present: &str) -> Result<(), PlanError> {
    match wanted {
        Some(wanted) if wanted != present => {
            let message = format!(
                "its {field} is {present:?} and cannot be changed to {wanted:?}; remove it first, or give it another name"
            );
            Err(PlanError::of(what, message))
        }
        _ => Ok(()),
    }
}
