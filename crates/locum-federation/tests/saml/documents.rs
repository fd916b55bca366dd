//! Documents that are refused before a tree is built, or because none can be.

use locum_federation::saml::{GuardError, SamlError};

use crate::world::{TEMPLATE, World, refuse, sign_assertion, sign_response, swap};

fn signed() -> String {
    sign_assertion(&TEMPLATE)
}

#[test]
fn document_types_and_entities_are_refused() {
    let document = signed();
    for prefix in [
        "<!DOCTYPE Response>",
        "<!DOCTYPE Response [<!ENTITY e \"alice\">]>",
        "<!DOCTYPE Response SYSTEM \"file:///etc/passwd\">",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://example.com\"> %p;]>",
        "<!ELEMENT x ANY>",
        "<!doctype html>",
    ] {
        refuse(&format!("{prefix}{document}"), GuardError::Doctype);
    }
    for entity in [
        "&e;",
        "&amp",
        "&nbsp;",
        "&#0;",
        "&#xD800;",
        "&#xFFFF;",
        "&#x110000;",
        "&;",
        "&#;",
        "&#x;",
        "&#-1;",
    ] {
        refuse(
            &swap(&document, "alice@", &format!("alice{entity}@")),
            GuardError::Reference,
        );
        refuse(
            &swap(&document, "ID=\"_a1\"", &format!("ID=\"_a1{entity}\"")),
            GuardError::Reference,
        );
    }
}

#[test]
fn instructions_comments_and_cdata_are_refused() {
    let document = signed();
    refuse(
        &swap(&document, "alice@", "alice<?target?>@"),
        GuardError::Instruction,
    );
    refuse(&format!("<?php?>{document}"), GuardError::Instruction);
    refuse(
        &format!("\n<?xml version=\"1.0\"?>{document}"),
        GuardError::Instruction,
    );
    refuse(
        &format!("{document}<?xml-stylesheet href=\"x\"?>"),
        GuardError::Instruction,
    );
    refuse(
        &swap(&document, "alice@", "<![CDATA[alice]]>@"),
        GuardError::Cdata,
    );
    for (from, to) in [
        (
            "alice@example.com</saml:NameID>",
            "alice@example.com<!---->.evil.com</saml:NameID>",
        ),
        ("role/reader", "role/<!-- -->reader"),
        ("<saml:Subject>", "<!--x--><saml:Subject>"),
        ("<ds:DigestValue>", "<ds:DigestValue><!--x-->"),
        ("<ds:SignatureValue>", "<ds:SignatureValue><!--x-->"),
        ("<samlp:Response ", "<!--x--><samlp:Response "),
    ] {
        refuse(&swap(&document, from, to), GuardError::Comment);
        refuse(
            &swap(&document, from, &to.replace("!--", "!-- a - b --")),
            GuardError::Comment,
        );
    }
    refuse(&format!("{document}<!--x-->"), GuardError::Comment);
}

#[test]
fn comments_that_were_signed_are_refused_too() {
    // The comment is not part of the canonical octets: the signature holds with and without it.
    let document = sign_response(&TEMPLATE);
    refuse(
        &swap(
            &document,
            "alice@example.com<",
            "alice@example.com<!---->.evil.com<",
        ),
        GuardError::Comment,
    );
}

#[test]
fn other_encodings_are_refused() {
    let document = signed();
    let world = World::new();
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend(document.bytes());
    assert_eq!(
        world.verify_octets(&marked),
        Err(GuardError::ByteOrderMark.into())
    );
    let wide: Vec<u16> = document.encode_utf16().collect();
    let little: Vec<u8> = [0xfeff]
        .iter()
        .chain(&wide)
        .flat_map(|u| u.to_le_bytes())
        .collect();
    let big: Vec<u8> = [0xfeff]
        .iter()
        .chain(&wide)
        .flat_map(|u| u.to_be_bytes())
        .collect();
    assert_eq!(
        world.verify_octets(&little),
        Err(GuardError::ByteOrderMark.into())
    );
    assert_eq!(world.verify_octets(&big), Err(GuardError::ByteOrderMark.into()));
    let unmarked: Vec<u8> = wide.iter().flat_map(|u| u.to_le_bytes()).collect();
    assert_eq!(world.verify_octets(&unmarked), Err(GuardError::Name.into()));
    let latin: Vec<u8> = swap(&document, "alice", "alic\u{e9}")
        .chars()
        .map(|c| c as u8)
        .collect();
    assert_eq!(world.verify_octets(&latin), Err(GuardError::Encoding.into()));
    refuse(
        &format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{document}"),
        GuardError::Encoding,
    );
    refuse(
        &format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{document}"),
        GuardError::Encoding,
    );
    refuse(
        &format!("<?xml version=\"1.1\"?>{document}"),
        GuardError::Declaration,
    );
    refuse(
        &format!("<?xml encoding=\"UTF-8\"?>{document}"),
        GuardError::Declaration,
    );
    refuse(
        &format!("<?xml version=\"1.0\" standalone=\"x\"?>{document}"),
        GuardError::Declaration,
    );
    refuse(
        &format!("<?xml version=\"1.0\" x=\"y\"?>{document}"),
        GuardError::Declaration,
    );
    assert!(
        world
            .verify(&format!(
                "<?xml version='1.0' encoding='utf-8' standalone=\"no\" ?>\n{document}\n"
            ))
            .is_ok()
    );
}

#[test]
fn what_exceeds_the_limits_is_refused() {
    let document = signed();
    refuse(
        &swap(&document, "alice", &"a".repeat(75_001 - document.len() + 5)),
        GuardError::Size,
    );
    let within = |inner: String| swap(&document, "alice", &inner);
    refuse(&within("<a/>".repeat(1_000)), GuardError::Elements);
    refuse(&within("<a>".repeat(32)), GuardError::Depth);
    let attributes: String = (0..33).map(|n| format!(" a{n}=''")).collect();
    refuse(&within(format!("<a{attributes}/>")), GuardError::Attributes);
    let namespaces: String = (0..33).map(|n| format!(" xmlns:a{n}='urn:a'")).collect();
    refuse(&within(format!("<a{namespaces}/>")), GuardError::Namespaces);
    let nested: String = (0..25)
        .map(|n| format!("<a xmlns:a{n}='urn:a' xmlns:b{n}='urn:b'>"))
        .collect();
    refuse(&within(nested), GuardError::Namespaces);
    refuse(&within("=".repeat(8_200)), GuardError::Attributes);
    // Just below, they are refused for what they are: changed.
    refuse(&within("=".repeat(8_000)), SamlError::Digest);
    refuse(&within("<a/>".repeat(900)), SamlError::Digest);
    // A canonical form much longer than the document.
    let bomb = format!(
        "<a xmlns:p='urn:{}'>{}</a>",
        "p".repeat(1_000),
        "<p:a/>".repeat(900)
    );
    let refused = World::new().verify(&within(bomb)).unwrap_err();
    assert!(matches!(refused, SamlError::C14n(_)), "{refused:?}");
}

#[test]
fn names_and_namespaces_that_readers_differ_over_are_refused() {
    let document = signed();
    for (to, reason) in [
        (
            "<saml:Subject xmlns='urn:a' xmlns='urn:b'>",
            GuardError::Namespace,
        ),
        (
            "<saml:Subject p:xmlns='urn:a' xmlns:p='urn:p'>",
            GuardError::Namespace,
        ),
        ("<saml:Subject xmlns:xmlns='urn:a'>", GuardError::Namespace),
        ("<saml:Subject xmlns:xml='urn:a'>", GuardError::Namespace),
        ("<saml:Subject xmlns:p=''>", GuardError::Namespace),
        ("<saml:Subject xmlns:p='relative'>", GuardError::Namespace),
        ("<saml:Subject xmlns:p='urn:a b'>", GuardError::Namespace),
        ("<saml:Subject xmlns:p='urn:a&amp;'>", GuardError::Namespace),
        ("<saml:Subject xmlns:='urn:a'>", GuardError::Name),
        ("<saml:Subject :a='b'>", GuardError::Name),
        ("<saml:Subject a:='b'>", GuardError::Name),
        ("<saml:Subject a:b:c='b'>", GuardError::Name),
        ("<saml:Subject 1a='b'>", GuardError::Name),
        ("<saml:Subject \u{e4}='b'>", GuardError::Name),
        ("<saml:Subject a\u{e4}='b'>", GuardError::Name),
        ("<saml:Subject a='b'b='c'>", GuardError::Malformed),
        ("<saml:Subject a=b>", GuardError::Malformed),
        ("<saml:Subject a>", GuardError::Malformed),
        ("<saml:Subject a='<'>", GuardError::Malformed),
        ("<xmlns:Subject>", GuardError::Name),
        ("<xml:Subject>", GuardError::Name),
        ("< saml:Subject>", GuardError::Name),
    ] {
        refuse(&swap(&document, "<saml:Subject>", to), reason);
    }
    for (from, to) in [
        ("<saml:Subject>", "<saml:Subject a='b' a='c'>"),
        ("<saml:Subject>", "<saml:Subject xmlns:p='urn:a' xmlns:p='urn:b'>"),
        (
            "<saml:Subject>",
            "<saml:Subject xmlns:p='urn:a' xmlns:q='urn:a' p:a='' q:a=''>",
        ),
        ("<saml:Subject>", "<nowhere:Subject>"),
        ("<saml:Subject>", "<saml:subject>"),
        ("alice@", "alice]]>@"),
        ("alice@", "alice\u{1}@"),
        ("</samlp:Response>", ""),
        ("</samlp:Response>", "</samlp:Response><a/>"),
        ("</samlp:Response>", "</samlp:Response>text"),
    ] {
        refuse(&swap(&document, from, to), SamlError::NotWellFormed);
    }
    refuse(
        &swap(&document, "</samlp:Response>", "</samlp:Response></a>"),
        GuardError::Malformed,
    );
    refuse("", SamlError::NotWellFormed);
    refuse("text", SamlError::NotWellFormed);
    refuse("<a/>", SamlError::NotAResponse);
}
