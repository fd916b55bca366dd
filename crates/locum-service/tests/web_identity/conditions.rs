//! What a trust policy may ask about a token (`facts: sts §4.5`).

use serde_json::{Value, json};

use super::scene::{ALLOWED_ISSUER, CLIENT, DENIED, PLACE, Scene, URL, equals};

const ACTION: &str = r#""sts:AssumeRoleWithWebIdentity""#;

/// Checks which tokens a role on a condition lets in.
#[track_caller]
fn admits(scene: &Scene, name: &str, condition: &str, cases: &[(Value, bool)]) {
    let role = scene.trusting(name, ACTION, condition);
    for (claims, admitted) in cases {
        let answer = scene.assume_with(&role, claims.clone());
        match admitted {
            true => drop(answer.ok()),
            false => answer.fails(403, "AccessDenied", DENIED),
        }
    }
}

#[test]
fn subject_and_email_to_the_letter() {
    let scene = Scene::new();
    let cases = [
        (json!({}), true),
        (json!({ "sub": "User-1" }), false),
        (json!({ "sub": "user-12" }), false),
    ];
    admits(
        &scene,
        "subject",
        &equals(&format!("{PLACE}:sub"), "user-1"),
        &cases,
    );
    let like = format!(r#"{{"StringLike":{{"{PLACE}:sub":"team-a:*"}}}}"#);
    let cases = [
        (json!({ "sub": "team-a:x" }), true),
        (json!({ "sub": "team-b:team-a:x" }), false),
    ];
    admits(&scene, "like", &like, &cases);
    let cases = [
        (json!({ "email": "a@example.com" }), true),
        (json!({ "email": "b@example.com" }), false),
        (json!({}), false),
    ];
    admits(
        &scene,
        "email",
        &equals(&format!("{PLACE}:email"), "a@example.com"),
        &cases,
    );
}

#[test]
fn the_authorized_party_is_the_audience_and_the_audience_the_original_one() {
    let scene = Scene::new();
    let added = [(
        "OpenIDConnectProviderArn",
        "arn:aws:iam::111122223333:oidc-provider/idp.example.com/realms/a",
    )];
    scene
        .iam(
            &scene.root,
            "AddClientIDToOpenIDConnectProvider",
            &[added[0], ("ClientID", "client-2")],
        )
        .ok();
    let party = json!({ "azp": "client-2", "aud": "backend" });
    let cases = [
        (party.clone(), true),
        (json!({}), false),
        (json!({ "aud": "client-2" }), true),
    ];
    admits(
        &scene,
        "party",
        &equals(&format!("{PLACE}:aud"), "client-2"),
        &cases,
    );
    let cases = [(party.clone(), true), (json!({}), false)];
    admits(
        &scene,
        "original",
        &equals(&format!("{PLACE}:oaud"), "backend"),
        &cases,
    );
    let any = format!(r#"{{"ForAnyValue:StringEquals":{{"{PLACE}:oaud":["backend"]}}}}"#);
    let cases = [
        (json!({ "aud": ["other", "backend", CLIENT] }), true),
        (json!({ "aud": ["other", CLIENT] }), false),
    ];
    admits(&scene, "several", &any, &cases);
    // Several audiences do not equal one of them.
    let cases = [(json!({ "aud": ["other", "backend", CLIENT] }), false)];
    admits(
        &scene,
        "plain",
        &equals(&format!("{PLACE}:oaud"), "backend"),
        &cases,
    );
    let role = scene.open_role("open");
    let answer = scene.assume_with(&role, party).ok();
    assert_eq!(answer.text("Audience"), "client-2");
    // An audience that is registered does not make up for a party that is not.
    let answer = scene.assume_with(&role, json!({ "azp": "stranger", "aud": CLIENT }));
    answer.fails(400, "InvalidIdentityToken", "Incorrect token audience");
}

#[test]
fn how_the_user_signed_in_has_several_values() {
    let scene = Scene::new();
    let any = format!(r#"{{"ForAnyValue:StringLike":{{"{PLACE}:amr":"mfa*"}}}}"#);
    let cases = [
        (json!({ "amr": ["pwd", "mfa-otp"] }), true),
        (json!({ "amr": "mfa" }), true),
        (json!({ "amr": ["pwd"] }), false),
        (json!({ "amr": [] }), false),
        (json!({}), false),
    ];
    admits(&scene, "any", &any, &cases);
    let all = format!(
        r#"{{"ForAllValues:StringEquals":{{"{PLACE}:amr":["pwd","mfa"]}},"Null":{{"{PLACE}:amr":"false"}}}}"#
    );
    let cases = [
        (json!({ "amr": ["pwd", "mfa"] }), true),
        (json!({ "amr": ["pwd", "sms"] }), false),
        (json!({}), false),
    ];
    admits(&scene, "all", &all, &cases);
}

#[test]
fn the_request_and_its_surroundings() {
    let scene = Scene::new();
    admits(
        &scene,
        "name",
        &equals("sts:RoleSessionName", "session"),
        &[(json!({}), true)],
    );
    admits(
        &scene,
        "other-name",
        &equals("sts:RoleSessionName", "other"),
        &[(json!({}), false)],
    );
    let own = format!(r#"{{"StringEquals":{{"sts:RoleSessionName":"${{{PLACE}:sub}}"}}}}"#);
    admits(
        &scene,
        "own-name",
        &own,
        &[(json!({ "sub": "session" }), true), (json!({}), false)],
    );
    let address = r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Bool":{"aws:SecureTransport":"true"}}"#;
    admits(&scene, "address", address, &[(json!({}), true)]);
    // Nobody has identity keys before there is a session.
    for key in [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:userid",
        "aws:FederatedProvider",
        "aws:PrincipalType",
    ] {
        let name = format!("null-{}", key.rsplit(':').next().unwrap());
        admits(
            &scene,
            &name,
            &format!(r#"{{"Null":{{"{key}":"true"}}}}"#),
            &[(json!({}), true)],
        );
    }
}

#[test]
fn the_tags_of_the_role() {
    let scene = Scene::new();
    let own = format!(
        r#"{{"StringEquals":{{"aws:ResourceTag/owner":"${{{PLACE}:sub}}","iam:ResourceTag/owner":"user-1"}}}}"#
    );
    let role = scene.trusting("owned", ACTION, &own);
    scene
        .assume_with(&role, json!({}))
        .fails(403, "AccessDenied", DENIED);
    let tag = [
        ("RoleName", "owned"),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "user-1"),
    ];
    scene.iam(&scene.root, "TagRole", &tag).ok();
    scene.assume_with(&role, json!({})).ok();
    scene
        .assume_with(&role, json!({ "sub": "user-2" }))
        .fails(403, "AccessDenied", DENIED);
}

#[test]
fn a_claim_without_a_key_of_its_own_decides_nothing() {
    let scene = Scene::new();
    let claims = json!({
        "groups": ["admins"], "aws:SourceIp": "10.0.0.1", "name": "x", "sts:ExternalId": "x", "iss2": "y",
    });
    for (number, key) in ["groups", "name", "iss", "exp", "https://aws.amazon.com/tags"]
        .iter()
        .enumerate()
    {
        let null = format!(r#"{{"Null":{{"{PLACE}:{key}":"true"}}}}"#);
        let name = format!("null-{number}");
        admits(&scene, &name, &null, &[(claims.clone(), true)]);
    }
    let role = scene.trusting("denying", ACTION, &equals("aws:RequestTag/a", "b"));
    let keys = scene.keys(&scene.assume_with(&role, claims));
    let own: Vec<&String> = keys.keys().filter(|key| key.starts_with(PLACE)).collect();
    assert_eq!(
        own,
        ["aud", "oaud", "sub"]
            .map(|claim| format!("{PLACE}:{claim}"))
            .iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(
        keys["aws:SourceIp"],
        ["203.0.113.7"],
        "a claim of this name is no key"
    );
    assert_eq!(keys.get("sts:ExternalId"), None);
}

#[test]
fn a_key_names_its_issuer_whole() {
    let scene = Scene::new();
    for (name, place) in [
        ("host", "idp.example.com"),
        ("longer", "idp.example.com/realms/a/b"),
        ("other", "idp.example.com/realms/b"),
        ("scheme", "https://idp.example.com/realms/a"),
    ] {
        admits(
            &scene,
            name,
            &equals(&format!("{place}:sub"), "user-1"),
            &[(json!({}), false)],
        );
    }
    // Names of keys have no case, as everywhere.
    admits(
        &scene,
        "case",
        &equals("IDP.example.com/realms/A:SUB", "user-1"),
        &[(json!({}), true)],
    );
}

#[test]
fn a_key_may_have_a_port_in_it() {
    let scene = Scene::new();
    scene.provider(&scene.root, ALLOWED_ISSUER, &[CLIENT], &[]).ok();
    scene.publish(ALLOWED_ISSUER, &[("ec-1", &super::issuer::EC)]);
    let place = ALLOWED_ISSUER.strip_prefix("http://").unwrap();
    let arn = super::scene::provider_arn(super::scene::ACCOUNT, place);
    let condition = equals(&format!("{place}:sub"), "user-1");
    let role = scene.role(
        &scene.root,
        "worker",
        &super::scene::trust(&arn, ACTION, &condition),
        None,
    );
    let answer = scene.assume_with(&role, json!({ "iss": ALLOWED_ISSUER })).ok();
    assert_eq!(answer.text("Provider"), ALLOWED_ISSUER);
    scene
        .assume_with(&role, json!({ "iss": ALLOWED_ISSUER, "sub": "user-2" }))
        .fails(403, "AccessDenied", DENIED);
    // The same place by another scheme is another issuer.
    let other = ALLOWED_ISSUER.replace("http://", "https://");
    let text = format!("No OpenIDConnect provider found in your account for {other}");
    scene
        .assume_with(&role, json!({ "iss": other }))
        .fails(400, "InvalidIdentityToken", &text);
    scene
        .assume_with(&role, json!({ "iss": URL }))
        .fails(403, "AccessDenied", DENIED);
}
