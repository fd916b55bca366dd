//! What the directory holds. Plain values with public fields: an operation clones one out of the snapshot, changes it,
//! and puts it into a [`Changes`](crate::Changes).
//!
//! Each entity remembers the [`Revision`] it was read at, so a put always says which state it was decided on; a new
//! entity carries [`Revision::NEW`].

mod access_key;
mod account;
mod control_policy;
mod credential_report;
mod delegated_administrator;
mod delegation;
mod group;
mod instance_profile;
mod last_use;
mod login_profile;
mod managed_policy;
mod mfa_device;
mod oidc_provider;
mod organization;
mod organizational_unit;
mod outbound;
mod password_policy;
mod principal;
mod ring;
mod saml_provider;
mod service_link;
mod used_assertion;
mod wrong_guesses;

use locum_crypto::Random;

pub use access_key::{AccessKey, KeyOwner, KeyStatus};
pub use account::{
    Account, AccountStatus, CreateAccountState, CreateAccountStatus, GlobalTokenVersion, JoinedMethod,
    ProviderRevocation, RootUser,
};
pub(crate) use control_policy::full_access;
pub use control_policy::{
    ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget, InvalidControlTarget,
};
pub use credential_report::CredentialReport;
pub use delegated_administrator::{DelegatedAdministrator, ServiceGrant};
pub use delegation::{
    DelegationApproval, DelegationParty, DelegationRequest, DelegationState, DelegationToken, PolicyParameter,
};
pub use group::Group;
pub use instance_profile::InstanceProfile;
pub use last_use::{LastUse, UsedBy};
pub use login_profile::{LoginProfile, MOST_REMEMBERED_PASSWORDS};
pub use managed_policy::{InvalidVersionId, ManagedPolicy, PolicyOwner, PolicyVersion, VersionId};
pub use mfa_device::MfaDevice;
pub use oidc_provider::{IssuerScheme, OidcProvider};
pub use organization::Organization;
pub use organizational_unit::{InvalidUnitId, MAX_UNIT_DEPTH, OrganizationalUnit, Parent, UnitId};
pub use outbound::{OutboundAlgorithm, OutboundFederation, OutboundKey};
pub use password_policy::PasswordPolicy;
pub use principal::{DEFAULT_MAX_SESSION_DURATION, InlinePolicy, Role, Tag, User};
pub use ring::Ring;
pub use saml_provider::{AssertionEncryption, SamlPrivateKey, SamlProvider};
pub use service_link::SERVICE_LINKED_PATH;
pub use used_assertion::UsedAssertion;
pub(crate) use used_assertion::is_mark;
pub use wrong_guesses::WrongGuesses;

/// When an entity last changed, in the store's global count of commits. Zero is "not stored yet".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of an entity that is not stored yet.
    pub const NEW: Self = Self(0);

    /// The revision of the commit after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Text of `length` random characters of `alphabet` after `prefix`. The remainder's bias is below 2⁻⁵⁸.
fn random_text(prefix: &str, length: usize, alphabet: &[u8], rng: &mut dyn Random) -> Box<str> {
    let size = u64::try_from(alphabet.len()).unwrap_or(1).max(1);
    let symbols = (0..length).filter_map(|_| {
        let index = usize::try_from(rng.next_u64() % size).ok()?;
        alphabet.get(index).copied().map(char::from)
    });
    prefix.chars().chain(symbols).collect::<String>().into()
}

const LOWER_ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER_ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
