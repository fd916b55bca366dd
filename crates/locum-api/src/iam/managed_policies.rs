use super::entities::{POLICY, Policy, TAGS, Tag};
use crate::{
    declare::operation,
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Creates a managed policy.
    CreatePolicy: Iam, Write;

    request CreatePolicyRequest {
        /// The name of the policy.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::POLICY_PATH;
        /// The policy document.
        required "PolicyDocument" policy_document: String, shapes::DOCUMENT;
        /// What the policy is for.
        optional "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreatePolicyResponse {
        /// The policy.
        always "Policy" policy: Policy, POLICY;
    }
    errors [
        INVALID_INPUT, LIMIT_EXCEEDED, ENTITY_ALREADY_EXISTS, MALFORMED_POLICY_DOCUMENT,
        CONCURRENT_MODIFICATION, SERVICE_FAILURE,
    ]
}

operation! {
    /// Shows a managed policy without its document.
    GetPolicy: Iam, Read;

    request GetPolicyRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    response GetPolicyResponse {
        /// The policy.
        always "Policy" policy: Policy, POLICY;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, SERVICE_FAILURE]
}

operation! {
    /// Lists the managed policies that the account can use.
    ListPolicies: Iam, Read;

    request ListPoliciesRequest {
        /// Whose policies: `Local` for the account's own.
        optional "Scope" scope: String, SCOPE;
        /// Only policies that are attached to something.
        optional "OnlyAttached" only_attached: bool, Shape::Boolean;
        /// Only policies whose path begins with this.
        optional "PathPrefix" path_prefix: String, shapes::POLICY_PATH;
        /// Only policies that are used in this way.
        optional "PolicyUsageFilter" policy_usage_filter: String, USAGE;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListPoliciesResponse {
        /// The policies, ordered by name.
        always "Policies" policies: Vec<Policy>, Shape::list(&POLICY);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [SERVICE_FAILURE]
}

operation! {
    /// Deletes a managed policy that is attached to nothing and has one version left.
    DeletePolicy: Iam, Write;

    request DeletePolicyRequest {
        /// The ARN of the managed policy.
        required "PolicyArn" policy_arn: String, shapes::ARN;
    }
    errors [NO_SUCH_ENTITY, LIMIT_EXCEEDED, INVALID_INPUT, DELETE_CONFLICT, SERVICE_FAILURE]
}

const SCOPE: Shape = Shape::String(StringRules::one_of(&["All", "AWS", "Local"]));
const USAGE: Shape = Shape::String(StringRules::one_of(&["PermissionsPolicy", "PermissionsBoundary"]));
