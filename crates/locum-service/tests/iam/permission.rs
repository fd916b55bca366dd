//! No operation does anything for whom no policy allows it, nor for whom one denies it.

use locum_api::model::{Member, Operation, Service, Shape, operations};

use super::texts::{ALLOW_ALL, READ_NOTES, TRUST_ACCOUNT};
use crate::harness::{Credentials, World};

/// What asks for more than can be made up here. It has a test of its own, in `delegation`.
const ELSEWHERE: &[&str] = &["CreateDelegationRequest"];

/// What is about users alone, and refuses other callers who name none before it asks any policy.
const OF_USERS: &[&str] = &[
    "ChangePassword",
    "ListSSHPublicKeys",
    "ListServiceSpecificCredentials",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    User,
    Caller,
}

/// A value that fits the member wherever it has this name.
fn text(name: &str) -> String {
    let value = match name {
        "PolicyArn" | "Arn" | "PermissionsBoundary" => "arn:aws:iam::111122223333:policy/p",
        "PolicySourceArn" => "arn:aws:iam::111122223333:user/something",
        "DelegationRequestId" => "0123456789abcdef",
        "AccessKeyId" => "AKIAQNZGKIQY56JQ7WML",
        "ThumbprintList" => return "a".repeat(40),
        "SAMLMetadataDocument" => return "x".repeat(1000),
        "AWSServiceName" => "autoscaling.amazonaws.com",
        "DeletionTaskId" => {
            "task/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling/\
             01234567-89ab-cdef-0123-456789abcdef"
        }
        "GlobalEndpointTokenVersion" => "v2Token",
        "SAMLProviderArn" => "arn:aws:iam::111122223333:saml-provider/idp",
        "OpenIDConnectProviderArn" => "arn:aws:iam::111122223333:oidc-provider/idp.example.com",
        "SerialNumber" => "arn:aws:iam::111122223333:mfa/phone",
        "PolicyDocument" => READ_NOTES,
        "AssumeRolePolicyDocument" => TRUST_ACCOUNT,
        "PolicyInputList" => ALLOW_ALL,
        "VersionId" => "v1",
        "Url" => "https://idp.example.com",
        "Status" => "Active",
        "AuthenticationCode1" | "AuthenticationCode2" => "123456",
        "AccountAlias" => "alias",
        _ => "something",
    };
    value.to_owned()
}

/// The parameters that a member needs, below a name.
fn fill(name: String, own: &str, shape: &Shape, into: &mut Vec<(String, String)>) {
    match shape {
        Shape::List { member, .. } => fill(format!("{name}.member.1"), own, member, into),
        Shape::Structure(structure) => {
            for member in structure.members.iter().filter(|member| member.required) {
                fill(format!("{name}.{}", member.name), member.name, member.shape, into);
            }
        }
        Shape::Integer { min, .. } => into.push((name, min.unwrap_or(1).to_string())),
        Shape::Boolean => into.push((name, "true".to_owned())),
        Shape::Timestamp => into.push((name, "2026-11-22T10:00:00Z".to_owned())),
        _ => into.push((name, text(own))),
    }
}

/// The parameters of an operation, for a user or, where none need be named, for whoever calls.
fn parameters(operation: &Operation, of: Of) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let needed = |member: &&Member| {
        member.required
            || matches!(member.name, "ThumbprintList" | "SAMLMetadataDocument")
            || (of == Of::User && member.name == "UserName")
    };
    for member in operation.input.members.iter().filter(needed) {
        fill(member.name.to_owned(), member.name, member.shape, &mut parameters);
    }
    parameters
}

/// The operations that answer a caller anything but that he is not authorized.
fn surprises(world: &World, who: &Credentials, of: Of) -> Vec<String> {
    let mut surprises = Vec::new();
    for operation in operations(Service::Iam) {
        if ELSEWHERE.contains(&operation.name) {
            continue;
        }
        let parameters = parameters(operation, of);
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let answer = world.iam(who, operation.name, &parameters);
        let action = format!("iam:{} ", operation.name);
        let denied = answer.body.contains("is not authorized to perform") && answer.body.contains(&action);
        let refused = of == Of::Caller && OF_USERS.contains(&operation.name) && answer.status == 400;
        if !refused && (answer.status != 403 || !denied) {
            surprises.push(format!("{}: {}", operation.name, answer.body));
        }
    }
    surprises
}

#[test]
fn no_operation_is_for_whom_no_policy_allows_it() {
    let world = World::new();
    let nobody = world.user(&world.root, "nobody", None);
    assert_eq!(surprises(&world, &nobody, Of::User), Vec::<String>::new());
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;
    let denied = world.user(&world.root, "denied", Some(nothing));
    assert_eq!(surprises(&world, &denied, Of::User), Vec::<String>::new());
}

/// What asks a root user for permission: without a user's name it is about the root user itself.
#[test]
fn no_operation_is_for_a_root_whose_task_is_another() {
    let world = World::new();
    world.other_account("444455556666");
    world
        .iam(&world.root, "EnableOrganizationsRootSessions", &[])
        .ok();
    let admin = world.user(&world.root, "admin", Some(ALLOW_ALL));
    let task = [
        ("TargetPrincipal", "444455556666"),
        (
            "TaskPolicyArn.arn",
            "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
        ),
    ];
    let root = world.sts(&admin, "AssumeRoot", &task).credentials();
    assert_eq!(surprises(&world, &root, Of::Caller), Vec::<String>::new());
}
