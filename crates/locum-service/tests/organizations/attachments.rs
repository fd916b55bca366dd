//! Attaching and detaching.

use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, FULL, MEMBER, OTHER, RCP, RCP_FULL, SCP, Scene, deny_everybody, ids};

#[test]
fn a_target_has_at_least_one_policy_and_each_once() {
    let scene = Scene::new();
    let unit = scene.unit(&scene.root_id(), "a");
    let policy = scene.policy(SCP, "a", ALLOW_ALL);
    for target in [&*scene.root_id(), &unit, MEMBER] {
        let full = json!({ "PolicyId": FULL, "TargetId": target });
        let own = json!({ "PolicyId": policy, "TargetId": target });
        let reason = Some("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
        scene.fails("DetachPolicy", &full, "ConstraintViolationException", reason);
        scene.fails("DetachPolicy", &own, "PolicyNotAttachedException", None);
        scene.fails("AttachPolicy", &full, "DuplicatePolicyAttachmentException", None);
        scene.done("AttachPolicy", &own);
        scene.fails("AttachPolicy", &own, "DuplicatePolicyAttachmentException", None);
        scene.done("DetachPolicy", &full);
        assert_eq!(scene.attached(SCP, target), [&*policy]);
        scene.fails("DetachPolicy", &own, "ConstraintViolationException", reason);
        scene.fails(
            "DeletePolicy",
            &json!({ "PolicyId": policy }),
            "PolicyInUseException",
            None,
        );
        scene.done("AttachPolicy", &full);
        scene.done("DetachPolicy", &own);
        assert_eq!(scene.attached(SCP, target), [FULL]);
    }
    scene.done("DeletePolicy", &json!({ "PolicyId": policy }));
}

#[test]
fn the_built_in_resource_control_policy_stays() {
    let scene = Scene::new();
    let policy = scene.policy(RCP, "a", &deny_everybody("s3:*", "{}"));
    let own = json!({ "PolicyId": policy, "TargetId": MEMBER });
    scene.fails("AttachPolicy", &own, "PolicyTypeNotEnabledException", None);
    scene.enable(RCP);
    let full = json!({ "PolicyId": RCP_FULL, "TargetId": MEMBER });
    let reason = Some("NON_DETACHABLE_POLICY");
    scene.fails("DetachPolicy", &full, "InvalidInputException", reason);
    scene.done("AttachPolicy", &own);
    scene.fails("DetachPolicy", &full, "InvalidInputException", reason);
    scene.done("DetachPolicy", &own);
    assert_eq!(scene.attached(RCP, MEMBER), [RCP_FULL]);
}

#[test]
fn policies_and_targets_that_are_not_there() {
    let scene = Scene::new();
    let policy = scene.policy(SCP, "a", ALLOW_ALL);
    for action in ["AttachPolicy", "DetachPolicy"] {
        for target in ["r-zzzz", "ou-zzzz-zzzzzzzz", "999900001111"] {
            let body = json!({ "PolicyId": policy, "TargetId": target });
            scene.fails(action, &body, "TargetNotFoundException", None);
        }
        let body = json!({ "PolicyId": "p-zzzzzzzzzz", "TargetId": MEMBER });
        scene.fails(action, &body, "PolicyNotFoundException", None);
    }
    let body = json!({ "TargetId": "999900001111", "Filter": SCP });
    scene.fails("ListPoliciesForTarget", &body, "TargetNotFoundException", None);
}

#[test]
fn a_target_has_ten_service_control_and_five_resource_control_policies() {
    let scene = Scene::new();
    scene.enable(RCP);
    let reason = Some("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
    for (policy_type, most, content) in [
        (SCP, 10, ALLOW_ALL.to_owned()),
        (RCP, 5, deny_everybody("s3:*", "{}")),
    ] {
        let policies: Vec<String> = (1..=most)
            .map(|number| scene.policy(policy_type, &format!("p{number}"), &content))
            .collect();
        let (last, fitting) = policies.split_last().unwrap();
        fitting.iter().for_each(|policy| scene.attach(policy, MEMBER));
        assert_eq!(scene.attached(policy_type, MEMBER).len(), most);
        let body = json!({ "PolicyId": last, "TargetId": MEMBER });
        scene.fails("AttachPolicy", &body, "ConstraintViolationException", reason);
    }
}

#[test]
fn the_targets_of_a_policy_are_listed() {
    let scene = Scene::new();
    let root = scene.root_id();
    let unit = scene.unit(&root, "a");
    let policy = scene.policy(SCP, "a", ALLOW_ALL);
    let targets =
        |policy: &str| scene.done("ListTargetsForPolicy", &json!({ "PolicyId": policy }))["Targets"].clone();
    assert_eq!(targets(&policy), json!([]));
    for target in [OTHER, &unit, &root] {
        scene.attach(&policy, target);
    }
    let organization = scene.organization_id();
    let arn = |kind: &str, id: &str| format!("arn:aws:organizations::{ACCOUNT}:{kind}/{organization}/{id}");
    assert_eq!(
        targets(&policy),
        json!([
            { "TargetId": root, "Arn": arn("root", &root), "Name": "Root", "Type": "ROOT" },
            { "TargetId": unit, "Arn": arn("ou", &unit), "Name": "a", "Type": "ORGANIZATIONAL_UNIT" },
            { "TargetId": OTHER, "Arn": arn("account", OTHER), "Name": "other", "Type": "ACCOUNT" },
        ])
    );
    scene.detach(FULL, &unit);
    assert_eq!(ids(&targets(FULL), "TargetId"), [&*root, ACCOUNT, MEMBER, OTHER]);
    // Not in force: attached nowhere.
    assert_eq!(targets(RCP_FULL), json!([]));
}
