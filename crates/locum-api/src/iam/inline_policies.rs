use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Adds an inline policy to a user, or replaces it.
    PutUserPolicy: Iam, Write;

    request PutUserPolicyRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
    }
    errors [LIMIT_EXCEEDED, MALFORMED_POLICY_DOCUMENT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Shows an inline policy of a user.
    GetUserPolicy: Iam, Read;

    request GetUserPolicyRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    response GetUserPolicyResponse {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::ENCODED_DOCUMENT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the names of a user's inline policies.
    ListUserPolicies: Iam, Read;

    request ListUserPoliciesRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListUserPoliciesResponse {
        /// The names of the inline policies.
        required "PolicyNames" policy_names: Vec<String>, Shape::list(&shapes::NAME_128);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Removes an inline policy from a user.
    DeleteUserPolicy: Iam, Write;

    request DeleteUserPolicyRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}

operation! {
    /// Adds an inline policy to a role, or replaces it.
    PutRolePolicy: Iam, Write;

    request PutRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
    }
    errors [LIMIT_EXCEEDED, MALFORMED_POLICY_DOCUMENT, NO_SUCH_ENTITY, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Shows an inline policy of a role.
    GetRolePolicy: Iam, Read;

    request GetRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    response GetRolePolicyResponse {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::ENCODED_DOCUMENT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the names of a role's inline policies.
    ListRolePolicies: Iam, Read;

    request ListRolePoliciesRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListRolePoliciesResponse {
        /// The names of the inline policies.
        required "PolicyNames" policy_names: Vec<String>, Shape::list(&shapes::NAME_128);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Removes an inline policy from a role.
    DeleteRolePolicy: Iam, Write;

    request DeleteRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}
