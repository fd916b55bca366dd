//! Service-linked roles: created for a service, deleted, and nothing else.
//!
//! Control policies and boundaries do not bind them, so they are worth nothing to anybody here: only the service itself
//! can assume one, no service of AWS runs here, and whoever may create one can neither change nor extend it. There is no
//! managed policy to attach either, so they have no permissions. They exist for the tools that expect to create them,
//! and for the policies that name them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use locum_api::{
    ApiError, Request, errors,
    iam::{
        CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse, DeleteServiceLinkedRoleRequest,
        DeleteServiceLinkedRoleResponse, GetServiceLinkedRoleDeletionStatusRequest,
        GetServiceLinkedRoleDeletionStatusResponse,
    },
};
use locum_directory::{Role, SERVICE_LINKED_PATH};
use locum_names::UniqueId;

use super::{
    access::{Keys, arn, authorize},
    linked_services::{LinkedService, Suffixes},
    owner, quotas,
    shown::{self, Detail},
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// The longest name of a role (`facts: sts §8.4`).
const LONGEST_NAME: usize = 64;

impl Perform for CreateServiceLinkedRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateServiceLinkedRoleResponse, Failure> {
        let (account, service) = (call.account(), &*self.aws_service_name);
        let no_service = || errors::INVALID_INPUT.with(format!("{service} is not the name of a service."));
        let linked = LinkedService::named(service).ok_or_else(no_service)?;
        let name = match &self.custom_suffix {
            None => linked.role_name,
            Some(suffix) => format!("{}_{suffix}", linked.role_name),
        };
        let arn = arn(
            call,
            "role",
            format_args!("{SERVICE_LINKED_PATH}{service}/{name}"),
        );
        authorize(call, Self::OPERATION, &arn, of_service(Some(service)))?;
        if self.custom_suffix.is_some() && linked.suffixes == Suffixes::Refused {
            let text = format!("Custom suffix is not allowed for {service}");
            return Err(errors::INVALID_INPUT.with(text).into());
        }
        if name.len() > LONGEST_NAME {
            let text = format!("The role name {name} is longer than {LONGEST_NAME} characters.");
            return Err(errors::INVALID_INPUT.with(text).into());
        }
        if call.snapshot.role(account, &name).is_some() {
            let text = format!(
                "Service role name {name} has been taken in this account, please try a different suffix."
            );
            return Err(errors::INVALID_INPUT.with(text).into());
        }
        quotas::ROLES.check(call.snapshot.counts(account).roles.saturating_add(1))?;
        let role = Role::service_linked(account, service, &name, call.now(), call.random);
        let mut role = role.map_err(|_| no_service())?;
        role.description = self.description.map(Into::into);
        let mut response = shown::role(call, &role, Detail::Full);
        // As with CreateRole.
        response.max_session_duration = None;
        call.changes.put(role);
        Ok(CreateServiceLinkedRoleResponse { role: response })
    }
}

impl Perform for DeleteServiceLinkedRoleRequest {
    /// No service uses the role, so it is deleted at once.
    fn perform(self, call: &mut Call<'_>) -> Result<DeleteServiceLinkedRoleResponse, Failure> {
        let role = call.snapshot.role(call.account(), &self.role_name);
        let keys = of_service(role.and_then(|role| role.service.as_deref()));
        let role = owner::permitted::<Role>(call, Self::OPERATION, &self.role_name, keys)?;
        if !role.is_service_linked() {
            return Err(owner::no_such::<Role>(&self.role_name).into());
        }
        let deletion_task_id = task_id(call, &role);
        call.changes.delete(&*role);
        Ok(DeleteServiceLinkedRoleResponse { deletion_task_id })
    }
}

impl Perform for GetServiceLinkedRoleDeletionStatusRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetServiceLinkedRoleDeletionStatusResponse, Failure> {
        let task = &*self.deletion_task_id;
        let named = task
            .strip_prefix("task")
            .filter(|place| place.starts_with(SERVICE_LINKED_PATH));
        let Some((place, sealed)) = named.and_then(|named| named.rsplit_once('/')) else {
            let text = format!("{task} is not the id of a deletion task.");
            return Err(errors::INVALID_INPUT.with(text).into());
        };
        let service = place.strip_prefix(SERVICE_LINKED_PATH);
        let keys = of_service(service.and_then(|rest| rest.split('/').next()));
        authorize(call, Self::OPERATION, &arn(call, "role", place), keys)?;
        let role = opened(call, place, sealed).ok_or_else(|| unknown_task(task))?;
        // It would be there again if the store were an older one.
        let deleted = call.snapshot.role_by_id(&role).is_none();
        let status = if deleted { "SUCCEEDED" } else { "NOT_STARTED" };
        Ok(GetServiceLinkedRoleDeletionStatusResponse {
            status: status.to_owned(),
            reason: None,
        })
    }
}

/// The service as a condition key. AWS's reference has it for creation alone, and the guides of its services for deletion too.
fn of_service(service_name: Option<&str>) -> Keys<'_> {
    Keys {
        service_name,
        ..Keys::default()
    }
}

/// The id of the deletion of `role`: where the role was, and its unique id, sealed as a marker is. So nothing has to be
/// remembered of a role that is gone, and an id cannot be made up.
fn task_id(call: &mut Call<'_>, role: &Role) -> String {
    let place = format!("{}{}", role.path, role.name);
    let mut sealed = Vec::new();
    let bound = bound(call, &place);
    let parts: Vec<&[u8]> = bound.iter().map(Vec::as_slice).collect();
    call.rings
        .marker
        .seal(&parts, role.id.as_str().as_bytes(), call.random, &mut sealed);
    format!("task{place}/{}", BASE64_URL_SAFE_NO_PAD.encode(sealed))
}

/// The unique id of the role that stood in this place, if the id of the task was made here.
fn opened(call: &Call<'_>, place: &str, sealed: &str) -> Option<UniqueId> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let bound = bound(call, place);
    let parts: Vec<&[u8]> = bound.iter().map(Vec::as_slice).collect();
    let id = call.rings.marker.open(&parts, &sealed).ok()?;
    String::from_utf8(id).ok()?.parse().ok()
}

/// What the id of a task is bound to; the operation's name keeps it apart from the markers of pages.
fn bound(call: &Call<'_>, place: &str) -> [Vec<u8>; 4] {
    let operation = GetServiceLinkedRoleDeletionStatusRequest::OPERATION.name;
    [
        call.settings.deployment.as_bytes().to_vec(),
        call.account().to_string().into_bytes(),
        operation.as_bytes().to_vec(),
        place.as_bytes().to_vec(),
    ]
}

fn unknown_task(task: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("The deletion task with id {task} cannot be found."))
}
