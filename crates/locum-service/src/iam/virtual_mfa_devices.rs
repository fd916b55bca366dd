//! Virtual MFA devices: a seed for an authenticator application, whoever has it.
//!
//! The seed leaves the service once, in the answer that tells of its making; afterwards nobody can read it.

use std::sync::Arc;

use locum_api::{
    ApiError, Blob, NoResult, Request, errors,
    iam::{
        CreateVirtualMFADeviceRequest, CreateVirtualMFADeviceResponse, DeleteVirtualMFADeviceRequest,
        ListMFADeviceTagsRequest, ListMFADeviceTagsResponse, ListVirtualMFADevicesRequest,
        ListVirtualMFADevicesResponse, TagMFADeviceRequest, UntagMFADeviceRequest, VirtualMFADevice,
    },
};
use locum_crypto::{SecretBytes, SecretString};
use locum_directory::{KeyOwner, MfaDevice};

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    devices::NamedDevice,
    quotas,
    shown::{self, Detail},
    tags,
};
use crate::{
    call::{Call, Failure},
    mfa::picture,
    paging::{Pager, Question},
    route::Perform,
};

/// How long path and name may be together, so that the marker of a page has room for them.
const LONGEST_PLACE: usize = 180;

/// What the owner gets to see. Drawing the picture takes a while, so it is done before other writers must wait.
#[derive(Clone)]
struct Drawn {
    seed: SecretBytes,
    base32: SecretString,
    picture: Vec<u8>,
}

impl Perform for CreateVirtualMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateVirtualMFADeviceResponse, Failure> {
        let (path, name) = (
            self.path.as_deref().unwrap_or("/"),
            &*self.virtual_mfa_device_name,
        );
        let place = format!("{path}{name}");
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let serial_number = arn(call, "mfa", &place);
        authorize_creation(
            call,
            Self::OPERATION,
            TagMFADeviceRequest::OPERATION,
            &serial_number,
            keys,
        )?;
        check_place(&place)?;
        if call.snapshot.mfa_device(call.account(), &place).is_some() {
            let text = "MFA device already exists.";
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let devices = call.snapshot.counts(call.account()).mfa_devices;
        quotas::VIRTUAL_MFA_DEVICES.check(devices.saturating_add(1))?;
        quotas::TAGS_OF_MFA_DEVICE.check(new_tags.len())?;
        let drawn = drawn(call, name)?;
        let mut device = MfaDevice::new(call.account(), path, name, drawn.seed, call.now());
        device.tags = new_tags;
        let response = VirtualMFADevice {
            base32_string_seed: Some(Blob::new(drawn.base32.expose().as_bytes())),
            qr_code_png: Some(Blob::new(&drawn.picture)),
            tags: shown::tags(&device.tags),
            ..shown(call, &device)
        };
        call.changes.put(device);
        Ok(CreateVirtualMFADeviceResponse {
            virtual_mfa_device: response,
        })
    }
}

/// Draws a seed and its picture, which names the device and whoever makes it (`facts: sts §5`).
fn drawn(call: &mut Call<'_>, name: &str) -> Result<Drawn, ApiError> {
    let account_name = match call.caller.user_name() {
        Some(user_name) => user_name.to_owned(),
        None => call.account().to_string(),
    };
    let random = &mut *call.random;
    call.carried.once(|| {
        let seed = picture::new_seed(random);
        let base32 = picture::base32(&seed);
        let picture = picture::qr_png(&picture::uri(name, &account_name, &base32))
            .map_err(|_| ApiError::internal_failure())?;
        Ok(Drawn {
            seed,
            base32,
            picture,
        })
    })
}

/// Refuses what would have no serial number that a request may carry: IAM's paths have more characters.
fn check_place(place: &str) -> Result<(), ApiError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte);
    if !place.bytes().all(is_allowed) {
        let text = "The path of a virtual MFA device may have letters, digits and _+=/:,.@- only.";
        return Err(errors::INVALID_INPUT.with(text));
    }
    if place.len() > LONGEST_PLACE {
        let text = format!(
            "The path and the name of a virtual MFA device may have {LONGEST_PLACE} characters together."
        );
        return Err(errors::INVALID_INPUT.with(text));
    }
    Ok(())
}

impl Perform for DeleteVirtualMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedDevice::read(call, &self.serial_number);
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let device = named.existing()?;
        if device.owner.is_some() {
            let text = "Cannot delete entity, must deactivate MFA device first.";
            return Err(errors::DELETE_CONFLICT.with(text).into());
        }
        call.changes.delete(Arc::as_ref(&device));
        Ok(NoResult)
    }
}

impl Perform for ListVirtualMFADevicesRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListVirtualMFADevicesResponse, Failure> {
        authorize(call, Self::OPERATION, &arn(call, "mfa", "/"), Keys::default())?;
        let status = self.assignment_status.as_deref().unwrap_or("Any");
        let question = Question {
            operation: Self::OPERATION,
            filters: &[status],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let devices = call.snapshot.mfa_devices(call.account(), pager.after());
        let devices = devices.filter(|device| match status {
            "Assigned" => device.owner.is_some(),
            "Unassigned" => device.owner.is_none(),
            _ => true,
        });
        let page = pager.take(call, devices, |device| device.place().into());
        let page = page.map(|device| shown(call, device));
        Ok(ListVirtualMFADevicesResponse {
            is_truncated: page.is_truncated(),
            virtual_mfa_devices: page.items,
            marker: page.marker,
        })
    }
}

/// A device as lists show it: without its seed and its tags.
fn shown(call: &Call<'_>, device: &MfaDevice) -> VirtualMFADevice {
    let user = match device.owner {
        None => None,
        Some(KeyOwner::Root(_)) => Some(shown::root(call)),
        Some(KeyOwner::User(id)) => {
            let user = call.snapshot.user_by_id(&id);
            user.map(|user| shown::user(call, user, Detail::Listed))
        }
    };
    VirtualMFADevice {
        serial_number: device.serial_number(call.partition()),
        user,
        enable_date: device.enabled_at,
        ..VirtualMFADevice::default()
    }
}

impl Perform for TagMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let new = tags::read(&self.tags)?;
        let named = NamedDevice::read(call, &self.serial_number);
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        named.authorize(call, Self::OPERATION, keys)?;
        let mut device = Arc::unwrap_or_clone(named.existing()?);
        tags::add(&mut device.tags, new, &quotas::TAGS_OF_MFA_DEVICE)?;
        call.changes.put(device);
        Ok(NoResult)
    }
}

impl Perform for UntagMFADeviceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedDevice::read(call, &self.serial_number);
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        named.authorize(call, Self::OPERATION, keys)?;
        let mut device = Arc::unwrap_or_clone(named.existing()?);
        tags::remove(&mut device.tags, &self.tag_keys);
        call.changes.put(device);
        Ok(NoResult)
    }
}

impl Perform for ListMFADeviceTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListMFADeviceTagsResponse, Failure> {
        let named = NamedDevice::read(call, &self.serial_number);
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let device = named.existing()?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.serial_number],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = tags::page(call, &device.tags, question)?;
        Ok(ListMFADeviceTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}
