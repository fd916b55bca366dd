use jiff::Timestamp;

use super::entities::{TAGS, Tag, USER, User};
use crate::{
    Blob,
    declare::{operation, structure},
    model::{Shape, StringRules},
    pattern, shapes,
};

operation! {
    /// Creates a virtual MFA device: a seed for an authenticator application.
    CreateVirtualMFADevice: Iam, Write;

    request CreateVirtualMFADeviceRequest {
        /// The path; `/` when absent.
        optional "Path" path: String, shapes::PATH;
        /// The name of the device.
        required "VirtualMFADeviceName" virtual_mfa_device_name: String, NAME;
        /// The tags.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response CreateVirtualMFADeviceResponse {
        /// The device, with its seed: nobody can read it again.
        required "VirtualMFADevice" virtual_mfa_device: VirtualMFADevice, DEVICE;
    }
    errors [LIMIT_EXCEEDED, INVALID_INPUT, ENTITY_ALREADY_EXISTS, CONCURRENT_MODIFICATION, SERVICE_FAILURE]
}

operation! {
    /// Deletes a virtual MFA device that nobody has.
    DeleteVirtualMFADevice: Iam, Write;

    request DeleteVirtualMFADeviceRequest {
        /// The serial number of the device.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
    }
    errors [NO_SUCH_ENTITY, DELETE_CONFLICT, LIMIT_EXCEEDED, SERVICE_FAILURE, CONCURRENT_MODIFICATION]
}

operation! {
    /// Lists the account's virtual MFA devices.
    ListVirtualMFADevices: Iam, Read;

    request ListVirtualMFADevicesRequest {
        /// Whether to list the devices that somebody has, those that nobody has, or both; both when absent.
        optional "AssignmentStatus" assignment_status: String,
            Shape::String(StringRules::one_of(&["Assigned", "Unassigned", "Any"]));
        /// Where the page begins: the marker of the page before.
        optional "Marker" marker: String, shapes::MARKER;
        /// The most entries the page may have; 100 when absent.
        optional "MaxItems" max_items: i32, shapes::MAX_ITEMS;
    }
    response ListVirtualMFADevicesResponse {
        /// The devices, without their seeds.
        required "VirtualMFADevices" virtual_mfa_devices: Vec<VirtualMFADevice>, Shape::list(&DEVICE);
        /// Whether there is another page.
        always "IsTruncated" is_truncated: bool, Shape::Boolean;
        /// Where the next page begins.
        optional "Marker" marker: String, Shape::TEXT;
    }
    errors []
}

structure! {
    /// A virtual MFA device.
    VirtualMFADevice {
        /// Its serial number, which is its ARN.
        required "SerialNumber" serial_number: String, shapes::IAM_SERIAL_NUMBER;
        /// Its seed in base32, shown once.
        optional "Base32StringSeed" base32_string_seed: Blob, Shape::Blob;
        /// A picture of the seed for a telephone to scan, shown once.
        optional "QRCodePNG" qr_code_png: Blob, Shape::Blob;
        /// The user who has it.
        optional "User" user: User, USER;
        /// When the user got it.
        optional "EnableDate" enable_date: Timestamp, Shape::Timestamp;
        /// Its tags; lists of devices leave them out.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
}

const DEVICE: Shape = Shape::Structure(VirtualMFADevice::STRUCTURE);
const NAME: Shape = Shape::String(
    StringRules {
        min: Some(1),
        ..StringRules::ANY
    }
    .matching(&pattern::NAME),
);
