//! Responses byte for byte (`facts: sts §1.2–1.4`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use jiff::Timestamp;
use locum_api::{
    ApiError, Format, NoResult, Record, Request, Sensitive, contained_error_body, error_body, errors, iam,
    model::Service, organizations, sts, success_body,
};

const ID: &str = "6a1f0c3e-0000-4000-8000-000000000000";

fn time() -> Timestamp {
    "2026-11-22T10:20:30.987Z".parse().unwrap()
}

fn xml<R: Request>(result: &dyn Record) -> String {
    let body = success_body(R::OPERATION, result, ID, Format::Xml);
    assert_eq!(body.content_type, "text/xml");
    body.text
}

fn assume_role_response() -> sts::AssumeRoleResponse {
    sts::AssumeRoleResponse {
        credentials: sts::Credentials {
            access_key_id: "ASIAQNZGKIQY56JQ7WML".to_owned(),
            secret_access_key: Sensitive::new("secret/+key"),
            session_token: Sensitive::new("token=="),
            expiration: time(),
        },
        assumed_role_user: sts::AssumedRoleUser {
            assumed_role_id: "AROAQNZGKIQY56JQ7WMLA:ada".to_owned(),
            arn: "arn:aws:sts::029608264753:assumed-role/demo/ada".to_owned(),
        },
        ..Default::default()
    }
}

#[test]
fn get_caller_identity_is_written_in_wire_order() {
    let response = sts::GetCallerIdentityResponse {
        user_id: "AIDAQNZGKIQY56JQ7WMLA".to_owned(),
        account: "029608264753".to_owned(),
        arn: "arn:aws:iam::029608264753:user/ada".to_owned(),
    };
    assert_eq!(
        xml::<sts::GetCallerIdentityRequest>(&response),
        r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::029608264753:user/ada</Arn>
    <UserId>AIDAQNZGKIQY56JQ7WMLA</UserId>
    <Account>029608264753</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>6a1f0c3e-0000-4000-8000-000000000000</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
"#
    );
}

#[test]
fn assume_role_is_written_in_wire_order_with_whole_seconds() {
    assert_eq!(
        xml::<sts::AssumeRoleRequest>(&assume_role_response()),
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROAQNZGKIQY56JQ7WMLA:ada</AssumedRoleId>
      <Arn>arn:aws:sts::029608264753:assumed-role/demo/ada</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAQNZGKIQY56JQ7WML</AccessKeyId>
      <SecretAccessKey>secret/+key</SecretAccessKey>
      <SessionToken>token==</SessionToken>
      <Expiration>2026-11-22T10:20:30Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>6a1f0c3e-0000-4000-8000-000000000000</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
"#
    );
}

#[test]
fn json_has_the_same_members_and_epoch_seconds() {
    let body = success_body(
        sts::AssumeRoleRequest::OPERATION,
        &assume_role_response(),
        ID,
        Format::Json,
    );
    assert_eq!(body.content_type, "application/json");
    assert_eq!(
        body.text,
        concat!(
            r#"{"AssumeRoleResponse":{"AssumeRoleResult":{"AssumedRoleUser":{"AssumedRoleId":"AROAQNZGKIQY56JQ7WMLA:ada","#,
            r#""Arn":"arn:aws:sts::029608264753:assumed-role/demo/ada"},"Credentials":{"AccessKeyId":"ASIAQNZGKIQY56JQ7WML","#,
            r#""SecretAccessKey":"secret/+key","SessionToken":"token==","Expiration":1795342830}},"#,
            r#""ResponseMetadata":{"RequestId":"6a1f0c3e-0000-4000-8000-000000000000"}}}"#,
        )
    );
}

#[test]
fn errors_carry_the_request_id_beside_the_error() {
    let denied =
        ApiError::access_denied("User: x is not authorized to perform: sts:AssumeRole on resource: y");
    let body = error_body(Service::Sts, &denied, ID, Format::Xml);
    assert_eq!(
        body.text,
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>AccessDenied</Code>
    <Message>User: x is not authorized to perform: sts:AssumeRole on resource: y</Message>
  </Error>
  <RequestId>6a1f0c3e-0000-4000-8000-000000000000</RequestId>
</ErrorResponse>
"#
    );
    let body = error_body(Service::Sts, &denied, ID, Format::Json);
    assert_eq!(
        body.text,
        concat!(
            r#"{"Error":{"Code":"AccessDenied","Message":"User: x is not authorized to perform: sts:AssumeRole on "#,
            r#"resource: y","Type":"Sender"},"RequestId":"6a1f0c3e-0000-4000-8000-000000000000"}"#
        )
    );
    let failed = error_body(
        Service::Iam,
        &errors::SERVICE_FAILURE.with("sorry"),
        ID,
        Format::Xml,
    )
    .text;
    assert!(failed.starts_with("<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"));
    assert!(failed.contains("<Type>Receiver</Type>"));
}

#[test]
fn an_unknown_action_has_a_namespace_of_its_own() {
    let error = ApiError::invalid_action("Nothing", "2011-06-15");
    let text = error_body(Service::Sts, &error, ID, Format::Xml).text;
    assert!(
        text.starts_with("<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">\n")
    );
}

#[test]
fn malformed_input_has_no_message_element() {
    let text = error_body(Service::Sts, &ApiError::malformed_input(), ID, Format::Xml).text;
    assert!(
        text.contains("    <Code>MalformedInput</Code>\n  </Error>\n"),
        "{text}"
    );
}

#[test]
fn messages_cannot_break_out_of_their_element() {
    let message = "</Message>&<a b=\"c\">\u{0}\u{1f}\u{fffe}\u{ffff}\r\n\té\u{fffd}";
    let text = error_body(Service::Sts, &ApiError::validation(message), ID, Format::Xml).text;
    let shown = "&lt;/Message&gt;&amp;&lt;a b=\"c\"&gt;\u{fffd}\u{fffd}\u{fffd}\u{fffd}&#xD;\n\té\u{fffd}";
    assert!(text.contains(&format!("<Message>{shown}</Message>")), "{text}");

    let text = error_body(Service::Sts, &ApiError::validation(message), ID, Format::Json).text;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["Error"]["Message"], message);
}

#[test]
fn operations_without_a_result_answer_with_the_request_id_alone() {
    assert_eq!(
        xml::<iam::DeleteUserRequest>(&NoResult),
        r#"<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ResponseMetadata>
    <RequestId>6a1f0c3e-0000-4000-8000-000000000000</RequestId>
  </ResponseMetadata>
</DeleteUserResponse>
"#
    );
    assert!(xml::<iam::UpdateRoleRequest>(&iam::UpdateRoleResponse {}).contains("\n  <UpdateRoleResult/>\n"));
}

#[test]
fn lists_are_written_even_when_empty_and_documents_percent_encoded() {
    let empty = iam::ListUsersResponse {
        users: vec![],
        is_truncated: false,
        marker: None,
    };
    let text = xml::<iam::ListUsersRequest>(&empty);
    assert!(
        text.contains("    <Users/>\n    <IsTruncated>false</IsTruncated>\n"),
        "{text}"
    );

    let role = iam::Role {
        path: "/".to_owned(),
        role_name: "demo".to_owned(),
        role_id: "AROAQNZGKIQY56JQ7WMLA".to_owned(),
        arn: "arn:aws:iam::029608264753:role/demo".to_owned(),
        create_date: time(),
        assume_role_policy_document: Some("{\"Sid\": \"a~b-c_d.é+\"}".to_owned()),
        tags: vec![iam::Tag {
            key: "team".to_owned(),
            value: String::new(),
        }],
        ..Default::default()
    };
    let text = xml::<iam::GetRoleRequest>(&iam::GetRoleResponse { role });
    assert!(text.contains(
        "      <AssumeRolePolicyDocument>%7B%22Sid%22%3A%20%22a~b-c_d.%C3%A9%2B%22%7D</AssumeRolePolicyDocument>\n"
    ));
    assert!(text.contains(
        "      <Tags>\n        <member>\n          <Key>team</Key>\n          <Value/>\n        </member>\n      </Tags>\n"
    ));
}

#[test]
fn organizations_speaks_json_with_a_type_for_errors() {
    let response = organizations::DescribeAccountResponse {
        account: organizations::Account {
            id: Some("029608264753".to_owned()),
            joined_timestamp: Some(time()),
            ..Default::default()
        },
    };
    let body = success_body(
        organizations::DescribeAccountRequest::OPERATION,
        &response,
        ID,
        Format::Xml,
    );
    assert_eq!(body.content_type, "application/x-amz-json-1.1");
    assert_eq!(
        body.text,
        r#"{"Account":{"Id":"029608264753","JoinedTimestamp":1795342830}}"#
    );

    let body = error_body(
        Service::Organizations,
        &errors::ACCOUNT_NOT_FOUND.with("no \"x\""),
        ID,
        Format::Xml,
    );
    assert_eq!(body.content_type, "application/x-amz-json-1.1");
    assert_eq!(
        body.text,
        r#"{"__type":"AccountNotFoundException","Message":"no \"x\""}"#
    );
}

#[test]
fn json_is_only_written_when_asked_for() {
    for accept in ["application/json", "text/html, Application/JSON;q=0.9"] {
        assert_eq!(Format::from_accept(accept), Format::Json, "{accept}");
    }
    for accept in [
        "",
        "*/*",
        "text/xml",
        "application/json5",
        "application/x-amz-json-1.1",
    ] {
        assert_eq!(Format::from_accept(accept), Format::Xml, "{accept}");
    }
}

#[test]
fn secrets_are_not_printed() {
    assert!(!format!("{:?}", assume_role_response()).contains("secret/+key"));
    assert!(!format!("{:?}", assume_role_response()).contains("token=="));
}

#[test]
fn the_error_of_a_contained_request_says_which() {
    let body = contained_error_body(&errors::NO_SUCH_ENTITY.with("no \"x\""), 17);
    assert_eq!(body.content_type, "application/x-amz-json-1.1");
    assert_eq!(
        body.text,
        r#"{"__type":"NoSuchEntity","Message":"no \"x\"","RequestIndex":17}"#
    );
}
