//! Making something with tags: two rights, one to make it and one to tag it.

use serde_json::{Value, json};

use super::scene::{ACCOUNT, ALLOW_ALL, Credentials, MEMBER, SCP, Scene, refused, statement};

/// What makes something with a tag and what is made, in the words of an ARN.
fn creations(scene: &Scene) -> [(&'static str, Value, &'static str); 3] {
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    [
        (
            "CreateAccount",
            json!({ "Email": "new@example.com", "AccountName": "new", "Tags": tags }),
            "account",
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": scene.root_id(), "Name": "new", "Tags": tags }),
            "ou",
        ),
        (
            "CreatePolicy",
            json!({ "Type": SCP, "Name": "new", "Description": "", "Content": ALLOW_ALL, "Tags": tags }),
            "policy",
        ),
    ]
}

/// A user who may do one action, and tag what is allowed so.
fn tagger(scene: &Scene, name: &str, action: &str, tagging: &Value) -> Credentials {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": format!("organizations:{action}"), "Resource": "*" },
            tagging,
        ],
    });
    scene.user(&scene.root, name, Some(&document.to_string()))
}

#[test]
fn what_is_made_with_tags_needs_the_right_to_tag_it() {
    let scene = Scene::new();
    let organization = scene.organization_id();
    for (action, mut body, kind) in creations(&scene) {
        let may_tag = |resource: &str, key: &str, value: &str| {
            json!({
                "Effect": "Allow",
                "Action": "organizations:TagResource",
                "Resource": resource,
                "Condition": { "StringEquals": { key: value } },
            })
        };
        let arn = format!("arn:aws:organizations::{ACCOUNT}:{kind}/{organization}/*");
        let tag = "aws:RequestTag/team";
        let other = format!("arn:aws:organizations::{ACCOUNT}:root/*");
        for (name, tagging) in [
            ("value", may_tag("*", tag, "b")),
            ("resource", may_tag(&other, tag, "a")),
            (
                "the-tags-of-what-is-there",
                may_tag(&arn, "aws:ResourceTag/team", "a"),
            ),
        ] {
            let who = tagger(&scene, &format!("{action}-{name}"), action, &tagging);
            let message = refused(
                &scene.organizations(&who, action, &body),
                "AccessDeniedException",
                None,
            );
            let denied = format!(
                "perform: organizations:TagResource on resource: {}",
                arn.trim_end_matches('*')
            );
            assert!(message.contains(&denied), "{action} {name}: {message}");
        }
        let who = tagger(
            &scene,
            &format!("{action}-right"),
            action,
            &may_tag(&arn, tag, "a"),
        );
        scene.organizations(&who, action, &body).ok();
        // Without tags there is nothing to tag.
        let members = body.as_object_mut().unwrap();
        members.remove("Tags");
        for (name, value) in [("Email", "another@example.com"), ("Name", "another")] {
            if let Some(member) = members.get_mut(name) {
                *member = value.into();
            }
        }
        let who = tagger(
            &scene,
            &format!("{action}-untagged"),
            action,
            &may_tag("*", tag, "b"),
        );
        scene.organizations(&who, action, &body).ok();
    }
}

#[test]
fn the_tags_of_a_request_hold_what_makes_back() {
    let scene = Scene::new();
    for (action, body, _) in creations(&scene) {
        for (value, status) in [("b", 400), ("a", 200)] {
            let document = json!({
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": format!("organizations:{action}"),
                        "Resource": "*",
                        "Condition": { "StringEquals": { "aws:RequestTag/team": value } },
                    },
                    { "Effect": "Allow", "Action": "organizations:TagResource", "Resource": "*" },
                ],
            });
            let who = scene.user(
                &scene.root,
                &format!("{action}-{value}"),
                Some(&document.to_string()),
            );
            let answer = scene.organizations(&who, action, &body);
            assert_eq!(answer.status, status, "{action} {value}: {}", answer.body);
        }
    }
}

#[test]
fn whether_an_address_is_known_is_not_told_to_who_may_not_tag() {
    let scene = Scene::new();
    let known = format!("{MEMBER}@example.com");
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    let body = json!({ "Email": known, "AccountName": "new", "Tags": tags });
    let who = scene.user(
        &scene.root,
        "maker",
        Some(&statement("Allow", "organizations:CreateAccount")),
    );
    let answer = scene.organizations(&who, "CreateAccount", &body);
    let message = refused(&answer, "AccessDeniedException", None);
    assert!(
        message.contains("perform: organizations:TagResource"),
        "{message}"
    );
    let listed = scene.done("ListCreateAccountStatus", &json!({}));
    assert_eq!(listed["CreateAccountStatuses"], json!([]));
}

#[test]
fn the_type_of_a_policy_holds_back_who_makes_it_with_tags() {
    let scene = Scene::new();
    let [.., (action, body, _)] = creations(&scene);
    for (policy_type, status) in [(SCP, 400), ("TAG_POLICY", 200)] {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Action": "organizations:*", "Resource": "*" },
                {
                    "Effect": "Deny",
                    "Action": "organizations:TagResource",
                    "Resource": "*",
                    "Condition": { "StringEquals": { "organizations:PolicyType": policy_type } },
                },
            ],
        });
        let who = scene.user(&scene.root, policy_type, Some(&document.to_string()));
        let answer = scene.organizations(&who, action, &body);
        assert_eq!(answer.status, status, "{policy_type}: {}", answer.body);
    }
}
