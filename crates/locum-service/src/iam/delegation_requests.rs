//! Delegation requests: create, show, list (`facts: sts §2.13, §8.6`).
//!
//! What is asked for is settled when it is asked: the template is filled, compiled and kept, and nothing changes it
//! afterwards. What whoever decides is shown is, byte for byte, what the session will be limited to.

use locum_api::{
    ApiError, Request, errors,
    iam::{
        CreateDelegationRequestRequest, CreateDelegationRequestResponse, DelegationPermission,
        DelegationRequest as Shown, GetDelegationRequestRequest, GetDelegationRequestResponse,
        ListDelegationRequestsRequest, ListDelegationRequestsResponse, PolicyParameter as Given,
    },
};
use locum_directory::{DelegationRequest, DelegationState, PolicyParameter as Kept, Revision};
use locum_names::AccountId;
use locum_policy::{Policy, PolicyKind};
use locum_session::minify_json;

use super::{
    delegation_access::{authorize_list, is_limited, party_name, permitted},
    policies::NamedPolicy,
    policy_templates::{demanded_boundaries, fill, is_list},
    quotas,
};
use crate::{
    call::{Call, Failure, Target},
    delegation::{UNASSIGNED_LIFETIME, end},
    denial::Wording,
    paging::{Pager, Question},
    route::Perform,
};

/// The longest policy that may be asked for, in characters (as in AWS).
const MAX_POLICY: usize = 2048;
/// The longest name of a requestor that is shown, in characters.
const MAX_NAME: usize = 30;

impl Perform for CreateDelegationRequestRequest {
    /// The account that is asked need not exist: who asks is not told.
    fn perform(self, call: &mut Call<'_>) -> Result<CreateDelegationRequestResponse, Failure> {
        let (requestor, now) = (call.account(), call.now());
        let id = DelegationRequest::new_id(call.random);
        let owner_account = self.owner_account_id.as_deref().map(account).transpose()?;
        let template_arn = self.permissions.policy_template_arn.clone();
        authorize_creation(call, &self, &id, owner_account, template_arn.as_deref())?;

        let template_arn =
            template_arn.ok_or_else(|| invalid("A delegation request needs a PolicyTemplateArn."))?;
        let permission_policy = requested_policy(call, &template_arn, &self.permissions.parameters)?;
        let workflow_id = self.requestor_workflow_id.as_str();
        if call
            .snapshot
            .delegation_request_by_workflow(requestor, workflow_id)
            .is_some()
        {
            let text = format!("A delegation request with workflow id {workflow_id} already exists.");
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let known = call.snapshot.counts(requestor).delegation_requests;
        quotas::DELEGATION_REQUESTS.check(known.saturating_add(1))?;
        let account = call.snapshot.account(requestor);
        let requestor_name: String = account.map_or_else(String::new, |account| {
            account.name.chars().take(MAX_NAME).collect()
        });
        let session_duration = u32::try_from(self.session_duration)
            .map_err(|_| invalid("The session duration must not be negative."))?;
        call.changes.put(DelegationRequest {
            revision: Revision::NEW,
            id: id.clone(),
            requestor,
            requestor_name: requestor_name.into(),
            workflow_id: workflow_id.into(),
            description: self.description.into(),
            message: self.request_message.map(Into::into),
            template_arn: Some(template_arn.into()),
            parameters: self.permissions.parameters.iter().map(kept).collect(),
            role_restrictions: demanded_boundaries(&permission_policy),
            permission_policy,
            notification_channel: self.notification_channel.into(),
            redirect_url: self.redirect_url.map(Into::into),
            session_duration,
            only_send_by_owner: self.only_send_by_owner.unwrap_or_default(),
            owner_account,
            owner: None,
            approval: None,
            token: None,
            notes: None,
            rejection_reason: None,
            state: DelegationState::Unassigned,
            created: now,
            updated: now,
            expires: end(now, UNASSIGNED_LIFETIME),
        });
        Ok(CreateDelegationRequestResponse {
            // There is no console.
            console_deep_link: None,
            delegation_request_id: id.into(),
        })
    }
}

/// Asks whether the caller may ask an account for access, or whoever takes the request.
fn authorize_creation(
    call: &Call<'_>,
    asked: &CreateDelegationRequestRequest,
    id: &str,
    owner_account: Option<AccountId>,
    template_arn: Option<&str>,
) -> Result<(), Failure> {
    let owner = owner_account.unwrap_or_else(|| call.account());
    let arn = format!("arn:{}:iam::{owner}:delegation-request/{id}", call.partition());
    let target = if owner == call.account() {
        Target::plain(&arn, owner)
    } else {
        Target::of_stranger(&arn, owner, call.account())
    };
    let action = format!("iam:{}", CreateDelegationRequestRequest::OPERATION.name);
    call.authorize(&action, target, Wording::Full, |context| {
        context.set("iam:DelegationDuration", asked.session_duration.to_string());
        context.set("iam:NotificationChannel", asked.notification_channel.as_str());
        if let Some(arn) = template_arn {
            context.set("iam:TemplateArn", arn);
        }
    })
}

/// The policy that is asked for: a managed policy of the requestor's account or of AWS, its gaps filled.
fn requested_policy(call: &Call<'_>, arn: &str, parameters: &[Given]) -> Result<Box<str>, ApiError> {
    let template = NamedPolicy::read(call, arn)?
        .attachable()
        .map_err(|_| invalid(format!("The policy template {arn} does not exist.")))?;
    let template = template
        .in_force()
        .ok_or_else(|| invalid(format!("The policy template {arn} does not exist.")))?;
    let filled = fill(template.document(), parameters).map_err(|error| invalid(error.to_string()))?;
    let policy = minify_json(&filled);
    if policy.chars().count() > MAX_POLICY {
        return Err(invalid(format!(
            "The policy has more than {MAX_POLICY} characters with its parameters filled in."
        )));
    }
    Policy::compile(&policy, PolicyKind::Session).map_err(|error| {
        invalid(format!(
            "The policy is malformed with its parameters filled in: {}",
            error.message
        ))
    })?;
    Ok(policy.into())
}

impl Perform for GetDelegationRequestRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetDelegationRequestResponse, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        let check = self.delegation_permission_check.unwrap_or_default();
        let limited = call.caller.session.as_deref().is_some_and(is_limited);
        // Whether policies cover a policy is not decided here; the root user's rights cover every one.
        let result = if call.caller.is_root() && !limited {
            "ALLOWED"
        } else {
            "UNSURE"
        };
        Ok(GetDelegationRequestResponse {
            delegation_request: shown(call, &request),
            permission_check_status: check.then(|| "COMPLETE".to_owned()),
            permission_check_result: check.then(|| result.to_owned()),
        })
    }
}

impl Perform for ListDelegationRequestsRequest {
    /// Of the requests for the caller's account, those that somebody there looks after.
    fn perform(self, call: &mut Call<'_>) -> Result<ListDelegationRequestsResponse, Failure> {
        let owner = self.owner_id.as_deref();
        authorize_list(call, Self::OPERATION, owner)?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[owner.unwrap_or_default()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let (snapshot, account) = (call.snapshot, call.account());
        let partition = call.partition();
        let requests = snapshot
            .delegation_requests(account, pager.after())
            .filter(|request| {
                let owned = request.owner.as_ref();
                let is = |known, wanted| party_name(snapshot, partition, known) == wanted;
                owned.is_some_and(|known| owner.is_none_or(|wanted| is(known, wanted)))
            });
        let page = pager.take(call, requests, |request| request.id.to_string());
        let page = page.map(|request| shown(call, request));
        Ok(ListDelegationRequestsResponse {
            is_truncated: page.is_truncated(),
            delegation_requests: page.items,
            marker: page.marker,
        })
    }
}

fn shown(call: &Call<'_>, request: &DelegationRequest) -> Shown {
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    let account = |account: AccountId| account.to_string();
    let name = |known| party_name(call.snapshot, call.partition(), known).into_owned();
    Shown {
        delegation_request_id: Some(request.id.to_string()),
        owner_account_id: request.owner_account.map(account),
        description: Some(request.description.to_string()),
        request_message: text(&request.message),
        permissions: Some(DelegationPermission {
            policy_template_arn: text(&request.template_arn),
            parameters: request.parameters.iter().map(given).collect(),
        }),
        permission_policy: Some(request.permission_policy.to_string()),
        role_permission_restriction_arns: request
            .role_restrictions
            .iter()
            .map(ToString::to_string)
            .collect(),
        owner_id: request.owner.as_ref().map(name),
        approver_id: request.approval.as_ref().map(|approval| name(&approval.by)),
        state: Some(request.state_at(call.now()).as_str().to_owned()),
        expiration_time: Some(request.expires),
        requestor_id: Some(account(request.requestor)),
        requestor_name: Some(request.requestor_name.to_string()),
        create_date: Some(request.created),
        session_duration: i32::try_from(request.session_duration).ok(),
        redirect_url: text(&request.redirect_url),
        notes: text(&request.notes),
        rejection_reason: text(&request.rejection_reason),
        only_send_by_owner: Some(request.only_send_by_owner),
        updated_time: Some(request.updated),
    }
}

fn kept(given: &Given) -> Kept {
    Kept {
        name: given.name.as_deref().unwrap_or_default().into(),
        values: given.values.iter().map(|value| value.as_str().into()).collect(),
        is_list: is_list(given),
    }
}

fn given(kept: &Kept) -> Given {
    let kind = if kept.is_list { "stringList" } else { "string" };
    Given {
        name: Some(kept.name.to_string()),
        values: kept.values.iter().map(ToString::to_string).collect(),
        parameter_type: Some(kind.to_owned()),
    }
}

fn account(id: &str) -> Result<AccountId, ApiError> {
    id.parse()
        .map_err(|_| invalid(format!("{id} is not an account id.")))
}

fn invalid(text: impl Into<String>) -> ApiError {
    errors::INVALID_INPUT.with(text.into())
}
