//! What a session knows of its provider's user, and for how long it lasts.

use super::{
    idp::Said,
    scene::{ACCOUNT, Scene, register, trust},
};

/// A condition on the later requests of Alice's session; whether it holds.
#[test]
fn three_keys_live_on_in_the_session() {
    let scene = Scene::new();
    for (at, (condition, holds)) in [
        (r#"{"StringEquals":{"saml:sub":"alice@example.com"}}"#, true),
        (r#"{"StringEquals":{"saml:sub_type":"persistent"}}"#, true),
        (
            r#"{"StringEquals":{"saml:namequalifier":"w9623T/DM68QqX6yODhgW5uvh0U="}}"#,
            true,
        ),
        (r#"{"StringEquals":{"saml:sub":"bob@example.com"}}"#, false),
        // It has one value, so it can be a variable's.
        (r#"{"StringLike":{"saml:sub":"${saml:sub}"}}"#, true),
        (r#"{"StringNotEquals":{"saml:sub":"${saml:sub}"}}"#, false),
        (
            r#"{"Null":{"saml:iss":"true","saml:aud":"true","saml:doc":"true","saml:cn":"true"}}"#,
            true,
        ),
        (r#"{"Null":{"aws:FederatedProvider":"true"}}"#, true),
        (r#"{"StringEquals":{"aws:SourceIdentity":"alice"}}"#, true),
        (r#"{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#, true),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#, true),
        (
            r#"{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/r8"}}"#,
            false,
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/r12"}}"#,
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{condition}}}}}"#
        );
        let name = format!("r{at}");
        let role = scene.role(&scene.root, &name, &trust(&scene.provider), Some(&document));
        let said = Said::new(scene.now(), &[format!("{role},{}", scene.provider)]);
        let said = said.id(&format!("_{at}")).but(|said| {
            said.aws("SourceIdentity", &["alice"]);
            said.aws("PrincipalTag:team", &["blue"]);
            said.set("urn:oid:2.5.4.3", &["Alice"]);
        });
        let session = scene.ask_for(&role, &said).credentials();
        let answer = scene.iam(&session, "ListUsers", &[]);
        assert_eq!(
            answer.status,
            if holds { 200 } else { 403 },
            "{condition}: {}",
            answer.body
        );
    }
}

/// Transitive tags and the source identity go on to the next role, and what the provider said does not.
#[test]
fn what_goes_on_to_the_next_role() {
    let scene = Scene::new();
    let said = scene.said().but(|said| {
        said.aws("SourceIdentity", &["alice"]);
        said.aws("PrincipalTag:team", &["blue"]);
        said.aws("PrincipalTag:cost", &["42"]);
        said.aws("TransitiveTagKeys", &["team"]);
    });
    let session = scene.ask(&said).credentials();
    let trusting = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}}}"#,
        scene.role
    );
    let seeing = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue","aws:SourceIdentity":"alice"},"Null":{"aws:PrincipalTag/cost":"true","saml:sub":"true"}}}}"#;
    let onward = scene.role(&scene.root, "onward", &trusting, Some(seeing));
    let parameters = [("RoleArn", onward.as_str()), ("RoleSessionName", "onward")];
    let next = scene.sts(&session, "AssumeRole", &parameters).credentials();
    scene.iam(&next, "ListUsers", &[]).ok();
}

/// As on AWS: deletion keeps new users out, and lets sessions run out.
#[test]
fn sessions_outlive_their_provider() {
    let scene = Scene::new();
    let session = scene.ask(&scene.said()).credentials();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    scene.iam(&session, "ListUsers", &[]).ok();
    let answer = scene.ask(&scene.said().id("_2"));
    assert!(
        answer
            .text("Message")
            .starts_with("Specified provider doesn't exist")
    );
    scene.advance(3600);
    assert_eq!(scene.iam(&session, "ListUsers", &[]).text("Code"), "ExpiredToken");
}

/// The sessions of a provider that was revoked are not let in any more, the later ones are.
#[test]
fn a_revocation_ends_sessions() {
    let scene = Scene::new();
    let other = register(&scene, &scene.root, "other", &scene.idp);
    let session = scene.ask(&scene.said()).credentials();
    scene.advance(10);
    scene.revoke(&scene.root, &other).ok();
    scene.iam(&session, "ListUsers", &[]).ok();
    scene.revoke(&scene.root, &scene.provider).ok();
    assert_eq!(scene.iam(&session, "ListUsers", &[]).text("Code"), "ExpiredToken");
    scene.advance(1);
    let session = scene.ask(&scene.said().id("_2")).credentials();
    scene.iam(&session, "ListUsers", &[]).ok();
}

/// Deletion alone lets sessions run out; after a revocation it does not bring them back, nor does a namesake.
#[test]
fn a_revocation_outlives_the_provider() {
    let scene = Scene::new();
    let session = scene.ask(&scene.said()).credentials();
    let ended = || assert_eq!(scene.iam(&session, "ListUsers", &[]).text("Code"), "ExpiredToken");
    scene.revoke(&scene.root, &scene.provider).ok();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    ended();
    register(&scene, &scene.root, "idp", &scene.idp);
    ended();
    // What is kept of deleted providers is kept for a day, and what is kept of others for good.
    let kept = || {
        let account = scene.snapshot().account(scene.account).unwrap().clone();
        let providers = account.provider_revocations.iter();
        providers.map(|of| of.provider.to_string()).collect::<Vec<_>>()
    };
    let second = register(&scene, &scene.root, "second", &scene.idp);
    let third = register(&scene, &scene.root, "third", &scene.idp);
    scene.revoke(&scene.root, &second).ok();
    let second_named = [("SAMLProviderArn", second.as_str())];
    scene.iam(&scene.root, "DeleteSAMLProvider", &second_named).ok();
    scene.advance(24 * 3600);
    scene.revoke(&scene.root, &third).ok();
    assert_eq!(kept(), [&*scene.provider, &*second, &*third]);
    scene.advance(1);
    scene.revoke(&scene.root, &third).ok();
    assert_eq!(kept(), [&*scene.provider, &*third]);
}

#[test]
fn what_the_record_of_a_later_call_says() {
    let scene = Scene::new();
    let session = scene
        .ask(&scene.said().but(|said| said.aws("SourceIdentity", &["alice"])))
        .credentials();
    scene.iam(&session, "ListUsers", &[]).ok();
    let record = scene.records().pop().unwrap();
    let identity = &record["userIdentity"];
    assert_eq!(identity["type"], "AssumedRole");
    assert_eq!(
        identity["arn"],
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/alice")
    );
    assert_eq!(identity["sessionContext"]["sourceIdentity"], "alice");
    assert_eq!(
        identity["sessionContext"]["attributes"]["mfaAuthenticated"],
        "false"
    );
}
