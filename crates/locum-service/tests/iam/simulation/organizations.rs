//! An organization over what is simulated: one that is given with the question, and the one in force.

use locum_crypto::SeededRandom;
use locum_directory::{Changes, ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget};
use locum_policy::{Policy, PolicyKind};

use super::answers::{OBJECT, READ, custom};
use crate::harness::World;
use crate::iam::texts::ALLOW_ALL;

const ONLY_STS: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#;

#[test]
fn every_level_of_an_organization_must_allow() {
    let world = World::new();
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:PrincipalTag/a":"true"}}}]}"#;
    for (levels, decision, within) in [
        (&[&[ALLOW_ALL][..], &[READ]][..], "allowed", "true"),
        (&[&[READ], &[ONLY_STS]], "implicitDeny", "false"),
        (&[&[READ, ONLY_STS], &[ALLOW_ALL]], "allowed", "true"),
        (&[&[deny]], "explicitDeny", "false"),
    ] {
        let mut names = Vec::new();
        for (level, policies) in levels.iter().enumerate() {
            for (at, policy) in policies.iter().enumerate() {
                let name = format!(
                    "OrderedOrganizationPolicyInputList.member.{}.ServiceControlPolicyInputList.member.{}",
                    level + 1,
                    at + 1
                );
                names.push((name, *policy));
            }
        }
        let mut parameters = vec![
            ("PolicyInputList.member.1", ALLOW_ALL),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", OBJECT),
        ];
        parameters.extend(names.iter().map(|(name, policy)| (name.as_str(), *policy)));
        let answer = custom(&world, &parameters);
        assert_eq!(answer.text("EvalDecision"), decision, "{levels:?}");
        assert_eq!(answer.text("AllowedByOrganizations"), within, "{levels:?}");
        // Neither statements nor keys of the organization are told.
        assert_eq!(answer.texts("SourcePolicyId").is_empty(), within == "false");
        assert_eq!(answer.find("MissingContextValues"), None);
        assert_eq!(answer.body.contains("EvalDecisionDetails"), within == "true");
    }
    let alone = custom(
        &world,
        &[
            ("PolicyInputList.member.1", ALLOW_ALL),
            ("ActionNames.member.1", "s3:GetObject"),
        ],
    );
    assert_eq!(alone.find("AllowedByOrganizations"), None);
}

/// Those of the organization, for a member account: enforced and simulated.
#[test]
fn the_control_policies_in_force_take_part() {
    let scp = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["iam:ListRoles","s3:*"],"Resource":"*"}}"#;
    let world = World::new();
    let member = world.other_account("444455556666");
    let alice = world.user(&member, "alice", Some(ALLOW_ALL));
    world.iam(&alice, "ListRoles", &[]).ok();
    let policy = Policy::compile(scp, PolicyKind::ServiceControl).unwrap();
    let limit = ControlPolicyType::ServiceControl;
    let policy = ControlPolicy::new(limit, "limit", "", policy, world.now(), &mut SeededRandom::new(7));
    let target = ControlTarget::Account("444455556666".parse().unwrap());
    let mut attachments = ControlAttachments::initial(limit, target);
    attachments.policies.push(policy.id.clone());
    let written = world.service.directory().write(|_| {
        let mut changes = Changes::new();
        changes.put(policy).put(attachments);
        Ok::<_, &str>(((), changes))
    });
    written.unwrap().1.wait().unwrap();
    assert_eq!(world.iam(&alice, "ListRoles", &[]).status, 403);
    world.iam(&alice, "ListUsers", &[]).ok();
    let excluded = ("PolicyExclusionList.member.1.PolicyType", "scp");
    for (action, more, decision, within) in [
        ("iam:ListRoles", &[][..], "explicitDeny", Some("false")),
        ("iam:ListUsers", &[], "allowed", Some("true")),
        ("iam:ListRoles", &[excluded], "allowed", None),
    ] {
        let mut parameters = vec![
            ("PolicySourceArn", "arn:aws:iam::444455556666:user/alice"),
            ("ActionNames.member.1", action),
        ];
        parameters.extend(more);
        let answer = world.iam(&member, "SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), decision, "{action} {more:?}");
        assert_eq!(
            answer.find("AllowedByOrganizations").as_deref(),
            within,
            "{action} {more:?}"
        );
        // Which statement of the organization it was is not told.
        assert_eq!(
            answer.texts("SourcePolicyId").len(),
            usize::from(decision == "allowed")
        );
    }
    // The management account is not limited.
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let parameters = [
        ("PolicySourceArn", "arn:aws:iam::111122223333:user/alice"),
        ("ActionNames.member.1", "iam:ListRoles"),
    ];
    let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
    assert_eq!(
        (answer.text("EvalDecision"), answer.find("AllowedByOrganizations")),
        ("allowed".to_owned(), None)
    );
}
