//! Lines that are wrong and settings that are missing or not the ones meant: each is said, and ends with AWS's status.

use crate::room::Room;
use crate::server::{CALLER, Server};

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

/// Credentials may cost an MFA code, which is good once.
#[test]
fn settings_that_are_wrong_are_told_before_credentials_are_asked_for() {
    let room = Room::new();
    room.write("tool", "#!/bin/sh\necho asked >> asked\nexit 1\n");
    room.write(
        ".aws/config",
        "[default]\nregion = us-east-1\ncredential_process = /bin/sh tool\n",
    );
    let asked = || room.home.path().join("asked").exists();
    for (variable, value, sentence) in [
        ("AWS_MAX_ATTEMPTS", "x", "invalid literal for int()"),
        ("AWS_MAX_ATTEMPTS", "0", "Value provided to \"max_attempts\""),
        (
            "AWS_CA_BUNDLE",
            "nowhere.pem",
            "The CA bundle \"nowhere.pem\" cannot be read",
        ),
        ("AWS_DEFAULT_OUTPUT", "x", "Unknown output type: x"),
    ] {
        room.run(&["sts", "get-caller-identity"], &[(variable, value)])
            .failed(255, sentence);
        assert!(!asked(), "{variable}");
    }
    room.run(&["sts", "get-caller-identity"], &[]);
    assert!(asked());
}

#[test]
fn a_policy_for_a_session_is_refused_before_a_code_is_asked_for() {
    let room = Room::new();
    room.write("tool", "#!/bin/sh\necho asked >> asked\nexit 1\n");
    room.write(
        ".aws/config",
        "[default]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:1\naws_access_key_id = AKIA\n\
         aws_secret_access_key = s\nmfa_serial = arn:aws:iam::123456789012:mfa/me\nmfa_process = /bin/sh tool\n\
         [profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = default\n\
         mfa_serial = arn:aws:iam::123456789012:mfa/me\nmfa_process = /bin/sh tool\nendpoint_url = http://127.0.0.1:1\n",
    );
    let console = |more: &[&str]| {
        let words = [
            "console",
            "--print",
            "--federation-url",
            "https://sts.example.com/federation",
        ];
        let words: Vec<&str> = words.into_iter().chain(more.iter().copied()).collect();
        room.run(&words, &[])
    };
    for more in [
        &["--policy", "{}"][..],
        &[
            "--profile",
            "role",
            "--policy-arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ],
        &["--profile", "role", "--name", "me"],
    ] {
        let run = console(more);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.err.contains("these credentials are temporary"), "{run:?}");
        assert!(!room.home.path().join("asked").exists(), "{more:?}");
    }
    console(&["--profile", "role"]);
    assert!(room.home.path().join("asked").exists());
}
