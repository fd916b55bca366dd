//! Who may simulate what, and what simulating does not do: change anything, or look into other accounts.

use super::answers::{ALICE, CUSTOM};
use crate::harness::World;
use crate::iam::texts::{ALLOW_ALL, DENIED};

#[test]
fn each_operation_needs_its_permission_on_its_resource() {
    let world = World::new();
    let policy = |action: &str, resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#
        )
    };
    let bob = "arn:aws:iam::111122223333:user/bob";
    world.user(&world.root, "bob", None);
    for (operation, resource, parameters) in [
        ("SimulateCustomPolicy", "*", CUSTOM),
        ("GetContextKeysForCustomPolicy", "*", &CUSTOM[..1]),
        (
            "SimulatePrincipalPolicy",
            bob,
            &[("PolicySourceArn", bob), CUSTOM[1]],
        ),
        (
            "GetContextKeysForPrincipalPolicy",
            bob,
            &[("PolicySourceArn", bob)],
        ),
    ] {
        let name = format!("for-{operation}");
        let caller = world.user(
            &world.root,
            &name,
            Some(&policy(&format!("iam:{operation}"), resource)),
        );
        world.iam(&caller, operation, parameters).ok();
        let other = policy(
            &format!("iam:{operation}"),
            "arn:aws:iam::111122223333:user/alice",
        );
        let stranger = world.user(&world.root, &format!("not-{operation}"), Some(&other));
        let message = format!(
            "User: arn:aws:iam::111122223333:user/not-{operation} is not authorized to perform: iam:{operation} on resource: \
             {resource} because no identity-based policy allows the iam:{operation} action"
        );
        world
            .iam(&stranger, operation, parameters)
            .fails(DENIED.0, DENIED.1, &message);
    }
}

#[test]
fn simulating_changes_nothing() {
    let world = World::new();
    let before = world.user(&world.root, "alice", Some(ALLOW_ALL));
    for action in ["iam:DeleteUser", "iam:CreateUser", "iam:DeleteUserPolicy"] {
        let parameters = [("PolicySourceArn", ALICE), ("ActionNames.member.1", action)];
        let answer = world.admin("SimulatePrincipalPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), "allowed");
    }
    world.iam(&before, "GetUser", &[]).ok();
}

#[test]
fn a_caller_of_another_account_is_not_looked_up() {
    let world = World::new();
    let other = world.other_account("444455556666");
    let service = [("AWSServiceName", "autoscaling.amazonaws.com")];
    world.iam(&world.root, "CreateServiceLinkedRole", &service).ok();
    world.iam(&other, "CreateServiceLinkedRole", &service).ok();
    let role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    // Control policies do not bind a role of a service, which one's own is known to be.
    for (account, expected) in [
        ("111122223333", "allowed"),
        ("444455556666", "explicitDeny"),
        ("999900001111", "explicitDeny"),
    ] {
        let caller = format!("arn:aws:iam::{account}:{role}");
        let parameters = [
            ("PolicyInputList.member.1", ALLOW_ALL),
            (
                "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList.member.1",
                deny,
            ),
            ("CallerArn", &*caller),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::notes/today"),
        ];
        let answer = world.admin("SimulateCustomPolicy", &parameters).ok();
        assert_eq!(answer.text("EvalDecision"), expected, "{account}");
    }
}
