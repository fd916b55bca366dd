use jiff::Timestamp;

use super::shapes;
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
};

operation! {
    /// Starts the creation of an account in the organization.
    CreateAccount: Organizations, Write;

    request CreateAccountRequest {
        /// The address of the account's root user.
        required "Email" email: String, shapes::EMAIL;
        /// The account's name.
        required "AccountName" account_name: String, shapes::NEW_ACCOUNT_NAME;
        /// The role that the management account may assume in it; `OrganizationAccountAccessRole` when absent.
        optional "RoleName" role_name: String, shapes::ROLE_NAME;
        /// Whether its users may see bills.
        optional "IamUserAccessToBilling" iam_user_access_to_billing: String,
            Shape::String(StringRules::one_of(&["ALLOW", "DENY"]));
        /// The account's tags.
        list "Tags" tags: Vec<Tag>, shapes::TAGS;
    }
    response CreateAccountResponse {
        /// How far the creation is.
        always "CreateAccountStatus" create_account_status: CreateAccountStatus, STATUS;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, FINALIZING_ORGANIZATION, SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
        UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Tells how far the creation of an account is.
    DescribeCreateAccountStatus: Organizations, Read;

    request DescribeCreateAccountStatusRequest {
        /// The id that `CreateAccount` gave.
        required "CreateAccountRequestId" create_account_request_id: String, shapes::REQUEST_ID;
    }
    response DescribeCreateAccountStatusResponse {
        /// How far the creation is.
        always "CreateAccountStatus" create_account_status: CreateAccountStatus, STATUS;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, CREATE_ACCOUNT_STATUS_NOT_FOUND, ORGANIZATIONS_INVALID_INPUT,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists the requests to create accounts.
    ListCreateAccountStatus: Organizations, Read;

    request ListCreateAccountStatusRequest {
        /// Only those that are in one of these states; all when absent.
        list "States" states: Vec<String>, Shape::list(&STATE);
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most requests the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListCreateAccountStatusResponse {
        /// How far each is.
        always "CreateAccountStatuses" create_account_statuses: Vec<CreateAccountStatus>, Shape::list(&STATUS);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Closes a member account: none of its credentials is accepted any more.
    CloseAccount: Organizations, Write;

    request CloseAccountRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ACCOUNT_ALREADY_CLOSED, ACCOUNT_NOT_FOUND, NO_ORGANIZATION,
        ORGANIZATIONS_CONCURRENT_MODIFICATION, ORGANIZATIONS_CONFLICT, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Moves an account under another root or organizational unit.
    MoveAccount: Organizations, Write;

    request MoveAccountRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
        /// The id of the root or the unit that it stands under.
        required "SourceParentId" source_parent_id: String, shapes::PARENT_ID;
        /// The id of the root or the unit that it shall stand under.
        required "DestinationParentId" destination_parent_id: String, shapes::PARENT_ID;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ORGANIZATIONS_INVALID_INPUT, SOURCE_PARENT_NOT_FOUND,
        DESTINATION_PARENT_NOT_FOUND, DUPLICATE_ACCOUNT, ACCOUNT_NOT_FOUND, TOO_MANY_REQUESTS,
        ORGANIZATIONS_CONCURRENT_MODIFICATION, NO_ORGANIZATION, SERVICE_EXCEPTION,
    ]
}

operation! {
    /// Lists the organization's accounts.
    ListAccounts: Organizations, Read;

    request ListAccountsRequest {
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most accounts the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListAccountsResponse {
        /// The accounts.
        always "Accounts" accounts: Vec<Account>, Shape::list(&ACCOUNT);
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Shows an account of the organization.
    DescribeAccount: Organizations, Read;

    request DescribeAccountRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
    }
    response DescribeAccountResponse {
        /// The account.
        always "Account" account: Account, ACCOUNT;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ACCOUNT_NOT_FOUND, NO_ORGANIZATION, ORGANIZATIONS_INVALID_INPUT,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
    ]
}

structure! {
    /// How far the creation of an account is.
    CreateAccountStatus {
        /// The id of the request to create it.
        optional "Id" id: String, shapes::REQUEST_ID;
        /// The account's name.
        optional "AccountName" account_name: String, shapes::NEW_ACCOUNT_NAME;
        /// Whether it is under way, done or failed.
        optional "State" state: String, STATE;
        /// When it was asked for.
        optional "RequestedTimestamp" requested_timestamp: Timestamp, Shape::Timestamp;
        /// When it was done or failed.
        optional "CompletedTimestamp" completed_timestamp: Timestamp, Shape::Timestamp;
        /// The id of the new account.
        optional "AccountId" account_id: String, shapes::ACCOUNT_ID;
        /// The id of its counterpart in the GovCloud partition.
        optional "GovCloudAccountId" gov_cloud_account_id: String, shapes::ACCOUNT_ID;
        /// Why it failed.
        optional "FailureReason" failure_reason: String, Shape::String(StringRules::one_of(FAILURE_REASONS));
    }
}

structure! {
    /// An account of an organization.
    Account {
        /// Its id.
        optional "Id" id: String, shapes::ACCOUNT_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ACCOUNT_ARN;
        /// The address of its root user.
        optional "Email" email: String, shapes::EMAIL;
        /// Its name.
        optional "Name" name: String, shapes::ACCOUNT_NAME;
        /// Its status; `State` tells more.
        optional "Status" status: String, shapes::ACCOUNT_STATUS;
        /// Its state.
        optional "State" state: String, shapes::ACCOUNT_STATE;
        /// Where it stands in the organization.
        optional "Paths" paths: Vec<String>, Shape::list(&shapes::PATH);
        /// How it came into the organization.
        optional "JoinedMethod" joined_method: String, shapes::JOINED_METHOD;
        /// When it came into the organization.
        optional "JoinedTimestamp" joined_timestamp: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A tag.
    Tag {
        /// The key.
        required "Key" key: String, shapes::TAG_KEY;
        /// The value; it may be empty.
        required "Value" value: String, shapes::TAG_VALUE;
    }
}

const STATE: Shape = Shape::String(StringRules::one_of(&["IN_PROGRESS", "SUCCEEDED", "FAILED"]));
const STATUS: Shape = Shape::Structure(CreateAccountStatus::STRUCTURE);
pub(super) const ACCOUNT: Shape = Shape::Structure(Account::STRUCTURE);

const FAILURE_REASONS: &[&str] = &[
    "ACCOUNT_LIMIT_EXCEEDED",
    "EMAIL_ALREADY_EXISTS",
    "INVALID_ADDRESS",
    "INVALID_EMAIL",
    "CONCURRENT_ACCOUNT_MODIFICATION",
    "INTERNAL_FAILURE",
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
    "MISSING_BUSINESS_VALIDATION",
    "FAILED_BUSINESS_VALIDATION",
    "PENDING_BUSINESS_VALIDATION",
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION",
    "UNKNOWN_BUSINESS_VALIDATION",
    "MISSING_PAYMENT_INSTRUMENT",
    "INVALID_PAYMENT_INSTRUMENT",
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
];
