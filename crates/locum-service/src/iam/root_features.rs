//! What the organization may do with its members' root users: its root features (`facts: sts §2.7`).
//!
//! Only the management account turns them on and off. Turning root sessions off ends the sessions there are: see
//! authentication.

use std::sync::Arc;

use locum_api::{
    ApiError, Request, errors,
    iam::{
        DisableOrganizationsRootCredentialsManagementRequest,
        DisableOrganizationsRootCredentialsManagementResponse, DisableOrganizationsRootSessionsRequest,
        DisableOrganizationsRootSessionsResponse, EnableOrganizationsRootCredentialsManagementRequest,
        EnableOrganizationsRootCredentialsManagementResponse, EnableOrganizationsRootSessionsRequest,
        EnableOrganizationsRootSessionsResponse, ListOrganizationsFeaturesRequest,
        ListOrganizationsFeaturesResponse,
    },
    model::Operation,
};
use locum_directory::Organization;

use super::access::{Keys, authorize};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// What the answer of each of the five says.
struct Features {
    organization_id: String,
    enabled: Vec<String>,
}

impl From<&Organization> for Features {
    fn from(organization: &Organization) -> Self {
        let features = [
            (
                "RootCredentialsManagement",
                organization.root_credentials_management,
            ),
            ("RootSessions", organization.root_sessions),
        ];
        let enabled = features.into_iter().filter(|(_, on)| *on);
        Self {
            organization_id: organization.id.to_string(),
            enabled: enabled.map(|(name, _)| name.to_owned()).collect(),
        }
    }
}

/// The organization, for callers of its management account who may.
fn managed<'a>(call: &Call<'a>, operation: &Operation) -> Result<&'a Arc<Organization>, Failure> {
    authorize(call, operation, "*", Keys::default())?;
    let organization = call.snapshot.organization().ok_or_else(|| {
        errors::ORGANIZATION_NOT_FOUND.with("The account is not a member of an organization.")
    })?;
    if call.account() != organization.management_account {
        let text = "The request must come from the management account of the organization.";
        return Err(refused(operation, text).into());
    }
    Ok(organization)
}

/// Each operation declares one of two errors for callers of member accounts.
fn refused(operation: &Operation, text: &str) -> ApiError {
    if operation.name.starts_with("Enable") {
        return errors::CALLER_IS_NOT_MANAGEMENT_ACCOUNT.with(text);
    }
    errors::ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR.with(text)
}

fn change(
    call: &mut Call<'_>,
    operation: &Operation,
    edit: impl FnOnce(&mut Organization),
) -> Result<Features, Failure> {
    let mut organization = Organization::clone(managed(call, operation)?);
    edit(&mut organization);
    let features = Features::from(&organization);
    call.changes.put(organization);
    Ok(features)
}

/// Writes the operation that sets one of the features. Turned off, what it was on for has ended at that time.
macro_rules! switches {
    ($($request:ident => $response:ident: $feature:ident, $ended:ident = $on:literal;)+) => {
        $(impl Perform for $request {
            fn perform(self, call: &mut Call<'_>) -> Result<$response, Failure> {
                let now = call.now();
                let features = change(call, Self::OPERATION, |organization| {
                    if organization.$feature && !$on {
                        organization.$ended = Some(now);
                    }
                    organization.$feature = $on;
                })?;
                Ok($response {
                    organization_id: features.organization_id,
                    enabled_features: features.enabled,
                })
            }
        })+
    };
}

switches! {
    EnableOrganizationsRootCredentialsManagementRequest => EnableOrganizationsRootCredentialsManagementResponse:
        root_credentials_management, root_credentials_management_ended = true;
    DisableOrganizationsRootCredentialsManagementRequest => DisableOrganizationsRootCredentialsManagementResponse:
        root_credentials_management, root_credentials_management_ended = false;
    EnableOrganizationsRootSessionsRequest => EnableOrganizationsRootSessionsResponse: root_sessions, root_sessions_ended = true;
    DisableOrganizationsRootSessionsRequest => DisableOrganizationsRootSessionsResponse: root_sessions, root_sessions_ended = false;
}

impl Perform for ListOrganizationsFeaturesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListOrganizationsFeaturesResponse, Failure> {
        let features = Features::from(&**managed(call, Self::OPERATION)?);
        Ok(ListOrganizationsFeaturesResponse {
            organization_id: features.organization_id,
            enabled_features: features.enabled,
        })
    }
}
