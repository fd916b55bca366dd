//! An assertion works once.

use std::sync::{Arc, Barrier};

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::{RotationSchedule, SeededRandom};
use locum_names::AccountId;

use super::{
    idp::Said,
    scene::{DENIED, OTHER, Scene, register, trust},
};
use crate::harness::{Answer, World};
use locum_directory::FaultyStore;

const REDEEMED: &str = "The SAML assertion was already redeemed. Sign in at the identity provider again.";
const INVALID: &str = "InvalidIdentityToken";

#[test]
fn one_after_the_other() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    scene.redeem(&response, &[]).ok();
    scene.redeem(&response, &[]).fails(400, INVALID, REDEEMED);
    // In other lines, and signed anew by the provider, it is the same assertion.
    let lines = format!("{}\r\n{}\n", &response[..76], &response[76..]);
    scene.redeem(&lines, &[]).fails(400, INVALID, REDEEMED);
    scene.ask(&scene.said()).fails(400, INVALID, REDEEMED);
    scene.ask(&scene.said().id("_a2")).ok();
}

#[test]
fn many_at_once() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    let parameters = [
        ("RoleArn", scene.role.as_str()),
        ("PrincipalArn", &scene.provider),
        ("SAMLAssertion", &response),
    ];
    let call = World::unsigned_call("AssumeRoleWithSAML", &parameters);
    let (service, now, begin) = (&scene.service, scene.now(), Barrier::new(8));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|seed| {
                let (call, begin) = (call.clone(), &begin);
                scope.spawn(move || {
                    begin.wait();
                    call.answered(service, now, &mut SeededRandom::new(seed)).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 400)),
        "{statuses:?}"
    );
    assert_eq!(scene.snapshot().used_assertion_count(), 1);
}

/// What cannot be remembered brings nothing.
#[test]
fn without_a_store_nothing_is_redeemed() {
    let store = Arc::new(FaultyStore::default());
    let scene = Scene::of(World::over(Arc::clone(&store) as _, 1));
    let response = scene.idp.response(&scene.said());
    store.set_full(true);
    for _ in 0..2 {
        let answer = scene.redeem(&response, &[]);
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert_eq!(answer.find("SessionToken"), None);
    }
    store.set_full(false);
    scene.redeem(&response, &[]).ok();
    scene.redeem(&response, &[]).fails(400, INVALID, REDEEMED);
}

/// What is denied, or asked wrongly, brings nothing and spends nothing.
#[test]
fn only_credentials_spend_it() {
    let scene = Scene::new();
    let (closed, said) = scene.role_with(
        "closed",
        &trust("arn:aws:iam::111122223333:saml-provider/another"),
    );
    scene.ask_for(&closed, &said).fails(403, "AccessDenied", DENIED);
    let open = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{}"}},"Action":"sts:AssumeRoleWithSAML"}}}}"#,
        scene.provider
    );
    let parameters = [("RoleName", "closed"), ("PolicyDocument", &*open)];
    scene.iam(&scene.root, "UpdateAssumeRolePolicy", &parameters).ok();
    let response = scene.idp.response(&said);
    let ask = |more: &[(&str, &str)]| {
        let mut parameters = vec![
            ("RoleArn", closed.as_str()),
            ("PrincipalArn", &scene.provider),
            ("SAMLAssertion", &response),
        ];
        parameters.extend(more);
        scene.unsigned("AssumeRoleWithSAML", &parameters)
    };
    assert_eq!(ask(&[("DurationSeconds", "3601")]).status, 400);
    assert_eq!(
        ask(&[("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/None")]).status,
        400
    );
    assert_eq!(scene.snapshot().used_assertion_count(), 0);
    ask(&[]).ok();
    ask(&[]).fails(400, INVALID, REDEEMED);
}

/// An id is unique for its provider: another provider's assertion of the same id is another one.
#[test]
fn each_provider_has_ids_of_its_own() {
    let scene = Scene::new();
    scene.ask(&scene.said()).ok();
    let root = scene.other_account(OTHER);
    let provider = register(&scene, &root, "idp", &scene.idp);
    let role = scene.role(&root, "worker", &trust(&provider), None);
    let said = Said::new(scene.now(), &[format!("{role},{provider}")]);
    let response = scene.idp.response(&said);
    let parameters = [
        ("RoleArn", role.as_str()),
        ("PrincipalArn", &provider),
        ("SAMLAssertion", &response),
    ];
    scene.unsigned("AssumeRoleWithSAML", &parameters).ok();
    scene
        .unsigned("AssumeRoleWithSAML", &parameters)
        .fails(400, INVALID, REDEEMED);
    scene.ask(&scene.said()).fails(400, INVALID, REDEEMED);
}

/// A provider that was made anew under the old name does not forget.
#[test]
fn a_provider_made_anew_remembers() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    scene.redeem(&response, &[]).ok();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    register(&scene, &scene.root, "idp", &scene.idp);
    scene.redeem(&response, &[]).fails(400, INVALID, REDEEMED);
}

#[test]
fn an_assertion_is_forgotten_when_it_could_not_be_redeemed_any_more() {
    let scene = Scene::new();
    let rotate = |scene: &Scene| {
        let schedule = RotationSchedule::default();
        scene
            .service
            .rotate(scene.now(), &schedule, &mut SeededRandom::new(5))
            .unwrap();
    };
    for at in 0..5 {
        scene.ask(&scene.said().id(&format!("_{at}"))).ok();
    }
    // Five minutes, and a minute of difference between the clocks.
    scene.advance(359);
    rotate(&scene);
    assert_eq!(scene.snapshot().used_assertion_count(), 5);
    let late = scene.said().but(|said| said.issued = -359).id("_0");
    scene.ask(&late).fails(
        400,
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    );
    scene.advance(1);
    rotate(&scene);
    assert_eq!(scene.snapshot().used_assertion_count(), 0);
}

/// What a clock that was ahead made us forget is refused when the clock is right again.
#[test]
fn a_clock_that_goes_back_redeems_nothing_twice() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    scene.redeem(&response, &[]).ok();
    for hours in [1, -1] {
        scene.advance(hours * 3600);
        let schedule = RotationSchedule::default();
        scene
            .service
            .rotate(scene.now(), &schedule, &mut SeededRandom::new(5))
            .unwrap();
        assert_eq!(scene.snapshot().used_assertion_count(), 0);
    }
    scene.redeem(&response, &[]).fails(400, INVALID, REDEEMED);

    // Nobody who signs in after that is turned away, and nobody of another account.
    scene.advance(1);
    scene.ask(&scene.said().id("_a2")).ok();
    let account: AccountId = OTHER.parse().unwrap();
    assert_eq!(scene.snapshot().forgotten_assertions(account).count(), 0);
}

/// The same of what was forgotten after something else was: what is remembered of both is one span of time, and it grows.
#[test]
fn a_clock_that_goes_back_redeems_nothing_twice_that_was_forgotten_later() {
    let scene = Scene::new();
    let schedule = RotationSchedule::default();
    let rotate_after = |seconds: i64| {
        scene.advance(seconds);
        let random = &mut SeededRandom::new(5);
        scene.service.rotate(scene.now(), &schedule, random).unwrap();
        scene.snapshot().used_assertion_count()
    };
    let first = scene.idp.response(&scene.said());
    scene.redeem(&first, &[]).ok();
    scene.advance(300);
    let second = scene.idp.response(&scene.said().id("_a2"));
    scene.redeem(&second, &[]).ok();
    assert_eq!(rotate_after(100), 1);
    assert_eq!(rotate_after(300), 0);
    scene.advance(-390);
    scene.redeem(&second, &[]).fails(400, INVALID, REDEEMED);
    scene.advance(-10);
    scene.redeem(&first, &[]).fails(400, INVALID, REDEEMED);
}

/// Two clocks that ran ahead together, as on one machine, leave no account that takes nobody in until that time.
#[test]
fn what_was_redeemed_while_all_clocks_were_ahead_keeps_nobody_out() {
    let scene = Scene::new();
    let schedule = RotationSchedule::default();
    let rotate = |scene: &Scene| {
        let now = scene.now();
        scene
            .service
            .rotate(now, &schedule, &mut SeededRandom::new(5))
            .unwrap();
    };
    let before = scene.idp.response(&scene.said());
    scene.redeem(&before, &[]).ok();
    let ahead = 100 * 24 * 3600;
    scene.advance(ahead);
    let early = scene.idp.response(&scene.said().id("_a2"));
    scene.redeem(&early, &[]).ok();
    scene.advance(3600);
    rotate(&scene);
    assert_eq!(scene.snapshot().used_assertion_count(), 0);

    scene.advance(-ahead - 3600);
    scene.redeem(&before, &[]).fails(400, INVALID, REDEEMED);
    scene.advance(1);
    scene.ask(&scene.said().id("_a3")).ok();
    // When the time has come that the clocks had shown, nothing is redeemed a second time.
    scene.advance(3600);
    rotate(&scene);
    scene.advance(ahead - 3601);
    rotate(&scene);
    scene.redeem(&early, &[]).fails(400, INVALID, REDEEMED);
    scene.advance(601);
    scene.ask(&scene.said().id("_a4")).ok();
}

#[test]
fn what_was_issued_before_the_revocation_is_refused() {
    let scene = Scene::new();
    let before = scene.idp.response(&scene.said());
    scene.revoke(&scene.root, &scene.provider).ok();
    let refused = |answer: Answer| {
        answer.fails(
            400,
            INVALID,
            "The SAML assertion was issued before the time from which the provider's assertions are accepted.",
        );
    };
    refused(scene.redeem(&before, &[]));
    // A provider of the same ARN is not let in with what the one before said.
    let named = [("SAMLProviderArn", &*scene.provider)];
    scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    register(&scene, &scene.root, "idp", &scene.idp);
    refused(scene.redeem(&before, &[]));
    scene.advance(1);
    scene.ask(&scene.said().id("_a2")).ok();
}

/// The second run looks at the provider as it is then: no response is accepted with keys that were withdrawn.
#[test]
fn withdrawn_keys_verify_nothing() {
    let scene = Scene::new();
    let response = scene.idp.response(&scene.said());
    let renewed = super::idp::Idp::new(&scene.idp.entity_id);
    let parameters = [
        ("SAMLProviderArn", scene.provider.as_str()),
        ("SAMLMetadataDocument", &*renewed.metadata()),
    ];
    scene.iam(&scene.root, "UpdateSAMLProvider", &parameters).ok();
    scene
        .redeem(&response, &[])
        .fails(400, INVALID, "Response signature invalid");
    let response = BASE64_STANDARD.encode(renewed.document(&scene.said()));
    scene.redeem(&response, &[]).ok();
}
