//! Service control policies and resource control policies: made, changed, deleted and shown.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    model::Operation,
    organizations::{
        self as api, CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, DescribePolicyRequest,
        DescribePolicyResponse, ListPoliciesRequest, ListPoliciesResponse, UpdatePolicyRequest,
        UpdatePolicyResponse,
    },
};
use locum_directory::{ControlPolicy, Organization};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, management_only, pager, permitted, permitted_tagging, sees},
    content, organization,
    policy_types::policy_type,
    quotas, resources, tags,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for CreatePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreatePolicyResponse, Failure> {
        let organization = organization(call)?;
        let keys = Keys {
            policy_type: Some(&self.policy_type),
            request_tags: &self.tags,
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, "*", keys)?;
        management_only(call, organization)?;
        let tags = tags::read(&self.tags)?;
        let policy_type = policy_type(&self.policy_type).ok_or_else(|| {
            errors::POLICY_TYPE_NOT_AVAILABLE.with("This policy type is not available for this organization.")
        })?;
        let compiled = content::read(policy_type, &self.content)?;
        let snapshot = call.snapshot;
        if snapshot.control_policy_by_name(policy_type, &self.name).is_some() {
            return Err(duplicate().into());
        }
        let (count, most) = (
            snapshot.control_policy_count(policy_type),
            quotas::policies(policy_type),
        );
        quotas::check(
            count.saturating_add(1),
            most,
            "POLICY_NUMBER_LIMIT_EXCEEDED",
            "policies",
        )?;
        let (name, description) = (&*self.name, &*self.description);
        let policy = ControlPolicy {
            tags,
            ..ControlPolicy::new(policy_type, name, description, compiled, call.now(), call.random)
        };
        let arn = policy.arn(call.partition(), organization);
        permitted_tagging(call, organization, &arn, keys)?;
        let shown = shown(call.partition(), organization, &policy);
        call.changes.put(policy);
        Ok(CreatePolicyResponse { policy: shown })
    }
}

impl Perform for UpdatePolicyRequest {
    /// A new document binds from the next request on.
    fn perform(self, call: &mut Call<'_>) -> Result<UpdatePolicyResponse, Failure> {
        let organization = organization(call)?;
        let found = find(call, organization, &self.policy_id, Self::OPERATION)?;
        management_only(call, organization)?;
        let mut policy = ControlPolicy::clone(changeable(found)?);
        if let Some(content) = &self.content {
            policy.policy = content::read(policy.policy_type, content)?;
        }
        if let Some(name) = &self.name {
            let other = call.snapshot.control_policy_by_name(policy.policy_type, name);
            if other.is_some_and(|other| other.id != policy.id) {
                return Err(duplicate().into());
            }
            policy.name = name.as_str().into();
        }
        if let Some(description) = &self.description {
            policy.description = description.as_str().into();
        }
        let shown = shown(call.partition(), organization, &policy);
        call.changes.put(policy);
        Ok(UpdatePolicyResponse { policy: shown })
    }
}

impl Perform for DeletePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let found = find(call, organization, &self.policy_id, Self::OPERATION)?;
        management_only(call, organization)?;
        let policy = changeable(found)?;
        if call
            .snapshot
            .control_policy_targets(policy, None)
            .next()
            .is_some()
        {
            let text = "The policy is attached to one or more targets. Detach it first.";
            return Err(errors::POLICY_IN_USE.with(text).into());
        }
        call.changes.delete(&**policy);
        Ok(NoResult)
    }
}

impl Perform for DescribePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DescribePolicyResponse, Failure> {
        let organization = organization(call)?;
        let found = find(call, organization, &self.policy_id, Self::OPERATION)?;
        administrators_only(call, organization)?;
        let policy = found.ok_or_else(not_found)?;
        Ok(DescribePolicyResponse {
            policy: shown(call.partition(), organization, policy),
        })
    }
}

impl Perform for ListPoliciesRequest {
    /// Of a type that there is not here, there are none.
    fn perform(self, call: &mut Call<'_>) -> Result<ListPoliciesResponse, Failure> {
        let organization = organization(call)?;
        let keys = Keys {
            policy_type: Some(&self.filter),
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, "*", keys)?;
        administrators_only(call, organization)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let filters = [&*self.filter];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let policy_type = policy_type(&self.filter);
        let policies = policy_type
            .into_iter()
            .flat_map(|policy_type| snapshot.control_policies(policy_type, pager.after()));
        let page = pager.take(call, policies, |policy| policy.id.to_string());
        let page = page.map(|policy| summary(partition, organization, policy));
        Ok(ListPoliciesResponse {
            policies: page.items,
            next_token: page.marker,
        })
    }
}

/// The policy of an id, once the caller may perform the operation on it. For who is refused in any case there is none: its
/// type would stand in the ARN.
pub(super) fn find<'a>(
    call: &Call<'a>,
    organization: &'a Organization,
    id: &str,
    operation: &Operation,
) -> Result<Option<&'a Arc<ControlPolicy>>, Failure> {
    let known = call.snapshot.control_policy(id);
    let found = known.filter(|_| sees(call, organization));
    let arn = resources::policy_arn(call.partition(), organization, id, found.map(AsRef::as_ref));
    let keys = match found {
        Some(policy) => Keys {
            resource_tags: &policy.tags,
            ..Keys::of_type(policy.policy_type)
        },
        None => Keys::default(),
    };
    permitted(call, organization, operation, &arn, keys)?;
    Ok(found)
}

/// The policy, if it is one that can be changed.
pub(super) fn changeable(found: Option<&Arc<ControlPolicy>>) -> Result<&Arc<ControlPolicy>, ApiError> {
    let policy = found.ok_or_else(not_found)?;
    if policy.is_aws_managed() {
        let text = "You specified a policy that is managed by AWS and can't be modified.";
        let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
        return Err(error.because("IMMUTABLE_POLICY"));
    }
    Ok(policy)
}

pub(super) fn not_found() -> ApiError {
    errors::ORGANIZATION_POLICY_NOT_FOUND.with("You specified a policy that doesn't exist.")
}

fn duplicate() -> ApiError {
    errors::DUPLICATE_POLICY.with("A policy with the same name already exists.")
}

fn shown(partition: Partition, organization: &Organization, policy: &ControlPolicy) -> api::Policy {
    api::Policy {
        policy_summary: Some(summary(partition, organization, policy)),
        content: Some(policy.policy.document().to_owned()),
    }
}

/// A policy without its document.
pub(super) fn summary(
    partition: Partition,
    organization: &Organization,
    policy: &ControlPolicy,
) -> api::PolicySummary {
    api::PolicySummary {
        id: Some(policy.id.to_string()),
        arn: Some(policy.arn(partition, organization)),
        name: Some(policy.name.to_string()),
        description: Some(policy.description.to_string()),
        policy_type: Some(policy.policy_type.as_str().to_owned()),
        aws_managed: Some(policy.is_aws_managed()),
    }
}
