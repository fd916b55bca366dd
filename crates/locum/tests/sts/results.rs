//! What is printed, where to and how it ends: results in every format, denials, nonsense, and secrets that are not told.

use crate::room::{Room, with_role};
use crate::server::{CALLER, ROLE_RESULT, Server};

#[test]
fn results_are_those_of_aws_in_every_format() {
    let server = Server::answering(200, "", CALLER);
    let room = Room::new();
    for (format, expected) in [
        (
            "json",
            "{\n    \"UserId\": \"AIDAQNZGKIQY56JQ7WML\",\n    \"Account\": \"123456789012\",\n    \"Arn\": \
             \"arn:aws:iam::123456789012:user/alice\"\n}\n",
        ),
        (
            "text",
            "123456789012\tarn:aws:iam::123456789012:user/alice\tAIDAQNZGKIQY56JQ7WML\n",
        ),
        (
            "yaml",
            "Account: '123456789012'\nArn: arn:aws:iam::123456789012:user/alice\nUserId: AIDAQNZGKIQY56JQ7WML\n",
        ),
        (
            "yaml-stream",
            "- Account: '123456789012'\n  Arn: arn:aws:iam::123456789012:user/alice\n  UserId: AIDAQNZGKIQY56JQ7WML\n",
        ),
        ("off", ""),
    ] {
        let run = room.call(&server, &["sts", "get-caller-identity", "--output", format]);
        assert_eq!(
            (run.code, run.out.as_str(), run.err.as_str()),
            (Some(0), expected, ""),
            "{format}"
        );
    }
    let table = room.call(&server, &["sts", "get-caller-identity", "--output", "table"]);
    assert!(
        table.out.contains("GetCallerIdentity") && table.out.starts_with("-----"),
        "{}",
        table.out
    );
}

#[test]
fn a_denial_is_printed_plainly_to_a_pipe() {
    let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>\
        AccessDenied</Code><Message>User: x is not authorized</Message></Error></ErrorResponse>";
    let server = Server::answering(403, "x-locum-authorization-message: AQ-sealed\r\n", body);
    let run = Room::new().call(&server, &with_role(&[]));
    assert_eq!(run.code, Some(254));
    assert_eq!(
        run.err,
        "\naws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation (reached max retries: 0): User: x is not authorized\n"
    );
}

#[test]
fn an_answer_that_is_no_document_is_refused() {
    let server = Server::answering(200, "", "hello");
    Room::new()
        .call(&server, &["sts", "get-caller-identity"])
        .failed(255, "Unable to parse response (");
}

#[test]
fn debug_tells_no_secret() {
    let server = Server::answering(200, "", ROLE_RESULT);
    let run = Room::new().call(&server, &with_role(&["--debug"]));
    assert_eq!(run.code, Some(0));
    assert!(run.out.contains("s3cret/key"));
    assert!(run.err.contains("ASIAQNZGKIQY56JQ7WML"), "{}", run.err);
    assert!(
        !run.err.contains("s3cret/key") && !run.err.contains("t0ken"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("\"secret\""), "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_not() {
    let room = Room::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = room.command(&["sts", "help"], &[]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(255));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("Unable to write the result"),
        "{output:?}"
    );
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = room
        .command(&["sts", "help"], &[])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
