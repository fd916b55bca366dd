//! MFA devices in use: given to a user or the root user for two codes in a row, and taken away again.
//!
//! The codes of a device that was given or found again are used up, and failed proofs count as wrong codes do in STS
//! (`facts: security §1.7`): there is one memory and one count, whatever asks.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        DeactivateMFADeviceRequest, EnableMFADeviceRequest, GetMFADeviceRequest, GetMFADeviceResponse,
        ListMFADevicesRequest, ListMFADevicesResponse, MFADevice, ResyncMFADeviceRequest,
    },
};
use locum_directory::MfaDevice;

use super::{
    devices::{NamedDevice, ROOT, holder},
    holder::Holder,
    quotas,
};
use crate::{
    call::{Call, Failure},
    mfa::{
        guard::{self, Verdict},
        note_lock,
        totp::Code,
    },
    paging::{Pager, Question},
    route::Perform,
};

impl Perform for EnableMFADeviceRequest {
    /// Looks at the codes last, so that none are used up for nothing.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let holder = holder(call, Self::OPERATION, Some(self.user_name))?;
        let device = NamedDevice::read(call, &self.serial_number).existing()?;
        if device.owner.is_some() {
            return Err(errors::ENTITY_ALREADY_EXISTS
                .with("MFA Device is already in use.")
                .into());
        }
        let devices = call.snapshot.mfa_devices_of(holder.owner, None).count();
        quotas::MFA_DEVICES.check(devices.saturating_add(1))?;
        let proved = proved(
            call,
            &device,
            &self.authentication_code1,
            &self.authentication_code2,
        )?;
        call.kept.put(MfaDevice {
            owner: Some(holder.owner),
            enabled_at: Some(call.now()),
            ..proved
        });
        Ok(NoResult)
    }
}

impl Perform for ResyncMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let holder = holder(call, Self::OPERATION, Some(self.user_name))?;
        let device = NamedDevice::read(call, &self.serial_number).of(&holder)?;
        let proved = proved(
            call,
            &device,
            &self.authentication_code1,
            &self.authentication_code2,
        )?;
        call.kept.put(proved);
        Ok(NoResult)
    }
}

impl Perform for DeactivateMFADeviceRequest {
    /// The device keeps its seed and the memory of its used codes: whoever enables it again cannot use them twice.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let holder = holder(call, Self::OPERATION, self.user_name)?;
        let device = NamedDevice::read(call, &self.serial_number).of(&holder)?;
        call.changes.put(MfaDevice {
            owner: None,
            enabled_at: None,
            ..Arc::unwrap_or_clone(device)
        });
        Ok(NoResult)
    }
}

impl Perform for GetMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetMFADeviceResponse, Failure> {
        let holder = holder(call, Self::OPERATION, self.user_name)?;
        let device = NamedDevice::read(call, &self.serial_number).of(&holder)?;
        Ok(GetMFADeviceResponse {
            user_name: Some(shown_name(&holder)),
            serial_number: device.serial_number(call.partition()),
            enable_date: device.enabled_at,
            certifications: Vec::new(),
        })
    }
}

impl Perform for ListMFADevicesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListMFADevicesResponse, Failure> {
        let holder = holder(call, Self::OPERATION, self.user_name)?;
        let of = holder.user_name.as_deref().unwrap_or_default();
        let question = Question {
            operation: Self::OPERATION,
            filters: &[of],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let devices = call.snapshot.mfa_devices_of(holder.owner, pager.after());
        let page = pager.take(call, devices, |device| device.place().into());
        let partition = call.partition();
        let page = page.map(|device| MFADevice {
            user_name: shown_name(&holder),
            serial_number: device.serial_number(partition),
            enable_date: device.enabled_at.unwrap_or(device.created),
        });
        Ok(ListMFADevicesResponse {
            is_truncated: page.is_truncated(),
            mfa_devices: page.items,
            marker: page.marker,
        })
    }
}

/// The device after it showed two codes in a row, which are used up then. A failure is kept whatever follows.
fn proved(call: &mut Call<'_>, device: &MfaDevice, first: &str, second: &str) -> Result<MfaDevice, ApiError> {
    let invalid = || errors::INVALID_AUTHENTICATION_CODE.with("Authentication code for device is not valid.");
    let (Some(first), Some(second)) = (Code::parse(first), Code::parse(second)) else {
        return Err(invalid());
    };
    match guard::check_pair(device, first, second, call.now()) {
        Verdict::Right(device) => Ok(device),
        Verdict::Wrong(device) => {
            call.kept.put(device);
            Err(invalid())
        }
        Verdict::Locked(until) => {
            note_lock(&mut call.notes, until);
            Err(invalid())
        }
    }
}

fn shown_name(holder: &Holder) -> String {
    holder.user_name.clone().unwrap_or_else(|| ROOT.to_owned())
}
