use std::sync::Arc;

use locum_directory::{AccountStatus, Role, Snapshot};
use locum_names::{AccountId, Arn, Partition};

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
