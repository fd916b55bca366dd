//! Who may do what to a delegation request.
//!
//! Until somebody looks after it, it is seen by whoever knows its id: by anybody, or by the account it is addressed to.
//! From then on it belongs to that account, and to everybody else it is not there. Its owner needs no policy to look at it,
//! hand it on, turn it down or send its token, as in AWS; a policy can still deny that. Granting always needs one.

use std::{borrow::Cow, sync::Arc};

use locum_api::{ApiError, errors, model::Operation};
use locum_directory::{DelegationParty, DelegationRequest, DelegationState, Snapshot};
use locum_names::Partition;
use locum_policy::{Policy, PolicyKind, ResourcePolicy, Source};
use locum_session::Session;

use super::access::arn;
use crate::{
    call::{Call, Failure, Target},
    caller::Identity,
    denial::Wording,
};

/// What every owner may.
const OWNERS_ACTIONS: &str = r#"["iam:GetDelegationRequest","iam:ListDelegationRequests","iam:RejectDelegationRequest","iam:SendDelegationToken","iam:UpdateDelegationRequest"]"#;

/// The request of this id, if the caller may perform an operation on it.
///
/// # Errors
/// Denied, or, for those who are not, that it does not exist.
pub(super) fn permitted(
    call: &Call<'_>,
    operation: &Operation,
    id: &str,
) -> Result<Arc<DelegationRequest>, Failure> {
    let known = call.snapshot.delegation_request(id);
    let seen = known.filter(|request| {
        request
            .owner_account
            .is_none_or(|account| account == call.account())
    });
    let owner = seen.and_then(|request| request.owner.as_ref());
    let grant = owner
        .filter(|owner| is_party(call, owner))
        .and_then(owners_policy);
    let arn = arn(call, "delegation-request", format_args!("/{id}"));
    authorize_with(
        call,
        operation,
        &arn,
        grant.as_ref(),
        owner
            .map(|owner| party_name(call.snapshot, call.partition(), owner))
            .as_deref(),
    )?;
    let text = || format!("The delegation request with id {id} cannot be found.");
    seen.cloned()
        .ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()).into())
}

/// Asks whether the caller may list the requests of an owner, or of all; everybody may list his own.
///
/// INVARIANT: whoever has an ARN lists what [`party_name`] calls by it, so none of his predecessor's.
pub(super) fn authorize_list(
    call: &Call<'_>,
    operation: &Operation,
    owner: Option<&str>,
) -> Result<(), Failure> {
    let own = owner.filter(|owner| **owner == call.caller.arn_text());
    let grant = own
        .and_then(|_| party(call).ok())
        .filter(|party| is_party(call, party));
    let grant = grant.as_ref().and_then(owners_policy);
    authorize_with(call, operation, "*", grant.as_ref(), owner)
}

fn authorize_with(
    call: &Call<'_>,
    operation: &Operation,
    arn: &str,
    grant: Option<&Policy>,
    owner: Option<&str>,
) -> Result<(), Failure> {
    let policy = grant.map_or(ResourcePolicy::None, |policy| {
        ResourcePolicy::Attached(Source::new(policy, "delegation-request-owner"))
    });
    let target = Target::with_policy(arn, call.account(), policy);
    let action = format!("iam:{}", operation.name);
    call.authorize(&action, target, Wording::Full, |context| {
        if let Some(owner) = owner {
            context.set("iam:DelegationRequestOwner", owner);
        }
    })
}

/// The caller, to be remembered as somebody who has a part in a request.
///
/// # Errors
/// Denied for a federated user, who is nobody that can be found again.
pub(super) fn party(call: &Call<'_>) -> Result<DelegationParty, ApiError> {
    let principal = match &call.caller.identity {
        Identity::Root => None,
        Identity::User(user) => Some(user.id),
        Identity::Role { role, .. } => Some(role.id),
        Identity::FederatedUser { .. } => {
            let text = "Federated users have no part in delegation requests.";
            return Err(ApiError::access_denied(text));
        }
    };
    Ok(DelegationParty {
        account: call.account(),
        principal,
        arn: call.caller.arn_text().into(),
    })
}

/// What a party is called now. He may have another name than he had then, and somebody else may have his: whoever is gone
/// goes by his unique id, as in trust policies.
pub(super) fn party_name<'p>(
    snapshot: &Snapshot,
    partition: Partition,
    known: &'p DelegationParty,
) -> Cow<'p, str> {
    let Some(id) = &known.principal else {
        return (&*known.arn).into();
    };
    if let Some(user) = snapshot.user_by_id(id) {
        return user.arn(partition).to_string().into();
    }
    // Roles and their sessions keep their names.
    match snapshot.role_by_id(id) {
        Some(_) => (&*known.arn).into(),
        None => id.as_str().into(),
    }
}

/// Whether the caller is this party with all that it may. For a role it is the one session.
pub(super) fn is_party(call: &Call<'_>, known: &DelegationParty) -> bool {
    let in_role = matches!(call.caller.identity, Identity::Role { .. });
    let limited = call.caller.session.as_deref().is_some_and(is_limited);
    !limited
        && party(call).is_ok_and(|own| {
            own.account == known.account
                && own.principal == known.principal
                && (!in_role || own.arn == known.arn)
        })
}

/// Whether a session can do less than its principal.
pub(super) fn is_limited(session: &Session) -> bool {
    session.policy.is_some() || !session.policy_arns.is_empty() || session.scope.is_some()
}

/// The policy that every request has for its owner. The root user needs none.
fn owners_policy(owner: &DelegationParty) -> Option<Policy> {
    let id = owner.principal?;
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{id}"}},"Action":{OWNERS_ACTIONS},"Resource":"*"}}}}"#
    );
    Policy::compile(&document, PolicyKind::Resource).ok()
}

/// Refuses an operation that a request's state does not allow.
pub(super) fn check_state(
    call: &Call<'_>,
    request: &DelegationRequest,
    allowed: &[DelegationState],
) -> Result<(), ApiError> {
    let state = request.state_at(call.now());
    if allowed.contains(&state) {
        return Ok(());
    }
    let (id, state) = (&request.id, state.as_str());
    let allowed: Vec<&str> = allowed.iter().map(|state| state.as_str()).collect();
    Err(errors::INVALID_INPUT.with(format!(
        "The delegation request {id} is {state}; it must be {}.",
        allowed.join(" or ")
    )))
}
