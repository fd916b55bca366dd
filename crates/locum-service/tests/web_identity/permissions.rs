//! Tags and a source identity need permissions of their own (`facts: sts §4.1`).

use serde_json::{Value, json};

use super::scene::{DENIED, Scene};

fn claims(tags: bool, source_identity: bool) -> Value {
    let mut claims = json!({});
    if tags {
        claims["https://aws.amazon.com/tags"] = json!({ "principal_tags": { "Team": ["blue"] } });
    }
    if source_identity {
        claims["https://aws.amazon.com/source_identity"] = json!("alice");
    }
    claims
}

#[test]
fn each_needs_its_own_action() {
    let scene = Scene::new();
    let (assume, tag, identity) = (
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    );
    let both = [true, false];
    for (number, allowed) in [
        vec![assume],
        vec![tag, identity],
        vec![assume, tag],
        vec![assume, identity],
        vec![assume, tag, identity],
        vec!["sts:AssumeRole", tag, identity],
        vec!["sts:AssumeRoleWithSAML", tag, identity],
        vec!["sts:*"],
    ]
    .into_iter()
    .enumerate()
    {
        let role = scene.trusting(&format!("role-{number}"), &json!(allowed).to_string(), "{}");
        let may = |action: &str| allowed.contains(&action) || allowed.contains(&"sts:*");
        for (tags, source_identity) in both.into_iter().flat_map(|a| both.map(|b| (a, b))) {
            let answer = scene.assume_with(&role, claims(tags, source_identity));
            let expected = may(assume) && (!tags || may(tag)) && (!source_identity || may(identity));
            if expected {
                answer.ok();
            } else {
                // Whichever action is missing, the sentence is the same.
                answer.fails(403, "AccessDenied", DENIED);
            }
        }
    }
}

#[test]
fn a_denial_in_the_trust_policy_wins() {
    let scene = Scene::new();
    let provider = super::scene::provider_arn(super::scene::ACCOUNT, super::scene::PLACE);
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:*"}},
            {{"Effect":"Deny","Principal":{{"AWS":"*"}},"Action":"sts:TagSession"}},
            {{"Effect":"Deny","Principal":{{"Federated":"{provider}"}},"Action":"sts:*","Condition":{{"StringEquals":{{"{place}:sub":"mallory"}}}}}}
        ]}}"#,
        place = super::scene::PLACE
    );
    let role = scene.role(&scene.root, "worker", &trust, None);
    scene.assume_with(&role, json!({})).ok();
    for claims in [claims(true, false), json!({ "sub": "mallory" })] {
        scene
            .assume_with(&role, claims)
            .fails(403, "AccessDenied", DENIED);
    }
}

#[test]
fn only_this_provider_is_trusted_by_its_arn() {
    let scene = Scene::new();
    let account = super::scene::ACCOUNT;
    scene
        .provider(&scene.root, "https://other.example.com", &["client-1"], &[])
        .ok();
    for (name, principal) in [
        ("account", format!(r#"{{"AWS":"{account}"}}"#)),
        ("aws-star", r#"{"AWS":"*"}"#.to_owned()),
        (
            "other",
            format!(r#"{{"Federated":"arn:aws:iam::{account}:oidc-provider/other.example.com"}}"#),
        ),
        ("host", r#"{"Federated":"idp.example.com"}"#.to_owned()),
        (
            "parent",
            format!(r#"{{"Federated":"arn:aws:iam::{account}:oidc-provider/idp.example.com/realms"}}"#),
        ),
        (
            "case",
            format!(r#"{{"Federated":"arn:aws:iam::{account}:oidc-provider/idp.example.com/realms/A"}}"#),
        ),
        (
            "saml",
            format!(r#"{{"Federated":"arn:aws:iam::{account}:saml-provider/idp"}}"#),
        ),
        (
            "partition",
            format!(r#"{{"Federated":"arn:aws-cn:iam::{account}:oidc-provider/idp.example.com/realms/a"}}"#),
        ),
    ] {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{principal},"Action":"sts:*"}}}}"#
        );
        let role = scene.role(&scene.root, name, &trust, None);
        scene
            .assume_with(&role, json!({}))
            .fails(403, "AccessDenied", DENIED);
    }
}
