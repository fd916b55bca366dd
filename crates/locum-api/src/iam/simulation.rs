use super::simulation_shapes::{
    ACTIONS, CONTEXT, ContextEntry, DOCUMENTS, EXCLUSIONS, EvaluationResult, HANDLING, KEYS, LEVELS,
    OrderedOrganizationPolicyType, PolicyIdentifier, RESOURCE, RESOURCES, RESULTS,
};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Tells what the policies of a user, group or role would make of actions, without doing them.
    SimulatePrincipalPolicy: Iam, Read;

    request SimulatePrincipalPolicyRequest {
        /// The ARN of the user, group or role.
        required "PolicySourceArn" policy_source_arn: String, shapes::ARN;
        /// Further policies, as if they were attached.
        list "PolicyInputList" policy_input_list: Vec<String>, DOCUMENTS;
        /// A permissions boundary in place of the one in force; at most one.
        list "PermissionsBoundaryPolicyInputList" permissions_boundary_policy_input_list: Vec<String>, DOCUMENTS;
        /// Policies to leave out.
        list "PolicyExclusionList" policy_exclusion_list: Vec<PolicyIdentifier>, EXCLUSIONS;
        /// The actions, such as `s3:GetObject`; no wildcards.
        required "ActionNames" action_names: Vec<String>, ACTIONS;
        /// The ARNs of the resources; `*` when absent.
        list "ResourceArns" resource_arns: Vec<String>, RESOURCES;
        /// The policy of every resource.
        optional "ResourcePolicy" resource_policy: String, shapes::DOCUMENT;
        /// The account that resources belong to whose ARN does not tell, as the ARN of its root user.
        optional "ResourceOwner" resource_owner: String, RESOURCE;
        /// The ARN of the user, group or role that calls; the one whose policies are simulated when absent.
        optional "CallerArn" caller_arn: String, RESOURCE;
        /// The condition keys of the request.
        list "ContextEntries" context_entries: Vec<ContextEntry>, CONTEXT;
        /// Which resources the action needs together.
        optional "ResourceHandlingOption" resource_handling_option: String, HANDLING;
        /// The most results the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
    }
    response SimulatePrincipalPolicyResponse {
        /// What becomes of each action.
        always "EvaluationResults" evaluation_results: Vec<EvaluationResult>, RESULTS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT, POLICY_EVALUATION]
}

operation! {
    /// Tells what policies would make of actions, without attaching the ones or doing the others.
    SimulateCustomPolicy: Iam, Read;

    request SimulateCustomPolicyRequest {
        /// The identity policies.
        required "PolicyInputList" policy_input_list: Vec<String>, DOCUMENTS;
        /// The permissions boundary; at most one.
        list "PermissionsBoundaryPolicyInputList" permissions_boundary_policy_input_list: Vec<String>, DOCUMENTS;
        /// The service control policies of each level, from the organization's root to the account.
        list "OrderedOrganizationPolicyInputList"
            ordered_organization_policy_input_list: Vec<OrderedOrganizationPolicyType>, LEVELS;
        /// The actions, such as `s3:GetObject`; no wildcards.
        required "ActionNames" action_names: Vec<String>, ACTIONS;
        /// The ARNs of the resources; `*` when absent.
        list "ResourceArns" resource_arns: Vec<String>, RESOURCES;
        /// The policy of every resource.
        optional "ResourcePolicy" resource_policy: String, shapes::DOCUMENT;
        /// The account that resources belong to whose ARN does not tell, as the ARN of its root user.
        optional "ResourceOwner" resource_owner: String, RESOURCE;
        /// The ARN of the user, group or role that calls.
        optional "CallerArn" caller_arn: String, RESOURCE;
        /// The condition keys of the request.
        list "ContextEntries" context_entries: Vec<ContextEntry>, CONTEXT;
        /// Which resources the action needs together.
        optional "ResourceHandlingOption" resource_handling_option: String, HANDLING;
        /// The most results the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
    }
    response SimulateCustomPolicyResponse {
        /// What becomes of each action.
        always "EvaluationResults" evaluation_results: Vec<EvaluationResult>, RESULTS;
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors [INVALID_INPUT, POLICY_EVALUATION]
}

operation! {
    /// Lists the condition keys that the policies of a user, group or role read.
    GetContextKeysForPrincipalPolicy: Iam, Read;

    request GetContextKeysForPrincipalPolicyRequest {
        /// The ARN of the user, group or role.
        required "PolicySourceArn" policy_source_arn: String, shapes::ARN;
        /// Further policies.
        list "PolicyInputList" policy_input_list: Vec<String>, DOCUMENTS;
    }
    response GetContextKeysForPrincipalPolicyResponse {
        /// The keys, each once.
        always "ContextKeyNames" context_key_names: Vec<String>, KEYS;
    }
    errors [NO_SUCH_ENTITY, INVALID_INPUT]
}

operation! {
    /// Lists the condition keys that policies read.
    GetContextKeysForCustomPolicy: Iam, Read;

    request GetContextKeysForCustomPolicyRequest {
        /// The policies.
        required "PolicyInputList" policy_input_list: Vec<String>, DOCUMENTS;
    }
    response GetContextKeysForCustomPolicyResponse {
        /// The keys, each once.
        always "ContextKeyNames" context_key_names: Vec<String>, KEYS;
    }
    errors [INVALID_INPUT]
}
