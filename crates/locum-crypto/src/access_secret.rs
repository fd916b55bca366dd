use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::{Random, SecretString};

/// Draws a secret access key: forty characters of `[A-Za-z0-9/+]`, 240 random bits (`facts: sts §3.3`).
#[must_use]
pub fn generate_secret_access_key(rng: &mut dyn Random) -> SecretString {
    // Thirty bytes are forty base64 characters without padding, each uniform.
    let mut bytes = Zeroizing::new([0; 30]);
    rng.fill(bytes.as_mut_slice());
    SecretString::new(BASE64_STANDARD.encode(bytes.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn has_the_length_and_alphabet_of_aws() {
        let mut rng = SeededRandom::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let secret = generate_secret_access_key(&mut rng);
            let text = secret.expose();
            assert_eq!(text.len(), 40);
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'/' || b == b'+')
            );
            seen.extend(text.bytes());
        }
        assert_eq!(seen.len(), 64, "every symbol occurs");
    }
}
