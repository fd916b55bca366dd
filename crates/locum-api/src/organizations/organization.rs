use super::shapes;
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
};

operation! {
    /// Shows the organization of the caller's account.
    DescribeOrganization: Organizations, Read;

    request DescribeOrganizationRequest {}
    response DescribeOrganizationResponse {
        /// The organization.
        always "Organization" organization: Organization, Shape::Structure(Organization::STRUCTURE);
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, ORGANIZATIONS_CONCURRENT_MODIFICATION, SERVICE_EXCEPTION,
        TOO_MANY_REQUESTS,
    ]
}

structure! {
    /// An organization: accounts that are managed together.
    Organization {
        /// Its id.
        optional "Id" id: String, shapes::ORGANIZATION_ID;
        /// Its ARN.
        optional "Arn" arn: String, shapes::ORGANIZATION_ARN;
        /// Whether policies can bound its accounts.
        optional "FeatureSet" feature_set: String,
            Shape::String(StringRules::one_of(&["ALL", "CONSOLIDATED_BILLING"]));
        /// The ARN of its management account.
        optional "MasterAccountArn" master_account_arn: String, shapes::ACCOUNT_ARN;
        /// The id of its management account.
        optional "MasterAccountId" master_account_id: String, shapes::ACCOUNT_ID;
        /// The address of its management account.
        optional "MasterAccountEmail" master_account_email: String, shapes::EMAIL;
        /// The kinds of policies it knows.
        optional "AvailablePolicyTypes" available_policy_types: Vec<PolicyTypeSummary>,
            Shape::list(&Shape::Structure(PolicyTypeSummary::STRUCTURE));
    }
}

structure! {
    /// A kind of policies that an organization knows.
    PolicyTypeSummary {
        /// The kind.
        optional "Type" policy_type: String, shapes::POLICY_TYPE;
        /// Whether it is in use.
        optional "Status" status: String,
            Shape::String(StringRules::one_of(&["ENABLED", "PENDING_ENABLE", "PENDING_DISABLE"]));
    }
}
