//! What is known without asking anybody is what the next command would find.

use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use locum_credentials::{Environment, Files, Need, State};
use serde_json::{Value, json};

use crate::world::World;

const ROLE: &str = "[profile p]\nrole_arn = arn:r\nsource_profile = keys\n";
const CODE: &str = "[profile p]\nrole_arn = arn:r\nsource_profile = keys\nmfa_serial = arn:mfa\n";
const SSO: &str = "[sso-session corp]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n\
                   [profile p]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Ops\n";
const LOGIN: &str = "[profile p]\nlogin_session = arn:aws:iam::123456789012:user/me\n";

fn write(world: &World, directory: &str, name: &str, entry: &Value) {
    let directory = world.path().join(directory);
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(format!("{name}.json"));
    std::fs::write(&path, entry.to_string()).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn keys_are_good_until_their_end() {
    let world = World::new();
    let known = world.look("", "keys", &[]);
    assert_eq!(
        (known.state, known.access_key_id.as_deref()),
        (State::Valid, Some("KEYS"))
    );
    for (end, state) in [
        ("2027-01-01T00:00:01Z", State::Valid),
        ("2027-01-01T00:00:00Z", State::Needs(Need::Keys)),
    ] {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "ENV"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_CREDENTIAL_EXPIRATION", end),
        ];
        let known = world.look("", "default", &variables);
        assert_eq!(
            (known.state, known.expiration.unwrap().to_string()),
            (state, end.to_owned())
        );
    }
}

#[test]
fn temporary_keys_without_their_token_are_good_for_nothing() {
    let world = World::new();
    let keys = [
        ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    assert_eq!(world.look("", "default", &keys).state, State::Needs(Need::Keys));
    let [id, secret] = keys;
    let whole = [id, secret, ("AWS_SESSION_TOKEN", "t")];
    assert_eq!(world.look("", "default", &whole).state, State::Valid);
}

#[test]
fn a_token_that_is_over_makes_no_session() {
    let world = World::new();
    let file = world.path().join("token");
    let config = format!(
        "[profile p]\nrole_arn = arn:r\nweb_identity_token_file = {}\n",
        file.display()
    );
    // 2027-01-01T00:00:00Z is 1798761600.
    for (claims, state) in [
        (r#"{"exp": 1798761601}"#, State::Ready),
        (r#"{"exp": 1798761600}"#, State::Needs(Need::TokenFile)),
        (r#"{"exp": 1798761599.5}"#, State::Needs(Need::TokenFile)),
        (r#"{"exp": "soon"}"#, State::Ready),
        ("{}", State::Ready),
        ("nonsense", State::Ready),
    ] {
        std::fs::write(&file, format!("e30.{}.s\n", URL_SAFE_NO_PAD.encode(claims))).unwrap();
        assert_eq!(world.look(&config, "p", &[]).state, state, "{claims}");
    }
    // A session that was made with it in its time is as good as ever.
    std::fs::write(
        &file,
        format!("e30.{}.s", URL_SAFE_NO_PAD.encode(r#"{"exp": 1}"#)),
    )
    .unwrap();
    world.find(&config, "p", &[]).unwrap();
    assert_eq!(world.look(&config, "p", &[]).state, State::Valid);
}

#[test]
fn a_program_that_is_not_run_gives_no_codes() {
    let world = World::new();
    let path = world.path().join("config");
    std::fs::write(
        &path,
        format!(
            "{CODE}mfa_process = tool\n[profile keys]\naws_access_key_id = KEYS\naws_secret_access_key = s\n"
        ),
    )
    .unwrap();
    let environment = Environment::of(&[
        ("AWS_CONFIG_FILE", path.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file"),
    ]);
    for (mode, state) in [
        (0o600, State::Ready),
        (0o666, State::Needs(Need::Code("arn:mfa".into()))),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let files = Files::load(&environment).unwrap();
        assert_eq!(world.look_in(&files, &environment, "p").state, state, "{mode:o}");
    }
}

#[test]
fn a_role_is_known_once_it_was_assumed() {
    let world = World::new();
    assert_eq!(world.look(ROLE, "p", &[]).state, State::Ready);
    let made = world.find(ROLE, "p", &[]).unwrap();
    let known = world.look(ROLE, "p", &[]);
    assert_eq!(known.state, State::Valid);
    assert_eq!(
        known.arn.as_deref(),
        Some("arn:aws:sts::123456789012:assumed-role/r/x")
    );
    assert_eq!(known.account_id.as_deref(), Some("123456789012"));
    assert_eq!(
        (known.access_key_id, known.expiration),
        (Some(made.access_key_id), made.expiration)
    );
    let other = ROLE.replace("source_profile = keys", "source_profile = other")
        + "[profile other]\naws_access_key_id = OTHER\naws_secret_access_key = s\n";
    let known = world.look(&other, "p", &[]);
    assert_eq!(
        (known.state, known.arn),
        (State::Ready, None),
        "another made the entry"
    );
    // A quarter of an hour before its end the next command makes another.
    world.pass(2_701);
    let known = world.look(ROLE, "p", &[]);
    assert_eq!((known.state, known.expiration), (State::Ready, made.expiration));
}

#[test]
fn a_code_is_needed_when_the_next_command_would_ask_for_one() {
    let world = World::new();
    let code = || State::Needs(Need::Code("arn:mfa".into()));
    assert_eq!(world.look(CODE, "p", &[]).state, code());
    world.find(CODE, "p", &[]).unwrap();
    assert_eq!(world.look(CODE, "p", &[]).state, State::Valid);
    world.pass(2_701);
    assert_eq!(world.look(CODE, "p", &[]).state, code());
}

#[test]
fn a_sign_in_is_good_while_it_lasts_or_can_be_renewed() {
    let token = |end: &str, renewable: bool| {
        let mut entry = json!({"accessToken": "t", "expiresAt": end});
        if renewable {
            entry["refreshToken"] = json!("r");
            entry["clientId"] = json!("c");
            entry["clientSecret"] = json!("s");
            entry["registrationExpiresAt"] = json!("2027-02-01T00:00:00Z");
        }
        entry
    };
    let login = State::Needs(Need::SsoLogin);
    // The SHA-1 of "corp".
    let name = locum_crypto::hex(&locum_crypto::sha1(b"corp"));
    for (entry, state) in [
        (None, login.clone()),
        (Some(token("2027-01-01T01:00:00Z", false)), State::Ready),
        (Some(token("2026-12-31T00:00:00Z", false)), login),
        (Some(token("2026-12-31T00:00:00Z", true)), State::Ready),
    ] {
        let world = World::new();
        if let Some(entry) = &entry {
            write(&world, "aws/sso/cache", &name, entry);
        }
        let known = world.look(SSO, "p", &[]);
        assert_eq!(
            (known.state, known.account_id.as_deref()),
            (state, Some("123456789012")),
            "{entry:?}"
        );
    }
}

#[test]
fn a_login_tells_who_it_is() {
    let world = World::new();
    assert_eq!(world.look(LOGIN, "p", &[]).state, State::Needs(Need::Login));
    let name = locum_crypto::hex(&locum_crypto::sha256(b"arn:aws:iam::123456789012:user/me"));
    for (end, state) in [
        ("2027-01-01T01:00:00Z", State::Valid),
        ("2027-01-01T00:04:00Z", State::Ready),
    ] {
        let entry = json!({
            "accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t", "expiresAt": end,
            "accountId": "123456789012",
        });
        write(&world, "aws/login/cache", &name, &json!({"accessToken": entry}));
        let known = world.look(LOGIN, "p", &[]);
        assert_eq!(known.state, state);
        assert_eq!(known.arn.as_deref(), Some("arn:aws:iam::123456789012:user/me"));
    }
}

#[test]
fn what_must_be_asked_is_not_known() {
    let world = World::new();
    let program = "[profile p]\ncredential_process = /bin/helper\n";
    assert_eq!(world.look(program, "p", &[]).state, State::Unknown);
    let token = "[profile p]\nrole_arn = arn:r\nweb_identity_token_file = /nonexistent/token\n";
    assert_eq!(world.look(token, "p", &[]).state, State::Needs(Need::TokenFile));
}
