use locum_api::{
    Request,
    organizations::{self as api, DescribeOrganizationRequest, DescribeOrganizationResponse},
};
use locum_directory::Organization;

use super::{
    access::{Keys, permitted},
    organization, policy_types,
    resources::account_arn,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for DescribeOrganizationRequest {
    /// For every account of the organization, not only the one that manages it.
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeOrganizationResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        let partition = call.partition();
        let arn = format!(
            "arn:{partition}:organizations::{}:organization/{}",
            organization.management_account, organization.id
        );
        let management = call.snapshot.account(organization.management_account);
        Ok(DescribeOrganizationResponse {
            organization: api::Organization {
                id: Some(organization.id.to_string()),
                arn: Some(arn),
                feature_set: Some(Organization::FEATURE_SET.to_owned()),
                master_account_arn: Some(account_arn(
                    partition,
                    organization,
                    organization.management_account,
                )),
                master_account_id: Some(organization.management_account.to_string()),
                master_account_email: management.map(|account| account.email.to_string()),
                available_policy_types: Some(policy_types::summaries(organization)),
            },
        })
    }
}
