use locum_api::organizations::{self as api, DescribeOrganizationRequest, DescribeOrganizationResponse};

use super::{account_arn, authorize, organization, organization_arn};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for DescribeOrganizationRequest {
    /// For every account of the organization, not only the one that manages it.
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeOrganizationResponse, Failure> {
        authorize(call, "organizations:DescribeOrganization", "*")?;
        let organization = organization(call)?;
        let partition = call.partition();
        let management = call.snapshot.account(organization.management_account);
        Ok(DescribeOrganizationResponse {
            organization: api::Organization {
                id: Some(organization.id.to_string()),
                arn: Some(organization_arn(partition, organization)),
                feature_set: Some(organization.feature_set.as_str().to_owned()),
                master_account_arn: Some(account_arn(
                    partition,
                    organization,
                    organization.management_account,
                )),
                master_account_id: Some(organization.management_account.to_string()),
                master_account_email: management.map(|account| account.email.to_string()),
                // None is enabled: the operations on organization policies are not there yet.
                available_policy_types: Some(Vec::new()),
            },
        })
    }
}
