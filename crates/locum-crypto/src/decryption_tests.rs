use proptest::prelude::*;

use crate::{DecryptionKey, DecryptionKeyError, OaepHash, fixture, hex};

const OAEP: &str = include_str!("../fixtures/oaep.txt");
const PKCS8: &str = include_str!("../fixtures/rsa2048_pkcs8.pem");
const PKCS1: &str = include_str!("../fixtures/rsa2048_pkcs1.pem");
const HASHES: [(&str, OaepHash); 4] = [
    ("SHA-1", OaepHash::Sha1),
    ("SHA-256", OaepHash::Sha256),
    ("SHA-384", OaepHash::Sha384),
    ("SHA-512", OaepHash::Sha512),
];

fn key() -> DecryptionKey {
    DecryptionKey::from_pem(PKCS8).unwrap()
}

#[test]
fn both_forms_of_a_key_are_the_same_key() {
    let plain: Vec<u8> = (0..32).collect();
    let id = hex(&fixture::value(OAEP, "key id"));
    for pem in [
        PKCS8.to_owned(),
        PKCS1.to_owned(),
        PKCS8.replace('\n', "\r\n"),
        format!("\n {}\n\n", PKCS8.trim_end()),
    ] {
        let key = DecryptionKey::from_pem(&pem).unwrap();
        assert_eq!(key.key_id(), id);
        for (name, hash) in HASHES {
            let text = key.open_oaep(hash, &fixture::value(OAEP, name)).unwrap();
            assert!(text.matches(&plain), "{name}");
        }
    }
}

#[test]
fn another_hash_a_label_and_other_paddings_do_not_open() {
    let key = key();
    for (name, ciphertext) in fixture::values(OAEP).skip(1) {
        for (hash_name, hash) in HASHES {
            assert_eq!(
                key.open_oaep(hash, &ciphertext).is_some(),
                name == hash_name,
                "{name} as {hash_name}"
            );
        }
    }
}

#[test]
fn a_ciphertext_has_the_length_of_the_modulus() {
    let key = key();
    let whole = fixture::value(OAEP, "SHA-256");
    for (name, ciphertext) in [
        ("empty", vec![]),
        ("cut", whole[..255].to_vec()),
        ("without its first byte", whole[1..].to_vec()),
        ("zero before", [&[0], &*whole].concat()),
        ("zero after", [&*whole, &[0]].concat()),
        ("twice", [&*whole, &*whole].concat()),
        ("zero", vec![0; 256]),
        ("beyond the modulus", vec![0xff; 256]),
    ] {
        assert!(key.open_oaep(OaepHash::Sha256, &ciphertext).is_none(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn one_flipped_bit_does_not_open(bit in 0usize..2048) {
        let mut ciphertext = fixture::value(OAEP, "SHA-1");
        ciphertext[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key().open_oaep(OaepHash::Sha1, &ciphertext).is_none());
    }

    #[test]
    fn damaged_pem_never_panics(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let at = at.index(PKCS1.len());
        let damaged = format!("{}{with}{}", &PKCS1[..at], &PKCS1[at + 1..]);
        if let Ok(key) = DecryptionKey::from_pem(&damaged) {
            prop_assert_eq!(key.key_id(), hex(&fixture::value(OAEP, "key id")));
        }
    }
}

#[test]
fn other_texts_are_no_key() {
    use DecryptionKeyError as E;
    let (_, body) = PKCS8.trim_end().split_once("-----\n").unwrap();
    let (body, _) = body.split_once("\n-----").unwrap();
    let relabelled = |label: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    let cases: [(&str, String, E); 18] = [
        ("nothing", String::new(), E::Pem),
        ("words", "PRIVATE KEY".into(), E::Pem),
        ("base64 alone", body.into(), E::Pem),
        ("no end", PKCS8.replace("-----END PRIVATE KEY-----", ""), E::Pem),
        ("another end", PKCS8.replace("END PRIVATE", "END PUBLIC"), E::Pem),
        ("two keys", format!("{PKCS8}{PKCS8}"), E::Pem),
        ("text before", format!("Bag Attributes\n{PKCS8}"), E::Pem),
        ("text after", format!("{PKCS8}\nthe key"), E::Pem),
        (
            "no content",
            "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----".into(),
            E::Key,
        ),
        (
            "encrypted PKCS#1",
            include_str!("../fixtures/rsa2048_encrypted_pkcs1.pem").into(),
            E::Pem,
        ),
        (
            "encrypted PKCS#8",
            include_str!("../fixtures/rsa2048_encrypted_pkcs8.pem").into(),
            E::Label,
        ),
        ("a public label", relabelled("PUBLIC KEY"), E::Label),
        ("PKCS#8 as PKCS#1", relabelled("RSA PRIVATE KEY"), E::Key),
        (
            "PKCS#1 as PKCS#8",
            PKCS1.replace("RSA PRIVATE", "PRIVATE"),
            E::Key,
        ),
        (
            "a key on a curve",
            include_str!("../fixtures/ec_pkcs8.pem").into(),
            E::Key,
        ),
        (
            "1024 bits",
            include_str!("../fixtures/rsa1024_pkcs8.pem").into(),
            E::Key,
        ),
        (
            "4104 bits",
            include_str!("../fixtures/rsa4104_pkcs8.pem").into(),
            E::Key,
        ),
        (
            "1024 bits in PKCS#1",
            include_str!("../fixtures/rsa1024_pkcs1.pem").into(),
            E::Key,
        ),
    ];
    for (name, pem, error) in cases {
        assert_eq!(DecryptionKey::from_pem(&pem).err(), Some(error), "{name}");
    }
}

#[test]
fn debug_shows_the_id_alone() {
    let key = key();
    assert_eq!(
        format!("{key:?}"),
        format!("DecryptionKey {{ id: {:?}, .. }}", key.key_id())
    );
}
