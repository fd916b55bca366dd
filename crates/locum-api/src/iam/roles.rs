use super::entities::{ROLE, Role, TAGS, Tag};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Creates a role.
    CreateRole: Iam, Write;

    request CreateRoleRequest {
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::PATH;
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The trust policy: who may assume the role.
        required "AssumeRolePolicyDocument" assume_role_policy_document: String, shapes::DOCUMENT;
        /// What the role is for.
        optional "Description" description: String, shapes::ROLE_DESCRIPTION;
        /// The longest session the role allows, in seconds; an hour when absent.
        optional "MaxSessionDuration" max_session_duration: i32, shapes::MAX_SESSION_DURATION;
        /// The ARN of the managed policy that bounds the permissions.
        optional "PermissionsBoundary" permissions_boundary: String, shapes::ARN;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreateRoleResponse {
        /// The role.
        required "Role" role: Role, ROLE;
    }
    errors [
        LIMIT_EXCEEDED, INVALID_INPUT, ENTITY_ALREADY_EXISTS, MALFORMED_POLICY_DOCUMENT,
        CONCURRENT_MODIFICATION, SERVICE_FAILURE,
    ]
}

operation! {
    /// Shows a role.
    GetRole: Iam, Read;

    request GetRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    response GetRoleResponse {
        /// The role.
        required "Role" role: Role, ROLE;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's roles.
    ListRoles: Iam, Read;

    request ListRolesRequest {
        /// Only entries whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH_PREFIX;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListRolesResponse {
        /// The roles, ordered by name.
        required "Roles" roles: Vec<Role>, Shape::list(&ROLE);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Changes a role's description or its longest session.
    UpdateRole: Iam, Write;

    request UpdateRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// What the role is for.
        optional "Description" description: String, shapes::ROLE_DESCRIPTION;
        /// The longest session the role allows, in seconds.
        optional "MaxSessionDuration" max_session_duration: i32, shapes::MAX_SESSION_DURATION;
    }
    response UpdateRoleResponse {}
    errors [UNMODIFIABLE_ENTITY, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Changes a role's description.
    UpdateRoleDescription: Iam, Write;

    request UpdateRoleDescriptionRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// What the role is for.
        required "Description" description: String, shapes::ROLE_DESCRIPTION;
    }
    response UpdateRoleDescriptionResponse {
        /// The role.
        always "Role" role: Role, ROLE;
    }
    errors [NO_SUCH_ENTITY, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Replaces a role's trust policy.
    UpdateAssumeRolePolicy: Iam, Write;

    request UpdateAssumeRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The trust policy: who may assume the role.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
    }
    errors [NO_SUCH_ENTITY, MALFORMED_POLICY_DOCUMENT, LIMIT_EXCEEDED, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Deletes a role that has no policies left.
    DeleteRole: Iam, Write;

    request DeleteRoleRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    errors [
        NO_SUCH_ENTITY, DELETE_CONFLICT, LIMIT_EXCEEDED, UNMODIFIABLE_ENTITY, CONCURRENT_MODIFICATION,
        SERVICE_FAILURE,
    ]
}
