use crate::{declare::operation, shapes};

operation! {
    /// Bounds a user's permissions by a managed policy.
    PutUserPermissionsBoundary: Iam, Write;

    request PutUserPermissionsBoundaryRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The ARN of the managed policy that bounds the permissions.
        required "PermissionsBoundary" permissions_boundary: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, POLICY_NOT_ATTACHABLE, SERVICE_FAILURE]
}

operation! {
    /// Removes the bounds of a user's permissions.
    DeleteUserPermissionsBoundary: Iam, Write;

    request DeleteUserPermissionsBoundaryRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Bounds a role's permissions by a managed policy.
    PutRolePermissionsBoundary: Iam, Write;

    request PutRolePermissionsBoundaryRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The ARN of the managed policy that bounds the permissions.
        required "PermissionsBoundary" permissions_boundary: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, UNMODIFIABLE_ENTITY, POLICY_NOT_ATTACHABLE, SERVICE_FAILURE]
}

operation! {
    /// Removes the bounds of a role's permissions.
    DeleteRolePermissionsBoundary: Iam, Write;

    request DeleteRolePermissionsBoundaryRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
    }
    errors [NO_SUCH_ENTITY, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}
