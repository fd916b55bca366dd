//! Whom resource control policies pass by in simulations: those whom they pass by in calls.

use locum_crypto::SeededRandom;
use locum_directory::{Changes, Role, Snapshot};

use super::control::{ASSUME, MEMBER, OTHER, Scene, assume, decisions};
use crate::harness::{ACCOUNT, RCP, World, deny_everybody};
use crate::iam::texts::{ALLOW_ALL, TRUST_ACCOUNT};

#[test]
fn the_management_account_is_exempt() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let target = world.role(&world.root, "target", TRUST_ACCOUNT, None);
    world.enable(RCP);
    let deny = world.control_policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    for at in [&*world.root_id(), ACCOUNT] {
        world.attach(&deny, at);
        assume(&world, &alice, &target, &[]).ok();
        let parameters = [
            ("PolicySourceArn", "arn:aws:iam::111122223333:user/alice"),
            ("ActionNames.member.1", ASSUME),
            ("ResourceArns.member.1", &*target),
            ("ResourcePolicy", TRUST_ACCOUNT),
        ];
        let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(decisions(&answer), (vec!["allowed".to_owned()], None), "{at}");
    }
}

/// A service-linked role is one by its mark, in a call as in a simulation; its path and its name alone exempt nobody.
#[test]
fn service_linked_roles_are_exempt() {
    let scene = Scene::new();
    let world = &scene.world;
    let (role, session) = &scene.callers[1];
    let trusting = |role: &str| {
        let principal = format!(r#""{role}""#);
        scene
            .trust
            .replace(&format!(r#""arn:aws:iam::{MEMBER}:root""#), &principal)
    };
    let next = world.role(&scene.member, "next", &trusting(role), None);
    let deny = world.control_policy(RCP, "deny", &deny_everybody("sts:*", "{}"));
    world.attach(&deny, MEMBER);
    let simulated = |arn: &str| {
        let parameters = [
            ("PolicySourceArn", arn),
            ("ActionNames.member.1", ASSUME),
            ("ResourceArns.member.1", &*next),
            ("ResourcePolicy", &*trusting(arn)),
        ];
        let answer = world.iam(&scene.member, "SimulatePrincipalPolicy", &parameters);
        answer.ok().text("EvalDecision")
    };
    assert_eq!(assume(world, session, &next, &[]).status, 403);
    assert_eq!(simulated(role), "explicitDeny");
    // No role becomes one: it goes, and one of its unique id comes, whose session this then is.
    let write = |snapshot: &Snapshot| {
        let known = snapshot.role(MEMBER.parse().unwrap(), "caller").unwrap();
        let (service, name) = ("guardduty.amazonaws.com", "AWSServiceRoleForGuardDuty");
        let mut random = SeededRandom::new(9);
        let linked = Role::service_linked(known.account, service, name, world.now(), &mut random);
        let mut changes = Changes::new();
        changes.delete(&**known);
        changes.put(Role {
            id: known.id,
            ..linked.unwrap()
        });
        Ok::<_, ()>(((), changes))
    };
    world.service.directory().write(write).unwrap().1.wait().unwrap();
    assume(world, session, &next, &[]).ok();
    let linked = "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForGuardDuty";
    assert_eq!(simulated(&format!("arn:aws:iam::{MEMBER}:{linked}")), "allowed");
    // Nor is a simulated caller exempt who only looks like one.
    for caller in [
        format!("arn:aws:iam::{MEMBER}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForOther"),
        format!("arn:aws:iam::{OTHER}:{linked}"),
    ] {
        let parameters = [
            ("PolicySourceArn", &*scene.callers[0].0),
            ("ActionNames.member.1", ASSUME),
            ("ResourceArns.member.1", &*next),
            ("CallerArn", &*caller),
            ("ResourcePolicy", &*trusting(&caller)),
        ];
        let answer = world.iam(&scene.member, "SimulatePrincipalPolicy", &parameters);
        assert_eq!(answer.ok().text("EvalDecision"), "explicitDeny", "{caller}");
    }
}

/// The policies over another account's resources are that account's to know: a simulation says the same with and without
/// them, whatever the call does.
#[test]
fn those_of_another_account_are_not_told() {
    let scene = Scene::new();
    let world = &scene.world;
    let other = world.other_account(OTHER);
    let role = world.role(&other, "target", &scene.trust, None);
    let (arn, alice) = &scene.callers[0];
    let simulate = || {
        let answer = scene.simulate(arn, &[ASSUME], &role, &[]);
        answer.body.split("<ResponseMetadata>").next().unwrap().to_owned()
    };
    let before = simulate();
    assume(world, alice, &role, &[]).ok();
    let deny = world.control_policy(RCP, "deny", &deny_everybody(ASSUME, "{}"));
    world.attach(&deny, OTHER);
    assert_eq!(assume(world, alice, &role, &[]).status, 403);
    assert_eq!(simulate(), before);
    assert!(before.contains("<EvalDecision>allowed<"), "{before}");
}

/// Policies that a request brings are simulated as they are: none of the organization's take part.
#[test]
fn custom_simulations_have_none() {
    let scene = Scene::new();
    let deny = scene
        .world
        .control_policy(RCP, "deny", &deny_everybody(ASSUME, "{}"));
    scene.world.attach(&deny, MEMBER);
    let parameters = [
        ("PolicyInputList.member.1", ALLOW_ALL),
        ("ActionNames.member.1", ASSUME),
        ("ResourceArns.member.1", &*scene.target),
        ("ResourcePolicy", &*scene.trust),
        ("CallerArn", &*scene.callers[0].0),
    ];
    let answer = scene
        .world
        .iam(&scene.member, "SimulateCustomPolicy", &parameters);
    assert_eq!(decisions(&answer.ok()), (vec!["allowed".to_owned()], None));
}
