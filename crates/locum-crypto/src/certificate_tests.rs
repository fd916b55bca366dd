use proptest::prelude::*;

use crate::{Certificate, CertificateError, Curve, KeyError, KeyKind, SignatureAlgorithm, der::Der, spki};

macro_rules! certificate {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/certificates/", $name, ".der"))
    };
}

const RSA_2048: KeyKind = KeyKind::Rsa { bits: 2048 };

/// DER of a tag and a content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let head = match len {
        0..0x80 => vec![tag, len as u8],
        0x80..0x100 => vec![tag, 0x81, len as u8],
        _ => vec![tag, 0x82, (len >> 8) as u8, len as u8],
    };
    [head, content.to_vec()].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

/// The `SubjectPublicKeyInfo` of `p256.der`: at its end stand 56 bytes of algorithm and 66 of key.
fn key_info() -> Vec<u8> {
    let certificate = certificate!("p256");
    let head: &[u8] = &[0x30, 0x59, 0x30, 0x13];
    let at = certificate.windows(4).position(|w| w == head).unwrap();
    certificate[at..at + 91].to_vec()
}

/// A certificate of hand-made parts around a real key.
fn made(version: &[u8], serial: &[u8], after_key: &[u8]) -> Vec<u8> {
    let empty = sequence(&[]);
    let signed = sequence(&[
        version,
        serial,
        &empty,
        &empty,
        &empty,
        &empty,
        &key_info(),
        after_key,
    ]);
    sequence(&[&signed, &empty, &der(0x03, &[0, 1, 2])])
}

fn extension(name: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[&der(0x06, &[0x55, 0x1d, name]), &der(0x04, value)])
}

fn extensions(all: &[&[u8]]) -> Vec<u8> {
    der(0xa3, &sequence(all))
}

#[test]
fn self_made_certificates_of_every_kind_give_their_key() {
    let cases: [(&str, &[u8], KeyKind); 7] = [
        ("CA:TRUE and no SAN", certificate!("ca_true"), RSA_2048),
        ("version 1", certificate!("v1"), RSA_2048),
        (
            "serial number below zero",
            certificate!("negative_serial"),
            RSA_2048,
        ),
        (
            "expired in 2011",
            certificate!("expired"),
            KeyKind::Ec(Curve::P256),
        ),
        ("P-256", certificate!("p256"), KeyKind::Ec(Curve::P256)),
        ("P-384", certificate!("p384"), KeyKind::Ec(Curve::P384)),
        ("P-521", certificate!("p521"), KeyKind::Ec(Curve::P521)),
    ];
    for (name, der, kind) in cases {
        let certificate = Certificate::from_der(der).unwrap();
        assert_eq!(certificate.key().kind(), kind, "{name}");
        assert_eq!(certificate.sha256_thumbprint(), crate::sha256(der), "{name}");
    }
}

/// A self-signed certificate verifies with its own key, so the key is the one that it holds.
#[test]
fn the_key_is_the_one_within() {
    for der in [
        &certificate!("ca_true")[..],
        certificate!("v1"),
        certificate!("negative_serial"),
    ] {
        let len = usize::from(u16::from_be_bytes([der[6], der[7]])) + 4;
        let (signed, rest) = der[4..].split_at(len);
        let signature = &rest[rest.len() - 256..];
        let key = Certificate::from_der(der).unwrap().key().clone();
        let verify = |message| key.verify(SignatureAlgorithm::RsaPkcs1Sha256, message, signature);
        assert!(verify(signed).is_ok());
        assert!(verify(&signed[1..]).is_err());
    }
}

#[test]
fn keys_that_are_not_taken_say_why() {
    let cases: [(&str, &[u8], KeyError); 6] = [
        ("RSA-1024", certificate!("rsa1024"), KeyError::Size(1024)),
        ("RSA-PSS", certificate!("rsa_pss"), KeyError::Unsupported),
        ("Ed25519", certificate!("ed25519"), KeyError::Unsupported),
        ("secp256k1", certificate!("secp256k1"), KeyError::Unsupported),
        (
            "explicit parameters",
            certificate!("p256_explicit"),
            KeyError::Unsupported,
        ),
        (
            "compressed point",
            certificate!("p256_compressed"),
            KeyError::Point,
        ),
    ];
    for (name, der, error) in cases {
        let refused = Certificate::from_der(der).map(|c| c.key().kind());
        assert_eq!(refused, Err(CertificateError::Key(error)), "{name}");
    }
}

#[test]
fn the_outline_is_walked_strictly() {
    let version = |v: u8| der(0xa0, &der(0x02, &[v]));
    let serial = der(0x02, &[1]);
    let ids = [der(0x81, &[0, 1]), der(0x82, &[0, 2])].concat();
    let some = extensions(&[&extension(0x0e, b"a"), &extension(0x23, b"")]);
    let good: [(&str, Vec<u8>); 7] = [
        ("version 1", made(&[], &serial, &[])),
        ("version 2 with ids", made(&version(1), &serial, &ids)),
        ("version 3", made(&version(2), &serial, &some)),
        (
            "ids and extensions",
            made(&version(2), &serial, &[ids, some.clone()].concat()),
        ),
        ("serial number of zero", made(&[], &der(0x02, &[0]), &[])),
        (
            "serial number of forty bytes",
            made(&[], &der(0x02, &[0x55; 40]), &[]),
        ),
        (
            "no extension in the list",
            made(&version(2), &serial, &extensions(&[])),
        ),
    ];
    for (name, certificate) in good {
        assert!(Certificate::from_der(&certificate).is_ok(), "{name}");
    }

    let twice = extensions(&[
        &extension(0x0e, b"a"),
        &extension(0x23, b""),
        &extension(0x0e, b"b"),
    ]);
    assert_eq!(
        Certificate::from_der(&made(&version(2), &serial, &twice)).err(),
        Some(CertificateError::RepeatedExtension)
    );

    let plain = made(&version(2), &serial, &[]);
    let bad: [(&str, Vec<u8>); 12] = [
        ("empty", vec![]),
        ("version 4", made(&version(3), &serial, &[])),
        (
            "version of two bytes",
            made(&der(0xa0, &der(0x02, &[0, 2])), &serial, &[]),
        ),
        (
            "two versions",
            made(&der(0xa0, &[2, 1, 2, 2, 1, 2]), &serial, &[]),
        ),
        ("no serial number", made(&version(2), &[], &[])),
        ("serial number as text", made(&version(2), &der(0x0c, b"1"), &[])),
        ("unknown part", made(&version(2), &serial, &der(0x84, &[0]))),
        (
            "extensions twice",
            made(&version(2), &serial, &[&*some, &*some].concat()),
        ),
        (
            "extension without a name",
            made(&version(2), &serial, &extensions(&[&sequence(&[])])),
        ),
        (
            "extensions not in a list",
            made(&version(2), &serial, &der(0xa3, &der(0x06, &[1]))),
        ),
        ("byte after", [&*plain, &[0]].concat()),
        ("certificate in a sequence", sequence(&[&plain])),
    ];
    for (name, certificate) in bad {
        assert_eq!(
            Certificate::from_der(&certificate).err(),
            Some(CertificateError::Malformed),
            "{name}"
        );
    }
}

#[test]
fn a_key_has_one_encoding() {
    let key_info = key_info();
    let (algorithm, key) = key_info[2..].split_at(21);
    let rebuilt = |parts: &[&[u8]]| spki::read(Der::new(&parts.concat())).map(|key| key.kind());
    assert_eq!(rebuilt(&[algorithm, key]), Ok(KeyKind::Ec(Curve::P256)));

    let mut odd_bits = key.to_vec();
    odd_bits[2] = 1;
    let mut hybrid = key.to_vec();
    hybrid[3] = 6;
    let p384_name: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
    let rsa_name: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let rsa_without_null: &[u8] = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let cases: [(&str, &[&[u8]], KeyError); 9] = [
        ("no key", &[algorithm], KeyError::Malformed),
        ("key first", &[key, algorithm], KeyError::Malformed),
        ("something after", &[algorithm, key, &[5, 0]], KeyError::Malformed),
        ("bits left over", &[algorithm, &odd_bits], KeyError::Malformed),
        ("hybrid point", &[algorithm, &hybrid], KeyError::Point),
        ("point of another curve", &[p384_name, key], KeyError::Point),
        ("point as RSA", &[rsa_name, key], KeyError::Malformed),
        (
            "RSA without NULL",
            &[rsa_without_null, key],
            KeyError::Unsupported,
        ),
        ("no algorithm", &[&[0x30, 0], key], KeyError::Unsupported),
    ];
    for (name, parts, error) in cases {
        assert_eq!(rebuilt(parts), Err(error), "{name}");
    }

    let n = [&[0], &[0xa5; 256][..]].concat();
    let rsa = |numbers: &[u8]| {
        let bits = der(0x03, &[&[0], &*der(0x30, numbers)].concat());
        rebuilt(&[rsa_name, &bits])
    };
    let (n_der, e_der) = (der(0x02, &n), der(0x02, &[1, 0, 1]));
    assert_eq!(rsa(&[&*n_der, &*e_der].concat()), Ok(RSA_2048));
    for (name, numbers) in [
        ("negative modulus", [&*der(0x02, &n[1..]), &*e_der].concat()),
        (
            "zero too many",
            [&*der(0x02, &[&[0], &*n].concat()), &*e_der].concat(),
        ),
        ("negative exponent", [&*n_der, &*der(0x02, &[0x81])].concat()),
        ("exponent of zero", [&*n_der, &*der(0x02, &[0])].concat()),
        ("empty exponent", [&*n_der, &*der(0x02, &[])].concat()),
        ("a third number", [&*n_der, &*e_der, &*e_der].concat()),
        ("modulus alone", n_der.clone()),
    ] {
        assert_eq!(rsa(&numbers), Err(KeyError::Malformed), "{name}");
    }
}

#[test]
fn every_shortened_certificate_is_malformed() {
    let der = certificate!("ca_true");
    for len in 0..der.len() {
        assert_eq!(
            Certificate::from_der(&der[..len]).err(),
            Some(CertificateError::Malformed),
            "{len}"
        );
    }
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(
        which in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let all: [&[u8]; 4] = [
            certificate!("ca_true"), certificate!("v1"), certificate!("p256"), certificate!("p256_explicit"),
        ];
        let mut der = all[which].to_vec();
        for (at, change) in changes {
            let at = at.index(der.len());
            der[at] ^= change;
        }
        if let Ok(certificate) = Certificate::from_der(&der) {
            prop_assert_eq!(certificate.sha256_thumbprint(), crate::sha256(&der));
        }
    }
}
