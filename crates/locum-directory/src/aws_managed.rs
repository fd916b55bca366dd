//! The built-in managed policies, `arn:P:iam::aws:policy/…`: the same for every account, shared, never stored.
//!
//! They are data files of our own writing under `policies/aws/`, compiled into the program. Adding one is a file and a
//! line in `BUILT_IN`. The ids of the attachable ones are AWS's own, so that they are recognised by whoever knows them;
//! those of the root tasks, which AWS does not tell, are ours. Never change one: attachments are stored by id.
//!
//! They say what AWS's documentation says they are for, not what AWS's say action by action. ReadOnlyAccess and
//! SecurityAudit name services, since no action pattern may leave the service open, and what reads a secret or hands out
//! a credential is in neither.

use std::sync::Arc;

use jiff::Timestamp;
use locum_names::{NameError, UniqueId};
use locum_policy::{Policy, PolicyError, PolicyKind};

use crate::{ManagedPolicy, PolicyOwner, PolicyVersion, Revision, VersionId};

struct BuiltIn {
    id: &'static str,
    name: &'static str,
    path: &'static str,
    description: &'static str,
    document: &'static str,
}

/// In the order of lower-cased names.
const BUILT_IN: [BuiltIn; 13] = [
    BuiltIn {
        id: "ANPAIWMBCKSKIEE64ZLYK",
        name: "AdministratorAccess",
        path: "/",
        description: "Allows every action on every resource.",
        document: include_str!("../policies/aws/AdministratorAccess.json"),
    },
    BuiltIn {
        id: "ANPAIFIR6V6BVTRAHWINE",
        name: "AmazonS3FullAccess",
        path: "/",
        description: "Allows everything in S3.",
        document: include_str!("../policies/aws/AmazonS3FullAccess.json"),
    },
    BuiltIn {
        id: "ANPAIZTJ4DXE7G6AGAE6M",
        name: "AmazonS3ReadOnlyAccess",
        path: "/",
        description: "Allows reading everything in S3.",
        document: include_str!("../policies/aws/AmazonS3ReadOnlyAccess.json"),
    },
    BuiltIn {
        id: "ANPAIPKD5W2BHBWUFJ47U",
        name: "IAMAuditRootUserCredentials",
        path: "/root-task/",
        description: "Allows seeing which credentials the root user has, for AssumeRoot.",
        document: include_str!("../policies/aws/root-task/IAMAuditRootUserCredentials.json"),
    },
    BuiltIn {
        id: "ANPAIE4RZNCV57TFS4AAK",
        name: "IAMCreateRootUserPassword",
        path: "/root-task/",
        description: "Allows giving the root user a password, for AssumeRoot.",
        document: include_str!("../policies/aws/root-task/IAMCreateRootUserPassword.json"),
    },
    BuiltIn {
        id: "ANPAIZOWNPWHPN35T3SWP",
        name: "IAMDeleteRootUserCredentials",
        path: "/root-task/",
        description: "Allows seeing and removing the credentials of the root user, for AssumeRoot.",
        document: include_str!("../policies/aws/root-task/IAMDeleteRootUserCredentials.json"),
    },
    BuiltIn {
        id: "ANPAI7XKCFMBPM3QQRRVQ",
        name: "IAMFullAccess",
        path: "/",
        description: "Allows everything in IAM, and seeing the organization around it.",
        document: include_str!("../policies/aws/IAMFullAccess.json"),
    },
    BuiltIn {
        id: "ANPAJKSO7NDY4T57MWDSQ",
        name: "IAMReadOnlyAccess",
        path: "/",
        description: "Allows seeing everything in IAM, and simulating its policies.",
        document: include_str!("../policies/aws/IAMReadOnlyAccess.json"),
    },
    BuiltIn {
        id: "ANPAJYRXTHIB4FOVS3ZXS",
        name: "PowerUserAccess",
        path: "/",
        description: "Allows everything but the management of identities, of the account and of the organization.",
        document: include_str!("../policies/aws/PowerUserAccess.json"),
    },
    BuiltIn {
        id: "ANPAILL3HVNFSB6DCOWYQ",
        name: "ReadOnlyAccess",
        path: "/",
        description: "Allows reading in the services it names; no secrets and no credentials.",
        document: include_str!("../policies/aws/ReadOnlyAccess.json"),
    },
    BuiltIn {
        id: "ANPAIJS7RPVPKWCHBKRQN",
        name: "S3UnlockBucketPolicy",
        path: "/root-task/",
        description: "Allows replacing or removing a bucket policy that shuts everybody out, for AssumeRoot.",
        document: include_str!("../policies/aws/root-task/S3UnlockBucketPolicy.json"),
    },
    BuiltIn {
        id: "ANPAIX2T3QCXHR2OGGCTO",
        name: "SecurityAudit",
        path: "/",
        description: "Allows seeing how things are set up in the services it names, and nothing of their contents.",
        document: include_str!("../policies/aws/SecurityAudit.json"),
    },
    BuiltIn {
        id: "ANPAIJGN4MTWXAD6GJB3R",
        name: "SQSUnlockQueuePolicy",
        path: "/root-task/",
        description: "Allows replacing or removing a queue policy that shuts everybody out, for AssumeRoot.",
        document: include_str!("../policies/aws/root-task/SQSUnlockQueuePolicy.json"),
    },
];

/// A built-in policy that does not load: a fault of this program, found by its tests.
#[derive(Debug, thiserror::Error)]
#[error("built-in policy {name} is not valid: {reason}")]
pub struct BuiltInError {
    name: &'static str,
    reason: String,
}

/// The built-in policies, cheap to clone.
#[derive(Debug, Clone)]
pub struct AwsPolicies(Arc<[Arc<ManagedPolicy>]>);

impl AwsPolicies {
    /// Compiles them. Once per process is enough.
    ///
    /// # Errors
    /// [`BuiltInError`] if a data file is not a policy.
    pub fn load() -> Result<Self, BuiltInError> {
        let load = |source: &BuiltIn| {
            managed_policy(source)
                .map(Arc::new)
                .map_err(|reason| BuiltInError {
                    name: source.name,
                    reason,
                })
        };
        BUILT_IN
            .iter()
            .map(load)
            .collect::<Result<Arc<[_]>, _>>()
            .map(Self)
    }

    /// The policy of this name, ignoring case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Arc<ManagedPolicy>> {
        self.0
            .iter()
            .find(|policy| policy.name.eq_ignore_ascii_case(name))
    }

    /// The policy of this unique id.
    #[must_use]
    pub fn by_id(&self, id: &UniqueId) -> Option<&Arc<ManagedPolicy>> {
        self.0.iter().find(|policy| policy.id == *id)
    }

    /// All of them, in the order of lower-cased names.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<ManagedPolicy>> {
        self.0.iter()
    }
}

fn managed_policy(source: &BuiltIn) -> Result<ManagedPolicy, String> {
    let id = source.id.parse().map_err(|error: NameError| error.to_string())?;
    let policy =
        Policy::compile(source.document, PolicyKind::Managed).map_err(|e: PolicyError| e.to_string())?;
    // No date is told: they did not come into being at a time of this deployment.
    let created = Timestamp::UNIX_EPOCH;
    Ok(ManagedPolicy {
        revision: Revision::NEW,
        id,
        owner: PolicyOwner::Aws,
        path: source.path.into(),
        name: source.name.into(),
        description: source.description.into(),
        versions: vec![PolicyVersion {
            id: VersionId::FIRST,
            policy,
            created,
        }],
        default_version: VersionId::FIRST,
        next_version: VersionId::FIRST.next(),
        tags: Vec::new(),
        created,
        updated: created,
    })
}

#[cfg(test)]
mod tests {
    use locum_names::Partition;
    use locum_policy::{Context, Decision, Layers, Principal, Request, Source, decide};

    use super::*;

    #[test]
    fn every_built_in_policy_loads_in_order_and_is_found() {
        let policies = AwsPolicies::load().unwrap();
        assert!(policies.iter().map(|p| p.name.to_ascii_lowercase()).is_sorted());
        for policy in policies.iter() {
            assert!(policy.in_force().is_some());
            assert_eq!(
                policies.by_name(&policy.name.to_ascii_uppercase()).unwrap().id,
                policy.id
            );
            assert_eq!(policies.by_id(&policy.id).unwrap().name, policy.name);
        }
        assert!(policies.by_name("AdministratorAccess").is_some());
        assert!(policies.by_name("NoSuchPolicy").is_none());
    }

    #[test]
    fn root_tasks_do_their_task_to_root_and_nothing_else() {
        let policies = AwsPolicies::load().unwrap();
        let account = "123456789012".parse().unwrap();
        let allowed = |name: &str, action: &str, resource: &str| {
            let policy = policies.by_name(name).unwrap();
            assert!(!policy.is_attachable());
            assert_eq!(
                policy.arn(Partition::Aws),
                format!("arn:aws:iam::aws:policy/root-task/{name}")
            );
            let mut context = Context::new();
            context.set("aws:PrincipalAccount", "123456789012");
            context.set(
                "aws:ResourceAccount",
                resource.split(':').nth(4).unwrap_or_default(),
            );
            let session = [Source::new(policy.in_force().unwrap(), name)];
            let request = Request {
                principal: Principal::root(Partition::Aws, account),
                action,
                resource,
                resource_account: account,
                context: &context,
            };
            let layers = Layers {
                session: Some(&session),
                ..Layers::default()
            };
            decide(&request, &layers) == Decision::Allow
        };
        let root = "arn:aws:iam::123456789012:root";
        let user = "arn:aws:iam::123456789012:user/alice";
        let queue = "arn:aws:sqs:eu-north-1:123456789012:jobs";
        for (name, action, resource, expected) in [
            ("IAMAuditRootUserCredentials", "iam:ListAccessKeys", root, true),
            ("IAMAuditRootUserCredentials", "iam:ListAccessKeys", user, false),
            ("IAMAuditRootUserCredentials", "iam:DeleteAccessKey", root, false),
            ("IAMAuditRootUserCredentials", "iam:GetAccountSummary", "*", true),
            ("IAMCreateRootUserPassword", "iam:CreateLoginProfile", root, true),
            ("IAMCreateRootUserPassword", "iam:CreateLoginProfile", user, false),
            ("IAMCreateRootUserPassword", "iam:CreateAccessKey", root, false),
            ("IAMDeleteRootUserCredentials", "iam:DeleteAccessKey", root, true),
            (
                "IAMDeleteRootUserCredentials",
                "iam:DeactivateMFADevice",
                root,
                true,
            ),
            ("IAMDeleteRootUserCredentials", "iam:DeleteAccessKey", user, false),
            ("IAMDeleteRootUserCredentials", "iam:CreateAccessKey", root, false),
            (
                "S3UnlockBucketPolicy",
                "s3:DeleteBucketPolicy",
                "arn:aws:s3:::notes",
                true,
            ),
            (
                "S3UnlockBucketPolicy",
                "s3:GetObject",
                "arn:aws:s3:::notes/a",
                false,
            ),
            ("SQSUnlockQueuePolicy", "sqs:SetQueueAttributes", queue, true),
            (
                "SQSUnlockQueuePolicy",
                "sqs:SetQueueAttributes",
                "arn:aws:sqs:eu-north-1:210987654321:jobs",
                false,
            ),
            ("SQSUnlockQueuePolicy", "sqs:ReceiveMessage", queue, false),
        ] {
            assert_eq!(
                allowed(name, action, resource),
                expected,
                "{name} {action} {resource}"
            );
        }
    }
}
