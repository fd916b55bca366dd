//! What happens between the two runs of a request: the first looks at the published state, the second decides.

use std::cell::Cell;

use locum_crypto::{Random, SeededRandom};

use super::{
    idp::Idp,
    scene::{DENIED, Scene, trust},
};
use crate::harness::{Answer, Signed, World};

/// Randomness that does something at the first draw after so many.
struct Interrupted<'i> {
    inner: SeededRandom,
    draws: &'i Cell<usize>,
    after: usize,
    interrupt: Option<Box<dyn FnOnce() + 'i>>,
}

impl Random for Interrupted<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.draws.set(self.draws.get() + 1);
        if self.draws.get() > self.after
            && let Some(interrupt) = self.interrupt.take()
        {
            interrupt();
        }
        self.inner.fill(bytes);
    }
}

fn call(scene: &Scene, response: &str) -> Signed {
    let parameters = [
        ("RoleArn", scene.role.as_str()),
        ("PrincipalArn", &scene.provider),
        ("SAMLAssertion", response),
    ];
    World::unsigned_call("AssumeRoleWithSAML", &parameters)
}

/// The answer to a good response, with an interruption while its first run makes the credentials: then the first run has
/// verified and allowed everything.
fn interrupted(scene: &Scene, interrupt: impl FnOnce()) -> Answer {
    let draws = Cell::new(0);
    let answer = |response: &str, after, interrupt: Option<Box<dyn FnOnce() + '_>>| {
        let mut random = Interrupted {
            inner: SeededRandom::new(31),
            draws: &draws,
            after,
            interrupt,
        };
        call(scene, response).answered(&scene.service, scene.now(), &mut random)
    };
    // What every request draws, whatever becomes of it.
    assert_eq!(answer("none", usize::MAX, None).status, 400);
    let of_every_request = draws.replace(0);
    let done = Cell::new(false);
    let interrupt = || {
        interrupt();
        done.set(true);
    };
    let good = scene.idp.response(&scene.said());
    let answer = answer(&good, of_every_request, Some(Box::new(interrupt)));
    assert!(done.get());
    answer
}

#[test]
fn nothing_happens() {
    let scene = Scene::new();
    interrupted(&scene, || ()).ok();
}

#[test]
fn another_request_redeems_it() {
    let scene = Scene::new();
    let good = scene.idp.response(&scene.said());
    let other = call(&scene, &good);
    let answer = interrupted(&scene, || {
        other
            .answered(&scene.service, scene.now(), &mut SeededRandom::new(32))
            .ok();
    });
    let text = "The SAML assertion was already redeemed. Sign in at the identity provider again.";
    answer.fails(400, "InvalidIdentityToken", text);
}

#[test]
fn the_provider_gets_other_keys() {
    let scene = Scene::new();
    let metadata = Idp::new(&scene.idp.entity_id).metadata();
    let parameters = [
        ("SAMLProviderArn", scene.provider.as_str()),
        ("SAMLMetadataDocument", &*metadata),
    ];
    let answer = interrupted(&scene, || {
        scene.iam(&scene.root, "UpdateSAMLProvider", &parameters).ok();
    });
    answer.fails(400, "InvalidIdentityToken", "Response signature invalid");
}

/// A change that does not concern the signature makes it be verified anew, and it still is good.
#[test]
fn the_provider_gets_a_tag() {
    let scene = Scene::new();
    let parameters = [
        ("SAMLProviderArn", scene.provider.as_str()),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let answer = interrupted(&scene, || {
        scene.iam(&scene.root, "TagSAMLProvider", &parameters).ok();
    });
    answer.ok();
}

#[test]
fn the_provider_is_made_anew_with_other_keys() {
    let scene = Scene::new();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    let answer = interrupted(&scene, || {
        scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
        super::scene::register(&scene, &scene.root, "idp", &Idp::new(&scene.idp.entity_id));
    });
    answer.fails(400, "InvalidIdentityToken", "Response signature invalid");
}

#[test]
fn the_provider_is_deleted() {
    let scene = Scene::new();
    let named = [("SAMLProviderArn", scene.provider.as_str())];
    let answer = interrupted(&scene, || {
        scene.iam(&scene.root, "DeleteSAMLProvider", &named).ok();
    });
    assert!(
        answer
            .text("Message")
            .starts_with("Specified provider doesn't exist")
    );
}

#[test]
fn the_role_trusts_another() {
    let scene = Scene::new();
    let another = trust("arn:aws:iam::111122223333:saml-provider/another");
    let parameters = [("RoleName", "worker"), ("PolicyDocument", &*another)];
    let answer = interrupted(&scene, || {
        scene.iam(&scene.root, "UpdateAssumeRolePolicy", &parameters).ok();
    });
    answer.fails(403, "AccessDenied", DENIED);
    assert_eq!(scene.snapshot().used_assertion_count(), 0);
}
