//! Encryption to a provider's private key, as an identity provider does it.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::sync::{Arc, LazyLock};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PrivateDecryptingKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::SigningKey;

/// A private key that an administrator hands in; made once, since it takes a while.
#[derive(Clone)]
pub struct PrivateKey {
    pub pem: String,
    pkcs8: Arc<[u8]>,
}

static KEYS: LazyLock<[PrivateKey; 3]> = LazyLock::new(|| std::array::from_fn(|_| PrivateKey::generate()));

impl PrivateKey {
    /// One of three.
    pub fn number(at: usize) -> Self {
        KEYS[at].clone()
    }

    fn generate() -> Self {
        let pkcs8 = SigningKey::generate_rs256().unwrap().to_pkcs8().unwrap();
        let text = BASE64_STANDARD.encode(pkcs8.expose());
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        Self {
            pem: format!(
                "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
                lines.join("\n")
            ),
            pkcs8: pkcs8.expose().into(),
        }
    }
}

/// An assertion as a `saml:EncryptedAssertion`.
pub fn encrypted(assertion: &str, to: &PrivateKey) -> String {
    let (key, iv) = ([7; 32], [9; 12]);
    let mut content = assertion.as_bytes().to_vec();
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap())
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::empty(), &mut content)
        .unwrap();
    let content = BASE64_STANDARD.encode([&iv[..], &content].concat());
    let public = PrivateDecryptingKey::from_pkcs8(&to.pkcs8).unwrap().public_key();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    let mut wrapped = vec![0; public.ciphertext_size()];
    let wrapped = public
        .encrypt(&OAEP_SHA1_MGF1SHA1, &key, &mut wrapped, None)
        .unwrap();
    let wrapped = BASE64_STANDARD.encode(wrapped);
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         <xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"></xenc:EncryptionMethod>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"></xenc:EncryptionMethod>\
         <xenc:CipherData><xenc:CipherValue>{wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>\
         </ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{content}</xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedData></saml:EncryptedAssertion>"
    )
}
