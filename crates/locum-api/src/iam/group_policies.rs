use super::policy_attachments::{ATTACHED, AttachedPolicy};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Attaches a managed policy to a group.
    AttachGroupPolicy: Iam, Write;

    request AttachGroupPolicyRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, POLICY_NOT_ATTACHABLE, SERVICE_FAILURE]
}

operation! {
    /// Detaches a managed policy from a group.
    DetachGroupPolicy: Iam, Write;

    request DetachGroupPolicyRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Lists the managed policies attached to a group.
    ListAttachedGroupPolicies: Iam, Read;

    request ListAttachedGroupPoliciesRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// Only policies whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::POLICY_PATH;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListAttachedGroupPoliciesResponse {
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
    /// Adds an inline policy to a group, or replaces it.
    PutGroupPolicy: Iam, Write;

    request PutGroupPolicyRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
    }
    errors [LIMIT_EXCEEDED, MALFORMED_POLICY_DOCUMENT, NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Shows an inline policy of a group.
    GetGroupPolicy: Iam, Read;

    request GetGroupPolicyRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    response GetGroupPolicyResponse {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::ENCODED_DOCUMENT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists the names of a group's inline policies.
    ListGroupPolicies: Iam, Read;

    request ListGroupPoliciesRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListGroupPoliciesResponse {
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
    /// Removes an inline policy from a group.
    DeleteGroupPolicy: Iam, Write;

    request DeleteGroupPolicyRequest {
        /// The name of the group.
        required "GroupName" group_name: String, shapes::NAME_128;
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, SERVICE_FAILURE]
}
