//! The policies that the documentation shows are ones that the service takes.

use super::scene::{ALL_ACTIONS, Scene};

#[test]
fn every_trust_policy_of_the_documentation_is_accepted() {
    let scene = Scene::new();
    let pages = [
        include_str!("../../../../docs/kubernetes.md"),
        include_str!("../../../../docs/web-identity.md"),
    ];
    let blocks = pages.iter().flat_map(|page| page.split("```json\n").skip(1));
    let policies: Vec<&str> = blocks.map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(policies.len(), 3);
    for (number, policy) in policies.iter().enumerate() {
        scene.role(&scene.root, &format!("role-{number}"), policy, None);
    }
    assert!(policies[2].replace(", ", ",").contains(ALL_ACTIONS));
}
