//! What the built-in policies decide.

use locum_directory::AwsPolicies;
use locum_names::{Partition, UniqueId, UniqueKind};
use locum_policy::{Context, Decision, Layers, Principal, Request, Source, decide};

use crate::fixture::account;

fn allows(name: &str, action: &str, resource: &str) -> bool {
    let policies = AwsPolicies::load().unwrap();
    let policy = policies.by_name(name).unwrap();
    assert!(policy.is_attachable());
    let identity = [Source::new(policy.in_force().unwrap(), name)];
    let id = UniqueId::new(UniqueKind::User, account(), 1);
    let context = Context::new();
    let request = Request {
        principal: Principal::user(Partition::Aws, account(), id, "/", "alice"),
        action,
        resource,
        resource_account: account(),
        context: &context,
    };
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    decide(&request, &layers) == Decision::Allow
}

#[test]
fn the_built_in_policies_allow_what_they_are_for() {
    const POLICIES: [&str; 8] = [
        "AdministratorAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecurityAudit",
        "IAMFullAccess",
        "IAMReadOnlyAccess",
        "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess",
    ];
    // One column a policy, in the order above.
    for (action, allowed) in [
        ("s3:GetObject", "yyynnnyy"),
        ("s3:GetBucketPolicy", "yyyynnyy"),
        ("s3:ListBucket", "yyynnnyy"),
        ("s3:ListAllMyBuckets", "yyyynnyy"),
        ("s3:PutObject", "yynnnnyn"),
        ("s3:DeleteBucket", "yynnnnyn"),
        ("s3:GetObjectTagging", "yyynnnyy"),
        ("s3:GetDataAccess", "yynnnnyy"),
        ("s3-object-lambda:GetObject", "yyynnnyy"),
        ("iam:ListUsers", "ynyyyynn"),
        ("iam:ListRoles", "yyyyyynn"),
        ("iam:GetPolicyVersion", "ynyyyynn"),
        ("iam:SimulatePrincipalPolicy", "ynyyyynn"),
        ("iam:GenerateCredentialReport", "ynyyyynn"),
        ("iam:CreateUser", "ynnnynnn"),
        ("iam:CreateServiceLinkedRole", "yynnynnn"),
        ("iam:PassRole", "ynnnynnn"),
        ("locum:RevokeSessions", "ynnnnnnn"),
        ("organizations:DescribeOrganization", "yyyyynnn"),
        ("organizations:ListAccounts", "ynyynnnn"),
        ("organizations:ListPolicies", "ynyyynnn"),
        ("organizations:CreateAccount", "ynnnnnnn"),
        ("account:CloseAccount", "ynnnnnnn"),
        ("account:ListRegions", "yyyynnnn"),
        ("ec2:DescribeInstances", "yyyynnnn"),
        ("ec2:RunInstances", "yynnnnnn"),
        ("dynamodb:GetItem", "yyynnnnn"),
        ("dynamodb:DescribeTable", "yyyynnnn"),
        ("sts:AssumeRole", "yynnnnnn"),
        ("sts:GetCallerIdentity", "yyyynnnn"),
        ("sts:GetFederationToken", "yynnnnnn"),
        ("sts:GetWebIdentityToken", "yynnnnnn"),
        ("secretsmanager:ListSecrets", "yyyynnnn"),
        ("secretsmanager:GetSecretValue", "yynnnnnn"),
        ("ssm:GetParameter", "yynnnnnn"),
        ("kms:GetKeyPolicy", "yyyynnnn"),
        ("kms:Decrypt", "yynnnnnn"),
        ("sqs:ReceiveMessage", "yynnnnnn"),
        ("redshift:GetClusterCredentials", "yynnnnnn"),
        ("elasticmapreduce:GetClusterSessionCredentials", "yynnnnnn"),
        ("codepipeline:GetJobDetails", "yynnnnnn"),
        ("ecr:GetAuthorizationToken", "yynnnnnn"),
        ("states:GetExecutionHistory", "yyynnnnn"),
        ("states:GetActivityTask", "yynnnnnn"),
        ("a-service-nobody-knows:GetThing", "yynnnnnn"),
    ] {
        for (policy, expected) in POLICIES.iter().zip(allowed.chars()) {
            assert_eq!(allows(policy, action, "*"), expected == 'y', "{policy} {action}");
        }
    }
}

#[test]
fn readers_see_apis_and_no_keys_to_them() {
    for (path, readable) in [
        ("restapis", true),
        ("restapis/abc/resources", true),
        ("apis/abc/routes", true),
        ("apikeys", false),
        ("apikeys/abc", false),
        ("usageplans/abc/keys/def", false),
    ] {
        let resource = format!("arn:aws:apigateway:eu-north-1::/{path}");
        for policy in ["ReadOnlyAccess", "SecurityAudit"] {
            assert_eq!(
                allows(policy, "apigateway:GET", &resource),
                readable,
                "{policy} {path}"
            );
        }
    }
}
