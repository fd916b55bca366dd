//! What a write asks for: puts and deletes of entities, each with the revision it was decided on.

use std::{fmt, sync::Arc};

use locum_crypto::Purpose;
use locum_names::{AccessKeyId, AccountId, UniqueId};

use crate::{
    AccessKey, Account, ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget,
    CreateAccountStatus, CredentialReport, DelegatedAdministrator, DelegationRequest, Group, InstanceProfile,
    LastUse, LoginProfile, ManagedPolicy, MfaDevice, OidcProvider, Organization, OrganizationalUnit,
    OutboundFederation, PasswordPolicy, PolicyOwner, Revision, Ring, Role, SamlProvider, UnitId,
    UsedAssertion, UsedBy, User,
};

/// The puts and deletes of one write, all applied or none.
///
/// A put expects the revision that its entity carries, a delete that of the entity it is given: if another write came
/// between, this one is a conflict. [`Revision::NEW`] expects that there is none yet.
#[derive(Debug, Clone, Default)]
pub struct Changes(Vec<Change>);

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a put. Entities go in by value: `changes.put(user)`.
    pub fn put(&mut self, entity: impl Into<Entity>) -> &mut Self {
        self.0.push(Change::Put(entity.into()));
        self
    }

    /// Adds a delete of an entity that was read: `changes.delete(&*user)`.
    pub fn delete<'a, T>(&mut self, entity: &'a T) -> &mut Self
    where
        (EntityKey, Revision): From<&'a T>,
    {
        let (key, expected) = entity.into();
        self.0.push(Change::Delete { key, expected });
        self
    }

    /// These changes and then the `others`.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Adds the `others` after these.
    pub(crate) fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.0.iter()
    }
}

impl FromIterator<Change> for Changes {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

/// One put or delete.
#[derive(Debug, Clone)]
pub enum Change {
    /// Stores the entity; its own revision is the one expected.
    Put(Entity),
    /// Removes what the key names.
    Delete {
        /// What to remove.
        key: EntityKey,
        /// The revision it was read at.
        expected: Revision,
    },
}

impl Change {
    /// What it changes.
    #[must_use]
    pub fn key(&self) -> EntityKey {
        match self {
            Self::Put(entity) => entity.key(),
            Self::Delete { key, .. } => key.clone(),
        }
    }

    pub(crate) const fn is_delete(&self) -> bool {
        matches!(self, Self::Delete { .. })
    }

    /// The revision it was decided on.
    #[must_use]
    pub fn expected(&self) -> Revision {
        match self {
            Self::Put(entity) => entity.revision(),
            Self::Delete { expected, .. } => *expected,
        }
    }
}

/// The name an entity is stored under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKey {
    /// The organization; there is one.
    Organization,
    /// A key ring, by the name of its purpose.
    Ring(&'static str),
    /// An account.
    Account(AccountId),
    /// The record of a `CreateAccount`, by its `car-` id.
    CreateAccountStatus(Box<str>),
    /// A customer's managed policy.
    Policy(AccountId, UniqueId),
    /// A group.
    Group(AccountId, UniqueId),
    /// A user.
    User(AccountId, UniqueId),
    /// A role.
    Role(AccountId, UniqueId),
    /// An instance profile.
    InstanceProfile(AccountId, UniqueId),
    /// A long-term access key.
    AccessKey(AccountId, AccessKeyId),
    /// A SAML provider, by its lower-cased name.
    SamlProvider(AccountId, Box<str>),
    /// An OIDC provider, by its URL without the scheme.
    OidcProvider(AccountId, Box<str>),
    /// An MFA device, by its path and name.
    MfaDevice(AccountId, Box<str>),
    /// An assertion that was redeemed, by its digest.
    UsedAssertion(AccountId, [u8; 32]),
    /// The account as an issuer of tokens.
    OutboundFederation(AccountId),
    /// A delegation request, by its id.
    DelegationRequest(Box<str>),
    /// The password of a user.
    LoginProfile(AccountId, UniqueId),
    /// What an account asks of passwords.
    PasswordPolicy(AccountId),
    /// The last use of a key or a role.
    LastUse(AccountId, UsedBy),
    /// The credential report of an account.
    CredentialReport(AccountId),
    /// An organizational unit.
    Unit(UnitId),
    /// A control policy, by its id.
    ControlPolicy(Box<str>),
    /// The control policies of a type that are attached to a target.
    ControlAttachments(ControlPolicyType, ControlTarget),
    /// An account as a delegated administrator.
    DelegatedAdministrator(AccountId),
}

impl fmt::Display for EntityKey {
    /// The store's key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("/organization"),
            Self::Ring(purpose) => write!(f, "/rings/{purpose}"),
            Self::Account(id) => write!(f, "/accounts/{id}"),
            Self::CreateAccountStatus(id) => write!(f, "/create-account/{id}"),
            Self::Policy(account, id) => write!(f, "/policies/{account}/{id}"),
            Self::Group(account, id) => write!(f, "/groups/{account}/{id}"),
            Self::User(account, id) => write!(f, "/users/{account}/{id}"),
            Self::Role(account, id) => write!(f, "/roles/{account}/{id}"),
            Self::InstanceProfile(account, id) => write!(f, "/instance-profiles/{account}/{id}"),
            Self::AccessKey(account, id) => write!(f, "/access-keys/{account}/{id}"),
            Self::SamlProvider(account, name) => write!(f, "/saml-providers/{account}/{name}"),
            Self::OidcProvider(account, url) => write!(f, "/oidc-providers/{account}/{url}"),
            Self::MfaDevice(account, place) => write!(f, "/mfa-devices/{account}{place}"),
            Self::UsedAssertion(account, digest) => {
                write!(f, "/used-assertions/{account}/")?;
                digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::OutboundFederation(account) => write!(f, "/outbound-federation/{account}"),
            Self::DelegationRequest(id) => write!(f, "/delegation-requests/{id}"),
            Self::LoginProfile(account, user) => write!(f, "/login-profiles/{account}/{user}"),
            Self::PasswordPolicy(account) => write!(f, "/password-policies/{account}"),
            Self::LastUse(account, by) => write!(f, "/last-uses/{account}/{by}"),
            Self::CredentialReport(account) => write!(f, "/credential-reports/{account}"),
            Self::Unit(id) => write!(f, "/units/{id}"),
            Self::ControlPolicy(id) => write!(f, "/control-policies/{id}"),
            Self::ControlAttachments(policy_type, target) => {
                write!(f, "/control-attachments/{}/{target}", policy_type.arn_word())
            }
            Self::DelegatedAdministrator(account) => write!(f, "/delegated-administrators/{account}"),
        }
    }
}

/// The stored name of a ring's purpose. Never change one: rings already stored would be lost.
pub(crate) const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::SessionToken => "session-token",
        Purpose::AuthorizationMessage => "authorization-message",
        Purpose::Marker => "marker",
        Purpose::StoreValue => "store-value",
    }
}

/// The account that stores a managed policy. A built-in one has none, and no revision either: it cannot be changed.
fn policy_key(policy: &ManagedPolicy) -> EntityKey {
    let account = match policy.owner {
        PolicyOwner::Account(account) => account,
        // INVARIANT: `Snapshot::apply` refuses changes to built-in policies, so nothing is stored under it.
        PolicyOwner::Aws => AccountId::from_random(0),
    };
    EntityKey::Policy(account, policy.id)
}

/// Any entity, shared.
#[derive(Debug, Clone)]
pub enum Entity {
    /// The organization.
    Organization(Arc<Organization>),
    /// A key ring.
    Ring(Arc<Ring>),
    /// An account.
    Account(Arc<Account>),
    /// The record of a `CreateAccount`.
    CreateAccountStatus(Arc<CreateAccountStatus>),
    /// A managed policy.
    Policy(Arc<ManagedPolicy>),
    /// A group.
    Group(Arc<Group>),
    /// A user.
    User(Arc<User>),
    /// A role.
    Role(Arc<Role>),
    /// An instance profile.
    InstanceProfile(Arc<InstanceProfile>),
    /// A long-term access key.
    AccessKey(Arc<AccessKey>),
    /// A SAML provider.
    SamlProvider(Arc<SamlProvider>),
    /// An OIDC provider.
    OidcProvider(Arc<OidcProvider>),
    /// An MFA device.
    MfaDevice(Arc<MfaDevice>),
    /// An assertion that was redeemed.
    UsedAssertion(Arc<UsedAssertion>),
    /// An account as an issuer of tokens.
    OutboundFederation(Arc<OutboundFederation>),
    /// A delegation request.
    DelegationRequest(Arc<DelegationRequest>),
    /// The password of a user.
    LoginProfile(Arc<LoginProfile>),
    /// What an account asks of passwords.
    PasswordPolicy(Arc<PasswordPolicy>),
    /// The last use of a key or a role.
    LastUse(Arc<LastUse>),
    /// The credential report of an account.
    CredentialReport(Arc<CredentialReport>),
    /// An organizational unit.
    Unit(Arc<OrganizationalUnit>),
    /// A control policy.
    ControlPolicy(Arc<ControlPolicy>),
    /// What control policies are attached to a target.
    ControlAttachments(Arc<ControlAttachments>),
    /// An account as a delegated administrator.
    DelegatedAdministrator(Arc<DelegatedAdministrator>),
}

/// Writes the conversions of each kind of entity, and the matches over all of them.
macro_rules! entities {
    ($($kind:ident($type:ty), $name:ident => $key:expr;)+) => {
        impl Entity {
            /// The name it is stored under.
            #[must_use]
            pub fn key(&self) -> EntityKey {
                match self {
                    $(Self::$kind($name) => $key,)+
                }
            }

            /// The revision it was read at.
            #[must_use]
            pub fn revision(&self) -> Revision {
                match self {
                    $(Self::$kind(entity) => entity.revision,)+
                }
            }

            /// The same entity as of `revision`.
            pub(crate) fn at(self, revision: Revision) -> Self {
                match self {
                    $(Self::$kind(mut entity) => {
                        Arc::make_mut(&mut entity).revision = revision;
                        Self::$kind(entity)
                    })+
                }
            }
        }

        $(
            impl From<$type> for Entity {
                fn from(entity: $type) -> Self {
                    Self::$kind(Arc::new(entity))
                }
            }

            impl From<&$type> for (EntityKey, Revision) {
                fn from($name: &$type) -> Self {
                    ($key, $name.revision)
                }
            }
        )+
    };
}

entities! {
    Organization(Organization), _organization => EntityKey::Organization;
    Ring(Ring), ring => EntityKey::Ring(purpose_name(ring.purpose));
    Account(Account), account => EntityKey::Account(account.id);
    CreateAccountStatus(CreateAccountStatus), status => EntityKey::CreateAccountStatus(status.id.clone());
    Policy(ManagedPolicy), policy => policy_key(policy);
    Group(Group), group => EntityKey::Group(group.account, group.id);
    User(User), user => EntityKey::User(user.account, user.id);
    Role(Role), role => EntityKey::Role(role.account, role.id);
    InstanceProfile(InstanceProfile), profile => EntityKey::InstanceProfile(profile.account, profile.id);
    AccessKey(AccessKey), key => EntityKey::AccessKey(key.account, key.id);
    SamlProvider(SamlProvider), provider =>
        EntityKey::SamlProvider(provider.account, provider.name.to_ascii_lowercase().into());
    OidcProvider(OidcProvider), provider => EntityKey::OidcProvider(provider.account, provider.url.clone());
    MfaDevice(MfaDevice), device => EntityKey::MfaDevice(device.account, device.place());
    UsedAssertion(UsedAssertion), used => EntityKey::UsedAssertion(used.account, used.digest);
    OutboundFederation(OutboundFederation), issuer => EntityKey::OutboundFederation(issuer.account);
    DelegationRequest(DelegationRequest), request => EntityKey::DelegationRequest(request.id.clone());
    LoginProfile(LoginProfile), profile => EntityKey::LoginProfile(profile.account, profile.user);
    PasswordPolicy(PasswordPolicy), policy => EntityKey::PasswordPolicy(policy.account);
    LastUse(LastUse), used => EntityKey::LastUse(used.account, used.by);
    CredentialReport(CredentialReport), report => EntityKey::CredentialReport(report.account);
    Unit(OrganizationalUnit), unit => EntityKey::Unit(unit.id);
    ControlPolicy(ControlPolicy), policy => EntityKey::ControlPolicy(policy.id.clone());
    ControlAttachments(ControlAttachments), attachments =>
        EntityKey::ControlAttachments(attachments.policy_type, attachments.target);
    DelegatedAdministrator(DelegatedAdministrator), administrator =>
        EntityKey::DelegatedAdministrator(administrator.account);
}
