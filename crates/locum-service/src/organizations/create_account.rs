//! CreateAccount, and how it went.
//!
//! An account is made in one write, so a creation is never seen under way. It comes with a role that the management
//! account's principals may assume if their own policies let them: the only way in, since no root key is made.

use locum_api::{
    ApiError, Request, errors,
    organizations::{
        self as api, CreateAccountRequest, CreateAccountResponse, DescribeCreateAccountStatusRequest,
        DescribeCreateAccountStatusResponse, ListCreateAccountStatusRequest, ListCreateAccountStatusResponse,
    },
};
use locum_directory::{
    Account, CreateAccountState, CreateAccountStatus, JoinedMethod, Organization, Revision, Role, Tag,
};
use locum_names::{AccountId, Arn};
use locum_policy::{Policy, PolicyKind};
use serde_json::json;

use super::{
    access::{Keys, administrators_only, management_only, pager, permitted, permitted_tagging},
    address, organization, resources, tags,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

const DEFAULT_ROLE: &str = "OrganizationAccountAccessRole";
/// What the names of services' own roles begin with.
const RESERVED_ROLES: &str = "AWSServiceRoleFor";
/// How often a random account number is drawn before giving up.
const DRAWS: usize = 16;

impl Perform for CreateAccountRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateAccountResponse, Failure> {
        let organization = organization(call)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, "*", keys)?;
        management_only(call, organization)?;
        let account = unused_id(call)?;
        let arn = resources::account_arn(call.partition(), organization, account);
        permitted_tagging(call, organization, &arn, keys)?;
        let tags = tags::read(&self.tags)?;
        check_role_name(self.role_name.as_deref().unwrap_or(DEFAULT_ROLE))?;
        let now = call.now();
        let id = CreateAccountStatus::new_id(call.random);
        let failed = |reason: &str| CreateAccountState::Failed(reason.into());
        let state = if !address::is_valid(&self.email) {
            failed("INVALID_EMAIL")
        } else if call.snapshot.account_by_email(&self.email).is_some() {
            failed("EMAIL_ALREADY_EXISTS")
        } else {
            create(&self, account, tags, call, organization)?;
            CreateAccountState::Succeeded(account)
        };
        let status = CreateAccountStatus {
            revision: Revision::NEW,
            id,
            account_name: self.account_name.as_str().into(),
            requested: now,
            completed: now,
            state,
        };
        let shown = shown(&status);
        call.changes.put(status);
        Ok(CreateAccountResponse {
            create_account_status: shown,
        })
    }
}

/// Refuses a name by which the role would pass for a service's own, in any case: names are unique so.
fn check_role_name(name: &str) -> Result<(), ApiError> {
    let begin = name.get(..RESERVED_ROLES.len());
    if begin.is_none_or(|begin| !begin.eq_ignore_ascii_case(RESERVED_ROLES)) {
        return Ok(());
    }
    let text = format!("A role name can't begin with the reserved prefix {RESERVED_ROLES}.");
    let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
    Err(error.because("INVALID_ROLE_NAME"))
}

/// Draws the number of an account that is not there.
fn unused_id(call: &mut Call<'_>) -> Result<AccountId, ApiError> {
    (0..DRAWS)
        .map(|_| AccountId::from_random(call.random.next_u64()))
        .find(|id| call.snapshot.account(*id).is_none())
        .ok_or_else(ApiError::internal_failure)
}

/// Puts the account and its role.
fn create(
    request: &CreateAccountRequest,
    id: AccountId,
    tags: Vec<Tag>,
    call: &mut Call<'_>,
    organization: &Organization,
) -> Result<(), ApiError> {
    let now = call.now();
    let (name, email) = (&request.account_name, &request.email);
    let account = Account {
        tags,
        ..Account::new(id, name, email, JoinedMethod::Created, now)
    };
    let role_name = request.role_name.as_deref().unwrap_or(DEFAULT_ROLE);
    let mut role = Role::new(id, "/", role_name, trust(call, organization)?, now, call.random);
    role.attached.push(administrator_access(call)?);
    call.changes.put(account).put(role);
    Ok(())
}

/// Trusts the management account, that is, whoever its administrators let in.
fn trust(call: &Call<'_>, organization: &Organization) -> Result<Policy, ApiError> {
    let (partition, account) = (call.partition(), organization.management_account);
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:{partition}:iam::{account}:root") },
            "Action": "sts:AssumeRole",
        }],
    });
    Policy::compile(&document.to_string(), PolicyKind::Trust).map_err(|_| ApiError::internal_failure())
}

fn administrator_access(call: &Call<'_>) -> Result<locum_names::UniqueId, ApiError> {
    let arn = format!("arn:{}:iam::aws:policy/AdministratorAccess", call.partition());
    let policy = Arn::parse(&arn)
        .ok()
        .and_then(|arn| call.snapshot.policy_by_arn(&arn));
    policy
        .map(|policy| policy.id)
        .ok_or_else(ApiError::internal_failure)
}

impl Perform for DescribeCreateAccountStatusRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeCreateAccountStatusResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        administrators_only(call, organization)?;
        let status = call
            .snapshot
            .create_account_status(&self.create_account_request_id)
            .ok_or_else(|| {
                errors::CREATE_ACCOUNT_STATUS_NOT_FOUND
                    .with("You specified an account creation request that doesn't exist.")
            })?;
        Ok(DescribeCreateAccountStatusResponse {
            create_account_status: shown(status),
        })
    }
}

impl Perform for ListCreateAccountStatusRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListCreateAccountStatusResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        administrators_only(call, organization)?;
        let filters: Vec<&str> = self.states.iter().map(String::as_str).collect();
        let pager = pager(
            call,
            Self::OPERATION,
            &filters,
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let snapshot = call.snapshot;
        let statuses = snapshot
            .create_account_statuses(pager.after())
            .filter(|status| filters.is_empty() || filters.contains(&status.state.as_str()));
        let page = pager.take(call, statuses, |status| status.id.to_string());
        let page = page.map(|status| shown(status));
        Ok(ListCreateAccountStatusResponse {
            create_account_statuses: page.items,
            next_token: page.marker,
        })
    }
}

fn shown(status: &CreateAccountStatus) -> api::CreateAccountStatus {
    let (account_id, failure_reason) = match &status.state {
        CreateAccountState::Succeeded(id) => (Some(id.to_string()), None),
        CreateAccountState::Failed(reason) => (None, Some(reason.to_string())),
    };
    api::CreateAccountStatus {
        id: Some(status.id.to_string()),
        account_name: Some(status.account_name.to_string()),
        state: Some(status.state.as_str().to_owned()),
        requested_timestamp: Some(status.requested),
        completed_timestamp: Some(status.completed),
        account_id,
        gov_cloud_account_id: None,
        failure_reason,
    }
}
