//! Instance profiles: create, show, list, delete.
//!
//! No machine is started here, so nothing hands out the credentials of a profile's role. A profile is what others look
//! up by name, and the place where it is decided who may hand over which role.

use std::sync::Arc;

use locum_api::{
    NoResult, Request, errors,
    iam::{
        CreateInstanceProfileRequest, CreateInstanceProfileResponse, DeleteInstanceProfileRequest,
        GetInstanceProfileRequest, GetInstanceProfileResponse, ListInstanceProfilesForRoleRequest,
        ListInstanceProfilesForRoleResponse, ListInstanceProfilesRequest, ListInstanceProfilesResponse,
        TagInstanceProfileRequest,
    },
    model::Operation,
};
use locum_directory::{InstanceProfile, Role};

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    owner, quotas,
    shown::{self, Detail},
    tags,
};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

/// Why neither a profile with a role nor a role in a profile can be deleted (`facts: sts §8.5`).
pub(super) const ROLE_LEFT: &str = "Cannot delete entity, must remove roles from instance profile first.";

/// The instance profile of this name, if the caller may perform the operation on it.
///
/// # Errors
/// Denied, or, for those who are not, `Instance Profile X cannot be found.`
pub(super) fn permitted(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    keys: Keys<'_>,
) -> Result<Arc<InstanceProfile>, Failure> {
    let Some(found) = call.snapshot.instance_profile(call.account(), name) else {
        let arn = arn(call, "instance-profile", format_args!("/{name}"));
        authorize(call, operation, &arn, keys)?;
        let text = format!("Instance Profile {name} cannot be found.");
        return Err(errors::NO_SUCH_ENTITY.with(text).into());
    };
    let keys = Keys {
        resource_tags: &found.tags,
        ..keys
    };
    authorize(call, operation, &found.arn(call.partition()), keys)?;
    Ok(Arc::clone(found))
}

impl Perform for CreateInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateInstanceProfileResponse, Failure> {
        let (account, path) = (call.account(), self.path.as_deref().unwrap_or("/"));
        let name = &self.instance_profile_name;
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let arn = arn(call, "instance-profile", format_args!("{path}{name}"));
        let tagging = TagInstanceProfileRequest::OPERATION;
        authorize_creation(call, Self::OPERATION, tagging, &arn, keys)?;
        if call.snapshot.instance_profile(account, name).is_some() {
            let text = format!("Instance Profile {name} already exists.");
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let profiles = call.snapshot.counts(account).instance_profiles;
        quotas::INSTANCE_PROFILES.check(profiles.saturating_add(1))?;
        quotas::TAGS_OF_INSTANCE_PROFILE.check(new_tags.len())?;
        let mut profile = InstanceProfile::new(account, path, name, call.now(), call.random);
        profile.tags = new_tags;
        let response = shown::instance_profile(call, &profile, Detail::Made);
        call.changes.put(profile);
        Ok(CreateInstanceProfileResponse {
            instance_profile: response,
        })
    }
}

impl Perform for GetInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetInstanceProfileResponse, Failure> {
        let name = &self.instance_profile_name;
        let profile = permitted(call, Self::OPERATION, name, Keys::default())?;
        Ok(GetInstanceProfileResponse {
            instance_profile: shown::instance_profile(call, &profile, Detail::Full),
        })
    }
}

impl Perform for ListInstanceProfilesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListInstanceProfilesResponse, Failure> {
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        let arn = arn(call, "instance-profile", prefix);
        authorize(call, Self::OPERATION, &arn, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[prefix],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let profiles = call
            .snapshot
            .instance_profiles(call.account(), pager.after(), prefix);
        let page = pager.take(call, profiles, |profile| profile.name.to_string());
        let page = page.map(|profile| shown::instance_profile(call, profile, Detail::Listed));
        Ok(ListInstanceProfilesResponse {
            is_truncated: page.is_truncated(),
            instance_profiles: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListInstanceProfilesForRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListInstanceProfilesForRoleResponse, Failure> {
        let role = owner::permitted::<Role>(call, Self::OPERATION, &self.role_name, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            // By id: a name may meanwhile have gone to another role.
            filters: &[role.id.as_str()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let profiles = call.snapshot.instance_profiles_of_role(role.id);
        let named = profiles.map(|profile| (profile.name.to_ascii_lowercase(), profile));
        let page = pager.take_sorted(call, named);
        let page = page.map(|profile| shown::instance_profile(call, profile, Detail::Listed));
        Ok(ListInstanceProfilesForRoleResponse {
            is_truncated: page.is_truncated(),
            instance_profiles: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for DeleteInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let name = &self.instance_profile_name;
        let profile = permitted(call, Self::OPERATION, name, Keys::default())?;
        if profile.role.is_some() {
            return Err(errors::DELETE_CONFLICT.with(ROLE_LEFT).into());
        }
        call.changes.delete(Arc::as_ref(&profile));
        Ok(NoResult)
    }
}
