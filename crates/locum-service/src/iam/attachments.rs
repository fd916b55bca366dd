//! Managed policies attached to users and roles; those of groups share what is here.

use std::sync::Arc;

use locum_api::{
    NoResult, Request,
    iam::{
        AttachRolePolicyRequest, AttachUserPolicyRequest, AttachedPolicy, DetachRolePolicyRequest,
        DetachUserPolicyRequest, ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse,
        ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse,
    },
    model::Operation,
};
use locum_directory::{Role, User};

use super::{
    access::Keys,
    owner::{Owner, permitted, permitted_within_boundary},
    policies::{self, NamedPolicy, not_found},
};
use crate::{
    call::{Call, Failure},
    paging::{Page, Pager, Question},
    route::Perform,
};

/// Attaches a policy; one that is attached already is no error.
pub(super) fn attach<O: Owner>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    policy_arn: &str,
) -> Result<NoResult, Failure> {
    let named = NamedPolicy::read(call, policy_arn)?;
    let owner = permitted_within_boundary::<O>(call, operation, name, of_policy(policy_arn))?;
    let policy = named.attachable()?;
    let mut owner = Arc::unwrap_or_clone(owner);
    let attached = owner.attached_mut();
    if attached.contains(&policy.id) {
        return Ok(NoResult);
    }
    attached.push(policy.id);
    O::ATTACHED.check(attached.len())?;
    call.changes.put(owner);
    Ok(NoResult)
}

/// Detaches a policy; one that is not attached is not found.
pub(super) fn detach<O: Owner>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    policy_arn: &str,
) -> Result<NoResult, Failure> {
    let named = NamedPolicy::read(call, policy_arn)?;
    let owner = permitted_within_boundary::<O>(call, operation, name, of_policy(policy_arn))?;
    let policy = named.existing()?;
    let mut owner = Arc::unwrap_or_clone(owner);
    let attached = owner.attached_mut();
    let before = attached.len();
    attached.retain(|id| *id != policy.id);
    if attached.len() == before {
        return Err(not_found(policy_arn).into());
    }
    call.changes.put(owner);
    Ok(NoResult)
}

fn of_policy(policy_arn: &str) -> Keys<'_> {
    Keys {
        policy_arn: Some(policy_arn),
        ..Keys::default()
    }
}

/// A page of the attached policies of a path, in the order of their names.
pub(super) fn list<O: Owner>(
    call: &mut Call<'_>,
    name: &str,
    path_prefix: Option<&str>,
    question: Question<'_>,
) -> Result<Page<AttachedPolicy>, Failure> {
    let owner = permitted::<O>(call, question.operation, name, Keys::default())?;
    let pager = Pager::open(call, question)?;
    let (snapshot, partition) = (call.snapshot, call.partition());
    let attached = owner.attached().iter();
    let policies = attached
        .filter_map(|id| snapshot.policy_by_id(id))
        .filter(|policy| policy.path.starts_with(path_prefix.unwrap_or("/")))
        .map(|policy| (policies::sort_key(policy), policy));
    let page = pager.take_sorted(call, policies);
    Ok(page.map(|policy| AttachedPolicy {
        policy_name: Some(policy.name.to_string()),
        policy_arn: Some(policy.arn(partition)),
    }))
}

impl Perform for AttachUserPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        attach::<User>(call, Self::OPERATION, &self.user_name, &self.policy_arn)
    }
}

impl Perform for AttachRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        attach::<Role>(call, Self::OPERATION, &self.role_name, &self.policy_arn)
    }
}

impl Perform for DetachUserPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        detach::<User>(call, Self::OPERATION, &self.user_name, &self.policy_arn)
    }
}

impl Perform for DetachRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        detach::<Role>(call, Self::OPERATION, &self.role_name, &self.policy_arn)
    }
}

impl Perform for ListAttachedUserPoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAttachedUserPoliciesResponse, Failure> {
        let prefix = self.path_prefix.as_deref();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.user_name, prefix.unwrap_or_default()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = list::<User>(call, &self.user_name, prefix, question)?;
        Ok(ListAttachedUserPoliciesResponse {
            is_truncated: page.is_truncated(),
            attached_policies: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListAttachedRolePoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAttachedRolePoliciesResponse, Failure> {
        let prefix = self.path_prefix.as_deref();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.role_name, prefix.unwrap_or_default()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = list::<Role>(call, &self.role_name, prefix, question)?;
        Ok(ListAttachedRolePoliciesResponse {
            is_truncated: page.is_truncated(),
            attached_policies: page.items,
            marker: page.marker,
        })
    }
}
