//! A second factor: one code for many commands, where codes come from, and what becomes of a session that is refused.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use locum_credentials::{
    Chain, Codes, Environment, FileVault, Files, Given, Kind, Lock, Need, NoVault, State, Vault, VaultError,
};
use locum_crypto::SecretBytes;

use crate::world::{Still, World};

/// Roles of the same keys and the same device.
fn roles(count: usize) -> String {
    (1..=count)
        .map(|number| {
            format!(
                "[profile r{number}]\nrole_arn = arn:aws:iam::1:role/r{number}\nsource_profile = keys\nmfa_serial = arn:mfa\n"
            )
        })
        .collect()
}

/// The keys themselves, with the device.
const OWN: &str = "[profile keys]\nmfa_serial = arn:mfa\n";

fn making() -> World {
    let world = World::new();
    world.making.set(true);
    world
}

fn operations(world: &World) -> Vec<String> {
    world.calls.borrow().iter().map(|call| call.0.clone()).collect()
}

fn signers(world: &World) -> Vec<String> {
    let calls = world.calls.borrow();
    calls.iter().map(|call| call.2.clone().unwrap()).collect()
}

#[test]
fn one_code_serves_every_role_and_the_keys_themselves() {
    let world = making();
    let config = roles(5) + OWN;
    for role in ["r1", "r2", "r3", "r4", "r5"] {
        world.find(&config, role, &[]).unwrap();
    }
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(*world.asked.borrow(), ["arn:mfa"]);
    let mut expected = vec!["GetSessionToken"];
    expected.extend(["AssumeRole"; 5]);
    assert_eq!(operations(&world), expected);
    assert_eq!(
        signers(&world),
        ["KEYS", "ASIA1", "ASIA1", "ASIA1", "ASIA1", "ASIA1"]
    );
    let calls = world.calls.borrow();
    assert_eq!(
        calls[0].1,
        serde_json::json!({"SerialNumber": "arn:mfa", "TokenCode": "123456"})
    );
    assert!(calls.iter().skip(1).all(|call| call.1.get("TokenCode").is_none()));
}

#[test]
fn ten_at_once_ask_for_one_code() {
    let shared = tempfile::tempdir().unwrap();
    let (asked, made, barrier) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(10));
    std::thread::scope(|scope| {
        for number in 1..=10 {
            let (asked, made, barrier, shared) = (&asked, &made, &barrier, &shared);
            scope.spawn(move || {
                let mut world = making();
                world.vault = Box::new(FileVault::new(Some(shared.path().join("state")), Still));
                barrier.wait();
                world.find(&roles(10), &format!("r{number}"), &[]).unwrap();
                asked.fetch_add(world.asked.borrow().len(), Ordering::SeqCst);
                let sessions = operations(&world)
                    .iter()
                    .filter(|name| *name == "GetSessionToken")
                    .count();
                made.fetch_add(sessions, Ordering::SeqCst);
            });
        }
    });
    assert_eq!((asked.into_inner(), made.into_inner()), (1, 1));
}

#[test]
fn the_original_makes_none_and_one_that_is_there_is_used() {
    let world = World::new();
    let config = roles(3) + OWN;
    world.find(&config, "r1", &[]).unwrap();
    assert_eq!(operations(&world), ["AssumeRole"], "a code for the role, as ever");
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "KEYS");
    assert_eq!(world.asked.borrow().len(), 1);
    // Somebody wants one.
    let wanted = [("LOCUM_MFA_SESSION", "true")];
    world.find(&config, "r2", &wanted).unwrap();
    assert_eq!(world.asked.borrow().len(), 2);
    world.find(&config, "r3", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 2, "the session spares the third code");
    assert_eq!(signers(&world), ["KEYS", "KEYS", "ASIA2", "ASIA2"]);
}

#[test]
fn profile_and_environment_choose() {
    for (making, setting, variable, sessions) in [
        (false, "", "", 0),
        (true, "", "", 1),
        (false, "locum_mfa_session = true\n", "", 1),
        (true, "locum_mfa_session = False\n", "", 0),
        (false, "locum_mfa_session = true\n", "false", 0),
        (true, "locum_mfa_session = false\n", "TRUE", 1),
    ] {
        let world = World::new();
        world.making.set(making);
        let config = format!("{}{setting}", roles(1));
        world
            .find(&config, "r1", &[("LOCUM_MFA_SESSION", variable)])
            .unwrap();
        let made = operations(&world)
            .iter()
            .filter(|name| *name == "GetSessionToken")
            .count();
        assert_eq!(made, sessions, "{making} {setting:?} {variable:?}");
    }
    let complaint = |setting: &str| {
        making()
            .find(&format!("{}{setting}\n", roles(1)), "r1", &[])
            .unwrap_err()
    };
    assert_eq!(
        complaint("locum_mfa_session = yes\u{1b}"),
        "Invalid value for locum_mfa_session: yes\\x1b; it must be true or false."
    );
    assert_eq!(
        complaint("locum_mfa_session_seconds = 0"),
        "Invalid value for locum_mfa_session_seconds: 0; it must be a number above 0."
    );
}

#[test]
fn a_session_lasts_as_long_as_is_asked() {
    let world = making();
    world.lasting.set(7_200);
    let config = format!("{}locum_mfa_session_seconds = 7200\n", OWN);
    world.find(&config, "keys", &[]).unwrap();
    assert_eq!(world.calls.borrow()[0].1["DurationSeconds"], 7_200);
    world.pass(7_200 - 901);
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
    world.pass(1);
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA2");
    assert_eq!(world.asked.borrow().len(), 2);
}

#[test]
fn services_devices_and_keys_do_not_share_sessions() {
    let world = making();
    let config = format!(
        "{OWN}[profile second]\naws_access_key_id = KEYS\naws_secret_access_key = s\nmfa_serial = arn:other\n\
         [profile third]\naws_access_key_id = OTHER\naws_secret_access_key = s\nmfa_serial = arn:mfa\n"
    );
    for (place, (realm, profile)) in [
        ("aws", "keys"),
        ("http://here", "keys"),
        ("aws", "second"),
        ("aws", "third"),
    ]
    .into_iter()
    .enumerate()
    {
        world.realm.set(realm);
        let found = world.find(&config, profile, &[]).unwrap();
        assert_eq!(found.access_key_id, format!("ASIA{}", place + 1));
    }
    world.realm.set("aws");
    assert_eq!(world.find(&config, "keys", &[]).unwrap().access_key_id, "ASIA1");
}

#[test]
fn roles_of_another_service_are_passed_over_in_the_cache() {
    let world = World::new();
    let config = "[profile p]\nrole_arn = arn:r\nsource_profile = keys\n";
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA1");
    world.realm.set("http://here");
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA2");
    assert_eq!(world.find(config, "p", &[]).unwrap().access_key_id, "ASIA2");
    world.realm.set("aws");
    assert_eq!(
        world.find(config, "p", &[]).unwrap().access_key_id,
        "ASIA1",
        "they do not take each other's place"
    );
}

#[test]
fn a_session_that_is_over_costs_one_more_code_and_not_many() {
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
        let world = making();
        let config = roles(3);
        world.find(&config, "r1", &[]).unwrap();
        world.refusals.borrow_mut().push_back(("AssumeRole", code));
        world.find(&config, "r2", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), 2);
        let expected = ["KEYS", "ASIA1", "ASIA1", "KEYS", "ASIA4"];
        assert_eq!(signers(&world), expected, "{code}");
        // Refused again with the new one: an error, and no third code.
        let refusals = [("AssumeRole", code), ("AssumeRole", code)];
        world.refusals.borrow_mut().extend(refusals);
        assert_eq!(world.find(&config, "r3", &[]).unwrap_err(), code);
        assert_eq!(world.asked.borrow().len(), 3);
    }
}

#[test]
fn a_denial_asks_again_only_where_the_age_of_the_code_may_be_why() {
    let world = making();
    world.lasting.set(43_200);
    let config = roles(3);
    world.find(&config, "r1", &[]).unwrap();
    let deny = || {
        world
            .refusals
            .borrow_mut()
            .push_back(("AssumeRole", "AccessDenied"))
    };
    world.pass(60);
    deny();
    assert_eq!(world.find(&config, "r2", &[]).unwrap_err(), "AccessDenied");
    assert_eq!(world.asked.borrow().len(), 1);
    world.pass(1);
    deny();
    world.find(&config, "r2", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 2);
    world.pass(1_000);
    deny();
    deny();
    assert_eq!(world.find(&config, "r3", &[]).unwrap_err(), "AccessDenied");
    assert_eq!(world.asked.borrow().len(), 3);
}

#[test]
fn where_no_sessions_are_made_every_denial_is_worth_a_code() {
    let world = World::new();
    let config = roles(2);
    world
        .find(&config, "r1", &[("LOCUM_MFA_SESSION", "true")])
        .unwrap();
    world
        .refusals
        .borrow_mut()
        .push_back(("AssumeRole", "AccessDenied"));
    world.find(&config, "r2", &[]).unwrap();
    assert_eq!(signers(&world), ["KEYS", "ASIA1", "ASIA1", "KEYS"]);
    assert_eq!(world.calls.borrow()[3].1["TokenCode"], "123457");
}

#[test]
fn a_session_that_only_assumed_a_role_is_not_forgotten_for_the_roles_sake() {
    let world = making();
    let config = format!("{OWN}[profile r]\nrole_arn = arn:r\nsource_profile = keys\n");
    world.find(&config, "keys", &[]).unwrap();
    world.find(&config, "r", &[]).unwrap();
    assert_eq!(signers(&world), ["KEYS", "ASIA1"]);
    assert!(!world.resolver().forget_refused_session("ExpiredToken"));
    assert_eq!(world.vault.list(Kind::MfaSession).unwrap().len(), 1);
}

#[test]
fn a_session_of_other_keys_or_another_device_is_not_taken() {
    for member in ["Of", "Serial"] {
        let world = making();
        world.find(OWN, "keys", &[]).unwrap();
        let [name] = <[String; 1]>::try_from(world.vault.list(Kind::MfaSession).unwrap()).unwrap();
        let kept = world.vault.load(Kind::MfaSession, &name).unwrap().unwrap();
        let mut entry: serde_json::Value = serde_json::from_slice(kept.expose()).unwrap();
        entry[member] = "other".into();
        let entry = SecretBytes::new(entry.to_string());
        world.vault.store(Kind::MfaSession, &name, &entry).unwrap();
        assert_eq!(
            world.find(OWN, "keys", &[]).unwrap().access_key_id,
            "ASIA2",
            "{member}"
        );
    }
}

#[test]
fn the_keys_own_session_is_forgotten_once() {
    let world = making();
    world.find(OWN, "keys", &[]).unwrap();
    let forget = |code| world.resolver().forget_refused_session(code);
    assert!(!forget("ExpiredToken"), "it was made for this command");
    world.find(OWN, "keys", &[]).unwrap();
    assert!(!forget("AccessDenied"));
    assert!(forget("ExpiredToken"));
    assert_eq!(world.find(OWN, "keys", &[]).unwrap().access_key_id, "ASIA2");
    assert!(!forget("ExpiredToken"));
    assert_eq!(world.asked.borrow().len(), 2);
}

#[test]
fn temporary_credentials_need_no_session() {
    let world = making();
    let token = "[profile t]\naws_access_key_id = TEMPORARY\naws_secret_access_key = s\naws_session_token = t\nmfa_serial = m\n";
    assert_eq!(world.find(token, "t", &[]).unwrap().access_key_id, "TEMPORARY");
    let printed = r#"{"Version": 1, "AccessKeyId": "PRINTED", "SecretAccessKey": "s", "SessionToken": "t"}"#;
    *world.output.borrow_mut() = Ok((true, printed.to_owned(), String::new()));
    let process = "[profile t]\ncredential_process = /bin/tool\nmfa_serial = m\n";
    assert_eq!(world.find(process, "t", &[]).unwrap().access_key_id, "PRINTED");
    assert!(world.calls.borrow().is_empty() && world.asked.borrow().is_empty());
    // Long-term ones that a program prints do.
    let printed = r#"{"Version": 1, "AccessKeyId": "PRINTED", "SecretAccessKey": "s"}"#;
    *world.output.borrow_mut() = Ok((true, printed.to_owned(), String::new()));
    assert_eq!(world.find(process, "t", &[]).unwrap().access_key_id, "ASIA1");
    assert_eq!(signers(&world), ["PRINTED"]);
}

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
    let error = world.resolver().find(&chain).unwrap_err().to_string();
    assert!(error.contains("The setting mfa_process of"), "{error}");
    assert!(world.programs.borrow().is_empty());
}

/// A keyring that somebody has to be asked to open.
struct Locked;

impl Locked {
    fn error() -> VaultError {
        VaultError::Keyring("The keyring is locked".to_owned())
    }
}

impl Vault for Locked {
    fn load(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        Err(Self::error())
    }

    fn store(&self, _: Kind, _: &str, _: &SecretBytes) -> Result<(), VaultError> {
        Err(Self::error())
    }

    fn remove(&self, _: Kind, _: &str) -> Result<bool, VaultError> {
        Err(Self::error())
    }

    fn list(&self, _: Kind) -> Result<Vec<String>, VaultError> {
        Err(Self::error())
    }

    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

#[test]
fn a_vault_that_does_not_answer_is_told_before_anybody_is_asked() {
    let mut world = making();
    world.vault = Box::new(Locked);
    assert_eq!(
        world.find(&roles(1), "r1", &[]).unwrap_err(),
        "The keyring is locked"
    );
    assert_eq!(world.find(OWN, "keys", &[]).unwrap_err(), "The keyring is locked");
    assert!(world.asked.borrow().is_empty());
    // Where no session is made, a code will do.
    world.making.set(false);
    world.find(&roles(1), "r1", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 1);
}

/// Nobody may be asked to open it.
struct Quiet;

impl Vault for Quiet {
    fn load(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        panic!("somebody was asked")
    }

    fn load_quietly(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        Err(Locked::error())
    }

    fn store(&self, _: Kind, _: &str, _: &SecretBytes) -> Result<(), VaultError> {
        Err(Locked::error())
    }

    fn remove(&self, _: Kind, _: &str) -> Result<bool, VaultError> {
        Err(Locked::error())
    }

    fn list(&self, _: Kind) -> Result<Vec<String>, VaultError> {
        Err(Locked::error())
    }

    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

#[test]
fn nobody_is_asked_to_open_a_vault_that_a_command_can_do_without() {
    let mut world = World::new();
    world.vault = Box::new(Quiet);
    world.find(&roles(1), "r1", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 1);
    for making in [false, true] {
        world.making.set(making);
        for (config, profile) in [(roles(2), "r2"), (OWN.to_owned(), "keys")] {
            let needs = State::Needs(Need::Code("arn:mfa".to_owned()));
            let expected = if profile == "keys" && !making {
                State::Valid
            } else {
                needs
            };
            assert_eq!(world.look(&config, profile, &[]).state, expected);
        }
    }
}

#[test]
fn whoever_wants_nothing_kept_is_asked_each_time() {
    let mut world = making();
    world.vault = Box::new(NoVault);
    for count in 1..3 {
        world.find(OWN, "keys", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), count);
    }
}

#[test]
fn what_is_no_session_is_made_anew() {
    let world = making();
    world.find(OWN, "keys", &[]).unwrap();
    let [name] = <[String; 1]>::try_from(world.vault.list(Kind::MfaSession).unwrap()).unwrap();
    for (count, spoilt) in (2..).zip(["", "[]", "{\"AccessKeyId\": \"X\"}", "\u{ff}"]) {
        let spoilt = SecretBytes::new(spoilt.as_bytes());
        world.vault.store(Kind::MfaSession, &name, &spoilt).unwrap();
        world.find(OWN, "keys", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), count);
    }
    assert!(!name.contains("KEYS") && !name.contains("mfa"));
    let file = format!("state/mfa-session/{name}.secret");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.path().join(file)), 0o600);
}
