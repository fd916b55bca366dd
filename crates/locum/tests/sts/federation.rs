//! Calls for those whom an identity provider vouches for, and the operations that came with them.
//!
//! Bodies, results and the host of a call without a region were compared with AWS CLI 2.9.19 where it knows the
//! operation, and with 1.46.3 where it does not.

use crate::room::Room;
use crate::server::Server;

const SAML_RESULT: &str = "<AssumeRoleWithSAMLResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <AssumeRoleWithSAMLResult><Audience>https://signin.aws.amazon.com/saml</Audience><AssumedRoleUser><AssumedRoleId>\
    AROAQNZGKIQY56JQ7WML:bob</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/demo/bob</Arn></AssumedRoleUser>\
    <Credentials><AccessKeyId>ASIAQNZGKIQY56JQ7WML</AccessKeyId><SecretAccessKey>s3cret/key</SecretAccessKey><SessionToken>\
    t0ken</SessionToken><Expiration>2027-01-01T00:00:00Z</Expiration></Credentials><Subject>bob@example.com</Subject>\
    <NameQualifier>SbdGOnUkh1i4+EXAMPLExL/jEvs=</NameQualifier><SubjectType>persistent</SubjectType><Issuer>\
    https://idp.example.com</Issuer></AssumeRoleWithSAMLResult></AssumeRoleWithSAMLResponse>";
const WEB_RESULT: &str = "<R><AssumeRoleWithWebIdentityResult><Provider>https://idp.example.com</Provider><Credentials>\
    <AccessKeyId>ASIAQNZGKIQY56JQ7WML</AccessKeyId><SecretAccessKey>s3cret/key</SecretAccessKey><SessionToken>t0ken\
    </SessionToken><Expiration>2027-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></R>";
const SAML: [&str; 8] = [
    "sts",
    "assume-role-with-saml",
    "--role-arn",
    "arn:aws:iam::123456789012:role/demo",
    "--principal-arn",
    "arn:aws:iam::123456789012:saml-provider/idp",
    "--saml-assertion",
    "file://assertion.b64",
];
const WEB: [&str; 8] = [
    "sts",
    "assume-role-with-web-identity",
    "--role-arn",
    "arn:aws:iam::123456789012:role/demo",
    "--role-session-name",
    "bob",
    "--web-identity-token",
    "file://token",
];

fn room() -> Room {
    let room = Room::new();
    room.write("assertion.b64", "PHNhbWw+\n")
        .write("token", "eyJh.eyJi.c\n");
    room
}

fn assert_unsigned(server: &Server) -> String {
    let seen = server.only();
    assert!(
        !seen.head.contains("authorization") && !seen.head.contains("x-amz-"),
        "{}",
        seen.head
    );
    seen.body
}

#[test]
fn whoever_a_provider_vouches_for_needs_no_credentials_and_no_region() {
    for (words, result) in [(SAML, SAML_RESULT), (WEB, WEB_RESULT)] {
        let server = Server::answering(200, "", result);
        let run = room().run(&words, &[("AWS_ENDPOINT_URL", &server.url)]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(
            run.out.contains("\"SecretAccessKey\": \"s3cret/key\""),
            "{}",
            run.out
        );
        assert_unsigned(&server);
    }
}

#[test]
fn credentials_that_are_there_are_left_alone() {
    let partial = [("AWS_ACCESS_KEY_ID", "AKIAQNZGKIQY56JQ7WML")];
    let whole = [
        ("AWS_ACCESS_KEY_ID", "AKIAQNZGKIQY56JQ7WML"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "t0ken"),
    ];
    let elsewhere = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent")];
    for variables in [&partial[..], &whole, &elsewhere] {
        let server = Server::answering(200, "", WEB_RESULT);
        let mut variables = variables.to_vec();
        variables.push(("AWS_ENDPOINT_URL", &server.url));
        let run = room().run(&WEB, &variables);
        assert_eq!(run.code, Some(0), "{variables:?} {run:?}");
        assert_unsigned(&server);
    }
}

#[test]
fn a_file_is_sent_as_it_is_to_its_last_line_feed() {
    let server = Server::answering(200, "", SAML_RESULT);
    room().call(&server, &SAML);
    assert_eq!(
        assert_unsigned(&server),
        "Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo&PrincipalArn=\
         arn%3Aaws%3Aiam%3A%3A123456789012%3Asaml-provider%2Fidp&SAMLAssertion=PHNhbWw%2B%0A"
    );
    let server = Server::answering(200, "", WEB_RESULT);
    room().call(&server, &WEB);
    assert!(assert_unsigned(&server).ends_with("&RoleSessionName=bob&WebIdentityToken=eyJh.eyJi.c%0A"));
}

#[test]
fn a_saml_result_is_printed_as_aws_prints_it() {
    let server = Server::answering(200, "", SAML_RESULT);
    let run = room().call(&server, &[&SAML[..], &["--output", "text"]].concat());
    assert_eq!(
        run.out,
        "https://signin.aws.amazon.com/saml\thttps://idp.example.com\tSbdGOnUkh1i4+EXAMPLExL/jEvs=\tbob@example.com\t\
         persistent\nASSUMEDROLEUSER\tarn:aws:sts::123456789012:assumed-role/demo/bob\tAROAQNZGKIQY56JQ7WML:bob\n\
         CREDENTIALS\tASIAQNZGKIQY56JQ7WML\t2027-01-01T00:00:00+00:00\ts3cret/key\tt0ken\n"
    );
}

#[test]
fn debug_tells_no_assertion_and_no_token() {
    let token = "<R><GetWebIdentityTokenResult><WebIdentityToken>eyJ.own.x</WebIdentityToken></GetWebIdentityTokenResult></R>";
    let delegated = "<R><GetDelegatedAccessTokenResult><Credentials><SecretAccessKey>s3cret/key</SecretAccessKey>\
                     <SessionToken>t0ken</SessionToken></Credentials></GetDelegatedAccessTokenResult></R>";
    let own = [
        "sts",
        "get-web-identity-token",
        "--audience",
        "a",
        "--signing-algorithm",
        "RS256",
    ];
    let traded = ["sts", "get-delegated-access-token", "--trade-in-token", "tr4de"];
    for (words, result) in [
        (&SAML[..], SAML_RESULT),
        (&WEB, WEB_RESULT),
        (&own, token),
        (&traded, delegated),
    ] {
        let server = Server::answering(200, "", result);
        let run = room().call(&server, &[words, &["--debug"]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.err.contains("********"), "{}", run.err);
        for secret in ["PHNhbWw", "eyJ", "tr4de", "s3cret/key", "t0ken"] {
            assert!(!run.err.contains(secret), "{secret} in {}", run.err);
        }
    }
}

#[test]
fn the_other_operations_are_sent_like_those_of_aws() {
    for (words, body) in [
        (
            "assume-root --target-principal 123456789012 --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/X \
             --duration-seconds 0",
            "AssumeRoot&Version=2011-06-15&TargetPrincipal=123456789012&TaskPolicyArn.arn=\
             arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FX&DurationSeconds=0",
        ),
        (
            "get-web-identity-token --audience a b --signing-algorithm ES384 --tags Key=k,Value=v Key=e,Value=",
            "GetWebIdentityToken&Version=2011-06-15&Audience.member.1=a&Audience.member.2=b&SigningAlgorithm=ES384\
             &Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=e&Tags.member.2.Value=",
        ),
        (
            "get-delegated-access-token --trade-in-token abc",
            "GetDelegatedAccessToken&Version=2011-06-15&TradeInToken=abc",
        ),
    ] {
        let operation = body.split('&').next().unwrap_or_default();
        let empty = format!("<R><{operation}Result/></R>");
        let server = Server::answering(200, "", &empty);
        let words: Vec<&str> = std::iter::once("sts").chain(words.split_whitespace()).collect();
        let run = room().call(&server, &words);
        assert_eq!(run.code, Some(0), "{run:?}");
        let seen = server.only();
        assert!(
            seen.head.contains("\nauthorization: aws4-hmac-sha256 "),
            "{}",
            seen.head
        );
        assert_eq!(seen.body, format!("Action={body}"));
    }
}

#[test]
fn a_task_policy_is_an_arn_by_its_name() {
    let words = [
        "sts",
        "assume-root",
        "--target-principal",
        "123456789012",
        "--task-policy-arn",
        "bare",
    ];
    room().run(&words, &[]).failed(
        252,
        "An error occurred (ParamValidation): Error parsing parameter '--task-policy-arn': Expected: '=', received: 'EOF' for input:",
    );
    let help = room().run(&["sts", "assume-root", "help"], &[]);
    assert!(
        help.out.contains("--task-policy-arn <structure>") && help.out.contains("limits the session. arn=…")
    );
}
