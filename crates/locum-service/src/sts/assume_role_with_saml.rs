//! AssumeRoleWithSAML (`facts: sts §2.5, §6.1`).
//!
//! The order is: shape of the request, the provider, the signature and every condition of the assertion, what the
//! assertion says to us, whether it was redeemed, then the role's trust policy, and only for whom it trusts the limits of
//! role and request. What is denied uses nothing up: an assertion is spent by the credentials that it brings.

use jiff::Timestamp;
use locum_api::{
    ApiError,
    sts::{AssumeRoleWithSAMLRequest, AssumeRoleWithSAMLResponse},
};
use locum_federation::saml::{KeyValues, RoleClaims, SamlError, condition_keys, name_qualifier};
use locum_names::{AccountId, Arn};
use locum_policy::Context;
use locum_session::{Federation, FederationKey, SessionPrincipal};

use crate::{
    call::Failure,
    route::PerformUnsigned,
    sts::{
        federated_role::Wanted,
        issue::{Grant, issue, recorded},
        named_role,
        saml_assertion::{self, Presented, refused},
        saml_record::{note_claims, note_user},
        session_policy::SessionPolicies,
        session_tags,
    },
    unsigned::{UnsignedCall, Vouched},
};

const OPERATION: &str = "sts:AssumeRoleWithSAML";

impl PerformUnsigned for AssumeRoleWithSAMLRequest {
    fn perform(self, call: &mut UnsignedCall<'_>) -> Result<AssumeRoleWithSAMLResponse, Failure> {
        let (role_arn, account) = of_account(&self.role_arn)?;
        let (provider_arn, _) = of_account(&self.principal_arn)?;
        let provider = saml_assertion::provider(call, &provider_arn, account)?;
        let presented = saml_assertion::verified(call, provider, self.saml_assertion.expose())?;
        let assertion = &presented.assertion;
        let qualifier = name_qualifier(&assertion.issuer, &account, &presented.provider.name);
        note_user(call, &self, &presented, &qualifier);

        let claims = RoleClaims::read(assertion).map_err(|error| refused(call, &error))?;
        note_claims(call, &claims);
        let asked = (&self.role_arn, &self.principal_arn);
        if !claims
            .roles
            .iter()
            .any(|(role, provider)| (role, provider) == asked)
        {
            return Err(refused(call, &SamlError::Role).into());
        }
        let tags = session_tags::claimed(&claims.principal_tags)
            .ok_or_else(|| refused(call, &SamlError::PrincipalTag))?;
        let tags = session_tags::read(&tags, &claims.transitive_tag_keys, None)?;
        presented.check_redeemable(call)?;

        let role = named_role::find(call.snapshot, call.partition(), &role_arn, account);
        let document = format!("{account}/{}", presented.provider.name);
        let wanted = Wanted {
            operation: OPERATION,
            vouched: Vouched {
                provider: &self.principal_arn,
                user: &assertion.subject,
            },
            role_arn: &self.role_arn,
            account,
            session_name: &claims.session_name,
            source_identity: claims.source_identity.as_deref(),
            tags: &tags,
        };
        let keys = condition_keys(assertion).map_err(|error| refused(call, &error))?;
        wanted.authorize(call, role.as_deref(), |context| {
            set_claims(context, &keys);
            context.set("saml:doc", document.as_str());
            context.set("saml:namequalifier", qualifier.as_str());
        })?;
        // INVARIANT: a role that is not there is not authorized.
        let role = role.ok_or_else(ApiError::internal_failure)?;

        let policies = SessionPolicies::read(
            call.snapshot,
            call.partition(),
            account,
            self.policy.as_deref(),
            &self.policy_arns,
        )?;
        let requested = named_role::seconds(&role, self.duration_seconds)?;
        let ends = assertion.session_not_on_or_after;
        let seconds = shortened(requested, claims.session_duration, ends, call.now())
            .ok_or_else(|| refused(call, &SamlError::SessionEnded))?;
        let packed = !policies.is_empty() || !tags.is_empty();
        let grant = Grant {
            policy: policies.inline,
            policy_arns: policies.arns,
            source_identity: claims.source_identity.as_deref().map(Into::into),
            federation: Some(federation(&self.principal_arn, &presented, &qualifier)),
            tags,
            ..Grant::new(
                SessionPrincipal::Role {
                    id: role.id,
                    account,
                    session_name: claims.session_name.as_str().into(),
                },
                seconds,
            )
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        call.changes.put(presented.used());
        let response = AssumeRoleWithSAMLResponse {
            credentials: issued.credentials,
            assumed_role_user: named_role::session(call.partition(), &role, &claims.session_name),
            packed_policy_size: packed.then_some(issued.utilization),
            subject: assertion.subject.clone(),
            subject_type: assertion.subject_type().to_owned(),
            issuer: assertion.issuer.clone(),
            audience: assertion.recipient.clone(),
            name_qualifier: qualifier,
            source_identity: claims.source_identity,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        Ok(response)
    }
}

/// An ARN of some account.
///
/// # Errors
/// `<value> is invalid`.
fn of_account(text: &str) -> Result<(Arn<'_>, AccountId), ApiError> {
    let parsed = Arn::parse(text).ok();
    let named = parsed.and_then(|arn| Some((arn, arn.account.parse().ok()?)));
    named.ok_or_else(|| ApiError::not_an_arn(text))
}

fn set_claims<'k>(context: &mut Context<'k>, keys: &[(&'static str, KeyValues<'k>)]) {
    for (key, values) in keys {
        match values {
            KeyValues::One(value) => context.set(*key, *value),
            KeyValues::Many(values) => context.set_many(*key, values.iter().copied()),
        }
    }
}

/// What outlives the call of what the provider said (`facts: sts §4.4`).
fn federation(provider_arn: &str, presented: &Presented, qualifier: &str) -> Federation {
    let assertion = &presented.assertion;
    let key = |name: &str, value: &str| FederationKey {
        name: name.into(),
        values: vec![value.into()],
    };
    Federation {
        provider: provider_arn.into(),
        keys: vec![
            key("saml:namequalifier", qualifier),
            key("saml:sub", &assertion.subject),
            key("saml:sub_type", assertion.subject_type()),
        ],
    }
}

/// How long the session lasts: what the request asks for, shortened by what the assertion says, and never beyond the end
/// of the session at the provider (`facts: sts §2.5`). Nothing if that is within this very second.
fn shortened(
    requested: i32,
    claimed: Option<u32>,
    session_end: Option<Timestamp>,
    now: Timestamp,
) -> Option<i32> {
    let claimed = claimed.and_then(|seconds| i32::try_from(seconds).ok());
    let left = session_end.map(|end| {
        let left = end.as_second().saturating_sub(now.as_second());
        i32::try_from(left).unwrap_or(i32::MAX)
    });
    let seconds = [Some(requested), claimed, left].into_iter().flatten().min();
    seconds.filter(|seconds| *seconds > 0)
}
