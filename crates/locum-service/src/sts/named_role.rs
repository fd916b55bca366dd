use std::sync::Arc;

use locum_directory::{AccountStatus, Role, Snapshot};
use locum_names::{AccountId, Arn, Partition, PrincipalArn, PrincipalKind};

/// The role that an ARN names to the letter, in `account`, if that is open.
pub(super) fn find(
    snapshot: &Snapshot,
    partition: Partition,
    arn: &Arn<'_>,
    account: AccountId,
) -> Option<Arc<Role>> {
    let named = arn.to_string().parse::<PrincipalArn>().ok()?;
    let PrincipalKind::Role { path, name } = &named.kind else {
        return None;
    };
    let open = snapshot.account(account)?.status == AccountStatus::Active;
    let role = snapshot.role(account, name)?;
    let exact = open && named.partition == partition && role.path == *path && role.name == *name;
    exact.then(|| Arc::clone(role))
}
