//! Every text of a response that is not accepted (`facts: sts §6.1`).

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    idp::{Idp, Part, Said},
    scene::{ACCOUNT, DENIED, OTHER, Scene, register, trust},
};

const INVALID: &str = "InvalidIdentityToken";
const EXPIRED: (u16, &str, &str) = (
    400,
    "ExpiredTokenException",
    "Token must be redeemed within 5 minutes of issuance",
);

type Edit = fn(&mut Said);

/// What is wrong, code, text.
const TABLE: [(Edit, &str, &str); 27] = [
    (
        |said| said.signed = Part::Nothing,
        INVALID,
        "Response signature invalid",
    ),
    (
        |said| said.audience = "urn:example:other".to_owned(),
        INVALID,
        "Response does not contain the required audience.",
    ),
    (
        |said| said.recipient = String::new(),
        INVALID,
        // Without a recipient it has no destination either.
        "Invalid SAML response: the destination is another one",
    ),
    (
        |said| said.recipient = "https://evil.example.com/saml".to_owned(),
        INVALID,
        "Invalid SAML response: the destination is another one",
    ),
    (|said| said.subject = String::new(), "AccessDenied", DENIED),
    (
        |said| said.subject = " alice".to_owned(),
        INVALID,
        "Invalid SAML response: a value begins or ends with white space",
    ),
    (
        |said| said.aws("RoleSessionName", &[]),
        INVALID,
        "RoleSessionName is required in AuthnResponse",
    ),
    (
        |said| said.aws("RoleSessionName", &["a"]),
        INVALID,
        "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
    ),
    (
        |said| said.aws("RoleSessionName", &["alice/bob"]),
        INVALID,
        "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
    ),
    (
        |said| said.aws("RoleSessionName", &["alice", "bob"]),
        INVALID,
        "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
    ),
    (
        |said| said.aws("RoleSessionName", &["alice "]),
        INVALID,
        "Invalid SAML response: a value begins or ends with white space",
    ),
    (
        |said| said.aws("SourceIdentity", &["aws:alice"]),
        INVALID,
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"",
    ),
    (
        |said| said.aws("SourceIdentity", &["a"]),
        INVALID,
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"",
    ),
    (
        |said| said.aws("Role", &[]),
        INVALID,
        "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
    ),
    (
        |said| said.aws("Role", &["worker"]),
        INVALID,
        "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
    ),
    (
        |said| said.aws("SessionDuration", &["899"]),
        INVALID,
        "Invalid SAML response: the SessionDuration attribute is not between 900 and 43200",
    ),
    (
        |said| said.aws("SessionDuration", &["+900"]),
        INVALID,
        "Invalid SAML response: the SessionDuration attribute is not between 900 and 43200",
    ),
    (
        |said| said.aws("PrincipalTag:team", &["blue", "red"]),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| said.aws("PrincipalTag:", &["blue"]),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| said.aws("PrincipalTag:te*m", &["blue"]),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| said.aws("PrincipalTag:team", &["b".repeat(257).as_str()]),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| said.aws(&format!("PrincipalTag:{}", "k".repeat(129)), &["blue"]),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| (0..51).for_each(|at| said.aws(&format!("PrincipalTag:{at}"), &["x"])),
        INVALID,
        "Invalid SAML response: a PrincipalTag attribute is malformed",
    ),
    (
        |said| {
            said.aws("PrincipalTag:team", &["blue"]);
            said.aws("PrincipalTag:Team", &["red"]);
        },
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    (
        |said| said.aws("PrincipalTag:aws:team", &["blue"]),
        "InvalidParameterValue",
        "The tag key aws:team is reserved: it begins with aws:.",
    ),
    (
        |said| said.aws("TransitiveTagKeys", &["team"]),
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    ),
    (
        |said| said.id = String::new(),
        INVALID,
        "Invalid SAML response: an ID is missing or malformed",
    ),
];

#[test]
fn what_is_wrong_and_what_is_said_about_it() {
    let scene = Scene::new();
    for (at, (edit, code, text)) in TABLE.into_iter().enumerate() {
        let said = scene.said().id(&format!("_{at}")).but(edit);
        let answer = scene.ask(&said);
        assert_eq!(answer.find("Message").as_deref(), Some(text), "row {at}");
        answer.fails(if code == "AccessDenied" { 403 } else { 400 }, code, text);
    }
    // None of it was redeemed.
    assert_eq!(scene.snapshot().used_assertion_count(), 0);
    scene.ask(&scene.said()).ok();
}

/// The texts that name the request.
#[test]
fn the_texts_of_the_service_behind_it() {
    let scene = Scene::new();
    let other = Idp::new("https://other.example.com");
    let good = scene.idp.response(&scene.said());
    let foreign = other.response(&scene.said());
    let absent = format!("arn:aws:iam::{ACCOUNT}:saml-provider/absent");
    let other_case = format!("arn:aws:iam::{ACCOUNT}:saml-provider/IDP");
    let there = scene.provider.as_str();
    for (provider, response, text, code) in [
        (
            there,
            "not base64!",
            "Invalid base64 SAMLResponse",
            "AuthSamlInvalidSamlResponseException",
        ),
        (
            there,
            &*foreign,
            "Issuer not present in specified provider",
            "AuthSamlInvalidSamlResponseException",
        ),
        (
            &*absent,
            &*good,
            "Specified provider doesn't exist",
            "AuthSamlManifestNotFoundException",
        ),
        (
            &*other_case,
            &*good,
            "Specified provider doesn't exist",
            "AuthSamlManifestNotFoundException",
        ),
    ] {
        let parameters = [
            ("RoleArn", scene.role.as_str()),
            ("PrincipalArn", provider),
            ("SAMLAssertion", response),
        ];
        let answer = scene.unsigned("AssumeRoleWithSAML", &parameters);
        let id = answer.header("x-amzn-requestid").unwrap().to_owned();
        let text = format!(
            "{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; Request ID: {id}; \
             Proxy: null)"
        );
        answer.fails(400, INVALID, &text);
    }
}

#[test]
fn a_confirmation_without_recipient() {
    let scene = Scene::new();
    // The destination is the recipient; it may be absent, the recipient may not.
    let document = scene
        .idp
        .document(&scene.said().but(|said| said.recipient = String::new()));
    let document = document.replace(" Destination=\"\"", "");
    scene.redeem(&BASE64_STANDARD.encode(document), &[]).fails(
        400,
        INVALID,
        "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter",
    );
}

#[test]
fn what_was_changed_after_it_was_signed() {
    let scene = Scene::new();
    for signed in [Part::Assertion, Part::Response] {
        let good = scene.idp.document(&scene.said().but(|said| said.signed = signed));
        for (from, to) in [
            ("alice@example.com", "admin@example.com"),
            (">alice<", ">admin<"),
            ("role/worker", "role/worked"),
            ("2026-11-22T12:05:00Z", "2026-11-22T12:06:00Z"),
        ] {
            let forged = good.replacen(from, to, 1);
            assert_ne!(forged, good);
            let answer = scene.redeem(&BASE64_STANDARD.encode(forged), &[]);
            answer.fails(400, INVALID, "Response signature invalid");
        }
    }
    let commented = scene.idp.document(&scene.said());
    let commented = commented.replace("alice@example.com", "alice@example.com<!---->.evil.test");
    scene.redeem(&BASE64_STANDARD.encode(commented), &[]).fails(
        400,
        INVALID,
        "Invalid SAML response: the document has a comment",
    );
}

#[test]
fn another_key_under_the_same_name() {
    let scene = Scene::new();
    let thief = Idp::new(&scene.idp.entity_id);
    let answer = scene.redeem(&thief.response(&scene.said()), &[]);
    answer.fails(400, INVALID, "Response signature invalid");
}

/// Times are seconds from now: issued, valid from, valid until; whether it is accepted.
#[test]
fn when_an_assertion_is_redeemed() {
    let scene = Scene::new();
    for (at, (issued, begin, end, accepted)) in [
        (0, 0, 300, true),
        (-300, -300, 300, true),
        (-301, -301, 300, false),
        // A minute of difference between the clocks.
        (60, 60, 300, true),
        (-200, -200, -59, true),
        (-200, -200, -60, false),
        (-290, -290, 3600, true),
    ]
    .into_iter()
    .enumerate()
    {
        let said = scene.said().id(&format!("_{at}")).but(|said| {
            (said.issued, said.not_before, said.not_on_or_after) = (issued, begin, end);
        });
        let answer = scene.ask(&said);
        if accepted {
            answer.ok();
        } else {
            answer.fails(EXPIRED.0, EXPIRED.1, EXPIRED.2);
        }
    }
    for (issued, begin) in [(61, 0), (0, 61)] {
        let said = scene
            .said()
            .but(|said| (said.issued, said.not_before) = (issued, begin));
        let text = "Invalid SAML response: the assertion is not valid yet";
        scene.ask(&said).fails(400, INVALID, text);
    }
    let said = scene.said().but(|said| said.session_end = Some(0));
    scene.ask(&said).fails(EXPIRED.0, EXPIRED.1, EXPIRED.2);
}

#[test]
fn the_provider_of_another_account() {
    let scene = Scene::new();
    let root = scene.other_account(OTHER);
    let theirs = register(&scene, &root, "idp", &scene.idp);
    let role = scene.role(&root, "worker", &trust(&theirs), None);
    // Each with its own works.
    let ask = |role: &str, provider: &str, id: &str| {
        let said = Said::new(scene.now(), &[format!("{role},{provider}")]).id(id);
        let response = scene.idp.response(&said);
        let parameters = [
            ("RoleArn", role),
            ("PrincipalArn", provider),
            ("SAMLAssertion", &response),
        ];
        scene.unsigned("AssumeRoleWithSAML", &parameters)
    };
    ask(&role, &theirs, "_1").ok();
    ask(&scene.role, &scene.provider, "_2").ok();
    for (role, provider) in [(&role, &scene.provider), (&scene.role, &theirs)] {
        let answer = ask(role, provider, "_3");
        assert!(
            answer
                .text("Message")
                .starts_with("Specified provider doesn't exist"),
            "{}",
            answer.body
        );
    }
}

#[test]
fn the_shape_of_the_request() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    let (role, provider) = (scene.role.as_str(), scene.provider.as_str());
    for (parameters, text) in [
        (
            vec![],
            "3 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be \
             null; Value null at 'principalArn' failed to satisfy constraint: Member must not be null; Value null at \
             'sAMLAssertion' failed to satisfy constraint: Member must not be null",
        ),
        (
            vec![
                ("RoleArn", "nothing-valid-in-here"),
                ("PrincipalArn", provider),
                ("SAMLAssertion", &*response),
            ],
            "nothing-valid-in-here is invalid",
        ),
        (
            vec![
                ("RoleArn", role),
                ("PrincipalArn", "nothing-valid-in-here"),
                ("SAMLAssertion", &response),
            ],
            "nothing-valid-in-here is invalid",
        ),
        (
            vec![
                ("RoleArn", role),
                ("PrincipalArn", "arn:aws:iam::aws:saml-provider/x"),
                ("SAMLAssertion", &response),
            ],
            "arn:aws:iam::aws:saml-provider/x is invalid",
        ),
        (
            vec![
                ("RoleArn", role),
                ("PrincipalArn", provider),
                ("SAMLAssertion", &response),
                ("DurationSeconds", "899"),
            ],
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must \
             have value greater than or equal to 900",
        ),
    ] {
        scene
            .unsigned("AssumeRoleWithSAML", &parameters)
            .fails(400, "ValidationError", text);
    }
}
