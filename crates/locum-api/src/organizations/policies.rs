use super::{Root, accounts::Tag, shapes, units};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
};

operation! {
    /// Makes a policy that can bound whole accounts.
    CreatePolicy: Organizations, Write;

    request CreatePolicyRequest {
        /// The policy's document.
        required "Content" content: String, shapes::POLICY_CONTENT;
        /// What it is for; may be empty.
        required "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// Its name, which no other policy of the same type has.
        required "Name" name: String, shapes::POLICY_NAME;
        /// Its type.
        required "Type" policy_type: String, shapes::POLICY_TYPE;
        /// Its tags.
        list "Tags" tags: Vec<Tag>, shapes::TAGS;
    }
    response CreatePolicyResponse {
        /// The new policy.
        always "Policy" policy: Policy, POLICY;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        DUPLICATE_POLICY, ORGANIZATIONS_INVALID_INPUT, MALFORMED_ORGANIZATION_POLICY, POLICY_TYPE_NOT_AVAILABLE,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Changes the name, the description or the document of a policy.
    UpdatePolicy: Organizations, Write;

    request UpdatePolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
        /// Its new name; the old one stays when absent.
        optional "Name" name: String, shapes::POLICY_NAME;
        /// Its new description; the old one stays when absent.
        optional "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// Its new document; the old one stays when absent.
        optional "Content" content: String, shapes::POLICY_CONTENT;
    }
    response UpdatePolicyResponse {
        /// The policy as it is now.
        always "Policy" policy: Policy, POLICY;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        DUPLICATE_POLICY, ORGANIZATIONS_INVALID_INPUT, MALFORMED_ORGANIZATION_POLICY, ORGANIZATION_POLICY_NOT_FOUND,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT, POLICY_CHANGES_IN_PROGRESS,
    ]
}

operation! {
    /// Deletes a policy that is attached to nothing.
    DeletePolicy: Organizations, Write;

    request DeletePolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION,
        ORGANIZATIONS_INVALID_INPUT, POLICY_IN_USE, ORGANIZATION_POLICY_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Shows a policy and its document.
    DescribePolicy: Organizations, Read;

    request DescribePolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
    }
    response DescribePolicyResponse {
        /// The policy.
        always "Policy" policy: Policy, POLICY;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, ORGANIZATION_POLICY_NOT_FOUND,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists the policies of a type.
    ListPolicies: Organizations, Read;

    request ListPoliciesRequest {
        /// The type.
        required "Filter" filter: String, shapes::POLICY_TYPE;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most policies the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListPoliciesResponse {
        /// The policies.
        always "Policies" policies: Vec<PolicySummary>, Shape::list(&SUMMARY);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Attaches a policy to the root, an organizational unit or an account.
    AttachPolicy: Organizations, Write;

    request AttachPolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
        /// The id of the root, the unit or the account.
        required "TargetId" target_id: String, shapes::TARGET_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        DUPLICATE_POLICY_ATTACHMENT, ORGANIZATIONS_INVALID_INPUT, ORGANIZATION_POLICY_NOT_FOUND,
        POLICY_TYPE_NOT_ENABLED, SERVICE_EXCEPTION, TARGET_NOT_FOUND, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
        POLICY_CHANGES_IN_PROGRESS,
    ]
}

operation! {
    /// Detaches a policy from the root, an organizational unit or an account.
    DetachPolicy: Organizations, Write;

    request DetachPolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
        /// The id of the root, the unit or the account.
        required "TargetId" target_id: String, shapes::TARGET_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, POLICY_NOT_ATTACHED, ORGANIZATION_POLICY_NOT_FOUND, SERVICE_EXCEPTION,
        TARGET_NOT_FOUND, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT, POLICY_CHANGES_IN_PROGRESS,
    ]
}

operation! {
    /// Lists the policies of a type that are attached to the root, an organizational unit or an account itself.
    ListPoliciesForTarget: Organizations, Read;

    request ListPoliciesForTargetRequest {
        /// The id of the root, the unit or the account.
        required "TargetId" target_id: String, shapes::TARGET_ID;
        /// The type.
        required "Filter" filter: String, shapes::POLICY_TYPE;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most policies the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListPoliciesForTargetResponse {
        /// The policies.
        always "Policies" policies: Vec<PolicySummary>, Shape::list(&SUMMARY);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TARGET_NOT_FOUND, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists what a policy is attached to.
    ListTargetsForPolicy: Organizations, Read;

    request ListTargetsForPolicyRequest {
        /// The policy's id.
        required "PolicyId" policy_id: String, shapes::POLICY_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most targets the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListTargetsForPolicyResponse {
        /// The targets.
        always "Targets" targets: Vec<PolicyTargetSummary>,
            Shape::list(&Shape::Structure(PolicyTargetSummary::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, ORGANIZATION_POLICY_NOT_FOUND,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Puts the policies of a type in force: each target then has the one that allows everything.
    EnablePolicyType: Organizations, Write;

    request EnablePolicyTypeRequest {
        /// The root's id.
        required "RootId" root_id: String, shapes::ROOT_ID;
        /// The type.
        required "PolicyType" policy_type: String, shapes::POLICY_TYPE;
    }
    response EnablePolicyTypeResponse {
        /// The root as it is now.
        always "Root" root: Root, units::ROOT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, POLICY_TYPE_ALREADY_ENABLED, ROOT_NOT_FOUND, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS, POLICY_TYPE_NOT_AVAILABLE, UNSUPPORTED_API_ENDPOINT, POLICY_CHANGES_IN_PROGRESS,
    ]
}

operation! {
    /// Puts the policies of a type out of force, and detaches them all for good.
    DisablePolicyType: Organizations, Write;

    request DisablePolicyTypeRequest {
        /// The root's id.
        required "RootId" root_id: String, shapes::ROOT_ID;
        /// The type.
        required "PolicyType" policy_type: String, shapes::POLICY_TYPE;
    }
    response DisablePolicyTypeResponse {
        /// The root as it is now.
        always "Root" root: Root, units::ROOT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, POLICY_TYPE_NOT_ENABLED, ROOT_NOT_FOUND, SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
        UNSUPPORTED_API_ENDPOINT, POLICY_CHANGES_IN_PROGRESS,
    ]
}

structure! {
    /// A policy and its document.
    Policy {
        /// The policy.
        optional "PolicySummary" policy_summary: PolicySummary, SUMMARY;
        /// Its document.
        optional "Content" content: String, shapes::POLICY_CONTENT;
    }
}

structure! {
    /// A policy.
    PolicySummary {
        /// Its id.
        optional "Id" id: String, shapes::POLICY_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::POLICY_ARN;
        /// Its name.
        optional "Name" name: String, shapes::POLICY_NAME;
        /// What it is for.
        optional "Description" description: String, shapes::POLICY_DESCRIPTION;
        /// Its type.
        optional "Type" policy_type: String, shapes::POLICY_TYPE;
        /// Whether it is built in, and nobody's to change.
        optional "AwsManaged" aws_managed: bool, Shape::Boolean;
    }
}

structure! {
    /// What a policy is attached to.
    PolicyTargetSummary {
        /// Its id.
        optional "TargetId" target_id: String, shapes::TARGET_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::GENERIC_ARN;
        /// Its name.
        optional "Name" name: String, shapes::TARGET_NAME;
        /// What it is.
        optional "Type" target_type: String,
            Shape::String(StringRules::one_of(&["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]));
    }
}

const POLICY: Shape = Shape::Structure(Policy::STRUCTURE);
const SUMMARY: Shape = Shape::Structure(PolicySummary::STRUCTURE);
