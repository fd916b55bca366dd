//! Genuinely signed assertions that are for someone else, for another time, or unclear.

use jiff::{SignedDuration, Timestamp};
use locum_federation::saml::{CLOCK_SKEW, REDEMPTION, SamlError};

use crate::world::{TEMPLATE, World, now, refuse, sign_assertion, sign_both, sign_response, swap, with};

/// Refuses the template with a change, signed in every way.
#[track_caller]
fn refuse_changed(from: &str, to: &str, reason: SamlError) {
    let changed = with(from, to);
    for document in [
        sign_assertion(&changed),
        sign_response(&changed),
        sign_both(&changed),
    ] {
        refuse(&document, reason);
    }
}

#[track_caller]
fn accept_changed(from: &str, to: &str) {
    let changed = with(from, to);
    for document in [
        sign_assertion(&changed),
        sign_response(&changed),
        sign_both(&changed),
    ] {
        World::new().verify(&document).unwrap();
    }
}

const CONFIRMATION: &str = "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
    <saml:SubjectConfirmationData Recipient=\"https://signin.aws.amazon.com/saml\" \
    NotOnOrAfter=\"2026-11-22T04:05:00Z\"/></saml:SubjectConfirmation>";
const NAME_ID: &str = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">\
    alice@example.com</saml:NameID>";
const RESTRICTION: &str = "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>";

#[test]
fn issuers_are_the_providers_byte_for_byte() {
    const OWN: &str = "<saml:Issuer>https://idp.example.com/metadata</saml:Issuer>";
    const OUTER: &str =
        "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://idp.example.com/metadata<";
    for (issuer, reason) in [
        ("https://evil.example.com/metadata", SamlError::Issuer),
        ("https://idp.example.com/metadata/", SamlError::Issuer),
        ("HTTPS://idp.example.com/metadata", SamlError::Issuer),
        ("https://idp.example.com/metadat", SamlError::Issuer),
        ("", SamlError::Issuer),
        (" https://idp.example.com/metadata", SamlError::Whitespace),
        ("https://idp.example.com/metadata\n", SamlError::Whitespace),
        ("https://idp.example.com/metadata\u{a0}", SamlError::Whitespace),
    ] {
        refuse_changed(OWN, &format!("<saml:Issuer>{issuer}</saml:Issuer>"), reason);
        refuse_changed(
            OUTER,
            &OUTER.replace("https://idp.example.com/metadata", issuer),
            reason,
        );
    }
    refuse(&sign_response(&with(OWN, "")), SamlError::Issuer);
    // The signature is then where the issuer should be.
    refuse(&sign_assertion(&with(OWN, "")), SamlError::MisplacedSignature);
    accept_changed(&format!("{OUTER}/saml:Issuer>"), "");
    let formatted = "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">";
    accept_changed("<saml:Issuer>", formatted);
    refuse_changed(
        "<saml:Issuer>",
        "<saml:Issuer Format=\"urn:other\">",
        SamlError::Issuer,
    );
    refuse_changed(
        "<saml:Issuer>",
        "<saml:Issuer Other=\"x\">",
        SamlError::UnexpectedAttribute,
    );
    let mut world = World::new();
    world.entity_id = "";
    let empty = TEMPLATE.replace("https://idp.example.com/metadata", "");
    assert_eq!(world.verify(&sign_assertion(&empty)), Err(SamlError::Issuer));
}

#[test]
fn the_destination_is_ours_if_there_is_one() {
    const DESTINATION: &str = " Destination=\"https://signin.aws.amazon.com/saml\"";
    for other in [
        "https://evil.example.com/saml",
        "",
        "https://signin.aws.amazon.com/saml/",
        "https://signin.aws.amazon.com/saml?x",
    ] {
        refuse_changed(
            DESTINATION,
            &format!(" Destination=\"{other}\""),
            SamlError::Destination,
        );
    }
    accept_changed(DESTINATION, "");
    accept_changed(
        DESTINATION,
        " Destination=\"https://eu-central-1.signin.aws.amazon.com/saml\"",
    );
}

#[test]
fn the_recipient_is_ours() {
    const RECIPIENT: &str = " Recipient=\"https://signin.aws.amazon.com/saml\"";
    for other in [
        "https://evil.example.com/saml",
        "",
        "https://signin.aws.amazon.com/saml/",
        "urn:amazon:webservices",
    ] {
        refuse_changed(
            RECIPIENT,
            &format!(" Recipient=\"{other}\""),
            SamlError::Recipient,
        );
    }
    refuse_changed(RECIPIENT, "", SamlError::SubjectConfirmation);
    refuse_changed(
        RECIPIENT,
        " Recipient=\" https://signin.aws.amazon.com/saml\"",
        SamlError::Whitespace,
    );
    accept_changed(
        RECIPIENT,
        " Recipient=\"https://eu-central-1.signin.aws.amazon.com/saml\"",
    );
}

#[test]
fn the_audience_is_ours_in_every_restriction() {
    for other in [
        "",
        "<saml:AudienceRestriction/>",
        "<saml:AudienceRestriction><saml:Audience/></saml:AudienceRestriction>",
        "<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience></saml:AudienceRestriction>",
        "<saml:AudienceRestriction><saml:Audience>URN:amazon:webservices</saml:Audience></saml:AudienceRestriction>",
        "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices.evil</saml:Audience></saml:AudienceRestriction>",
    ] {
        refuse_changed(RESTRICTION, other, SamlError::Audience);
    }
    let another =
        "<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience></saml:AudienceRestriction>";
    refuse_changed(
        RESTRICTION,
        &format!("{RESTRICTION}{another}"),
        SamlError::Audience,
    );
    refuse_changed(
        RESTRICTION,
        &format!("{another}{RESTRICTION}"),
        SamlError::Audience,
    );
    accept_changed(
        "<saml:Audience>",
        "<saml:Audience>urn:other</saml:Audience><saml:Audience>",
    );
    accept_changed(RESTRICTION, &RESTRICTION.repeat(2));
    refuse_changed(
        ">urn:amazon:webservices<",
        "> urn:amazon:webservices<",
        SamlError::Whitespace,
    );
    refuse_changed(
        "<saml:Audience>",
        "<x/><saml:Audience>",
        SamlError::UnexpectedElement,
    );
}

#[test]
fn conditions_that_are_missing_or_not_understood_are_refused() {
    let conditions = crate::world::part(&TEMPLATE, "<saml:Conditions ", "</saml:Conditions>").to_owned();
    refuse_changed(&conditions, "", SamlError::NoConditions);
    refuse_changed(" NotBefore=\"2026-11-22T03:59:00Z\"", "", SamlError::NoConditions);
    refuse_changed(
        " NotOnOrAfter=\"2026-11-22T04:05:00Z\"><saml:Aud",
        "><saml:Aud",
        SamlError::NoConditions,
    );
    accept_changed("</saml:Conditions>", "<saml:OneTimeUse/></saml:Conditions>");
    for condition in [
        "<saml:ProxyRestriction Count=\"0\"/>",
        "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"/>",
        "<saml:DoNotCacheCondition/>",
        "<x/>",
    ] {
        refuse_changed(
            "</saml:Conditions>",
            &format!("{condition}</saml:Conditions>"),
            SamlError::Condition,
        );
    }
    refuse_changed(&conditions, &conditions.repeat(2), SamlError::UnexpectedElement);
    refuse_changed(
        "<saml:Conditions ",
        "<saml:Conditions Other=\"x\" ",
        SamlError::UnexpectedAttribute,
    );
}

#[test]
fn the_subject_has_one_plain_name_and_one_bearer() {
    let subject = crate::world::part(&TEMPLATE, "<saml:Subject>", "</saml:Subject>").to_owned();
    refuse_changed(&subject, "", SamlError::NoSubject);
    refuse_changed(NAME_ID, "", SamlError::NoSubject);
    refuse_changed(NAME_ID, "<saml:NameID/>", SamlError::NoSubject);
    refuse_changed(NAME_ID, "<saml:BaseID/>", SamlError::NoSubject);
    refuse_changed(NAME_ID, "<saml:EncryptedID/>", SamlError::NoSubject);
    refuse_changed(
        NAME_ID,
        "<saml:NameID><saml:NameID>a</saml:NameID></saml:NameID>",
        SamlError::UnexpectedElement,
    );
    refuse_changed(NAME_ID, &NAME_ID.repeat(2), SamlError::SubjectConfirmation);
    refuse_changed(">alice@", ">\talice@", SamlError::Whitespace);
    refuse_changed(CONFIRMATION, "", SamlError::SubjectConfirmation);
    refuse_changed(
        CONFIRMATION,
        &CONFIRMATION.repeat(2),
        SamlError::SubjectConfirmation,
    );
    for method in ["holder-of-key", "sender-vouches", "Bearer"] {
        refuse_changed(
            "cm:bearer",
            &format!("cm:{method}"),
            SamlError::SubjectConfirmation,
        );
    }
    refuse_changed(
        " NotOnOrAfter=\"2026-11-22T04:05:00Z\"/>",
        "/>",
        SamlError::SubjectConfirmation,
    );
    let begun = " NotBefore=\"2026-11-22T03:59:00Z\" Recipient=";
    refuse_changed(" Recipient=", begun, SamlError::SubjectConfirmation);
    accept_changed(
        " Recipient=",
        " InResponseTo=\"_request\" Address=\"192.0.2.1\" Recipient=",
    );
    let data = crate::world::part(&TEMPLATE, "<saml:SubjectConfirmationData ", "/>").to_owned();
    refuse_changed(&data, "", SamlError::SubjectConfirmation);
    refuse_changed(&data, &data.repeat(2), SamlError::SubjectConfirmation);
    refuse_changed(
        &data,
        &format!("<saml:NameID>x</saml:NameID>{data}"),
        SamlError::SubjectConfirmation,
    );
    let with_content = |content: &str| {
        let open = data.replace("/>", ">");
        format!("{open}{content}</saml:SubjectConfirmationData>")
    };
    refuse_changed(&data, &with_content("x"), SamlError::UnexpectedText);
    refuse_changed(
        &data,
        &with_content("<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
        SamlError::UnexpectedElement,
    );
}

#[test]
fn attributes_that_nobody_knows_are_refused() {
    for element in [
        "<saml:Subject",
        "<saml:NameID",
        "<saml:SubjectConfirmation",
        "<saml:AuthnStatement",
    ] {
        refuse_changed(
            element,
            &format!("{element} Other=\"x\""),
            SamlError::UnexpectedAttribute,
        );
    }
}

#[test]
fn nothing_follows_the_assertion() {
    for more in [
        "<x/>",
        "<samlp:Extensions/>",
        "<saml:Advice xmlns:saml=\"urn:x\"/>",
    ] {
        refuse_changed(
            "</samlp:Response>",
            &format!("{more}</samlp:Response>"),
            SamlError::UnexpectedElement,
        );
    }
}

/// The template with every time moved: when it was issued and when its conditions and its confirmation end.
fn timed(issued: &str, begins: &str, ends: &str, confirmed: &str) -> String {
    let document = TEMPLATE.replace("2026-11-22T04:00:00.123Z", issued);
    let document = swap(
        &document,
        "NotBefore=\"2026-11-22T03:59:00Z\"",
        &format!("NotBefore=\"{begins}\""),
    );
    let document = swap(
        &document,
        "NotOnOrAfter=\"2026-11-22T04:05:00Z\"/>",
        &format!("NotOnOrAfter=\"{confirmed}\"/>"),
    );
    swap(
        &document,
        "NotOnOrAfter=\"2026-11-22T04:05:00Z\">",
        &format!("NotOnOrAfter=\"{ends}\">"),
    )
}

#[test]
fn times_are_held_to_the_second() {
    let at = |offset: SignedDuration| now().checked_add(offset).unwrap().to_string();
    let second = SignedDuration::from_secs(1);
    let (far, near) = (at(SignedDuration::from_hours(1)), at(SignedDuration::ZERO));
    let past = at(SignedDuration::from_hours(-1));
    let issued = at(-second);
    for (document, outcome) in [
        (timed(&issued, &near, &far, &far), Ok(())),
        // Not before.
        (timed(&issued, &at(CLOCK_SKEW), &far, &far), Ok(())),
        (
            timed(&issued, &at(CLOCK_SKEW + second), &far, &far),
            Err(SamlError::NotYetValid),
        ),
        (timed(&issued, &far, &far, &far), Err(SamlError::NotYetValid)),
        // Not on or after, in both places.
        (timed(&issued, &past, &at(second - CLOCK_SKEW), &far), Ok(())),
        (
            timed(&issued, &past, &at(-CLOCK_SKEW), &far),
            Err(SamlError::Expired),
        ),
        (timed(&issued, &past, &past, &far), Err(SamlError::Expired)),
        (timed(&issued, &past, &far, &at(second - CLOCK_SKEW)), Ok(())),
        (
            timed(&issued, &past, &far, &at(-CLOCK_SKEW)),
            Err(SamlError::Expired),
        ),
        // Five minutes after issue.
        (timed(&at(-REDEMPTION), &past, &far, &far), Ok(())),
        (
            timed(&at(-REDEMPTION - second), &past, &far, &far),
            Err(SamlError::TooOld),
        ),
        (timed(&at(CLOCK_SKEW), &past, &far, &far), Ok(())),
        (
            timed(&at(CLOCK_SKEW + second), &past, &far, &far),
            Err(SamlError::NotYetValid),
        ),
    ] {
        for signed in [sign_assertion(&document), sign_response(&document)] {
            assert_eq!(World::new().verify(&signed).map(|_| ()), outcome, "{document}");
        }
    }
    // The response's own time counts too, though nobody signed it.
    refuse(
        &sign_assertion(&with(
            "IssueInstant=\"2026-11-22T04:00:00.123Z\"",
            &format!("IssueInstant=\"{past}\""),
        )),
        SamlError::TooOld,
    );
}

#[test]
fn an_assertion_is_remembered_for_as_long_as_any_clock_accepts_it() {
    let mut world = World::new();
    let document = sign_assertion(&TEMPLATE);
    let until = world.verify(&document).unwrap().redeem_until;
    let mut last = None;
    for seconds in 0..1_200 {
        world.now = now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
        if world.verify(&document).is_ok() {
            last = Some(world.now);
        }
    }
    let last = last.unwrap();
    assert!(
        last < until
            && until
                <= last
                    .checked_add(CLOCK_SKEW + SignedDuration::from_secs(1))
                    .unwrap()
    );
}

#[test]
fn times_are_written_in_one_way() {
    for time in [
        "",
        "2026-11-22",
        "2026-11-22T04:00:00",
        "2026-11-22T04:00:00+00:00",
        "2026-11-22T05:00:00+01:00",
        "2026-11-22t04:00:00Z",
        "2026-11-22T04:00:00z",
        "2026-11-22 04:00:00Z",
        " 2026-11-22T04:00:00Z",
        "2026-11-22T04:00:00Z ",
        "2026-11-22T04:00:60Z",
        "2026-11-22T24:00:00Z",
        "2026-11-31T04:00:00Z",
        "2026-02-29T04:00:00Z",
        "2026-11-22T04:00Z",
        "2026-11-22T04:00:00.Z",
        "2026-11-22T04:00:00,1Z",
        "2026-11-22T04:00:00.1234567890Z",
        "+2026-11-22T04:00:00Z",
        "-2026-11-22T04:00:00Z",
        "1795320000",
        "2026-11-22T04:00:00[UTC]",
        "\u{662}026-11-22T04:00:00Z",
    ] {
        refuse(
            &sign_assertion(&TEMPLATE.replace("2026-11-22T04:00:00.123Z", time)),
            SamlError::Time,
        );
        refuse_changed(
            "AuthnInstant=\"2026-11-22T03:58:00Z\"",
            &format!("AuthnInstant=\"{time}\""),
            SamlError::Time,
        );
        refuse_changed(
            "SessionNotOnOrAfter=\"2026-11-22T12:00:00Z\"",
            &format!("SessionNotOnOrAfter=\"{time}\""),
            SamlError::Time,
        );
        refuse_changed(
            "NotBefore=\"2026-11-22T03:59:00Z\"",
            &format!("NotBefore=\"{time}\""),
            SamlError::Time,
        );
    }
    let _: Timestamp = "2026-11-22T04:00:00Z".parse().unwrap();
    for time in [
        "2026-11-22T04:00:00Z",
        "2026-11-22T04:00:00.1Z",
        "2026-11-22T04:00:00.1234567Z",
    ] {
        assert!(
            World::new()
                .verify(&sign_assertion(
                    &TEMPLATE.replace("2026-11-22T04:00:00.123Z", time)
                ))
                .is_ok()
        );
    }
    refuse(
        &sign_assertion(&TEMPLATE.replace(" IssueInstant=\"2026-11-22T04:00:00.123Z\"", "")),
        SamlError::Time,
    );
}

#[test]
fn the_authentication_statement_is_one_and_its_session_lasts() {
    let statement =
        crate::world::part(&TEMPLATE, "<saml:AuthnStatement ", "</saml:AuthnStatement>").to_owned();
    refuse_changed(&statement, "", SamlError::AuthnStatement);
    refuse_changed(&statement, &statement.repeat(2), SamlError::AuthnStatement);
    const SESSION: &str = " SessionNotOnOrAfter=\"2026-11-22T12:00:00Z\"";
    accept_changed(SESSION, "");
    refuse_changed(
        SESSION,
        " SessionNotOnOrAfter=\"2026-11-22T04:01:00Z\"",
        SamlError::SessionEnded,
    );
    refuse_changed(
        SESSION,
        " SessionNotOnOrAfter=\"2026-11-22T04:00:00Z\"",
        SamlError::SessionEnded,
    );
    accept_changed(SESSION, " SessionNotOnOrAfter=\"2026-11-22T04:01:01Z\"");
    let decision = "<saml:AuthzDecisionStatement/><saml:AttributeStatement>";
    refuse_changed(
        "<saml:AttributeStatement>",
        decision,
        SamlError::UnexpectedElement,
    );
    refuse_changed(
        "<saml:AuthnStatement ",
        "<saml:Advice/><saml:AuthnStatement ",
        SamlError::UnexpectedElement,
    );
}

#[test]
fn versions_are_two() {
    for version in ["1.1", "2", "2.0 ", "2.1", ""] {
        refuse_changed(
            " Version=\"2.0\" IssueInstant=\"2026-11-22T04:00:00.123Z\" Destination",
            &format!(" Version=\"{version}\" IssueInstant=\"2026-11-22T04:00:00.123Z\" Destination"),
            SamlError::NotAResponse,
        );
        refuse_changed(
            "ID=\"_a1\" Version=\"2.0\"",
            &format!("ID=\"_a1\" Version=\"{version}\""),
            SamlError::NotAResponse,
        );
    }
    refuse_changed(
        "ID=\"_a1\" Version=\"2.0\"",
        "ID=\"_a1\"",
        SamlError::NotAResponse,
    );
}

#[test]
fn attributes_are_unique_and_of_text() {
    const TEAM: &str = "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/PrincipalTag:team\">";
    let role = crate::world::part(
        &TEMPLATE,
        "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/Role\"",
        "</saml:Attribute>",
    )
    .to_owned();
    refuse_changed(&role, &role.repeat(2), SamlError::DuplicateAttribute);
    refuse_changed(
        "</saml:AttributeStatement>",
        &format!("</saml:AttributeStatement><saml:AttributeStatement>{role}</saml:AttributeStatement>"),
        SamlError::DuplicateAttribute,
    );
    refuse_changed(TEAM, "<saml:Attribute>", SamlError::Attribute);
    refuse_changed("staff<", "<b>staff</b><", SamlError::Attribute);
    refuse_changed("staff<", "st<b/>aff<", SamlError::Attribute);
    refuse_changed("staff<", " staff<", SamlError::Whitespace);
    refuse_changed("staff<", "staff\n<", SamlError::Whitespace);
    refuse_changed("staff<", "staff\u{3000}<", SamlError::Whitespace);
    refuse_changed(
        "<saml:AttributeValue>staff",
        "text<saml:AttributeValue>staff",
        SamlError::UnexpectedText,
    );
    let encrypted = "<saml:EncryptedAttribute/></saml:AttributeStatement>";
    refuse_changed("</saml:AttributeStatement>", encrypted, SamlError::Attribute);
    accept_changed("staff<", "<saml:NameID NameQualifier=\"q\">staff</saml:NameID><");
    refuse_changed(
        "staff<",
        "<saml:NameID>staff</saml:NameID><saml:NameID>admin</saml:NameID><",
        SamlError::Attribute,
    );
    refuse_changed(
        "staff</saml:AttributeValue>",
        "staff</saml:AttributeValue><x/><saml:AttributeValue>admin</saml:AttributeValue>",
        SamlError::Attribute,
    );
    accept_changed("staff<", "<");
    accept_changed(
        "PrincipalTag:team\">",
        "PrincipalTag:team\" xmlns:a=\"urn:a\" a:OriginalIssuer=\"x\">",
    );
}
