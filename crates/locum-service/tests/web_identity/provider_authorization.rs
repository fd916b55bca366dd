//! Who may do what with OpenID Connect providers.

use serde_json::{Value, json};

use super::scene::{ACCOUNT, PLACE, Scene, provider_arn};

/// Every operation on a provider that exists, with what it needs, and its action.
fn operations(arn: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let named = ("OpenIDConnectProviderArn", arn.to_owned());
    let own = |text: &str| text.to_owned();
    vec![
        ("GetOpenIDConnectProvider", vec![named.clone()]),
        (
            "AddClientIDToOpenIDConnectProvider",
            vec![named.clone(), ("ClientID", own("a"))],
        ),
        (
            "RemoveClientIDFromOpenIDConnectProvider",
            vec![named.clone(), ("ClientID", own("a"))],
        ),
        (
            "UpdateOpenIDConnectProviderThumbprint",
            vec![named.clone(), ("ThumbprintList.member.1", "a".repeat(40))],
        ),
        (
            "TagOpenIDConnectProvider",
            vec![
                named.clone(),
                ("Tags.member.1.Key", own("Team")),
                ("Tags.member.1.Value", own("blue")),
            ],
        ),
        ("ListOpenIDConnectProviderTags", vec![named.clone()]),
        (
            "UntagOpenIDConnectProvider",
            vec![named.clone(), ("TagKeys.member.1", own("none"))],
        ),
        ("DeleteOpenIDConnectProvider", vec![named]),
    ]
}

fn borrow<'a>(parameters: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn policy(statement: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
}

#[test]
fn each_operation_is_an_action_on_the_providers_arn() {
    let scene = Scene::new();
    let arn = provider_arn(ACCOUNT, PLACE);
    let nobody = scene.user(&scene.root, "nobody", None);
    for (operation, parameters) in operations(&arn) {
        let answer = scene.iam(&nobody, operation, &borrow(&parameters));
        let text = format!(
            "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:{operation} on resource: {arn} \
             because no identity-based policy allows the iam:{operation} action"
        );
        answer.fails(403, "AccessDenied", &text);
        // One that is not there answers alike.
        let absent = provider_arn(ACCOUNT, "absent.example.com");
        let named: Vec<_> = [("OpenIDConnectProviderArn", absent.as_str())]
            .into_iter()
            .chain(borrow(&parameters).into_iter().skip(1))
            .collect();
        let answer = scene.iam(&nobody, operation, &named);
        answer.fails(403, "AccessDenied", &text.replace(&arn, &absent));
    }
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:ListOpenIDConnectProviders on \
         resource: * because no identity-based policy allows the iam:ListOpenIDConnectProviders action"
    );
    scene
        .iam(&nobody, "ListOpenIDConnectProviders", &[])
        .fails(403, "AccessDenied", &text);
    let created = provider_arn(ACCOUNT, "a.example.com");
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: iam:CreateOpenIDConnectProvider on \
         resource: {created} because no identity-based policy allows the iam:CreateOpenIDConnectProvider action"
    );
    scene
        .provider(&nobody, "https://a.example.com", &[], &[])
        .fails(403, "AccessDenied", &text);
    // Not even that the URL is another's already.
    let taken = text.replace("a.example.com", PLACE);
    scene
        .provider(&nobody, super::scene::URL, &[], &[])
        .fails(403, "AccessDenied", &taken);

    let somebody = scene.user(
        &scene.root,
        "somebody",
        Some(&policy(json!({
            "Effect": "Allow", "Action": "iam:*OpenIDConnectProvider*", "Resource": arn,
        }))),
    );
    for (operation, parameters) in operations(&arn) {
        scene.iam(&somebody, operation, &borrow(&parameters)).ok();
    }
    assert_eq!(
        scene
            .provider(&somebody, "https://a.example.com", &[], &[])
            .status,
        403
    );
}

#[test]
fn tagging_at_creation_is_an_action_of_its_own() {
    let scene = Scene::new();
    let creator = scene.user(
        &scene.root,
        "creator",
        Some(&policy(json!({
            "Effect": "Allow", "Action": "iam:CreateOpenIDConnectProvider", "Resource": "*",
        }))),
    );
    let parameters = [
        ("Url", "https://a.example.com"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let answer = scene.iam(&creator, "CreateOpenIDConnectProvider", &parameters);
    assert_eq!(answer.status, 403);
    assert!(
        answer.text("Message").contains("iam:TagOpenIDConnectProvider"),
        "{}",
        answer.body
    );
    scene
        .iam(&creator, "CreateOpenIDConnectProvider", &parameters[..1])
        .ok();
}

#[test]
fn tags_decide() {
    let scene = Scene::new();
    let arn = provider_arn(ACCOUNT, PLACE);
    let requested = scene.user(&scene.root, "requested", Some(&policy(json!({
        "Effect": "Allow", "Action": "iam:*", "Resource": "*",
        "Condition": {
            "StringEquals": { "aws:RequestTag/Team": "blue" }, "ForAllValues:StringEquals": { "aws:TagKeys": ["Team"] },
        },
    }))));
    let tag = |key: &str, value: &str| {
        let parameters = [
            ("OpenIDConnectProviderArn", arn.as_str()),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
        ];
        scene
            .iam(&requested, "TagOpenIDConnectProvider", &parameters)
            .status
    };
    assert_eq!(tag("Team", "red"), 403);
    assert_eq!(tag("Cost", "blue"), 403);
    let owned = scene.user(&scene.root, "owned", Some(&policy(json!({
        "Effect": "Allow", "Action": "iam:*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:ResourceTag/Team": "blue", "iam:ResourceTag/Team": "blue" } },
    }))));
    let named = [("OpenIDConnectProviderArn", arn.as_str())];
    assert_eq!(scene.iam(&owned, "GetOpenIDConnectProvider", &named).status, 403);
    assert_eq!(tag("Team", "blue"), 200);
    scene.iam(&owned, "GetOpenIDConnectProvider", &named).ok();
    let untag = scene.user(
        &scene.root,
        "untag",
        Some(&policy(json!({
            "Effect": "Allow", "Action": "iam:UntagOpenIDConnectProvider", "Resource": "*",
            "Condition": { "ForAllValues:StringEquals": { "aws:TagKeys": ["Cost"] } },
        }))),
    );
    let remove = |key: &str| {
        let parameters = [named[0], ("TagKeys.member.1", key)];
        scene
            .iam(&untag, "UntagOpenIDConnectProvider", &parameters)
            .status
    };
    assert_eq!(remove("Team"), 403);
    assert_eq!(remove("Cost"), 200);
}
