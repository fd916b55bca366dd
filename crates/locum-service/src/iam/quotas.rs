//! How much an account may have (`facts: sts §8.3`, `policy §6.2`): AWS's defaults, in one table.

use locum_api::{ApiError, errors};

/// A limit and the name that AWS's message gives it.
pub(super) struct Quota {
    name: &'static str,
    limit: usize,
}

pub(super) const USERS: Quota = quota("UsersPerAccount", 5000);
pub(super) const GROUPS: Quota = quota("GroupsPerAccount", 300);
/// That one user is in.
pub(super) const GROUPS_OF_USER: Quota = quota("GroupsPerUser", 10);
pub(super) const ROLES: Quota = quota("RolesPerAccount", 1000);
pub(super) const INSTANCE_PROFILES: Quota = quota("InstanceProfilesPerAccount", 1000);
/// AWS calls it so (`facts: sts §8.5`).
pub(super) const ROLES_OF_INSTANCE_PROFILE: Quota = quota("InstanceSessionsPerInstanceProfile", 1);
pub(super) const POLICIES: Quota = quota("PoliciesPerAccount", 1500);
pub(super) const ACCESS_KEYS: Quota = quota("AccessKeysPerUser", 2);
pub(super) const SAML_PROVIDERS: Quota = quota("SAMLProvidersPerAccount", 100);
/// That one account made and that are still remembered.
pub(super) const DELEGATION_REQUESTS: Quota = quota("DelegationRequestsPerAccount", 1000);
pub(super) const MFA_DEVICES: Quota = quota("MFADevicesPerUser", 8);
/// As many as users.
pub(super) const VIRTUAL_MFA_DEVICES: Quota = quota("VirtualMFADevicesPerAccount", 5000);
pub(super) const OIDC_PROVIDERS: Quota = quota("OpenIdConnectProvidersPerAccount", 100);
pub(super) const CLIENT_IDS: Quota = quota("ClientIdsPerOpenIdConnectProvider", 100);
pub(super) const POLICIES_OF_USER: Quota = quota("PoliciesPerUser", 10);
pub(super) const POLICIES_OF_GROUP: Quota = quota("PoliciesPerGroup", 10);
pub(super) const POLICIES_OF_ROLE: Quota = quota("PoliciesPerRole", 10);
pub(super) const TAGS_OF_USER: Quota = quota("TagsPerUser", 50);
pub(super) const TAGS_OF_ROLE: Quota = quota("TagsPerRole", 50);
pub(super) const TAGS_OF_INSTANCE_PROFILE: Quota = quota("TagsPerInstanceProfile", 50);
pub(super) const TAGS_OF_POLICY: Quota = quota("TagsPerPolicy", 50);
pub(super) const TAGS_OF_SAML_PROVIDER: Quota = quota("TagsPerSAMLProvider", 50);
pub(super) const TAGS_OF_MFA_DEVICE: Quota = quota("TagsPerMFADevice", 50);
pub(super) const TAGS_OF_OIDC_PROVIDER: Quota = quota("TagsPerOpenIdConnectProvider", 50);
/// Of a managed policy's document, in characters that are not white space, as the sizes below.
pub(super) const POLICY_SIZE: Quota = quota("PolicySize", 6144);
pub(super) const TRUST_SIZE: Quota = quota("ACLSizePerRole", 2048);

/// Of a managed policy.
pub(super) const VERSIONS: usize = 5;
/// Of all managed policies together, as AWS tells it: more than so many policies can have.
pub(super) const VERSIONS_IN_USE: usize = 10_000;
/// Of all inline policies of a user together.
pub(super) const INLINE_OF_USER: usize = 2048;
/// Of all inline policies of a group together.
pub(super) const INLINE_OF_GROUP: usize = 5120;
/// Of all inline policies of a role together.
pub(super) const INLINE_OF_ROLE: usize = 10_240;

const fn quota(name: &'static str, limit: usize) -> Quota {
    Quota { name, limit }
}

impl Quota {
    /// How much is allowed.
    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// Refuses more than the limit.
    pub(super) fn check(&self, wanted: usize) -> Result<(), ApiError> {
        if wanted <= self.limit {
            return Ok(());
        }
        let Self { name, limit } = self;
        Err(errors::LIMIT_EXCEEDED.with(format!("Cannot exceed quota for {name}: {limit}")))
    }
}
