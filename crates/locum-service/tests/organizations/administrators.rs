//! Trusted services and delegated administrators.

use locum_directory::{Changes, Organization, ServiceGrant};
use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, MEMBER, OTHER, Scene, ids, refused};

const IAM: &str = "iam.amazonaws.com";
const GUARD: &str = "guardduty.amazonaws.com";

#[test]
fn services_are_trusted_until_they_are_not() {
    let scene = Scene::new();
    let listed = || {
        let found = scene.done("ListAWSServiceAccessForOrganization", &json!({}));
        ids(&found["EnabledServicePrincipals"], "ServicePrincipal")
    };
    let service = |name: &str| json!({ "ServicePrincipal": name });
    assert!(listed().is_empty());
    for name in [IAM, GUARD, IAM] {
        scene.done("EnableAWSServiceAccess", &service(name));
    }
    assert_eq!(listed(), [GUARD, IAM]);
    scene.done("DisableAWSServiceAccess", &service(IAM));
    scene.done("DisableAWSServiceAccess", &service(IAM));
    assert_eq!(listed(), [GUARD]);
    for name in [
        "iam",
        ".amazonaws.com",
        "IAM.amazonaws.com",
        "iam.example.com",
        "a,b.amazonaws.com",
    ] {
        let reason = Some("UNRECOGNIZED_SERVICE_PRINCIPAL");
        scene.fails(
            "EnableAWSServiceAccess",
            &service(name),
            "InvalidInputException",
            reason,
        );
    }
}

#[test]
fn an_administrator_is_registered_and_deregistered() {
    let scene = Scene::new();
    let body = |account: &str, service: &str| json!({ "AccountId": account, "ServicePrincipal": service });
    let register = "RegisterDelegatedAdministrator";
    let violation = "ConstraintViolationException";
    scene.fails(
        register,
        &body(MEMBER, IAM),
        violation,
        Some("SERVICE_ACCESS_NOT_ENABLED"),
    );
    for service in [IAM, GUARD] {
        scene.done("EnableAWSServiceAccess", &json!({ "ServicePrincipal": service }));
    }
    let reason = Some("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR");
    scene.fails(register, &body(ACCOUNT, IAM), violation, reason);
    scene.fails(
        register,
        &body("999900001111", IAM),
        "AccountNotFoundException",
        None,
    );
    scene.done(register, &body(MEMBER, IAM));
    scene.fails(
        register,
        &body(MEMBER, IAM),
        "AccountAlreadyRegisteredException",
        None,
    );
    scene.done(register, &body(MEMBER, GUARD));
    scene.done(register, &body(OTHER, GUARD));
    let administrators = |filter: &serde_json::Value| {
        let found = scene.done("ListDelegatedAdministrators", filter);
        ids(&found["DelegatedAdministrators"], "Id")
    };
    assert_eq!(administrators(&json!({})), [MEMBER, OTHER]);
    assert_eq!(administrators(&json!({ "ServicePrincipal": IAM })), [MEMBER]);
    assert_eq!(
        administrators(&json!({ "ServicePrincipal": GUARD })),
        [MEMBER, OTHER]
    );
    let services = |account: &str| {
        let found = scene.done(
            "ListDelegatedServicesForAccount",
            &json!({ "AccountId": account }),
        );
        ids(&found["DelegatedServices"], "ServicePrincipal")
    };
    assert_eq!(services(MEMBER), [GUARD, IAM]);
    let reason = Some("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE");
    scene.fails(
        "DisableAWSServiceAccess",
        &json!({ "ServicePrincipal": IAM }),
        violation,
        reason,
    );
    let deregister = "DeregisterDelegatedAdministrator";
    scene.done(deregister, &body(MEMBER, GUARD));
    assert_eq!(services(MEMBER), [IAM]);
    scene.done(deregister, &body(MEMBER, IAM));
    let not_registered = "AccountNotRegisteredException";
    scene.fails(deregister, &body(MEMBER, IAM), not_registered, None);
    let named = json!({ "AccountId": MEMBER });
    scene.fails("ListDelegatedServicesForAccount", &named, not_registered, None);
    scene.done("DisableAWSServiceAccess", &json!({ "ServicePrincipal": IAM }));
    scene.done("CloseAccount", &named);
    let reason = Some("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR");
    scene.fails(register, &body(MEMBER, GUARD), violation, reason);
}

#[test]
fn members_look_only_when_they_administer_and_never_write() {
    let scene = Scene::new();
    let root = scene.root_id();
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let policy = json!({ "PolicyId": "p-FullAWSAccess" });
    let reads = [
        ("DescribeAccount", json!({ "AccountId": OTHER })),
        ("DescribePolicy", policy.clone()),
        ("ListAccounts", json!({})),
        ("ListAccountsForParent", json!({ "ParentId": root })),
        ("ListAWSServiceAccessForOrganization", json!({})),
        (
            "ListChildren",
            json!({ "ParentId": root, "ChildType": "ACCOUNT" }),
        ),
        ("ListCreateAccountStatus", json!({})),
        ("ListDelegatedAdministrators", json!({})),
        ("ListDelegatedServicesForAccount", json!({ "AccountId": MEMBER })),
        ("ListOrganizationalUnitsForParent", json!({ "ParentId": root })),
        ("ListParents", json!({ "ChildId": OTHER })),
        ("ListPolicies", json!({ "Filter": "SERVICE_CONTROL_POLICY" })),
        (
            "ListPoliciesForTarget",
            json!({ "TargetId": OTHER, "Filter": "SERVICE_CONTROL_POLICY" }),
        ),
        ("ListRoots", json!({})),
        ("ListTagsForResource", json!({ "ResourceId": OTHER })),
        ("ListTargetsForPolicy", policy),
    ];
    let content = ALLOW_ALL;
    let writes = [
        (
            "AttachPolicy",
            json!({ "PolicyId": "p-FullAWSAccess", "TargetId": MEMBER }),
        ),
        ("CloseAccount", json!({ "AccountId": OTHER })),
        (
            "CreateAccount",
            json!({ "Email": "e@example.com", "AccountName": "e" }),
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": root, "Name": "a" }),
        ),
        (
            "CreatePolicy",
            json!({ "Type": "SERVICE_CONTROL_POLICY", "Name": "a", "Description": "", "Content": content }),
        ),
        (
            "DeleteOrganizationalUnit",
            json!({ "OrganizationalUnitId": "ou-zzzz-zzzzzzzz" }),
        ),
        ("DeletePolicy", json!({ "PolicyId": "p-zzzzzzzzzz" })),
        (
            "DeregisterDelegatedAdministrator",
            json!({ "AccountId": MEMBER, "ServicePrincipal": IAM }),
        ),
        (
            "DetachPolicy",
            json!({ "PolicyId": "p-FullAWSAccess", "TargetId": MEMBER }),
        ),
        ("DisableAWSServiceAccess", json!({ "ServicePrincipal": IAM })),
        (
            "DisablePolicyType",
            json!({ "RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY" }),
        ),
        ("EnableAWSServiceAccess", json!({ "ServicePrincipal": IAM })),
        (
            "EnablePolicyType",
            json!({ "RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY" }),
        ),
        (
            "MoveAccount",
            json!({ "AccountId": MEMBER, "SourceParentId": root, "DestinationParentId": root }),
        ),
        (
            "RegisterDelegatedAdministrator",
            json!({ "AccountId": MEMBER, "ServicePrincipal": GUARD }),
        ),
        ("TagResource", json!({ "ResourceId": MEMBER, "Tags": [] })),
        ("UntagResource", json!({ "ResourceId": MEMBER, "TagKeys": [] })),
        (
            "UpdateOrganizationalUnit",
            json!({ "OrganizationalUnitId": "ou-zzzz-zzzzzzzz" }),
        ),
        ("UpdatePolicy", json!({ "PolicyId": "p-zzzzzzzzzz" })),
    ];
    let text = "You don't have permissions to access this resource.";
    let denied = |action: &str, body: &serde_json::Value| {
        let answer = scene.organizations(&user, action, body);
        assert_eq!(refused(&answer, "AccessDeniedException", None), text, "{action}");
    };
    reads
        .iter()
        .chain(&writes)
        .for_each(|(action, body)| denied(action, body));
    scene
        .organizations(&user, "DescribeOrganization", &json!({}))
        .ok();
    scene.done("EnableAWSServiceAccess", &json!({ "ServicePrincipal": IAM }));
    let body = json!({ "AccountId": MEMBER, "ServicePrincipal": IAM });
    scene.done("RegisterDelegatedAdministrator", &body);
    for (action, body) in &reads {
        scene.organizations(&user, action, body).ok();
    }
    writes.iter().for_each(|(action, body)| denied(action, body));
    // Its policies still decide.
    let nobody = scene.user(&scene.member, "nobody", None);
    for (action, body) in &reads {
        let message = refused(
            &scene.organizations(&nobody, action, body),
            "AccessDeniedException",
            None,
        );
        assert!(
            message.contains(&format!("organizations:{action} on resource: ")),
            "{message}"
        );
    }
}

#[test]
fn five_hundred_services_and_no_more() {
    let scene = Scene::new();
    let (_, pending) = scene
        .service
        .directory()
        .write(|snapshot| {
            let mut organization = Organization::clone(snapshot.organization().unwrap());
            let grant = |at: usize| ServiceGrant {
                service: format!("service-{at:0>3}.amazonaws.com").into(),
                since: scene.now(),
            };
            organization.trusted_services = (1..500).map(grant).collect();
            let mut changes = Changes::new();
            changes.put(organization);
            Ok::<_, &str>(((), changes))
        })
        .unwrap();
    pending.wait().unwrap();
    let enable =
        |service: &str| scene.manage("EnableAWSServiceAccess", &json!({ "ServicePrincipal": service }));
    enable(IAM).ok();
    refused(&enable(GUARD), "ConstraintViolationException", None);
    enable(IAM).ok();
    let first = json!({ "ServicePrincipal": "service-001.amazonaws.com" });
    scene.done("DisableAWSServiceAccess", &first);
    enable(GUARD).ok();
}
