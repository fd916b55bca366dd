use locum_api::{
    Request,
    iam::{SimulatePrincipalPolicyRequest, SimulatePrincipalPolicyResponse},
};

use locum_policy::{Policy, Source};

use super::{
    cases::{Case, Inputs, Policies},
    documents,
    exclusions::Exclusions,
    page::{PageOf, page},
    source::PolicySource,
    who::Who,
};
use crate::{
    call::{Call, Failure},
    layers::ControlPolicies,
    route::Perform,
};

impl Perform for SimulatePrincipalPolicyRequest {
    /// Simulates as whoever has the policies, unless the request names another caller.
    fn perform(mut self, call: &mut Call<'_>) -> Result<SimulatePrincipalPolicyResponse, Failure> {
        let source = PolicySource::permitted(call, Self::OPERATION, &self.policy_source_arn)?;
        let exclusions = Exclusions::read(&self.policy_exclusion_list)?;
        let mut identity = source.policies(call);
        identity.retain(|policy| !exclusions.excludes(policy));
        identity.extend(documents::identity(&self.policy_input_list)?);
        let boundary = match documents::boundary(&self.permissions_boundary_policy_input_list)? {
            None if exclusions.exclude_boundary() => None,
            None => source.boundary(call),
            given => given,
        };
        let (snapshot, account) = (call.snapshot, call.account());
        let policies = Policies {
            identity,
            boundary,
            service_control: match exclusions.exclude_service_control() {
                true => Vec::new(),
                false => owned(&ControlPolicies::of_principal(snapshot, account)),
            },
            resource_control: match exclusions.exclude_resource_control() {
                true => Vec::new(),
                // Of any action that they have a say in; the case knows which those are.
                false => owned(&ControlPolicies::of_owner(snapshot, account, "sts:AssumeRole")),
            },
            controlled: account,
        };
        let caller = self.caller_arn.as_deref().unwrap_or(&self.policy_source_arn);
        let who = Who::read(call.snapshot, account, caller)?;
        let (marker, max_items) = (self.marker.take(), self.max_items.take());
        let inputs = Inputs {
            actions: &self.action_names,
            resources: &self.resource_arns,
            resource_policy: self.resource_policy.as_deref(),
            resource_owner: self.resource_owner.as_deref(),
            context_entries: &self.context_entries,
            handling: self.resource_handling_option.as_deref(),
        };
        let own = who.clone();
        let case = Case::read(&inputs, policies, Some(who), own)?;
        let request = format!("{self:?}");
        let of = PageOf {
            operation: Self::OPERATION,
            request: &request,
            marker: marker.as_deref(),
            max_items,
        };
        let (evaluation_results, marker) = page(call, &of, &case)?;
        Ok(SimulatePrincipalPolicyResponse {
            evaluation_results,
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

/// The policies of an organization, level by level.
fn owned(policies: &ControlPolicies<'_>) -> Vec<Vec<Policy>> {
    let level = |level: &&[Source<'_>]| level.iter().map(|source| source.policy.clone()).collect();
    policies.levels().iter().map(level).collect()
}
