use super::entities::{GROUP, Group, USER, User};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Creates a group of users.
    CreateGroup: Iam, Write;

    request CreateGroupRequest {
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::PATH;
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
    }
    response CreateGroupResponse {
        /// The group.
        required "Group" group: Group, GROUP;
    }
    errors [LIMIT_EXCEEDED, ENTITY_ALREADY_EXISTS, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Shows a group and the users in it.
    GetGroup: Iam, Read;

    request GetGroupRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most users the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response GetGroupResponse {
        /// The group.
        required "Group" group: Group, GROUP;
        /// The users in it, ordered by name.
        required "Users" users: Vec<User>, Shape::list(&USER);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Renames a group or moves it to another path.
    UpdateGroup: Iam, Write;

    request UpdateGroupRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The new path.
        optional "NewPath" new_path: String, shapes::PATH;
        /// The new name.
        optional "NewGroupName" new_group_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, ENTITY_ALREADY_EXISTS, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Deletes a group that has no users and no policies left.
    DeleteGroup: Iam, Write;

    request DeleteGroupRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, DELETE_CONFLICT, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Lists the account's groups.
    ListGroups: Iam, Read;

    request ListGroupsRequest {
        /// Only entries whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH_PREFIX;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListGroupsResponse {
        /// The groups, ordered by name.
        required "Groups" groups: Vec<Group>, Shape::list(&GROUP);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Adds a user to a group: from then on the group's policies hold for the user.
    AddUserToGroup: Iam, Write;

    request AddUserToGroupRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Removes a user from a group: from then on the group's policies no longer hold for the user.
    RemoveUserFromGroup: Iam, Write;

    request RemoveUserFromGroupRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Lists the groups that a user is in.
    ListGroupsForUser: Iam, Read;

    request ListGroupsForUserRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListGroupsForUserResponse {
        /// The groups, ordered by name.
        required "Groups" groups: Vec<Group>, Shape::list(&GROUP);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}
