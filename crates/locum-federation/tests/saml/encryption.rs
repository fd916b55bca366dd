//! Encrypted assertions, made with the Python library cryptography and by xmlsec1 (`data/make.py`).

use locum_crypto::DecryptionKey;
use locum_federation::saml::{Encryption, GuardError, SamlError};

use crate::world::{TEMPLATE, World, part, sign_assertion, swap};

const GENUINE: [(&str, &str); 5] = [
    (
        "AES-256, OAEP with SHA-256",
        include_str!("data/encrypted-aes256-sha256.xml"),
    ),
    (
        "AES-128, OAEP with SHA-1, the older key",
        include_str!("data/encrypted-aes128-sha1-older.xml"),
    ),
    (
        "AES-256, OAEP with SHA-512, the key beside",
        include_str!("data/encrypted-aes256-sha512-beside.xml"),
    ),
    ("xmlsec1", include_str!("data/encrypted-xmlsec.xml")),
    (
        "in a signed response",
        include_str!("data/encrypted-signed-response.xml"),
    ),
];

#[test]
fn what_others_encrypt_is_accepted() {
    let plain = World::new().verify(&sign_assertion(&TEMPLATE)).unwrap();
    for (name, document) in GENUINE {
        for encryption in [Encryption::Allowed, Encryption::Required] {
            let world = World {
                encryption,
                ..World::decrypting()
            };
            let assertion = world
                .verify(document)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(assertion, plain, "{name}");
        }
        assert_eq!(
            World::new().verify(document),
            Err(SamlError::NoPrivateKey),
            "{name}"
        );
    }
}

#[test]
fn required_encryption_refuses_plain_assertions() {
    let world = World {
        encryption: Encryption::Required,
        ..World::decrypting()
    };
    assert_eq!(
        world.verify(&sign_assertion(&TEMPLATE)),
        Err(SamlError::NotEncrypted)
    );
}

#[test]
fn the_assertion_within_must_be_signed_by_the_provider() {
    for (document, reason) in [
        (
            include_str!("data/attack-encrypted-unsigned.xml"),
            SamlError::Unsigned,
        ),
        (
            include_str!("data/attack-encrypted-unsigned-in-signed.xml"),
            SamlError::Unsigned,
        ),
        (
            include_str!("data/attack-encrypted-forged.xml"),
            SamlError::Signature,
        ),
        (
            include_str!("data/attack-encrypted-comment.xml"),
            GuardError::Comment.into(),
        ),
        (
            include_str!("data/attack-encrypted-response.xml"),
            SamlError::UnexpectedElement,
        ),
        (
            include_str!("data/attack-encrypted-wrapped.xml"),
            SamlError::SeveralAssertions,
        ),
        (
            include_str!("data/attack-encrypted-two-signatures.xml"),
            SamlError::MisplacedSignature,
        ),
        (
            include_str!("data/attack-encrypted-same-id.xml"),
            SamlError::DuplicateId,
        ),
    ] {
        assert_eq!(World::decrypting().verify(document), Err(reason));
    }
}

#[test]
fn only_gcm_and_oaep_are_opened() {
    for (document, reason) in [
        (
            include_str!("data/attack-encrypted-cbc.xml"),
            SamlError::EncryptionAlgorithm,
        ),
        (
            include_str!("data/attack-encrypted-cbc-as-gcm.xml"),
            SamlError::Undecryptable,
        ),
        (
            include_str!("data/attack-encrypted-pkcs1.xml"),
            SamlError::EncryptionAlgorithm,
        ),
        (
            include_str!("data/attack-encrypted-stranger.xml"),
            SamlError::Undecryptable,
        ),
    ] {
        assert_eq!(World::decrypting().verify(document), Err(reason));
    }
    const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    for (from, to) in [
        (GCM, "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
        (GCM, "http://www.w3.org/2009/xmlenc11#aes192-gcm"),
        (GCM, ""),
        (OAEP, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        (OAEP, "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"),
        ("xmlenc11#mgf1sha256", "xmlenc11#mgf1sha1"),
        ("xmlenc#sha256", "xmldsig-more#md5"),
        (
            "<xenc11:MGF ",
            "<xenc:OAEPparams>AAAA</xenc:OAEPparams><xenc11:MGF ",
        ),
        (
            "</xenc:EncryptionMethod><xenc:CipherData>",
            "<xenc:OAEPparams>AAAA</xenc:OAEPparams></xenc:EncryptionMethod><xenc:CipherData>",
        ),
        (
            "aes256-gcm\"/>",
            "aes256-gcm\"><xenc:KeySize>128</xenc:KeySize></xenc:EncryptionMethod>",
        ),
    ] {
        let document = swap(GENUINE[0].1, from, to);
        assert_eq!(
            World::decrypting().verify(&document),
            Err(SamlError::EncryptionAlgorithm),
            "{to}"
        );
    }
    // An algorithm of another key length than the one that was sent.
    let shorter = swap(GENUINE[0].1, GCM, "http://www.w3.org/2009/xmlenc11#aes128-gcm");
    assert_eq!(
        World::decrypting().verify(&shorter),
        Err(SamlError::Undecryptable)
    );
}

#[test]
fn every_change_to_the_ciphertext_is_refused() {
    for (name, document) in GENUINE {
        let values: Vec<usize> = document
            .match_indices("<xenc:CipherValue>")
            .map(|(at, tag)| at + tag.len())
            .collect();
        assert_eq!(values.len(), 2, "{name}");
        for start in values {
            for offset in [0, 20, 100, 200] {
                let mut changed = document.as_bytes().to_vec();
                let at = start + offset + usize::from(changed[start + offset] == b'\n');
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let refused = World::decrypting().verify_octets(&changed);
                let expected = if name == "in a signed response" {
                    SamlError::Digest
                } else {
                    SamlError::Undecryptable
                };
                assert_eq!(refused, Err(expected), "{name}");
            }
        }
    }
    // A tag cut short, and less than an initialisation vector.
    let data = GENUINE[0].1;
    let last = part(
        &data[data.rfind("<xenc:CipherValue>").unwrap()..],
        "<xenc:CipherValue>",
        "</xenc:CipherValue>",
    );
    for len in [4, 12, 16, 20, 36, 40] {
        let cut = format!("{}</xenc:CipherValue>", &last[..18 + len]);
        assert_eq!(
            World::decrypting().verify(&data.replace(last, &cut)),
            Err(SamlError::Undecryptable)
        );
    }
}

#[test]
fn encrypted_data_has_one_shape() {
    let document = GENUINE[0].1;
    let key = part(document, "<xenc:EncryptedKey ", "</xenc:EncryptedKey>").to_owned();
    let data = part(document, "<xenc:EncryptedData ", "</xenc:EncryptedData>").to_owned();
    for changed in [
        swap(document, &key, ""),
        swap(document, &key, &key.replace("Id=\"_k1\"", "").repeat(2)),
        swap(document, &data, &data.replace("Id=\"_k1\"", "").repeat(2)),
        swap(document, &data, ""),
        swap(document, &data, "<x/>"),
        swap(
            document,
            "</xenc:CipherData></xenc:EncryptedData>",
            "</xenc:CipherData><x/></xenc:EncryptedData>",
        ),
        swap(
            document,
            "<xenc:CipherValue>",
            "<xenc:CipherReference URI=\"https://evil.example.com\"/><xenc:CipherValue>",
        ),
        swap(document, "<xenc:CipherValue>", "<xenc:CipherValue>*"),
        swap(document, "</xenc:CipherData>", "<x/></xenc:CipherData>"),
        swap(document, "</xenc:EncryptedKey>", "<x/></xenc:EncryptedKey>"),
        swap(
            document,
            "</xenc:EncryptedKey>",
            "</xenc:EncryptedKey><ds:RetrievalMethod URI=\"#_k2\"/>",
        ),
    ] {
        assert_eq!(
            World::decrypting().verify(&changed),
            Err(SamlError::EncryptionShape),
            "{changed}"
        );
    }
}

#[test]
fn the_newest_key_that_fits_is_used() {
    let mut world = World::decrypting();
    world.decryption.reverse();
    assert!(world.verify(GENUINE[0].1).is_ok());
    world.decryption = vec![DecryptionKey::from_pem(include_str!("data/older.pem")).unwrap()];
    assert_eq!(world.verify(GENUINE[0].1), Err(SamlError::Undecryptable));
    assert!(world.verify(GENUINE[1].1).is_ok());
}
