//! Signatures that are not of the one accepted shape, algorithm or key.

use locum_federation::saml::{SamlError, VerificationKeyWithThumbprint};

use crate::world::{
    ASSERTION_MARK, ATTACKER, DS, EXC, P384, RESPONSE_MARK, RSA, TEMPLATE, World, assertion_of, key_of, part,
    refuse, sign_assertion, sign_assertion_with, sign_both, sign_response, sign_response_with, signature_of,
    swap,
};

/// A response whose assertion is signed by the right key, over `SignedInfo` in which `from` became `to`.
fn signed_with(from: &str, to: &str) -> String {
    sign_assertion_with(&TEMPLATE, &RSA, |content| swap(&content, from, to))
}

#[test]
fn unsigned_responses_are_refused() {
    let unsigned = TEMPLATE.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    refuse(&unsigned, SamlError::Unsigned);
    let signed = sign_assertion(&TEMPLATE);
    let emptied = |tag: &str| {
        let whole = part(&signed, &format!("<{tag}>"), &format!("</{tag}>")).to_owned();
        swap(&signed, &whole, &format!("<{tag}></{tag}>"))
    };
    refuse(&emptied("ds:SignatureValue"), SamlError::Signature);
    refuse(&emptied("ds:SignedInfo"), SamlError::SignatureShape);
    refuse(&emptied("ds:DigestValue"), SamlError::Digest);
    refuse(
        &swap(
            &signed,
            signature_of(&signed),
            &format!("<ds:Signature xmlns:ds=\"{DS}\"/>"),
        ),
        SamlError::SignatureShape,
    );
}

#[test]
fn only_registered_keys_count() {
    let forged = sign_assertion_with(&TEMPLATE, &ATTACKER, |content| content);
    refuse(&forged, SamlError::Signature);
    // The attacker's certificate in the signature changes nothing, nor does any other content of KeyInfo.
    use base64::{Engine, prelude::BASE64_STANDARD};
    let certificate = BASE64_STANDARD.encode(include_bytes!("data/attacker.crt"));
    for info in [
        format!("<ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"),
        "<ds:KeyName>idp</ds:KeyName>".to_owned(),
        "<ds:RetrievalMethod URI=\"https://evil.example.com/key\"/>".to_owned(),
        "<ds:KeyValue><ds:HMACKeyValue>AAAA</ds:HMACKeyValue></ds:KeyValue>".to_owned(),
    ] {
        let with_info = |document: &str| {
            swap(
                document,
                "</ds:Signature>",
                &format!("<ds:KeyInfo>{info}</ds:KeyInfo></ds:Signature>"),
            )
        };
        refuse(&with_info(&forged), SamlError::Signature);
        assert!(
            World::new()
                .verify(&with_info(&sign_assertion(&TEMPLATE)))
                .is_ok()
        );
    }
    let mut world = World::new();
    world.keys = Vec::new();
    assert_eq!(
        world.verify(&sign_assertion(&TEMPLATE)),
        Err(SamlError::Signature)
    );
    world.keys = vec![key_of(include_bytes!("data/attacker.crt"))];
    assert_eq!(
        world.verify(&sign_assertion(&TEMPLATE)),
        Err(SamlError::Signature)
    );
    assert!(world.verify(&forged).is_ok(), "the attack is otherwise genuine");
}

#[test]
fn a_signature_of_the_response_by_another_key_is_refused() {
    refuse(
        &sign_response_with(&TEMPLATE, &ATTACKER, |content| content),
        SamlError::Signature,
    );
}

#[test]
fn weak_algorithms_and_keys_are_refused() {
    refuse(
        include_str!("data/attack-sha1.xml"),
        SamlError::SignatureAlgorithm,
    );
    refuse(
        include_str!("data/attack-sha1-digest.xml"),
        SamlError::DigestAlgorithm,
    );
    refuse(include_str!("data/attack-short-key.xml"), SamlError::Signature);
    assert!(VerificationKeyWithThumbprint::from_certificate(include_bytes!("data/short.crt")).is_err());
    const METHOD: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    for algorithm in [
        "",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ",
        "HTTP://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ] {
        refuse(&signed_with(METHOD, algorithm), SamlError::SignatureAlgorithm);
    }
    // An algorithm that the key does not fit.
    refuse(
        &signed_with(METHOD, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        SamlError::Signature,
    );
    refuse(
        &signed_with(METHOD, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),
        SamlError::Signature,
    );
    for digest in [
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmldsig-more#md5",
        "http://www.w3.org/2001/04/xmlenc#ripemd160",
        "",
    ] {
        refuse(
            &signed_with("http://www.w3.org/2001/04/xmlenc#sha256", digest),
            SamlError::DigestAlgorithm,
        );
    }
    // A truncated digest of another length.
    refuse(
        &signed_with(
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2001/04/xmlenc#sha512",
        ),
        SamlError::Digest,
    );
    let curve = |content: String| {
        swap(
            &content,
            METHOD,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        )
    };
    assert!(
        World::new()
            .verify(&sign_assertion_with(&TEMPLATE, &P384, curve))
            .is_ok()
    );
    let length = "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">";
    refuse(
        &signed_with(
            length,
            &format!("{length}<ds:HMACOutputLength>8</ds:HMACOutputLength>"),
        ),
        SamlError::SignatureShape,
    );
}

#[test]
fn canonicalisation_is_exclusive_and_nothing_else() {
    let canonical = format!("<ds:CanonicalizationMethod Algorithm=\"{EXC}\">");
    for algorithm in [
        "",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
    ] {
        let other = format!("<ds:CanonicalizationMethod Algorithm=\"{algorithm}\">");
        refuse(&signed_with(&canonical, &other), SamlError::Canonicalization);
    }
    for inside in [
        "<ds:x/>".to_owned(),
        format!("<e:InclusiveNamespaces xmlns:e=\"{EXC}\"/>"),
        format!("<e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"a\">x</e:InclusiveNamespaces>"),
        format!("<e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"a &lt;\"/>"),
        format!(
            "<e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"{}\"/>",
            "a ".repeat(33)
        ),
        "<e:InclusiveNamespaces xmlns:e=\"urn:other\" PrefixList=\"a\"/>".to_owned(),
        format!("<e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"a\"/>").repeat(2),
    ] {
        refuse(
            &signed_with(&canonical, &format!("{canonical}{inside}")),
            SamlError::Canonicalization,
        );
    }
    let list = format!("{canonical}<e:InclusiveNamespaces xmlns:e=\"{EXC}\" PrefixList=\"ds none\"/>");
    assert!(World::new().verify(&signed_with(&canonical, &list)).is_ok());
}

#[test]
fn what_has_no_canonical_form_is_not_empty() {
    // PortSwigger 2025: an error of canonicalisation was taken for an empty string, whose digest was genuine.
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let bare = TEMPLATE.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    let digest = part(
        &crate::world::signed_info(&bare, "_a1"),
        "<ds:DigestValue>",
        "</ds:DigestValue>",
    )
    .to_owned();
    let hollow = signed_with(&digest, &format!("<ds:DigestValue>{empty}</ds:DigestValue>"));
    refuse(&hollow, SamlError::Digest);
    let relative = swap(&hollow, "<saml:Subject>", "<saml:Subject xmlns:ns=\"1\">");
    refuse(&relative, locum_federation::saml::GuardError::Namespace);
    let deep = swap(
        &hollow,
        "alice",
        &format!(
            "<a xmlns:p='urn:{}'>{}</a>",
            "p".repeat(2_000),
            "<p:a/>".repeat(200)
        ),
    );
    refuse(&deep, SamlError::C14n(locum_federation::saml::C14nError::Limit));
}

#[test]
fn transforms_are_the_two_in_their_order() {
    let enveloped = format!("<ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>");
    let canonical = format!("<ds:Transform Algorithm=\"{EXC}\"></ds:Transform>");
    let both = format!("{enveloped}{canonical}");
    for other in [
        String::new(),
        enveloped.clone(),
        canonical.clone(),
        format!("{canonical}{enveloped}"),
        format!("{enveloped}{enveloped}"),
        format!("{both}{canonical}"),
        format!("{enveloped}{both}"),
        both.replace(EXC, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        both.replace(EXC, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        both.replace(EXC, "http://www.w3.org/2002/06/xmldsig-filter2"),
        both.replace(EXC, "http://www.w3.org/2000/09/xmldsig#base64"),
        both.replace(EXC, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        both.replace(EXC, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        swap(
            &both,
            "\"></ds:Transform>",
            "\"><ds:XPath>self::node()</ds:XPath></ds:Transform>",
        ),
        format!(
            "{both}<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet \
                 xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/></ds:Transform>"
        ),
    ] {
        refuse(&signed_with(&both, &other), SamlError::Transforms);
    }
    refuse(
        &signed_with(&format!("<ds:Transforms>{both}</ds:Transforms>"), ""),
        SamlError::Transforms,
    );
}

#[test]
fn the_reference_is_to_the_signatures_parent() {
    for uri in [
        "",
        "#",
        "_a1",
        "#_r1",
        "#_A1",
        "#xpointer(id('_a1'))",
        "#xpointer(/)",
        "#_a1 ",
        " #_a1",
        "https://idp.example.com/assertion.xml#_a1",
        "file:///etc/passwd",
        "cid:_a1",
        "#_s1",
    ] {
        refuse(
            &signed_with("URI=\"#_a1\"", &format!("URI=\"{uri}\"")),
            SamlError::Reference,
        );
    }
    refuse(&signed_with(" URI=\"#_a1\"", ""), SamlError::Reference);
    let typed = "URI=\"#_a1\" Type=\"http://www.w3.org/2000/09/xmldsig#Object\"";
    refuse(
        &signed_with("URI=\"#_a1\"", typed),
        SamlError::UnexpectedAttribute,
    );
    refuse(
        &sign_response_with(&TEMPLATE, &RSA, |c| swap(&c, "#_r1", "#_a1")),
        SamlError::Reference,
    );
}

#[test]
fn there_is_one_of_everything() {
    let signed = sign_assertion(&TEMPLATE);
    let repeat = |from: &str, to: &str| {
        let whole = part(&signed, from, to).to_owned();
        swap(&signed, &whole, &whole.repeat(2))
    };
    refuse(
        &repeat("<ds:SignedInfo>", "</ds:SignedInfo>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:SignatureValue>", "</ds:SignatureValue>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:Reference ", "</ds:Reference>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:DigestValue>", "</ds:DigestValue>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:DigestMethod ", "</ds:DigestMethod>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:Transforms>", "</ds:Transforms>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:CanonicalizationMethod ", "</ds:CanonicalizationMethod>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:SignatureMethod ", "</ds:SignatureMethod>"),
        SamlError::SignatureShape,
    );
    refuse(
        &repeat("<ds:Signature ", "</ds:Signature>"),
        SamlError::MisplacedSignature,
    );
    // The same when the provider itself signed so.
    let reference = part(&signed, "<ds:Reference ", "</ds:Reference>").to_owned();
    refuse(
        &signed_with(&reference, &reference.repeat(2)),
        SamlError::SignatureShape,
    );
    let other = reference.replace("#_a1", "#_r1");
    refuse(
        &signed_with(&reference, &format!("{other}{reference}")),
        SamlError::SignatureShape,
    );
    let digest = part(&signed, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
    refuse(
        &signed_with(&digest, &digest.repeat(2)),
        SamlError::SignatureShape,
    );
    // Objects and manifests.
    for object in [
        "<ds:Object/>",
        "<ds:Object><ds:Manifest/></ds:Object>",
        "<ds:SignatureProperties/>",
        "<x/>",
    ] {
        let to = format!("{object}</ds:Signature>");
        refuse(&swap(&signed, "</ds:Signature>", &to), SamlError::SignatureShape);
    }
    refuse(
        &swap(&signed, "</ds:Signature>", "text</ds:Signature>"),
        SamlError::UnexpectedText,
    );
    // A digest in pieces, or with more around it (xml-crypto CVE-2025-29775, ruby-saml CVE-2024-45409).
    refuse(
        &swap(&signed, "<ds:DigestValue>", "<ds:DigestValue><x/>"),
        SamlError::UnexpectedElement,
    );
    let detail =
        format!("<samlp:StatusDetail xmlns:ds=\"{DS}\">{digest}</samlp:StatusDetail></samlp:Status>");
    refuse(
        &swap(&signed, "</samlp:Status>", &detail),
        SamlError::UnexpectedElement,
    );
}

/// Held to the shape before anything is computed, so it does not matter who signed it.
#[test]
fn attributes_of_signatures_are_those_that_are_known() {
    let signed = sign_assertion(&TEMPLATE);
    for (element, reason) in [
        ("Signature ", SamlError::UnexpectedAttribute),
        ("SignedInfo", SamlError::UnexpectedAttribute),
        ("CanonicalizationMethod", SamlError::UnexpectedAttribute),
        ("SignatureMethod", SamlError::UnexpectedAttribute),
        ("Reference", SamlError::UnexpectedAttribute),
        ("Transforms", SamlError::UnexpectedAttribute),
        ("Transform ", SamlError::Transforms),
        ("DigestMethod", SamlError::UnexpectedAttribute),
        ("DigestValue", SamlError::UnexpectedAttribute),
        ("SignatureValue", SamlError::UnexpectedAttribute),
    ] {
        let from = format!("<ds:{element}");
        refuse(&swap(&signed, &from, &format!("{from} Other=\"x\" ")), reason);
    }
}

#[test]
fn signatures_stand_directly_in_what_they_sign() {
    let signed = sign_assertion(&TEMPLATE);
    let signature = signature_of(&signed).to_owned();
    let without = swap(&signed, &signature, "");
    for (from, to, reason) in [
        (
            "</samlp:Response>",
            format!("{signature}</samlp:Response>"),
            SamlError::MisplacedSignature,
        ),
        (
            "<samlp:Status>",
            format!("{signature}<samlp:Status>"),
            SamlError::Reference,
        ),
        (
            "<saml:Subject>",
            format!("<saml:Subject>{signature}"),
            SamlError::MisplacedSignature,
        ),
        (
            "</saml:Assertion>",
            format!("{signature}</saml:Assertion>"),
            SamlError::MisplacedSignature,
        ),
        (
            "<saml:Issuer>",
            format!("{signature}<saml:Issuer>"),
            SamlError::MisplacedSignature,
        ),
        ("staff<", format!("{signature}<"), SamlError::MisplacedSignature),
    ] {
        refuse(&swap(&without, from, &to), reason);
    }
    // Detached, around the document.
    let around = format!("<ds:Signature xmlns:ds=\"{DS}\"><ds:Object>{without}</ds:Object></ds:Signature>");
    refuse(&around, SamlError::NotAResponse);
    // One more, of another namespace.
    let other = "</saml:Issuer><x:Signature xmlns:x=\"urn:x\"/><samlp:Status>";
    refuse(
        &swap(&signed, "</saml:Issuer><samlp:Status>", other),
        SamlError::UnexpectedElement,
    );
    let renamed = signed.replace(DS, "urn:other");
    refuse(&renamed, SamlError::MisplacedSignature);
}

#[test]
fn base64_within_signatures_may_be_broken_by_white_space_only() {
    let signed = sign_both(&TEMPLATE);
    let value = part(
        assertion_of(&signed),
        "<ds:SignatureValue>",
        "</ds:SignatureValue>",
    )
    .to_owned();
    let own = sign_assertion(&TEMPLATE);
    let own_value = part(&own, "<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
    assert_eq!(value, own_value, "RSA signatures are the same every time");
    let digits = &own_value["<ds:SignatureValue>".len()..own_value.len() - "</ds:SignatureValue>".len()];
    let broken = format!("\n{}&#13;\n\t{} ", &digits[..76], &digits[76..]);
    assert!(World::new().verify(&swap(&own, digits, &broken)).is_ok());
    for wrong in [
        format!("{digits}="),
        format!("{}*{}", &digits[..9], &digits[9..]),
        format!("{}\u{a0}{}", &digits[..8], &digits[8..]),
        digits.replace('+', "-").replace('/', "_"),
        digits.trim_end_matches('=').to_owned(),
    ] {
        refuse(&swap(&own, digits, &wrong), SamlError::SignatureShape);
    }
    let response = sign_response(&TEMPLATE);
    assert!(
        World::new()
            .verify(&swap(&response, "<ds:SignatureValue>", "<ds:SignatureValue>\n"))
            .is_ok()
    );
}
