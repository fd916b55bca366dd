use jiff::Timestamp;
use locum_crypto::SecretBytes;
use locum_names::{AccountId, Partition};

use super::{KeyOwner, Revision, Tag, WrongGuesses};

/// A virtual MFA device: a seed for time-based codes, and which of them are spent.
#[derive(Debug, Clone)]
pub struct MfaDevice {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account it belongs to.
    pub account: AccountId,
    /// `/` or `/division/team/`.
    pub path: Box<str>,
    /// Unique in the account together with the path, to the letter: the two are the end of its serial number.
    pub name: Box<str>,
    /// The shared secret.
    pub seed: SecretBytes,
    /// Whose it is while it is enabled.
    pub owner: Option<KeyOwner>,
    /// When it was last enabled; set if and only if there is an owner.
    pub enabled_at: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// The newest time step whose code was accepted: codes of it and of all before are spent. For one seed it never
    /// goes back, whoever owns the device.
    pub last_step: Option<i64>,
    /// By how many time steps its clock is ahead of ours, as of the last two codes in a row that it showed.
    pub drift: i32,
    /// The wrong codes that count against it.
    pub failures: Option<WrongGuesses>,
    /// No code is accepted before this time.
    pub locked_until: Option<Timestamp>,
    /// In the order they were put.
    pub tags: Vec<Tag>,
}

impl MfaDevice {
    /// A device that nobody has enabled yet.
    #[must_use]
    pub fn new(account: AccountId, path: &str, name: &str, seed: SecretBytes, created: Timestamp) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            path: path.into(),
            name: name.into(),
            seed,
            owner: None,
            enabled_at: None,
            created,
            last_step: None,
            drift: 0,
            failures: None,
            locked_until: None,
            tags: Vec::new(),
        }
    }

    /// Its serial number, an ARN.
    #[must_use]
    pub fn serial_number(&self, partition: Partition) -> String {
        let Self {
            account, path, name, ..
        } = self;
        format!("arn:{partition}:iam::{account}:mfa{path}{name}")
    }

    /// Its path and name, such as `/team/phone`: what it is ordered by.
    #[must_use]
    pub fn place(&self) -> Box<str> {
        format!("{}{}", self.path, self.name).into()
    }
}
