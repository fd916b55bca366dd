//! The services that may act in every account. Nothing here acts for them; the list is what delegated administration
//! stands on, and what other programs look at.

use locum_api::{
    ApiError, NoResult, Request, errors,
    organizations::{
        DisableAWSServiceAccessRequest, EnableAWSServiceAccessRequest, EnabledServicePrincipal,
        ListAWSServiceAccessForOrganizationRequest, ListAWSServiceAccessForOrganizationResponse,
    },
};
use locum_directory::{Organization, ServiceGrant};

use super::{
    access::{Keys, administrators_only, management_only, pager, permitted},
    organization, quotas,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for EnableAWSServiceAccessRequest {
    /// A service that has access keeps it since when it had it.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let mut organization = asked(call, Self::OPERATION, &self.service_principal)?;
        let services = &mut organization.trusted_services;
        let place = services.binary_search_by(|grant| (*grant.service).cmp(self.service_principal.as_str()));
        if let Err(place) = place {
            if services.len() >= quotas::SERVICES {
                let most = quotas::SERVICES;
                // AWS knows no reason for this.
                let text = format!("You have exceeded the number of services with trusted access: {most}.");
                return Err(errors::CONSTRAINT_VIOLATION.with(text).into());
            }
            services.insert(
                place,
                ServiceGrant {
                    service: self.service_principal.as_str().into(),
                    since: call.now(),
                },
            );
            call.changes.put(organization);
        }
        Ok(NoResult)
    }
}

impl Perform for DisableAWSServiceAccessRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let mut organization = asked(call, Self::OPERATION, &self.service_principal)?;
        let service = &*self.service_principal;
        let mut administrators = call.snapshot.delegated_administrators(None);
        if administrators.any(|administrator| administrator.administers(service)) {
            let text = "The service has a delegated administrator. Deregister it first.";
            let error = errors::CONSTRAINT_VIOLATION.with(text);
            return Err(error
                .because("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE")
                .into());
        }
        if is_trusted(&organization, service) {
            organization
                .trusted_services
                .retain(|grant| *grant.service != *service);
            call.changes.put(organization);
        }
        Ok(NoResult)
    }
}

impl Perform for ListAWSServiceAccessForOrganizationRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAWSServiceAccessForOrganizationResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        administrators_only(call, organization)?;
        let pager = pager(
            call,
            Self::OPERATION,
            &[],
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let services = organization.trusted_services.iter();
        let page = pager.take_sorted(call, services.map(|grant| (grant.service.to_string(), grant)));
        let page = page.map(|grant| EnabledServicePrincipal {
            service_principal: Some(grant.service.to_string()),
            date_enabled: Some(grant.since),
        });
        Ok(ListAWSServiceAccessForOrganizationResponse {
            enabled_service_principals: page.items,
            next_token: page.marker,
        })
    }
}

/// Whether a service may act in every account.
pub(super) fn is_trusted(organization: &Organization, service: &str) -> bool {
    organization
        .trusted_services
        .iter()
        .any(|grant| *grant.service == *service)
}

/// Refuses what is no principal of a service. Which services there are is not known here.
pub(super) fn check(service: &str) -> Result<(), ApiError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let name = service.strip_suffix(".amazonaws.com").unwrap_or_default();
    let known = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain);
    if known {
        return Ok(());
    }
    let text = "You specified an unrecognized service principal.";
    let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
    Err(error.because("UNRECOGNIZED_SERVICE_PRINCIPAL"))
}

/// The organization, for a caller who may change the access of a service.
fn asked(
    call: &Call<'_>,
    operation: &locum_api::model::Operation,
    service: &str,
) -> Result<Organization, Failure> {
    let organization = organization(call)?;
    let keys = Keys {
        service_principal: Some(service),
        ..Keys::default()
    };
    permitted(call, organization, operation, "*", keys)?;
    management_only(call, organization)?;
    check(service)?;
    Ok(Organization::clone(organization))
}
