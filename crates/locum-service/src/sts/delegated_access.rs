//! GetDelegatedAccessToken: the token of a granted delegation request, traded in for credentials (`facts: sts §2.13`).
//!
//! The session acts as whoever granted the request, with the request's policy as its session policy: it can do what both
//! allow. It ends when the access does, which began when the token was sent. A token that was used, revoked or sent to
//! somebody else is answered like one that never was.

use jiff::{SignedDuration, Timestamp};
use locum_api::{
    ApiError, errors,
    sts::{GetDelegatedAccessTokenRequest, GetDelegatedAccessTokenResponse},
};
use locum_crypto::sha256;
use locum_directory::{DelegationApproval, DelegationRequest, DelegationState, DelegationToken};
use locum_session::{MfaFacts, SessionPrincipal, SessionScope, SessionTag, TagReach};

use crate::{
    call::{Call, Failure, Target},
    caller::Identity,
    delegation,
    denial::Wording,
    route::Perform,
    sts::issue::{Grant, issue, recorded},
};

/// How far ahead of ours the clock may have been by which a request was granted or its token sent, as with sessions. By one that ran
/// wild the access would last until that time, and no revocation of before would end it.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(15);

impl Perform for GetDelegatedAccessTokenRequest {
    /// For the account that made the request. The token is marked as used in the same write that makes the answer final,
    /// so of any number of calls at once one gets credentials.
    fn perform(self, call: &mut Call<'_>) -> Result<GetDelegatedAccessTokenResponse, Failure> {
        let target = Target::plain("*", call.account());
        call.authorize(
            "sts:GetDelegatedAccessToken",
            target,
            Wording::Unexplained,
            |_| (),
        )?;
        let digest = sha256(self.trade_in_token.expose().as_bytes());
        let known = call.snapshot.delegation_request_by_token(&digest);
        let unused = known
            .filter(|request| request.requestor == call.account())
            .and_then(|request| Unused::of(request, call.now()))
            .ok_or_else(invalid)?;
        let approver = delegation::approver(call.snapshot, unused.approval).ok_or_else(invalid)?;
        let seconds = unused.seconds_left(call.now()).ok_or_else(expired)?;

        let account = unused.approval.by.account;
        let assumed_principal = approver.arn_text(call.partition(), account);
        let request = DelegationRequest {
            token: Some(DelegationToken {
                used: Some(call.now()),
                ..unused.token
            }),
            updated: call.now(),
            ..unused.request.clone()
        };
        let grant = grant(&unused, approver, seconds).ok_or_else(invalid)?;
        let issued = issue(&mut *call, grant, None)?;
        call.changes.put(request);
        let response = GetDelegatedAccessTokenResponse {
            credentials: issued.credentials,
            // Not filled any more (`facts: sts §2.3`).
            packed_policy_size: None,
            assumed_principal,
        };
        call.notes.response_elements = recorded(&response);
        call.notes.other_account = Some(account);
        Ok(response)
    }
}

/// A request whose token was sent and not used.
struct Unused<'r> {
    request: &'r DelegationRequest,
    approval: &'r DelegationApproval,
    token: DelegationToken,
}

impl<'r> Unused<'r> {
    fn of(request: &'r DelegationRequest, now: Timestamp) -> Option<Self> {
        let token = request.token.filter(|token| token.used.is_none())?;
        let approval = request.approval.as_ref()?;
        let is_ahead = |time: Timestamp| time.duration_since(now) > CLOCK_SKEW;
        if is_ahead(token.sent) || is_ahead(approval.at) {
            return None;
        }
        (request.state == DelegationState::Finalized).then_some(Self {
            request,
            approval,
            token,
        })
    }

    /// How much of the access is left: never more than there was.
    fn seconds_left(&self, now: Timestamp) -> Option<i32> {
        let end = self
            .token
            .sent
            .as_second()
            .saturating_add(i64::from(self.request.session_duration));
        let left = end
            .saturating_sub(now.as_second())
            .min(i64::from(self.request.session_duration));
        let over = left <= 0 || self.request.state_at(now) == DelegationState::Expired;
        i32::try_from(left).ok().filter(|_| !over)
    }
}

fn grant(unused: &Unused<'_>, approver: Identity, seconds: i32) -> Option<Grant> {
    let (request, approval) = (unused.request, unused.approval);
    let account = approval.by.account;
    let (principal, most) = match approver {
        Identity::User(user) => (SessionPrincipal::User { id: user.id, account }, i32::MAX),
        Identity::Role { role, session_name } => {
            let principal = SessionPrincipal::Role {
                id: role.id,
                account,
                session_name,
            };
            (
                principal,
                i32::try_from(role.max_session_duration).unwrap_or(i32::MAX),
            )
        }
        Identity::Root => (SessionPrincipal::Root { account }, i32::MAX),
        Identity::FederatedUser { .. } => return None,
    };
    let tags = approval.session_tags.iter().map(|tag| SessionTag {
        key: tag.key.clone(),
        value: tag.value.clone(),
        reach: TagReach::Session,
    });
    Some(Grant {
        mfa: approval.mfa_at.map(|at| MfaFacts {
            authenticated_at: at.as_second(),
        }),
        policy: Some(request.permission_policy.clone()),
        tags: tags.collect(),
        source_identity: approval.source_identity.clone(),
        scope: Some(SessionScope::Delegated {
            request: request.id.clone(),
        }),
        // Whoever denies the approver what he was issued before a time means what he granted before it, too.
        granted_at: Some(approval.stands_since()),
        ..Grant::new(principal, seconds.min(most))
    })
}

fn invalid() -> ApiError {
    ApiError::access_denied("The trade-in token is not valid.")
}

fn expired() -> ApiError {
    errors::EXPIRED_TRADE_IN_TOKEN.with("The trade-in token has expired.")
}
