//! What a managed policy is attached to or bounds: the index behind `ListEntitiesForPolicy` and the counts.

use std::ops::Bound;

use imbl::{OrdMap, OrdSet};
use locum_names::{AccountId, UniqueId};

/// How a user, group or role uses a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyUse {
    /// It grants.
    Attached,
    /// It bounds.
    Boundary,
}

/// A user, group or role that uses a policy; the id's kind tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attachment {
    /// How.
    pub usage: PolicyUse,
    /// Who.
    pub holder: UniqueId,
}

/// How often one account uses a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyUsage {
    /// Users, groups and roles it is attached to.
    pub attachments: usize,
    /// Users and roles it bounds.
    pub boundaries: usize,
}

impl PolicyUsage {
    fn count(&mut self, usage: PolicyUse) -> &mut usize {
        match usage {
            PolicyUse::Attached => &mut self.attachments,
            PolicyUse::Boundary => &mut self.boundaries,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    policy: UniqueId,
    account: AccountId,
    /// `None` is before the first: where a range begins.
    attachment: Option<Attachment>,
}

impl Entry {
    const fn of(policy: UniqueId, account: AccountId, usage: PolicyUse, holder: UniqueId) -> Self {
        Self {
            policy,
            account,
            attachment: Some(Attachment { usage, holder }),
        }
    }
}

/// The index. Counts are kept, so that showing one does not walk a thousand attachments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attachments {
    entries: OrdSet<Entry>,
    usage: OrdMap<(UniqueId, AccountId), PolicyUsage>,
}

impl Attachments {
    pub(crate) fn usage(&self, policy: &UniqueId, account: AccountId) -> PolicyUsage {
        self.usage.get(&(*policy, account)).copied().unwrap_or_default()
    }

    pub(crate) fn of(
        &self,
        policy: UniqueId,
        account: AccountId,
        after: Option<Attachment>,
    ) -> impl Iterator<Item = Attachment> {
        let from = Entry {
            policy,
            account,
            attachment: after,
        };
        self.entries
            .range((Bound::Excluded(from), Bound::Unbounded))
            .take_while(move |entry| entry.policy == policy && entry.account == account)
            .filter_map(|entry| entry.attachment)
    }

    /// Files what a user, group or role uses.
    pub(crate) fn attach(
        &mut self,
        account: AccountId,
        holder: UniqueId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) {
        for (policy, usage) in uses(attached, boundary) {
            let entry = Entry::of(policy, account, usage, holder);
            if self.entries.insert(entry).is_none() {
                *self.usage.entry((policy, account)).or_default().count(usage) += 1;
            }
        }
    }

    /// Forgets what a user, group or role used.
    pub(crate) fn detach(
        &mut self,
        account: AccountId,
        holder: UniqueId,
        attached: &[UniqueId],
        boundary: Option<UniqueId>,
    ) {
        for (policy, usage) in uses(attached, boundary) {
            let entry = Entry::of(policy, account, usage, holder);
            if self.entries.remove(&entry).is_some() {
                self.count_down(policy, account, usage);
            }
        }
    }

    fn count_down(&mut self, policy: UniqueId, account: AccountId, usage: PolicyUse) {
        let mut left = self.usage(&policy, account);
        let count = left.count(usage);
        *count = count.saturating_sub(1);
        if left == PolicyUsage::default() {
            self.usage.remove(&(policy, account));
        } else {
            self.usage.insert((policy, account), left);
        }
    }
}

/// The policies a user, group or role uses, and how.
pub(super) fn uses(
    attached: &[UniqueId],
    boundary: Option<UniqueId>,
) -> impl Iterator<Item = (UniqueId, PolicyUse)> {
    let attached = attached.iter().map(|id| (*id, PolicyUse::Attached));
    attached.chain(boundary.map(|id| (id, PolicyUse::Boundary)))
}
