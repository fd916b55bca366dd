//! How much an account has, and how much it may have, in the words of GetAccountSummary (`facts: sts §8.6`).
//!
//! Every number is counted or is the very limit that is enforced. What does not exist here, such as server certificates,
//! is none; its quota is AWS's.

use locum_api::{
    MapEntry, Request,
    iam::{GetAccountSummaryRequest, GetAccountSummaryResponse},
};
use locum_directory::{GlobalTokenVersion, KeyOwner, Snapshot};
use locum_names::AccountId;

use super::{
    access::{Keys, authorize},
    quotas,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for GetAccountSummaryRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccountSummaryResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let numbers = summary(call.snapshot, call.account());
        let entry = |(key, value): (&str, usize)| MapEntry {
            key: key.to_owned(),
            value: value.to_string(),
        };
        Ok(GetAccountSummaryResponse {
            summary_map: numbers.into_iter().map(entry).collect(),
        })
    }
}

/// In the order of the model.
fn summary(snapshot: &Snapshot, account: AccountId) -> [(&'static str, usize); 34] {
    let counts = snapshot.counts(account);
    let root = KeyOwner::Root(account);
    let root_has_device = snapshot.mfa_devices_of(root, None).next().is_some();
    let root_has_key = snapshot.access_keys(root).next().is_some();
    let versions = snapshot
        .policies(account, None, "/")
        .map(|policy| policy.versions.len());
    let tokens = snapshot.account(account).map(|account| account.global_tokens);
    [
        ("Users", counts.users),
        ("UsersQuota", quotas::USERS.limit()),
        ("Groups", counts.groups),
        ("GroupsQuota", quotas::GROUPS.limit()),
        ("ServerCertificates", 0),
        ("ServerCertificatesQuota", 20),
        ("UserPolicySizeQuota", quotas::INLINE_OF_USER),
        ("GroupPolicySizeQuota", quotas::INLINE_OF_GROUP),
        ("GroupsPerUserQuota", quotas::GROUPS_OF_USER.limit()),
        ("SigningCertificatesPerUserQuota", 2),
        ("AccessKeysPerUserQuota", quotas::ACCESS_KEYS.limit()),
        ("MFADevices", counts.mfa_devices),
        ("MFADevicesInUse", counts.mfa_devices_in_use),
        ("AccountMFAEnabled", usize::from(root_has_device)),
        ("AccountAccessKeysPresent", usize::from(root_has_key)),
        // Passwords are users' alone.
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("AttachedPoliciesPerGroupQuota", quotas::POLICIES_OF_GROUP.limit()),
        ("AttachedPoliciesPerRoleQuota", quotas::POLICIES_OF_ROLE.limit()),
        ("AttachedPoliciesPerUserQuota", quotas::POLICIES_OF_USER.limit()),
        ("Policies", counts.policies),
        ("PoliciesQuota", quotas::POLICIES.limit()),
        ("PolicySizeQuota", quotas::POLICY_SIZE.limit()),
        ("PolicyVersionsInUse", versions.sum()),
        ("PolicyVersionsInUseQuota", quotas::VERSIONS_IN_USE),
        ("VersionsPerPolicyQuota", quotas::VERSIONS),
        (
            "GlobalEndpointTokenVersion",
            match tokens {
                Some(GlobalTokenVersion::V2) => 2,
                Some(GlobalTokenVersion::V1) | None => 1,
            },
        ),
        ("AssumeRolePolicySizeQuota", quotas::TRUST_SIZE.limit()),
        ("InstanceProfiles", counts.instance_profiles),
        ("InstanceProfilesQuota", quotas::INSTANCE_PROFILES.limit()),
        (
            "Providers",
            counts.saml_providers.saturating_add(counts.oidc_providers),
        ),
        ("RolePolicySizeQuota", quotas::INLINE_OF_ROLE),
        ("Roles", counts.roles),
        ("RolesQuota", quotas::ROLES.limit()),
    ]
}
