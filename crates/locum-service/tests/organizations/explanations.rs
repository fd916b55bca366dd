//! What a denial by the organization says (`facts: policy §2.6`, `sts §7.2`).

use serde_json::Value;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Answer, Credentials, FULL, MEMBER, RCP, SCP, Scene, deny_everybody, statement, trust,
};

fn explanation(scene: &Scene, by: &Credentials, denied: &Answer) -> Value {
    let message = denied.header("x-locum-authorization-message").unwrap();
    let answer = scene.sts(by, "DecodeAuthorizationMessage", &[("EncodedMessage", message)]);
    serde_json::from_str(&answer.ok().text("DecodedMessage")).unwrap()
}

#[test]
fn an_explicit_deny_names_the_policy() {
    let scene = Scene::new();
    let deny = scene.policy(SCP, "deny", &statement("Deny", "iam:ListUsers"));
    scene.attach(&deny, MEMBER);
    let answer = scene.iam(&scene.member, "ListUsers", &[]);
    let arn = format!(
        "arn:aws:organizations::{ACCOUNT}:policy/{}/service_control_policy/{deny}",
        scene.organization_id()
    );
    let resource = format!("arn:aws:iam::{MEMBER}:user/");
    answer.fails(
        403,
        "AccessDenied",
        &format!(
            "User: arn:aws:iam::{MEMBER}:root is not authorized to perform: iam:ListUsers on resource: {resource} with an \
             explicit deny in a service control policy: {arn}"
        ),
    );
    let decoded = explanation(&scene, &scene.member, &answer);
    assert_eq!(decoded["explicitDeny"], true);
    let told = &decoded["explanation"];
    assert_eq!(told["layer"], "service control policy");
    assert_eq!(told["policy"], arn.as_str());
    assert_eq!(told["statement"], 1);
    let path = format!("{}/{}/", scene.organization_id(), scene.root_id());
    let keys = decoded["context"]["conditions"]["items"].as_array().unwrap();
    for key in ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths"] {
        let found = keys.iter().find(|item| item["key"] == key).unwrap();
        assert_eq!(found["values"]["items"][0]["value"], path.as_str(), "{key}");
    }
}

#[test]
fn what_no_level_allows_says_so_and_what_would() {
    let scene = Scene::new();
    let conditional = r#"{"Version":"2012-10-17","Statement":{"Sid":"Tls","Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;
    let little = scene.policy(SCP, "little", conditional);
    scene.attach(&little, MEMBER);
    scene.detach(FULL, MEMBER);
    let answer = scene.iam(&scene.member, "ListUsers", &[]);
    assert!(
        answer
            .text("Message")
            .ends_with("because no service control policy allows the iam:ListUsers action"),
        "{}",
        answer.body
    );
    scene.attach(FULL, MEMBER);
    let told = &explanation(&scene, &scene.member, &answer)["explanation"];
    assert_eq!(told["layer"], "service control policy");
    assert!(told["policy"].as_str().unwrap().ends_with(&little), "{told}");
    assert!(
        told["reason"].as_str().unwrap().contains("aws:SecureTransport"),
        "{told}"
    );
}

#[test]
fn a_policy_that_is_named_like_one_of_the_organization_is_not_taken_for_it() {
    let scene = Scene::new();
    let innocent = scene.policy(SCP, "innocent", ALLOW_ALL);
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let document = statement("Deny", "iam:ListUsers");
    let parameters = [
        ("UserName", "alice"),
        ("PolicyName", &*innocent),
        ("PolicyDocument", &*document),
    ];
    scene.iam(&scene.member, "PutUserPolicy", &parameters).ok();
    let message = scene.iam(&user, "ListUsers", &[]).text("Message");
    assert!(
        message.ends_with("with an explicit deny in an identity-based policy"),
        "{message}"
    );
}

#[test]
fn the_owners_policies_are_told_to_the_owner_alone() {
    let scene = Scene::new();
    scene.enable(RCP);
    let nobody = scene.policy(RCP, "nobody", &deny_everybody("sts:AssumeRole", "{}"));
    scene.attach(&nobody, MEMBER);
    let role = scene.role(&scene.member, "worker", &trust("*"), None);
    let own = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let foreign = scene.user(&scene.other, "bob", Some(ALLOW_ALL));
    let told = explanation(&scene, &scene.member, &scene.assume(&own, &role));
    assert_eq!(told["explanation"]["layer"], "resource control policy");
    assert!(
        told["explanation"]["policy"]
            .as_str()
            .unwrap()
            .contains("/resource_control_policy/")
    );

    let told = explanation(&scene, &scene.other, &scene.assume(&foreign, &role));
    assert_eq!(told["explanation"]["layer"], "resource account");
    let text = told.to_string();
    assert!(
        !text.contains(&nobody) && !text.contains("aws:ResourceOrgPaths"),
        "{text}"
    );
    // The same as of an account that is not there.
    let nowhere = explanation(
        &scene,
        &scene.other,
        &scene.assume(&foreign, "arn:aws:iam::999900001111:role/worker"),
    );
    let without_account = |told: &Value| {
        told["explanation"]["reason"]
            .as_str()
            .unwrap()
            .replace(MEMBER, "")
            .replace("999900001111", "")
    };
    assert_eq!(without_account(&told), without_account(&nowhere));
    let keys = |told: &Value| told["context"]["conditions"]["items"].as_array().unwrap().len();
    assert_eq!(keys(&told), keys(&nowhere));
}
