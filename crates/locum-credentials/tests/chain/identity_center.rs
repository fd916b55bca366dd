//! IAM Identity Center: tokens, their renewal, and the roles behind them.

use std::os::unix::fs::OpenOptionsExt as _;

use locum_credentials::HttpError;
use serde_json::{Value, json};

use crate::world::{Answer, World};

const SESSION: &str = "[sso-session corp]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n\
                       [profile p]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Ops Team\n";
const LEGACY: &str = "[profile p]\nsso_start_url = https://p.test/start\nsso_region = eu-west-1\n\
                      sso_account_id = 123456789012\nsso_role_name = Ops\n";

fn token(world: &World, name: &str, token: &Value) {
    use std::io::Write as _;
    let directory = world.path().join("aws/sso/cache");
    std::fs::create_dir_all(&directory).unwrap();
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(directory.join(format!("{name}.json"))).unwrap();
    file.write_all(token.to_string().as_bytes()).unwrap();
}

fn digest(text: &str) -> String {
    locum_crypto::hex(&locum_crypto::sha1(text.as_bytes()))
}

fn fresh(end: &str) -> Value {
    json!({
        "startUrl": "https://p.test/start", "region": "eu-west-1", "accessToken": "OLD", "expiresAt": end,
        "clientId": "c", "clientSecret": "cs", "registrationExpiresAt": "2027-02-01T00:00:00Z", "refreshToken": "r1",
    })
}

fn role() -> Answer {
    let answer = json!({"roleCredentials": {
        "accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t", "expiration": 1_798_765_200_000_u64,
    }});
    Ok((200, answer.to_string()))
}

#[test]
fn a_token_is_changed_for_a_role() {
    let world = World::new().answering([role()]);
    token(&world, &digest("corp"), &fresh("2027-01-01T08:00:00Z"));
    let found = world.find(SESSION, "p", &[]).unwrap();
    assert_eq!(found.account_id.as_deref(), Some("123456789012"));
    assert_eq!(found.expiration.unwrap().as_second(), 1_798_765_200);
    let request = world.requests.borrow()[0].clone();
    assert_eq!(
        request.1,
        "https://sso.eu-west-1.test/federation/credentials?role_name=Ops%20Team&account_id=123456789012"
    );
    assert_eq!(
        request.2,
        [("x-amz-sso_bearer_token".to_owned(), "OLD".to_owned())]
    );
    // The second time it is in the cache.
    assert_eq!(world.find(SESSION, "p", &[]).unwrap().access_key_id, "ASIA");
    assert_eq!(world.requests.borrow().len(), 1);
}

#[test]
fn a_token_that_ends_is_renewed_and_kept() {
    let renewed = json!({"accessToken": "NEW", "expiresIn": 28_800, "refreshToken": "r2"}).to_string();
    let world = World::new().answering([Ok((200, renewed)), role()]);
    token(&world, &digest("corp"), &fresh("2027-01-01T00:14:59Z"));
    world.find(SESSION, "p", &[]).unwrap();
    let requests = world.requests.borrow();
    assert_eq!(
        (requests[0].0.as_str(), requests[0].1.as_str()),
        ("POST", "https://sso-oidc.eu-west-1.test/token")
    );
    let sent: Value = serde_json::from_str(&requests[0].3).unwrap();
    assert_eq!(
        sent,
        json!({"clientId": "c", "clientSecret": "cs", "grantType": "refresh_token", "refreshToken": "r1"})
    );
    assert_eq!(requests[1].2[0].1, "NEW");
    let path = world
        .path()
        .join(format!("aws/sso/cache/{}.json", digest("corp")));
    let kept: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(
        kept,
        json!({
            "startUrl": "https://p.test/start", "region": "eu-west-1", "accessToken": "NEW",
            "expiresAt": "2027-01-01T08:00:00Z", "clientId": "c", "clientSecret": "cs",
            "registrationExpiresAt": "2027-02-01T00:00:00Z", "refreshToken": "r2",
        })
    );
}

#[test]
fn what_cannot_be_renewed_is_used_to_its_end() {
    let refused = || Ok((400, r#"{"error": "invalid_grant"}"#.to_owned()));
    let world = World::new().answering([refused(), role()]);
    token(&world, &digest("corp"), &fresh("2027-01-01T00:05:00Z"));
    assert!(world.find(SESSION, "p", &[]).is_ok());
    let world = World::new().answering([refused()]);
    token(&world, &digest("corp"), &fresh("2026-12-31T00:00:00Z"));
    assert_eq!(
        world.find(SESSION, "p", &[]).unwrap_err(),
        "Error when retrieving token from sso: Token has expired and refresh failed"
    );
    // A lost answer is not asked for again: the refresh token may be used up.
    let lost = || Err(HttpError::Transient("lost".to_owned()));
    let world = World::new().answering([lost(), lost(), role()]);
    token(&world, &digest("corp"), &fresh("2027-01-01T00:05:00Z"));
    assert!(world.find(SESSION, "p", &[]).is_ok());
    let methods: Vec<String> = world
        .requests
        .borrow()
        .iter()
        .map(|request| request.0.clone())
        .collect();
    assert_eq!(methods, ["POST", "GET", "GET"]);
    // Nothing to renew it with, or a registration that is over: nobody is asked.
    for (name, value) in [
        ("refreshToken", Value::Null),
        ("registrationExpiresAt", json!("2026-01-01T00:00:00Z")),
    ] {
        let world = World::new();
        let mut poor = fresh("2026-12-31T00:00:00Z");
        poor[name] = value;
        token(&world, &digest("corp"), &poor);
        assert!(world.find(SESSION, "p", &[]).is_err());
        assert!(world.requests.borrow().is_empty());
    }
}

#[test]
fn a_profile_may_say_everything_itself() {
    let world = World::new().answering([role()]);
    token(
        &world,
        &digest("https://p.test/start"),
        &json!({"accessToken": "OLD", "expiresAt": "2027-01-01T00:00:01UTC"}),
    );
    assert!(world.find(LEGACY, "p", &[]).is_ok());
    let world = World::new();
    token(
        &world,
        &digest("https://p.test/start"),
        &json!({"accessToken": "OLD", "expiresAt": "2027-01-01T00:00:00UTC"}),
    );
    assert!(
        world
            .find(LEGACY, "p", &[])
            .unwrap_err()
            .starts_with("The SSO session associated with this profile")
    );
}

#[test]
fn what_goes_wrong_is_told() {
    assert_eq!(
        World::new().find(SESSION, "p", &[]).unwrap_err(),
        "Error loading SSO Token: Token for corp does not exist"
    );
    let world = World::new();
    token(&world, &digest("corp"), &json!({"accessToken": "x"}));
    assert_eq!(
        world.find(SESSION, "p", &[]).unwrap_err(),
        "Error loading SSO Token: Token for https://p.test/start is invalid"
    );
    let failing = |status: u16, body: Value| {
        let world = World::new().answering([Ok((status, body.to_string()))]);
        token(&world, &digest("corp"), &fresh("2027-01-01T08:00:00Z"));
        world.find(SESSION, "p", &[]).unwrap_err()
    };
    assert!(failing(401, json!({"message": "x"})).starts_with("The SSO session"));
    let typed = json!({"__type": "com.amazonaws.switchboard.portal#UnauthorizedException", "message": "x"});
    assert!(failing(400, typed).starts_with("The SSO session"));
    assert_eq!(
        failing(
            403,
            json!({"__type": "ForbiddenException", "message": "No access\u{1b}"})
        ),
        "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access\\x1b"
    );
    assert!(failing(200, json!({})).contains("'expiration'"));
}
