//! Resource control policies in simulations: what is simulated is what the call itself answers.

use serde_json::json;

use crate::harness::{
    ACCOUNT, Answer, Credentials, Parameters, RCP, World, deny_everybody, deny_everybody_on,
};
use crate::iam::texts::{ALLOW_ALL, TRUST_ACCOUNT};

pub(super) const MEMBER: &str = "444455556666";
pub(super) const OTHER: &str = "777788889999";
pub(super) const ASSUME: &str = "sts:AssumeRole";
const FEDERATE: &str = "sts:GetFederationToken";

/// A member account with a user and a role, both allowed everything, and a role that trusts the account's principals.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) member: Credentials,
    /// The ARNs of the user and the role, and how they sign.
    pub(super) callers: [(String, Credentials); 2],
    pub(super) trust: String,
    pub(super) target: String,
}

impl Scene {
    pub(super) fn new() -> Self {
        let world = World::new();
        let member = world.other_account(MEMBER);
        let trust = TRUST_ACCOUNT
            .replace(ACCOUNT, MEMBER)
            .replace(r#""sts:AssumeRole""#, r#"["sts:AssumeRole","sts:TagSession"]"#);
        let alice = world.user(&member, "alice", Some(ALLOW_ALL));
        let role = world.role(&member, "caller", &trust, Some(ALLOW_ALL));
        let session = assume(&world, &alice, &role, &[]).credentials();
        let target = world.role(&member, "target", &trust, None);
        world.enable(RCP);
        Self {
            callers: [
                (format!("arn:aws:iam::{MEMBER}:user/alice"), alice),
                (role, session),
            ],
            world,
            member,
            trust,
            target,
        }
    }

    /// Simulates actions of a caller on a resource; those on a role with its trust policy.
    pub(super) fn simulate(
        &self,
        caller: &str,
        actions: &[&str],
        resource: &str,
        more: &Parameters<'_>,
    ) -> Answer {
        let names: Vec<String> = (1..=actions.len())
            .map(|at| format!("ActionNames.member.{at}"))
            .collect();
        let mut parameters = vec![("PolicySourceArn", caller), ("ResourceArns.member.1", resource)];
        parameters.extend(names.iter().map(String::as_str).zip(actions.iter().copied()));
        if resource.contains(":role/") {
            parameters.push(("ResourcePolicy", &self.trust));
        }
        parameters.extend(more);
        self.world
            .iam(&self.member, "SimulatePrincipalPolicy", &parameters)
            .ok()
    }
}

pub(super) fn assume(world: &World, who: &Credentials, role: &str, more: &Parameters<'_>) -> Answer {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "session")];
    parameters.extend(more);
    world.sts(who, "AssumeRole", &parameters)
}

/// What a simulation says of each action, and whether the organization allows the first.
pub(super) fn decisions(answer: &Answer) -> (Vec<String>, Option<String>) {
    (
        answer.texts("EvalDecision"),
        answer.find("AllowedByOrganizations"),
    )
}

/// A policy on the member, and whether both callers may still assume the role, with a tag, and whether the user may call
/// GetFederationToken.
#[test]
fn what_is_simulated_is_what_is_enforced() {
    let scene = Scene::new();
    let (world, target) = (&scene.world, scene.target.as_str());
    let guest = format!("arn:aws:sts::{MEMBER}:federated-user/guest");
    let on = |action: &str, condition: &str| deny_everybody(action, condition);
    let tag = [
        ("ContextEntries.member.1.ContextKeyName", "aws:RequestTag/team"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "red"),
        ("ContextEntries.member.2.ContextKeyName", "sts:RoleSessionName"),
        ("ContextEntries.member.2.ContextKeyType", "string"),
        ("ContextEntries.member.2.ContextKeyValues.member.1", "session"),
    ];
    let plain = [
        ("ContextEntries.member.1.ContextKeyName", "sts:RoleSessionName"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "session"),
    ];
    for (content, assumes, tags, federates) in [
        (on("s3:*", "{}"), true, true, true),
        (on(ASSUME, "{}"), false, false, true),
        (on("STS:assumerole", "{}"), false, false, true),
        (on("sts:TagSession", "{}"), true, false, true),
        (on(FEDERATE, "{}"), true, true, false),
        (on("sts:*", "{}"), false, false, false),
        (deny_everybody_on(target, "sts:*", "{}"), false, false, true),
        (
            deny_everybody_on("arn:aws:sts::*:federated-user/g*", "sts:*", "{}"),
            true,
            true,
            false,
        ),
        (
            on(ASSUME, r#"{"StringEquals":{"aws:RequestTag/team":"red"}}"#),
            true,
            false,
            true,
        ),
        (
            on("sts:*", r#"{"StringNotEquals":{"aws:RequestTag/team":"red"}}"#),
            false,
            true,
            false,
        ),
        (
            on(ASSUME, r#"{"StringEquals":{"sts:RoleSessionName":"session"}}"#),
            false,
            false,
            true,
        ),
        (
            on(
                ASSUME,
                r#"{"StringNotLikeIfExists":{"sts:RoleSessionName":"sess*"}}"#,
            ),
            true,
            true,
            true,
        ),
    ] {
        let policy = world.control_policy(RCP, "limit", &content);
        world.attach(&policy, MEMBER);
        let check = |real: &Answer, simulated: &Answer, expected: bool| {
            let what = format!("{content}: {}\n{}", real.body, simulated.body);
            assert_eq!(real.status == 200, expected, "{what}");
            let (decisions, within) = (
                simulated.texts("EvalDecision"),
                simulated.texts("AllowedByOrganizations"),
            );
            let denied = decisions.iter().any(|decision| decision == "explicitDeny");
            assert_eq!(denied, !expected, "{what}");
            assert!(
                !decisions.iter().any(|decision| decision == "implicitDeny"),
                "{what}"
            );
            assert_eq!(within.iter().any(|within| within == "false"), denied, "{what}");
            assert_eq!(within.len(), decisions.len(), "{what}");
            // Which policy of the organization it was is not told, nor what keys it reads.
            assert!(!simulated.body.contains(&policy), "{what}");
            assert_eq!(simulated.find("MissingContextValues"), None, "{what}");
        };
        for (arn, who) in &scene.callers {
            let real = assume(world, who, target, &[]);
            check(&real, &scene.simulate(arn, &[ASSUME], target, &plain), assumes);
            let given = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "red")];
            let real = assume(world, who, target, &given);
            let both = [ASSUME, "sts:TagSession"];
            check(&real, &scene.simulate(arn, &both, target, &tag), tags);
        }
        let (arn, alice) = &scene.callers[0];
        let parameters = [("Name", "guest"), ("Policy", ALLOW_ALL)];
        let real = world.sts(alice, "GetFederationToken", &parameters);
        check(&real, &scene.simulate(arn, &[FEDERATE], &guest, &[]), federates);
        // IAM has none.
        world.iam(alice, "ListUsers", &[]).ok();
        let answer = scene.simulate(
            arn,
            &["iam:ListUsers"],
            &format!("arn:aws:iam::{MEMBER}:user/"),
            &[],
        );
        let allowed = (vec!["allowed".to_owned()], Some("true".to_owned()));
        assert_eq!(decisions(&answer), allowed, "{content}");
        world.detach(&policy, MEMBER);
        world.manage("DeletePolicy", &json!({ "PolicyId": policy })).ok();
    }
}

/// Where a policy is attached, and whether it bears on the member.
#[test]
fn they_take_part_wherever_they_are_attached_above_the_account() {
    let scene = Scene::new();
    let (world, target) = (&scene.world, scene.target.as_str());
    world.other_account(OTHER);
    let root = world.root_id();
    let (unit, beside) = (world.unit(&root, "unit"), world.unit(&root, "beside"));
    world.move_account(MEMBER, &root, &unit);
    let deny = world.control_policy(RCP, "deny", &deny_everybody(ASSUME, "{}"));
    for (at, bears) in [
        (&*root, true),
        (&unit, true),
        (MEMBER, true),
        (&beside, false),
        (OTHER, false),
        (ACCOUNT, false),
    ] {
        world.attach(&deny, at);
        for (arn, who) in &scene.callers {
            assert_eq!(
                assume(world, who, target, &[]).status == 200,
                !bears,
                "{at} {arn}"
            );
            let answer = scene.simulate(arn, &[ASSUME], target, &[]);
            let expected = match bears {
                true => ("explicitDeny", "false"),
                false => ("allowed", "true"),
            };
            let (decision, within) = decisions(&answer);
            let got = (&*decision[0], within.as_deref().unwrap());
            assert_eq!(got, expected, "{at} {arn}");
            // Left out, the rest decides.
            let excluded = [("PolicyExclusionList.member.1.PolicyType", "rcp")];
            let (decision, _) = decisions(&scene.simulate(arn, &[ASSUME], target, &excluded));
            assert_eq!(decision, ["allowed"], "{at} {arn}");
            let others = [("PolicyExclusionList.member.1.PolicyType", "scp")];
            let (decision, within) = decisions(&scene.simulate(arn, &[ASSUME], target, &others));
            let got = (&*decision[0], within.as_deref().unwrap());
            assert_eq!(got, expected, "{at} {arn}");
        }
        world.detach(&deny, at);
    }
}

/// The services that this one does not serve: those that have such policies, and the action that is exempt.
#[test]
fn they_bind_the_actions_of_the_services_that_have_them() {
    let scene = Scene::new();
    let key = "arn:aws:kms:us-east-1:444455556666:key/1";
    for (deny, action, resource, denied) in [
        ("kms:*", "kms:Decrypt", key, true),
        ("kms:*", "KMS:decrypt", key, true),
        ("kms:*", "kms:RetireGrant", key, false),
        ("kms:*", "s3:GetObject", "arn:aws:s3:::notes/today", false),
        ("s3:*", "s3:GetObject", "arn:aws:s3:::notes/today", true),
        // Those of another account bind what that account has.
        (
            "kms:*",
            "kms:Decrypt",
            "arn:aws:kms:us-east-1:777788889999:key/1",
            false,
        ),
    ] {
        let policy = scene
            .world
            .control_policy(RCP, "limit", &deny_everybody(deny, "{}"));
        scene.world.attach(&policy, MEMBER);
        let answer = scene.simulate(&scene.callers[0].0, &[action], resource, &[]);
        let (decision, within) = decisions(&answer);
        assert_eq!(
            decision[0] == "explicitDeny",
            denied,
            "{deny} {action} {resource}"
        );
        let within = within.unwrap();
        assert_eq!(within == "false", denied, "{deny} {action} {resource}");
        scene.world.detach(&policy, MEMBER);
        let body = json!({ "PolicyId": policy });
        scene.world.done("DeletePolicy", &body);
    }
}
