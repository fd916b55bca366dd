//! The command beside its operations: the name `aws`, forms of failures, proxies, and what is shown of secrets.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::room::{ROLE, Room, Run};
use crate::server::{CALLER, Server};

/// What the next `aws` does: it tells how it was called.
const NEXT: &str = "#!/bin/sh\necho \"next: $*\"\nexit 9\n";

impl Room {
    fn program(&self, name: &str, text: &str) {
        self.write(name, text);
        std::fs::set_permissions(
            self.home.path().join(name),
            std::fs::Permissions::from_mode(0o755),
        )
        .unwrap();
    }

    /// Makes the program known as `aws` below the home, before another `aws` if there is to be one.
    fn link(&self, next: bool) {
        std::fs::create_dir(self.home.path().join("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_locum"), self.home.path().join("bin/aws")).unwrap();
        if next {
            self.program("next/aws", NEXT);
        }
    }

    fn aws(&self, words: &[&str], variables: &[(&str, &str)]) -> Run {
        let home = self.home.path().display();
        let path = format!("{home}/bin:relative:{home}/next:/bin:/usr/bin");
        // Which of the system's directories holds an aws must not matter.
        let path = path.replace(":/bin:/usr/bin", "");
        let mut command = std::process::Command::new(self.home.path().join("bin/aws"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", path)
            .current_dir(self.home.path())
            .stdin(std::process::Stdio::null())
            .envs(variables.iter().copied())
            .args(words);
        Run::of(&command.output().unwrap())
    }
}

fn keys(server: &Server) -> [(&'static str, &str); 4] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIAQNZGKIQY56JQ7WML"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", &server.url),
    ]
}

#[test]
fn sts_is_served_under_the_name_aws() {
    let room = Room::new();
    room.link(true);
    let server = Server::answering(200, "", CALLER);
    for words in [
        &["sts", "get-caller-identity"][..],
        &["--output", "json", "--region", "x", "sts", "get-caller-identity"],
        &["--outp=json", "sts", "get-caller-identity", "--no-paginate"],
    ] {
        let run = room.aws(words, &keys(&server));
        assert_eq!(run.code, Some(0), "{words:?} {run:?}");
        assert!(run.out.contains("user/alice"), "{}", run.out);
    }
    let run = room.aws(&["sts", "help"], &[]);
    assert!(
        run.out.starts_with("aws sts: Security Token Service"),
        "{}",
        run.out
    );
    let run = room.aws(&["sts", "assume-role"], &[]);
    assert_eq!(run.code, Some(252));
    assert!(
        run.err.contains("usage: aws [options] <command> <subcommand>"),
        "{}",
        run.err
    );
}

#[test]
fn everything_else_is_handed_on() {
    let room = Room::new();
    room.link(true);
    room.write(
        ".aws/cli/alias",
        "[toplevel]\nls = s3 ls\nme = sts get-caller-identity\n",
    );
    for words in [
        &["s3", "ls", "a b", "--region"][..],
        &["--region", "x", "--output", "text", "s3", "ls"],
        &["--version"],
        &["sts", "get-caller-identity", "--version"],
        &["help"],
        &["s3", "help"],
        &["configure", "sso"],
        &["--output", "new-format", "s3", "ls"],
        &["--new-option", "x", "s3"],
        &["sts", "new-operation", "--flag"],
        &["sts"],
        &["sts", "--output", "json"],
        &["sts", "get-caller-identity", "--new-option"],
        &["--v2-debug", "sts", "get-caller-identity"],
        &["ls", "x"],
        &[],
    ] {
        let run = room.aws(words, &[]);
        assert_eq!(run.code, Some(9), "{words:?} {run:?}");
        assert_eq!(run.out, format!("next: {}\n", words.join(" ")));
        assert_eq!(run.err, "");
    }
    let server = Server::answering(200, "", CALLER);
    assert_eq!(room.aws(&["me"], &keys(&server)).code, Some(0));
}

#[test]
fn without_another_aws_there_is_one_sentence() {
    let room = Room::new();
    room.link(false);
    std::fs::create_dir(room.home.path().join("next")).unwrap();
    symlink("../bin/aws", room.home.path().join("next/aws")).unwrap();
    let run = room.aws(&["s3", "ls"], &[]);
    assert_eq!(run.code, Some(255));
    assert_eq!(
        run.err,
        "\naws: [ERROR]: Only `aws sts` is served here, and there is no other aws on the PATH that could run `aws s3`.\n"
    );
    let run = room.aws(&["--version"], &[]);
    assert!(run.out.starts_with("aws-cli/2."), "{}", run.out);
    let run = room.aws(&["sts", "get-caller-identiy"], &[]);
    assert_eq!(run.code, Some(252));
    assert!(run.err.contains("  * get-caller-identity"), "{}", run.err);
}

#[test]
fn two_copies_do_not_hand_a_line_to_each_other() {
    let room = Room::new();
    room.link(false);
    std::fs::create_dir(room.home.path().join("next")).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_locum"), room.home.path().join("next/aws")).unwrap();
    let run = room.aws(&["s3", "ls"], &[]);
    assert_eq!(run.code, Some(255));
    assert!(run.err.contains("no other aws on the PATH"), "{}", run.err);
    room.program("next/aws", "#!/bin/sh\nexec aws \"$@\"\n");
    let run = room.aws(&["s3", "ls"], &[]);
    assert_eq!(run.code, Some(255));
    assert!(run.err.contains("no other aws on the PATH"), "{}", run.err);
    room.program("next/aws", "#!/bin/sh\nexec aws x \"$@\"\n");
    let run = room.aws(&["s3", "ls"], &[]);
    assert_eq!(run.code, Some(255));
    assert!(run.err.contains("handed from one aws to the next"), "{}", run.err);
}

#[test]
fn a_wrapper_before_this_program_gets_a_line_once() {
    let room = Room::new();
    room.link(true);
    let home = room.home.path().display().to_string();
    room.program(
        "first/aws",
        &format!("#!/bin/sh\necho wrapped\nexec {home}/bin/aws \"$@\"\n"),
    );
    for path in [
        format!("{home}/first:{home}/bin:{home}/next"),
        // Called by its path, the program stands nowhere on this one.
        format!("{home}/first:{home}/next"),
    ] {
        let run = room.aws(&["s3", "ls"], &[("PATH", &path)]);
        assert_eq!(run.code, Some(9), "{run:?}");
        assert_eq!(run.out.lines().last(), Some("next: s3 ls"));
        assert!(run.out.matches("wrapped").count() <= 1, "{}", run.out);
    }
}

#[test]
fn calls_within_calls_may_be_deep() {
    let room = Room::new();
    room.link(false);
    // Each level asks for the next, as a program that gives credentials may.
    room.program(
        "next/aws",
        "#!/bin/sh\n[ \"$1\" = xxxxxxxxxxxx ] && echo deep || aws \"x$1\"\n",
    );
    let run = room.aws(&[""], &[]);
    assert_eq!(run.out, "deep\n", "{run:?}");
}

#[test]
fn the_version_is_no_value() {
    let room = Room::new();
    room.link(false);
    for (words, expected) in [
        (
            &["sts", "get-caller-identity", "--query", "--version"][..],
            "argument --query: expected one argument",
        ),
        (
            &["sts", "get-caller-identity", "--", "--version"],
            "Unknown options: --version",
        ),
    ] {
        let run = room.aws(words, &[("AWS_REGION", "us-east-1")]);
        assert_eq!(run.code, Some(252), "{words:?} {run:?}");
        assert!(run.err.contains(expected), "{}", run.err);
    }
    let run = room.aws(&["sts", "get-caller-identity", "--vers"], &[]);
    assert!(run.out.starts_with("aws-cli/2."), "{}", run.out);
}

#[test]
fn an_alias_of_a_file_that_others_may_write_is_not_followed() {
    let room = Room::new();
    room.write(".aws/cli/alias", "[toplevel]\nboom = !echo boom\n");
    let path = room.home.path().join(".aws/cli/alias");
    let run = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        room.run(&["boom"], &[("PATH", "/usr/bin:/bin")])
    };
    assert_eq!(run(0o600).out, "boom\n");
    let refused = run(0o666);
    assert_eq!((refused.code, refused.out.as_str()), (Some(255), ""));
    assert!(
        refused
            .err
            .contains("is not followed, because other users may write it"),
        "{}",
        refused.err
    );
}

#[test]
fn failures_come_in_the_form_that_is_asked_for() {
    let denied =
        "<E><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no \"way\"</Message></Error></E>";
    let call = [&["sts", "assume-role"][..], &ROLE].concat();
    let json = "{\n    \"Code\": \"AccessDenied\",\n    \"Message\": \"no \\\"way\\\"\"\n}\n";
    let sentence = "\naws: [ERROR]: An error occurred (AccessDenied) when calling the AssumeRole operation (reached max retries: 0): no \"way\"\n";
    for (more, variables, expected) in [
        (&["--cli-error-format", "json"][..], &[][..], json),
        (
            &["--cli-error-format", "json", "--query", "Code"],
            &[],
            "\"AccessDenied\"\n",
        ),
        (
            &["--cli-error-format", "json", "--query", "Credentials"],
            &[],
            json,
        ),
        (&[], &[("AWS_CLI_ERROR_FORMAT", "json")], json),
        (
            &["--cli-error-format", "enhanced"],
            &[("AWS_CLI_ERROR_FORMAT", "json")],
            sentence,
        ),
        (&[], &[("AWS_CLI_ERROR_FORMAT", "nonsense")], sentence),
        (&["--cli-error-format", "text"], &[], "AccessDenied\tno \"way\"\n"),
    ] {
        let server = Server::answering(403, "", denied);
        let mut all = keys(&server).to_vec();
        all.extend(variables);
        let run = Room::new().run(&[&call[..], more].concat(), &all);
        assert_eq!((run.code, run.err.as_str()), (Some(254), expected), "{more:?}");
    }
    let room = Room::new();
    room.write(".aws/config", "[default]\ncli_error_format = yaml\n");
    let elsewhere = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    let run = room.run(&["sts", "get-caller-identity"], &elsewhere);
    assert_eq!(run.code, Some(253));
    assert!(
        run.err.starts_with("Code: NoRegion\nMessage: You must specify"),
        "{}",
        run.err
    );
    let run = room.run(&["--cli-error-format", "xml", "sts", "get-caller-identity"], &[]);
    assert_eq!(run.code, Some(252));
    assert!(
        run.err
            .contains("argument --cli-error-format: Found invalid choice"),
        "{}",
        run.err
    );
}

#[test]
fn a_password_in_a_url_is_neither_shown_nor_sent() {
    let server = Server::answering(200, "", CALLER);
    let url = server.url.replace("http://", "http://alice:pa55word@");
    let mut variables = keys(&server);
    variables[3].1 = &url;
    let words = ["sts", "get-caller-identity", "--debug"];
    let run = Room::new().run(&words, &variables);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.err.contains("pa55word"), "{}", run.err);
    let head = server.only().head;
    assert!(
        head.contains("authorization: aws4-hmac-sha256") && !head.contains("basic"),
        "{head}"
    );
    variables[3].1 = "http://alice:pa55word@127.0.0.1:1";
    let run = Room::new().run(&words, &variables);
    assert_eq!(run.code, Some(255));
    assert!(
        run.err.contains("Could not connect to the endpoint URL"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("pa55word"), "{}", run.err);
    let proxied = [
        &variables[..3],
        &[("HTTPS_PROXY", "http://bob:pr0xy@127.0.0.1:1")],
    ]
    .concat();
    let run = Room::new().run(&words, &proxied);
    assert_eq!(run.code, Some(255));
    assert!(!run.err.contains("pr0xy"), "{}", run.err);
}

#[test]
fn a_proxy_is_for_its_scheme() {
    let server = Server::answering(200, "", CALLER);
    let other = [
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ];
    let own = [("HTTP_PROXY", "http://127.0.0.1:1")];
    let excepted = [own[0], ("NO_PROXY", "localhost,127.0.0.1")];
    for (proxies, code) in [(&other[..], 0), (&own, 255), (&excepted, 0)] {
        let run = Room::new().run(
            &["sts", "get-caller-identity"],
            &[&keys(&server)[..], proxies].concat(),
        );
        assert_eq!(run.code, Some(code), "{proxies:?} {run:?}");
    }
}

#[test]
fn an_interrupt_ends_the_command_unless_it_is_to_be_ignored() {
    // Whoever runs the tests in the background ignores interrupts, and would have the command ignore them too.
    signal_hook::flag::register(signal_hook::consts::SIGINT, std::sync::Arc::default()).unwrap();
    let room = Room::new();
    room.program(
        "interrupting",
        "#!/bin/sh\nkill -INT $PPID\nsleep 0.3\necho '{\"Version\": 1, \"AccessKeyId\": \"AKIAQNZGKIQY56JQ7WML\", \
         \"SecretAccessKey\": \"secret\"}'\n",
    );
    let program = room.home.path().join("interrupting").display().to_string();
    room.write(
        ".aws/config",
        &format!("[default]\ncredential_process = {program}\n"),
    );
    let server = Server::answering(200, "", CALLER);
    for (script, code) in [("exec \"$@\"", 130), ("trap '' INT; exec \"$@\"", 0)] {
        let mut command = std::process::Command::new("/bin/sh");
        command
            .args([
                "-c",
                script,
                "sh",
                env!("CARGO_BIN_EXE_locum"),
                "sts",
                "get-caller-identity",
            ])
            .env_clear()
            .env("HOME", room.home.path())
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL", &server.url)
            .stdin(std::process::Stdio::null());
        let run = Run::of(&command.output().unwrap());
        assert_eq!(run.code, Some(code), "{run:?}");
    }
}
