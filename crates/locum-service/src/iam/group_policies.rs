//! The policies of groups: what holds for users and roles, but that a group has no boundary.

use locum_api::{
    NoResult, Request,
    iam::{
        AttachGroupPolicyRequest, DeleteGroupPolicyRequest, DetachGroupPolicyRequest, GetGroupPolicyRequest,
        GetGroupPolicyResponse, ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse,
        ListGroupPoliciesRequest, ListGroupPoliciesResponse, PutGroupPolicyRequest,
    },
};
use locum_directory::Group;

use super::{attachments, inline_policies};
use crate::{
    call::{Call, Failure},
    paging::Question,
    route::Perform,
};

impl Perform for AttachGroupPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        attachments::attach::<Group>(call, Self::OPERATION, &self.group_name, &self.policy_arn)
    }
}

impl Perform for DetachGroupPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        attachments::detach::<Group>(call, Self::OPERATION, &self.group_name, &self.policy_arn)
    }
}

impl Perform for ListAttachedGroupPoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAttachedGroupPoliciesResponse, Failure> {
        let prefix = self.path_prefix.as_deref();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.group_name, prefix.unwrap_or_default()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = attachments::list::<Group>(call, &self.group_name, prefix, question)?;
        Ok(ListAttachedGroupPoliciesResponse {
            is_truncated: page.is_truncated(),
            attached_policies: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for PutGroupPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let (name, policy) = (&self.group_name, &self.policy_name);
        inline_policies::put::<Group>(call, Self::OPERATION, name, policy, &self.policy_document)
    }
}

impl Perform for GetGroupPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetGroupPolicyResponse, Failure> {
        let (name, policy) = (&self.group_name, &self.policy_name);
        let (group_name, policy_document) =
            inline_policies::get::<Group>(call, Self::OPERATION, name, policy)?;
        Ok(GetGroupPolicyResponse {
            group_name,
            policy_name: self.policy_name,
            policy_document,
        })
    }
}

impl Perform for ListGroupPoliciesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListGroupPoliciesResponse, Failure> {
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.group_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = inline_policies::list::<Group>(call, &self.group_name, question)?;
        Ok(ListGroupPoliciesResponse {
            is_truncated: page.is_truncated(),
            policy_names: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for DeleteGroupPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        inline_policies::delete::<Group>(call, Self::OPERATION, &self.group_name, &self.policy_name)
    }
}
