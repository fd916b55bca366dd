//! GetWebIdentityToken: a signed word about the caller, for services that are not ours (`facts: sts §2.14, §6.3`).
//!
//! The order of the checks is AWS's (recorded): who may, then how long, then whether the account issues tokens at all.

use locum_api::{
    ApiError, errors,
    sts::{GetWebIdentityTokenRequest, GetWebIdentityTokenResponse, Tag},
};
use locum_crypto::uuid;
use locum_directory::{OutboundAlgorithm, OutboundFederation};
use locum_federation::outbound::{Claims, SignError, sign};
use locum_policy::Context;

use crate::{
    audit::Elements,
    call::{Call, Failure, Target},
    circumstances::request_tag_keys,
    clock::instant,
    denial::Wording,
    outbound,
    route::Perform,
    sts::issue::recorded,
};

/// Five minutes.
const DEFAULT_SECONDS: i32 = 300;

impl Perform for GetWebIdentityTokenRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetWebIdentityTokenResponse, Failure> {
        let algorithm = algorithm(&self.signing_algorithm)?;
        check_tags(&self.tags)?;
        if call.caller.is_root() {
            // Whom the token would name is no IAM user or role, and the root user's word should not travel.
            return Err(ApiError::access_denied("GetWebIdentityToken does not support the root user").into());
        }
        let seconds = self.duration_seconds.unwrap_or(DEFAULT_SECONDS);
        authorize(call, &self, seconds)?;

        let issued_at = call.now().as_second();
        let expires_at = issued_at.saturating_add(i64::from(seconds));
        let session = call.caller.session.as_deref();
        if session.is_some_and(|session| session.expires_at <= expires_at) {
            let text = "Requested token expiry time must be before the original session's expiry time.";
            return Err(errors::SESSION_DURATION_ESCALATION.with(text).into());
        }
        let issuer = call.snapshot.outbound_federation(call.account());
        let Some(issuer) = issuer.filter(|issuer| issuer.enabled) else {
            let text = "OutboundWebIdentityFederation is disabled.";
            return Err(errors::OUTBOUND_FEDERATION_DISABLED.with(text).into());
        };

        let id = uuid(call.random);
        let url = call.settings.public_url.issuer(&issuer.issuer_id);
        let effective = EffectiveTags::of(call);
        let organization_path = call.snapshot.organization_path(call.account());
        let claims = Claims {
            issuer: &url,
            subject: &call.caller.principal_arn_text(),
            audience: &self.audience,
            id: &id,
            issued_at,
            expires_at,
            account: call.account(),
            region: call.at.region,
            organization: call.at.organization,
            organization_path: organization_path.as_deref(),
            principal_tags: &effective.pairs(),
            request_tags: &pairs(&self.tags).collect::<Vec<_>>(),
            session_expires_at: session.map(|session| instant(session.expires_at)),
            source_identity: session.and_then(|session| session.source_identity.as_deref()),
            federated_provider: session
                .and_then(|session| session.federation.as_ref())
                .map(|federation| &*federation.provider),
        };
        let (token, kid) = signed(call, issuer, algorithm, &claims)?;
        let response = GetWebIdentityTokenResponse {
            web_identity_token: token.into(),
            expiration: instant(expires_at),
        };
        call.notes.response_elements = recorded(&response);
        // The token is not recorded; this is what one that turns up somewhere is found by.
        let found_by = [
            ("issuer", url.into()),
            ("keyId", kid.into()),
            ("tokenId", id.into()),
        ];
        call.notes.additional_event_data = Some(Elements::from_iter(found_by));
        Ok(response)
    }
}

/// Asks whether the caller may have a token of these tags. The resource is the caller's own session, whatever it is of
/// (recorded).
fn authorize(call: &Call<'_>, request: &GetWebIdentityTokenRequest, seconds: i32) -> Result<(), Failure> {
    let resource = format!("arn:{}:sts::{}:self", call.partition(), call.account());
    let target = Target::plain(&resource, call.account());
    let ask = |action: &str| {
        call.authorize(action, target, Wording::Full, |context: &mut Context<'_>| {
            context.set_many(
                "sts:IdentityTokenAudience",
                request.audience.iter().map(String::as_str),
            );
            context.set("sts:SigningAlgorithm", request.signing_algorithm.as_str());
            context.set("sts:DurationSeconds", seconds.to_string());
            request_tag_keys(context, pairs(&request.tags));
        })
    };
    ask("sts:GetWebIdentityToken")?;
    if request.tags.is_empty() {
        return Ok(());
    }
    ask("sts:TagGetWebIdentityToken")
}

fn algorithm(word: &str) -> Result<OutboundAlgorithm, ApiError> {
    match word {
        "RS256" => Ok(OutboundAlgorithm::Rs256),
        "ES384" => Ok(OutboundAlgorithm::Es384),
        _ => Err(ApiError::validation(
            "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported \
             algorithms",
        )),
    }
}

/// Keys of AWS's own are not refused here (recorded): the claim says that the caller asked for them.
fn check_tags(tags: &[Tag]) -> Result<(), ApiError> {
    let same = |a: &Tag, b: &Tag| a.key.to_lowercase() == b.key.to_lowercase();
    let repeated = |at: usize, tag: &Tag| tags.iter().take(at).any(|earlier| same(earlier, tag));
    match tags.iter().enumerate().any(|(at, tag)| repeated(at, tag)) {
        true => Err(ApiError::duplicate_tag_keys()),
        false => Ok(()),
    }
}

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> + Clone {
    tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()))
}

/// The caller's tags, each key once: those that policies see, in the spelling that won.
struct EffectiveTags<'a>(Context<'a>);

impl<'a> EffectiveTags<'a> {
    fn of(call: &Call<'a>) -> Self {
        let mut tags = Context::new();
        for (key, value) in call.caller.tags() {
            // Removed first: what replaces a value keeps its own spelling of the key (recorded).
            tags.remove(key);
            tags.set(key, value);
        }
        Self(tags)
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        let value = |(key, values)| Some((key, one(values)?));
        self.0.iter().filter_map(value).collect()
    }
}

fn one<'v>(values: &'v locum_policy::Values<'_>) -> Option<&'v str> {
    match values {
        locum_policy::Values::One(value) => Some(value),
        locum_policy::Values::Many(_) => None,
    }
}

/// The token, and the id of the key that signed it.
fn signed<'i>(
    call: &Call<'_>,
    issuer: &'i OutboundFederation,
    algorithm: OutboundAlgorithm,
    claims: &Claims<'_>,
) -> Result<(String, &'i str), ApiError> {
    let key = outbound::signing(issuer, algorithm, call.now());
    let kid = key.map(|key| &*key.kid).ok_or_else(ApiError::internal_failure)?;
    let keys = call.issuers.of(issuer);
    let keys = keys.map_err(|_| ApiError::internal_failure())?;
    let key = keys.key(kid).ok_or_else(ApiError::internal_failure)?;
    let token = sign(claims, kid, key).map_err(|error| match error {
        SignError::TooLarge { .. } => {
            errors::JWT_PAYLOAD_SIZE_EXCEEDED.with("JWT payload exceeds maximum allowed size")
        }
        SignError::Signing(_) => ApiError::internal_failure(),
    })?;
    Ok((token, kid))
}
