use std::collections::BTreeMap;

use super::texts::{ALREADY_EXISTS, DENIED, NO_SUCH_ENTITY, READ_NOTES, TRUST_ACCOUNT, VALIDATION};
use crate::harness::{Credentials, World};

fn aliases(world: &World, who: &Credentials) -> Vec<String> {
    let listed = world.iam(who, "ListAccountAliases", &[]).ok();
    assert_eq!(listed.text("IsTruncated"), "false");
    listed.texts("member")
}

#[test]
fn an_account_has_one_alias_and_no_two_have_the_same() {
    let world = World::new();
    let other = world.other_account("444455556666");
    assert!(aliases(&world, &world.root).is_empty());
    world
        .admin("CreateAccountAlias", &[("AccountAlias", "acme")])
        .ok();
    world
        .admin("CreateAccountAlias", &[("AccountAlias", "acme-notes")])
        .ok();
    assert_eq!(aliases(&world, &world.root), ["acme-notes"]);
    world
        .iam(&other, "CreateAccountAlias", &[("AccountAlias", "acme")])
        .ok();
    world.refuses(&[
        (
            "CreateAccountAlias",
            &[("AccountAlias", "acme")],
            ALREADY_EXISTS,
            "The account alias acme already exists.",
        ),
        (
            "CreateAccountAlias",
            &[("AccountAlias", "acme-notes")],
            ALREADY_EXISTS,
            "The account alias acme-notes already exists.",
        ),
        // Another account's is as if it did not exist.
        (
            "DeleteAccountAlias",
            &[("AccountAlias", "acme")],
            NO_SUCH_ENTITY,
            "The account alias acme cannot be found.",
        ),
        (
            "CreateAccountAlias",
            &[("AccountAlias", "a--b")],
            VALIDATION,
            "1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
        ),
        (
            "CreateAccountAlias",
            &[("AccountAlias", "123456789012")],
            VALIDATION,
            "An account alias must not be twelve digits: that is the form of an account's number.",
        ),
        ("ListAccountAliases", &[("Marker", "x")], VALIDATION, "Invalid Marker."),
    ]);
    world
        .admin("CreateAccountAlias", &[("AccountAlias", "1234567890123")])
        .ok();
    world
        .admin("DeleteAccountAlias", &[("AccountAlias", "1234567890123")])
        .ok();
    assert!(aliases(&world, &world.root).is_empty());
    assert_eq!(aliases(&world, &other), ["acme"]);
    // What one gave up another may have.
    world
        .iam(&other, "DeleteAccountAlias", &[("AccountAlias", "acme")])
        .ok();
    world
        .admin("CreateAccountAlias", &[("AccountAlias", "acme")])
        .ok();
    assert_eq!(aliases(&world, &world.root), ["acme"]);
}

/// The summary, by what it counts.
fn summary(world: &World, who: &Credentials) -> BTreeMap<String, u32> {
    let shown = world.iam(who, "GetAccountSummary", &[]).ok();
    let (keys, values) = (shown.texts("key"), shown.texts("value"));
    assert_eq!((keys.len(), values.len()), (34, 34));
    keys.into_iter()
        .zip(values.iter().map(|value| value.parse().unwrap()))
        .collect()
}

#[test]
fn the_summary_counts_what_there_is() {
    let world = World::new();
    let other = world.other_account("444455556666");
    let before = summary(&world, &world.root);
    let unused = [
        ("Users", 0),
        ("Groups", 0),
        ("ServerCertificates", 0),
        ("MFADevices", 0),
        ("MFADevicesInUse", 0),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", 1),
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("Policies", 0),
        ("PolicyVersionsInUse", 0),
        ("GlobalEndpointTokenVersion", 1),
        ("InstanceProfiles", 0),
        ("Providers", 0),
        ("Roles", 0),
    ];
    let quotas = [
        ("UsersQuota", 5000),
        ("GroupsQuota", 300),
        ("ServerCertificatesQuota", 20),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("GroupsPerUserQuota", 10),
        ("SigningCertificatesPerUserQuota", 2),
        ("AccessKeysPerUserQuota", 2),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("AttachedPoliciesPerUserQuota", 10),
        ("PoliciesQuota", 1500),
        ("PolicySizeQuota", 6144),
        ("PolicyVersionsInUseQuota", 10_000),
        ("VersionsPerPolicyQuota", 5),
        ("AssumeRolePolicySizeQuota", 2048),
        ("InstanceProfilesQuota", 1000),
        ("RolePolicySizeQuota", 10_240),
        ("RolesQuota", 1000),
    ];
    for (key, expected) in unused.iter().chain(&quotas) {
        assert_eq!(before.get(*key), Some(expected), "{key}");
    }

    for name in ["a", "b", "c"] {
        world.admin("CreateUser", &[("UserName", name)]).ok();
    }
    for name in ["a", "b"] {
        world.admin("CreateGroup", &[("GroupName", name)]).ok();
    }
    world.role(&world.root, "a", TRUST_ACCOUNT, None);
    world
        .admin(
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ecs.amazonaws.com")],
        )
        .ok();
    world
        .admin("CreateInstanceProfile", &[("InstanceProfileName", "a")])
        .ok();
    let arn = world.policy("a", READ_NOTES);
    world.policy("b", READ_NOTES);
    world
        .admin(
            "CreatePolicyVersion",
            &[("PolicyArn", &arn), ("PolicyDocument", READ_NOTES)],
        )
        .ok();
    world
        .admin("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")])
        .ok();
    let issuer = [("Url", "https://idp.example.com"), ("ClientIDList.member.1", "a")];
    world.admin("CreateOpenIDConnectProvider", &issuer).ok();
    let v2 = [("GlobalEndpointTokenVersion", "v2Token")];
    world.admin("SetSecurityTokenServicePreferences", &v2).ok();

    let mut expected = before.clone();
    for (key, count) in [
        ("Users", 3),
        ("Groups", 2),
        ("Roles", 2),
        ("InstanceProfiles", 1),
        ("Policies", 2),
        ("PolicyVersionsInUse", 3),
        ("MFADevices", 1),
        ("Providers", 1),
        ("GlobalEndpointTokenVersion", 2),
    ] {
        expected.insert(key.to_owned(), count);
    }
    assert_eq!(summary(&world, &world.root), expected);
    // Each account has its own.
    assert_eq!(summary(&world, &other), before);
    let v1 = [("GlobalEndpointTokenVersion", "v1Token")];
    world.admin("SetSecurityTokenServicePreferences", &v1).ok();
    assert_eq!(
        summary(&world, &world.root).get("GlobalEndpointTokenVersion"),
        Some(&1)
    );
}

#[test]
fn each_operation_needs_its_right() {
    let world = World::new();
    world
        .admin("CreateAccountAlias", &[("AccountAlias", "acme")])
        .ok();
    let nobody = world.user(&world.root, "nobody", None);
    for (action, parameters) in [
        ("ListAccountAliases", &[][..]),
        ("GetAccountSummary", &[]),
        ("DeleteAccountAlias", &[("AccountAlias", "acme")]),
        ("CreateAccountAlias", &[("AccountAlias", "mine")]),
        (
            "SetSecurityTokenServicePreferences",
            &[("GlobalEndpointTokenVersion", "v2Token")],
        ),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: iam:{action} on resource: * \
             because no identity-based policy allows the iam:{action} action"
        );
        world
            .iam(&nobody, action, parameters)
            .fails(DENIED.0, DENIED.1, &text);
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:{action}","Resource":"*"}}}}"#
        );
        let somebody = world.user(&world.root, action, Some(&document));
        world.iam(&somebody, action, parameters).ok();
    }
}

#[test]
fn the_version_of_global_tokens_is_one_of_two() {
    let world = World::new();
    world.refuses(&[(
        "SetSecurityTokenServicePreferences",
        &[("GlobalEndpointTokenVersion", "v3Token")],
        VALIDATION,
        "1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: \
         Member must satisfy enum value set",
    )]);
}
