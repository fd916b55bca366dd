//! Permissions boundaries of users and roles: a managed policy that bounds what every other policy may grant.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request,
    iam::{
        DeleteRolePermissionsBoundaryRequest, DeleteUserPermissionsBoundaryRequest,
        PutRolePermissionsBoundaryRequest, PutUserPermissionsBoundaryRequest,
    },
    model::Operation,
};
use locum_directory::{Role, User};
use locum_names::UniqueId;

use super::{
    access::Keys,
    owner::{Principal, permitted, permitted_within_boundary},
    policies::NamedPolicy,
};
use crate::{
    call::{Call, Failure},
    delegation,
    route::Perform,
};

/// Reads the boundary that a principal is to be created with.
///
/// # Errors
/// `ARN A is not valid.`
pub(super) fn requested<'r>(
    call: &Call<'_>,
    arn: Option<&'r str>,
) -> Result<Option<NamedPolicy<'r>>, ApiError> {
    arn.map(|arn| NamedPolicy::read_boundary(call, arn)).transpose()
}

/// The id of the boundary, once the caller is authorized.
///
/// # Errors
/// It does not exist.
pub(super) fn existing(requested: Option<NamedPolicy<'_>>) -> Result<Option<UniqueId>, ApiError> {
    let policy = requested.map(NamedPolicy::boundary).transpose()?;
    Ok(policy.map(|policy| policy.id))
}

fn put<O: Principal>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    policy_arn: &str,
) -> Result<NoResult, Failure> {
    let named = NamedPolicy::read_boundary(call, policy_arn)?;
    let keys = Keys {
        boundary: Some(policy_arn),
        ..Keys::default()
    };
    let owner = permitted::<O>(call, operation, name, keys)?;
    owner.check_modifiable()?;
    let mut owner = Arc::unwrap_or_clone(owner);
    *owner.boundary_mut() = Some(named.boundary()?.id);
    call.changes.put(owner);
    Ok(NoResult)
}

/// Removes a boundary; having none is no error.
fn delete<O: Principal>(call: &mut Call<'_>, operation: &Operation, name: &str) -> Result<NoResult, Failure> {
    let owner = permitted_within_boundary::<O>(call, operation, name, Keys::default())?;
    let mut owner = Arc::unwrap_or_clone(owner);
    *owner.boundary_mut() = None;
    call.changes.put(owner);
    Ok(NoResult)
}

impl Perform for PutUserPermissionsBoundaryRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        put::<User>(call, Self::OPERATION, &self.user_name, &self.permissions_boundary)
    }
}

impl Perform for PutRolePermissionsBoundaryRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        delegation::check_boundary(call, Some(&self.permissions_boundary))?;
        put::<Role>(call, Self::OPERATION, &self.role_name, &self.permissions_boundary)
    }
}

impl Perform for DeleteUserPermissionsBoundaryRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        delete::<User>(call, Self::OPERATION, &self.user_name)
    }
}

impl Perform for DeleteRolePermissionsBoundaryRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        delete::<Role>(call, Self::OPERATION, &self.role_name)
    }
}
