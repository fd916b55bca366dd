//! Users: create, show, list, rename, delete.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreateUserRequest, CreateUserResponse, DeleteUserRequest, GetUserRequest, GetUserResponse,
        ListUsersRequest, ListUsersResponse, TagUserRequest, UpdateUserRequest,
    },
};
use locum_directory::{KeyOwner, User};

use super::{
    access::{Keys, arn, authorize, authorize_creation, root_arn},
    boundaries,
    groups::MEMBERS_LEFT,
    owner, quotas,
    shown::{self, Detail},
    tags,
    whose::{Whose, whose},
};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for CreateUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateUserResponse, Failure> {
        let (account, path) = (call.account(), self.path.as_deref().unwrap_or("/"));
        let boundary = boundaries::requested(call, self.permissions_boundary.as_deref())?;
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            boundary: self.permissions_boundary.as_deref(),
            ..Keys::default()
        };
        let arn = arn(call, "user", format_args!("{path}{}", self.user_name));
        authorize_creation(call, Self::OPERATION, TagUserRequest::OPERATION, &arn, keys)?;
        if call.snapshot.user(account, &self.user_name).is_some() {
            return Err(already_exists(&self.user_name).into());
        }
        let boundary = boundaries::existing(boundary)?;
        quotas::USERS.check(call.snapshot.counts(account).users.saturating_add(1))?;
        quotas::TAGS_OF_USER.check(new_tags.len())?;
        let mut user = User::new(account, path, &self.user_name, call.now(), call.random);
        user.boundary = boundary;
        user.tags = new_tags;
        let response = shown::user(call, &user, Detail::Full);
        call.changes.put(user);
        Ok(CreateUserResponse { user: response })
    }
}

impl Perform for GetUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetUserResponse, Failure> {
        let name = match whose(call, self.user_name)? {
            Whose::User(name) => name,
            Whose::Root => return root_user(call),
        };
        let user = owner::permitted::<User>(call, Self::OPERATION, &name, Keys::default())?;
        Ok(GetUserResponse {
            user: shown::user(call, &user, Detail::Full),
        })
    }
}

fn root_user(call: &Call<'_>) -> Result<GetUserResponse, Failure> {
    let arn = root_arn(call);
    authorize(call, GetUserRequest::OPERATION, &arn, Keys::default())?;
    Ok(GetUserResponse {
        user: shown::root(call),
    })
}

impl Perform for ListUsersRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListUsersResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        authorize(call, Self::OPERATION, &arn(call, "user", prefix), Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[prefix],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let users = call.snapshot.users(call.account(), pager.after(), prefix);
        let page = pager.take(call, users, |user| user.name.to_string());
        let page = page.map(|user| shown::user(call, user, Detail::Listed));
        Ok(ListUsersResponse {
            is_truncated: page.is_truncated(),
            users: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for UpdateUserRequest {
    /// Moving a user is acting on where it goes, too: whoever is kept to one path can neither take from nor put into
    /// another.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let found = owner::permitted::<User>(call, Self::OPERATION, &self.user_name, Keys::default())?;
        let mut user = User::clone(&found);
        if let Some(path) = &self.new_path {
            user.path = path.as_str().into();
        }
        if let Some(name) = &self.new_user_name {
            user.name = name.as_str().into();
        }
        if user.path == found.path && user.name == found.name {
            return Ok(NoResult);
        }
        let keys = Keys {
            resource_tags: &user.tags,
            ..Keys::default()
        };
        let arn = user.arn(call.partition()).to_string();
        authorize(call, Self::OPERATION, &arn, keys)?;
        let namesake = call.snapshot.user(call.account(), &user.name);
        if namesake.is_some_and(|other| other.id != user.id) {
            return Err(already_exists(&user.name).into());
        }
        call.changes.put(user);
        Ok(NoResult)
    }
}

impl Perform for DeleteUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let user = owner::permitted::<User>(call, Self::OPERATION, &self.user_name, Keys::default())?;
        owner::check_deletable(&*user)?;
        let mut keys = call.snapshot.access_keys(KeyOwner::User(user.id));
        if keys.next().is_some() {
            let text = "Cannot delete entity, must remove referenced objects first.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        if !user.groups.is_empty() {
            return Err(errors::DELETE_CONFLICT.with(MEMBERS_LEFT).into());
        }
        if call.snapshot.login_profile(&user.id).is_some() {
            let text = "Cannot delete entity, must delete login profile first.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        let mut devices = call.snapshot.mfa_devices_of(KeyOwner::User(user.id), None);
        if devices.next().is_some() {
            let text = "Cannot delete entity, must delete MFA device first.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        call.changes.delete(Arc::as_ref(&user));
        Ok(NoResult)
    }
}

fn already_exists(name: &str) -> ApiError {
    errors::ENTITY_ALREADY_EXISTS.with(format!("User with name {name} already exists."))
}
