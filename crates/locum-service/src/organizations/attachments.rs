//! What control policies are attached to what.

use locum_api::{
    ApiError, NoResult, Request, errors,
    organizations::{
        self as api, AttachPolicyRequest, DetachPolicyRequest, ListPoliciesForTargetRequest,
        ListPoliciesForTargetResponse, ListTargetsForPolicyRequest, ListTargetsForPolicyResponse,
    },
};
use locum_directory::{
    ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget, Organization, Snapshot,
};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, after, management_only, pager, permitted},
    organization, policies,
    policy_types::policy_type,
    quotas, resources,
    tree::ROOT_NAME,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for AttachPolicyRequest {
    /// Binds from the next request on.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let found = policies::find(call, organization, &self.policy_id, Self::OPERATION)?;
        let target = target(
            call,
            organization,
            &self.target_id,
            found.map(|p| p.policy_type),
            Self::OPERATION,
        )?;
        management_only(call, organization)?;
        let policy = found.ok_or_else(policies::not_found)?;
        let target = target.ok_or_else(target_not_found)?;
        let policy_type = policy.policy_type;
        if !organization.enforces(policy_type) {
            let text = "The policy type is not enabled in the root.";
            return Err(errors::POLICY_TYPE_NOT_ENABLED.with(text).into());
        }
        let mut attachments = attached(call.snapshot, policy_type, target);
        if attachments.policies.contains(&policy.id) {
            let text = "The policy is already attached to the target.";
            return Err(errors::DUPLICATE_POLICY_ATTACHMENT.with(text).into());
        }
        attachments.policies.push(policy.id.clone());
        quotas::check(
            attachments.policies.len(),
            quotas::attachments(policy_type),
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "policies of this type that can be attached to one target",
        )?;
        store(call, attachments);
        Ok(NoResult)
    }
}

impl Perform for DetachPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let found = policies::find(call, organization, &self.policy_id, Self::OPERATION)?;
        let target = target(
            call,
            organization,
            &self.target_id,
            found.map(|p| p.policy_type),
            Self::OPERATION,
        )?;
        management_only(call, organization)?;
        let policy = found.ok_or_else(policies::not_found)?;
        let target = target.ok_or_else(target_not_found)?;
        let policy_type = policy.policy_type;
        let mut attachments = attached(call.snapshot, policy_type, target);
        if !organization.enforces(policy_type) || !attachments.policies.contains(&policy.id) {
            let text = "The policy is not attached to the target.";
            return Err(errors::POLICY_NOT_ATTACHED.with(text).into());
        }
        if policy_type == ControlPolicyType::ResourceControl && policy.is_aws_managed() {
            let text = "You can't detach the AWS managed policy RCPFullAWSAccess.";
            let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
            return Err(error.because("NON_DETACHABLE_POLICY").into());
        }
        attachments.policies.retain(|id| *id != policy.id);
        if attachments.policies.is_empty() {
            let text = "You cannot remove the last policy attached to the specified target. You must have at least one \
                        attached at all times.";
            let error = errors::CONSTRAINT_VIOLATION.with(text);
            return Err(error.because("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED").into());
        }
        store(call, attachments);
        Ok(NoResult)
    }
}

impl Perform for ListPoliciesForTargetRequest {
    /// Of a type that is not in force, nothing is attached anywhere.
    fn perform(self, call: &mut Call<'_>) -> Result<ListPoliciesForTargetResponse, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let policy_type = policy_type(&self.filter);
        let arn = resources::arn(partition, organization, &self.target_id);
        let target = resources::target(snapshot, organization, &self.target_id);
        let keys = Keys {
            policy_type: Some(&self.filter),
            resource_tags: resources::target_tags(snapshot, organization, target),
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, &arn, keys)?;
        administrators_only(call, organization)?;
        let target = target.ok_or_else(target_not_found)?;
        let filters = [&*self.target_id, &*self.filter];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let attached = policy_type
            .filter(|policy_type| organization.enforces(*policy_type))
            .into_iter()
            .flat_map(|policy_type| snapshot.attached_controls(policy_type, target));
        let policies = attached.filter_map(|id| Some((id.to_owned(), snapshot.control_policy(id)?)));
        let page = pager.take_sorted(call, policies);
        let page = page.map(|policy| policies::summary(partition, organization, policy));
        Ok(ListPoliciesForTargetResponse {
            policies: page.items,
            next_token: page.marker,
        })
    }
}

impl Perform for ListTargetsForPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListTargetsForPolicyResponse, Failure> {
        let organization = organization(call)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let found = policies::find(call, organization, &self.policy_id, Self::OPERATION)?;
        administrators_only(call, organization)?;
        let policy = found.ok_or_else(policies::not_found)?;
        let filters = [&*self.policy_id];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let after = after(&pager)?;
        let in_force: Option<&ControlPolicy> =
            Some(&**policy).filter(|policy| organization.enforces(policy.policy_type));
        let targets = in_force
            .into_iter()
            .flat_map(|policy| snapshot.control_policy_targets(policy, after));
        let page = pager.take(call, targets, ControlTarget::to_string);
        let page = page.map(|target| shown(snapshot, partition, organization, target));
        Ok(ListTargetsForPolicyResponse {
            targets: page.items,
            next_token: page.marker,
        })
    }
}

/// The target of an id, once the caller may perform the operation on it too.
fn target(
    call: &Call<'_>,
    organization: &Organization,
    id: &str,
    policy_type: Option<ControlPolicyType>,
    operation: &locum_api::model::Operation,
) -> Result<Option<ControlTarget>, Failure> {
    let arn = resources::arn(call.partition(), organization, id);
    let target = resources::target(call.snapshot, organization, id);
    let keys = Keys {
        policy_type: policy_type.map(ControlPolicyType::as_str),
        resource_tags: resources::target_tags(call.snapshot, organization, target),
        ..Keys::default()
    };
    permitted(call, organization, operation, &arn, keys)?;
    Ok(target)
}

fn attached(
    snapshot: &Snapshot,
    policy_type: ControlPolicyType,
    target: ControlTarget,
) -> ControlAttachments {
    snapshot.control_attachments(policy_type, target).map_or_else(
        || ControlAttachments::initial(policy_type, target),
        |attachments| ControlAttachments::clone(attachments),
    )
}

/// What says no more than its absence is not kept.
fn store(call: &mut Call<'_>, attachments: ControlAttachments) {
    if attachments.is_initial() {
        call.changes.delete(&attachments);
    } else {
        call.changes.put(attachments);
    }
}

fn shown(
    snapshot: &Snapshot,
    partition: Partition,
    organization: &Organization,
    target: ControlTarget,
) -> api::PolicyTargetSummary {
    let id = resources::target_id(organization, target);
    let (name, target_type) = match target {
        ControlTarget::Root => (Some(ROOT_NAME.to_owned()), "ROOT"),
        ControlTarget::Unit(unit) => (
            snapshot.unit(unit).map(|unit| unit.name.to_string()),
            "ORGANIZATIONAL_UNIT",
        ),
        ControlTarget::Account(account) => (
            snapshot.account(account).map(|account| account.name.to_string()),
            "ACCOUNT",
        ),
    };
    api::PolicyTargetSummary {
        arn: Some(resources::arn(partition, organization, &id)),
        target_id: Some(id),
        name,
        target_type: Some(target_type.to_owned()),
    }
}

/// The error of an id that names nothing.
pub(super) fn target_not_found() -> ApiError {
    errors::TARGET_NOT_FOUND.with("You specified a target that doesn't exist.")
}
