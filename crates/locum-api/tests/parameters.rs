//! Reading forms and queries (`facts: sts §1.1, §1.5, §1.6`), and what is refused because two readers could differ.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use locum_api::{ApiError, MAX_PARAMETERS, Parameters, model::Service, operation_for, operation_for_target};
use proptest::{collection::vec, prelude::*};

fn refused(query: &str, body: &[u8]) -> ApiError {
    Parameters::parse(query.as_bytes(), body).unwrap_err()
}

fn pairs(parameters: &Parameters) -> Vec<(&str, &str)> {
    parameters.iter().collect()
}

#[test]
fn escapes_and_plus_are_decoded_in_query_and_body() {
    let parameters = Parameters::parse(b"Action=Get%55ser&&Empty&=", b"a+b=c%2bd%20e&x==y").unwrap();
    assert_eq!(
        pairs(&parameters),
        [
            ("Action", "GetUser"),
            ("Empty", ""),
            ("", ""),
            ("a b", "c+d e"),
            ("x", "=y")
        ]
    );
}

proptest! {
    #[test]
    fn every_spelling_of_a_value_is_that_value(characters in vec((any::<char>(), any::<bool>()), 0..60)) {
        let value: String = characters.iter().map(|(c, _)| c).collect();
        let mut spelled = String::from("name=");
        for (c, escaped) in &characters {
            match c {
                ' ' if !escaped => spelled.push('+'),
                c if !escaped && !matches!(c, '&' | '%' | '+' | ' ') => spelled.push(*c),
                c => {
                    for byte in c.to_string().bytes() {
                        spelled.push_str(&format!("%{byte:02X}"));
                    }
                }
            }
        }
        let parameters = Parameters::parse(b"", spelled.as_bytes()).unwrap();
        prop_assert_eq!(parameters.value("name"), Some(value.as_str()));
    }
}

#[test]
fn malformed_escapes_are_refused() {
    // facts: sts §1.6 [REC SS]
    for (body, message) in [
        ("a=%", "Incomplete trailing escape % sequence"),
        ("a=%4", "Incomplete trailing escape % sequence"),
        ("a%=b", "Incomplete trailing escape % sequence"),
        ("a=%zz", "Illegal hex character in escape % pattern: %zz"),
        ("a=%4g&b=c", "Illegal hex character in escape % pattern: %4g"),
    ] {
        let error = refused("", body.as_bytes());
        assert_eq!(
            (error.status, error.code.as_ref()),
            (400, "MalformedQueryString"),
            "{body}"
        );
        assert_eq!(error.message.as_deref(), Some(message), "{body}");
    }
}

#[test]
fn text_must_be_utf8_in_every_part() {
    for body in [&b"a=\xff"[..], b"\xc3=%A9", b"a=%C3&%A9=b"] {
        let error = refused("", body);
        assert_eq!(
            (error.status, error.code.as_ref()),
            (400, "MalformedQueryString"),
            "{body:?}"
        );
    }
}

#[test]
fn ambiguous_names_are_refused() {
    for (query, body, message) in [
        (
            "",
            "A=1&A=1",
            "The parameter 'A' must not be given more than once.",
        ),
        (
            "A=1&A=2",
            "",
            "The parameter 'A' must not be given more than once.",
        ),
        (
            "A=1",
            "A=1",
            "The parameter 'A' must not be given in both the query string and the body.",
        ),
        (
            "",
            "RoleArn=1&rolearn=2",
            "The parameters 'RoleArn' and 'rolearn' differ only in case.",
        ),
        (
            "x-amz-date=1&X-Amz-Date=1",
            "",
            "The parameters 'x-amz-date' and 'X-Amz-Date' differ only in case.",
        ),
        (
            "",
            "%41=1&A=1",
            "The parameter 'A' must not be given more than once.",
        ),
    ] {
        let error = refused(query, body.as_bytes());
        assert_eq!(
            (error.status, error.code.as_ref()),
            (400, "InvalidQueryParameter"),
            "{query} {body}"
        );
        assert_eq!(error.message.as_deref(), Some(message));
    }
}

#[test]
fn ambiguous_names_are_found_among_many() {
    let mut body: Vec<_> = (0..100).map(|n| format!("p{n}=v")).collect();
    assert!(Parameters::parse(b"", body.join("&").as_bytes()).is_ok());
    body.push("P57=v".to_owned());
    assert_eq!(
        refused("", body.join("&").as_bytes()).message.as_deref(),
        Some("The parameters 'p57' and 'P57' differ only in case.")
    );
}

#[test]
fn the_number_of_parameters_is_bounded() {
    let body = |count: usize| (0..count).map(|n| format!("p{n}=")).collect::<Vec<_>>().join("&");
    assert!(Parameters::parse(b"", body(MAX_PARAMETERS).as_bytes()).is_ok());
    assert_eq!(
        refused("", body(MAX_PARAMETERS + 1).as_bytes()).code,
        "MalformedQueryString"
    );
}

#[test]
fn parameters_of_presigned_requests_are_kept_apart() {
    let query = b"Action=GetCallerIdentity&X-Amz-Signature=abc&x-amz-date=now";
    let parameters = Parameters::parse(query, b"").unwrap();
    assert_eq!(pairs(&parameters), [("Action", "GetCallerIdentity")]);
    assert_eq!(
        parameters.authentication().collect::<Vec<_>>(),
        [("X-Amz-Signature", "abc"), ("x-amz-date", "now")]
    );
    assert_eq!(parameters.value("X-Amz-Signature"), None);
}

#[test]
fn printing_shows_no_values() {
    let parameters = Parameters::parse(b"", b"TokenCode=123456").unwrap();
    assert_eq!(format!("{parameters:?}"), r#"["TokenCode"]"#);
}

#[test]
fn unknown_actions_and_versions_are_named() {
    // facts: sts §1.5 [REC ORACLE]
    for (form, message) in [
        (
            "Action=NoSuchAction&Version=2011-06-15",
            "Could not find operation NoSuchAction for version 2011-06-15",
        ),
        (
            "Action=GetCallerIdentity",
            "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
        ),
        (
            "Action=GetCallerIdentity&Version=",
            "Could not find operation GetCallerIdentity for version ",
        ),
        (
            "Action=&Version=2011-06-15",
            "Could not find operation  for version 2011-06-15",
        ),
        (
            "Action=GetUser&Version=2011-06-15",
            "Could not find operation GetUser for version 2011-06-15",
        ),
        (
            "Action=ListAccounts&Version=2016-11-28",
            "Could not find operation ListAccounts for version 2016-11-28",
        ),
    ] {
        let error = operation_for(&Parameters::parse(b"", form.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(
            (error.status, error.code.as_ref()),
            (400, "InvalidAction"),
            "{form}"
        );
        assert_eq!(error.message.as_deref(), Some(message));
    }
}

#[test]
fn a_missing_action_is_an_error_and_no_redirect() {
    let error = operation_for(&Parameters::parse(b"Version=2011-06-15", b"").unwrap()).unwrap_err();
    assert_eq!((error.status, error.code.as_ref()), (400, "MissingAction"));
}

#[test]
fn the_version_or_the_target_chooses_the_service() {
    let service = |form: &[u8]| {
        operation_for(&Parameters::parse(b"", form).unwrap())
            .unwrap()
            .service
    };
    assert_eq!(service(b"Action=AssumeRole&Version=2011-06-15"), Service::Sts);
    assert_eq!(service(b"Action=GetUser&Version=2010-05-08"), Service::Iam);

    let operation = operation_for_target("AWSOrganizationsV20161128.ListAccounts").unwrap();
    assert_eq!(
        (operation.service, operation.name),
        (Service::Organizations, "ListAccounts")
    );
    for target in [
        "",
        "ListAccounts",
        "AWSOrganizationsV20161128.",
        "AWSOrganizationsV20161128.listaccounts",
        "X.ListAccounts",
    ] {
        assert_eq!(
            operation_for_target(target).unwrap_err().code,
            "UnknownOperationException",
            "{target}"
        );
    }
}
