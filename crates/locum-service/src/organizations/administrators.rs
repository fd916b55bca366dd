//! Member accounts that administer a service for the whole organization. They may look at all of it; what more they may, the
//! service says.

use locum_api::{
    ApiError, NoResult, Request, errors,
    model::Operation,
    organizations::{
        self as api, DelegatedService, DeregisterDelegatedAdministratorRequest,
        ListDelegatedAdministratorsRequest, ListDelegatedAdministratorsResponse,
        ListDelegatedServicesForAccountRequest, ListDelegatedServicesForAccountResponse,
        RegisterDelegatedAdministratorRequest,
    },
};
use locum_directory::{Account, AccountStatus, DelegatedAdministrator, Organization, Revision, ServiceGrant};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, after, management_only, pager, permitted},
    accounts, organization, resources,
    services::{check, is_trusted},
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for RegisterDelegatedAdministratorRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let service = &*self.service_principal;
        let account = asked(
            call,
            organization,
            Self::OPERATION,
            &self.account_id,
            Some(service),
        )?;
        management_only(call, organization)?;
        check(service)?;
        let account = account.ok_or_else(accounts::not_found)?;
        let violation = |reason, text: &str| errors::CONSTRAINT_VIOLATION.with(text).because(reason);
        if account.id == organization.management_account {
            return Err(violation(
                "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
                "You cannot register the management account as a delegated administrator.",
            )
            .into());
        }
        if account.status != AccountStatus::Active {
            return Err(violation(
                "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
                "You cannot register a suspended account as a delegated administrator.",
            )
            .into());
        }
        if !is_trusted(organization, service) {
            return Err(violation(
                "SERVICE_ACCESS_NOT_ENABLED",
                "You must enable service access before you register a delegated administrator.",
            )
            .into());
        }
        let known = call.snapshot.delegated_administrator(account.id);
        let mut administrator = known.map_or_else(
            || DelegatedAdministrator {
                revision: Revision::NEW,
                account: account.id,
                enabled: call.now(),
                services: Vec::new(),
            },
            |known| DelegatedAdministrator::clone(known),
        );
        let services = &mut administrator.services;
        let Err(place) = services.binary_search_by(|grant| (*grant.service).cmp(service)) else {
            let text = "The account is already a delegated administrator of the service.";
            return Err(errors::ACCOUNT_ALREADY_REGISTERED.with(text).into());
        };
        services.insert(
            place,
            ServiceGrant {
                service: service.into(),
                since: call.now(),
            },
        );
        call.changes.put(administrator);
        Ok(NoResult)
    }
}

impl Perform for DeregisterDelegatedAdministratorRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let service = &*self.service_principal;
        let account = asked(
            call,
            organization,
            Self::OPERATION,
            &self.account_id,
            Some(service),
        )?;
        management_only(call, organization)?;
        let account = account.ok_or_else(accounts::not_found)?;
        let known = call.snapshot.delegated_administrator(account.id);
        let known = known
            .filter(|administrator| administrator.administers(service))
            .ok_or_else(not_registered)?;
        let mut administrator = DelegatedAdministrator::clone(known);
        administrator.services.retain(|grant| *grant.service != *service);
        if administrator.services.is_empty() {
            call.changes.delete(&administrator);
        } else {
            call.changes.put(administrator);
        }
        Ok(NoResult)
    }
}

impl Perform for ListDelegatedAdministratorsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListDelegatedAdministratorsResponse, Failure> {
        let organization = organization(call)?;
        let service = self.service_principal.as_deref();
        let keys = Keys {
            service_principal: service,
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, "*", keys)?;
        administrators_only(call, organization)?;
        service.map_or(Ok(()), check)?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let filters = [service.unwrap_or_default()];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let administrators = snapshot
            .delegated_administrators(after(&pager)?)
            .filter(|administrator| service.is_none_or(|service| administrator.administers(service)))
            .filter_map(|administrator| Some((administrator, snapshot.account(administrator.account)?)));
        let page = pager.take(call, administrators, |(administrator, _)| {
            administrator.account.to_string()
        });
        let page =
            page.map(|(administrator, account)| shown(partition, organization, administrator, account));
        Ok(ListDelegatedAdministratorsResponse {
            delegated_administrators: page.items,
            next_token: page.marker,
        })
    }
}

impl Perform for ListDelegatedServicesForAccountRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListDelegatedServicesForAccountResponse, Failure> {
        let organization = organization(call)?;
        let account = asked(call, organization, Self::OPERATION, &self.account_id, None)?;
        administrators_only(call, organization)?;
        let account = account.ok_or_else(accounts::not_found)?;
        let known = call.snapshot.delegated_administrator(account.id);
        let administrator = known.ok_or_else(not_registered)?;
        let filters = [&*self.account_id];
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let services = administrator.services.iter();
        let page = pager.take_sorted(call, services.map(|grant| (grant.service.to_string(), grant)));
        let page = page.map(|grant| DelegatedService {
            service_principal: Some(grant.service.to_string()),
            delegation_enabled_date: Some(grant.since),
        });
        Ok(ListDelegatedServicesForAccountResponse {
            delegated_services: page.items,
            next_token: page.marker,
        })
    }
}

/// The account of an id, once the caller may perform the operation on it.
fn asked<'a>(
    call: &Call<'a>,
    organization: &Organization,
    operation: &Operation,
    id: &str,
    service: Option<&str>,
) -> Result<Option<&'a Account>, Failure> {
    let found = id.parse().ok().and_then(|id| call.snapshot.account(id));
    let arn = resources::arn(call.partition(), organization, id);
    let keys = Keys {
        service_principal: service,
        resource_tags: found.map_or(&[], |account| &account.tags),
        ..Keys::default()
    };
    permitted(call, organization, operation, &arn, keys)?;
    Ok(found.map(AsRef::as_ref))
}

fn not_registered() -> ApiError {
    errors::ACCOUNT_NOT_REGISTERED.with("The account is not a delegated administrator of the service.")
}

fn shown(
    partition: Partition,
    organization: &Organization,
    administrator: &DelegatedAdministrator,
    account: &Account,
) -> api::DelegatedAdministrator {
    api::DelegatedAdministrator {
        id: Some(account.id.to_string()),
        arn: Some(resources::account_arn(partition, organization, account.id)),
        email: Some(account.email.to_string()),
        name: Some(account.name.to_string()),
        status: Some(account.status.as_str().to_owned()),
        state: Some(accounts::state(account).to_owned()),
        joined_method: Some(account.joined_method.as_str().to_owned()),
        joined_timestamp: Some(account.joined),
        delegation_enabled_date: Some(administrator.enabled),
    }
}
