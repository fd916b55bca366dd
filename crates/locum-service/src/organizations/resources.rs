//! What ids name in the organization, and their ARNs.
//!
//! An ARN is made from the id alone, so that a denial is the same whether there is such a thing or not.

use locum_directory::{ControlPolicy, ControlPolicyType, ControlTarget, Organization, Parent, Snapshot, Tag};
use locum_names::{AccountId, Partition};

/// The root, unit or account of an id, if there is one.
pub(super) fn target(snapshot: &Snapshot, organization: &Organization, id: &str) -> Option<ControlTarget> {
    if *id == *organization.root_id {
        return Some(ControlTarget::Root);
    }
    if let Ok(unit) = id.parse() {
        return snapshot.unit(unit).map(|unit| ControlTarget::Unit(unit.id));
    }
    let account = snapshot.account(id.parse().ok()?)?;
    Some(ControlTarget::Account(account.id))
}

/// The root or unit of an id, if there is one.
pub(super) fn parent(snapshot: &Snapshot, organization: &Organization, id: &str) -> Option<Parent> {
    match target(snapshot, organization, id)? {
        ControlTarget::Root => Some(Parent::Root),
        ControlTarget::Unit(unit) => Some(Parent::Unit(unit)),
        ControlTarget::Account(_) => None,
    }
}

/// The id of the root or a unit.
pub(super) fn parent_id(organization: &Organization, parent: Parent) -> String {
    match parent {
        Parent::Root => organization.root_id.to_string(),
        Parent::Unit(unit) => unit.to_string(),
    }
}

/// The id of the root, a unit or an account.
pub(super) fn target_id(organization: &Organization, target: ControlTarget) -> String {
    match target {
        ControlTarget::Root => organization.root_id.to_string(),
        ControlTarget::Unit(unit) => unit.to_string(),
        ControlTarget::Account(account) => account.to_string(),
    }
}

/// The tags of the root, a unit or an account.
pub(super) fn target_tags<'a>(
    snapshot: &'a Snapshot,
    organization: &'a Organization,
    target: Option<ControlTarget>,
) -> &'a [Tag] {
    let tags = target.and_then(|target| match target {
        ControlTarget::Root => Some(&organization.root_tags),
        ControlTarget::Unit(unit) => snapshot.unit(unit).map(|unit| &unit.tags),
        ControlTarget::Account(account) => snapshot.account(account).map(|account| &account.tags),
    });
    tags.map_or(&[], Vec::as_slice)
}

/// The ARN of the root, unit or account of an id, whether there is one or not.
pub(super) fn arn(partition: Partition, organization: &Organization, id: &str) -> String {
    let kind = match id {
        id if id.starts_with("r-") => "root",
        id if id.starts_with("ou-") => "ou",
        _ => "account",
    };
    in_organization(partition, organization, kind, id)
}

/// The ARN of a policy of an id. The type of one that is not there is not known; it is called a service control policy.
pub(super) fn policy_arn(
    partition: Partition,
    organization: &Organization,
    id: &str,
    policy: Option<&ControlPolicy>,
) -> String {
    policy.map_or_else(
        || {
            let word = ControlPolicyType::ServiceControl.arn_word();
            let Organization {
                id: organization,
                management_account,
                ..
            } = organization;
            format!("arn:{partition}:organizations::{management_account}:policy/{organization}/{word}/{id}")
        },
        |policy| policy.arn(partition, organization),
    )
}

/// The ARN of an account.
pub(super) fn account_arn(partition: Partition, organization: &Organization, account: AccountId) -> String {
    in_organization(partition, organization, "account", &account.to_string())
}

fn in_organization(partition: Partition, organization: &Organization, kind: &str, id: &str) -> String {
    let Organization {
        id: organization,
        management_account,
        ..
    } = organization;
    format!("arn:{partition}:organizations::{management_account}:{kind}/{organization}/{id}")
}
