//! What goes over the wire: the request of botocore, whatever its parameters come from, and how often.

use crate::room::{Room, with_role};
use crate::server::{ROLE_RESULT, Server};

#[test]
fn the_request_is_that_of_botocore() {
    let server = Server::answering(200, "", ROLE_RESULT);
    let room = Room::new();
    let run = room.call(
        &server,
        &with_role(&[
            "--tags",
            "Key=a,Value=x y",
            "Key=b,Value=",
            "--duration-seconds",
            "900",
        ]),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let seen = server.only();
    assert_eq!(
        seen.body,
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo\
         &RoleSessionName=bob&DurationSeconds=900&Tags.member.1.Key=a&Tags.member.1.Value=x+y&Tags.member.2.Key=b\
         &Tags.member.2.Value="
    );
    assert!(seen.head.starts_with("post / http/1.1\r\n"), "{}", seen.head);
    for part in [
        "content-type: application/x-www-form-urlencoded; charset=utf-8\r\n",
        "signedheaders=content-type;host;x-amz-date, signature=",
        "credential=akiaqnzgkiqy56jq7wml/",
        "/us-east-1/sts/aws4_request",
        "amz-sdk-request: attempt=1\r\n",
        "amz-sdk-invocation-id: ",
    ] {
        assert!(seen.head.contains(part), "{part} in {}", seen.head);
    }
    let hosts = seen
        .head
        .lines()
        .filter(|line| line.starts_with("host: "))
        .count();
    assert_eq!(hosts, 1, "{}", seen.head);
}

#[test]
fn limits_above_are_left_to_the_service_and_those_below_are_not() {
    let server = Server::answering(200, "", ROLE_RESULT);
    let room = Room::new();
    assert_eq!(
        room.call(&server, &with_role(&["--duration-seconds", "99999"]))
            .code,
        Some(0)
    );
    let run = room.call(
        &server,
        &[
            "sts",
            "assume-role",
            "--role-arn",
            "x",
            "--role-session-name",
            "bob",
            "--tags",
            "Foo=a",
        ],
    );
    run.failed(252, "An error occurred (ParamValidation): Parameter validation failed:\nInvalid length for parameter RoleArn, value: 1, valid min length: 20\nMissing required parameter in Tags[0]: \"Key\"\nMissing required parameter in Tags[0]: \"Value\"\nUnknown parameter in Tags[0]: \"Foo\", must be one of: Key, Value\n");
    assert_eq!(server.seen.lock().unwrap().len(), 1);
}

#[test]
fn files_examples_and_queries() {
    let server = Server::answering(200, "", ROLE_RESULT);
    let room = Room::new();
    room.write("p.json", "{\"a\": 1}\n")
        .write("in.json", "{\"RoleArn\": \"x\", \"ExternalId\": \"e1\"}");
    let run = room.call(
        &server,
        &with_role(&[
            "--policy",
            "file://p.json",
            "--cli-input-json",
            "file://in.json",
            "--query",
            "Credentials.AccessKeyId",
        ]),
    );
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "\"ASIAQNZGKIQY56JQ7WML\"\n"),
        "{run:?}"
    );
    let body = server.only().body;
    assert!(
        body.contains("role%2Fdemo&") && body.ends_with("&Policy=%7B%22a%22%3A+1%7D%0A&ExternalId=e1"),
        "{body}"
    );
    let input = room.run(&["sts", "get-session-token", "--generate-cli-skeleton"], &[]);
    assert!(
        input.out.starts_with("{\n    \"DurationSeconds\": 0,"),
        "{input:?}"
    );
    let output = room.run(
        &[
            "sts",
            "get-caller-identity",
            "--generate-cli-skeleton",
            "output",
            "--output",
            "text",
        ],
        &[],
    );
    assert_eq!(output.out, "Account\tArn\tUserId\n", "{output:?}");
}

#[test]
fn a_value_may_start_with_a_dash() {
    let server = Server::answering(
        200,
        "",
        "<R><DecodeAuthorizationMessageResult><DecodedMessage>{}</DecodedMessage></DecodeAuthorizationMessageResult></R>",
    );
    let run = Room::new().call(
        &server,
        &[
            "sts",
            "decode-authorization-message",
            "--encoded-message",
            "-7i6c",
        ],
    );
    assert_eq!(run.out, "{\n    \"DecodedMessage\": \"{}\"\n}\n", "{run:?}");
    assert!(server.only().body.ends_with("&EncodedMessage=-7i6c"));
}

#[test]
fn a_server_that_fails_is_asked_again() {
    let server = Server::answering(502, "", "<html><body>no</body></html>");
    let room = Room::new();
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_REGION", "x"),
        ("AWS_MAX_ATTEMPTS", "2"),
        ("AWS_ENDPOINT_URL_STS", server.url.as_str()),
    ];
    room.run(&["sts", "get-caller-identity"], &variables).failed(
        254,
        "An error occurred (502) when calling the GetCallerIdentity operation (reached max retries: 1): Bad Gateway\n",
    );
    let seen = server.seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    assert!(
        seen[1].head.contains("amz-sdk-request: attempt=2\r\n"),
        "{}",
        seen[1].head
    );
}
