//! What the simulator takes and gives.

use crate::{
    MapEntry,
    declare::structure,
    model::{Shape, StringRules},
    pattern, shapes,
};

/// Policies, each a document.
pub(super) const DOCUMENTS: Shape = Shape::list(&shapes::DOCUMENT);
/// An action.
pub(super) const ACTION: Shape = Shape::String(StringRules::length(3, 128));
/// Actions.
pub(super) const ACTIONS: Shape = Shape::list(&ACTION);
/// A resource, or who calls.
pub(super) const RESOURCE: Shape = Shape::String(StringRules::length(1, 2048));
/// Resources.
pub(super) const RESOURCES: Shape = Shape::list(&RESOURCE);
/// Which resources an action of EC2 needs together.
pub(super) const HANDLING: Shape = Shape::String(StringRules::length(1, 64));
/// Condition keys.
pub(super) const KEYS: Shape = Shape::list(&KEY);
/// Values of condition keys.
pub(super) const CONTEXT: Shape = Shape::list(&Shape::Structure(ContextEntry::STRUCTURE));
/// Policies to leave out.
pub(super) const EXCLUSIONS: Shape = Shape::list_up_to(256, &Shape::Structure(PolicyIdentifier::STRUCTURE));
/// The levels of an organization.
pub(super) const LEVELS: Shape =
    Shape::list_up_to(7, &Shape::Structure(OrderedOrganizationPolicyType::STRUCTURE));
/// Results.
pub(super) const RESULTS: Shape = Shape::list(&Shape::Structure(EvaluationResult::STRUCTURE));

const KEY: Shape = Shape::String(StringRules::length(5, 256));
const DECISION: Shape = Shape::String(StringRules::one_of(&["allowed", "explicitDeny", "implicitDeny"]));
const STATEMENTS: Shape = Shape::list(&Shape::Structure(Statement::STRUCTURE));
const BOUNDARY_DETAIL: Shape = Shape::Structure(PermissionsBoundaryDecisionDetail::STRUCTURE);

structure! {
    /// A condition key and its values.
    ContextEntry {
        /// The key, such as `aws:SourceIp`.
        optional "ContextKeyName" context_key_name: String, KEY;
        /// Its value, or its values if the type is a list.
        list "ContextKeyValues" context_key_values: Vec<String>, Shape::list(&Shape::TEXT);
        /// What the values are.
        optional "ContextKeyType" context_key_type: String, Shape::String(StringRules::one_of(&[
            "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary",
            "binaryList", "date", "dateList",
        ]));
    }
}

structure! {
    /// One level of an organization, from its root to the account.
    OrderedOrganizationPolicyType {
        /// The service control policies of the level.
        list "ServiceControlPolicyInputList" service_control_policy_input_list: Vec<String>, DOCUMENTS;
    }
}

structure! {
    /// Policies to leave out: by kind, by ARN, or one inside a user, group or role.
    PolicyIdentifier {
        /// The kind of policy.
        optional "PolicyType" policy_type: String, Shape::String(StringRules::one_of(&[
            "inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp",
        ]));
        /// The ARN of a managed policy; its name may have one `*` and any number of `?`.
        optional "PolicyArn" policy_arn: String, shapes::ARN;
        /// A policy inside a user, group or role.
        optional "InlinePolicyIdentifier" inline_policy_identifier: InlinePolicyIdentifierType,
            Shape::Structure(InlinePolicyIdentifierType::STRUCTURE);
    }
}

structure! {
    /// A policy inside a user, group or role.
    InlinePolicyIdentifierType {
        /// Its name.
        required "PolicyName" policy_name: String, shapes::NAME_128;
        /// What it is inside of.
        required "AttachmentType" attachment_type: String,
            Shape::String(StringRules::one_of(&["user", "group", "role"]));
        /// The name of the user, group or role; it may have one `*` and any number of `?`.
        required "AttachmentName" attachment_name: String,
            Shape::String(StringRules::length(1, 128).matching(&pattern::NAME_WITH_WILDCARDS));
    }
}

structure! {
    /// What becomes of one action.
    EvaluationResult {
        /// The action.
        required "EvalActionName" eval_action_name: String, ACTION;
        /// The resource, if there is only one, otherwise `*`.
        optional "EvalResourceName" eval_resource_name: String, RESOURCE;
        /// The strictest decision of all resources.
        required "EvalDecision" eval_decision: String, DECISION;
        /// The statements that made the decision.
        always "MatchedStatements" matched_statements: Vec<Statement>, STATEMENTS;
        /// The condition keys that policies read and nobody gave.
        always "MissingContextValues" missing_context_values: Vec<String>, KEYS;
        /// What the organization says.
        optional "OrganizationsDecisionDetail" organizations_decision_detail: OrganizationsDecisionDetail,
            Shape::Structure(OrganizationsDecisionDetail::STRUCTURE);
        /// What the permissions boundary says.
        optional "PermissionsBoundaryDecisionDetail"
            permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail, BOUNDARY_DETAIL;
        /// What each kind of policy says, across accounts.
        optional "EvalDecisionDetails" eval_decision_details: Vec<MapEntry>, Shape::Map;
        /// What becomes of the action on each resource.
        list "ResourceSpecificResults" resource_specific_results: Vec<ResourceSpecificResult>,
            Shape::list(&Shape::Structure(ResourceSpecificResult::STRUCTURE));
    }
}

structure! {
    /// What becomes of one action on one resource.
    ResourceSpecificResult {
        /// The resource.
        required "EvalResourceName" eval_resource_name: String, RESOURCE;
        /// The decision.
        required "EvalResourceDecision" eval_resource_decision: String, DECISION;
        /// The statements that made the decision.
        always "MatchedStatements" matched_statements: Vec<Statement>, STATEMENTS;
        /// The condition keys that policies read and nobody gave.
        always "MissingContextValues" missing_context_values: Vec<String>, KEYS;
        /// What each kind of policy says, across accounts.
        optional "EvalDecisionDetails" eval_decision_details: Vec<MapEntry>, Shape::Map;
        /// What the permissions boundary says.
        optional "PermissionsBoundaryDecisionDetail"
            permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail, BOUNDARY_DETAIL;
    }
}

structure! {
    /// A statement of a policy.
    Statement {
        /// The policy: `PolicyInputList.1`, a managed policy's name, or `user_alice_inline`.
        optional "SourcePolicyId" source_policy_id: String, Shape::TEXT;
        /// What kind of policy it is.
        optional "SourcePolicyType" source_policy_type: String, Shape::TEXT;
        /// Where the statement begins.
        optional "StartPosition" start_position: Position, Shape::Structure(Position::STRUCTURE);
        /// Where it ends.
        optional "EndPosition" end_position: Position, Shape::Structure(Position::STRUCTURE);
    }
}

structure! {
    /// A place in a document.
    Position {
        /// The line, from 1.
        optional "Line" line: i32, Shape::INTEGER;
        /// The column, from 1.
        optional "Column" column: i32, Shape::INTEGER;
    }
}

structure! {
    /// What the organization says.
    OrganizationsDecisionDetail {
        /// Whether its service control policies allow the action.
        always "AllowedByOrganizations" allowed_by_organizations: bool, Shape::Boolean;
    }
}

structure! {
    /// What the permissions boundary says.
    PermissionsBoundaryDecisionDetail {
        /// Whether it allows the action.
        always "AllowedByPermissionsBoundary" allowed_by_permissions_boundary: bool, Shape::Boolean;
    }
}
