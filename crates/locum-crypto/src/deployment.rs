use std::{fmt, str::FromStr};

use crate::{Random, hex};

/// One installation of locum, drawn at its first start. It stands in the AAD of everything that is sealed for callers,
/// so two installations that were given the same keys by mistake still refuse each other's tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeploymentId([u8; 16]);

/// Text that is not a deployment id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a deployment id is 32 lower-case hexadecimal digits")]
pub struct DeploymentIdError;

impl DeploymentId {
    /// Draws a new id.
    #[must_use]
    pub fn generate(rng: &mut dyn Random) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// Takes in an id that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for DeploymentId {
    type Err = DeploymentIdError;

    fn from_str(text: &str) -> Result<Self, DeploymentIdError> {
        let bytes = u128::from_str_radix(text, 16).map_err(|_| DeploymentIdError)?;
        let id = Self(bytes.to_be_bytes());
        // Only the one spelling: no sign, no capitals, no missing zeros.
        (id.to_string() == text).then_some(id).ok_or(DeploymentIdError)
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeploymentId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn is_read_from_its_own_spelling_only() {
        let id = DeploymentId::generate(&mut SeededRandom::new(1));
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(DeploymentId::from_bytes(*id.as_bytes()), id);
        for bad in [
            "",
            "00",
            "+0000000000000000000000000000000",
            &text[1..],
            &text.to_uppercase(),
        ] {
            assert_eq!(bad.parse::<DeploymentId>(), Err(DeploymentIdError), "{bad}");
        }
    }
}
