use super::entities::{TAGS, Tag, USER, User};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Creates a user.
    CreateUser: Iam, Write;

    request CreateUserRequest {
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::PATH;
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The ARN of the managed policy that bounds the permissions.
        optional "PermissionsBoundary" permissions_boundary: String, shapes::ARN;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreateUserResponse {
        /// The user.
        always "User" user: User, USER;
    }
    errors [
        LIMIT_EXCEEDED, ENTITY_ALREADY_EXISTS, NO_SUCH_ENTITY, INVALID_INPUT, CONCURRENT_MODIFICATION,
        SERVICE_FAILURE,
    ]
}

operation! {
    /// Shows a user.
    GetUser: Iam, Read;

    request GetUserRequest {
        /// The name of the user; the caller's own when absent.
        optional "UserName" user_name: String, shapes::NAME_128;
    }
    response GetUserResponse {
        /// The user.
        required "User" user: User, USER;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's users.
    ListUsers: Iam, Read;

    request ListUsersRequest {
        /// Only entries whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH_PREFIX;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListUsersResponse {
        /// The users, ordered by name.
        required "Users" users: Vec<User>, Shape::list(&USER);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Renames a user or moves it to another path.
    UpdateUser: Iam, Write;

    request UpdateUserRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The new path.
        optional "NewPath" new_path: String, shapes::PATH;
        /// The new name.
        optional "NewUserName" new_user_name: String, shapes::NAME_64;
    }
    errors [
        NO_SUCH_ENTITY, LIMIT_EXCEEDED, ENTITY_ALREADY_EXISTS, ENTITY_TEMPORARILY_UNMODIFIABLE,
        CONCURRENT_MODIFICATION, SERVICE_FAILURE,
    ]
}

operation! {
    /// Deletes a user that has no keys and no policies left.
    DeleteUser: Iam, Write;

    request DeleteUserRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
    }
    errors [LIMIT_EXCEEDED, NO_SUCH_ENTITY, DELETE_CONFLICT, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}
