//! What the simulator refuses to be asked: actions, resources, callers, principals and exclusions that make no sense.

use super::answers::{ALICE, CUSTOM};
use crate::harness::World;
use crate::iam::texts::{ALLOW_ALL, INVALID_INPUT, NO_SUCH_ENTITY, READ_NOTES, VALIDATION};

#[test]
fn a_question_that_makes_no_sense_is_refused() {
    let world = World::new();
    let refused = |more: &[(&'static str, &'static str)], message: &str| {
        let parameters: Vec<_> = CUSTOM
            .iter()
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
            .chain(more)
            .copied()
            .collect();
        world.refuses(&[("SimulateCustomPolicy", &parameters, INVALID_INPUT, message)]);
    };
    for (more, message) in [
        (
            &[("ActionNames.member.1", "GetObject")][..],
            "The action is invalid since it is missing names",
        ),
        (
            &[("ActionNames.member.1", "s3:Get*")][..],
            "Invalid action: s3:Get* must not have wildcards.",
        ),
        (
            &[("ActionNames.member.1", "s3:Get?bject")][..],
            "Invalid action: s3:Get?bject must not have wildcards.",
        ),
        (
            &[("ActionNames.member.1", "s3:a:b")][..],
            "Invalid action: s3:a:b is not of the form service:name.",
        ),
        (
            &[("ActionNames.member.1", "s3:")][..],
            "Invalid action: s3: is not of the form service:name.",
        ),
        (
            &[("ResourceArns.member.1", "notes")],
            "ResourceNames are not in a valid ARN format: notes.",
        ),
        (
            &[
                ("ResourceArns.member.1", "*"),
                ("ResourceArns.member.2", "arn:aws:s3:::notes"),
            ],
            "ResourceNames are not in a valid ARN format: *.",
        ),
        (
            &[("ResourceOwner", "111122223333")],
            "'111122223333' is not a valid as a Resource Owner.",
        ),
        (
            &[("PolicyInputList.member.1", "{}")],
            "Invalid policy PolicyInputList.1: Syntax errors in policy.",
        ),
        (
            &[
                ("PermissionsBoundaryPolicyInputList.member.1", ALLOW_ALL),
                ("PermissionsBoundaryPolicyInputList.member.2", ALLOW_ALL),
            ],
            "The list of Permissions Boundary policies cannot exceed 1 items.",
        ),
        (
            &[
                ("ResourcePolicy", READ_NOTES),
                ("ResourceArns.member.1", "arn:aws:s3:::notes"),
            ],
            "Invalid caller - Caller cannot be null or empty.",
        ),
        (
            &[("ResourcePolicy", READ_NOTES), ("CallerArn", ALICE)],
            "Invalid Entity Arn: * does not clearly define entity type and name.",
        ),
        (
            &[("ResourceHandlingOption", "EC2-Classic-EBS")],
            "Invalid resource handling option: EC2-Classic-EBS.",
        ),
        (
            &[
                ("ResourceHandlingOption", "EC2-VPC-InstanceStore"),
                (
                    "ResourceArns.member.1",
                    "arn:aws:ec2:us-east-1:111122223333:instance/*",
                ),
            ],
            "The resource handling option EC2-VPC-InstanceStore requires a resource of the type image.",
        ),
    ] {
        refused(more, message);
    }
    for caller in [
        "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "arn:aws:sts::111122223333:federated-user/f",
        "ec2.amazonaws.com",
        "arn:aws:iam::111122223333:group/",
    ] {
        refused(
            &[("CallerArn", caller)],
            "Invalid caller - Caller must be an IAM user, role or group in this context.",
        );
    }
    let nothing = "1 validation error detected: Value at 'actionNames' failed to satisfy constraint: Member must not be null";
    world.refuses(&[("SimulateCustomPolicy", &[CUSTOM[0]], VALIDATION, nothing)]);
}

#[test]
fn a_principal_that_is_none_of_the_account_is_refused() {
    let world = World::new();
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    world.refuses(&[
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:root"), CUSTOM[1]],
            INVALID_INPUT,
            "Invalid Entity Arn: arn:aws:iam::111122223333:root does not clearly define entity type and name.",
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:sts::111122223333:assumed-role/r/s")],
            INVALID_INPUT,
            "Invalid Entity Arn: arn:aws:sts::111122223333:assumed-role/r/s does not clearly define entity type and name.",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::444455556666:user/alice"), CUSTOM[1]],
            INVALID_INPUT,
            "Invalid Policy Source Arn: caller's account 111122223333 does not have access to policies in account 444455556666",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:user/bob"), CUSTOM[1]],
            NO_SUCH_ENTITY,
            "The user with name bob cannot be found.",
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:group/path/staff")],
            NO_SUCH_ENTITY,
            "The group with name staff cannot be found.",
        ),
        (
            "SimulatePrincipalPolicy",
            &[("PolicySourceArn", "arn:aws:iam::111122223333:user/path/alice"), CUSTOM[1]],
            NO_SUCH_ENTITY,
            "The user with name alice cannot be found.",
        ),
    ]);
}

#[test]
fn a_policy_to_leave_out_is_named_in_one_way() {
    let world = World::new();
    world.user(&world.root, "alice", Some(ALLOW_ALL));
    let excluded = |more: &[(&'static str, &'static str)], message: &str| {
        let mut parameters = vec![("PolicySourceArn", ALICE), CUSTOM[1]];
        parameters.extend(more);
        world.refuses(&[("SimulatePrincipalPolicy", &parameters, INVALID_INPUT, message)]);
    };
    let one =
        "Invalid policy identifier: specify exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.";
    let (kind, arn) = (
        "PolicyExclusionList.member.1.PolicyType",
        "PolicyExclusionList.member.1.PolicyArn",
    );
    excluded(
        &[
            (kind, "scp"),
            (arn, "arn:aws:iam::aws:policy/AdministratorAccess"),
        ],
        one,
    );
    excluded(
        &[(arn, "arn:aws:iam::*:policy/AdministratorAccess")],
        "Invalid policy identifier: arn:aws:iam::*:policy/AdministratorAccess is not the ARN of a policy.",
    );
    excluded(
        &[(arn, "arn:aws:iam::aws:policy/*Admin*")],
        "Invalid policy identifier: arn:aws:iam::aws:policy/*Admin* has more than one *.",
    );
}
