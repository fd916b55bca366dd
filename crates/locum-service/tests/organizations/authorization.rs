//! On which ARN each operation is authorized, and with which condition keys.

use locum_api::model::{Service, operations};
use serde_json::{Value, json};

use super::scene::{ACCOUNT, ALLOW_ALL, Credentials, MEMBER, OTHER, SCP, Scene, refused};

/// A user of the management account who may do one action on one resource under a condition.
fn user(scene: &Scene, name: &str, action: &str, resource: &Value, condition: &Value) -> Credentials {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": format!("organizations:{action}"), "Resource": resource, "Condition": condition,
        },
    });
    scene.user(&scene.root, name, Some(&document.to_string()))
}

/// Whether policies let a call go on, whatever becomes of it then.
fn permitted(scene: &Scene, who: &Credentials, action: &str, body: &Value) -> bool {
    let answer = scene.organizations(who, action, body);
    if answer.status == 200 || !answer.body.contains("is not authorized to perform") {
        return true;
    }
    let message = refused(&answer, "AccessDeniedException", None);
    assert!(
        message.contains(&format!("perform: organizations:{action} on resource: ")),
        "{message}"
    );
    false
}

#[test]
fn each_operation_has_its_resources() {
    let scene = Scene::new();
    let (root, organization) = (scene.root_id(), scene.organization_id());
    let unit = scene.unit(&root, "unit");
    let policy = scene.policy(SCP, "policy", ALLOW_ALL);
    let arn = |kind: &str, id: &str| format!("arn:aws:organizations::{ACCOUNT}:{kind}/{organization}/{id}");
    let (root_arn, unit_arn) = (arn("root", &root), arn("ou", &unit));
    let (member_arn, other_arn) = (arn("account", MEMBER), arn("account", OTHER));
    let policy_arn = arn("policy", &format!("service_control_policy/{policy}"));
    let star = "*".to_owned();
    let service = "iam.amazonaws.com";
    // Reads first, and last what changes what the others look at. None of the writes gets through but by its ARNs.
    let rows: Vec<(&str, Value, Vec<&String>)> = vec![
        (
            "DescribeAccount",
            json!({ "AccountId": MEMBER }),
            vec![&member_arn],
        ),
        (
            "DescribeOrganizationalUnit",
            json!({ "OrganizationalUnitId": unit }),
            vec![&unit_arn],
        ),
        ("DescribePolicy", json!({ "PolicyId": policy }), vec![&policy_arn]),
        (
            "ListAccountsForParent",
            json!({ "ParentId": unit }),
            vec![&unit_arn],
        ),
        (
            "ListChildren",
            json!({ "ParentId": root, "ChildType": "ACCOUNT" }),
            vec![&root_arn],
        ),
        (
            "ListDelegatedServicesForAccount",
            json!({ "AccountId": MEMBER }),
            vec![&member_arn],
        ),
        (
            "ListOrganizationalUnitsForParent",
            json!({ "ParentId": root }),
            vec![&root_arn],
        ),
        ("ListParents", json!({ "ChildId": unit }), vec![&unit_arn]),
        ("ListParents", json!({ "ChildId": MEMBER }), vec![&member_arn]),
        (
            "ListPoliciesForTarget",
            json!({ "TargetId": unit, "Filter": SCP }),
            vec![&unit_arn],
        ),
        (
            "ListTagsForResource",
            json!({ "ResourceId": policy }),
            vec![&policy_arn],
        ),
        (
            "ListTagsForResource",
            json!({ "ResourceId": root }),
            vec![&root_arn],
        ),
        (
            "ListTargetsForPolicy",
            json!({ "PolicyId": policy }),
            vec![&policy_arn],
        ),
        ("ListAccounts", json!({}), vec![&star]),
        ("ListRoots", json!({}), vec![&star]),
        ("ListPolicies", json!({ "Filter": SCP }), vec![&star]),
        ("ListDelegatedAdministrators", json!({}), vec![&star]),
        ("ListAWSServiceAccessForOrganization", json!({}), vec![&star]),
        ("ListCreateAccountStatus", json!({}), vec![&star]),
        ("DescribeOrganization", json!({}), vec![&star]),
        (
            "DescribeCreateAccountStatus",
            json!({ "CreateAccountRequestId": "car-0123456789abcdef0123456789abcdef" }),
            vec![&star],
        ),
        (
            "TagResource",
            json!({ "ResourceId": MEMBER, "Tags": [] }),
            vec![&member_arn],
        ),
        (
            "UntagResource",
            json!({ "ResourceId": unit, "TagKeys": [] }),
            vec![&unit_arn],
        ),
        (
            "AttachPolicy",
            json!({ "PolicyId": policy, "TargetId": unit }),
            vec![&policy_arn, &unit_arn],
        ),
        (
            "DetachPolicy",
            json!({ "PolicyId": policy, "TargetId": unit }),
            vec![&policy_arn, &unit_arn],
        ),
        (
            "MoveAccount",
            json!({ "AccountId": MEMBER, "SourceParentId": root, "DestinationParentId": unit }),
            vec![&member_arn, &root_arn, &unit_arn],
        ),
        (
            "EnablePolicyType",
            json!({ "RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY" }),
            vec![&root_arn],
        ),
        (
            "DisablePolicyType",
            json!({ "RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY" }),
            vec![&root_arn],
        ),
        (
            "EnableAWSServiceAccess",
            json!({ "ServicePrincipal": service }),
            vec![&star],
        ),
        (
            "RegisterDelegatedAdministrator",
            json!({ "AccountId": OTHER, "ServicePrincipal": service }),
            vec![&other_arn],
        ),
        (
            "DeregisterDelegatedAdministrator",
            json!({ "AccountId": OTHER, "ServicePrincipal": service }),
            vec![&other_arn],
        ),
        (
            "DisableAWSServiceAccess",
            json!({ "ServicePrincipal": service }),
            vec![&star],
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": root, "Name": "new" }),
            vec![&root_arn],
        ),
        (
            "UpdateOrganizationalUnit",
            json!({ "OrganizationalUnitId": unit, "Name": "u" }),
            vec![&unit_arn],
        ),
        (
            "DeleteOrganizationalUnit",
            json!({ "OrganizationalUnitId": unit }),
            vec![&unit_arn],
        ),
        ("UpdatePolicy", json!({ "PolicyId": policy }), vec![&policy_arn]),
        ("DeletePolicy", json!({ "PolicyId": policy }), vec![&policy_arn]),
        ("CloseAccount", json!({ "AccountId": OTHER }), vec![&other_arn]),
        (
            "CreatePolicy",
            json!({ "Type": SCP, "Name": "new", "Description": "", "Content": ALLOW_ALL }),
            vec![&star],
        ),
        (
            "CreateAccount",
            json!({ "Email": "new@example.com", "AccountName": "new" }),
            vec![&star],
        ),
    ];
    for operation in operations(Service::Organizations) {
        let is_there = rows.iter().any(|(action, ..)| *action == operation.name);
        assert!(is_there, "{}", operation.name);
    }
    for (place, (action, body, arns)) in rows.iter().enumerate() {
        for missing in arns {
            // Everything of the organization but this one; for `*`, anything that is not it.
            let others: Vec<String> = [&root_arn, &unit_arn, &member_arn, &other_arn, &policy_arn]
                .into_iter()
                .filter(|arn| arn != missing)
                .cloned()
                .collect();
            let name = format!("without-{place}-{}", missing.len());
            let who = user(&scene, &name, action, &json!(others), &json!({}));
            assert!(
                !permitted(&scene, &who, action, body),
                "{action} without {missing}"
            );
        }
        let who = user(&scene, &format!("with-{place}"), action, &json!(arns), &json!({}));
        assert!(permitted(&scene, &who, action, body), "{action}");
    }
}

#[test]
fn condition_keys_hold_operations_back() {
    let scene = Scene::new();
    let policy = scene.policy(SCP, "policy", ALLOW_ALL);
    let root = scene.root_id();
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    scene.done("TagResource", &json!({ "ResourceId": MEMBER, "Tags": tags }));
    let equals = |key: &str, value: &str| json!({ "StringEquals": { key: value } });
    for (place, (action, body, key, right, wrong)) in [
        (
            "DescribePolicy",
            json!({ "PolicyId": policy }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "AttachPolicy",
            json!({ "PolicyId": policy, "TargetId": OTHER }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "ListPolicies",
            json!({ "Filter": SCP }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "EnablePolicyType",
            json!({ "RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY" }),
            "organizations:PolicyType",
            "RESOURCE_CONTROL_POLICY",
            SCP,
        ),
        (
            "TagResource",
            json!({ "ResourceId": policy, "Tags": tags }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "UntagResource",
            json!({ "ResourceId": policy, "TagKeys": ["team"] }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "ListTagsForResource",
            json!({ "ResourceId": policy }),
            "organizations:PolicyType",
            SCP,
            "TAG_POLICY",
        ),
        (
            "EnableAWSServiceAccess",
            json!({ "ServicePrincipal": "iam.amazonaws.com" }),
            "organizations:ServicePrincipal",
            "iam.amazonaws.com",
            "sso.amazonaws.com",
        ),
        (
            "RegisterDelegatedAdministrator",
            json!({ "AccountId": OTHER, "ServicePrincipal": "iam.amazonaws.com" }),
            "organizations:ServicePrincipal",
            "iam.amazonaws.com",
            "sso.amazonaws.com",
        ),
        (
            "TagResource",
            json!({ "ResourceId": OTHER, "Tags": tags }),
            "aws:RequestTag/team",
            "a",
            "b",
        ),
        (
            "DescribeAccount",
            json!({ "AccountId": MEMBER }),
            "aws:ResourceTag/team",
            "a",
            "b",
        ),
        (
            "DescribeAccount",
            json!({ "AccountId": MEMBER }),
            "aws:ResourceAccount",
            ACCOUNT,
            MEMBER,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let who = user(
            &scene,
            &format!("wrong-{place}"),
            action,
            &json!("*"),
            &equals(key, wrong),
        );
        assert!(!permitted(&scene, &who, action, &body), "{action} {key}");
        let who = user(
            &scene,
            &format!("right-{place}"),
            action,
            &json!("*"),
            &equals(key, right),
        );
        assert!(permitted(&scene, &who, action, &body), "{action} {key}");
    }
    let keys = |values: &[&str]| json!({ "ForAllValues:StringEquals": { "aws:TagKeys": values } });
    let body = json!({ "ResourceId": MEMBER, "TagKeys": ["team", "cost"] });
    let who = user(&scene, "one-key", "UntagResource", &json!("*"), &keys(&["team"]));
    assert!(!permitted(&scene, &who, "UntagResource", &body));
    let who = user(
        &scene,
        "both-keys",
        "UntagResource",
        &json!("*"),
        &keys(&["team", "cost"]),
    );
    assert!(permitted(&scene, &who, "UntagResource", &body));
}
