//! What a response offers, for the program that carries it to the service: a person may have to choose a role first.
//!
//! Nothing is verified here: no signature, time or recipient. Whoever redeems the response verifies it, so the worst that
//! a forged one brings about is a question that leads nowhere. It passes the same guards as any other, for its text may
//! come from anywhere.

use super::{
    SamlError, decode,
    envelope::SUCCESS,
    guard,
    role_claims::{self, PREFIX},
    xml::{self, SAML, SAMLP, attribute},
};

/// What a response says before anybody has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Pairs of a role's ARN and a SAML provider's, those that are pairs. Empty if the assertion is encrypted.
    pub roles: Vec<(String, String)>,
    /// The request that it says it answers.
    pub in_response_to: Option<String>,
    /// The requests that its assertions say they answer, one for each of their confirmations; `None` for one that answers
    /// none. Empty if the assertion is encrypted.
    pub confirmations: Vec<Option<String>>,
    /// The status of a sign-in that failed: the last part of its innermost code, such as `RequestDenied`.
    pub failure: Option<String>,
}

impl Offer {
    /// Tells whether it answers this request and no other, in all that can be read: an assertion to a request must name it
    /// (SAML profiles §4.1.4.2).
    #[must_use]
    pub fn answers(&self, request: &str) -> bool {
        let mut confirmations = self.confirmations.iter();
        self.in_response_to.as_deref() == Some(request)
            && confirmations.all(|named| named.as_deref() == Some(request))
    }

    /// Reads a base64-encoded response. The cost is bounded as that of [`verify`](super::verify).
    ///
    /// # Errors
    /// `SamlError` if it is not base64, not admitted by the guards, or no response.
    pub fn read(response_base64: &str) -> Result<Self, SamlError> {
        let octets = decode(response_base64)?;
        let text = guard::admit(&octets, &xml::RESPONSE)?;
        let tree = xml::parse(&text)?;
        let root = tree.root_element();
        if !xml::is(root, SAMLP, "Response") {
            return Err(SamlError::NotAResponse);
        }
        let status = root
            .descendants()
            .filter(|node| xml::is(*node, SAMLP, "StatusCode"))
            .filter_map(|node| attribute(node, "Value"))
            .next_back();
        let failure = status
            .filter(|code| *code != SUCCESS)
            .map(|code| code.rsplit(':').next().unwrap_or(code).to_owned());
        let roles = root
            .descendants()
            .filter(|node| xml::is(*node, SAML, "Attribute"))
            .filter(|node| {
                attribute(*node, "Name").and_then(|name| name.strip_prefix(PREFIX)) == Some("Role")
            })
            .flat_map(|node| node.children())
            .filter(|node| xml::is(*node, SAML, "AttributeValue"))
            .filter_map(|node| role_claims::pair(xml::text(node).ok()?.trim()).ok())
            .collect();
        let confirmations = root
            .descendants()
            .filter(|node| xml::is(*node, SAML, "SubjectConfirmationData"))
            .map(|node| attribute(node, "InResponseTo").map(str::to_owned))
            .collect();
        Ok(Self {
            roles,
            confirmations,
            in_response_to: attribute(root, "InResponseTo").map(str::to_owned),
            failure,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    fn read(inner: &str) -> Result<Offer, SamlError> {
        Offer::read(&BASE64_STANDARD.encode(format!(
            "<p:Response xmlns:p=\"{SAMLP}\" xmlns:a=\"{SAML}\" InResponseTo=\"_1\">{inner}</p:Response>"
        )))
    }

    #[test]
    fn roles_are_listed_in_either_order() {
        let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
        let provider = "arn:aws:iam::111122223333:saml-provider/corp";
        let values = [
            format!("{},{provider}", role("a")),
            format!("{provider},{}", role("b")),
            "neither".to_owned(),
        ];
        let values: String = values
            .iter()
            .map(|value| format!("<a:AttributeValue>{value}</a:AttributeValue>"))
            .collect();
        let offer = read(&format!(
            "<p:Status><p:StatusCode Value=\"{SUCCESS}\"/></p:Status><a:Assertion><a:AttributeStatement>\
             <a:Attribute Name=\"other\"><a:AttributeValue>x</a:AttributeValue></a:Attribute>\
             <a:Attribute Name=\"{PREFIX}Role\">{values}</a:Attribute></a:AttributeStatement></a:Assertion>"
        ))
        .unwrap();
        assert_eq!(
            offer.roles,
            [(role("a"), provider.to_owned()), (role("b"), provider.to_owned())]
        );
        assert_eq!(
            (offer.in_response_to.as_deref(), offer.failure),
            (Some("_1"), None)
        );
    }

    #[test]
    fn a_failure_is_named_by_its_innermost_code() {
        let offer = read(
            "<p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><p:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:RequestDenied\"/></p:StatusCode></p:Status>",
        )
        .unwrap();
        assert_eq!(
            (offer.failure.as_deref(), offer.roles),
            (Some("RequestDenied"), vec![])
        );
    }

    #[test]
    fn a_response_answers_one_request_throughout() {
        let data = |named: &str| format!("<a:SubjectConfirmationData{named}/>");
        let (right, other) = (data(" InResponseTo=\"_1\""), data(" InResponseTo=\"_2\""));
        for (inner, answers) in [
            (String::new(), true),
            (right.clone(), true),
            (data(""), false),
            (other.clone(), false),
            (format!("{right}{other}"), false),
        ] {
            let offer = read(&inner).unwrap();
            assert_eq!(offer.answers("_1"), answers, "{inner}");
            assert!(!offer.answers("_2"), "{inner}");
        }
        let unasked = BASE64_STANDARD.encode(format!("<p:Response xmlns:p=\"{SAMLP}\"/>"));
        assert!(!Offer::read(&unasked).unwrap().answers("_1"));
    }

    #[test]
    fn what_is_no_response_is_refused() {
        assert_eq!(Offer::read("%"), Err(SamlError::Base64));
        let other = BASE64_STANDARD.encode("<Response/>");
        assert_eq!(Offer::read(&other), Err(SamlError::NotAResponse));
        let entity = BASE64_STANDARD.encode("<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>");
        assert!(matches!(Offer::read(&entity), Err(SamlError::Guard(_))));
    }
}
