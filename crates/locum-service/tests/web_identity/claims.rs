//! What a token may ask of its session: tags, a source identity, one of a list of roles.

use serde_json::{Value, json};

use super::scene::{ALL_ACTIONS, Answer, PLACE, Scene, equals};

const TAGS: &str = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
const ROLES: &str = "https://aws.amazon.com/roles";

fn bad_claim(answer: &Answer, claim: &str) {
    let text = format!("The value of the claim is not valid: {claim}");
    answer.fails(400, "InvalidIdentityToken", &text);
}

/// The condition keys that a session of this token has in what it does later.
fn later(scene: &Scene, role: &str, claims: Value) -> std::collections::BTreeMap<String, Vec<String>> {
    let session = scene.assume_with(role, claims).credentials();
    let denied = scene.iam(&session, "ListUsers", &[]);
    assert_eq!(denied.status, 403);
    scene.keys(&denied)
}

#[test]
fn tags_may_be_nested_or_flat() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let nested = json!({ TAGS: {
        "principal_tags": { "Team": ["blue"], "Cost": "7" }, "transitive_tag_keys": ["Team"],
    }});
    let flat = json!({
        format!("{TAGS}/principal_tags/Team"): "blue",
        format!("{TAGS}/principal_tags/Cost"): "7",
        format!("{TAGS}/transitive_tag_keys"): ["Team"],
    });
    for claims in [nested, flat] {
        let answer = scene.assume_with(&role, claims.clone()).ok();
        assert!(answer.text("PackedPolicySize").parse::<u32>().unwrap() > 0);
        let keys = later(&scene, &role, claims);
        assert_eq!(keys["aws:PrincipalTag/Team"], ["blue"]);
        assert_eq!(keys["aws:PrincipalTag/Cost"], ["7"]);
    }
}

#[test]
fn a_transitive_tag_goes_down_the_chain() {
    let scene = Scene::new();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}}"#;
    let next = scene.role(&scene.root, "next", trust, None);
    let worker = scene.open_role("worker");
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#;
    let inline = [
        ("RoleName", "worker"),
        ("PolicyName", "all"),
        ("PolicyDocument", all),
    ];
    scene.iam(&scene.root, "PutRolePolicy", &inline).ok();
    let claims = json!({ TAGS: {
        "principal_tags": { "Team": ["blue"], "Cost": ["7"] }, "transitive_tag_keys": ["Team"],
    }});
    let session = scene.assume_with(&worker, claims).credentials();
    let parameters = [("RoleArn", next.as_str()), ("RoleSessionName", "next")];
    let chained = scene.sts(&session, "AssumeRole", &parameters).credentials();
    let keys = scene.keys(&scene.iam(&chained, "ListUsers", &[]));
    assert_eq!(keys["aws:PrincipalTag/Team"], ["blue"]);
    assert_eq!(keys.get("aws:PrincipalTag/Cost"), None);
    let fixed = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "red")];
    let answer = scene.sts(
        &session,
        "AssumeRole",
        &[parameters[0], parameters[1], fixed[0], fixed[1]],
    );
    assert_eq!(
        (answer.status, answer.text("Code")),
        (400, "InvalidParameterValue".to_owned())
    );
}

#[test]
fn tags_are_held_to_what_a_request_may_pass() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let with = |tags: Value| scene.assume_with(&role, json!({ TAGS: tags }));
    for tags in [
        json!("Team"),
        json!({ "principal_tags": ["Team"] }),
        json!({ "principal_tags": { "Team": ["blue", "red"] } }),
        json!({ "principal_tags": { "Team": [] } }),
        json!({ "principal_tags": { "Team": 7 } }),
        json!({ "principal_tags": { "": ["blue"] } }),
        json!({ "principal_tags": { "Te*m": ["blue"] } }),
        json!({ "principal_tags": { "Team": ["bl*ue"] } }),
        json!({ "principal_tags": { "k".repeat(129): ["blue"] } }),
        json!({ "principal_tags": { "Team": ["v".repeat(257)] } }),
        json!({ "principal_tags": { "Team": ["blue"] }, "transitive_tag_keys": "Team" }),
        json!({ "principal_tags": (0..51).map(|n| (n.to_string(), json!(["v"]))).collect::<serde_json::Map<_, _>>() }),
    ] {
        bad_claim(&with(tags), TAGS);
    }
    let twice = json!({
        TAGS: { "principal_tags": { "Team": ["blue"] } }, format!("{TAGS}/principal_tags/TEAM"): "red",
    });
    let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    scene
        .assume_with(&role, twice)
        .fails(400, "InvalidParameterValue", text);
    let text = "The specified transitive tag key must be included in the requested tags.";
    with(json!({ "transitive_tag_keys": ["Team"] })).fails(400, "InvalidParameterValue", text);
    let text = "The tag key aws:x is reserved: it begins with aws:.";
    with(json!({ "principal_tags": { "aws:x": ["blue"] } })).fails(400, "InvalidParameterValue", text);
    let most = (0..50)
        .map(|n| (n.to_string(), json!(["v"])))
        .collect::<serde_json::Map<_, _>>();
    with(json!({ "principal_tags": most })).ok();
    let large = (0..50)
        .map(|n| (n.to_string(), json!(["v".repeat(256)])))
        .collect::<serde_json::Map<_, _>>();
    let answer = with(json!({ "principal_tags": large }));
    assert_eq!(
        (answer.status, answer.text("Code")),
        (400, "PackedPolicyTooLarge".to_owned())
    );
}

#[test]
fn tags_can_be_asked_for() {
    let scene = Scene::new();
    let condition = r#"{"StringEquals":{"aws:RequestTag/Team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["Team"],"sts:TransitiveTagKeys":["Team"]}}"#;
    let role = scene.trusting("worker", ALL_ACTIONS, condition);
    let tagged = |tags: Value, transitive: Value| {
        scene
            .assume_with(
                &role,
                json!({ TAGS: { "principal_tags": tags, "transitive_tag_keys": transitive } }),
            )
            .status
    };
    assert_eq!(tagged(json!({ "Team": ["blue"] }), json!(["Team"])), 200);
    assert_eq!(tagged(json!({ "Team": ["blue"] }), json!([])), 200);
    assert_eq!(tagged(json!({ "Team": ["red"] }), json!([])), 403);
    assert_eq!(tagged(json!({ "Team": ["blue"], "Cost": ["7"] }), json!([])), 403);
    assert_eq!(tagged(json!({}), json!([])), 403);
}

#[test]
fn a_source_identity_stays_with_the_session() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let answer = scene.assume_with(&role, json!({ SOURCE_IDENTITY: "alice" })).ok();
    assert_eq!(answer.text("SourceIdentity"), "alice");
    let keys = later(&scene, &role, json!({ SOURCE_IDENTITY: "alice" }));
    assert_eq!(keys["aws:SourceIdentity"], ["alice"]);
    for bad in [
        json!("a"),
        json!("a b"),
        json!("aws:alice"),
        json!("a".repeat(65)),
        json!(7),
        json!(["alice"]),
    ] {
        bad_claim(
            &scene.assume_with(&role, json!({ SOURCE_IDENTITY: bad })),
            SOURCE_IDENTITY,
        );
    }
    let only = scene.trusting("only", ALL_ACTIONS, &equals("sts:SourceIdentity", "alice"));
    scene.assume_with(&only, json!({ SOURCE_IDENTITY: "alice" })).ok();
    assert_eq!(
        scene.assume_with(&only, json!({ SOURCE_IDENTITY: "bob" })).status,
        403
    );
    assert_eq!(scene.assume_with(&only, json!({})).status, 403);
}

#[test]
fn a_token_may_be_for_some_roles_only() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let other = "arn:aws:iam::111122223333:role/other";
    for roles in [
        json!([other, role]),
        json!(role),
        json!(format!("{other}; {role}")),
    ] {
        scene.assume_with(&role, json!({ ROLES: roles })).ok();
    }
    let text = "The token does not authorize the requested role";
    for roles in [
        json!([other]),
        json!([]),
        json!(""),
        json!("*"),
        json!("arn:aws:iam::111122223333:role/*"),
        json!("arn:aws:iam::111122223333:role/Worker"),
        json!(format!("{role}/")),
    ] {
        let answer = scene.assume_with(&role, json!({ ROLES: roles }));
        answer.fails(400, "InvalidIdentityToken", text);
        // The role is judged after the token, so one that is not there answers alike.
        let absent = "arn:aws:iam::111122223333:role/absent";
        scene
            .assume_with(absent, json!({ ROLES: roles }))
            .fails(400, "InvalidIdentityToken", text);
    }
    for roles in [json!(7), json!([7]), json!({ "a": "b" })] {
        bad_claim(&scene.assume_with(&role, json!({ ROLES: roles })), ROLES);
    }
}

#[test]
fn whether_the_issuer_named_the_role_can_be_asked_for() {
    let scene = Scene::new();
    let action = r#""sts:AssumeRoleWithWebIdentity""#;
    let named = scene.trusting("named", action, r#"{"Bool":{"sts:RoleAuthorizedByIdp":"true"}}"#);
    let unnamed = scene.trusting(
        "unnamed",
        action,
        r#"{"Bool":{"sts:RoleAuthorizedByIdp":"false"}}"#,
    );
    scene.assume_with(&named, json!({ ROLES: [named] })).ok();
    assert_eq!(scene.assume_with(&named, json!({})).status, 403);
    scene.assume_with(&unnamed, json!({})).ok();
    assert_eq!(
        scene.assume_with(&unnamed, json!({ ROLES: [unnamed] })).status,
        403
    );
    let keys = scene.keys(&scene.assume_with(&named, json!({})));
    assert_eq!(keys["sts:RoleAuthorizedByIdp"], ["false"]);
    assert_eq!(keys[&format!("{PLACE}:sub")], ["user-1"]);
}
