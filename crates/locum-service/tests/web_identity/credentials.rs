//! What a good token brings.

use serde_json::{Value, json};

use super::{
    issuer::{RSA, token},
    scene::{ACCOUNT, CLIENT, DENIED, RSA_ID, Scene, URL, equals},
};

#[test]
fn the_answer_says_who_vouched_for_whom() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let answer = scene.assume_with(&role, json!({})).ok();
    for (element, text) in [
        ("SubjectFromWebIdentityToken", "user-1"),
        ("Audience", CLIENT),
        ("Provider", URL),
        ("Expiration", "2026-11-22T13:00:00Z"),
    ] {
        assert_eq!(answer.text(element), text);
    }
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session");
    assert_eq!(answer.text("Arn"), arn);
    assert!(answer.text("AssumedRoleId").ends_with(":session"));
    for absent in ["PackedPolicySize", "SourceIdentity", "SessionTokenSize"] {
        assert_eq!(answer.find(absent), None);
    }
    let order = [
        "<Audience>",
        "<AssumedRoleUser>",
        "<Provider>",
        "<Credentials>",
        "<SubjectFromWebIdentityToken>",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|element| answer.body.find(element).unwrap())
        .collect();
    assert!(places.is_sorted(), "{}", answer.body);

    let credentials = answer.credentials();
    let identity = scene.sts(&credentials, "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn"), arn);
}

#[test]
fn either_kind_of_key_signs() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    scene.assume_with(&role, json!({})).ok();
    let signed = token(RSA_ID, &RSA, &Value::Object(scene.claims()));
    scene.assume(&role, &signed, &[]).ok();
    // A client that reads a file may send its last line feed along.
    for end in ["\n", "\r\n"] {
        scene.assume(&role, &format!("{signed}{end}"), &[]).ok();
    }
    scene.assume(&role, &format!(" {signed}"), &[]).fails(
        400,
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
}

#[test]
fn the_role_limits_the_duration_and_the_token_does_not() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let token = scene.token(json!({}));
    let lasts = |seconds: &str| scene.assume(&role, &token, &[("DurationSeconds", seconds)]);
    assert_eq!(lasts("900").ok().text("Expiration"), "2026-11-22T12:15:00Z");
    assert_eq!(lasts("3600").ok().text("Expiration"), "2026-11-22T13:00:00Z");
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    lasts("3601").fails(400, "ValidationError", text);
    let parameters = [("RoleName", "worker"), ("MaxSessionDuration", "43200")];
    scene.iam(&scene.root, "UpdateRole", &parameters).ok();
    assert_eq!(lasts("43200").ok().text("Expiration"), "2026-11-23T00:00:00Z");
    // Whom the role does not trust learns nothing of its limits.
    let stranger = scene.trusting(
        "other",
        r#""sts:AssumeRoleWithWebIdentity""#,
        &equals("aws:RequestTag/a", "b"),
    );
    let answer = scene.assume(
        &stranger,
        &token,
        &[("DurationSeconds", "43200"), ("Policy", "{")],
    );
    answer.fails(403, "AccessDenied", DENIED);
}

#[test]
fn session_policies_limit_the_session() {
    let scene = Scene::new();
    let trust = super::scene::trust(
        &super::scene::provider_arn(ACCOUNT, super::scene::PLACE),
        r#""sts:AssumeRoleWithWebIdentity""#,
        "{}",
    );
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
    let role = scene.role(&scene.root, "worker", &trust, Some(all));
    let token = scene.token(json!({}));
    let whole = scene.assume(&role, &token, &[]).credentials();
    scene.iam(&whole, "ListUsers", &[]).ok();
    scene.iam(&whole, "ListRoles", &[]).ok();
    let only =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}}"#;
    let answer = scene.assume(&role, &token, &[("Policy", only)]).ok();
    assert!(answer.text("PackedPolicySize").parse::<u32>().unwrap() > 0);
    let limited = answer.credentials();
    scene.iam(&limited, "ListUsers", &[]).ok();
    assert_eq!(scene.iam(&limited, "ListRoles", &[]).status, 403);
    let managed = [(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    )];
    let answer = scene.assume(&role, &token, &managed).ok();
    assert!(answer.find("PackedPolicySize").is_some());
    assert_eq!(scene.iam(&answer.credentials(), "ListUsers", &[]).status, 403);
    let malformed = scene.assume(&role, &token, &[("Policy", "{}")]);
    assert_eq!(
        (malformed.status, malformed.text("Code")),
        (400, "MalformedPolicyDocument".to_owned())
    );
}

#[test]
fn the_token_is_padded_on_request() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let answer = scene
        .assume(
            &role,
            &scene.token(json!({})),
            &[("MinimumSessionTokenSize", "2000")],
        )
        .ok();
    assert!(answer.text("SessionTokenSize").parse::<u32>().unwrap() >= 2000);
    assert!(answer.find("SessionTokenUtilization").is_some());
}

#[test]
fn a_subject_of_any_length_up_to_255_is_given_back() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    for subject in ["u", &"u".repeat(255)] {
        let answer = scene.assume_with(&role, json!({ "sub": subject })).ok();
        assert_eq!(answer.text("SubjectFromWebIdentityToken"), *subject);
    }
    let long = scene.assume_with(&role, json!({ "sub": "u".repeat(256) }));
    long.fails(
        400,
        "InvalidIdentityToken",
        "The value of the claim is not valid: sub",
    );
}
