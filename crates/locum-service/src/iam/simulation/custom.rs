use locum_api::{
    ApiError, Request,
    iam::{OrderedOrganizationPolicyType, SimulateCustomPolicyRequest, SimulateCustomPolicyResponse},
};
use locum_policy::Policy;

use super::{
    super::access::{Keys, authorize},
    cases::{Case, Inputs, Policies},
    documents, invalid,
    page::{PageOf, page},
    who::Who,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for SimulateCustomPolicyRequest {
    /// Simulates as nobody in particular of the caller's account, unless the request names a caller.
    fn perform(mut self, call: &mut Call<'_>) -> Result<SimulateCustomPolicyResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let policies = Policies {
            identity: documents::identity(&self.policy_input_list)?,
            boundary: documents::boundary(&self.permissions_boundary_policy_input_list)?,
            service_control: levels(&self.ordered_organization_policy_input_list)?,
            resource_control: Vec::new(),
            controlled: call.account(),
        };
        let caller = self.caller_arn.as_deref();
        let who = caller
            .map(|arn| Who::read(call.snapshot, call.account(), arn))
            .transpose()?;
        let (marker, max_items) = (self.marker.take(), self.max_items.take());
        let inputs = Inputs {
            actions: &self.action_names,
            resources: &self.resource_arns,
            resource_policy: self.resource_policy.as_deref(),
            resource_owner: self.resource_owner.as_deref(),
            context_entries: &self.context_entries,
            handling: self.resource_handling_option.as_deref(),
        };
        let own = Who::anybody(call.partition(), call.account());
        let case = Case::read(&inputs, policies, who, own)?;
        let request = format!("{self:?}");
        let of = PageOf {
            operation: Self::OPERATION,
            request: &request,
            marker: marker.as_deref(),
            max_items,
        };
        let (evaluation_results, marker) = page(call, &of, &case)?;
        Ok(SimulateCustomPolicyResponse {
            evaluation_results,
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

/// The service control policies, level by level. A level without policies is refused: it would deny everything.
fn levels(given: &[OrderedOrganizationPolicyType]) -> Result<Vec<Vec<Policy>>, ApiError> {
    let level = |(level, number): (&OrderedOrganizationPolicyType, usize)| {
        let documents = level.service_control_policy_input_list.iter();
        let policies: Vec<Policy> = documents
            .zip(1..)
            .map(|(document, at)| {
                let name = format!("ServiceControlPolicyInputList.{at} of level {number}");
                documents::service_control(&name, document)
            })
            .collect::<Result<_, _>>()?;
        if policies.is_empty() {
            return Err(invalid(format!(
                "Organization policy at index {number} must contain at least one service control policy"
            )));
        }
        Ok(policies)
    };
    given.iter().zip(1..).map(level).collect()
}
