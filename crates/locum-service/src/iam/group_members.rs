//! Who is in which group.
//!
//! Adding and removing is acting on the group: whoever may do it to a group may do it with every user of the account
//! (as on AWS), which is why the right to it is as much as all rights of the group.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request,
    iam::{
        AddUserToGroupRequest, ListGroupsForUserRequest, ListGroupsForUserResponse,
        RemoveUserFromGroupRequest,
    },
};
use locum_directory::{Group, User};

use super::{
    access::Keys,
    owner::{no_such, permitted},
    quotas, shown,
};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for AddUserToGroupRequest {
    /// Adding a user that is in the group is no error.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let group = permitted::<Group>(call, Self::OPERATION, &self.group_name, Keys::default())?;
        let mut user = user_of_name(call, &self.user_name)?;
        if user.groups.contains(&group.id) {
            return Ok(NoResult);
        }
        user.groups.push(group.id);
        quotas::GROUPS_OF_USER.check(user.groups.len())?;
        call.changes.put(user);
        Ok(NoResult)
    }
}

impl Perform for RemoveUserFromGroupRequest {
    /// Removing a user that is not in the group is no error. Where neither is there, AWS tells of the user.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let group = permitted::<Group>(call, Self::OPERATION, &self.group_name, Keys::default());
        if let Err(denied @ Failure::Denied(_)) = group {
            return Err(denied);
        }
        let mut user = user_of_name(call, &self.user_name)?;
        let group = group?;
        if !user.groups.contains(&group.id) {
            return Ok(NoResult);
        }
        user.groups.retain(|id| *id != group.id);
        call.changes.put(user);
        Ok(NoResult)
    }
}

impl Perform for ListGroupsForUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListGroupsForUserResponse, Failure> {
        let user = permitted::<User>(call, Self::OPERATION, &self.user_name, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.user_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let snapshot = call.snapshot;
        let groups = user.groups.iter().filter_map(|id| snapshot.group_by_id(id));
        let page = pager.take_sorted(call, groups.map(|group| (group.name.to_ascii_lowercase(), group)));
        let page = page.map(|group| shown::group(call, group));
        Ok(ListGroupsForUserResponse {
            is_truncated: page.is_truncated(),
            groups: page.items,
            marker: page.marker,
        })
    }
}

fn user_of_name(call: &Call<'_>, name: &str) -> Result<User, ApiError> {
    let user = call.snapshot.user(call.account(), name);
    user.map(|user| User::clone(Arc::as_ref(user)))
        .ok_or_else(|| no_such::<User>(name))
}
