//! `SubjectPublicKeyInfo`: the form that a public key has in certificates.

use crate::{Curve, KeyError, VerificationKey, der::Der};

// The contents of the AlgorithmIdentifier, compared as a whole: other parameters make another algorithm.
/// rsaEncryption, NULL (RFC 3279 §2.3.1).
const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// id-ecPublicKey, secp256r1 (RFC 5480 §2.1.1.1).
const P256: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// id-ecPublicKey, secp384r1.
const P384: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
/// id-ecPublicKey, secp521r1.
const P521: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";

/// Reads what is within its sequence: RSA with its NULL parameters, or a named curve and an uncompressed point.
pub(crate) fn read(mut info: Der<'_>) -> Result<VerificationKey, KeyError> {
    let algorithm = info.sequence().ok_or(KeyError::Malformed)?;
    let key = info.whole_bits().ok_or(KeyError::Malformed)?;
    info.end().ok_or(KeyError::Malformed)?;
    match algorithm.rest() {
        RSA => {
            let (modulus, exponent) = read_rsa(key).ok_or(KeyError::Malformed)?;
            VerificationKey::rsa(modulus, exponent)
        }
        P256 => read_point(Curve::P256, key),
        P384 => read_point(Curve::P384, key),
        P521 => read_point(Curve::P521, key),
        _ => Err(KeyError::Unsupported),
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 §A.1.1).
pub(crate) fn read_rsa(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut numbers = Der::only_sequence(der)?;
    let parts = (numbers.positive()?, numbers.positive()?);
    numbers.end()?;
    Some(parts)
}

fn read_point(curve: Curve, point: &[u8]) -> Result<VerificationKey, KeyError> {
    let (x, y) = split_point(curve, point).ok_or(KeyError::Point)?;
    VerificationKey::ec(curve, x, y)
}

/// The coordinates of an uncompressed point (SEC 1 §2.3.3).
pub(crate) fn split_point(curve: Curve, point: &[u8]) -> Option<(&[u8], &[u8])> {
    let (x, y) = point
        .strip_prefix(&[4])?
        .split_at_checked(curve.coordinate_len())?;
    (y.len() == x.len()).then_some((x, y))
}
