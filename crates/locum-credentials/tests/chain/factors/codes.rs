//! Where codes come from: the command line, a program, a person; and what is not told of the program.

use std::os::unix::fs::PermissionsExt as _;

use locum_credentials::{Chain, Codes, Environment, Files, Given};

use super::devices::{OWN, making};

#[test]
fn codes_come_from_the_command_line_then_a_program_then_a_person() {
    let mut world = making();
    world.codes = Codes::new(Some(Given::Code("000001".into())), None);
    *world.output.borrow_mut() = Ok((true, " 000002\n".to_owned(), String::new()));
    let config = format!(
        "{OWN}[profile second]\naws_access_key_id = B\naws_secret_access_key = s\nmfa_serial = b\n\
         mfa_process = tool 'b c'\n[profile third]\naws_access_key_id = C\naws_secret_access_key = s\nmfa_serial = c\n"
    );
    for profile in ["keys", "second", "third"] {
        world.find(&config, profile, &[]).unwrap();
    }
    let sent: Vec<String> = world
        .calls
        .borrow()
        .iter()
        .map(|call| call.1["TokenCode"].to_string())
        .collect();
    assert_eq!(sent, [r#""000001""#, r#""000002""#, r#""123456""#]);
    assert_eq!(*world.programs.borrow(), [["tool", "b c"]]);
    assert_eq!(*world.asked.borrow(), ["c"]);
    // A program of the command line stands before that of a profile.
    let mut world = making();
    world.codes = Codes::new(None, Some("mine".to_owned()));
    *world.output.borrow_mut() = Ok((true, "000003".to_owned(), String::new()));
    world.find(&config, "second", &[]).unwrap();
    assert_eq!(*world.programs.borrow(), [["mine"]]);
}

#[test]
fn a_code_is_used_once() {
    let world = making();
    *world.output.borrow_mut() = Ok((true, "000002".to_owned(), String::new()));
    let config = format!("{OWN}mfa_process = tool\n");
    world.find(&config, "keys", &[]).unwrap();
    world.realm.set("elsewhere");
    assert_eq!(
        world.find(&config, "keys", &[]).unwrap_err(),
        "The MFA code for arn:mfa cannot be asked for: this code was used already; the device shows another within half \
         a minute"
    );
    assert_eq!(world.calls.borrow().len(), 1);
}

#[test]
fn what_a_program_prints_instead_of_a_code_is_not_told() {
    for (success, stdout, stderr, complaint) in [
        (true, "SEEDSEED", "", "did not print six digits"),
        (true, "12345", "", "did not print six digits"),
        (true, "123456 654321", "", "did not print six digits"),
        (true, "१२३४५६", "", "did not print six digits"),
        (
            false,
            "123456",
            "+ oathtool SEEDSEED\n",
            "failed; run it by hand to see why",
        ),
    ] {
        let world = making();
        *world.output.borrow_mut() = Ok((success, stdout.to_owned(), stderr.to_owned()));
        let error = world
            .find(&format!("{OWN}mfa_process = tool\n"), "keys", &[])
            .unwrap_err();
        assert_eq!(
            error,
            format!("The MFA code for arn:mfa cannot be asked for: the program for MFA codes {complaint}")
        );
    }
}

#[test]
fn no_program_is_run_for_a_file_that_others_may_write() {
    let world = making();
    let path = world.path().join("config");
    let text =
        "[profile p]\naws_access_key_id = A\naws_secret_access_key = s\nmfa_serial = m\nmfa_process = tool\n";
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    let environment = Environment::of(&[
        ("AWS_CONFIG_FILE", path.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file"),
    ]);
    let files = Files::load(&environment).unwrap();
    let chain = Chain {
        environment: &environment,
        files: &files,
        profile: "p",
        explicit: true,
        sessions: true,
    };
    let error = world.follow(&chain).unwrap_err().to_string();
    assert!(error.contains("The setting mfa_process of"), "{error}");
    assert!(world.programs.borrow().is_empty());
}
