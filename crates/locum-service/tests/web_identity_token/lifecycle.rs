//! The feature on and off, and what is published meanwhile.

use super::{
    partner::published,
    scene::{ACCOUNT, AUDIENCE, Scene, World},
};

const DISABLED: &str = "OutboundWebIdentityFederation is disabled.";

fn ask(world: &World, who: &crate::harness::Credentials) -> crate::harness::Answer {
    let parameters = [("Audience.member.1", AUDIENCE), ("SigningAlgorithm", "ES384")];
    world.sts(who, "GetWebIdentityToken", &parameters)
}

#[test]
fn an_account_issues_nothing_until_it_is_told_to() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(super::scene::MAY_ASK));
    ask(&world, &alice).fails(403, "OutboundWebIdentityFederationDisabledException", DISABLED);
    let texts = [
        (
            "GetOutboundWebIdentityFederationInfo",
            format!("Outbound identity federation is disabled for account {ACCOUNT}"),
        ),
        (
            "DisableOutboundWebIdentityFederation",
            format!("Outbound identity federation is already disabled for account {ACCOUNT}"),
        ),
    ];
    for (operation, text) in texts {
        world
            .iam(&world.root, operation, &[])
            .fails(404, "FeatureDisabled", &text);
    }
}

#[test]
fn the_issuer_and_its_keys_outlive_being_disabled() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let id = scene.issuer.strip_prefix("https://sts.example.com/").unwrap();
    assert_eq!(id.len(), 36);
    let info = scene
        .iam(&scene.root, "GetOutboundWebIdentityFederationInfo", &[])
        .ok();
    assert_eq!(info.text("IssuerIdentifier"), scene.issuer);
    assert_eq!(info.text("JwtVendingEnabled"), "true");
    let text = format!("Outbound identity federation is already enabled for account {ACCOUNT}");
    scene
        .iam(&scene.root, "EnableOutboundWebIdentityFederation", &[])
        .fails(409, "FeatureEnabled", &text);

    let token = ask(&scene, &alice).ok().text("WebIdentityToken");
    let keys = published(&scene, &scene.issuer, ".well-known/jwks.json");
    scene
        .iam(&scene.root, "DisableOutboundWebIdentityFederation", &[])
        .ok();
    ask(&scene, &alice).fails(403, "OutboundWebIdentityFederationDisabledException", DISABLED);
    // What was issued can still be verified.
    scene.partner().verify(&token).unwrap();
    assert_eq!(published(&scene, &scene.issuer, ".well-known/jwks.json"), keys);

    let again = scene
        .iam(&scene.root, "EnableOutboundWebIdentityFederation", &[])
        .ok();
    assert_eq!(again.text("IssuerIdentifier"), scene.issuer);
    assert_eq!(published(&scene, &scene.issuer, ".well-known/jwks.json"), keys);
    scene
        .partner()
        .verify(&ask(&scene, &alice).ok().text("WebIdentityToken"))
        .unwrap();
}

#[test]
fn each_account_is_an_issuer_of_its_own() {
    let scene = Scene::new();
    let other = scene.other_account("444455556666");
    let enabled = scene.iam(&other, "EnableOutboundWebIdentityFederation", &[]).ok();
    let issuer = enabled.text("IssuerIdentifier");
    assert_ne!(issuer, scene.issuer);
    let alice = scene.asker("alice");
    let token = ask(&scene, &alice).ok().text("WebIdentityToken");
    scene.partner().verify(&token).unwrap();
    let error = super::partner::Partner::reading(&scene, &issuer)
        .verify(&token)
        .unwrap_err();
    assert_eq!(error, "InvalidSignature");
}

#[test]
fn only_issuers_have_documents() {
    let scene = Scene::new();
    let path = scene.issuer.strip_prefix("https://sts.example.com").unwrap();
    let has = |path: &str| scene.service.publication(path).is_some();
    assert!(has(&format!("{path}/.well-known/openid-configuration")));
    assert!(has(&format!("{path}/.well-known/jwks.json")));
    for absent in [
        path.to_owned(),
        "/.well-known/openid-configuration".to_owned(),
        format!("{path}/.well-known/"),
        "/00000000-0000-4000-8000-000000000000/.well-known/jwks.json".to_owned(),
    ] {
        assert!(!has(&absent), "{absent}");
    }
}
