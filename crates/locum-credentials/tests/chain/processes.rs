//! `credential_process`: what is run, and what becomes of its output.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use locum_credentials::{Chain, Environment, Files, Runner as _, SystemRunner};

use crate::world::World;

const CONFIG: &str =
    "[profile p]\ncredential_process = /bin/tool \"two words\" $HOME\naws_account_id = 123456789012\n";

fn printing(success: bool, stdout: &str, stderr: &str) -> World {
    let world = World::new();
    *world.output.borrow_mut() = Ok((success, stdout.to_owned(), stderr.to_owned()));
    world
}

#[test]
fn the_line_is_words_and_no_shell() {
    let world = printing(
        true,
        r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s"}"#,
        "",
    );
    let found = world.find(CONFIG, "p", &[]).unwrap();
    assert_eq!(*world.programs.borrow(), [["/bin/tool", "two words", "$HOME"]]);
    assert_eq!(found.access_key_id, "K");
    assert!(found.session_token.is_none() && found.expiration.is_none());
    assert_eq!(found.account_id.as_deref(), Some("123456789012"));
    let full = r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "SessionToken": "t",
                   "Expiration": "2027-01-01T01:00:00Z", "AccountId": "210987654321"}"#;
    let found = printing(true, full, "noise").find(CONFIG, "p", &[]).unwrap();
    assert!(found.session_token.unwrap().matches("t"));
    assert_eq!(found.account_id.as_deref(), Some("210987654321"));
}

/// The sentences that botocore has are its own.
#[test]
fn what_is_no_credentials_is_told_without_its_secrets() {
    const PREFIX: &str = "Error when retrieving credentials from custom-process: ";
    for (stdout, sentence) in [
        (
            "{}",
            "Unsupported version '<Version key not provided>' for credential process provider, supported versions: 1",
        ),
        (
            r#"{"Version": 2}"#,
            "Unsupported version '2' for credential process provider, supported versions: 1",
        ),
        (
            r#"{"Version": "1"}"#,
            "Unsupported version '1' for credential process provider, supported versions: 1",
        ),
        (
            r#"{"Version": 1}"#,
            "Missing required key in response: 'AccessKeyId'",
        ),
        (
            r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": null}"#,
            "Missing required key in response: 'SecretAccessKey'",
        ),
        (
            r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": "soon"}"#,
            "Expiration is not a time: soon",
        ),
        (
            r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": ""}"#,
            "Expiration is not a time: ",
        ),
        (
            r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": 1798765200}"#,
            "Expiration is not a time: 1798765200",
        ),
        ("s3cret", "The program did not print JSON"),
        ("", "The program did not print JSON"),
    ] {
        let error = printing(true, stdout, "").find(CONFIG, "p", &[]).unwrap_err();
        assert_eq!(error, format!("{PREFIX}{sentence}"), "{stdout}");
    }
    let over =
        r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": "2026-01-01T00:00:00Z"}"#;
    let error = printing(true, over, "").find(CONFIG, "p", &[]).unwrap_err();
    assert!(error.contains("still expired"), "{error}");
    let error = printing(false, "s3cret", "no \u{1b}[2Jluck\n")
        .find(CONFIG, "p", &[])
        .unwrap_err();
    assert_eq!(error, format!("{PREFIX}no \\x1b[2Jluck\n"));
    let error = World::new()
        .find("[profile p]\ncredential_process = a 'b\n", "p", &[])
        .unwrap_err();
    assert_eq!(error, format!("{PREFIX}No closing quotation"));
}

#[test]
fn nothing_is_run_for_a_file_that_others_may_write() {
    let world = printing(
        true,
        r#"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s"}"#,
        "",
    );
    let path = world.path().join("config");
    std::fs::write(&path, CONFIG).unwrap();
    let find = |mode: u32, config: &str, credentials: &str| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let environment = Environment::of(&[
            ("AWS_CONFIG_FILE", config),
            ("AWS_SHARED_CREDENTIALS_FILE", credentials),
        ]);
        let files = Files::load(&environment).unwrap();
        // What is decided by is what was read, whatever becomes of the file.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let chain = Chain {
            environment: &environment,
            files: &files,
            profile: "p",
            explicit: true,
            sessions: false,
        };
        let found = world.follow(&chain);
        found
            .map(|found| found.access_key_id)
            .map_err(|error| error.to_string())
    };
    let (here, nowhere) = (path.to_str().unwrap(), "/nonexistent/file");
    for mode in [0o600, 0o644, 0o664] {
        assert_eq!(find(mode, here, nowhere), Ok("K".to_owned()), "{mode:o}");
    }
    let sentence = format!(
        "The setting credential_process of {here} is not followed, because other users may write it;"
    );
    let refused = find(0o666, here, nowhere).unwrap_err();
    assert!(refused.contains(&sentence), "{refused}");
    assert_eq!(world.programs.borrow().len(), 3);
    // `credentials` names its profiles otherwise, and wins.
    std::fs::write(&path, CONFIG.replace("profile ", "")).unwrap();
    let own = world.path().join("own");
    std::fs::write(&own, CONFIG).unwrap();
    let refused = find(0o602, own.to_str().unwrap(), here).unwrap_err();
    assert!(refused.contains(&sentence), "{refused}");
    assert_eq!(world.programs.borrow().len(), 3);
}

fn run(words: &[&str], limit: u64) -> Result<locum_credentials::Output, String> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    SystemRunner::default().run(&words, Duration::from_millis(limit))
}

#[test]
fn programs_are_run_to_their_end_or_ended() {
    let output = run(&["/bin/sh", "-c", "echo out; echo err >&2"], 10_000).unwrap();
    assert_eq!(
        (output.success, output.stdout.expose()),
        (true, b"out\n".as_slice())
    );
    assert_eq!(output.stderr, b"err\n");
    assert!(!run(&["/bin/sh", "-c", "exit 3"], 10_000).unwrap().success);
    assert!(
        run(&["/nonexistent/tool"], 10_000)
            .unwrap_err()
            .starts_with("Unable to run /nonexistent/tool: ")
    );
    assert!(run(&[], 10_000).is_err());
    let started = Instant::now();
    assert!(
        run(&["/bin/sleep", "60"], 200)
            .unwrap_err()
            .contains("did not end")
    );
    assert!(started.elapsed() < Duration::from_secs(20));
    // Both pipes full at once, and more than is kept.
    let noisy = "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero";
    assert_eq!(
        run(&["/bin/sh", "-c", noisy], 20_000).unwrap_err(),
        "The program printed more than credentials"
    );
    let complaining = "head -c 300000 /dev/zero >&2; exit 1";
    assert!(run(&["/bin/sh", "-c", complaining], 20_000).unwrap().stderr.len() <= (64 << 10) + 1);
}
