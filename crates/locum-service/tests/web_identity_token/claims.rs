//! What tokens say (`facts: sts §6.3`).

use serde_json::{Value, json};

use super::scene::{ACCOUNT, AUDIENCE, Scene, borrowed, numbered};

#[test]
fn a_users_token_names_the_user_and_nothing_that_is_not_there() {
    let scene = Scene::new();
    let path = [
        ("UserName", "alice"),
        ("NewPath", "/team/"),
        ("NewUserName", "alice"),
    ];
    let alice = scene.asker("alice");
    scene.iam(&scene.root, "UpdateUser", &path).ok();
    let organization = scene.snapshot().organization().unwrap().clone();
    for (algorithm, kid) in [("RS256", "RSA_0"), ("ES384", "EC384_0")] {
        let answer = scene.ask(&alice, &[("SigningAlgorithm", algorithm)]).ok();
        assert_eq!(answer.text("Expiration"), "2026-11-22T12:05:00Z");
        let token = scene.partner().verify(&answer.text("WebIdentityToken")).unwrap();
        assert_eq!(token.kid(), kid);
        assert_eq!(token.header.typ.as_deref(), Some("JWT"));
        let subject = format!("arn:aws:iam::{ACCOUNT}:user/team/alice");
        let mut claims = token.claims.clone();
        let id = claims.as_object_mut().unwrap().remove("jti").unwrap();
        assert_eq!(id.as_str().unwrap().len(), 36);
        assert_eq!(
            claims,
            json!({
                "iss": scene.issuer,
                "sub": subject,
                "aud": AUDIENCE,
                "iat": scene.now().as_second(),
                "exp": scene.now().as_second() + 300,
                "https://sts.amazonaws.com/": {
                    "aws_account": ACCOUNT,
                    "source_region": "us-east-1",
                    "org_id": *organization.id,
                    "ou_path": [format!("{}/{}/", organization.id, organization.root_id)],
                    "principal_id": subject,
                },
            })
        );
    }
}

#[test]
fn a_sessions_token_names_the_role_with_its_path_and_what_the_session_carries() {
    let scene = Scene::new();
    scene.make_role(
        "/app/",
        "uploader",
        &[("Team", "role"), ("untouched", "retained")],
    );
    let session = scene.session(
        "app/uploader",
        &[
            ("SourceIdentity", "probe-source"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "session"),
            ("DurationSeconds", "1800"),
        ],
    );
    let asked = numbered(&[("Team", "request"), ("aws:test", "reserved")]);
    let answer = scene.ask(&session, &borrowed(&asked)).ok();
    let token = scene.partner().verify(&answer.text("WebIdentityToken")).unwrap();
    let subject = format!("arn:aws:iam::{ACCOUNT}:role/app/uploader");
    assert_eq!(token.claims["sub"], *subject);
    let of_aws = token.of_aws();
    assert_eq!(of_aws["principal_id"], *subject);
    assert_eq!(of_aws["source_identity"], "probe-source");
    assert_eq!(of_aws["original_session_exp"], "2026-11-22T12:30:00Z");
    // Recorded: the session's tag wins whatever the case of its key, and keeps its own spelling.
    assert_eq!(
        of_aws["principal_tags"],
        json!({ "untouched": "retained", "team": "session" })
    );
    assert_eq!(
        of_aws["request_tags"],
        json!({ "Team": "request", "aws:test": "reserved" })
    );
}

#[test]
fn several_audiences_are_an_array_in_their_order() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let more = [("Audience.member.2", "two"), ("Audience.member.3", "two")];
    let answer = scene.ask(&alice, &more).ok();
    let token = scene.partner().verify(&answer.text("WebIdentityToken")).unwrap();
    assert_eq!(token.claims["aud"], json!([AUDIENCE, "two", "two"]));
}

#[test]
fn no_two_tokens_have_the_same_id() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let id = || {
        let answer = scene.ask(&alice, &[]).ok();
        let token = scene.partner().verify(&answer.text("WebIdentityToken")).unwrap();
        token.claims["jti"].as_str().unwrap().to_owned()
    };
    assert_ne!(id(), id());
}

#[test]
fn claims_that_do_not_fit_are_refused_whatever_the_algorithm() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let (key, value) = ("k".repeat(126), "v".repeat(256));
    let keys: Vec<String> = (10..60).map(|number| format!("{number}{key}")).collect();
    let tags: Vec<_> = keys.iter().map(|key| (key.as_str(), value.as_str())).collect();
    for algorithm in ["RS256", "ES384"] {
        let all = numbered(&tags);
        let mut parameters = borrowed(&all);
        parameters.push(("SigningAlgorithm", algorithm));
        let answer = scene.ask(&alice, &parameters);
        answer.fails(
            400,
            "JWTPayloadSizeExceededException",
            "JWT payload exceeds maximum allowed size",
        );
    }
    let fewer = numbered(&tags[..30]);
    let answer = scene.ask(&alice, &borrowed(&fewer)).ok();
    let token = scene.partner().verify(&answer.text("WebIdentityToken")).unwrap();
    assert_eq!(token.of_aws()["request_tags"].as_object().unwrap().len(), 30);
}

#[test]
fn what_a_partner_must_refuse_does_not_verify() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let token = scene.ask(&alice, &[]).ok().text("WebIdentityToken");
    let partner = scene.partner();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = head.split_once('.').unwrap();
    assert!(
        partner
            .verify(&format!("{header}.{payload}x.{signature}"))
            .is_err()
    );
    assert!(partner.verify(&format!("{header}.{payload}.")).is_err());
    let other = scene.sts(
        &alice,
        "GetWebIdentityToken",
        &[("Audience.member.1", "other"), ("SigningAlgorithm", "RS256")],
    );
    let error = partner.verify(&other.ok().text("WebIdentityToken")).unwrap_err();
    assert_eq!(error, "InvalidAudience");
}

#[test]
fn keys_are_published_without_their_private_halves() {
    let scene = Scene::new();
    let set = super::partner::published(&scene, &scene.issuer, ".well-known/jwks.json").unwrap();
    let set: Value = serde_json::from_str(&set).unwrap();
    let names: Vec<Vec<&String>> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().collect())
        .collect();
    assert_eq!(
        names,
        [
            &["alg", "e", "kid", "kty", "n", "use"][..],
            &["alg", "crv", "kid", "kty", "use", "x", "y"]
        ]
    );
}
