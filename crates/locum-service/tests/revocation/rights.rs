//! Which policies allow it, and which deny it.

use serde_json::json;

use super::scene::{ALLOW_ALL, Credentials, OTHER, ROLE, Scene, USER, refused};
use crate::harness::SCP;

fn policy(effect: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}}}"#
    )
}

#[track_caller]
fn denied(scene: &Scene, who: &Credentials, arn: &str) -> String {
    let answer = scene.revoke(who, arn);
    let (status, code, message) = refused(&answer);
    assert_eq!((status, &*code), (403, "AccessDenied"), "{message}");
    assert!(answer.header("x-locum-authorization-message").is_some());
    message
}

#[test]
fn the_action_on_the_principal_is_what_allows_it() {
    for (action, resource, allowed) in [
        ("locum:RevokeSessions", ROLE, true),
        ("locum:RevokeSessions", "*", true),
        ("locum:Revoke*", "arn:aws:iam::111122223333:role/*", true),
        ("locum:RevokeSessions", USER, false),
        (
            "locum:RevokeSessions",
            "arn:aws:iam::444455556666:role/worker",
            false,
        ),
        ("locum:ApplyTransaction", "*", false),
        ("iam:*", "*", false),
        ("sts:*", "*", false),
    ] {
        let scene = Scene::new();
        let document = policy("Allow", action, resource);
        let caller = scene.user(&scene.root, "caller", Some(&document));
        let session = scene.assumed();
        if allowed {
            scene.revoke(&caller, ROLE).ok();
        } else {
            let message = denied(&scene, &caller, ROLE);
            let text = "User: arn:aws:iam::111122223333:user/caller is not authorized to perform: locum:RevokeSessions \
                        on resource: arn:aws:iam::111122223333:role/worker because no identity-based policy allows \
                        the locum:RevokeSessions action";
            assert_eq!(message, text);
        }
        assert_eq!(scene.lives(&session), !allowed, "{action} on {resource}");
    }
}

/// Nobody's own sessions are an exception.
#[test]
fn nobody_may_by_himself() {
    let scene = Scene::new();
    let caller = scene.user(&scene.root, "caller", None);
    denied(&scene, &caller, "arn:aws:iam::111122223333:user/caller");
    denied(&scene, &caller, "arn:aws:iam::111122223333:root");
}

/// On AWS it takes `iam:PutRolePolicy` to end the sessions of others, and who allowed everything but IAM did not give that.
#[test]
fn everything_but_iam_is_not_enough() {
    let but_iam =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}"#;
    let scene = Scene::new();
    let victim = scene.assumed();
    let caller = scene.user(&scene.root, "caller", Some(but_iam));
    let message = denied(&scene, &caller, ROLE);
    assert!(message.contains("no identity-based policy"), "{message}");

    let assume = [
        ("RoleArn", ROLE),
        ("RoleSessionName", "limited"),
        ("Policy", but_iam),
    ];
    let limited = scene.sts(&scene.alice, "AssumeRole", &assume).credentials();
    assert!(denied(&scene, &limited, ROLE).contains("no session policy"));
    assert!(scene.lives(&victim));
}

#[test]
fn every_layer_can_deny() {
    let scene = Scene::new();
    let deny = policy("Deny", "locum:RevokeSessions", "*");
    let reading = policy("Allow", "iam:*", "*");
    let victim = scene.assumed();

    let bounded = scene.user(&scene.root, "bounded", Some(ALLOW_ALL));
    let boundary = [("PolicyName", "bounds"), ("PolicyDocument", &*reading)];
    let boundary = scene.iam(&scene.root, "CreatePolicy", &boundary).ok().text("Arn");
    let bound = [("UserName", "bounded"), ("PermissionsBoundary", &*boundary)];
    scene.iam(&scene.root, "PutUserPermissionsBoundary", &bound).ok();
    assert!(denied(&scene, &bounded, ROLE).contains("permissions boundary"));

    let assume = [
        ("RoleArn", ROLE),
        ("RoleSessionName", "limited"),
        ("Policy", &*reading),
    ];
    let limited = scene.sts(&scene.alice, "AssumeRole", &assume).credentials();
    assert!(denied(&scene, &limited, ROLE).contains("session policy"));

    // A tag of the principal that is to be revoked.
    let tagged = [
        ("RoleName", "worker"),
        ("Tags.member.1.Key", "guarded"),
        ("Tags.member.1.Value", "yes"),
    ];
    scene.iam(&scene.root, "TagRole", &tagged).ok();
    for key in ["aws:ResourceTag/guarded", "iam:ResourceTag/guarded"] {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny","Action":"locum:*","Resource":"*","Condition":{{"StringEquals":{{"{key}":"yes"}}}}}}]}}"#
        );
        let name = key.split(':').next().unwrap();
        let guarded = scene.user(&scene.root, name, Some(&document));
        assert!(denied(&scene, &guarded, ROLE).contains("explicit deny"));
        scene.revoke(&guarded, "arn:aws:iam::111122223333:root").ok();
    }

    // Not even the root user of a member account gets past the organization.
    let member = scene.other_account(OTHER);
    let theirs = scene.user(&member, "theirs", Some(ALLOW_ALL));
    let control = scene.control_policy(SCP, "no-revocation", &deny);
    scene.attach(&control, OTHER);
    for who in [&member, &theirs] {
        let message = denied(&scene, who, "arn:aws:iam::444455556666:user/theirs");
        assert!(message.contains("service control policy"), "{message}");
    }
    scene.detach(&control, OTHER);
    scene
        .revoke(&theirs, "arn:aws:iam::444455556666:user/theirs")
        .ok();
    assert!(scene.lives(&victim));
}

/// Neither who may nor who may not learns what another account has.
#[test]
fn another_account_is_a_closed_book() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    scene.user(&other, "there", Some(ALLOW_ALL));
    let session = scene.session_of(&scene.alice);
    let nobody = scene.user(&scene.root, "nobody", None);
    let tags = [
        ("UserName", "there"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    scene.iam(&other, "TagUser", &tags).ok();
    for who in [&scene.root, &scene.alice, &nobody] {
        let ask = |account: &str, name: &str| {
            let body = json!({ "PrincipalArn": format!("arn:aws:iam::{account}:user/{name}") });
            let answer = scene.ask(who, &body);
            let length = answer
                .header("x-locum-authorization-message")
                .map(|message| message.len());
            let text = answer.body.replace(account, "ACCOUNT").replace(name, "NAME");
            (answer.status, text, length)
        };
        let there = ask(OTHER, "there");
        assert_ne!(there.0, 200);
        assert_eq!(there, ask(OTHER, "where"));
        assert_eq!(there, ask("999999999999", "where"));
    }
    // Nor does it reach over from there.
    assert_eq!(refused(&scene.revoke(&other, USER)).1, "NoSuchEntity");
    assert!(scene.lives(&session));
}
