use jiff::Timestamp;

use super::shapes;
use crate::{
    declare::{operation, structure},
    model::Shape,
};

operation! {
    /// Lets a service act in every account of the organization.
    EnableAWSServiceAccess: Organizations, Write;

    request EnableAWSServiceAccessRequest {
        /// The service's principal.
        required "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Ends the access of a service to the accounts of the organization.
    DisableAWSServiceAccess: Organizations, Write;

    request DisableAWSServiceAccessRequest {
        /// The service's principal.
        required "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists the services that may act in every account of the organization.
    ListAWSServiceAccessForOrganization: Organizations, Read;

    request ListAWSServiceAccessForOrganizationRequest {
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most services the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListAWSServiceAccessForOrganizationResponse {
        /// The services.
        always "EnabledServicePrincipals" enabled_service_principals: Vec<EnabledServicePrincipal>,
            Shape::list(&Shape::Structure(EnabledServicePrincipal::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Makes a member account the administrator of a service for the whole organization.
    RegisterDelegatedAdministrator: Organizations, Write;

    request RegisterDelegatedAdministratorRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
        /// The service's principal.
        required "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ACCOUNT_ALREADY_REGISTERED, ACCOUNT_NOT_FOUND, NO_ORGANIZATION,
        ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT, TOO_MANY_REQUESTS,
        SERVICE_EXCEPTION, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Ends the administration of a service by a member account.
    DeregisterDelegatedAdministrator: Organizations, Write;

    request DeregisterDelegatedAdministratorRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
        /// The service's principal.
        required "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ACCOUNT_NOT_FOUND, ACCOUNT_NOT_REGISTERED, NO_ORGANIZATION,
        ORGANIZATIONS_CONCURRENT_MODIFICATION, CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT, TOO_MANY_REQUESTS,
        SERVICE_EXCEPTION, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists the member accounts that administer a service, or any.
    ListDelegatedAdministrators: Organizations, Read;

    request ListDelegatedAdministratorsRequest {
        /// The service's principal; any service when absent.
        optional "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most accounts the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListDelegatedAdministratorsResponse {
        /// The accounts.
        always "DelegatedAdministrators" delegated_administrators: Vec<DelegatedAdministrator>,
            Shape::list(&Shape::Structure(DelegatedAdministrator::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT,
        TOO_MANY_REQUESTS, SERVICE_EXCEPTION, UNSUPPORTED_API_ENDPOINT,
    ]
}

operation! {
    /// Lists the services that a member account administers.
    ListDelegatedServicesForAccount: Organizations, Read;

    request ListDelegatedServicesForAccountRequest {
        /// The account's id.
        required "AccountId" account_id: String, shapes::ACCOUNT_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
        /// The most services the page may have.
        optional "MaxResults" max_results: i32, shapes::MAX_RESULTS;
    }
    response ListDelegatedServicesForAccountResponse {
        /// The services.
        always "DelegatedServices" delegated_services: Vec<DelegatedService>,
            Shape::list(&Shape::Structure(DelegatedService::STRUCTURE));
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ACCOUNT_NOT_FOUND, ACCOUNT_NOT_REGISTERED, NO_ORGANIZATION, CONSTRAINT_VIOLATION,
        ORGANIZATIONS_INVALID_INPUT, TOO_MANY_REQUESTS, SERVICE_EXCEPTION, UNSUPPORTED_API_ENDPOINT,
    ]
}

structure! {
    /// A service that may act in every account of the organization.
    EnabledServicePrincipal {
        /// Its principal.
        optional "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
        /// Since when.
        optional "DateEnabled" date_enabled: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A member account that administers services.
    DelegatedAdministrator {
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
        /// How it came into the organization.
        optional "JoinedMethod" joined_method: String, shapes::JOINED_METHOD;
        /// When it came into the organization.
        optional "JoinedTimestamp" joined_timestamp: Timestamp, Shape::Timestamp;
        /// When it became an administrator.
        optional "DelegationEnabledDate" delegation_enabled_date: Timestamp, Shape::Timestamp;
    }
}

structure! {
    /// A service that a member account administers.
    DelegatedService {
        /// Its principal.
        optional "ServicePrincipal" service_principal: String, shapes::SERVICE_PRINCIPAL;
        /// Since when.
        optional "DelegationEnabledDate" delegation_enabled_date: Timestamp, Shape::Timestamp;
    }
}
