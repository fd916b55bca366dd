//! Every way in which a token or a request is refused, and its text (`facts: sts §6.2`).

use locum_federation::oidc::FetchProblem;
use serde_json::{Value, json};

use super::{
    issuer::{EC, RSA, STRANGER, sealed, token},
    scene::{Answer, CLIENT, EC_ID, RSA_ID, Scene, URL},
};

const NOT_A_TOKEN: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const UNREACHABLE: &str = "The identity provider could not be reached to verify the incoming identity token. Please retry the request";

#[track_caller]
fn invalid(answer: &Answer, text: &str) {
    answer.fails(400, "InvalidIdentityToken", text);
}

#[test]
fn the_request_is_looked_at_first() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let good = scene.token(json!({}));
    scene.assume("nothing-valid-in-here", &good, &[]).fails(
        400,
        "ValidationError",
        "nothing-valid-in-here is invalid",
    );
    let without_account = "arn:aws:iam:::role/worker";
    scene.assume(without_account, &good, &[]).fails(
        400,
        "ValidationError",
        &format!("{without_account} is invalid"),
    );
    let answer = scene.assume(&role, "abc", &[]);
    assert_eq!(
        (answer.status, answer.text("Code")),
        (400, "ValidationError".to_owned())
    );
    assert!(!answer.body.contains("'abc'"), "a token is not repeated");
    let answer = scene.assume(&role, &good, &[("DurationSeconds", "899")]);
    assert_eq!(answer.text("Code"), "ValidationError");
    let answer = scene.unsigned("AssumeRoleWithWebIdentity", &[]);
    assert!(
        answer.text("Message").starts_with("3 validation errors detected"),
        "{}",
        answer.body
    );
    let long = "a".repeat(20_001);
    let answer = scene.assume(&role, &long, &[]);
    assert_eq!(answer.text("Code"), "ValidationError");
    assert!(answer.body.len() < 2000, "a token is not repeated");
}

#[test]
fn providers_without_openid_connect_are_nobodys() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    for host in ["www.amazon.com", "graph.facebook.com", "idp.example.com/realms/a"] {
        let text = format!("No OpenIDConnect provider found in your account for {host}");
        invalid(
            &scene.assume(&role, &scene.token(json!({})), &[("ProviderId", host)]),
            &text,
        );
    }
}

#[test]
fn what_is_no_token() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let good = scene.token(json!({}));
    let (head, rest) = good.split_once('.').unwrap();
    for text in [
        "an access token".to_owned(),
        "abcd".to_owned(),
        "....".to_owned(),
        format!("{head}.{rest}."),
        format!("{head}.{rest}.x"),
        rest.to_owned(),
        format!("Bearer {good}"),
        format!("{good}="),
        good.replace('.', "%2E"),
    ] {
        invalid(&scene.assume(&role, &text, &[]), NOT_A_TOKEN);
    }
    let claims = Value::Object(scene.claims());
    for header in [
        json!({ "alg": "ES384", "kid": EC_ID, "enc": "A128GCM" }),
        json!({ "alg": "ES384", "kid": EC_ID, "cty": "JWT" }),
        json!({ "alg": "ES384", "kid": 7 }),
        json!({ "kid": EC_ID }),
    ] {
        invalid(
            &scene.assume(&role, &sealed(&header, &EC, &claims), &[]),
            NOT_A_TOKEN,
        );
    }
    for algorithm in ["none", "None", "HS256", "PS256", "EdDSA", "es384", "ES256K"] {
        let token = sealed(&json!({ "alg": algorithm, "kid": EC_ID }), &EC, &claims);
        invalid(
            &scene.assume(&role, &token, &[]),
            "The token's signature algorithm is not supported",
        );
    }
    for extension in ["crit", "b64"] {
        let token = sealed(
            &json!({ "alg": "ES384", "kid": EC_ID, extension: ["exp"] }),
            &EC,
            &claims,
        );
        invalid(
            &scene.assume(&role, &token, &[]),
            "The token's header requires an extension that is not supported",
        );
    }
}

#[test]
fn a_signature_of_somebody_else() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let claims = Value::Object(scene.claims());
    let text = "The token's signature could not be verified";
    invalid(&scene.assume(&role, &token(EC_ID, &STRANGER, &claims), &[]), text);
    let good = scene.token(json!({}));
    let mut parts: Vec<&str> = good.split('.').collect();
    let other = scene.token(json!({ "sub": "admin" }));
    parts[1] = other.split('.').nth(1).unwrap();
    invalid(&scene.assume(&role, &parts.join("."), &[]), text);
    // A key of another kind than the header says.
    let crossed = sealed(&json!({ "alg": "RS256", "kid": EC_ID }), &EC, &claims);
    assert_eq!(scene.assume(&role, &crossed, &[]).status, 400);
    // Its own key in the header counts for nothing.
    let brought = sealed(
        &json!({ "alg": "ES384", "kid": EC_ID, "jwk": { "kty": "EC" }, "jku": "https://evil.example" }),
        &STRANGER,
        &claims,
    );
    invalid(&scene.assume(&role, &brought, &[]), text);
}

#[test]
fn claims_that_are_missing_or_wrong() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    for claim in ["sub", "aud", "iat", "exp", "iss"] {
        let text = format!("Missing a required claim: {claim}");
        invalid(&scene.assume_with(&role, json!({ claim: Value::Null })), &text);
    }
    let now = scene.now().as_second();
    for (claim, value) in [
        ("exp", json!((now + 300).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!("now")),
        ("nbf", json!(true)),
        ("sub", json!(7)),
        ("sub", json!("")),
        ("aud", json!([])),
        ("aud", json!("")),
        ("aud", json!({ "a": CLIENT })),
        ("azp", json!([CLIENT])),
        ("amr", json!(7)),
        ("email", json!(["a@example.com"])),
        ("iss", json!([URL])),
    ] {
        let answer = scene.assume_with(&role, json!({ claim: value }));
        invalid(&answer, &format!("The value of the claim is not valid: {claim}"));
    }
}

#[test]
fn times_and_audiences() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let now = scene.now().as_second();
    for exp in [now, now - 1, now - 86_400] {
        let text =
            format!("Token expired: current date/time {now} must be before the expiration date/time {exp}");
        let answer = scene.assume_with(&role, json!({ "exp": exp, "iat": now - 90_000 }));
        answer.fails(400, "ExpiredTokenException", &text);
    }
    scene.assume_with(&role, json!({ "exp": now + 1 })).ok();
    for claim in ["iat", "nbf"] {
        scene.assume_with(&role, json!({ claim: now + 60 })).ok();
        let answer = scene.assume_with(&role, json!({ claim: now + 61 }));
        invalid(
            &answer,
            &format!("The token is not valid yet: {claim} is in the future"),
        );
    }
    for audience in [
        json!("client-2"),
        json!(["client-2", "client"]),
        json!("Client-1"),
        json!("client-1 "),
    ] {
        invalid(
            &scene.assume_with(&role, json!({ "aud": audience })),
            "Incorrect token audience",
        );
    }
    scene
        .assume_with(&role, json!({ "aud": ["client-2", CLIENT] }))
        .ok();
}

#[test]
fn keys_that_could_not_be_had() {
    for (problem, code, text) in [
        (FetchProblem::Unreachable, "IDPCommunicationError", UNREACHABLE),
        (FetchProblem::Forbidden, "InvalidIdentityToken", NO_KEY),
        (FetchProblem::BadDocument, "InvalidIdentityToken", NO_KEY),
        (
            FetchProblem::CertificateMismatch,
            "InvalidIdentityToken",
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        ),
    ] {
        let scene = Scene::new();
        let role = scene.open_role("worker");
        let other = "https://other.example.com";
        scene.provider(&scene.root, other, &[CLIENT], &[]).ok();
        let token = scene.token(json!({ "iss": other }));
        // Registered a moment ago, nothing fetched yet: the same request may succeed soon.
        scene
            .assume(&role, &token, &[])
            .fails(400, "IDPCommunicationError", UNREACHABLE);
        scene.fetch(other, Err(problem));
        scene.assume(&role, &token, &[]).fails(400, code, text);
        // Nobody else's tokens wait for it.
        scene.assume_with(&role, json!({})).ok();
        scene.publish(other, &[(EC_ID, &EC), (RSA_ID, &RSA)]);
        assert_eq!(
            scene.assume(&role, &token, &[]).status,
            403,
            "the role trusts the first issuer only"
        );
    }
}
