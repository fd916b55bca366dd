//! Units: made, renamed, deleted, shown, and how deep they go.

use serde_json::json;

use super::scene::{FULL, MEMBER, SCP, Scene, ids, statement};

#[test]
fn a_unit_lives() {
    let scene = Scene::new();
    let root = scene.root_id();
    let body = json!({ "ParentId": root, "Name": "Prod ü", "Tags": [{ "Key": "team", "Value": "a" }] });
    let made = scene.done("CreateOrganizationalUnit", &body)["OrganizationalUnit"].clone();
    let id = made["Id"].as_str().unwrap();
    let organization = scene.organization_id();
    assert_eq!(made["Name"], "Prod ü");
    assert_eq!(made["Path"], format!("{organization}/{root}/{id}/"));
    assert_eq!(
        made["Arn"],
        format!("arn:aws:organizations::111122223333:ou/{organization}/{id}")
    );
    let named = json!({ "OrganizationalUnitId": id });
    assert_eq!(
        scene.done("DescribeOrganizationalUnit", &named)["OrganizationalUnit"],
        made
    );
    let renamed = json!({ "OrganizationalUnitId": id, "Name": "Production" });
    let renamed = scene.done("UpdateOrganizationalUnit", &renamed)["OrganizationalUnit"].clone();
    assert_eq!(
        (&renamed["Id"], &renamed["Name"]),
        (&made["Id"], &json!("Production"))
    );
    // Without a name nothing changes.
    assert_eq!(
        scene.done("UpdateOrganizationalUnit", &named)["OrganizationalUnit"],
        renamed
    );
    let tags = scene.done("ListTagsForResource", &json!({ "ResourceId": id }));
    assert_eq!(tags["Tags"], json!([{ "Key": "team", "Value": "a" }]));
    // What is attached goes with it.
    let deny = scene.policy(SCP, "deny", &statement("Deny", "*"));
    scene.attach(&deny, id);
    scene.done("DeleteOrganizationalUnit", &named);
    scene.fails(
        "DescribeOrganizationalUnit",
        &named,
        "OrganizationalUnitNotFoundException",
        None,
    );
    scene.done("DeletePolicy", &json!({ "PolicyId": deny }));
}

#[test]
fn units_that_are_used_or_named_twice() {
    let scene = Scene::new();
    let root = scene.root_id();
    let (outer, second) = (scene.unit(&root, "outer"), scene.unit(&root, "second"));
    let inner = scene.unit(&outer, "outer");
    let duplicate = "DuplicateOrganizationalUnitException";
    let body = json!({ "ParentId": root, "Name": "outer" });
    scene.fails("CreateOrganizationalUnit", &body, duplicate, None);
    let body = json!({ "OrganizationalUnitId": second, "Name": "outer" });
    scene.fails("UpdateOrganizationalUnit", &body, duplicate, None);
    let body = json!({ "OrganizationalUnitId": second, "Name": "second" });
    scene.done("UpdateOrganizationalUnit", &body);
    let not_empty = "OrganizationalUnitNotEmptyException";
    scene.fails(
        "DeleteOrganizationalUnit",
        &json!({ "OrganizationalUnitId": outer }),
        not_empty,
        None,
    );
    scene.move_account(MEMBER, &root, &inner);
    scene.fails(
        "DeleteOrganizationalUnit",
        &json!({ "OrganizationalUnitId": inner }),
        not_empty,
        None,
    );
    scene.move_account(MEMBER, &inner, &root);
    for unit in [inner, outer] {
        scene.done(
            "DeleteOrganizationalUnit",
            &json!({ "OrganizationalUnitId": unit }),
        );
    }
}

#[test]
fn units_go_five_levels_deep() {
    let scene = Scene::new();
    let mut parent = scene.root_id();
    for level in 1..=5 {
        parent = scene.unit(&parent, &format!("level {level}"));
    }
    let body = json!({ "ParentId": parent, "Name": "level 6" });
    let reason = Some("OU_DEPTH_LIMIT_EXCEEDED");
    scene.fails(
        "CreateOrganizationalUnit",
        &body,
        "ConstraintViolationException",
        reason,
    );
    scene.move_account(MEMBER, &scene.root_id(), &parent);
    assert_eq!(scene.attached(SCP, &parent), [FULL]);
    let described = scene.done("DescribeAccount", &json!({ "AccountId": MEMBER }));
    let path = described["Account"]["Paths"][0].as_str().unwrap();
    assert_eq!(path.matches("/ou-").count(), 5, "{path}");
    assert!(path.ends_with(&format!("/{parent}/{MEMBER}/")), "{path}");
}

#[test]
fn parents_and_units_that_are_not_there() {
    let scene = Scene::new();
    for parent in ["r-zzzz", "ou-zzzz-zzzzzzzz", "ou-zzzz-zzzzzzzzzzzz"] {
        let not_found = "ParentNotFoundException";
        let body = json!({ "ParentId": parent, "Name": "a" });
        scene.fails("CreateOrganizationalUnit", &body, not_found, None);
        for list in ["ListOrganizationalUnitsForParent", "ListAccountsForParent"] {
            scene.fails(list, &json!({ "ParentId": parent }), not_found, None);
        }
        let body = json!({ "ParentId": parent, "ChildType": "ACCOUNT" });
        scene.fails("ListChildren", &body, not_found, None);
    }
    for action in ["Describe", "Update", "Delete"] {
        let action = format!("{action}OrganizationalUnit");
        let body = json!({ "OrganizationalUnitId": "ou-zzzz-zzzzzzzz" });
        scene.fails(&action, &body, "OrganizationalUnitNotFoundException", None);
    }
}

#[test]
fn what_breaks_the_model_says_which_rule() {
    let scene = Scene::new();
    for (action, body, reason) in [
        (
            "CreateOrganizationalUnit",
            json!({ "Name": "a" }),
            "INPUT_REQUIRED",
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": "nowhere", "Name": "a" }),
            "INVALID_PATTERN",
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": scene.root_id(), "Name": "" }),
            "MIN_LENGTH_EXCEEDED",
        ),
        (
            "CreateOrganizationalUnit",
            json!({ "ParentId": scene.root_id(), "Name": "a".repeat(129) }),
            "MAX_LENGTH_EXCEEDED",
        ),
        (
            "ListChildren",
            json!({ "ParentId": scene.root_id(), "ChildType": "POLICY" }),
            "INVALID_ENUM",
        ),
        ("ListRoots", json!({ "MaxResults": 21 }), "MAX_VALUE_EXCEEDED"),
        ("ListRoots", json!({ "MaxResults": 0 }), "MIN_VALUE_EXCEEDED"),
        (
            "ListCreateAccountStatus",
            json!({ "States": ["DONE"] }),
            "INVALID_LIST_MEMBER",
        ),
        (
            "ListRoots",
            json!({ "NextToken": "made up" }),
            "INVALID_PAGINATION_TOKEN",
        ),
    ] {
        scene.fails(action, &body, "InvalidInputException", Some(reason));
    }
}

#[test]
fn what_stands_under_what() {
    let scene = Scene::new();
    let root = scene.root_id();
    let (first, second) = (scene.unit(&root, "a"), scene.unit(&root, "b"));
    scene.move_account(MEMBER, &root, &first);
    let roots = scene.done("ListRoots", &json!({}))["Roots"].clone();
    assert_eq!(ids(&roots, "Id"), [root.as_str()]);
    assert_eq!(roots[0]["Name"], "Root");
    assert_eq!(
        roots[0]["PolicyTypes"],
        json!([{ "Type": SCP, "Status": "ENABLED" }])
    );
    let parent = |child: &str| scene.done("ListParents", &json!({ "ChildId": child }))["Parents"].clone();
    assert_eq!(
        parent(MEMBER),
        json!([{ "Id": first, "Type": "ORGANIZATIONAL_UNIT" }])
    );
    assert_eq!(parent(&first), json!([{ "Id": root, "Type": "ROOT" }]));
    for child in ["999900001111", "ou-zzzz-zzzzzzzz"] {
        scene.fails(
            "ListParents",
            &json!({ "ChildId": child }),
            "ChildNotFoundException",
            None,
        );
    }
    let children = |parent: &str, kind: &str| {
        let found = scene.done("ListChildren", &json!({ "ParentId": parent, "ChildType": kind }));
        assert!(
            found["Children"]
                .as_array()
                .unwrap()
                .iter()
                .all(|child| child["Type"] == kind)
        );
        ids(&found["Children"], "Id")
    };
    let mut units = vec![first.clone(), second];
    units.sort();
    assert_eq!(children(&root, "ORGANIZATIONAL_UNIT"), units);
    assert_eq!(children(&root, "ACCOUNT"), ["111122223333", "777788889999"]);
    assert_eq!(children(&first, "ACCOUNT"), [MEMBER]);
    let accounts = scene.done("ListAccountsForParent", &json!({ "ParentId": first }));
    assert_eq!(ids(&accounts["Accounts"], "Id"), [MEMBER]);
    let listed = scene.done("ListOrganizationalUnitsForParent", &json!({ "ParentId": root }));
    assert_eq!(ids(&listed["OrganizationalUnits"], "Id"), units);
}
