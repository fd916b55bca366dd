//! What an AssumeRoleWithWebIdentity leaves in the audit log (`facts: sts §10`). The token itself never does: until it
//! expires it is worth credentials.

use locum_directory::OidcProvider;
use locum_federation::oidc::Claims;
use serde_json::{Map, Value};

use super::{identity_token::Identified, saml_record::parameter};
use crate::{
    audit::{Elements, Resource, UserIdentity},
    unsigned::UnsignedCall,
};

/// Notes whom the provider vouches for, and what it asks for. From here on the call is that user's, whatever becomes of
/// it.
pub(super) fn note(call: &mut UnsignedCall<'_>, role_arn: &str, identified: &Identified) {
    let Identified {
        provider,
        provider_arn,
        verified,
    } = identified;
    let claims = &verified.claims;
    let identity = UserIdentity {
        kind: "WebIdentityUser",
        principal_id: Some(format!("{provider_arn}:{}:{}", claims.audience, claims.subject).into()),
        user_name: Some(claims.subject.clone().into()),
        identity_provider: Some(provider_arn.clone().into()),
        ..UserIdentity::default()
    };
    call.notes.vouched = Some((identity, provider.account));
    call.notes.resources = resources(provider, provider_arn, role_arn);
    call.notes.additional_event_data = Some(Elements::from_iter([(
        "identityProviderConnectionVerificationMethod",
        verified.verification.name().into(),
    )]));
    note_claims(call, claims);
}

fn resources(provider: &OidcProvider, provider_arn: &str, role_arn: &str) -> Vec<Resource> {
    let resource = |arn: &str, kind| Resource {
        arn: arn.to_owned(),
        account_id: provider.account,
        kind,
    };
    vec![
        resource(role_arn, "AWS::IAM::Role"),
        resource(provider_arn, "AWS::IAM::OIDCProvider"),
    ]
}

/// Adds what the token asks for to the request's parameters.
fn note_claims(call: &mut UnsignedCall<'_>, claims: &Claims) {
    if let Some(source_identity) = &claims.source_identity {
        parameter(call, "sourceIdentity", source_identity.as_str().into());
    }
    if !claims.session_tags.is_empty() {
        let tags = claims.session_tags.iter();
        let tags: Map<String, Value> = tags.map(|(k, v)| (k.clone(), v.as_str().into())).collect();
        parameter(call, "principalTags", Value::Object(tags));
    }
    if !claims.transitive_tag_keys.is_empty() {
        let keys = claims.transitive_tag_keys.iter().map(String::as_str);
        parameter(call, "transitiveTagKeys", keys.collect());
    }
}
