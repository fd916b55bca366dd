//! The virtual MFA devices, found by serial number and by owner.

use std::{ops::Bound, sync::Arc};

use imbl::OrdMap;
use locum_names::{AccountId, Arn};

use super::{
    ChangeError, Snapshot,
    federation::{after, iam_resource},
};
use crate::{EntityKey, KeyOwner, MfaDevice};

#[derive(Debug, Clone, Default)]
pub(super) struct MfaDevices {
    /// By path and name.
    by_place: OrdMap<(AccountId, Box<str>), Arc<MfaDevice>>,
    by_owner: OrdMap<(KeyOwner, Box<str>), Arc<MfaDevice>>,
}

impl MfaDevices {
    /// Files a device and returns the one that was in its place.
    ///
    /// A spent code must stay spent, whatever the change was decided on.
    pub(super) fn put(&mut self, device: &Arc<MfaDevice>) -> Result<Option<Arc<MfaDevice>>, ChangeError> {
        let place = device.place();
        if let Some(previous) = self.get(device.account, &place)
            && previous.seed.matches(device.seed.expose())
            && previous.last_step > device.last_step
        {
            let key = EntityKey::MfaDevice(device.account, place);
            return Err(ChangeError::Invalid(
                key,
                "codes that were used would be valid again",
            ));
        }
        let previous = self.delete(device.account, &place);
        if let Some(owner) = device.owner {
            self.by_owner.insert((owner, place.clone()), Arc::clone(device));
        }
        self.by_place.insert((device.account, place), Arc::clone(device));
        Ok(previous)
    }

    pub(super) fn delete(&mut self, account: AccountId, place: &str) -> Option<Arc<MfaDevice>> {
        let device = self.by_place.remove(&(account, place.into()))?;
        if let Some(owner) = device.owner {
            self.by_owner.remove(&(owner, place.into()));
        }
        Some(device)
    }

    pub(super) fn get(&self, account: AccountId, place: &str) -> Option<&Arc<MfaDevice>> {
        self.by_place.get(&(account, place.into()))
    }
}

impl Snapshot {
    /// The MFA device of this path and name, such as `/team/phone`, to the letter.
    #[must_use]
    pub fn mfa_device(&self, account: AccountId, place: &str) -> Option<&Arc<MfaDevice>> {
        self.mfa.get(account, place)
    }

    /// The MFA device whose serial number is this ARN, to the letter. The partition is the caller's to compare.
    #[must_use]
    pub fn mfa_device_by_arn(&self, arn: &Arn<'_>) -> Option<&Arc<MfaDevice>> {
        let (account, place) = iam_resource(arn, "mfa")?;
        self.mfa_device(account, place)
    }

    /// The MFA devices of an account, assigned or not, after one's path and name, in the order of these.
    pub fn mfa_devices(
        &self,
        account: AccountId,
        after_place: Option<&str>,
    ) -> impl Iterator<Item = &Arc<MfaDevice>> {
        after(&self.mfa.by_place, account, after_place.unwrap_or_default())
    }

    /// The MFA devices of a root user or a user after one's path and name, in the order of these.
    pub fn mfa_devices_of(
        &self,
        owner: KeyOwner,
        after_place: Option<&str>,
    ) -> impl Iterator<Item = &Arc<MfaDevice>> {
        let from: (KeyOwner, Box<str>) = (owner, after_place.unwrap_or_default().into());
        self.mfa
            .by_owner
            .range((Bound::Excluded(from), Bound::Unbounded))
            .take_while(move |((of, _), _)| *of == owner)
            .map(|(_, device)| device)
    }

    pub(super) fn verify_mfa_device(&self, key: EntityKey, device: &MfaDevice) -> Result<(), ChangeError> {
        let path = &*device.path;
        let reason = if !path.starts_with('/') || !path.ends_with('/') {
            "its path does not begin and end with a slash"
        } else if device.name.is_empty() || device.name.contains('/') {
            "its name is empty or has a slash"
        } else if device.seed.expose().is_empty() {
            "its seed is empty"
        } else if device.owner.is_some() != device.enabled_at.is_some() {
            "it is enabled without an owner, or owned without being enabled"
        } else if device
            .owner
            .is_some_and(|owner| !self.is_of(owner, device.account))
        {
            return Err(ChangeError::Dangling(key, "its owner".into()));
        } else {
            return self.verify_account(key, device.account);
        };
        Err(ChangeError::Invalid(key, reason))
    }

    /// Whether it is the account's root user, or one of its users.
    pub(super) fn is_of(&self, owner: KeyOwner, account: AccountId) -> bool {
        match owner {
            KeyOwner::Root(of) => of == account,
            KeyOwner::User(id) => self.user_by_id(&id).is_some_and(|user| user.account == account),
        }
    }
}
