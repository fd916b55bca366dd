//! Groups: create, show, list, rename, delete.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreateGroupRequest, CreateGroupResponse, DeleteGroupRequest, GetGroupRequest, GetGroupResponse,
        ListGroupsRequest, ListGroupsResponse, UpdateGroupRequest,
    },
};
use locum_directory::Group;

use super::{
    access::{Keys, arn, authorize},
    owner, quotas,
    shown::{self, Detail},
};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

/// Why neither a group with users nor a user in a group can be deleted.
pub(super) const MEMBERS_LEFT: &str = "Cannot delete entity, must remove users from group first.";

impl Perform for CreateGroupRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateGroupResponse, Failure> {
        let (account, path) = (call.account(), self.path.as_deref().unwrap_or("/"));
        let arn = arn(call, "group", format_args!("{path}{}", self.group_name));
        authorize(call, Self::OPERATION, &arn, Keys::default())?;
        if call.snapshot.group(account, &self.group_name).is_some() {
            return Err(already_exists(&self.group_name).into());
        }
        quotas::GROUPS.check(call.snapshot.counts(account).groups.saturating_add(1))?;
        let group = Group::new(account, path, &self.group_name, call.now(), call.random);
        let response = shown::group(call, &group);
        call.changes.put(group);
        Ok(CreateGroupResponse { group: response })
    }
}

impl Perform for GetGroupRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetGroupResponse, Failure> {
        let group = owner::permitted::<Group>(call, Self::OPERATION, &self.group_name, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            // By id: a name may meanwhile have gone to another group.
            filters: &[group.id.as_str()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let users = call.snapshot.group_members(group.id);
        let page = pager.take_sorted(call, users.map(|user| (user.name.to_ascii_lowercase(), user)));
        let page = page.map(|user| shown::user(call, user, Detail::Listed));
        Ok(GetGroupResponse {
            group: shown::group(call, &group),
            is_truncated: page.is_truncated(),
            users: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListGroupsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListGroupsResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        authorize(
            call,
            Self::OPERATION,
            &arn(call, "group", prefix),
            Keys::default(),
        )?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[prefix],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let groups = call.snapshot.groups(call.account(), pager.after(), prefix);
        let page = pager.take(call, groups, |group| group.name.to_string());
        let page = page.map(|group| shown::group(call, group));
        Ok(ListGroupsResponse {
            is_truncated: page.is_truncated(),
            groups: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for UpdateGroupRequest {
    /// Moving a group is acting on where it goes, too, as with users.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let found = owner::permitted::<Group>(call, Self::OPERATION, &self.group_name, Keys::default())?;
        let mut group = Group::clone(&found);
        if let Some(path) = &self.new_path {
            group.path = path.as_str().into();
        }
        if let Some(name) = &self.new_group_name {
            group.name = name.as_str().into();
        }
        if group.path == found.path && group.name == found.name {
            return Ok(NoResult);
        }
        authorize(
            call,
            Self::OPERATION,
            &group.arn(call.partition()),
            Keys::default(),
        )?;
        let namesake = call.snapshot.group(call.account(), &group.name);
        if namesake.is_some_and(|other| other.id != group.id) {
            return Err(already_exists(&group.name).into());
        }
        call.changes.put(group);
        Ok(NoResult)
    }
}

impl Perform for DeleteGroupRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let group = owner::permitted::<Group>(call, Self::OPERATION, &self.group_name, Keys::default())?;
        if call.snapshot.group_members(group.id).next().is_some() {
            return Err(errors::DELETE_CONFLICT.with(MEMBERS_LEFT).into());
        }
        owner::check_deletable(&*group)?;
        call.changes.delete(Arc::as_ref(&group));
        Ok(NoResult)
    }
}

fn already_exists(name: &str) -> ApiError {
    errors::ENTITY_ALREADY_EXISTS.with(format!("Group with name {name} already exists."))
}
