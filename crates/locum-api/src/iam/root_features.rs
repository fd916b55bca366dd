//! What an organization may do with the root users of its member accounts.

use crate::{
    declare::operation,
    model::{Shape, StringRules},
    pattern,
};

operation! {
    /// Lets the organization manage the credentials of its members' root users.
    EnableOrganizationsRootCredentialsManagement: Iam, Write;

    request EnableOrganizationsRootCredentialsManagementRequest {}
    response EnableOrganizationsRootCredentialsManagementResponse {
        /// The id of the organization.
        always "OrganizationId" organization_id: String, ORGANIZATION_ID;
        /// The features that are enabled now.
        always "EnabledFeatures" enabled_features: Vec<String>, Shape::list(&FEATURE);
    }
    errors [
        SERVICE_ACCESS_NOT_ENABLED, ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR, ORGANIZATION_NOT_FOUND,
        ORGANIZATION_NOT_IN_ALL_FEATURES_MODE, CALLER_IS_NOT_MANAGEMENT_ACCOUNT,
    ]
}

operation! {
    /// Leaves the credentials of the members' root users to the members.
    DisableOrganizationsRootCredentialsManagement: Iam, Write;

    request DisableOrganizationsRootCredentialsManagementRequest {}
    response DisableOrganizationsRootCredentialsManagementResponse {
        /// The id of the organization.
        always "OrganizationId" organization_id: String, ORGANIZATION_ID;
        /// The features that are enabled still.
        always "EnabledFeatures" enabled_features: Vec<String>, Shape::list(&FEATURE);
    }
    errors [
        SERVICE_ACCESS_NOT_ENABLED, ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR, ORGANIZATION_NOT_FOUND,
        ORGANIZATION_NOT_IN_ALL_FEATURES_MODE,
    ]
}

operation! {
    /// Lets the organization act as a member's root user for one task at a time.
    EnableOrganizationsRootSessions: Iam, Write;

    request EnableOrganizationsRootSessionsRequest {}
    response EnableOrganizationsRootSessionsResponse {
        /// The id of the organization.
        always "OrganizationId" organization_id: String, ORGANIZATION_ID;
        /// The features that are enabled now.
        always "EnabledFeatures" enabled_features: Vec<String>, Shape::list(&FEATURE);
    }
    errors [
        SERVICE_ACCESS_NOT_ENABLED, ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR, ORGANIZATION_NOT_FOUND,
        ORGANIZATION_NOT_IN_ALL_FEATURES_MODE, CALLER_IS_NOT_MANAGEMENT_ACCOUNT,
    ]
}

operation! {
    /// Ends acting as a member's root user.
    DisableOrganizationsRootSessions: Iam, Write;

    request DisableOrganizationsRootSessionsRequest {}
    response DisableOrganizationsRootSessionsResponse {
        /// The id of the organization.
        always "OrganizationId" organization_id: String, ORGANIZATION_ID;
        /// The features that are enabled still.
        always "EnabledFeatures" enabled_features: Vec<String>, Shape::list(&FEATURE);
    }
    errors [
        SERVICE_ACCESS_NOT_ENABLED, ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR, ORGANIZATION_NOT_FOUND,
        ORGANIZATION_NOT_IN_ALL_FEATURES_MODE,
    ]
}

operation! {
    /// Lists what the organization may do with its members' root users.
    ListOrganizationsFeatures: Iam, Read;

    request ListOrganizationsFeaturesRequest {}
    response ListOrganizationsFeaturesResponse {
        /// The id of the organization.
        always "OrganizationId" organization_id: String, ORGANIZATION_ID;
        /// The features that are enabled.
        always "EnabledFeatures" enabled_features: Vec<String>, Shape::list(&FEATURE);
    }
    errors [
        SERVICE_ACCESS_NOT_ENABLED, ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR, ORGANIZATION_NOT_FOUND,
        ORGANIZATION_NOT_IN_ALL_FEATURES_MODE,
    ]
}

const ORGANIZATION_ID: Shape = Shape::String(
    StringRules {
        max: Some(34),
        ..StringRules::ANY
    }
    .matching(&pattern::ORGANIZATION_ID),
);
const FEATURE: Shape = Shape::String(StringRules::one_of(&[
    "RootCredentialsManagement",
    "RootSessions",
]));
