use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Lists the users, groups and roles that have a managed policy attached or are bounded by it.
    ListEntitiesForPolicy: Iam, Read;

    request ListEntitiesForPolicyRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
        /// Only entities of this kind.
        optional "EntityFilter" entity_filter: String, Shape::String(StringRules::one_of(&[
            "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy",
        ]));
        /// Only entities whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::PATH;
        /// Only entities that use the policy in this way.
        optional "PolicyUsageFilter" policy_usage_filter: String,
            Shape::String(StringRules::one_of(&["PermissionsPolicy", "PermissionsBoundary"]));
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListEntitiesForPolicyResponse {
        /// The groups.
        always "PolicyGroups" policy_groups: Vec<PolicyGroup>, Shape::list(&POLICY_GROUP);
        /// The users.
        always "PolicyUsers" policy_users: Vec<PolicyUser>, Shape::list(&POLICY_USER);
        /// The roles.
        always "PolicyRoles" policy_roles: Vec<PolicyRole>, Shape::list(&POLICY_ROLE);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

structure! {
    /// A group that has a managed policy attached.
    PolicyGroup {
        /// Its name.
        optional "GroupName" group_name: String, shapes::NAME_128;
        /// Its unique id.
        optional "GroupId" group_id: String, shapes::UNIQUE_ID;
    }
}

structure! {
    /// A user that has a managed policy attached or is bounded by it.
    PolicyUser {
        /// Its name.
        optional "UserName" user_name: String, shapes::NAME_64;
        /// Its unique id.
        optional "UserId" user_id: String, shapes::UNIQUE_ID;
    }
}

structure! {
    /// A role that has a managed policy attached or is bounded by it.
    PolicyRole {
        /// Its name.
        optional "RoleName" role_name: String, shapes::NAME_64;
        /// Its unique id.
        optional "RoleId" role_id: String, shapes::UNIQUE_ID;
    }
}

const POLICY_GROUP: Shape = Shape::Structure(PolicyGroup::STRUCTURE);
const POLICY_USER: Shape = Shape::Structure(PolicyUser::STRUCTURE);
const POLICY_ROLE: Shape = Shape::Structure(PolicyRole::STRUCTURE);
