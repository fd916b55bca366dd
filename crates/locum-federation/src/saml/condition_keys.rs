//! The `saml:*` condition keys that an assertion gives to the evaluation of a trust policy (`facts: sts §4.4`).

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::sha1;
use locum_names::AccountId;

use super::{Assertion, SamlError};

/// How many values a key may have.
#[derive(Clone, Copy)]
enum Arity {
    One,
    Many,
}

/// The names of attributes and the keys that they become. Oddities in the names are AWS's own.
const MAPPING: &[(&str, &str, Arity)] = {
    use Arity::{Many, One};
    &[
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
            "saml:edupersonaffiliation",
            Many,
        ),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "saml:edupersonnickname", Many),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "saml:edupersonorgdn", One),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.4",
            "saml:edupersonorgunitdn",
            Many,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.5",
            "saml:edupersonprimaryaffiliation",
            One,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
            "saml:edupersonprincipalname",
            One,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.7",
            "saml:edupersonentitlement",
            Many,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.8",
            "saml:edupersonprimaryorgunitdn",
            One,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
            "saml:edupersonscopedaffiliation",
            Many,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
            "saml:edupersontargetedid",
            Many,
        ),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.11",
            "saml:edupersonassurance",
            Many,
        ),
        ("urn:oid:1.3.6.1.4.1.5923.1.2.1.2", "saml:eduorghomepageuri", Many),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.2.1.3",
            "saml:eduorgidentityauthnpolicyuri",
            Many,
        ),
        ("urn:oid:1.3.6.1.4.1.5923.1.2.1.4", "saml:eduorglegalname", Many),
        ("urn:oid:1.3.6.1.4.1.5923.1.2.1.5", "saml:eduorgsuperioruri", Many),
        (
            "urn:oid:1.3.6.1.4.1.5923.1.2.1.6",
            "saml:eduorgwhitepagesuri",
            Many,
        ),
        ("urn:oid:2.5.4.3", "saml:cn", Many),
        (
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
            "saml:name",
            Many,
        ),
        (
            "http://schemas.xmlsoap.org/claims/CommonName",
            "saml:commonName",
            Many,
        ),
        (
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
            "saml:givenName",
            Many,
        ),
        (
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
            "saml:surname",
            Many,
        ),
        (
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            "saml:mail",
            Many,
        ),
        (
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
            "saml:uid",
            Many,
        ),
        ("2.5.4.3", "saml:commonName", Many),
        ("2.5.4.4", "saml:surname", Many),
        ("2.4.5.42", "saml:givenName", Many),
        ("2.5.4.45", "saml:x500UniqueIdentifier", Many),
        ("0.9.2342.19200300100.1.1", "saml:uid", Many),
        ("0.9.2342.19200300100.1.3", "saml:mail", Many),
        ("0.9.2342.19200300.100.1.45", "saml:organizationStatus", Many),
    ]
};

/// The values of a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValues<'a> {
    /// Of a key that has one.
    One(&'a str),
    /// Of a multivalued key: one or more.
    Many(Vec<&'a str>),
}

/// Returns the condition keys of an assertion with their values, each key once.
///
/// Of several attributes that become one key the first counts; one without values gives no key. `saml:doc` and
/// `saml:namequalifier` depend on the provider's place and are not among them.
///
/// # Errors
/// `SamlError::Attribute` if a key of one value would have several: without the key, a policy that denies by its value
/// would not.
pub fn condition_keys(assertion: &Assertion) -> Result<Vec<(&'static str, KeyValues<'_>)>, SamlError> {
    let mut keys = vec![
        ("saml:aud", KeyValues::One(assertion.recipient.as_str())),
        ("saml:iss", KeyValues::One(assertion.issuer.as_str())),
        ("saml:sub", KeyValues::One(assertion.subject.as_str())),
        ("saml:sub_type", KeyValues::One(assertion.subject_type())),
    ];
    for attribute in &assertion.attributes {
        let Some((_, key, arity)) = MAPPING.iter().find(|(name, ..)| *name == attribute.name) else {
            continue;
        };
        let values = match (arity, attribute.values.as_slice()) {
            (_, []) => continue,
            (Arity::One, [only]) => KeyValues::One(only),
            (Arity::One, _) => return Err(SamlError::Attribute),
            (Arity::Many, several) => KeyValues::Many(several.iter().map(String::as_str).collect()),
        };
        if keys.iter().all(|(known, _)| known != key) {
            keys.push((key, values));
        }
    }
    Ok(keys)
}

/// Returns the `NameQualifier` of AssumeRoleWithSAML: which issuer, account and provider a subject belongs to, as
/// `BASE64(SHA1(issuer + account + "/" + provider))` (`facts: sts §2.5`).
#[must_use]
pub fn name_qualifier(issuer: &str, account: &AccountId, provider_name: &str) -> String {
    BASE64_STANDARD.encode(sha1(format!("{issuer}{account}/{provider_name}").as_bytes()))
}
