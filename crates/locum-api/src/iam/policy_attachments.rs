use crate::{
    declare::{operation, structure},
    model::Shape,
    shapes,
};

operation! {
    /// Attaches a managed policy to a user.
    AttachUserPolicy: Iam, Write;

    request AttachUserPolicyRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, POLICY_NOT_ATTACHABLE, SERVICE_FAILURE]
}

operation! {
    /// Detaches a managed policy from a user.
    DetachUserPolicy: Iam, Write;

    request DetachUserPolicyRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Lists the managed policies attached to a user.
    ListAttachedUserPolicies: Iam, Read;

    request ListAttachedUserPoliciesRequest {
        /// The name of the user.
        required "UserName" user_name: String, shapes::NAME_64;
        /// Only policies whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::POLICY_PATH;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListAttachedUserPoliciesResponse {
        /// The attached policies.
        always "AttachedPolicies" attached_policies: Vec<AttachedPolicy>, Shape::list(&ATTACHED);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Attaches a managed policy to a role.
    AttachRolePolicy: Iam, Write;

    request AttachRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [
        NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, UNMODIFIABLE_ENTITY, POLICY_NOT_ATTACHABLE,
        SERVICE_FAILURE,
    ]
}

operation! {
    /// Detaches a managed policy from a role.
    DetachRolePolicy: Iam, Write;

    request DetachRolePolicyRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, UNMODIFIABLE_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the managed policies attached to a role.
    ListAttachedRolePolicies: Iam, Read;

    request ListAttachedRolePoliciesRequest {
        /// The name of the role.
        required "RoleName" role_name: String, shapes::NAME_64;
        /// Only policies whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::POLICY_PATH;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListAttachedRolePoliciesResponse {
        /// The attached policies.
        always "AttachedPolicies" attached_policies: Vec<AttachedPolicy>, Shape::list(&ATTACHED);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

structure! {
    /// A managed policy that is attached to something.
    AttachedPolicy {
        /// Its name.
        optional "PolicyName" policy_name: String, shapes::NAME_128;
        /// Its ARN.
        optional "PolicyArn" policy_arn: String, shapes::ARN;
    }
}

/// A managed policy in a list.
pub(super) const ATTACHED: Shape = Shape::Structure(AttachedPolicy::STRUCTURE);
