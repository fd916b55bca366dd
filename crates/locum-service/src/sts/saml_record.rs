//! What an AssumeRoleWithSAML leaves in the audit log (`facts: sts §10`).
//!
//! The assertion itself never does: within five minutes it may be worth credentials. Its id and the thumbprint of the
//! certificate that signed it do: whoever stole a provider's key makes assertions that nothing tells from real ones but
//! the provider's own log, which knows the ids that it issued (`facts: security §1.5`, golden SAML).

use locum_api::sts::AssumeRoleWithSAMLRequest;
use locum_crypto::hex;
use locum_federation::saml::RoleClaims;
use serde_json::{Map, Value};

use super::saml_assertion::Presented;
use crate::{
    audit::{Elements, Resource, UserIdentity},
    unsigned::UnsignedCall,
};

/// Notes whom the provider vouches for. From here on the call is that user's, whatever becomes of it.
pub(super) fn note_user(
    call: &mut UnsignedCall<'_>,
    request: &AssumeRoleWithSAMLRequest,
    presented: &Presented,
    qualifier: &str,
) {
    let Presented {
        provider, assertion, ..
    } = presented;
    let identity = UserIdentity {
        kind: "SAMLUser",
        principal_id: Some(format!("{qualifier}:{}", assertion.subject).into()),
        user_name: Some(assertion.subject.clone().into()),
        identity_provider: Some(qualifier.to_owned().into()),
        ..UserIdentity::default()
    };
    call.notes.vouched = Some((identity, provider.account));
    let resource = |arn: &str, kind| Resource {
        arn: arn.to_owned(),
        account_id: provider.account,
        kind,
    };
    call.notes.resources = vec![
        resource(&request.role_arn, "AWS::IAM::Role"),
        resource(&request.principal_arn, "AWS::IAM::SAMLProvider"),
    ];
    call.notes.additional_event_data = Some(Elements::from_iter([
        ("samlAssertionId", assertion.id.as_str().into()),
        ("samlCertificateSha256", hex(&assertion.signed_by).into()),
    ]));
    parameter(call, "sAMLAssertionID", assertion.id.as_str().into());
}

/// Adds what the assertion asks for to the request's parameters.
pub(super) fn note_claims(call: &mut UnsignedCall<'_>, claims: &RoleClaims) {
    parameter(call, "roleSessionName", claims.session_name.as_str().into());
    if let Some(source_identity) = &claims.source_identity {
        parameter(call, "sourceIdentity", source_identity.as_str().into());
    }
    if !claims.principal_tags.is_empty() {
        let tags = claims.principal_tags.iter();
        let tags: Map<String, Value> = tags.map(|(k, v)| (k.clone(), v.as_str().into())).collect();
        parameter(call, "principalTags", Value::Object(tags));
    }
    if !claims.transitive_tag_keys.is_empty() {
        let keys = claims.transitive_tag_keys.iter().map(String::as_str);
        parameter(call, "transitiveTagKeys", keys.collect());
    }
}

/// Adds one of the request's parameters.
pub(super) fn parameter(call: &mut UnsignedCall<'_>, name: &str, value: Value) {
    let parameters = call.notes.request_parameters.get_or_insert_default();
    parameters.add(name, &value);
}
