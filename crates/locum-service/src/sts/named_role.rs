//! The role that a request names, and the sessions of it.

use std::sync::Arc;

use locum_api::{ApiError, sts::AssumedRoleUser};
use locum_directory::{AccountStatus, Role, Snapshot};
use locum_names::{AccountId, Arn, Partition, account_arn};

/// How long a session lasts if the request does not say.
const DEFAULT_SECONDS: i32 = 3600;

/// The role that an ARN names to the letter, in `account`, if that is open.
pub(super) fn find(
    snapshot: &Snapshot,
    partition: Partition,
    arn: &Arn<'_>,
    account: AccountId,
) -> Option<Arc<Role>> {
    let from_path = arn.resource.strip_prefix("role")?;
    let (path, name) = from_path.split_at_checked(from_path.rfind('/')? + 1)?;
    let exact = arn.service == "iam"
        && arn.region.is_empty()
        && arn.partition == partition.as_str()
        && arn.account.parse::<AccountId>().is_ok();
    let open = snapshot.account(account)?.status == AccountStatus::Active;
    let role = snapshot.role(account, name)?;
    (exact && open && *role.path == *path && *role.name == *name).then(|| Arc::clone(role))
}

/// How long a session of the role is to last, in seconds.
///
/// # Errors
/// More than the role allows.
pub(super) fn seconds(role: &Role, requested: Option<i32>) -> Result<i32, ApiError> {
    let seconds = requested.unwrap_or(DEFAULT_SECONDS);
    if i64::from(seconds) > i64::from(role.max_session_duration) {
        let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(ApiError::validation(text));
    }
    Ok(seconds)
}

/// A session of the role, as answers show it.
pub(super) fn session(partition: Partition, role: &Role, name: &str) -> AssumedRoleUser {
    let resource = ["assumed-role/", &role.name, "/", name];
    AssumedRoleUser {
        assumed_role_id: [role.id.as_str(), ":", name].concat(),
        arn: account_arn(partition, "sts", role.account, &resource),
    }
}
