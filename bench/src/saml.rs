//! A SAML identity provider: a key, its certificate, and responses signed with it.
//!
//! An assertion is good for one call and for five minutes, so that responses are signed right before they are sent. The
//! template, key and certificate are those of the verifier's own tests, and so is the canonical form that is signed.

use std::error::Error;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use locum_crypto::{SigningAlgorithm, SigningKey, sha256};
use locum_federation::saml::canonicalize;

/// What it calls itself.
pub(crate) const ENTITY_ID: &str = "https://idp.example.com/metadata";
/// Of its key, in DER.
pub(crate) const CERTIFICATE: &[u8] = include_bytes!("../../crates/locum-federation/tests/saml/data/rsa.crt");

const KEY: &[u8] = include_bytes!("../../crates/locum-federation/tests/saml/data/rsa.pk8");
const TEMPLATE: &str = include_str!("../../crates/locum-federation/tests/saml/data/response.xml");
const RESPONSE_MARK: &str = "<!--response-signature-->";
const ASSERTION_MARK: &str = "<!--assertion-signature-->";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The provider.
pub(crate) struct SamlIssuer {
    key: SigningKey,
}

impl SamlIssuer {
    /// Reads its key.
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let key = SigningKey::from_pkcs8(SigningAlgorithm::Rs256, KEY)?;
        Ok(Self { key })
    }

    /// A response for a role by a provider, both ARNs, in base64. `number` makes its assertion another one.
    pub(crate) fn response(
        &self,
        role: &str,
        provider: &str,
        number: usize,
        now: Timestamp,
    ) -> Result<String, Box<dyn Error>> {
        let id = format!("_a{number}");
        let plain = document(role, provider, &id, now)?;
        let octets = canonicalize(&plain.replace(ASSERTION_MARK, ""), Some(&id), "")?;
        let digest = BASE64_STANDARD.encode(sha256(octets.as_bytes()));
        let info = format!(
            "<ds:CanonicalizationMethod Algorithm=\"{EXC}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"{EXC}\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        );
        // In canonical form as it stands.
        let signed = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{info}</ds:SignedInfo>");
        let value = BASE64_STANDARD.encode(self.key.sign(signed.as_bytes())?);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{info}</ds:SignedInfo>\
             <ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
        );
        Ok(BASE64_STANDARD.encode(plain.replace(ASSERTION_MARK, &signature)))
    }
}

/// The template with its times about `now`, and with these names in it.
fn document(role: &str, provider: &str, id: &str, now: Timestamp) -> Result<String, Box<dyn Error>> {
    let at = |minutes| {
        let time = now.checked_add(SignedDuration::from_mins(minutes))?;
        Ok::<_, jiff::Error>(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    };
    let replaced = [
        (RESPONSE_MARK, String::new()),
        ("2026-11-22T04:00:00.123Z", at(0)?),
        ("2026-11-22T03:58:00Z", at(-2)?),
        ("2026-11-22T03:59:00Z", at(-1)?),
        ("2026-11-22T04:05:00Z", at(5)?),
        ("2026-11-22T12:00:00Z", at(480)?),
        ("_a1", id.to_owned()),
        ("arn:aws:iam::123456789012:role/reader", role.to_owned()),
        ("arn:aws:iam::123456789012:saml-provider/idp", provider.to_owned()),
        // A session tag would ask for one more permission.
        (
            "https://aws.amazon.com/SAML/Attributes/PrincipalTag:team",
            "urn:oid:2.5.4.11".to_owned(),
        ),
    ];
    let mut text = TEMPLATE.trim().to_owned();
    for (from, to) in replaced {
        if !text.contains(from) {
            return Err(format!("{from} is not in the template of SAML responses").into());
        }
        text = text.replace(from, &to);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use locum_federation::saml::{
        Encryption, Expected, Provider, RoleClaims, VerificationKeyWithThumbprint, verify,
    };

    use super::*;

    #[test]
    fn what_it_signs_is_verified_and_every_assertion_is_another_one() {
        let issuer = SamlIssuer::new().unwrap();
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let keys = [VerificationKeyWithThumbprint::from_certificate(CERTIFICATE).unwrap()];
        let verified = |number| {
            let role = "arn:aws:iam::111122223333:role/saml";
            let provider = "arn:aws:iam::111122223333:saml-provider/bench";
            let response = issuer.response(role, provider, number, now).unwrap();
            let expected = Expected {
                provider: Provider {
                    entity_id: ENTITY_ID,
                    keys: &keys,
                    decryption: &[],
                    encryption: Encryption::Allowed,
                },
                audiences: &["urn:amazon:webservices"],
                recipients: &["https://signin.aws.amazon.com/saml"],
                now,
            };
            let assertion = verify(&response, &expected).unwrap();
            let claims = RoleClaims::read(&assertion).unwrap();
            assert!(format!("{claims:?}").contains(role), "{claims:?}");
            assertion
        };
        assert_ne!(verified(1), verified(2));
    }
}
