//! The tasks for which a member's root user may be assumed, and the organization's feature that each belongs to
//! (`facts: sts §2.7`).

use locum_directory::Organization;
use locum_names::Partition;

/// What an organization turned on for a task to be possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feature {
    RootCredentialsManagement,
    RootSessions,
}

const TASKS: [(&str, Feature); 5] = [
    ("IAMAuditRootUserCredentials", Feature::RootCredentialsManagement),
    ("IAMCreateRootUserPassword", Feature::RootCredentialsManagement),
    ("IAMDeleteRootUserCredentials", Feature::RootCredentialsManagement),
    ("S3UnlockBucketPolicy", Feature::RootSessions),
    ("SQSUnlockQueuePolicy", Feature::RootSessions),
];

/// A task that exists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RootTask(Feature);

impl RootTask {
    /// The task that a managed policy's ARN names.
    pub(crate) fn of_arn(partition: Partition, arn: &str) -> Option<Self> {
        let name = arn.strip_prefix(&prefix(partition))?;
        let (_, feature) = TASKS.iter().find(|(task, _)| *task == name)?;
        Some(Self(*feature))
    }

    /// Whether the organization has turned on what the task belongs to.
    pub(crate) const fn is_on(self, organization: &Organization) -> bool {
        match self.0 {
            Feature::RootCredentialsManagement => organization.root_credentials_management,
            Feature::RootSessions => organization.root_sessions,
        }
    }

    /// Whether a session of the task goes on that was issued at this Unix second: what was turned off in the meantime has ended
    /// it, even if it is on again. Of the same second: which came first is not known.
    pub(crate) fn goes_on(self, organization: &Organization, issued_at: i64) -> bool {
        let ended = match self.0 {
            Feature::RootCredentialsManagement => organization.root_credentials_management_ended,
            Feature::RootSessions => organization.root_sessions_ended,
        };
        self.is_on(organization) && ended.is_none_or(|time| issued_at > time.as_second())
    }
}

/// What every task's ARN begins with.
pub(crate) fn prefix(partition: Partition) -> String {
    format!("arn:{partition}:iam::aws:policy/root-task/")
}

/// The names of the tasks, for a sentence.
pub(crate) fn names() -> String {
    TASKS.map(|(name, _)| name).join(", ")
}
