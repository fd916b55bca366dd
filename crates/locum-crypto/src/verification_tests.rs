use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use proptest::prelude::*;

use crate::{BadSignature, Curve, KeyError, KeyKind, SignatureAlgorithm, VerificationKey, fixture};

const ECDSA: &str = include_str!("../fixtures/ecdsa.txt");
const PADDING: &str = include_str!("../fixtures/rsa_padding.txt");

const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaPkcs1Sha256,
    SignatureAlgorithm::RsaPkcs1Sha384,
    SignatureAlgorithm::RsaPkcs1Sha512,
    SignatureAlgorithm::EcdsaP256Sha256,
    SignatureAlgorithm::EcdsaP384Sha384,
    SignatureAlgorithm::EcdsaP521Sha512,
];

/// RFC 7515 §A.2: the modulus, the signed part and the signature.
const RS256_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const RS256_SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap()
}

/// A key with a valid signature of it, and the order of its group.
struct Signed {
    key: VerificationKey,
    algorithm: SignatureAlgorithm,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn verify(&self, signature: &[u8]) -> Result<(), BadSignature> {
        self.key.verify(self.algorithm, &self.message, signature)
    }
}

/// RFC 7515 §A.2.
fn rs256() -> Signed {
    Signed {
        key: VerificationKey::rsa(&base64(RS256_N), &[1, 0, 1]).unwrap(),
        algorithm: SignatureAlgorithm::RsaPkcs1Sha256,
        message: RS256_SIGNED.into(),
        signature: base64(RS256_SIGNATURE),
    }
}

/// RFC 7515 §A.3 (ES256) and §A.4 (ES512).
fn jws_ecdsa() -> [Signed; 2] {
    [
        Signed {
            key: VerificationKey::ec(
                Curve::P256,
                &base64("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                &base64("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
            )
            .unwrap(),
            algorithm: SignatureAlgorithm::EcdsaP256Sha256,
            message: format!(
                "eyJhbGciOiJFUzI1NiJ9.{}",
                RS256_SIGNED.split_once('.').unwrap().1
            )
            .into(),
            signature: base64(
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
        },
        Signed {
            key: VerificationKey::ec(
                Curve::P521,
                &base64(
                    "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
                ),
                &base64(
                    "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
                ),
            )
            .unwrap(),
            algorithm: SignatureAlgorithm::EcdsaP521Sha512,
            message: b"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA".to_vec(),
            signature: base64(
                "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
            ),
        },
    ]
}

/// What OpenSSL signed on each curve, and the order of the curve's group (FIPS 186-4 §D.1.2).
fn openssl_ecdsa() -> [(Curve, Signed, Vec<u8>); 3] {
    [
        (
            Curve::P256,
            SignatureAlgorithm::EcdsaP256Sha256,
            "P-256",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        ),
        (
            Curve::P384,
            SignatureAlgorithm::EcdsaP384Sha384,
            "P-384",
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ),
        (
            Curve::P521,
            SignatureAlgorithm::EcdsaP521Sha512,
            "P-521",
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ),
    ]
    .map(|(curve, algorithm, name, order)| {
        let part = |part| fixture::value(ECDSA, &format!("{name} {part}"));
        let key = VerificationKey::ec(curve, &part("x"), &part("y")).unwrap();
        let signed = Signed {
            key,
            algorithm,
            message: b"message".to_vec(),
            signature: [part("r"), part("s")].concat(),
        };
        (curve, signed, fixture::bytes(order))
    })
}

fn all_signed() -> Vec<Signed> {
    let mut all = vec![rs256()];
    all.extend(jws_ecdsa());
    all.extend(openssl_ecdsa().map(|(_, signed, _)| signed));
    all
}

#[test]
fn published_and_foreign_signatures_verify_under_their_own_algorithm_only() {
    for signed in all_signed() {
        for algorithm in ALGORITHMS {
            let verified = signed.key.verify(algorithm, &signed.message, &signed.signature);
            assert_eq!(
                verified.is_ok(),
                algorithm == signed.algorithm,
                "{signed:?} {algorithm:?}"
            );
        }
    }
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.algorithm, self.key)
    }
}

proptest! {
    #[test]
    fn one_flipped_bit_makes_a_signature_bad(which in 0usize..6, bit in any::<prop::sample::Index>(), in_message in any::<bool>()) {
        let mut signed = all_signed().swap_remove(which);
        let bytes = if in_message { &mut signed.message } else { &mut signed.signature };
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(signed.verify(&signed.signature), Err(BadSignature));
    }

    #[test]
    fn no_bytes_are_a_signature_by_chance(which in 0usize..6, signature in prop::collection::vec(any::<u8>(), 0..300)) {
        let signed = all_signed().swap_remove(which);
        prop_assert_eq!(signed.verify(&signature), Err(BadSignature));
    }

    #[test]
    fn no_bytes_as_a_key_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), split in any::<prop::sample::Index>()) {
        let (a, b) = bytes.split_at(split.index(bytes.len() + 1));
        let _ = VerificationKey::rsa(a, b);
        for curve in [Curve::P256, Curve::P384, Curve::P521] {
            prop_assert!(VerificationKey::ec(curve, a, b).is_err());
        }
    }
}

/// CVE-2022-21449 and the cases around it, as Wycheproof tries them.
#[test]
fn ecdsa_numbers_out_of_range_and_other_forms_are_refused() {
    for (curve, signed, order) in openssl_ecdsa() {
        let len = curve.coordinate_len();
        let (r, s) = signed.signature.split_at(len);
        let number = |value: u8| [vec![0; len - 1], vec![value]].concat();
        let (zero, one, top) = (number(0), number(1), vec![0xff; len]);
        let mut order_less_one = order.clone();
        *order_less_one.last_mut().unwrap() -= 1;
        let der = fixture::value(ECDSA, &format!("P-{} der", if len == 66 { 521 } else { len * 8 }));

        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("r = s = 0", [&*zero, &*zero].concat()),
            ("r = 0", [&*zero, s].concat()),
            ("s = 0", [r, &*zero].concat()),
            ("r = s = 1", [&*one, &*one].concat()),
            ("r = n", [&*order, s].concat()),
            ("s = n", [r, &*order].concat()),
            ("r = s = n", [&*order, &*order].concat()),
            ("r = s = n - 1", [&*order_less_one, &*order_less_one].concat()),
            ("r = n, s = 1", [&*order, &*one].concat()),
            ("all ones", [&*top, &*top].concat()),
            ("swapped", [s, r].concat()),
            ("empty", vec![]),
            ("r alone", r.to_vec()),
            ("one byte short", signed.signature[..2 * len - 1].to_vec()),
            ("one byte long", [&*signed.signature, &[0]].concat()),
            ("zero before", [&[0], &*signed.signature].concat()),
            ("both one byte wider", [&[0], r, &[0], s].concat()),
            ("twice", [&*signed.signature, &*signed.signature].concat()),
            ("DER", der.clone()),
            (
                "DER filled up",
                [der, vec![0; 2 * len]].concat()[..2 * len].to_vec(),
            ),
        ];
        assert_eq!(signed.verify(&signed.signature), Ok(()));
        for (name, signature) in cases {
            assert_eq!(signed.verify(&signature), Err(BadSignature), "{curve:?} {name}");
        }
    }
}

#[test]
fn points_off_the_curve_and_of_other_lengths_are_refused() {
    for (curve, ..) in openssl_ecdsa() {
        let len = curve.coordinate_len();
        let name = format!("P-{}", if len == 66 { 521 } else { len * 8 });
        let (x, y) = (
            fixture::value(ECDSA, &format!("{name} x")),
            fixture::value(ECDSA, &format!("{name} y")),
        );
        let mut off = y.clone();
        *off.last_mut().unwrap() ^= 1;
        let cases: [(&str, &[u8], &[u8]); 9] = [
            ("off the curve", &x, &off),
            ("swapped", &y, &x),
            ("origin", &vec![0; len], &vec![0; len]),
            ("beyond the field", &vec![0xff; len], &vec![0xff; len]),
            ("short x", &x[1..], &y),
            ("short y", &x, &y[1..]),
            ("wide x", &[&[0], &*x].concat(), &y),
            ("moved border", &[&*x, &y[..1]].concat(), &y[1..]),
            ("empty", &[], &[]),
        ];
        for (case, x, y) in cases {
            assert_eq!(
                VerificationKey::ec(curve, x, y).err(),
                Some(KeyError::Point),
                "{curve:?} {case}"
            );
        }
        for other in [Curve::P256, Curve::P384, Curve::P521] {
            assert_eq!(VerificationKey::ec(other, &x, &y).is_ok(), other == curve);
        }
    }
}

#[test]
fn rsa_keys_of_other_sizes_and_exponents_are_refused() {
    // Only size and parity of a modulus can be seen without factors.
    let modulus = |bits: usize| {
        let mut n = vec![0xa5; bits.div_ceil(8)];
        n[0] = 1 << ((bits - 1) % 8);
        *n.last_mut().unwrap() |= 1;
        n
    };
    for bits in [1, 512, 1024, 2040, 2047, 8193, 16384] {
        let key = VerificationKey::rsa(&modulus(bits), &[1, 0, 1]);
        assert_eq!(key.err(), Some(KeyError::Size(bits)));
    }
    for bits in [2048, 2049, 3072, 4096, 8192] {
        let key = VerificationKey::rsa(&modulus(bits), &[1, 0, 1]).unwrap();
        assert_eq!(key.kind(), KeyKind::Rsa { bits });
    }
    assert_eq!(VerificationKey::rsa(&[], &[3]).err(), Some(KeyError::Size(0)));
    assert_eq!(
        VerificationKey::rsa(&[0; 256], &[3]).err(),
        Some(KeyError::Size(0))
    );
    let n = modulus(2048);
    for exponent in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[0, 1],
        &[1, 0, 0],
        &[1, 0, 0, 0, 1],
        &[0xff; 256],
    ] {
        let key = VerificationKey::rsa(&n, exponent);
        assert_eq!(key.err(), Some(KeyError::Exponent), "{exponent:?}");
    }
    for exponent in [&[3][..], &[17], &[1, 0, 1], &[0, 1, 0, 1], &[0xff; 4]] {
        assert!(VerificationKey::rsa(&n, exponent).is_ok(), "{exponent:?}");
    }
    let mut even = n.clone();
    *even.last_mut().unwrap() &= 0xfe;
    assert_eq!(VerificationKey::rsa(&even, &[3]).err(), Some(KeyError::Malformed));
    let zeros = VerificationKey::rsa(&[&[0, 0], &*n].concat(), &[3]).unwrap();
    assert_eq!(zeros.kind(), KeyKind::Rsa { bits: 2048 });
}

#[test]
fn rsa_padding_has_one_form() {
    let key = VerificationKey::rsa(&fixture::value(PADDING, "modulus"), &[3]).unwrap();
    let mut cases = 0;
    for (name, signature) in fixture::values(PADDING).filter(|(name, _)| *name != "modulus") {
        for algorithm in ALGORITHMS {
            let verified = key.verify(algorithm, b"message", &signature).is_ok();
            let valid = match name {
                "valid" => algorithm == SignatureAlgorithm::RsaPkcs1Sha256,
                // Right for its own hash, and for no other.
                "SHA-512" => algorithm == SignatureAlgorithm::RsaPkcs1Sha512,
                _ => false,
            };
            assert_eq!(verified, valid, "{name} {algorithm:?}");
        }
        cases += 1;
    }
    assert_eq!(cases, 15);
}

#[test]
fn rsa_signatures_have_the_length_of_the_modulus() {
    let signed = rs256();
    let valid = &*signed.signature;
    for (name, signature) in [
        ("zero", vec![0; 256]),
        ("all ones", vec![0xff; 256]),
        ("modulus", base64(RS256_N)),
        ("empty", vec![]),
        ("short", valid[1..].to_vec()),
        ("cut", valid[..255].to_vec()),
        ("zero before", [&[0], valid].concat()),
        ("zero after", [valid, &[0]].concat()),
        ("twice", [valid, valid].concat()),
    ] {
        assert_eq!(signed.verify(&signature), Err(BadSignature), "{name}");
    }
    let one = [&[0; 255][..], &[1]].concat();
    assert_eq!(signed.verify(&one), Err(BadSignature));
    let other = Signed {
        key: VerificationKey::rsa(&fixture::value(PADDING, "modulus"), &[3]).unwrap(),
        ..rs256()
    };
    assert_eq!(other.verify(valid), Err(BadSignature), "another key");
}

#[test]
fn debug_shows_the_kind_of_a_key() {
    assert_eq!(
        format!("{:?}", rs256().key),
        "VerificationKey(Rsa { bits: 2048 })"
    );
    let [es256, _] = jws_ecdsa();
    assert_eq!(format!("{:?}", es256.key), "VerificationKey(Ec(P256))");
}
