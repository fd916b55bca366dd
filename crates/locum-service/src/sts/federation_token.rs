//! GetFederationToken: a session for somebody whom the calling user vouches for (`facts: sts §2.11`).

use locum_api::{
    ApiError,
    sts::{FederatedUser, GetFederationTokenRequest, GetFederationTokenResponse},
};
use locum_names::account_arn;
use locum_session::{Issuer, SessionPrincipal};

use crate::{
    call::{Call, Failure, Target},
    caller::Identity,
    circumstances::request_tag_keys,
    denial::Wording,
    route::Perform,
    sts::{
        issue::{Grant, issue, recorded},
        session_policy::SessionPolicies,
        session_tags,
        session_token::ROOT_MAX_SECONDS,
    },
};

/// Twelve hours.
const DEFAULT_SECONDS: i32 = 43_200;

impl Perform for GetFederationTokenRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetFederationTokenResponse, Failure> {
        let account = call.account();
        let (issuer, limit) = match &call.caller.identity {
            Identity::Root => (Issuer::Root, ROOT_MAX_SECONDS),
            Identity::User(user) => (Issuer::User(user.id), i32::MAX),
            // `restrictions` has refused them; this is the lock behind the lock.
            Identity::Role { .. } | Identity::FederatedUser { .. } => {
                let text = "Cannot call GetFederationToken with session credentials";
                return Err(ApiError::access_denied(text).into());
            }
        };
        let tags = session_tags::read(&self.tags, &[], None)?;
        let arn = account_arn(call.partition(), "sts", account, &["federated-user/", &self.name]);
        let target = Target::plain(&arn, account);
        let passed = self.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()));
        call.authorize(
            "sts:GetFederationToken",
            target,
            Wording::Unexplained,
            |context| {
                request_tag_keys(context, passed.clone());
            },
        )?;
        if !tags.is_empty() {
            call.authorize("sts:TagSession", target, Wording::Unexplained, |context| {
                request_tag_keys(context, passed.clone());
            })?;
        }

        let policies = SessionPolicies::read(
            call.snapshot,
            call.partition(),
            account,
            self.policy.as_deref(),
            &self.policy_arns,
        )?;
        let passed_anything = !policies.is_empty() || !tags.is_empty();
        let principal = SessionPrincipal::FederatedUser {
            account,
            issuer,
            name: self.name.as_str().into(),
        };
        let grant = Grant {
            policy: policies.inline,
            policy_arns: policies.arns,
            tags,
            ..Grant::new(
                principal,
                self.duration_seconds.unwrap_or(DEFAULT_SECONDS).min(limit),
            )
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        let response = GetFederationTokenResponse {
            federated_user: FederatedUser {
                federated_user_id: format!("{account}:{}", self.name),
                arn,
            },
            // 0 when nothing was passed, where AssumeRole leaves it out (`facts: sts §1.2`).
            packed_policy_size: Some(if passed_anything { issued.utilization } else { 0 }),
            credentials: issued.credentials,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        Ok(response)
    }
}
