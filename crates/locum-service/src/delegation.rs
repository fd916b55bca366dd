//! What delegated access stands on: the request, whoever granted it, and the account that asked.
//!
//! Each of the three can end it at any time. So nothing of it is believed because a token says so: whenever delegated
//! credentials sign, and when a token is traded in for them, everything is looked at anew.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use locum_api::ApiError;
use locum_directory::{
    AccountStatus, Changes, DelegationApproval, DelegationRequest, DelegationState, Directory, Snapshot,
};
use locum_names::AccountId;
use locum_session::SessionScope;

use crate::{
    call::Call,
    caller::{Caller, Identity},
    service::{StartError, store},
};

/// The header of the reply to `SendDelegationToken` with the token that is traded in for credentials.
pub const TRADE_IN_TOKEN_HEADER: &str = "x-locum-trade-in-token";

/// How long a request waits for somebody to look after it: AWS's day.
pub(crate) const UNASSIGNED_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How long a request stays in any later state: AWS's seven days, well beyond the longest access.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an expired request can still be shown.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many are forgotten in one write.
const A_WRITE: usize = 200;

/// When something that begins now and lasts so long is over.
pub(crate) fn end(now: Timestamp, lifetime: SignedDuration) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}

/// The request of a delegated session, if it still lets its sessions act.
pub(crate) fn in_force<'s>(
    snapshot: &'s Snapshot,
    id: &str,
    now: Timestamp,
) -> Option<&'s Arc<DelegationRequest>> {
    let request = snapshot.delegation_request(id)?;
    let granted = request.state_at(now) == DelegationState::Finalized;
    let approved = request.approval.as_ref().and_then(|a| approver(snapshot, a));
    (granted && approved.is_some() && is_open(snapshot, request.requestor)).then_some(request)
}

/// Whoever granted a request, as he is now; `None` if he is gone, or his sessions were revoked after he granted it, or the one
/// that he granted it in.
pub(crate) fn approver(snapshot: &Snapshot, approval: &DelegationApproval) -> Option<Identity> {
    let account = snapshot
        .account(approval.by.account)
        .filter(|account| account.status == AccountStatus::Active)?;
    // Of the same second: which came first is not known.
    let stands = |revoke_before: Option<Timestamp>| {
        revoke_before.is_none_or(|time| approval.stands_since().as_second() > time.as_second())
    };
    let Some(id) = approval.by.principal else {
        return stands(account.root.revoke_before).then_some(Identity::Root);
    };
    if let Some(session_name) = &approval.session_name {
        let role = snapshot.role_by_id(&id)?;
        return stands(role.revoke_before).then(|| Identity::Role {
            role: Arc::clone(role),
            session_name: session_name.clone(),
        });
    }
    let user = snapshot.user_by_id(&id)?;
    stands(user.revoke_before).then(|| Identity::User(Arc::clone(user)))
}

/// Whether an account may act and be acted for.
fn is_open(snapshot: &Snapshot, account: AccountId) -> bool {
    snapshot
        .account(account)
        .is_some_and(|account| account.status == AccountStatus::Active)
}

/// The id of the request whose access the caller uses, if it does.
fn request_of(caller: &Caller) -> Option<&str> {
    match &caller.session.as_deref()?.scope {
        Some(SessionScope::Delegated { request }) => Some(request),
        Some(SessionScope::AssumedRoot) | None => None,
    }
}

/// Refuses a delegate a role that is not bounded by what the approver was shown: roles outlive the delegation.
///
/// # Errors
/// Denied, unless the caller is no delegate or the request's policy names the boundary.
pub(crate) fn check_boundary(call: &Call<'_>, boundary: Option<&str>) -> Result<(), ApiError> {
    let Some(id) = request_of(call.caller) else {
        return Ok(());
    };
    let named = call.snapshot.delegation_request(id).is_some_and(|request| {
        request
            .role_restrictions
            .iter()
            .any(|arn| Some(&**arn) == boundary)
    });
    if named {
        return Ok(());
    }
    Err(ApiError::access_denied(
        "With delegated access, a role must have a permissions boundary that the delegation request names.",
    ))
}

/// Refuses a delegate to write the policy that is to bound the roles it makes: they would be bounded by nothing that the
/// approver was shown.
///
/// # Errors
/// Denied, unless the caller is no delegate or the request's policy does not name the boundary.
pub(crate) fn check_written(call: &Call<'_>, policy_arn: &str) -> Result<(), ApiError> {
    let Some(id) = request_of(call.caller) else {
        return Ok(());
    };
    let bounds = call.snapshot.delegation_request(id).is_none_or(|request| {
        let mut named = request.role_restrictions.iter();
        named.any(|arn| arn.eq_ignore_ascii_case(policy_arn))
    });
    if !bounds {
        return Ok(());
    }
    Err(ApiError::access_denied(
        "With delegated access, a permissions boundary that the delegation request names cannot be written.",
    ))
}

/// Forgets the requests that expired long ago, the oldest first.
///
/// # Errors
/// `StartError::Store`; what was not forgotten is still there.
pub(crate) fn forget(directory: &Directory, now: Timestamp) -> Result<(), StartError> {
    let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    while directory
        .snapshot()
        .delegation_requests_until(before)
        .next()
        .is_some()
    {
        store(directory, |newest| {
            let mut changes = Changes::new();
            for request in newest.delegation_requests_until(before).take(A_WRITE) {
                changes.delete(&**request);
            }
            Ok(changes)
        })?;
    }
    Ok(())
}
