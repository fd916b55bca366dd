//! What a session of a provider's user carries into later requests.

use serde_json::{Value, json};

use super::{
    issuer::EC,
    scene::{ACCOUNT, ALL_ACTIONS, CLIENT, EC_ID, PLACE, Scene, URL, provider_arn, trust},
};

const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn may(scene: &Scene, role: &str, document: &str) {
    let parameters = [
        ("RoleName", role),
        ("PolicyName", "inline"),
        ("PolicyDocument", document),
    ];
    scene.iam(&scene.root, "PutRolePolicy", &parameters).ok();
}

#[test]
fn later_requests_know_who_vouched_for_whom() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let claims = json!({ "amr": ["pwd", "otp"], "email": "a@example.com", "aud": [CLIENT, "other"] });
    let session = scene.assume_with(&role, claims).credentials();
    let keys = scene.keys(&scene.iam(&session, "ListUsers", &[]));
    assert_eq!(keys["aws:FederatedProvider"], [provider_arn(ACCOUNT, PLACE)]);
    assert_eq!(keys[&format!("{PLACE}:aud")], [CLIENT]);
    assert_eq!(keys[&format!("{PLACE}:sub")], ["user-1"]);
    assert_eq!(keys[&format!("{PLACE}:amr")], ["pwd", "otp"]);
    assert_eq!(keys["aws:PrincipalType"], ["AssumedRole"]);
    assert_eq!(keys["aws:MultiFactorAuthPresent"], ["false"]);
    for absent in ["email", "oaud"] {
        assert_eq!(keys.get(&format!("{PLACE}:{absent}")), None);
    }
    assert_eq!(keys.get("sts:RoleAuthorizedByIdp"), None);
}

#[test]
fn an_issuer_cannot_pass_for_a_provider_without_the_key() {
    let scene = Scene::new();
    let place = "idp.example.com/:saml-provider/a";
    let url = format!("https://{place}");
    scene.provider(&scene.root, &url, &[CLIENT], &[]).ok();
    scene.publish(&url, &[(EC_ID, &EC)]);
    let arn = provider_arn(ACCOUNT, place);
    let role = scene.role(&scene.root, "worker", &trust(&arn, ALL_ACTIONS, "{}"), None);
    let session = scene.assume_with(&role, json!({ "iss": url })).credentials();
    let keys = scene.keys(&scene.iam(&session, "ListUsers", &[]));
    assert_eq!(keys.get("aws:FederatedProvider"), Some(&vec![arn]));
}

#[test]
fn policies_of_the_role_may_ask_for_them() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let condition = format!(
        r#"{{"StringEquals":{{"{PLACE}:sub":"user-1","{PLACE}:aud":"{CLIENT}","aws:FederatedProvider":"{}"}},"ForAnyValue:StringEquals":{{"{PLACE}:amr":"otp"}}}}"#,
        provider_arn(ACCOUNT, PLACE)
    );
    may(
        &scene,
        "worker",
        &format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{condition}}}}}"#
        ),
    );
    let lists = |claims: Value| {
        let session = scene.assume_with(&role, claims).credentials();
        scene.iam(&session, "ListUsers", &[]).status
    };
    assert_eq!(lists(json!({ "amr": ["pwd", "otp"] })), 200);
    assert_eq!(lists(json!({ "amr": ["pwd"] })), 403);
    assert_eq!(lists(json!({ "amr": ["otp"], "sub": "user-2" })), 403);
}

/// A `Deny` that names the subject by a variable holds in the session as it does in the trust policy.
#[test]
fn the_subject_stands_in_for_a_variable() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let user = [
        ("UserName", "user-1"),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "user-1"),
    ];
    scene.iam(&scene.root, "CreateUser", &user).ok();
    let session = scene.assume_with(&role, json!({ "amr": ["otp"] })).credentials();
    let allow = r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}"#;
    let own = format!("arn:aws:iam::*:user/${{{PLACE}:sub}}");
    let owner = |operator: &str| {
        format!(
            r#""Resource":"*","Condition":{{"{operator}":{{"iam:ResourceTag/owner":"${{{PLACE}:sub}}"}}}}"#
        )
    };
    let (equals, differs) = (owner("StringEquals"), owner("StringNotEquals"));
    let several = format!(r#""Resource":"arn:aws:iam::*:user/user-1${{{PLACE}:amr}}""#);
    for (statements, status) in [
        (
            format!(r#"{{"Effect":"Allow","Action":"iam:GetUser","Resource":"{own}"}}"#),
            200,
        ),
        (
            format!(r#"{allow},{{"Effect":"Deny","Action":"iam:*","Resource":"{own}"}}"#),
            403,
        ),
        (
            format!(r#"{allow},{{"Effect":"Deny","Action":"iam:*",{equals}}}"#),
            403,
        ),
        (
            format!(r#"{{"Effect":"Allow","Action":"iam:GetUser",{equals}}}"#),
            200,
        ),
        (
            format!(r#"{{"Effect":"Allow","Action":"iam:GetUser",{differs}}}"#),
            403,
        ),
        // Several values may be there another time, so even one is none.
        (
            format!(r#"{{"Effect":"Allow","Action":"iam:GetUser",{several}}}"#),
            403,
        ),
    ] {
        may(
            &scene,
            "worker",
            &format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#),
        );
        let answer = scene.iam(&session, "GetUser", &[("UserName", "user-1")]);
        assert_eq!(answer.status, status, "{statements}: {}", answer.body);
    }
}

#[test]
fn a_role_assumed_from_it_lasts_an_hour_and_keeps_the_source_identity() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    may(&scene, "worker", ALL);
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:SetSourceIdentity"]}}"#;
    let next = scene.role(&scene.root, "next", trust, None);
    let parameters = [("RoleName", "next"), ("MaxSessionDuration", "43200")];
    scene.iam(&scene.root, "UpdateRole", &parameters).ok();
    let claims = json!({ "https://aws.amazon.com/source_identity": "alice" });
    let session = scene.assume_with(&role, claims).credentials();
    let assume = |seconds: &str| {
        let parameters = [
            ("RoleArn", next.as_str()),
            ("RoleSessionName", "next"),
            ("DurationSeconds", seconds),
        ];
        scene.sts(&session, "AssumeRole", &parameters)
    };
    let text =
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    assume("3601").fails(400, "ValidationError", text);
    let chained = assume("3600").ok();
    assert_eq!(chained.text("SourceIdentity"), "alice");
    // The provider vouched for the first role's user, not for what the role does next.
    let keys = scene.keys(&scene.iam(&chained.credentials(), "ListUsers", &[]));
    assert_eq!(keys.get("aws:FederatedProvider"), None);
    assert_eq!(keys.get(&format!("{PLACE}:sub")), None);
    assert_eq!(keys["aws:SourceIdentity"], ["alice"]);
}

#[test]
fn a_session_outlives_its_token_and_ends_by_itself() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let token = scene.token(json!({}));
    let session = scene.assume(&role, &token, &[]).credentials();
    scene.advance(301);
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    let now = scene.now().as_second();
    let text = format!(
        "Token expired: current date/time {now} must be before the expiration date/time {}",
        now - 1
    );
    scene
        .assume(&role, &token, &[])
        .fails(400, "ExpiredTokenException", &text);
    scene.advance(3299);
    assert_eq!(
        scene.sts(&session, "GetCallerIdentity", &[]).text("Code"),
        "ExpiredToken"
    );
}

#[test]
fn a_role_made_anew_is_another_role() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let session = scene.assume_with(&role, json!({})).credentials();
    scene
        .iam(&scene.root, "DeleteRole", &[("RoleName", "worker")])
        .ok();
    scene.open_role("worker");
    assert_eq!(
        scene.sts(&session, "GetCallerIdentity", &[]).text("Code"),
        "InvalidClientTokenId"
    );
    scene.assume_with(&role, json!({})).ok();
}

#[test]
fn the_log_of_a_later_request_tells_where_the_session_came_from() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let session = scene
        .assume_with(&role, json!({ "amr": ["pwd", "otp"] }))
        .credentials();
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    let context = &scene.record()["userIdentity"]["sessionContext"];
    let expected = json!({
        "federatedProvider": provider_arn(ACCOUNT, PLACE),
        "attributes": {
            format!("{PLACE}:aud"): CLIENT, format!("{PLACE}:sub"): "user-1", format!("{PLACE}:amr"): "pwd, otp",
        },
    });
    assert_eq!(context["webIdFederationData"], expected);
}

/// Sessions and tokens of before, of this provider alone, whether it is deleted and registered again or not.
#[test]
fn a_revocation_ends_what_the_provider_said_before() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let arn = provider_arn(ACCOUNT, PLACE);
    let session = scene.assume_with(&role, json!({})).credentials();
    let token = scene.token(json!({}));
    scene
        .provider(&scene.root, "https://other.example.com", &[CLIENT], &[])
        .ok();
    scene
        .revoke(&scene.root, &provider_arn(ACCOUNT, "other.example.com"))
        .ok();
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    scene.assume(&role, &token, &[]).ok();
    let other = scene.open_role("other");
    scene.revoke(&scene.root, &arn).ok();
    let refused = || {
        let identity = scene.sts(&session, "GetCallerIdentity", &[]);
        assert_eq!(identity.text("Code"), "ExpiredToken");
        for role in [&role, &other] {
            scene.assume(role, &token, &[]).fails(
                400,
                "InvalidIdentityToken",
                "The web identity token was issued before the time from which the provider's tokens are accepted.",
            );
        }
    };
    refused();
    let named = [("OpenIDConnectProviderArn", &*arn)];
    scene.iam(&scene.root, "DeleteOpenIDConnectProvider", &named).ok();
    let identity = scene.sts(&session, "GetCallerIdentity", &[]);
    assert_eq!(identity.text("Code"), "ExpiredToken");
    scene.provider(&scene.root, URL, &[CLIENT], &[]).ok();
    scene.publish(URL, &[(EC_ID, &EC)]);
    refused();
    scene.advance(1);
    refused();
    let later = scene.assume_with(&role, json!({})).credentials();
    scene.sts(&later, "GetCallerIdentity", &[]).ok();
}
