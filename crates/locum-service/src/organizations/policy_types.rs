//! Which types of policies are in force.

use locum_api::{
    Request, errors,
    organizations::{
        DisablePolicyTypeRequest, DisablePolicyTypeResponse, EnablePolicyTypeRequest,
        EnablePolicyTypeResponse, PolicyTypeSummary,
    },
};
use locum_directory::{ControlPolicyType, Organization};

use super::{
    access::{Keys, management_only, permitted},
    organization, resources, tree,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// The type of a word, of the two that there are here.
pub(super) fn policy_type(text: &str) -> Option<ControlPolicyType> {
    ControlPolicyType::ALL
        .into_iter()
        .find(|policy_type| policy_type.as_str() == text)
}

/// The types in force, as they are shown.
pub(super) fn summaries(organization: &Organization) -> Vec<PolicyTypeSummary> {
    let summary = |policy_type: &ControlPolicyType| PolicyTypeSummary {
        policy_type: Some(policy_type.as_str().to_owned()),
        status: Some("ENABLED".to_owned()),
    };
    organization.policy_types.iter().map(summary).collect()
}

impl Perform for EnablePolicyTypeRequest {
    /// Nothing is written about attachments: a target without any has the policy that allows everything.
    fn perform(self, call: &mut Call<'_>) -> Result<EnablePolicyTypeResponse, Failure> {
        let mut organization = asked(call, Self::OPERATION, &self.root_id, &self.policy_type)?;
        let policy_type = policy_type(&self.policy_type).ok_or_else(|| {
            errors::POLICY_TYPE_NOT_AVAILABLE.with("This policy type is not available for this organization.")
        })?;
        if organization.enforces(policy_type) {
            let text = "The specified policy type is already enabled.";
            return Err(errors::POLICY_TYPE_ALREADY_ENABLED.with(text).into());
        }
        organization.policy_types.push(policy_type);
        let root = tree::root(call.partition(), &organization);
        call.changes.put(organization);
        Ok(EnablePolicyTypeResponse { root })
    }
}

impl Perform for DisablePolicyTypeRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DisablePolicyTypeResponse, Failure> {
        let mut organization = asked(call, Self::OPERATION, &self.root_id, &self.policy_type)?;
        let policy_type = policy_type(&self.policy_type)
            .filter(|policy_type| organization.enforces(*policy_type))
            .ok_or_else(|| {
                errors::POLICY_TYPE_NOT_ENABLED.with("The specified policy type is not enabled.")
            })?;
        organization.policy_types.retain(|known| *known != policy_type);
        for attachments in call.snapshot.all_control_attachments(policy_type) {
            call.changes.delete(&**attachments);
        }
        let root = tree::root(call.partition(), &organization);
        call.changes.put(organization);
        Ok(DisablePolicyTypeResponse { root })
    }
}

/// The organization, for a caller who may change its types.
fn asked(
    call: &Call<'_>,
    operation: &locum_api::model::Operation,
    root_id: &str,
    policy_type: &str,
) -> Result<Organization, Failure> {
    let organization = organization(call)?;
    let arn = resources::arn(call.partition(), organization, root_id);
    let keys = Keys {
        policy_type: Some(policy_type),
        resource_tags: &organization.root_tags,
        ..Keys::default()
    };
    permitted(call, organization, operation, &arn, keys)?;
    management_only(call, organization)?;
    if *root_id != *organization.root_id {
        let text = "You specified a root that doesn't exist.";
        return Err(errors::ROOT_NOT_FOUND.with(text).into());
    }
    Ok(Organization::clone(organization))
}
