//! What callers of plain member accounts learn of the organization's things: nothing, by no condition and no explanation.

use serde_json::{Value, json};

use super::scene::{Answer, Credentials, MEMBER, OTHER, RCP, SCP, Scene, deny_everybody, statement};

const SERVICE: &str = "iam.amazonaws.com";

/// The parameters of an operation, from the id that they name.
type Body = Box<dyn Fn(&str) -> Value>;

/// An id that names nothing, of the same kind and length.
fn absent(id: &str) -> String {
    let last = if id.ends_with('1') { "2" } else { "1" };
    format!("{}{last}", &id[..id.len() - 1])
}

/// All that the caller's account is told, without the id: the answer, the length of the sealed header and what is in it.
fn told(scene: &Scene, answer: &Answer, id: &str) -> [String; 3] {
    let header = answer.header("x-locum-authorization-message");
    let decoded = header.map_or_else(String::new, |message| {
        let parameters = [("EncodedMessage", message)];
        let answer = scene.sts(&scene.member, "DecodeAuthorizationMessage", &parameters);
        answer.ok().text("DecodedMessage")
    });
    let length = header.map_or(0, str::len).to_string();
    // The caller's own place has the root's id in it.
    let place = format!("{}/{}/", scene.organization_id(), scene.root_id());
    let plain = |text: &str| text.replace(&place, "PLACE").replace(id, "ID");
    [plain(&answer.body), length, plain(&decoded)]
}

/// Users of a plain member: whom the tag allows, whom it forbids, whom the policy's type allows, and who may nothing.
fn outsiders(scene: &Scene) -> Vec<Credentials> {
    let condition = |effect: &str, key: &str, value: &str| {
        json!({
            "Effect": effect,
            "Action": "organizations:*",
            "Resource": "*",
            "Condition": { "StringEquals": { key: value } },
        })
    };
    let allow = json!({ "Effect": "Allow", "Action": "organizations:*", "Resource": "*" });
    let tag = "aws:ResourceTag/team";
    let documents = [
        json!([condition("Allow", tag, "a")]),
        json!([allow.clone(), condition("Deny", tag, "a")]),
        json!([condition("Allow", "organizations:PolicyType", RCP)]),
        json!([]),
    ];
    let users = documents.iter().enumerate().map(|(at, statements)| {
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let document = (statements != &json!([])).then_some(&*document);
        scene.user(&scene.member, &format!("user-{at}"), document)
    });
    users.collect()
}

#[test]
fn a_plain_member_learns_neither_tags_nor_types_nor_what_there_is() {
    let scene = Scene::new();
    scene.enable(RCP);
    let root = scene.root_id();
    let unit = scene.unit(&root, "unit");
    let service_control = scene.policy(SCP, "service", &statement("Deny", "iam:ListUsers"));
    let resource_control = scene.policy(RCP, "resource", &deny_everybody("sts:AssumeRole", "{}"));
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    for id in [OTHER, &root, &unit, &service_control, &resource_control] {
        scene.done("TagResource", &json!({ "ResourceId": id, "Tags": tags }));
    }
    let rows: Vec<(&str, &str, Body)> = vec![
        (
            "DescribeAccount",
            OTHER,
            Box::new(|id| json!({ "AccountId": id })),
        ),
        ("CloseAccount", OTHER, Box::new(|id| json!({ "AccountId": id }))),
        (
            "RegisterDelegatedAdministrator",
            OTHER,
            Box::new(|id| json!({ "AccountId": id, "ServicePrincipal": SERVICE })),
        ),
        (
            "MoveAccount",
            OTHER,
            Box::new(
                |id| json!({ "AccountId": id, "SourceParentId": "r-zzzz", "DestinationParentId": "r-zzzz" }),
            ),
        ),
        ("ListParents", OTHER, Box::new(|id| json!({ "ChildId": id }))),
        (
            "DescribeOrganizationalUnit",
            &unit,
            Box::new(|id| json!({ "OrganizationalUnitId": id })),
        ),
        (
            "CreateOrganizationalUnit",
            &unit,
            Box::new(|id| json!({ "ParentId": id, "Name": "new" })),
        ),
        (
            "ListAccountsForParent",
            &unit,
            Box::new(|id| json!({ "ParentId": id })),
        ),
        (
            "EnablePolicyType",
            &root,
            Box::new(|id| json!({ "RootId": id, "PolicyType": SCP })),
        ),
        (
            "ListPoliciesForTarget",
            OTHER,
            Box::new(|id| json!({ "TargetId": id, "Filter": SCP })),
        ),
        (
            "DescribePolicy",
            &service_control,
            Box::new(|id| json!({ "PolicyId": id })),
        ),
        (
            "DescribePolicy",
            &resource_control,
            Box::new(|id| json!({ "PolicyId": id })),
        ),
        (
            "DeletePolicy",
            &resource_control,
            Box::new(|id| json!({ "PolicyId": id })),
        ),
        (
            "ListTargetsForPolicy",
            &resource_control,
            Box::new(|id| json!({ "PolicyId": id })),
        ),
        (
            "AttachPolicy",
            &resource_control,
            Box::new(|id| json!({ "PolicyId": id, "TargetId": OTHER })),
        ),
        (
            "AttachPolicy",
            OTHER,
            Box::new(|id| json!({ "PolicyId": "p-zzzzzzzz", "TargetId": id })),
        ),
    ];
    let outsiders = outsiders(&scene);
    let alike = |action: &str, id: &str, body: &dyn Fn(&str) -> Value| {
        let absent = absent(id);
        for (at, who) in outsiders.iter().enumerate() {
            let there = scene.organizations(who, action, &body(id));
            assert_eq!(there.status, 400, "{action} {id}: {}", there.body);
            let nowhere = scene.organizations(who, action, &body(&absent));
            let there = told(&scene, &there, id);
            assert_eq!(
                there,
                told(&scene, &nowhere, &absent),
                "{action} {id} by user-{at}"
            );
        }
    };
    for (action, id, body) in &rows {
        alike(action, id, body);
    }
    for id in [OTHER, &root, &unit, &service_control, &resource_control] {
        alike("ListTagsForResource", id, &|id| json!({ "ResourceId": id }));
        alike("TagResource", id, &|id| json!({ "ResourceId": id, "Tags": [] }));
        alike(
            "UntagResource",
            id,
            &|id| json!({ "ResourceId": id, "TagKeys": ["team"] }),
        );
    }
}

#[test]
fn the_tags_decide_for_who_administers_a_service() {
    let scene = Scene::new();
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    let policy = scene.policy(RCP, "resource", &deny_everybody("sts:AssumeRole", "{}"));
    for id in [OTHER, &policy] {
        scene.done("TagResource", &json!({ "ResourceId": id, "Tags": tags }));
    }
    scene.done("EnableAWSServiceAccess", &json!({ "ServicePrincipal": SERVICE }));
    let body = json!({ "AccountId": MEMBER, "ServicePrincipal": SERVICE });
    scene.done("RegisterDelegatedAdministrator", &body);
    let outsiders = outsiders(&scene);
    let status = |at: usize, action: &str, body: &Value| -> u16 {
        scene.organizations(&outsiders[at], action, body).status
    };
    let account = |id: &str| json!({ "AccountId": id });
    let described = |at: usize, id: &str| status(at, "DescribeAccount", &account(id));
    assert_eq!((described(0, OTHER), described(0, MEMBER)), (200, 400));
    assert_eq!((described(1, OTHER), described(1, MEMBER)), (400, 200));
    let body = json!({ "PolicyId": policy });
    let statuses = [0, 1, 2, 3].map(|at| status(at, "DescribePolicy", &body));
    assert_eq!(statuses, [200, 400, 200, 400]);
    let tags = [0, 1, 3].map(|at| status(at, "ListTagsForResource", &json!({ "ResourceId": policy })));
    assert_eq!(tags, [200, 400, 400]);
}
