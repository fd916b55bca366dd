//! How many of each kind an account has, counted up and down with every change.

use imbl::OrdMap;
use locum_names::AccountId;

use crate::{
    DelegationRequest, MfaDevice,
    snapshot::{Counts, Snapshot},
};

impl Snapshot {
    pub(super) fn count(
        &mut self,
        account: Option<AccountId>,
        which: fn(&mut Counts) -> &mut usize,
        by: isize,
    ) {
        if let Some(account) = account {
            count(&mut self.counts, account, which, by);
        }
    }

    pub(super) fn count_device(&mut self, device: Option<&MfaDevice>, by: isize) {
        let Some(device) = device else { return };
        self.count(Some(device.account), |counts| &mut counts.mfa_devices, by);
        if device.owner.is_some() {
            self.count(Some(device.account), |counts| &mut counts.mfa_devices_in_use, by);
        }
    }

    pub(super) fn count_request(&mut self, request: Option<&DelegationRequest>, by: isize) {
        let requestor = request.map(|request| request.requestor);
        self.count(requestor, |counts| &mut counts.delegation_requests, by);
    }
}

/// Counts one more or less of an account.
pub(in crate::snapshot) fn count(
    all: &mut OrdMap<AccountId, Counts>,
    account: AccountId,
    which: fn(&mut Counts) -> &mut usize,
    by: isize,
) {
    let counts = all.entry(account).or_default();
    let count = which(counts);
    *count = count.saturating_add_signed(by);
    if *counts == Counts::default() {
        all.remove(&account);
    }
}
