//! AssumeRoleWithWebIdentity (`facts: sts §2.6, §6.2`).
//!
//! The order is: shape of the request, the provider, the token, what the token says to us, then the role's trust policy,
//! and only for whom it trusts the limits of role and request. Whether there is such a role shows in nothing: the token is
//! held against a provider of the account first, and every denial is the same sentence.

use locum_api::{
    ApiError, errors, pattern,
    sts::{AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse},
};
use locum_federation::oidc::{Claims, TokenError};
use locum_names::{AccountId, Arn};
use locum_session::{Federation, FederationKey, SessionPrincipal, SessionTag};

use crate::{
    audit::{Elements, Shown},
    call::Failure,
    circumstances::claim_key,
    route::PerformUnsigned,
    sts::{
        federated_role::Wanted,
        identity_token::{self, Identified, refused},
        issue::{Grant, issue},
        named_role,
        session_policy::SessionPolicies,
        session_tags, web_identity_record,
    },
    unsigned::{UnsignedCall, Vouched},
};

const OPERATION: &str = "sts:AssumeRoleWithWebIdentity";

impl PerformUnsigned for AssumeRoleWithWebIdentityRequest {
    fn perform(self, call: &mut UnsignedCall<'_>) -> Result<AssumeRoleWithWebIdentityResponse, Failure> {
        let parsed = Arn::parse(&self.role_arn).ok();
        let (role_arn, account) = parsed
            .and_then(|arn| Some((arn, arn.account.parse::<AccountId>().ok()?)))
            .ok_or_else(|| ApiError::not_an_arn(&self.role_arn))?;
        if let Some(host) = self.provider_id {
            // Providers without OpenID Connect, which AWS has built in, are nobody's here.
            return Err(refused(TokenError::NoProvider(host)).into());
        }
        let identified = identity_token::verified(call, account, self.web_identity_token.expose())?;
        web_identity_record::note(call, &self.role_arn, &identified);
        let claims = &identified.verified.claims;
        check_roles(claims, &self.role_arn)?;
        let tags = tags(claims)?;
        let source_identity = source_identity(claims)?;

        let role = named_role::find(call.snapshot, call.partition(), &role_arn, account);
        let keys = claims.condition_keys(&identified.provider.url).map_err(refused)?;
        let wanted = Wanted {
            operation: OPERATION,
            vouched: Vouched {
                provider: &identified.provider_arn,
                user: &claims.subject,
            },
            role_arn: &self.role_arn,
            account,
            session_name: &self.role_session_name,
            source_identity,
            tags: &tags,
        };
        wanted.authorize(call, role.as_deref(), |context| {
            for (key, values) in &keys {
                claim_key(context, key, values);
            }
            // Without the claim every role is left to the trust policy (`facts: sts §4.2`).
            context.set_bool("sts:RoleAuthorizedByIdp", claims.roles.is_some());
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
        // The session may outlive the token, as it does on AWS.
        let seconds = named_role::seconds(&role, self.duration_seconds)?;
        let packed = !policies.is_empty() || !tags.is_empty();
        let source_identity = source_identity.map(str::to_owned);
        let grant = Grant {
            policy: policies.inline,
            policy_arns: policies.arns,
            source_identity: source_identity.as_deref().map(Into::into),
            federation: Some(federation(&identified)),
            tags,
            ..Grant::new(
                SessionPrincipal::Role {
                    id: role.id,
                    account,
                    session_name: self.role_session_name.as_str().into(),
                },
                seconds,
            )
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        let response = AssumeRoleWithWebIdentityResponse {
            credentials: issued.credentials,
            subject_from_web_identity_token: claims.subject.clone(),
            assumed_role_user: named_role::session(call.partition(), &role, &self.role_session_name),
            packed_policy_size: packed.then_some(issued.utilization),
            provider: claims.issuer.clone(),
            audience: claims.audience.clone(),
            source_identity,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        // The log names the provider by its ARN where the answer has the issuer (`facts: sts §2.6`).
        call.notes.response_elements = Elements::showing(&response, |name| match name {
            "SessionToken" => Shown::Hidden,
            "Provider" => Shown::As(&identified.provider_arn),
            _ => Shown::Whole,
        });
        Ok(response)
    }
}

/// Refuses a role that is not among those the token is limited to, to the letter.
fn check_roles(claims: &Claims, role_arn: &str) -> Result<(), ApiError> {
    let listed = |roles: &Vec<String>| roles.iter().any(|role| role == role_arn);
    if claims.roles.as_ref().is_none_or(listed) {
        return Ok(());
    }
    Err(errors::INVALID_IDENTITY_TOKEN.with("The token does not authorize the requested role"))
}

/// The session tags of a token (`facts: sts §6.2`).
fn tags(claims: &Claims) -> Result<Vec<SessionTag>, ApiError> {
    let tags = session_tags::claimed(&claims.session_tags)
        .ok_or_else(|| refused(TokenError::BadClaim("https://aws.amazon.com/tags")))?;
    session_tags::read(&tags, &claims.transitive_tag_keys, None)
}

/// The source identity of a token, which has the alphabet of a request's.
fn source_identity(claims: &Claims) -> Result<Option<&str>, ApiError> {
    let fits =
        |text: &&str| (2..=64).contains(&text.chars().count()) && (pattern::SESSION_NAME.matches)(text);
    match claims.source_identity.as_deref() {
        Some(text) if !fits(&text) => Err(refused(TokenError::BadClaim(
            "https://aws.amazon.com/source_identity",
        ))),
        fitting => Ok(fitting),
    }
}

/// What outlives the call of what the provider said: `amr`, `aud` and `sub` (`facts: sts §4.5`).
fn federation(identified: &Identified) -> Federation {
    let claims = &identified.verified.claims;
    let key = |name: &str, values: Vec<Box<str>>| FederationKey {
        name: format!("{}:{name}", identified.provider.url).into(),
        values,
    };
    let mut keys = vec![
        key("aud", vec![claims.audience.as_str().into()]),
        key("sub", vec![claims.subject.as_str().into()]),
    ];
    if !claims.amr.is_empty() {
        keys.push(key(
            "amr",
            claims.amr.iter().map(|value| value.as_str().into()).collect(),
        ));
    }
    Federation {
        provider: identified.provider_arn.as_str().into(),
        keys,
    }
}
