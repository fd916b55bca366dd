//! Lists, a page at a time: whole, without repetition, and with tokens that belong to their question.

use serde_json::{Value, json};

use super::scene::{ALLOW_ALL, MEMBER, OTHER, SCP, Scene, refused};

/// Reads a list in pages of one entry.
fn pages(scene: &Scene, action: &str, body: &Value, member: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut body = body.clone();
        body["MaxResults"] = json!(1);
        body["NextToken"] = token;
        let page = scene.done(action, &body);
        let items = page[member].as_array().unwrap();
        assert!(items.len() <= 1, "{action}");
        found.extend(items.iter().cloned());
        token = page["NextToken"].clone();
        if token.is_null() {
            return found;
        }
    }
}

#[test]
fn every_list_has_pages() {
    let scene = Scene::new();
    let root = scene.root_id();
    for name in ["a", "b", "c"] {
        let unit = scene.unit(&root, name);
        let policy = scene.policy(SCP, name, ALLOW_ALL);
        scene.attach(&policy, MEMBER);
        scene.attach(&policy, &unit);
        scene.done(
            "EnableAWSServiceAccess",
            &json!({ "ServicePrincipal": format!("{name}.amazonaws.com") }),
        );
        for account in [MEMBER, OTHER] {
            let body = json!({ "AccountId": account, "ServicePrincipal": format!("{name}.amazonaws.com") });
            scene.done("RegisterDelegatedAdministrator", &body);
        }
        let body = json!({ "Email": format!("{name}@example.com"), "AccountName": name });
        scene.done("CreateAccount", &body);
    }
    let policies = scene.done("ListPolicies", &json!({ "Filter": SCP }))["Policies"].clone();
    let last = policies[3]["Id"].as_str().unwrap();
    for (action, body, member, count) in [
        ("ListAccounts", json!({}), "Accounts", 6),
        (
            "ListAccountsForParent",
            json!({ "ParentId": root }),
            "Accounts",
            6,
        ),
        (
            "ListAWSServiceAccessForOrganization",
            json!({}),
            "EnabledServicePrincipals",
            3,
        ),
        (
            "ListChildren",
            json!({ "ParentId": root, "ChildType": "ACCOUNT" }),
            "Children",
            6,
        ),
        (
            "ListChildren",
            json!({ "ParentId": root, "ChildType": "ORGANIZATIONAL_UNIT" }),
            "Children",
            3,
        ),
        ("ListCreateAccountStatus", json!({}), "CreateAccountStatuses", 3),
        (
            "ListDelegatedAdministrators",
            json!({}),
            "DelegatedAdministrators",
            2,
        ),
        (
            "ListDelegatedServicesForAccount",
            json!({ "AccountId": MEMBER }),
            "DelegatedServices",
            3,
        ),
        (
            "ListOrganizationalUnitsForParent",
            json!({ "ParentId": root }),
            "OrganizationalUnits",
            3,
        ),
        ("ListParents", json!({ "ChildId": MEMBER }), "Parents", 1),
        ("ListPolicies", json!({ "Filter": SCP }), "Policies", 4),
        (
            "ListPoliciesForTarget",
            json!({ "TargetId": MEMBER, "Filter": SCP }),
            "Policies",
            4,
        ),
        ("ListRoots", json!({}), "Roots", 1),
        ("ListTargetsForPolicy", json!({ "PolicyId": last }), "Targets", 2),
        (
            "ListTargetsForPolicy",
            json!({ "PolicyId": "p-FullAWSAccess" }),
            "Targets",
            10,
        ),
    ] {
        let whole = scene.done(action, &body)[member].clone();
        assert_eq!(whole.as_array().unwrap().len(), count, "{action}");
        assert_eq!(
            Value::Array(pages(&scene, action, &body, member)),
            whole,
            "{action}"
        );
    }
}

#[test]
fn a_token_belongs_to_its_question() {
    let scene = Scene::new();
    let root = scene.root_id();
    let first = scene.done("ListAccounts", &json!({ "MaxResults": 1 }));
    let token = &first["NextToken"];
    assert!(token.is_string());
    for (action, body) in [
        (
            "ListAccountsForParent",
            json!({ "ParentId": root, "NextToken": token }),
        ),
        (
            "ListChildren",
            json!({ "ParentId": root, "ChildType": "ACCOUNT", "NextToken": token }),
        ),
        ("ListPolicies", json!({ "Filter": SCP, "NextToken": token })),
        ("ListRoots", json!({ "NextToken": token })),
        (
            "ListTagsForResource",
            json!({ "ResourceId": MEMBER, "NextToken": token }),
        ),
    ] {
        let reason = Some("INVALID_PAGINATION_TOKEN");
        scene.fails(action, &body, "InvalidInputException", reason);
    }
    let of_another = scene.organizations(&scene.member, "ListAccounts", &json!({ "NextToken": token }));
    refused(&of_another, "AccessDeniedException", None);
    scene.done("ListAccounts", &json!({ "NextToken": token }));
}
