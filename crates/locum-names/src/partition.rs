use std::{fmt, str::FromStr};

use crate::NameError;

/// An isolated group of regions with accounts of its own; no delegation crosses it (`facts: sts §3.4`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Partition {
    /// `aws`, the commercial partition.
    #[default]
    Aws,
    /// `aws-cn`, China.
    China,
    /// `aws-us-gov`, GovCloud.
    UsGov,
    /// `aws-iso`.
    Iso,
    /// `aws-iso-b`.
    IsoB,
    /// `aws-iso-e`.
    IsoE,
    /// `aws-iso-f`.
    IsoF,
    /// `aws-eusc`, the European sovereign cloud.
    Eusc,
}

impl Partition {
    /// Every partition, in the order of declaration.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::China,
        Self::UsGov,
        Self::Iso,
        Self::IsoB,
        Self::IsoE,
        Self::IsoF,
        Self::Eusc,
    ];

    /// The second field of its ARNs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::UsGov => "aws-us-gov",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
            Self::Eusc => "aws-eusc",
        }
    }
}

impl FromStr for Partition {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|p| p.as_str() == text)
            .ok_or(NameError::Partition)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
