use jiff::Timestamp;

use super::entities::{ROLE, Role, TAGS, Tag};
use crate::{
    declare::{operation, structure},
    model::Shape,
    shapes,
};

operation! {
    /// Creates an instance profile, without a role in it.
    CreateInstanceProfile: Iam, Write;

    request CreateInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::PATH;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreateInstanceProfileResponse {
        /// The instance profile.
        required "InstanceProfile" instance_profile: InstanceProfile, INSTANCE_PROFILE;
    }
    errors [ENTITY_ALREADY_EXISTS, INVALID_INPUT, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Shows an instance profile and the role in it.
    GetInstanceProfile: Iam, Read;

    request GetInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
    }
    response GetInstanceProfileResponse {
        /// The instance profile.
        required "InstanceProfile" instance_profile: InstanceProfile, INSTANCE_PROFILE;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Deletes an instance profile that has no role in it.
    DeleteInstanceProfile: Iam, Write;

    request DeleteInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, DELETE_CONFLICT, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's instance profiles.
    ListInstanceProfiles: Iam, Read;

    request ListInstanceProfilesRequest {
        /// Only entries whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH_PREFIX;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListInstanceProfilesResponse {
        /// The instance profiles, ordered by name.
        required "InstanceProfiles" instance_profiles: Vec<InstanceProfile>, Shape::list(&INSTANCE_PROFILE);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Lists the instance profiles that a role is in.
    ListInstanceProfilesForRole: Iam, Read;

    request ListInstanceProfilesForRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListInstanceProfilesForRoleResponse {
        /// The instance profiles, ordered by name.
        required "InstanceProfiles" instance_profiles: Vec<InstanceProfile>, Shape::list(&INSTANCE_PROFILE);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Puts a role into an instance profile, which has room for one; the caller must be allowed to pass the role.
    AddRoleToInstanceProfile: Iam, Write;

    request AddRoleToInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    errors [NO_SUCH_ENTITY, ENTITY_ALREADY_EXISTS, LIMIT_EXCEEDED, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Takes a role out of an instance profile.
    RemoveRoleFromInstanceProfile: Iam, Write;

    request RemoveRoleFromInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Adds tags to an instance profile, or replaces their values.
    TagInstanceProfile: Iam, Write;

    request TagInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Removes tags from an instance profile.
    UntagInstanceProfile: Iam, Write;

    request UntagInstanceProfileRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, shapes::IAM_TAG_KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Lists the tags of an instance profile.
    ListInstanceProfileTags: Iam, Read;

    request ListInstanceProfileTagsRequest {
        /// The name of the instance profile.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListInstanceProfileTagsResponse {
        /// The tags.
        required "Tags" tags: Vec<Tag>, TAGS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

structure! {
    /// An instance profile: the name under which a role is handed to a machine.
    InstanceProfile {
        /// Its path.
        required "Path" path: String, shapes::PATH;
        /// Its name.
        required "InstanceProfileName" instance_profile_name: String, shapes::NAME_128;
        /// Its unique id.
        required "InstanceProfileId" instance_profile_id: String, shapes::UNIQUE_ID;
        /// Its ARN.
        required "Arn" arn: String, shapes::ARN;
        /// When it was created.
        required "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// The role in it, if there is one.
        required "Roles" roles: Vec<Role>, Shape::list(&ROLE);
        /// Its tags; lists of instance profiles leave them out.
        optional "Tags" tags: Vec<Tag>, TAGS;
    }
}

/// An instance profile in a result.
pub(super) const INSTANCE_PROFILE: Shape = Shape::Structure(InstanceProfile::STRUCTURE);
