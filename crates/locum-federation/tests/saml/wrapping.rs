//! Signature wrapping: the signed element is kept somewhere, and another one is put where it is read.
//!
//! Numbers are those of Somorovsky et al., "On Breaking SAML" (2012); the others are named after what they broke
//! (`facts: security §1.5`).

use locum_federation::saml::SamlError;

use crate::world::{
    ATTACKER, RESPONSE_MARK, RSA, TEMPLATE, World, assertion_of, part, refuse, sign_assertion, sign_both,
    sign_response, sign_response_with, signature_of, swap, with,
};

/// The assertion that the attacker wants to be read.
fn evil_assertion(document: &str) -> String {
    let assertion = assertion_of(document);
    let unsigned = match assertion.contains("<ds:Signature ") {
        true => swap(assertion, signature_of(assertion), ""),
        false => assertion.to_owned(),
    };
    swap(
        &swap(&unsigned, "ID=\"_a1\"", "ID=\"_evil\""),
        "role/reader",
        "role/admin",
    )
}

#[test]
fn xsw1_the_signed_response_within_the_signature_of_another() {
    let signed = sign_response(&TEMPLATE);
    let signature = signature_of(&signed).to_owned();
    let original = swap(&signed, &signature, "");
    let evil = swap(
        &swap(&original, "ID=\"_r1\"", "ID=\"_evil\""),
        "role/reader",
        "role/admin",
    );
    let loaded = swap(
        &signature,
        "</ds:Signature>",
        &format!("{original}</ds:Signature>"),
    );
    refuse(
        &swap(&evil, "</saml:Issuer>", &format!("</saml:Issuer>{loaded}")),
        SamlError::NestedResponse,
    );
}

#[test]
fn xsw2_the_signed_response_before_the_signature() {
    let signed = sign_response(&TEMPLATE);
    let signature = signature_of(&signed).to_owned();
    let original = swap(&signed, &signature, "");
    let evil = swap(
        &swap(&original, "ID=\"_r1\"", "ID=\"_evil\""),
        "role/reader",
        "role/admin",
    );
    refuse(
        &swap(
            &evil,
            "</saml:Issuer>",
            &format!("</saml:Issuer>{original}{signature}"),
        ),
        SamlError::UnexpectedElement,
    );
}

#[test]
fn xsw3_another_assertion_before_the_signed_one() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    let evil = evil_assertion(&signed);
    refuse(
        &swap(&signed, &assertion, &format!("{evil}{assertion}")),
        SamlError::SeveralAssertions,
    );
    refuse(
        &swap(&signed, &assertion, &format!("{assertion}{evil}")),
        SamlError::SeveralAssertions,
    );
}

#[test]
fn xsw4_the_signed_assertion_within_another() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    let evil = swap(
        &evil_assertion(&signed),
        "</saml:Assertion>",
        &format!("{assertion}</saml:Assertion>"),
    );
    refuse(&swap(&signed, &assertion, &evil), SamlError::SeveralAssertions);
}

#[test]
fn xsw5_the_signature_in_another_assertion() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    let signature = signature_of(&signed).to_owned();
    let original = swap(&assertion, &signature, "");
    let evil = swap(
        &evil_assertion(&signed),
        "</saml:Issuer>",
        &format!("</saml:Issuer>{signature}"),
    );
    refuse(
        &swap(&signed, &assertion, &format!("{evil}{original}")),
        SamlError::SeveralAssertions,
    );
    // And without the original.
    refuse(&swap(&signed, &assertion, &evil), SamlError::Reference);
    let same_id = swap(&evil, "ID=\"_evil\"", "ID=\"_a1\"");
    refuse(&swap(&signed, &assertion, &same_id), SamlError::Digest);
}

#[test]
fn xsw6_the_signed_assertion_within_the_signature_of_another() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    let signature = signature_of(&signed).to_owned();
    let original = swap(&assertion, &signature, "");
    let loaded = swap(
        &signature,
        "</ds:Signature>",
        &format!("{original}</ds:Signature>"),
    );
    let evil = swap(
        &evil_assertion(&signed),
        "</saml:Issuer>",
        &format!("</saml:Issuer>{loaded}"),
    );
    refuse(&swap(&signed, &assertion, &evil), SamlError::SeveralAssertions);
}

#[test]
fn xsw7_another_assertion_within_extensions() {
    let signed = sign_assertion(&TEMPLATE);
    let evil = evil_assertion(&signed);
    let extensions = format!("</saml:Issuer><samlp:Extensions>{evil}</samlp:Extensions><samlp:Status>");
    refuse(
        &swap(&signed, "</saml:Issuer><samlp:Status>", &extensions),
        SamlError::UnexpectedElement,
    );
    let empty = "</saml:Issuer><samlp:Extensions/><samlp:Status>";
    refuse(
        &swap(&signed, "</saml:Issuer><samlp:Status>", empty),
        SamlError::UnexpectedElement,
    );
}

#[test]
fn xsw8_the_signed_assertion_within_an_object() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    let signature = signature_of(&signed).to_owned();
    let original = swap(&assertion, &signature, "");
    let object = format!("<ds:Object>{original}</ds:Object></ds:Signature>");
    let loaded = swap(&signature, "</ds:Signature>", &object);
    let evil = swap(
        &evil_assertion(&signed),
        "</saml:Issuer>",
        &format!("</saml:Issuer>{loaded}"),
    );
    refuse(&swap(&signed, &assertion, &evil), SamlError::SeveralAssertions);
}

#[test]
fn assertions_elsewhere_than_directly_in_the_response() {
    let signed = sign_assertion(&TEMPLATE);
    let assertion = assertion_of(&signed).to_owned();
    for wrapper in ["saml:Advice", "samlp:Extensions", "samlp:Response", "x"] {
        let wrapped = format!(
            "<{wrapper} xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{assertion}</{wrapper}>"
        );
        refuse(&swap(&signed, &assertion, &wrapped), SamlError::UnexpectedElement);
    }
    // The root may be nothing else.
    refuse(&assertion, SamlError::NotAResponse);
    let renamed = signed.replace("samlp:Response", "samlp:ArtifactResponse");
    refuse(&renamed, SamlError::NotAResponse);
    let soap =
        format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{signed}</s:Envelope>");
    refuse(&soap, SamlError::NotAResponse);
    refuse(&swap(&signed, &assertion, ""), SamlError::NoAssertion);
    // In the status, in an attribute's value, in another namespace, encrypted beside the plain one.
    let evil = evil_assertion(&signed);
    let value = format!("<saml:AttributeValue>{evil}</saml:AttributeValue>");
    refuse(
        &swap(
            &signed,
            "<saml:AttributeValue>staff</saml:AttributeValue>",
            &value,
        ),
        SamlError::SeveralAssertions,
    );
    let other = swap(&evil, "urn:oasis:names:tc:SAML:2.0:assertion", "urn:other");
    refuse(
        &swap(
            &signed,
            "<saml:AttributeValue>staff</saml:AttributeValue>",
            &other,
        ),
        SamlError::SeveralAssertions,
    );
    let beside =
        format!("{assertion}<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>");
    refuse(&swap(&signed, &assertion, &beside), SamlError::SeveralAssertions);
    let advice = swap(
        &signed,
        "<saml:AuthnStatement ",
        "<saml:Advice/><saml:AuthnStatement ",
    );
    refuse(&advice, SamlError::Digest);
}

#[test]
fn two_responses_signed_by_one_provider_cannot_be_mixed() {
    // Signature of one, assertion of another.
    let first = sign_response(&TEMPLATE);
    let second = sign_response(&with("role/reader", "role/admin"));
    refuse(
        &swap(&first, assertion_of(&first), assertion_of(&second)),
        SamlError::Digest,
    );
    refuse(
        &swap(&first, signature_of(&first), signature_of(&second)),
        SamlError::Digest,
    );
}

#[test]
fn a_signed_error_response_with_a_decoy() {
    // OneUptime #2981: the provider signed a failure; a second signature with the same value hides the forgery.
    let failure = swap(&TEMPLATE, "status:Success", "status:Requester");
    let failure = swap(&failure, assertion_of(&failure), "");
    let signed = sign_response(&failure);
    refuse(&signed, SamlError::Status);
    let evil = evil_assertion(&TEMPLATE.replace(crate::world::ASSERTION_MARK, ""));
    refuse(
        &swap(&signed, "</samlp:Status>", &format!("</samlp:Status>{evil}")),
        SamlError::Status,
    );
    let second = swap(
        signature_of(&signed),
        "</ds:Signature>",
        &format!("<ds:Object>{evil}</ds:Object></ds:Signature>"),
    );
    refuse(
        &swap(&signed, "</samlp:Status>", &format!("</samlp:Status>{second}")),
        SamlError::Status,
    );
    // The same around a success that was signed without an assertion.
    let hollow = sign_response(&swap(&TEMPLATE, assertion_of(&TEMPLATE), ""));
    refuse(&hollow, SamlError::NoAssertion);
    refuse(
        &swap(&hollow, "</samlp:Status>", &format!("</samlp:Status>{evil}")),
        SamlError::Digest,
    );
    let second = swap(
        signature_of(&hollow),
        "</ds:Signature>",
        &format!("<ds:Object>{evil}</ds:Object></ds:Signature>"),
    );
    let loaded = swap(
        &hollow,
        "</samlp:Status>",
        &format!("</samlp:Status>{evil}{second}"),
    );
    refuse(&loaded, SamlError::SeveralAssertions);
    let alone = swap(&hollow, "</samlp:Status>", &format!("</samlp:Status>{second}"));
    refuse(&alone, SamlError::UnexpectedElement);
    let before = swap(&hollow, "</saml:Issuer>", &format!("</saml:Issuer>{second}"));
    refuse(&before, SamlError::UnexpectedElement);
    for status in ["", "status:Success ", "STATUS:SUCCESS", "status:success"] {
        refuse(&sign_response(&with("status:Success", status)), SamlError::Status);
    }
    let nested = with(
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:StatusCode>",
    );
    refuse(&sign_response(&nested), SamlError::Status);
    let detail = with(
        "</samlp:Status>",
        "<samlp:StatusDetail><a/></samlp:StatusDetail></samlp:Status>",
    );
    refuse(&sign_response(&detail), SamlError::UnexpectedElement);
}

#[test]
fn ids_are_unique_in_every_spelling() {
    for document in [
        sign_assertion(&TEMPLATE),
        sign_response(&TEMPLATE),
        sign_both(&TEMPLATE),
    ] {
        for id in ["_a1", "_r1"] {
            for spelling in [
                format!("ID=\"{id}\""),
                format!("Id=\"{id}\""),
                format!("id=\"{id}\""),
                format!("iD=\"{id}\""),
                format!("xml:id=\"{id}\""),
                format!("xmlns:w=\"urn:w\" w:Id=\"{id}\""),
                format!("ID=\"&#95;{}\"", &id[1..]),
            ] {
                let to = format!("<saml:AuthnContext {spelling}>");
                refuse(
                    &swap(&document, "<saml:AuthnContext>", &to),
                    SamlError::DuplicateId,
                );
            }
        }
    }
    refuse(
        &sign_assertion(&with("ID=\"_r1\"", "ID=\"_r1\" id=\"_r1\"")),
        SamlError::UnexpectedAttribute,
    );
    for id in ["", " _r1", "_r1#", "a b", "_r1&amp;"] {
        refuse(
            &sign_assertion(&with("ID=\"_r1\"", &format!("ID=\"{id}\""))),
            SamlError::Id,
        );
    }
    refuse(&sign_assertion(&with(" ID=\"_r1\"", "")), SamlError::Id);
}

#[test]
fn attributes_and_namespaces_cannot_be_polluted() {
    let document = sign_assertion(&TEMPLATE);
    // The same name in a namespace, before and after the real one.
    let namespaced = " xmlns:p=\"urn:oasis:names:tc:SAML:2.0:assertion\" p:ID=\"_evil\"";
    refuse(
        &swap(&document, " ID=\"_a1\"", &format!("{namespaced} ID=\"_a1\"")),
        SamlError::Digest,
    );
    let signed = sign_assertion(&with(" ID=\"_a1\"", &format!("{namespaced} ID=\"_a1\"")));
    refuse(&signed, SamlError::UnexpectedAttribute);
    let data = "xmlns:p=\"urn:p\" p:Recipient=\"https://evil.example.com\" Recipient=";
    refuse(
        &sign_assertion(&with("Recipient=", data)),
        SamlError::SubjectConfirmation,
    );
    let destination = " xmlns:p=\"urn:p\" p:Destination=\"x\" Destination=";
    refuse(
        &sign_assertion(&with(" Destination=", destination)),
        SamlError::UnexpectedAttribute,
    );
    // Elements of other namespaces under the prefixes and names of SAML.
    for (from, to) in [
        ("<samlp:Status>", "<samlp:Status xmlns:samlp=\"urn:other\">"),
        ("<saml:Subject>", "<saml:Subject xmlns:saml=\"urn:other\">"),
        ("<saml:Conditions ", "<saml:Conditions xmlns:saml=\"urn:other\" "),
    ] {
        let refused = World::new().verify(&sign_response(&with(from, to))).unwrap_err();
        assert!(
            matches!(
                refused,
                SamlError::UnexpectedElement | SamlError::NoSubject | SamlError::NoConditions
            ),
            "{refused:?}"
        );
    }
    let other = document.replace(
        "urn:oasis:names:tc:SAML:2.0:protocol",
        "urn:oasis:names:tc:SAML:1.1:protocol",
    );
    refuse(&other, SamlError::NotAResponse);
}

#[test]
fn when_both_are_signed_both_must_be_right() {
    let both = sign_both(&TEMPLATE);
    assert!(World::new().verify(&both).is_ok());
    // A genuine assertion in a response that the attacker signed, and the other way round.
    let own = sign_assertion(&TEMPLATE);
    let inner = swap(
        &own,
        "</saml:Issuer><samlp:Status>",
        &format!("</saml:Issuer>{RESPONSE_MARK}<samlp:Status>"),
    );
    refuse(
        &sign_response_with(&inner, &ATTACKER, |content| content),
        SamlError::Signature,
    );
    assert!(
        World::new()
            .verify(&sign_response_with(&inner, &RSA, |content| content))
            .is_ok()
    );
    let forged = crate::world::sign_assertion_with(&TEMPLATE, &ATTACKER, |content| content);
    let inner = swap(
        &forged,
        "</saml:Issuer><samlp:Status>",
        &format!("</saml:Issuer>{RESPONSE_MARK}<samlp:Status>"),
    );
    refuse(&sign_response(&inner), SamlError::Signature);
    // The assertion's own signature is removed: then the response's no longer holds.
    let signature = signature_of(assertion_of(&both));
    refuse(&swap(&both, signature, ""), SamlError::Digest);
    let value = part(assertion_of(&both), "<ds:SignatureValue>", "</ds:SignatureValue>");
    refuse(&swap(&both, value, &value.replace('A', "B")), SamlError::Digest);
}
