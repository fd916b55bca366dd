//! Inline policies of users and roles; those of groups share what is here.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        DeleteRolePolicyRequest, DeleteUserPolicyRequest, GetRolePolicyRequest, GetRolePolicyResponse,
        GetUserPolicyRequest, GetUserPolicyResponse, ListRolePoliciesRequest, ListRolePoliciesResponse,
        ListUserPoliciesRequest, ListUserPoliciesResponse, PutRolePolicyRequest, PutUserPolicyRequest,
    },
    model::Operation,
};
use locum_directory::{InlinePolicy, Role, User};
use locum_policy::significant_len;

use super::{
    access::Keys,
    documents,
    owner::{Owner, permitted, permitted_within_boundary},
};
use crate::{
    call::{Call, Failure},
    paging::{Page, Pager, Question},
    route::Perform,
};

/// Adds an inline policy, or replaces the one of its name.
pub(super) fn put<O: Owner>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    policy_name: &str,
    document: &str,
) -> Result<NoResult, Failure> {
    let owner = permitted_within_boundary::<O>(call, operation, name, Keys::default())?;
    let mut owner = Arc::unwrap_or_clone(owner);
    let policy = InlinePolicy {
        name: policy_name.into(),
        policy: documents::inline(document)?,
    };
    let inline = owner.inline_mut();
    match inline.binary_search_by(|known| known.name.as_ref().cmp(policy_name)) {
        Ok(at) => {
            if let Some(known) = inline.get_mut(at) {
                *known = policy;
            }
        }
        Err(at) => inline.insert(at, policy),
    }
    check_size(&owner)?;
    call.changes.put(owner);
    Ok(NoResult)
}

/// All inline policies count together, without white space (`facts: policy §6.1`).
fn check_size<O: Owner>(owner: &O) -> Result<(), ApiError> {
    let documents = owner.inline().iter().map(|inline| inline.policy.document());
    let size = documents.map(significant_len).fold(0, usize::saturating_add);
    if size <= O::INLINE_SIZE {
        return Ok(());
    }
    let (limit, kind, name) = (O::INLINE_SIZE, O::KIND, owner.name());
    Err(errors::LIMIT_EXCEEDED.with(format!(
        "Maximum policy size of {limit} bytes exceeded for {kind} {name}"
    )))
}

/// The owner's name as it was given, and the document.
pub(super) fn get<O: Owner>(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    policy_name: &str,
) -> Result<(String, String), Failure> {
    let owner = permitted::<O>(call, operation, name, Keys::default())?;
    let mut inline = owner.inline().iter();
    let found = inline.find(|inline| *inline.name == *policy_name);
    let found = found.ok_or_else(|| no_such::<O>(policy_name))?;
    Ok((owner.name().to_owned(), found.policy.document().to_owned()))
}

/// A page of the names of the inline policies.
pub(super) fn list<O: Owner>(
    call: &mut Call<'_>,
    name: &str,
    question: Question<'_>,
) -> Result<Page<String>, Failure> {
    let owner = permitted::<O>(call, question.operation, name, Keys::default())?;
    let pager = Pager::open(call, question)?;
    let inline = owner.inline().iter();
    let names = inline.map(|inline| (inline.name.to_string(), inline.name.to_string()));
    Ok(pager.take_sorted(call, names))
}

/// Removes an inline policy.
pub(super) fn delete<O: Owner>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    policy_name: &str,
) -> Result<NoResult, Failure> {
    let owner = permitted_within_boundary::<O>(call, operation, name, Keys::default())?;
    let mut owner = Arc::unwrap_or_clone(owner);
    let inline = owner.inline_mut();
    let before = inline.len();
    inline.retain(|inline| *inline.name != *policy_name);
    if inline.len() == before {
        return Err(no_such::<O>(policy_name).into());
    }
    call.changes.put(owner);
    Ok(NoResult)
}

fn no_such<O: Owner>(name: &str) -> ApiError {
    let kind = O::KIND;
    errors::NO_SUCH_ENTITY.with(format!("The {kind} policy with name {name} cannot be found."))
}

impl Perform for PutUserPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let (name, policy) = (&self.user_name, &self.policy_name);
        put::<User>(call, Self::OPERATION, name, policy, &self.policy_document)
    }
}

impl Perform for PutRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let (name, policy) = (&self.role_name, &self.policy_name);
        put::<Role>(call, Self::OPERATION, name, policy, &self.policy_document)
    }
}

impl Perform for GetUserPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetUserPolicyResponse, Failure> {
        let (user_name, policy_document) =
            get::<User>(call, Self::OPERATION, &self.user_name, &self.policy_name)?;
        Ok(GetUserPolicyResponse {
            user_name,
            policy_name: self.policy_name,
            policy_document,
        })
    }
}

impl Perform for GetRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetRolePolicyResponse, Failure> {
        let (role_name, policy_document) =
            get::<Role>(call, Self::OPERATION, &self.role_name, &self.policy_name)?;
        Ok(GetRolePolicyResponse {
            role_name,
            policy_name: self.policy_name,
            policy_document,
        })
    }
}

impl Perform for ListUserPoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListUserPoliciesResponse, Failure> {
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.user_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = list::<User>(call, &self.user_name, question)?;
        Ok(ListUserPoliciesResponse {
            is_truncated: page.is_truncated(),
            policy_names: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListRolePoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListRolePoliciesResponse, Failure> {
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.role_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = list::<Role>(call, &self.role_name, question)?;
        Ok(ListRolePoliciesResponse {
            is_truncated: page.is_truncated(),
            policy_names: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for DeleteUserPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        delete::<User>(call, Self::OPERATION, &self.user_name, &self.policy_name)
    }
}

impl Perform for DeleteRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        delete::<Role>(call, Self::OPERATION, &self.role_name, &self.policy_name)
    }
}
