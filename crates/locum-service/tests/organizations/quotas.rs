//! How many units and policies an organization may have: filled but for one in one write, then with the last, then beyond.

use locum_crypto::SeededRandom;
use locum_directory::{Changes, ControlPolicy, ControlPolicyType, OrganizationalUnit, Parent, Snapshot};
use locum_policy::Policy;
use serde_json::{Value, json};

use super::scene::{ALLOW_ALL, RCP, SCP, Scene, deny_everybody};

const VIOLATION: &str = "ConstraintViolationException";

/// Puts what a quota counts straight into the directory: the quota is tested, not the patience.
fn fill(scene: &Scene, seed: u64, make: impl FnOnce(&Snapshot, &mut SeededRandom) -> Changes) {
    let decide = |snapshot: &Snapshot| Ok::<_, ()>(((), make(snapshot, &mut SeededRandom::new(seed))));
    scene.service.directory().write(decide).unwrap().1.wait().unwrap();
}

#[test]
fn there_may_be_two_thousand_units() {
    let scene = Scene::new();
    let root = scene.root_id();
    // They count wherever they stand.
    let outer = scene.unit(&root, "outer");
    fill(&scene, 5, |snapshot, random| {
        let organization = snapshot.organization().unwrap();
        let below = Parent::Unit(outer.parse().unwrap());
        let mut changes = Changes::new();
        for number in 2..2000 {
            let (parent, name) = ([Parent::Root, below][number % 2], format!("unit {number}"));
            changes.put(OrganizationalUnit::new(
                organization,
                parent,
                &name,
                scene.now(),
                random,
            ));
        }
        changes
    });
    assert_eq!(scene.snapshot().unit_count(), 1999);
    let last = scene.unit(&root, "last");
    let refused = |parent: &str, name: &str| {
        let body = json!({ "ParentId": parent, "Name": name });
        let reason = Some("OU_NUMBER_LIMIT_EXCEEDED");
        let message = scene.fails("CreateOrganizationalUnit", &body, VIOLATION, reason);
        let expected = "You have exceeded the number of organizational units: 2000.";
        assert_eq!(message, expected, "{name}");
    };
    refused(&root, "beyond");
    refused(&outer, "beyond");
    refused(&last, "beyond");
    assert_eq!(scene.snapshot().unit_count(), 2000);
    // One that goes makes room for one.
    let gone = json!({ "OrganizationalUnitId": last });
    scene.done("DeleteOrganizationalUnit", &gone);
    scene.unit(&outer, "instead");
    refused(&root, "beyond");
}

#[test]
fn there_may_be_so_many_policies_of_a_type() {
    let scene = Scene::new();
    let denial = deny_everybody("s3:*", "{}");
    for (kind, most, content) in [
        (ControlPolicyType::ServiceControl, 10_000, ALLOW_ALL),
        (ControlPolicyType::ResourceControl, 1000, &denial),
    ] {
        let compiled = Policy::compile(content, kind.policy_kind()).unwrap();
        fill(&scene, most, |_, random| {
            let mut changes = Changes::new();
            for number in 1..most {
                let (name, policy) = (format!("p{number}"), compiled.clone());
                changes.put(ControlPolicy::new(kind, &name, "", policy, scene.now(), random));
            }
            changes
        });
        // The built-in one does not count.
        let last = scene.policy(kind.as_str(), "last", content);
        let beyond = || -> Value {
            json!({ "Type": kind.as_str(), "Name": "beyond", "Description": "", "Content": content })
        };
        let refused = || {
            let reason = Some("POLICY_NUMBER_LIMIT_EXCEEDED");
            let message = scene.fails("CreatePolicy", &beyond(), VIOLATION, reason);
            let expected = format!("You have exceeded the number of policies: {most}.");
            assert_eq!(message, expected, "{}", kind.as_str());
        };
        refused();
        // What is there may still be changed, and one that goes makes room for one.
        scene.done("UpdatePolicy", &json!({ "PolicyId": last, "Name": "the last" }));
        refused();
        scene.done("DeletePolicy", &json!({ "PolicyId": last }));
        scene.done("CreatePolicy", &beyond());
    }
    // Each type has its own number: the second was filled beside the first.
    let counts = ControlPolicyType::ALL.map(|kind| scene.snapshot().control_policy_count(kind));
    assert_eq!(counts, [10_000, 1000]);
    assert_eq!([SCP, RCP], ControlPolicyType::ALL.map(ControlPolicyType::as_str));
}
