//! Assertions that only a provider's private key opens.

use super::{
    idp::{Part, Said},
    scene::Scene,
    sealed::PrivateKey,
};

const INVALID: &str = "InvalidIdentityToken";
const NOT_ENCRYPTED: &str =
    "Invalid SAML response: the assertion is not encrypted, and the provider demands it";
const NO_KEY: &str = "Invalid SAML response: the assertion is encrypted, and the provider has no private key";
const UNDECRYPTABLE: &str = "Invalid SAML response: the assertion cannot be decrypted";

impl Scene {
    fn update(&self, more: &[(&str, &str)]) {
        let mut parameters = vec![("SAMLProviderArn", self.provider.as_str())];
        parameters.extend(more);
        self.iam(&self.root, "UpdateSAMLProvider", &parameters).ok();
    }

    /// The ids of the provider's private keys.
    fn key_ids(&self) -> Vec<String> {
        let named = [("SAMLProviderArn", self.provider.as_str())];
        self.iam(&self.root, "GetSAMLProvider", &named)
            .ok()
            .texts("KeyId")
    }

    fn sealed(&self, id: &str, key: usize) -> Said {
        self.said()
            .id(id)
            .but(|said| said.sealed_to = Some(PrivateKey::number(key)))
    }
}

#[test]
fn allowed_and_required() {
    let scene = Scene::new();
    scene.ask(&scene.sealed("_1", 0)).fails(400, INVALID, NO_KEY);
    scene.update(&[("AddPrivateKey", &PrivateKey::number(0).pem)]);
    let answer = scene.ask(&scene.sealed("_2", 0)).ok();
    assert_eq!(answer.text("Subject"), "alice@example.com");
    scene.ask(&scene.said().id("_3")).ok();
    scene.update(&[("AssertionEncryptionMode", "Required")]);
    scene.ask(&scene.sealed("_4", 0)).ok();
    scene
        .ask(&scene.said().id("_5"))
        .fails(400, INVALID, NOT_ENCRYPTED);
    scene.update(&[("AssertionEncryptionMode", "Allowed")]);
    scene.ask(&scene.said().id("_5")).ok();
}

#[test]
fn keys_are_replaced_one_by_one() {
    let scene = Scene::new();
    scene.update(&[("AddPrivateKey", &PrivateKey::number(0).pem)]);
    scene.advance(10);
    scene.update(&[("AddPrivateKey", &PrivateKey::number(1).pem)]);
    scene.ask(&scene.sealed("_1", 0)).ok();
    scene.ask(&scene.sealed("_2", 1)).ok();
    scene
        .ask(&scene.sealed("_3", 2))
        .fails(400, INVALID, UNDECRYPTABLE);
    let old = scene.key_ids()[0].clone();
    scene.update(&[("RemovePrivateKey", &old)]);
    scene
        .ask(&scene.sealed("_4", 0))
        .fails(400, INVALID, UNDECRYPTABLE);
    scene.ask(&scene.sealed("_5", 1)).ok();
}

/// Encryption proves nothing: an assertion in a signed response must be signed itself, and works once however often it is
/// encrypted.
#[test]
fn what_is_encrypted_is_signed_and_works_once() {
    let scene = Scene::new();
    scene.update(&[("AddPrivateKey", &PrivateKey::number(0).pem)]);
    scene.update(&[("AddPrivateKey", &PrivateKey::number(1).pem)]);
    scene
        .ask(&scene.sealed("_1", 0).but(|said| said.signed = Part::Response))
        .ok();
    scene.ask(&scene.sealed("_2", 0)).ok();
    let again = "The SAML assertion was already redeemed. Sign in at the identity provider again.";
    scene.ask(&scene.sealed("_2", 1)).fails(400, INVALID, again);
    scene.ask(&scene.said().id("_2")).fails(400, INVALID, again);
}
