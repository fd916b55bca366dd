//! What becomes of a delegation request: taken, handed on, granted, turned down, and its token sent.
//!
//! Whoever grants it is remembered as he was: by his unique id, in the session he was in. He grants his own rights and no
//! more of them than the request's policy; sessions that have fewer rights than their principal could only grant rights
//! they do not have, and so grant nothing.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        AcceptDelegationRequestRequest, AssociateDelegationRequestRequest, RejectDelegationRequestRequest,
        SendDelegationTokenRequest, UpdateDelegationRequestRequest,
    },
};
use locum_crypto::{Random, SecretString, sha256};
use locum_directory::{
    DelegationApproval, DelegationRequest, DelegationState as State, DelegationToken, Tag,
};

use super::delegation_access::{check_state, is_limited, is_party, party, permitted};
use crate::{
    call::{Call, Failure},
    caller::Identity,
    circumstances::canonical_ip,
    clock::instant,
    delegation::{self, LIFETIME, TRADE_IN_TOKEN_HEADER, end},
    route::Perform,
};

/// The longest access that the root user may grant, in seconds (`facts: sts §2.13`).
const ROOT_MAX_SECONDS: u32 = 4 * 3600;
/// The longest access that a role assumed by a role may grant: as long as such a session may last.
const CHAINED_MAX_SECONDS: u32 = 3600;

impl Perform for AssociateDelegationRequestRequest {
    /// Takes it for the caller and his account: the first one does.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        check_state(call, &request, &[State::Unassigned])?;
        let owner = party(call)?;
        let request = DelegationRequest {
            owner_account: Some(owner.account),
            owner: Some(owner),
            ..moved(&request, State::Assigned, call.now())
        };
        call.changes.put(request);
        Ok(NoResult)
    }
}

impl Perform for UpdateDelegationRequestRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        check_state(call, &request, &[State::Assigned, State::PendingApproval])?;
        let notes = self.notes.map(Into::into).or_else(|| request.notes.clone());
        let request = DelegationRequest {
            notes,
            ..moved(&request, State::PendingApproval, call.now())
        };
        call.changes.put(request);
        Ok(NoResult)
    }
}

impl Perform for AcceptDelegationRequestRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        check_state(call, &request, &[State::Assigned, State::PendingApproval])?;
        let approval = approval(call)?;
        check_duration(call, request.session_duration)?;
        let request = DelegationRequest {
            approval: Some(approval),
            ..moved(&request, State::Accepted, call.now())
        };
        call.changes.put(request);
        Ok(NoResult)
    }
}

impl Perform for RejectDelegationRequestRequest {
    /// Also after the token was sent, which ends the access at once: AWS has no operation for that, only its console.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        let open = [
            State::Assigned,
            State::PendingApproval,
            State::Accepted,
            State::Finalized,
        ];
        check_state(call, &request, &open)?;
        let request = DelegationRequest {
            rejection_reason: self.notes.map(Into::into),
            ..moved(&request, State::Rejected, call.now())
        };
        call.changes.put(request);
        Ok(NoResult)
    }
}

impl Perform for SendDelegationTokenRequest {
    /// AWS hands the token to the requestor's SNS topic. Here it is in a header of the reply, once, and nowhere else.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let request = permitted(call, Self::OPERATION, &self.delegation_request_id)?;
        check_state(call, &request, &[State::Accepted])?;
        let by_owner = request.owner.as_ref().is_some_and(|owner| is_party(call, owner));
        if request.only_send_by_owner && !by_owner {
            let text = "The token of this delegation request can be sent by its owner only.";
            return Err(ApiError::access_denied(text).into());
        }
        if !call.at.secure && !canonical_ip(call.at.source_ip).is_loopback() {
            let text = "The token of a delegation request is given over an encrypted connection only.";
            return Err(ApiError::access_denied(text).into());
        }
        let stands = request
            .approval
            .as_ref()
            .and_then(|approval| delegation::approver(call.snapshot, approval));
        if stands.is_none() {
            let text = "Whoever accepted this delegation request cannot grant it any longer.";
            return Err(errors::INVALID_INPUT.with(text).into());
        }
        let token = new_token(call.random);
        let now = call.now();
        call.changes.put(DelegationRequest {
            token: Some(DelegationToken {
                digest: sha256(token.expose().as_bytes()),
                sent: now,
                used: None,
            }),
            ..moved(&request, State::Finalized, now)
        });
        call.reply_headers.push((TRADE_IN_TOKEN_HEADER, token));
        Ok(NoResult)
    }
}

/// The request in its next state, with all of that state's time before it.
fn moved(request: &Arc<DelegationRequest>, state: State, now: Timestamp) -> DelegationRequest {
    DelegationRequest {
        state,
        updated: now,
        expires: end(now, LIFETIME),
        ..DelegationRequest::clone(request)
    }
}

/// The caller as whoever grants a request.
///
/// # Errors
/// Denied to sessions that can do less than their principal, and to those that an identity provider vouched for: what it
/// said may be what a policy denies by, and the delegate's session would not have it.
fn approval(call: &Call<'_>) -> Result<DelegationApproval, ApiError> {
    let session = call.caller.session.as_deref();
    if session.is_some_and(|session| is_limited(session) || session.federation.is_some()) {
        return Err(ApiError::access_denied(
            "A session that has session policies, or that comes from an identity provider, AssumeRoot or a \
             delegation, cannot accept delegation requests.",
        ));
    }
    let (session_name, session_tags) = match (&call.caller.identity, session) {
        (Identity::Role { session_name, .. }, Some(session)) => {
            let tags = session.tags.iter().map(|tag| Tag {
                key: tag.key.clone(),
                value: tag.value.clone(),
            });
            (Some(session_name.clone()), tags.collect())
        }
        _ => (None, Vec::new()),
    };
    Ok(DelegationApproval {
        by: party(call)?,
        at: call.now(),
        session_issued_at: session.map(|session| instant(session.issued_at)),
        mfa_at: session
            .and_then(|session| session.mfa)
            .and_then(|mfa| Timestamp::from_second(mfa.authenticated_at).ok()),
        session_name,
        session_tags,
        source_identity: session.and_then(|session| session.source_identity.clone()),
    })
}

/// Refuses access that would last longer than the approver may grant: a role no longer than its own sessions.
fn check_duration(call: &Call<'_>, seconds: u32) -> Result<(), ApiError> {
    let chained = call
        .caller
        .session
        .as_deref()
        .is_some_and(|session| session.chain_depth > 0);
    let (who, most) = match &call.caller.identity {
        Identity::Root => ("The root user", ROOT_MAX_SECONDS),
        Identity::Role { .. } if chained => ("A role assumed by a role", CHAINED_MAX_SECONDS),
        Identity::Role { role, .. } => ("This role", role.max_session_duration),
        Identity::User(_) | Identity::FederatedUser { .. } => return Ok(()),
    };
    if seconds <= most {
        return Ok(());
    }
    Err(errors::INVALID_INPUT.with(format!(
        "{who} can accept delegation requests of at most {most} seconds; this one asks for {seconds}."
    )))
}

/// 256 random bits, as text.
fn new_token(random: &mut dyn Random) -> SecretString {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    SecretString::new(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
