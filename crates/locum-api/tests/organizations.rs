//! Reading AWS JSON 1.1 bodies.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use locum_api::{
    Request,
    locum::RevokeSessionsRequest,
    organizations::{CreateAccountRequest, DescribeOrganizationRequest, ListAccountsRequest},
};

#[test]
fn a_body_is_read_along_the_model() {
    let body = br#"{"Email":"ada@example.com","AccountName":"ada""#;
    assert_eq!(
        CreateAccountRequest::decode_json(body).unwrap_err().code,
        "SerializationException"
    );

    let body = br#" {"Email":"ada@example.com","AccountName":"ada","RoleName":null,"Unknown":[1.5],
        "Tags":[{"Key":"team","Value":""}]} "#;
    let request = CreateAccountRequest::decode_json(body).unwrap();
    assert_eq!(request.email, "ada@example.com");
    assert_eq!(request.role_name, None);
    assert_eq!(request.tags[0].key, "team");

    assert!(DescribeOrganizationRequest::decode_json(b"").is_ok());
    assert!(DescribeOrganizationRequest::decode_json(b"{}").is_ok());
    assert_eq!(
        ListAccountsRequest::decode_json(br#"{"MaxResults":20}"#)
            .unwrap()
            .max_results,
        Some(20)
    );
}

#[test]
fn wrong_types_and_repeated_keys_are_refused() {
    for body in [
        r#"[]"#,
        r#""text""#,
        r#"{"#,
        r#"{"MaxResults":"20"}"#,
        r#"{"MaxResults":20.0}"#,
        r#"{"MaxResults":2147483648}"#,
        r#"{"MaxResults":1e1}"#,
        r#"{"MaxResults":[1]}"#,
        r#"{"NextToken":1}"#,
        r#"{"NextToken":"a","NextToken":"a"}"#,
        r#"{"Unknown":{"a":1,"a":2}}"#,
        r#"{} {}"#,
    ] {
        let error = ListAccountsRequest::decode_json(body.as_bytes()).unwrap_err();
        assert_eq!(
            (error.status, error.code.as_ref()),
            (400, "SerializationException"),
            "{body}"
        );
    }
    let deep = format!("{{\"Unknown\":{}", "[".repeat(100_000));
    assert_eq!(
        ListAccountsRequest::decode_json(deep.as_bytes())
            .unwrap_err()
            .code,
        "SerializationException"
    );
}

#[test]
fn broken_rules_are_invalid_input_and_addresses_stay_secret() {
    let error = ListAccountsRequest::decode_json(br#"{"MaxResults":21}"#).unwrap_err();
    assert_eq!(
        (error.status, error.code.as_ref()),
        (400, "InvalidInputException")
    );
    assert_eq!(
        error.message.as_deref(),
        Some(
            "1 validation error detected: Value '21' at 'maxResults' failed to satisfy constraint: Member must have \
             value less than or equal to 20"
        )
    );
    let error =
        CreateAccountRequest::decode_json(br#"{"Email":"ada","AccountName":"a","Tags":[null]}"#).unwrap_err();
    let message = error.message.unwrap();
    assert!(
        message.starts_with("3 validation errors detected: Value at 'email' failed"),
        "{message}"
    );
    assert!(!message.contains("ada"));
    assert!(
        message
            .ends_with("Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null")
    );
}

#[test]
fn times_are_whole_seconds_or_texts() {
    let read = |time: &str| {
        let body = format!(r#"{{"PrincipalArn":"arn:aws:iam::029608264753:root","IssuedBefore":{time}}}"#);
        let request = RevokeSessionsRequest::decode_json(body.as_bytes());
        request.map(|request| request.issued_before.map(|time| time.as_second()))
    };
    for (time, seconds) in [
        ("1795342830", Some(1_795_342_830)),
        ("-1", Some(-1)),
        (r#""2026-11-22T10:20:30Z""#, Some(1_795_342_830)),
        (r#""2026-11-22T12:20:30.5+02:00""#, Some(1_795_342_830)),
    ] {
        assert_eq!(read(time).unwrap(), seconds, "{time}");
    }
    for time in [
        "null",
        "1795342830.0",
        "1e9",
        "99999999999999999999",
        "9999999999999",
        r#""""#,
        r#""1795342830""#,
        r#""2026-11-22""#,
        r#""2026-11-22T10:20:30""#,
        "true",
        "[]",
        "{}",
    ] {
        assert_eq!(read(time).unwrap_err().code, "SerializationException", "{time}");
    }
}
