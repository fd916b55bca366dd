//! Managed policies: create, show, list, delete.

use std::sync::Arc;

use locum_api::{
    NoResult, Request, errors,
    iam::{
        CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, GetPolicyRequest, GetPolicyResponse,
        ListPoliciesRequest, ListPoliciesResponse, TagPolicyRequest,
    },
};
use locum_directory::{ManagedPolicy, PolicyUsage};

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    documents,
    policies::{self, NamedPolicy},
    quotas,
    shown::{self, Detail},
    tags,
};
use crate::{
    call::{Call, Failure},
    delegation,
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for CreatePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreatePolicyResponse, Failure> {
        let (account, path) = (call.account(), self.path.as_deref().unwrap_or("/"));
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let arn = arn(call, "policy", format_args!("{path}{}", self.policy_name));
        authorize_creation(call, Self::OPERATION, TagPolicyRequest::OPERATION, &arn, keys)?;
        delegation::check_written(call, &arn)?;
        let document = documents::managed(&self.policy_document)?;
        if call.snapshot.policy(account, &self.policy_name).is_some() {
            let name = &self.policy_name;
            let text = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        quotas::POLICIES.check(call.snapshot.counts(account).policies.saturating_add(1))?;
        quotas::TAGS_OF_POLICY.check(new_tags.len())?;
        let mut policy = ManagedPolicy::new(
            account,
            path,
            &self.policy_name,
            document,
            call.now(),
            call.random,
        );
        policy.description = self.description.unwrap_or_default().into();
        policy.tags = new_tags;
        let response = shown::policy(call, &policy, Detail::Made);
        call.changes.put(policy);
        Ok(CreatePolicyResponse { policy: response })
    }
}

impl Perform for GetPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetPolicyResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let policy = named.existing()?;
        Ok(GetPolicyResponse {
            policy: shown::policy(call, &policy, Detail::Full),
        })
    }
}

impl Perform for ListPoliciesRequest {
    /// What is acted on has no ARN on AWS, so that it takes the right to do it to everything. A policy may still deny it by the
    /// ARN of the path.
    fn perform(self, call: &mut Call<'_>) -> Result<ListPoliciesResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        // Recorded.
        let place = format!("policy path {prefix}");
        for resource in [place, arn(call, "policy", prefix)] {
            authorize(call, Self::OPERATION, &resource, Keys::default())?;
        }
        let only_attached = self.only_attached.unwrap_or_default();
        let usage = self.policy_usage_filter.as_deref();
        let scope = self.scope.as_deref().unwrap_or("All");
        let attached_filter = if only_attached { "attached" } else { "all" };
        let question = Question {
            operation: Self::OPERATION,
            filters: &[prefix, scope, attached_filter, usage.unwrap_or_default()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let (snapshot, account) = (call.snapshot, call.account());
        let own = snapshot
            .policies(account, None, prefix)
            .filter(|_| scope != "AWS");
        let aws = snapshot
            .aws_policies()
            .iter()
            .filter(|policy| scope != "Local" && policy.path.starts_with(prefix));
        let wanted = own
            .chain(aws)
            .filter(|policy| is_used(snapshot.policy_usage(&policy.id, account), only_attached, usage))
            .map(|policy| (policies::sort_key(policy), policy));
        let page = pager.take_sorted(call, wanted);
        let page = page.map(|policy| shown::policy(call, policy, Detail::Listed));
        Ok(ListPoliciesResponse {
            is_truncated: page.is_truncated(),
            policies: page.items,
            marker: page.marker,
        })
    }
}

/// Whether a policy is used in the way asked for: `OnlyAttached` alone means permissions or boundary.
fn is_used(used: PolicyUsage, only_attached: bool, filter: Option<&str>) -> bool {
    match filter {
        Some("PermissionsBoundary") => used.boundaries > 0,
        Some(_) => used.attachments > 0,
        None => !only_attached || used.attachments > 0 || used.boundaries > 0,
    }
}

impl Perform for DeletePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let policy = named.changeable()?;
        if call.snapshot.policy_usage(&policy.id, call.account()) != PolicyUsage::default() {
            let text = "Cannot delete a policy attached to entities.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        if policy.versions.len() > 1 {
            let text = "This policy has more than one version. Before you delete a policy, you must delete the \
                        policy's versions. The default version is deleted with the policy.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        call.changes.delete(Arc::as_ref(&policy));
        Ok(NoResult)
    }
}
