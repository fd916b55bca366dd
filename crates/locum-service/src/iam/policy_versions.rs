//! Versions of managed policies: at most five, one of them in force.

use std::sync::Arc;

use jiff::Timestamp;
use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreatePolicyVersionRequest, CreatePolicyVersionResponse, DeletePolicyVersionRequest,
        GetPolicyVersionRequest, GetPolicyVersionResponse, ListPolicyVersionsRequest,
        ListPolicyVersionsResponse, SetDefaultPolicyVersionRequest,
    },
};
use locum_directory::{ManagedPolicy, PolicyVersion, VersionId};

use super::{
    access::Keys,
    documents,
    policies::NamedPolicy,
    quotas,
    shown::{self, Detail},
};
use crate::{
    call::{Call, Failure},
    delegation,
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for CreatePolicyVersionRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreatePolicyVersionResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        delegation::check_written(call, &self.policy_arn)?;
        let mut policy = Arc::unwrap_or_clone(named.changeable()?);
        let document = documents::managed(&self.policy_document)?;
        if policy.versions.len() >= quotas::VERSIONS {
            let text = format!(
                "A managed policy can have up to {} versions. Before you create a new version, you must delete an \
                 existing version.",
                quotas::VERSIONS
            );
            return Err(errors::LIMIT_EXCEEDED.with(text).into());
        }
        let version = PolicyVersion {
            id: policy.next_version,
            policy: document,
            created: call.now(),
        };
        policy.next_version = policy.next_version.next();
        policy.updated = call.now();
        if self.set_as_default.unwrap_or_default() {
            policy.default_version = version.id;
        }
        let response = shown::version(&policy, &version, Detail::Listed);
        policy.versions.push(version);
        call.changes.put(policy);
        Ok(CreatePolicyVersionResponse {
            policy_version: response,
        })
    }
}

impl Perform for GetPolicyVersionRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetPolicyVersionResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let missing = |_| no_such_version(&self.policy_arn, &self.version_id);
        let policy = named.existing().map_err(missing)?;
        let version = find(&policy, &self.policy_arn, &self.version_id)?;
        Ok(GetPolicyVersionResponse {
            policy_version: shown::version(&policy, version, Detail::Full),
        })
    }
}

impl Perform for ListPolicyVersionsRequest {
    /// The newest first.
    fn perform(self, call: &mut Call<'_>) -> Result<ListPolicyVersionsResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let policy = named.existing()?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.policy_arn],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let before: Option<VersionId> = pager.after().and_then(|id| id.parse().ok());
        let versions = policy.versions.iter().rev();
        let rest = versions.filter(|version| before.is_none_or(|before| version.id < before));
        let page = pager.take(call, rest, |version| version.id.to_string());
        let page = page.map(|version| shown::version(&policy, version, Detail::Listed));
        Ok(ListPolicyVersionsResponse {
            is_truncated: page.is_truncated(),
            versions: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for DeletePolicyVersionRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let mut policy = Arc::unwrap_or_clone(named.changeable()?);
        let id = find(&policy, &self.policy_arn, &self.version_id)?.id;
        if id == policy.default_version {
            let text = "Cannot delete the default version of a policy.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        policy.versions.retain(|version| version.id != id);
        policy.updated = updated(&policy);
        call.changes.put(policy);
        Ok(NoResult)
    }
}

impl Perform for SetDefaultPolicyVersionRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        delegation::check_written(call, &self.policy_arn)?;
        // AWS does not tell a missing policy from a missing version here.
        let policy = named.changeable().map_err(|error| match &*error.code {
            "NoSuchEntity" => no_such_version(&self.policy_arn, &self.version_id),
            _ => error,
        })?;
        let mut policy = Arc::unwrap_or_clone(policy);
        policy.default_version = find(&policy, &self.policy_arn, &self.version_id)?.id;
        call.changes.put(policy);
        Ok(NoResult)
    }
}

/// When a policy was updated: when its newest version was made, or, of a policy with one version, the policy (as AWS
/// documents it). Another default version is no update.
fn updated(policy: &ManagedPolicy) -> Timestamp {
    let versions = policy.versions.iter().map(|version| version.created);
    let newest = versions.max().filter(|_| policy.versions.len() > 1);
    newest.unwrap_or(policy.created)
}

/// The version of a policy that a request names.
fn find<'p>(policy: &'p ManagedPolicy, arn: &str, id: &str) -> Result<&'p PolicyVersion, ApiError> {
    let found = id.parse().ok().and_then(|id| policy.version(id));
    found.ok_or_else(|| no_such_version(arn, id))
}

fn no_such_version(arn: &str, id: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!(
        "Policy {arn} version {id} does not exist or is not attachable."
    ))
}
