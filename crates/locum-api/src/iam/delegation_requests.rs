//! Requests of one account for temporary access to another, and what becomes of them.

use jiff::Timestamp;

use super::delegation_shapes as shape;
use crate::{
    declare::{operation, structure},
    model::Shape,
    shapes,
};

operation! {
    /// Asks an account for temporary access.
    CreateDelegationRequest: Iam, Write;

    request CreateDelegationRequestRequest {
        /// The id of the account that is asked; absent when whoever follows the link shall decide.
        optional "OwnerAccountId" owner_account_id: String, shape::ACCOUNT_ID;
        /// What the access is for.
        required "Description" description: String, shape::DESCRIPTION;
        /// What the access would allow.
        required "Permissions" permissions: DelegationPermission, shape::PERMISSIONS;
        /// A word to whoever decides.
        optional "RequestMessage" request_message: String, shape::MESSAGE;
        /// The requester's own id of the matter.
        required "RequestorWorkflowId" requestor_workflow_id: String, shape::WORKFLOW_ID;
        /// Where the browser goes after the decision.
        optional "RedirectUrl" redirect_url: String, shape::REDIRECT_URL;
        /// Where the trade-in token is sent.
        required "NotificationChannel" notification_channel: String, shape::NOTIFICATION_CHANNEL;
        /// How long the access shall last, in seconds.
        required "SessionDuration" session_duration: i32, shape::SESSION_DURATION;
        /// Whether only the request's owner may release the trade-in token.
        optional "OnlySendByOwner" only_send_by_owner: bool, Shape::Boolean;
    }
    response CreateDelegationRequestResponse {
        /// The page on which the owner decides.
        optional "ConsoleDeepLink" console_deep_link: String, shape::DEEP_LINK;
        /// The id of the request.
        always "DelegationRequestId" delegation_request_id: String, shape::ID;
    }
    errors [ENTITY_ALREADY_EXISTS, SERVICE_FAILURE, INVALID_INPUT, LIMIT_EXCEEDED, CONCURRENT_MODIFICATION]
}

operation! {
    /// Shows a delegation request.
    GetDelegationRequest: Iam, Read;

    request GetDelegationRequestRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
        /// Whether to check that the caller has what the request asks for.
        optional "DelegationPermissionCheck" delegation_permission_check: bool, Shape::Boolean;
    }
    response GetDelegationRequestResponse {
        /// The request.
        always "DelegationRequest" delegation_request: DelegationRequest, shape::REQUEST;
        /// How far the check is.
        optional "PermissionCheckStatus" permission_check_status: String, shape::CHECK_STATUS;
        /// What the check found.
        optional "PermissionCheckResult" permission_check_result: String, shape::CHECK_RESULT;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE]
}

operation! {
    /// Lists delegation requests.
    ListDelegationRequests: Iam, Read;

    request ListDelegationRequestsRequest {
        /// Only requests that this principal owns.
        optional "OwnerId" owner_id: String, shape::OWNER_ID;
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListDelegationRequestsResponse {
        /// The requests.
        always "DelegationRequests" delegation_requests: Vec<DelegationRequest>, Shape::list(&shape::REQUEST);
        /// Where the next page begins.
        optional "Marker" marker: String, shapes::MARKER;
        /// Whether there is another page.
        always "isTruncated" is_truncated: bool, Shape::Boolean;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, INVALID_INPUT]
}

operation! {
    /// Makes the caller the owner of a delegation request that has none.
    AssociateDelegationRequest: Iam, Write;

    request AssociateDelegationRequestRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION, INVALID_INPUT]
}

operation! {
    /// Grants what a delegation request asks for.
    AcceptDelegationRequest: Iam, Write;

    request AcceptDelegationRequestRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION]
}

operation! {
    /// Refuses a delegation request.
    RejectDelegationRequest: Iam, Write;

    request RejectDelegationRequestRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
        /// Why it is refused.
        optional "Notes" notes: String, shape::NOTES;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION, INVALID_INPUT]
}

operation! {
    /// Hands a delegation request on to somebody who may grant it.
    UpdateDelegationRequest: Iam, Write;

    request UpdateDelegationRequestRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
        /// A word to whoever decides.
        optional "Notes" notes: String, shape::NOTES;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION, INVALID_INPUT]
}

operation! {
    /// Releases the trade-in token of an accepted delegation request.
    SendDelegationToken: Iam, Write;

    request SendDelegationTokenRequest {
        /// The id of the request.
        required "DelegationRequestId" delegation_request_id: String, shape::ID;
    }
    errors [NO_SUCH_ENTITY, SERVICE_FAILURE, CONCURRENT_MODIFICATION, INVALID_INPUT]
}

structure! {
    /// A request for temporary access.
    DelegationRequest {
        /// Its id.
        optional "DelegationRequestId" delegation_request_id: String, shape::ID;
        /// The id of the account that is asked.
        optional "OwnerAccountId" owner_account_id: String, shape::ACCOUNT_ID;
        /// What the access is for.
        optional "Description" description: String, shape::DESCRIPTION;
        /// The requester's word to whoever decides.
        optional "RequestMessage" request_message: String, shape::MESSAGE;
        /// What the access would allow, as it was asked for.
        optional "Permissions" permissions: DelegationPermission, shape::PERMISSIONS;
        /// What the access would allow, as a policy document.
        optional "PermissionPolicy" permission_policy: String, Shape::TEXT;
        /// The ARNs of managed policies that bound roles made with the access.
        list "RolePermissionRestrictionArns" role_permission_restriction_arns: Vec<String>,
            Shape::list(&shapes::ARN);
        /// The ARN of its owner, or the unique id of one who is gone.
        optional "OwnerId" owner_id: String, shape::OWNER_ID;
        /// The ARN of the principal that accepted it, or the unique id of one who is gone.
        optional "ApproverId" approver_id: String, shapes::ARN;
        /// How far it is.
        optional "State" state: String, shape::STATE;
        /// When it expires.
        optional "ExpirationTime" expiration_time: Timestamp, Shape::Timestamp;
        /// The id of the account that asks.
        optional "RequestorId" requestor_id: String, shape::ACCOUNT_ID;
        /// The name of the account that asks.
        optional "RequestorName" requestor_name: String, shape::REQUESTOR_NAME;
        /// When it was created.
        optional "CreateDate" create_date: Timestamp, Shape::Timestamp;
        /// How long the access shall last, in seconds.
        optional "SessionDuration" session_duration: i32, shape::SESSION_DURATION;
        /// Where the browser goes after the decision.
        optional "RedirectUrl" redirect_url: String, shape::REDIRECT_URL;
        /// What its owner wrote to whoever decides.
        optional "Notes" notes: String, shape::NOTES;
        /// Why it was refused.
        optional "RejectionReason" rejection_reason: String, shape::NOTES;
        /// Whether only its owner may release the trade-in token.
        optional "OnlySendByOwner" only_send_by_owner: bool, Shape::Boolean;
        /// When it last changed.
        optional "UpdatedTime" updated_time: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// What a delegation request asks for.
    DelegationPermission {
        /// The ARN of a template of a policy.
        optional "PolicyTemplateArn" policy_template_arn: String, shapes::ARN;
        /// What fills the template's gaps.
        list "Parameters" parameters: Vec<PolicyParameter>, shape::PARAMETERS;
    }
}

structure! {
    /// What fills a gap of a template.
    PolicyParameter {
        /// The name of the gap.
        optional "Name" name: String, shape::PARAMETER_NAME;
        /// What fills it.
        list "Values" values: Vec<String>, Shape::list(&shape::PARAMETER_VALUE);
        /// Whether it is one text or several.
        optional "Type" parameter_type: String, shape::PARAMETER_TYPE;
    }
}
