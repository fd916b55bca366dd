//! Roles: create, show, list, change, delete.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreateRoleRequest, CreateRoleResponse, DeleteRoleRequest, GetRoleRequest, GetRoleResponse,
        ListRolesRequest, ListRolesResponse, TagRoleRequest, UpdateAssumeRolePolicyRequest,
        UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse, UpdateRoleRequest, UpdateRoleResponse,
    },
};
use locum_directory::{Role, SERVICE_LINKED_PATH};

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    boundaries, documents,
    instance_profiles::ROLE_LEFT,
    last_used,
    owner::{self, Owner},
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

/// Paths of roles that services make, which nobody else shall be able to imitate.
const RESERVED_PATHS: [&str; 2] = [SERVICE_LINKED_PATH, "/aws-reserved/"];

impl Perform for CreateRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateRoleResponse, Failure> {
        let (account, path) = (call.account(), self.path.as_deref().unwrap_or("/"));
        let boundary = boundaries::requested(call, self.permissions_boundary.as_deref())?;
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            boundary: self.permissions_boundary.as_deref(),
            ..Keys::default()
        };
        let arn = arn(call, "role", format_args!("{path}{}", self.role_name));
        authorize_creation(call, Self::OPERATION, TagRoleRequest::OPERATION, &arn, keys)?;
        delegation::check_boundary(call, self.permissions_boundary.as_deref())?;
        if is_reserved(path) {
            let text = format!("Roles of the path {path} are made by services only.");
            return Err(errors::INVALID_INPUT.with(text).into());
        }
        let trust = documents::trust(call, &self.assume_role_policy_document)?;
        if call.snapshot.role(account, &self.role_name).is_some() {
            let text = format!("Role with name {} already exists.", self.role_name);
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let boundary = boundaries::existing(boundary)?;
        quotas::ROLES.check(call.snapshot.counts(account).roles.saturating_add(1))?;
        quotas::TAGS_OF_ROLE.check(new_tags.len())?;
        let mut role = Role::new(account, path, &self.role_name, trust, call.now(), call.random);
        role.description = self.description.map(Into::into);
        if let Some(seconds) = self.max_session_duration {
            role.max_session_duration = session_duration(seconds)?;
        }
        role.boundary = boundary;
        role.tags = new_tags;
        let response = shown::role(call, &role, Detail::Made);
        call.changes.put(role);
        Ok(CreateRoleResponse { role: response })
    }
}

/// Ignoring case: a path that reads like a reserved one is not a good one either.
fn is_reserved(path: &str) -> bool {
    RESERVED_PATHS.iter().any(|reserved| {
        path.get(..reserved.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(reserved))
    })
}

/// The declaration has checked the range; this is the conversion.
fn session_duration(seconds: i32) -> Result<u32, ApiError> {
    u32::try_from(seconds).map_err(|_| ApiError::malformed_input())
}

impl Perform for GetRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetRoleResponse, Failure> {
        let role =
            owner::permitted_by_boundary::<Role>(call, Self::OPERATION, &self.role_name, Keys::default())?;
        let mut shown = shown::role(call, &role, Detail::Full);
        shown.role_last_used = Some(last_used::of_role(call, &role));
        Ok(GetRoleResponse { role: shown })
    }
}

impl Perform for ListRolesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListRolesResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        authorize(call, Self::OPERATION, &arn(call, "role", prefix), Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[prefix],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let roles = call.snapshot.roles(call.account(), pager.after(), prefix);
        let page = pager.take(call, roles, |role| role.name.to_string());
        let page = page.map(|role| shown::role(call, role, Detail::Listed));
        Ok(ListRolesResponse {
            is_truncated: page.is_truncated(),
            roles: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for UpdateRoleRequest {
    /// What is not given stays as it is. Of a service's own role only the description can change (as on AWS).
    fn perform(self, call: &mut Call<'_>) -> Result<UpdateRoleResponse, Failure> {
        let role =
            owner::permitted_by_boundary::<Role>(call, Self::OPERATION, &self.role_name, Keys::default())?;
        if self.max_session_duration.is_some() {
            role.check_modifiable()?;
        }
        let mut role = Arc::unwrap_or_clone(role);
        if let Some(description) = self.description {
            role.description = Some(description.into());
        }
        if let Some(seconds) = self.max_session_duration {
            role.max_session_duration = session_duration(seconds)?;
        }
        call.changes.put(role);
        Ok(UpdateRoleResponse {})
    }
}

impl Perform for UpdateRoleDescriptionRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<UpdateRoleDescriptionResponse, Failure> {
        let role =
            owner::permitted_by_boundary::<Role>(call, Self::OPERATION, &self.role_name, Keys::default())?;
        let mut role = Arc::unwrap_or_clone(role);
        role.description = Some(self.description.into());
        let mut response = shown::role(call, &role, Detail::Full);
        // Recorded answers leave it out.
        response.max_session_duration = None;
        call.changes.put(role);
        Ok(UpdateRoleDescriptionResponse { role: response })
    }
}

impl Perform for UpdateAssumeRolePolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let role = owner::permitted_within_boundary::<Role>(
            call,
            Self::OPERATION,
            &self.role_name,
            Keys::default(),
        )?;
        let mut role = Arc::unwrap_or_clone(role);
        role.trust = documents::trust(call, &self.policy_document)?;
        call.changes.put(role);
        Ok(NoResult)
    }
}

impl Perform for DeleteRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let role = owner::permitted_within_boundary::<Role>(
            call,
            Self::OPERATION,
            &self.role_name,
            Keys::default(),
        )?;
        if call.snapshot.instance_profiles_of_role(role.id).next().is_some() {
            return Err(errors::DELETE_CONFLICT.with(ROLE_LEFT).into());
        }
        owner::check_deletable(&*role)?;
        call.changes.delete(Arc::as_ref(&role));
        Ok(NoResult)
    }
}
