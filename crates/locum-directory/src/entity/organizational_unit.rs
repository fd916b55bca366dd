use std::{fmt, str::FromStr};

use jiff::Timestamp;
use locum_crypto::Random;

use super::{LOWER_ALPHANUMERIC, Organization, Revision, Tag};

/// How many units may stand between the root and an account.
pub const MAX_UNIT_DEPTH: usize = 5;

/// A group of accounts under the root or under another unit. Where it stands never changes, so units form a tree.
#[derive(Debug, Clone)]
pub struct OrganizationalUnit {
    /// The revision it was read at.
    pub revision: Revision,
    /// `ou-…-…`
    pub id: UnitId,
    /// Unique under its parent, to the letter.
    pub name: Box<str>,
    /// What it stands under.
    pub parent: Parent,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created: Timestamp,
}

impl OrganizationalUnit {
    /// A unit of a fresh id.
    #[must_use]
    pub fn new(
        organization: &Organization,
        parent: Parent,
        name: &str,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            id: UnitId::generate(organization, rng),
            name: name.into(),
            parent,
            tags: Vec::new(),
            created,
        }
    }
}

/// What an account or a unit stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parent {
    /// The organization's root.
    Root,
    /// A unit.
    Unit(UnitId),
}

/// The id of an organizational unit: `ou-`, the root's four characters, `-`, and eight of its own. As many bytes as two
/// pointers, so that the way from an account to the root is walked without allocating.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId {
    root: [u8; 4],
    own: [u8; 8],
}

impl UnitId {
    fn generate(organization: &Organization, rng: &mut dyn Random) -> Self {
        let root = organization.root_id.as_bytes().get(2..).unwrap_or_default();
        Self {
            root: root.try_into().unwrap_or([b'0'; 4]),
            own: std::array::from_fn(|_| letter(rng)),
        }
    }
}

fn letter(rng: &mut dyn Random) -> u8 {
    let size = u64::try_from(LOWER_ALPHANUMERIC.len()).unwrap_or(1).max(1);
    let index = usize::try_from(rng.next_u64() % size).unwrap_or_default();
    LOWER_ALPHANUMERIC.get(index).copied().unwrap_or(b'a')
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| fmt::Error);
        write!(f, "ou-{}-{}", text(&self.root)?, text(&self.own)?)
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not the id of a unit of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an organizational unit's id is ou-, four characters, -, and eight more: lower-case letters and digits"
)]
pub struct InvalidUnitId;

impl FromStr for UnitId {
    type Err = InvalidUnitId;

    fn from_str(text: &str) -> Result<Self, InvalidUnitId> {
        let ids = text.strip_prefix("ou-").and_then(|ids| ids.split_once('-'));
        let (root, own) = ids.ok_or(InvalidUnitId)?;
        let plain = |part: &str| part.bytes().all(|b| LOWER_ALPHANUMERIC.contains(&b));
        if !plain(root) || !plain(own) {
            return Err(InvalidUnitId);
        }
        Ok(Self {
            root: root.as_bytes().try_into().map_err(|_| InvalidUnitId)?,
            own: own.as_bytes().try_into().map_err(|_| InvalidUnitId)?,
        })
    }
}
