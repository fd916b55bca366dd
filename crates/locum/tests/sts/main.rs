//! The built program against a server inside the test: what goes over the wire, what is printed, how it ends.
//!
//! Every run has an empty environment and an empty home, so nothing of the machine can reach it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod command;
mod federation;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

const ROLE: [&str; 4] = [
    "--role-arn",
    "arn:aws:iam::123456789012:role/demo",
    "--role-session-name",
    "bob",
];
const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
    <GetCallerIdentityResult>\n    <Arn>arn:aws:iam::123456789012:user/alice</Arn>\n    <UserId>AIDAQNZGKIQY56JQ7WML\
    </UserId>\n    <Account>123456789012</Account>\n  </GetCallerIdentityResult>\n</GetCallerIdentityResponse>\n";
const ROLE_RESULT: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <AssumedRoleUser><AssumedRoleId>AROAQNZGKIQY56JQ7WML:bob</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role\
    /demo/bob</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAQNZGKIQY56JQ7WML</AccessKeyId><SecretAccessKey>\
    s3cret/key</SecretAccessKey><SessionToken>t0ken</SessionToken><Expiration>2027-01-01T00:00:00Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

/// A request as it came: its head in lower case, its body as it is.
#[derive(Debug, Clone)]
struct Seen {
    head: String,
    body: String,
}

/// A server that gives the same answer to everyone and remembers the questions.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn answering(status: u16, headers: &'static str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let reply = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
            body.len()
        );
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                log.lock().unwrap().push(read_request(&stream));
                let _ = stream.write_all(reply.as_bytes());
            }
        });
        Self { url, seen }
    }

    fn only(&self) -> Seen {
        let seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }
}

fn read_request(stream: &TcpStream) -> Seen {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap() > 2 {}
    let head = head.to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Seen {
        head,
        body: String::from_utf8(body).unwrap(),
    }
}

/// A place to run the program in.
struct Room {
    home: TempDir,
}

impl Room {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn command(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_locum"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
            .env("AWS_MAX_ATTEMPTS", "1")
            .envs(variables.iter().copied())
            .args(words);
        command
    }

    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Run {
        Run::of(&self.command(words, variables).output().unwrap())
    }

    /// Runs with a key and a region, against a server.
    fn call(&self, server: &Server, words: &[&str]) -> Run {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIAQNZGKIQY56JQ7WML"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", server.url.as_str()),
        ];
        self.run(words, &variables)
    }
}

#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    #[track_caller]
    fn failed(&self, code: i32, sentence: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(
            self.err.contains(&format!("aws: [ERROR]: {sentence}")),
            "{}",
            self.err
        );
    }
}

fn with_role<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["sts", "assume-role"]
        .into_iter()
        .chain(ROLE)
        .chain(more.iter().copied())
        .collect()
}

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
fn wrong_lines_end_with_252_and_the_usage() {
    let room = Room::new();
    for (line, sentence) in [
        (
            &[][..],
            "An error occurred (ParamValidation): the following arguments are required: command\n",
        ),
        (
            &["sts"],
            "An error occurred (ParamValidation): the following arguments are required: operation\n",
        ),
        (
            &["sts", "assume-role"],
            "An error occurred (ParamValidation): the following arguments are required: --role-arn, --role-session-name\n",
        ),
        (
            &["sts", "get-caller-identiy"],
            "An error occurred (ParamValidation): argument operation: Found invalid choice 'get-caller-identiy'\n\nMaybe you meant:\n\n  * get-caller-identity\n",
        ),
        (
            &["sts", "get-caller-identity", "--foo"],
            "Unknown options: --foo\n",
        ),
    ] {
        let run = room.run(line, &[]);
        run.failed(252, sentence);
        assert!(run.err.contains("usage: "), "{}", run.err);
    }
    room.run(&["sts", "get-session-token", "--duration-seconds", "abc"], &[])
        .failed(255, "invalid literal for int() with base 10: 'abc'\n");
    room.run(&["sts", "get-caller-identity", "--query", "foo["], &[])
        .failed(
            252,
            "An error occurred (ParamValidation): Bad value for --query foo[: ",
        );
}

#[test]
fn what_is_missing_is_said() {
    let room = Room::new();
    let key = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];
    // Only AWS has a host that needs none.
    let elsewhere = [key[0], key[1], ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    room.run(&["sts", "get-caller-identity"], &elsewhere)
        .failed(253, "An error occurred (NoRegion): You must specify a region.");
    room.run(&["sts", "get-caller-identity", "--region", "x"], &[])
        .failed(
            253,
            "An error occurred (NoCredentials): Unable to locate credentials.",
        );
    room.run(&["--profile", "nope", "sts", "get-caller-identity"], &key)
        .failed(255, "The config profile (nope) could not be found\n");
    room.run(&["sts", "get-caller-identity", "--region", "a b"], &key)
        .failed(
            255,
            "Provided region_name 'a b' doesn't match a supported format.\n",
        );
    room.run(
        &[
            "sts",
            "get-caller-identity",
            "--region",
            "x",
            "--endpoint-url",
            "http://127.0.0.1:1",
        ],
        &key,
    )
    .failed(
        255,
        "Could not connect to the endpoint URL: \"http://127.0.0.1:1/\"\n",
    );
    room.run(
        &[
            "sts",
            "get-caller-identity",
            "--ca-bundle",
            "nope.pem",
            "--region",
            "x",
        ],
        &key,
    )
    .failed(255, "The CA bundle \"nope.pem\" cannot be read: ");
}

#[test]
fn an_explicit_profile_goes_before_the_environment() {
    let server = Server::answering(200, "", CALLER);
    let room = Room::new();
    room.write(
        ".aws/credentials",
        "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = s\naws_session_token = T\n",
    );
    room.write(
        ".aws/config",
        "[profile dev]\noutput = text\n[profile sso]\nsso_start_url = https://x\n",
    );
    let run = room.call(&server, &["sts", "get-caller-identity", "--profile", "dev"]);
    assert_eq!(
        run.out, "123456789012\tarn:aws:iam::123456789012:user/alice\tAIDAQNZGKIQY56JQ7WML\n",
        "{run:?}"
    );
    let head = server.only().head;
    assert!(
        head.contains("credential=akiadev/") && head.contains("x-amz-security-token: t\r\n"),
        "{head}"
    );
    assert!(
        head.contains("signedheaders=content-type;host;x-amz-date;x-amz-security-token,"),
        "{head}"
    );
    room.call(&server, &["sts", "get-caller-identity", "--profile", "sso"])
        .failed(
            253,
            "An error occurred (NoCredentials): Unable to locate credentials.",
        );
    assert_eq!(
        server.seen.lock().unwrap().len(),
        1,
        "no other credentials were used"
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
fn help_needs_no_configuration_that_works() {
    let room = Room::new();
    for line in [
        &["help"][..],
        &["--help"],
        &["sts", "help"],
        &["sts", "--help"],
        &["sts", "assume-role", "help"],
    ] {
        let run = room.run(line, &[]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{line:?}");
        assert!(run.out.contains("--endpoint-url <value>"), "{}", run.out);
    }
    let version = room.run(&["--version"], &[]);
    assert!(
        version.out.starts_with("locum/") && version.code == Some(0),
        "{version:?}"
    );
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
