//! The endpoints of containers and the metadata service of instances.

use locum_credentials::{Chain, Environment, Files, HttpError};

use crate::world::{Answer, World};

const KEYS: &str =
    r#"{"AccessKeyId": "K", "SecretAccessKey": "s", "Token": "t", "Expiration": "2027-01-01T06:00:00Z"}"#;
const RELATIVE: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x");
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

fn ok(body: &str) -> Answer {
    Ok((200, body.to_owned()))
}

fn status(status: u16) -> Answer {
    Ok((status, "no".to_owned()))
}

fn nobody() -> Answer {
    Err(HttpError::Transient("nobody".to_owned()))
}

#[test]
fn a_container_is_asked_with_its_token() {
    let world = World::new().answering([ok(KEYS)]);
    let found = world.find("", "default", &[RELATIVE]).unwrap();
    assert!(found.session_token.unwrap().matches("t"));
    let request = world.requests.borrow()[0].clone();
    assert_eq!(
        (request.0.as_str(), request.1.as_str()),
        ("GET", "http://169.254.170.2/v2/x")
    );
    assert!(request.2.iter().all(|(name, _)| name != "Authorization"));

    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc");
    let world = World::new().answering([ok(KEYS)]);
    world
        .find("", "default", &[(FULL, "http://127.0.0.1:9/c"), token])
        .unwrap();
    assert!(
        world.requests.borrow()[0]
            .2
            .contains(&("Authorization".into(), "Basic abc".into()))
    );

    // The file wins.
    let world = World::new().answering([ok(KEYS)]);
    let path = world.path().join("token");
    std::fs::write(&path, "Bearer file").unwrap();
    let file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path.to_str().unwrap());
    world
        .find("", "default", &[(FULL, "http://[::1]:9/c"), token, file])
        .unwrap();
    assert!(
        world.requests.borrow()[0]
            .2
            .contains(&("Authorization".into(), "Bearer file".into()))
    );
    for (content, complaint) in [
        ("a\r\nb: c", "not a legal header value"),
        ("a\n", "not a legal header value"),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = world
            .find("", "default", &[(FULL, "http://127.0.0.1/"), file])
            .unwrap_err();
        assert!(error.contains(complaint), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(
        world
            .find("", "default", &[(FULL, "http://127.0.0.1/"), file])
            .is_err()
    );
    assert_eq!(
        world.requests.borrow().len(),
        1,
        "nothing is asked without the token that belongs to it"
    );
}

#[test]
fn a_token_goes_to_no_other_host() {
    for url in [
        "http://evil.test/",
        "http://169.254.170.2.evil.test/",
        "http://127.0.0.1@evil.test/",
    ] {
        let world = World::new().answering([ok(KEYS)]);
        let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "x");
        let error = world.find("", "default", &[(FULL, url), token]).unwrap_err();
        assert!(
            error.starts_with("Error when retrieving credentials from container-role: "),
            "{error}"
        );
        assert!(world.requests.borrow().is_empty());
    }
    let world = World::new().answering([ok(KEYS)]);
    let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".evil.test/");
    assert!(world.find("", "default", &[relative]).is_err());
    assert!(world.requests.borrow().is_empty());
}

#[test]
fn a_container_is_asked_three_times() {
    let world = World::new().answering([nobody(), status(500), ok(KEYS)]);
    assert!(world.find("", "default", &[RELATIVE]).is_ok());
    let world = World::new().answering([nobody(), ok("no JSON"), status(404), ok(KEYS)]);
    let error = world.find("", "default", &[RELATIVE]).unwrap_err();
    assert_eq!(
        error,
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response \
         404 from container metadata: no"
    );
    let world = World::new().answering([ok(r#"{"AccessKeyId": "K"}"#)]);
    let error = world.find("", "default", &[RELATIVE]).unwrap_err();
    assert!(
        error.ends_with("Missing required key in response: 'SecretAccessKey'"),
        "{error}"
    );
    let world = World::new().answering([ok(&KEYS.replace("2027", "2026"))]);
    assert!(
        world
            .find("", "default", &[RELATIVE])
            .unwrap_err()
            .contains("still expired")
    );
}

#[test]
fn an_instance_is_asked_with_a_token() {
    let world = World::new().answering([ok("TOKEN=="), ok("web\n"), ok(KEYS)]);
    assert_eq!(world.find("", "default", &[]).unwrap().access_key_id, "K");
    let requests = world.requests.borrow();
    let asked: Vec<String> = requests.iter().map(|r| format!("{} {}", r.0, r.1)).collect();
    assert_eq!(
        asked,
        [
            "PUT http://169.254.169.254/latest/api/token",
            "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/",
            "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/web",
        ]
    );
    let header = |at: usize| requests[at].2[0].clone();
    assert_eq!(
        header(0),
        ("x-aws-ec2-metadata-token-ttl-seconds".into(), "21600".into())
    );
    assert_eq!(header(2), ("x-aws-ec2-metadata-token".into(), "TOKEN==".into()));
}

fn region(world: &World, config: &str, variables: &[(&str, &str)]) -> Option<String> {
    let environment = Environment::of(variables);
    let files = Files::of(config, "").unwrap();
    let chain = Chain {
        environment: &environment,
        files: &files,
        profile: "default",
        explicit: false,
        sessions: false,
    };
    chain.instance_region(world, &|_| ()).unwrap()
}

#[test]
fn an_instance_tells_its_region() {
    let world = World::new().answering([ok("TOKEN=="), ok("eu-test-1\n")]);
    assert_eq!(region(&world, "", &[]).as_deref(), Some("eu-test-1"));
    let requests = world.requests.borrow();
    let asked: Vec<String> = requests.iter().map(|r| format!("{} {}", r.0, r.1)).collect();
    assert_eq!(
        asked,
        [
            "PUT http://169.254.169.254/latest/api/token",
            "GET http://169.254.169.254/latest/meta-data/placement/region",
        ]
    );
    assert_eq!(
        requests[1].2[0],
        ("x-aws-ec2-metadata-token".into(), "TOKEN==".into())
    );
    drop(requests);
    // Older services know their zone only.
    let world = World::new().answering([ok("T"), status(404), ok("us-gov-west-1b")]);
    assert_eq!(region(&world, "", &[]).as_deref(), Some("us-gov-west-1"));
}

#[test]
fn no_instance_has_no_region() {
    for (answers, asked) in [
        (vec![nobody()], 1),
        (vec![status(403)], 1),
        (vec![ok("T"), nobody(), nobody()], 3),
        (vec![ok("T"), ok("evil.test/"), ok("evil.test/a")], 3),
        (vec![ok("T"), ok("<html>"), ok("")], 3),
        (vec![ok("T"), ok("us-east-"), ok("us-east-1")], 3),
    ] {
        let world = World::new().answering(answers.clone());
        assert_eq!(region(&world, "", &[]), None, "{answers:?}");
        assert_eq!(world.requests.borrow().len(), asked, "{answers:?}");
    }
    let world = World::new().answering([ok("T"), ok("eu-test-1")]);
    assert_eq!(region(&world, "", &[("AWS_EC2_METADATA_DISABLED", "true")]), None);
    assert!(world.requests.borrow().is_empty());
    // Without a token only where that was allowed.
    let old = || World::new().answering([status(403), ok("eu-test-1")]);
    assert_eq!(region(&old(), "", &[]), None);
    let told = "[default]\nec2_metadata_v1_disabled = false\n";
    assert_eq!(region(&old(), told, &[]).as_deref(), Some("eu-test-1"));
}

#[test]
fn no_instance_is_no_credentials() {
    let hostile = |role: &str| vec![ok("T"), ok(role), ok(KEYS)];
    for (answers, asked) in [
        (vec![nobody()], 1),
        (vec![status(403)], 1),
        (vec![ok("two lines\nof token")], 1),
        (vec![ok("T"), status(404)], 2),
        (vec![ok("T"), ok("")], 2),
        (hostile("../../x"), 2),
        (hostile("a?b"), 2),
        (hostile("\r\n"), 2),
        (vec![ok("T"), ok("web"), ok("no JSON")], 3),
        (
            vec![
                ok("T"),
                ok("web"),
                ok(r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "x"}"#),
            ],
            3,
        ),
    ] {
        let world = World::new().answering(answers.clone());
        assert_eq!(
            world.find("", "default", &[]).unwrap_err(),
            "Unable to locate credentials.",
            "{answers:?}"
        );
        assert_eq!(world.requests.borrow().len(), asked, "{answers:?}");
    }
}

#[test]
fn an_instance_is_asked_without_a_token_only_when_told() {
    let version_1 = || [status(403), ok("web"), ok(KEYS)];
    for (value, found) in [("false", true), ("FALSE", true), ("true", false), ("", false)] {
        let world = World::new().answering(version_1());
        let told = world.find("", "default", &[("AWS_EC2_METADATA_V1_DISABLED", value)]);
        assert_eq!(told.is_ok(), found, "{value}");
    }
    let world = World::new().answering(version_1());
    assert!(
        world
            .find("[default]\nec2_metadata_v1_disabled = false\n", "default", &[])
            .is_ok()
    );
    assert!(world.requests.borrow()[1].2.is_empty());
}

#[test]
fn an_instance_is_configured() {
    let world = World::new().answering([nobody(), ok("T"), ok("web"), nobody(), nobody(), ok(KEYS)]);
    let config = "[default]\nmetadata_service_num_attempts = 3\nec2_metadata_service_endpoint_mode = IPv6\n";
    assert!(world.find(config, "default", &[]).is_ok());
    assert!(
        world.requests.borrow()[0]
            .1
            .starts_with("http://[fd00:ec2::254]/latest/")
    );
    let world = World::new().answering([ok("T"), ok("web"), ok(KEYS)]);
    let endpoint = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:5/");
    assert!(world.find(config, "default", &[endpoint]).is_ok());
    assert_eq!(
        world.requests.borrow()[0].1,
        "http://127.0.0.1:5/latest/api/token"
    );
    let off = ("AWS_EC2_METADATA_DISABLED", "True");
    let world = World::new().answering([ok("T")]);
    assert!(world.find("", "default", &[off]).is_err());
    assert!(world.requests.borrow().is_empty());
    for (name, value) in [
        ("AWS_METADATA_SERVICE_TIMEOUT", "soon"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "-1"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "nan"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://x\r\ny"),
    ] {
        assert!(
            world.find("", "default", &[(name, value)]).is_err(),
            "{name} {value}"
        );
    }
    // A role may come from an instance, and then it must be there.
    let config = "[profile p]\nrole_arn = arn:r\ncredential_source = Ec2InstanceMetadata\n";
    assert_eq!(
        World::new().find(config, "p", &[]).unwrap_err(),
        "Error when retrieving credentials from Ec2InstanceMetadata: No credentials found in credential_source"
    );
}
