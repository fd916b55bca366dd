//! The role in an instance profile.
//!
//! Whoever puts a role into a profile hands its permissions over to whoever may use the profile, so it takes two rights:
//! one on the profile, and `iam:PassRole` on the role.

use std::sync::Arc;

use locum_api::{
    NoResult, Request, errors,
    iam::{AddRoleToInstanceProfileRequest, RemoveRoleFromInstanceProfileRequest},
};
use locum_directory::{InstanceProfile, Role};
use locum_names::Partition;

use super::{
    access::{self, Keys, authorize_action},
    instance_profiles::permitted,
    owner::{Owner, no_such},
    quotas,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for AddRoleToInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let name = &self.instance_profile_name;
        let profile = permitted(call, Self::OPERATION, name, Keys::default())?;
        let role = passed(call, &self.role_name)?;
        role.check_modifiable()?;
        let held = usize::from(profile.role.is_some());
        quotas::ROLES_OF_INSTANCE_PROFILE.check(held.saturating_add(1))?;
        call.changes.put(InstanceProfile {
            role: Some(role.id),
            ..Arc::unwrap_or_clone(profile)
        });
        Ok(NoResult)
    }
}

impl Perform for RemoveRoleFromInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let name = &self.instance_profile_name;
        let profile = permitted(call, Self::OPERATION, name, Keys::default())?;
        let role = call.snapshot.role(call.account(), &self.role_name);
        let role = role.ok_or_else(|| no_such::<Role>(&self.role_name))?;
        if profile.role != Some(role.id) {
            let text = format!(
                "Role {} in Instance Profile {name} cannot be found.",
                self.role_name
            );
            return Err(errors::NO_SUCH_ENTITY.with(text).into());
        }
        call.changes.put(InstanceProfile {
            role: None,
            ..Arc::unwrap_or_clone(profile)
        });
        Ok(NoResult)
    }
}

/// The role of this name, if the caller may pass it to a machine.
///
/// # Errors
/// Denied, or, for those who are not, that it does not exist.
fn passed(call: &Call<'_>, name: &str) -> Result<Arc<Role>, Failure> {
    let found = call.snapshot.role(call.account(), name);
    let arn = match found {
        Some(role) => role.arn_text(call.partition()),
        None => access::arn(call, "role", format_args!("/{name}")),
    };
    // No machine is known yet: AWS's documentation of AddRoleToInstanceProfile gives this form.
    let machines = format!("arn:{}:ec2:*:{}:instance/*", call.partition(), call.account());
    let keys = Keys {
        resource_tags: found.map_or(&[], |role| &role.tags),
        passed_to_service: Some(machine_service(call.partition())),
        associated_resource: Some(&machines),
        ..Keys::default()
    };
    authorize_action(call, "iam:PassRole", &arn, keys, None)?;
    let role = found.ok_or_else(|| no_such::<Role>(name))?;
    Ok(Arc::clone(role))
}

/// The service that machines belong to.
const fn machine_service(partition: Partition) -> &'static str {
    match partition {
        Partition::China => "ec2.amazonaws.com.cn",
        _ => "ec2.amazonaws.com",
    }
}
